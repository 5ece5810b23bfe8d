"""The proof matrix on the reviewer's pages: ticked, carried over to the next round, drafted from."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from arbitration.acts.approve import approve
from arbitration.acts.ask import request_information
from arbitration.acts.check import check_cells
from claims.acts.resubmit import resubmit
from claims.models import Claim, ClaimLine, ProofCell
from claims.proof.words import CellVerdict, Column, ScanState
from cpor_portal.accounts.models import StaffRole, User
from tests.support.cells import fill, key, lines_of, make_filed, ticks, verdicts
from tests.support.factories import make_staff
from tests.support.stories import make_side, make_under_review

pytestmark = pytest.mark.django_db
TEXT = "Please add a page that shows it."


@pytest.fixture
def reviewer() -> User:
    return make_staff()


@pytest.fixture
def desk(client: Client, reviewer: User) -> Client:
    """The reviewer's browser."""
    client.force_login(reviewer)
    return client


def post(desk: Client, claim: Claim, act: str, data: Mapping[str, Any], **more: Any) -> Any:
    return desk.post(f"/review/{claim.reference}/{act}/", data, **more)


# --- The next round ------------------------------------------------------------------------------------------------


def make_answered(reviewer: User) -> tuple[Claim, list[ClaimLine]]:
    """A claim of two products: all was accepted but one signature, and the partner has pointed that to another page."""
    claim = make_under_review(reviewer, make_filed())
    lines = lines_of(claim)
    refused = key(lines[0], "acknowledged")
    held = [cell for line in lines for column in Column if (cell := key(line, column)) != refused]
    check_cells(reference=claim.reference, by=reviewer, held=held, missing=[refused])
    request_information(reference=claim.reference, by=reviewer, reasons=[], text=TEXT, cells=[refused])
    fill(claim, [refused], page=1)
    ProofCell.objects.filter(claim=claim, column="acknowledged", product=lines[0].product).update(page=None)
    fill(claim, [refused], page=1)
    assert claim.submitted_by is not None
    return resubmit(reference=claim.reference, by=claim.submitted_by), lines


def test_what_was_accepted_and_has_not_changed_is_ticked_when_the_next_round_begins(reviewer: User) -> None:
    claim, lines = make_answered(reviewer)
    assert ticks(claim) == {}
    make_under_review(reviewer, claim)
    carried = ticks(claim)
    assert len(carried) == 9
    assert all(carried.values())
    assert key(lines[0], "acknowledged") not in carried


def test_an_accepted_cell_that_was_changed_since_is_not_ticked(reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed(1))
    line = lines_of(claim)[0]
    check_cells(reference=claim.reference, by=reviewer, held=[key(line, "named"), key(line, "tied")])
    request_information(reference=claim.reference, by=reviewer, reasons=[], text=TEXT, cells=[key(line, "dated")])
    ProofCell.objects.filter(claim=claim, column="named").update(page=None)
    fill(claim, [key(line, "named")])
    assert claim.submitted_by is not None
    make_under_review(reviewer, resubmit(reference=claim.reference, by=claim.submitted_by))
    assert ticks(claim) == {key(line, "tied"): True}


def test_after_an_answer_what_changed_stands_in_front_and_the_rest_is_folded(desk: Client, reviewer: User) -> None:
    claim, lines = make_answered(reviewer)
    make_under_review(reviewer, claim)
    page = desk.get(f"/review/{claim.reference}/").content.decode()
    assert "What changed since the request" in page
    assert 'data-changed-cells="1"' in page
    assert f'data-front="{key(lines[0], "acknowledged")}"' in page
    assert "9 cells were accepted and have not changed" in page
    assert page.count('name="held"') == 10
    assert page.count('name="held" value="') - page.count('" checked> Holds') == 1
    assert "No document was added." in page


# --- Pages ---------------------------------------------------------------------------------------------------------


def test_ticks_are_stored_from_the_workspace_and_shown_again(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed())
    first, second = lines_of(claim)
    sent = {"held": [key(first, "named")], "missing": [key(second, "dated")], "version": claim.version}
    answer = post(desk, claim, "cells", sent)
    assert (answer.status_code, answer["Location"]) == (302, f"/review/{claim.reference}/#proof")
    page = desk.get(f"/review/{claim.reference}/").content.decode()
    assert f'name="held" value="{key(first, "named")}" checked' in page
    assert f'name="missing" value="{key(second, "dated")}" checked' in page
    assert "8 cells are ticked neither way." in page


def test_from_the_room_one_comes_back_to_the_same_page(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed(1))
    document = claim.documents.get()
    sent = {"held": [key(lines_of(claim)[0], "named")], "document": document.pk, "page": 3, "zoom": "150"}
    answer = post(desk, claim, "cells", sent)
    assert answer["Location"] == f"/review/{claim.reference}/proof/?document={document.pk}&page=3&zoom=150"


def test_all_that_is_filled_in_holds_with_one_button_and_what_is_missing_stays(desk: Client, reviewer: User) -> None:
    claim = make_filed(1)
    line = lines_of(claim)[0]
    ProofCell.objects.filter(claim=claim, column="described").delete()
    make_under_review(reviewer, claim)
    post(desk, claim, "cells", {"missing": [key(line, "dated")], "all": "1"})
    assert ticks(claim) == {
        key(line, "named"): True,
        key(line, "tied"): True,
        key(line, "acknowledged"): True,
        key(line, "dated"): False,
    }


def test_everything_that_is_filled_in_leaves_out_what_the_reviewer_may_not_see(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed(1))
    claim.documents.update(scan_state=ScanState.WAITING)
    page = desk.get(f"/review/{claim.reference}/").content.decode()
    assert page.count('data-filled="no"') == 5
    assert 'data-filled="yes"' not in page
    assert not re.findall(r'name="held"[^>]*"(?! disabled)>', page)
    assert post(desk, claim, "cells", {"all": "1"}).status_code == 302
    assert ticks(claim) == {}


def test_a_script_gets_numbers_and_refusals_instead_of_pages(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed(1))
    line = lines_of(claim)[0]
    asks = {"headers": {"Accept": "application/json"}}
    assert post(desk, claim, "cells", {"held": [key(line, "named")]}, **asks).json() == {"held": 1, "missing": 0}
    assert post(desk, claim, "cells", {"held": ["1:x"]}, **asks).status_code == 422


def test_a_refused_tick_keeps_the_others(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed(1))
    cell = key(lines_of(claim)[0], "named")
    answer = post(desk, claim, "cells", {"held": [cell], "missing": ["5:nothing"]})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'data-code="cell_unknown"' in page
    assert f'name="held" value="{cell}" checked' in page


def test_a_colleague_sees_the_matrix_and_no_boxes(desk: Client) -> None:
    claim = make_under_review(make_staff(), make_filed(1))
    for place in ("", "proof/"):
        page = desk.get(f"/review/{claim.reference}/{place}").content.decode()
        assert f'data-cell="{key(lines_of(claim)[0], "named")}"' in page
        assert 'name="held"' not in page
    assert post(desk, claim, "cells", {}).status_code == 409


def test_missing_ticks_fill_in_what_would_be_asked_or_rejected(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed())
    first, second = lines_of(claim)
    check_cells(reference=claim.reference, by=reviewer, missing=[key(second, "acknowledged")])
    page = desk.get(f"/review/{claim.reference}/").content.decode()
    assert f'value="{key(second, "acknowledged")}" data-reason="acknowledgement_missing" checked' in page
    assert f'value="{key(first, "acknowledged")}" data-reason="acknowledgement_missing" checked' not in page
    sentence_ = f"{second.product.name}: the proof does not show a customer's signature for this product."
    assert page.count(escape(sentence_)) == 2


def test_the_text_is_drafted_without_scripts_and_nothing_else_happens(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed())
    first, second = lines_of(claim)
    sent = {
        "draft": "1",
        "cells": [key(first, "dated")],
        "reasons": ["partner_request"],
        "lines": [first.pk],
        "text": "What I had written.",
        "version": claim.version,
    }
    answer = post(desk, claim, "request-information", sent)
    assert answer.status_code == 200
    form = answer.context["refused"]
    assert form["ask_reasons"].value() == ["dates_missing_or_old", "partner_request"]
    assert form["cells"].value() == [key(first, "dated")]
    assert (form.lines_with("ask"), form.lines_with("")) == ([first.pk], [second.pk])
    text = form["ask_text_dates_missing_or_old"].value()
    assert text.startswith(f"{first.product.name}: the customer")
    assert second.product.name not in text
    assert form["ask_text"].value() == "What I had written."
    assert Claim.objects.get().status == "under_review"
    assert not claim.comments.exists()


def test_the_text_is_drafted_in_the_partners_language_and_the_form_says_so(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed(1))
    User.objects.filter(pk=claim.submitted_by_id).update(language="hu")
    check_cells(reference=claim.reference, by=reviewer, missing=[key(lines_of(claim)[0], "named")])
    page = desk.get(f"/review/{claim.reference}/").content.decode()
    assert page.count("It is written in the partner's language: Hungarian.") == 2
    assert page.count("az igazolás nem nevezi meg") == 2
    assert "the proof does not name this product" not in page


def test_a_text_that_was_edited_stands_when_the_form_comes_back(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed())
    first, second = lines_of(claim)
    check_cells(reference=claim.reference, by=reviewer, missing=[key(first, "dated")])
    sent = {"cells": [key(second, "dated")], "lines": [first.pk], "text": "My own words."}
    answer = post(desk, claim, "reject", sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'data-code="cell_not_of_line"' in page
    assert "My own words.</textarea>" in page
    assert 'href="#decide_cells_0"' in page
    assert answer.context["refused"]["cells"].value() == [key(second, "dated")]


def test_a_draft_of_nothing_leaves_the_text(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed(1))
    answer = post(desk, claim, "reject", {"draft": "1", "text": "My own words."})
    assert answer.status_code == 422
    assert "My own words.</textarea>" in answer.content.decode()


def test_a_script_gets_the_text_and_the_reasons_alone(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed(1))
    line = lines_of(claim)[0]
    sent = {"draft": "1", "cells": [key(line, "named")]}
    answer = post(desk, claim, "reject", sent, headers={"Accept": "application/json"}).json()
    assert answer["reasons"] == ["product_missing"]
    assert answer["text"].startswith(f"{line.product.name}: the proof does not name this product.")


def test_who_does_not_have_the_claim_drafts_nothing(desk: Client) -> None:
    claim = make_under_review(make_staff(), make_filed(1))
    answer = post(desk, claim, "reject", {"draft": "1", "reasons": ["proof_missing"], "text": "Mine."})
    assert answer.status_code == 409
    assert "Mine." in answer.content.decode()


def test_for_partners_there_is_no_desk_of_the_proof(client: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed(1))
    assert claim.submitted_by is not None
    for person in (claim.submitted_by, make_side().person, make_staff(StaffRole.PORTAL_ADMIN)):
        client.force_login(person)
        assert client.get(f"/review/{claim.reference}/proof/").status_code == 404
        assert client.post(f"/review/{claim.reference}/cells/", {}).status_code == 404


@pytest.mark.parametrize("place", ["", "proof/"])
def test_fifteen_products_cost_no_more_queries_than_one(desk: Client, reviewer: User, place: str) -> None:
    counts = []
    for count in (1, 15):
        claim = make_under_review(reviewer, make_filed(count))
        check_cells(reference=claim.reference, by=reviewer, missing=[key(lines_of(claim)[0], "dated")])
        desk.get(f"/review/{claim.reference}/{place}")
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(f"/review/{claim.reference}/{place}").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_ticks_of_fifteen_products_are_stored_with_as_many_queries_as_of_one(reviewer: User) -> None:
    counts = []
    for count in (1, 15):
        claim = make_under_review(reviewer, make_filed(count))
        held = [key(line, column) for line in lines_of(claim) for column in Column]
        with CaptureQueriesContext(connection) as queries:
            check_cells(reference=claim.reference, by=reviewer, held=held)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_what_was_asked_for_is_accepted_with_its_product(reviewer: User) -> None:
    claim = make_under_review(reviewer)
    line = claim.lines.get()
    request_information(
        reference=claim.reference, by=reviewer, reasons=[], text="Please sign it.", cells=[f"{line.pk}:acknowledged"]
    )
    resubmit(reference=claim.reference, by=claim.submitted_by)
    make_under_review(reviewer, claim)
    approve(reference=claim.reference, by=reviewer)
    assert verdicts(claim) == {key(line, "acknowledged"): CellVerdict.HELD}


def test_the_page_asks_for_the_word_before_the_button_is_pressed(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed(1))
    address = f"/review/{claim.reference}/"
    assert 'name="despite_cells"' not in desk.get(address).content.decode()
    check_cells(reference=claim.reference, by=reviewer, missing=[key(claim.lines.get(), "dated")])
    assert 'name="despite_cells"' in desk.get(address).content.decode()


def test_an_answered_claim_that_is_decided_shows_its_matrix_as_a_whole(desk: Client, reviewer: User) -> None:
    claim, _lines = make_answered(reviewer)
    make_under_review(reviewer, claim)
    approve(reference=claim.reference, by=reviewer)
    page = desk.get(f"/review/{claim.reference}/").content.decode()
    assert page.count("data-cell=") == 10
    assert "data-changed-cells" not in page
