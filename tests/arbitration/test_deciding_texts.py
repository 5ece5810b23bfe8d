"""The texts of a decision: drafted, edited, emptied; and the cells that bring their reasons along."""

from typing import Any

import pytest
from django.test import Client

from arbitration.acts.check import check_cells
from arbitration.wording import is_untouched, mark_of
from claims.words import Outcome
from cpor_portal.accounts.models import User
from tests.support.cells import key, lines_of, make_filed
from tests.support.deciding import decide, sent_again, verdicts
from tests.support.factories import make_staff
from tests.support.stories import make_under_review

pytestmark = pytest.mark.django_db
JSON: dict[str, Any] = {"headers": {"Accept": "application/json"}}


@pytest.fixture
def reviewer() -> User:
    return make_staff()


@pytest.fixture
def desk(client: Client, reviewer: User) -> Client:
    """The reviewer's browser."""
    client.force_login(reviewer)
    return client


# --- Texts that are written, edited, emptied -----------------------------------------------------------------------


def test_a_reason_without_a_text_is_put_into_words_before_the_mail_is_shown(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed())
    first, second = lines_of(claim)
    sent = verdicts((first, "ask")) | {"cells": [key(first, "acknowledged")]}
    page = decide(desk, claim, sent).content.decode()
    (text,) = sent_again(page)["ask_text_acknowledgement_missing"]
    assert text.startswith(f"{first.product.name}: the proof does not show a customer's signature")
    assert second.product.name not in text


def test_a_draft_that_nobody_edited_follows_the_products_and_an_edited_one_stays(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed())
    first, second = lines_of(claim)
    drafted = decide(desk, claim, {"cells": [key(first, "dated"), key(second, "dated")], "draft": "1"}, **JSON).json()
    text, mark = (drafted["ask"][name]["dates_missing_or_old"] for name in ("texts", "marks"))
    assert text.startswith("All products:")
    one = verdicts((first, "ask")) | {"cells": [key(first, "dated")], "ask_drafted_dates_missing_or_old": mark}
    # As a browser sends it, with its own line breaks.
    kept = decide(desk, claim, one | {"ask_text_dates_missing_or_old": text.replace("\n", "\r\n")}).content.decode()
    assert sent_again(kept)["ask_text_dates_missing_or_old"][0].startswith(f"{first.product.name}:")
    edited = decide(desk, claim, one | {"ask_text_dates_missing_or_old": text + " Thank you."}).content.decode()
    assert sent_again(edited)["ask_text_dates_missing_or_old"] == [text + " Thank you."]


def test_a_text_that_was_emptied_by_hand_stays_empty(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed(1))
    sent = verdicts((lines_of(claim)[0], "ask")) | {
        "ask_reasons": ["dates_missing_or_old", "proof_missing"],
        "ask_drafted_dates_missing_or_old": mark_of("What the portal had written."),
        "ask_text_dates_missing_or_old": "",
        "ask_text_proof_missing": "One text for both.",
    }
    page = decide(desk, claim, sent).content.decode()
    assert "ask_text_dates_missing_or_old" not in sent_again(page)
    assert decide(desk, claim, sent_again(page)).status_code == 302
    assert claim.comments.get().body == "One text for both."


def test_a_script_is_told_the_drafts_of_both_while_nothing_is_decided(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed())
    first, second = lines_of(claim)
    cells = {"cells": [key(first, "named"), key(second, "dated")], "draft": "1"}
    both = decide(desk, claim, cells, **JSON).json()
    assert both["ask"] == both["reject"]
    assert set(both["ask"]["texts"]) == {"product_missing", "dates_missing_or_old"}
    split = decide(desk, claim, cells | verdicts((first, "ask"), (second, "reject")), **JSON).json()
    assert set(split["ask"]["texts"]) == {"product_missing"}
    assert set(split["reject"]["texts"]) == {"dates_missing_or_old"}


def test_the_texts_are_written_without_scripts_and_nothing_else_happens(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed())
    first, second = lines_of(claim)
    sent = verdicts((first, "ask"), (second, "approve")) | {"ask_reasons": ["dates_missing_or_old"], "draft": "1"}
    answer = decide(desk, claim, sent | {"ask_text": "Mine."})
    assert answer.status_code == 200
    form = answer.context["refused"]
    assert form["ask_text_dates_missing_or_old"].value().startswith(first.product.name)
    assert (form["ask_text"].value(), form.lines_with("approve")) == ("Mine.", [second.pk])
    assert not claim.comments.exists()


def test_drafts_of_nothing_are_refused_and_leave_the_texts(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed(1))
    answer = decide(desk, claim, {"draft": "1", "ask_text": "My own words."})
    assert answer.status_code == 422
    assert "My own words.</textarea>" in answer.content.decode()
    assert decide(desk, claim, {"draft": "1", "cells": ["1:x"]}, **JSON).status_code == 422


@pytest.mark.parametrize(
    ("text", "mark", "untouched"),
    [
        ("", "", True),
        ("  \n", "", True),
        ("Mine.", "", False),
        ("As it\r\nwas.", mark_of("As it\nwas."), True),
        ("As it was, nearly.", mark_of("As it was."), False),
        ("", mark_of("As it was."), False),
    ],
)
def test_a_text_is_ones_own_once_it_is_written_edited_or_emptied(text: str, mark: str, untouched: bool) -> None:
    assert is_untouched(text, mark) is untouched


# --- Cells and ticks -----------------------------------------------------------------------------------------------


def test_cells_count_with_the_decision_on_their_own_product(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed(3))
    first, second, third = lines_of(claim)
    sent = verdicts((first, "ask"), (second, "reject"), (third, "approve")) | {
        "cells": [key(first, "dated"), key(second, "named"), key(third, "tied")],
        "confirmed": "1",
        "ask_text": "The date, please.",
        "reject_text": "Not named.",
    }
    assert decide(desk, claim, sent).status_code == 302
    said = {tuple(comment.reasons): comment.cells for comment in claim.comments.all()}
    named = {reasons: [(cell["product"], cell["column"]) for cell in cells] for reasons, cells in said.items()}
    assert named == {
        ("product_missing",): [(second.product.code, "named")],
        ("dates_missing_or_old",): [(first.product.code, "dated")],
    }
    assert lines_of(claim)[2].outcome == Outcome.ASSOCIATED


def test_the_form_begins_with_what_was_ticked_as_missing_and_decides_nothing(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed())
    first, _second = lines_of(claim)
    check_cells(reference=claim.reference, by=reviewer, missing=[key(first, "dated")])
    form = desk.get(f"/review/{claim.reference}/").context["work"].decision
    assert form["cells"].value() == [key(first, "dated")]
    for verdict in ("ask", "reject"):
        assert form[f"{verdict}_reasons"].value() == ["dates_missing_or_old"]
        text = form[f"{verdict}_text_dates_missing_or_old"].value()
        assert text.startswith(first.product.name)
        assert is_untouched(text, form[f"{verdict}_drafted_dates_missing_or_old"].value())
    assert {form[f"decision_{line.pk}"].value() for line in lines_of(claim)} == {""}
