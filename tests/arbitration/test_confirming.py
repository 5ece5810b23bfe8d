"""What the page of the mails says besides the mails, and what is handed back where a decision does not go through."""

import pytest
from django.test import Client

from claims.acts.corrections import ask_correction
from claims.models import Claim
from cpor_portal.accounts.models import Programme, User
from tests.support.cells import key, lines_of, make_filed
from tests.support.deciding import decide, verdicts
from tests.support.factories import make_location, make_staff
from tests.support.stories import make_under_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer() -> User:
    return make_staff()


@pytest.fixture
def desk(client: Client, reviewer: User) -> Client:
    """The reviewer's browser."""
    client.force_login(reviewer)
    return client


def _with_correction(claim: Claim) -> Claim:
    assert claim.submitted_by is not None
    location = make_location(claim.firm, *Programme)
    return ask_correction(
        reference=claim.reference, by=claim.submitted_by, reason="The other office.", mpn_id=location.mpn_id
    )


def _reminders(page: str) -> str:
    return page.partition('<ul class="reminders">')[2].partition("</ul>")[0]


def test_both_parts_without_a_reason_are_named_at_once_each_at_its_place(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed())
    first, second = lines_of(claim)
    answer = decide(desk, claim, verdicts((first, "ask"), (second, "reject")))
    summary = answer.content.decode().partition("error-summary")[2].partition("</ul>")[0]
    assert answer.status_code == 422
    assert summary.count('data-code="reasons_required"') == 2
    assert "Choose at least one reason for what you ask the partner." in summary
    assert "Choose at least one reason for the rejection." in summary
    for target in ("decide_ask_reasons_0", "decide_reject_reasons_0"):
        assert f'href="#{target}"' in summary


def test_an_approval_says_what_nobody_has_ticked(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed(1))
    approval = verdicts((lines_of(claim)[0], "approve"))
    assert 'data-code="cells_not_ticked"' in _reminders(decide(desk, claim, approval).content.decode())
    desk.post(f"/review/{claim.reference}/cells/", {"all": "1"})
    assert _reminders(decide(desk, claim, approval).content.decode()) == ""


def test_an_approval_of_a_claim_without_a_document_says_so_and_a_request_does_not(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer)
    claim.documents.all().delete()
    line = lines_of(claim)[0]
    page = decide(desk, claim, verdicts((line, "approve"))).content.decode()
    assert 'data-code="no_document"' in _reminders(page)
    asked = decide(desk, claim, verdicts((line, "ask")) | {"ask_reasons": ["proof_missing"]}).content.decode()
    assert _reminders(asked) == ""


@pytest.mark.parametrize(
    ("verdict", "code"), [("approve", "correction_waits"), ("ask", "correction_waits"), ("reject", "correction_lapses")]
)
def test_a_decision_says_what_becomes_of_a_correction_that_waits(
    desk: Client, reviewer: User, verdict: str, code: str
) -> None:
    claim = _with_correction(make_under_review(reviewer, make_filed(1)))
    reasons = {f"{verdict}_reasons": ["proof_missing"]}
    page = decide(desk, claim, verdicts((lines_of(claim)[0], verdict)) | reasons).content.decode()
    assert f'data-code="{code}"' in _reminders(page)


def test_whoever_was_second_reads_the_reasons_cells_and_words_that_were_chosen(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed(1))
    line = lines_of(claim)[0]
    sent = verdicts((line, "reject")) | {
        "reject_reasons": ["product_missing", "partner_request"],
        "cells": [key(line, "dated")],
        "despite_facts": "on",
        "version": str(claim.version - 1),
    }
    answer = decide(desk, claim, sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    for said in ("A claimed product is not named in the proof", "The partner asked for it", f"{line.product.name}: "):
        assert said in page
    assert "Approve although not every fact holds" in page
    assert "reject_reasons" not in page
