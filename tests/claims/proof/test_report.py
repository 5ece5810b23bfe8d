"""What the portal found, row by row, and what to do about the rest."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from claims.models import Claim, Document, Finding
from claims.proof.report import State, report
from claims.proof.words import Element, ReadState, Verdict
from tests.support.stories import Side, make_side, make_submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def side() -> Side:
    return make_side("Contoso Partners")


@pytest.fixture
def claim(side: Side) -> Claim:
    claim = make_submitted(side)
    claim.documents.update(read_state=ReadState.READ, judged_at=timezone.now())
    return claim


def states(claim: Claim, side: Side) -> dict[str, State]:
    """The state of each element."""
    return {row.element: row.state for row in report(claim, side.person).rows}


def find(document: Document, element: Element, verdict: Verdict, on: date | None = None) -> None:
    """Note a finding on the document's first page."""
    Finding.objects.create(document=document, element=element, verdict=verdict, page=1, words="words", on=on)


def test_what_nobody_found_is_missing_and_says_what_to_do(claim: Claim, side: Side) -> None:
    row = next(row for row in report(claim, side.person).rows if row.element == Element.TENANT)
    assert row.state == State.MISSING
    assert str(claim.tenant_id) in row.advice


def test_what_holds_counts_before_what_does_not(claim: Claim, side: Side) -> None:
    document = claim.documents.get()
    find(document, Element.DATE, Verdict.OLD, date(2024, 1, 2))
    find(document, Element.DATE, Verdict.HOLDS, date(2026, 1, 2))
    find(document, Element.SIGNATURE, Verdict.EMPTY)
    found = states(claim, side)
    assert (found[Element.DATE], found[Element.SIGNATURE]) == (State.FOUND, State.EMPTY)


def test_where_a_document_has_no_text_the_portal_cannot_tell(claim: Claim, side: Side) -> None:
    claim.documents.update(read_state=ReadState.NO_TEXT)
    told = report(claim, side.person)
    assert {row.state for row in told.rows} == {State.CANNOT_TELL}
    assert told.tells_nothing
    assert (told.gaps, told.found, {row.advice for row in told.rows}) == ([], [], {""})
    assert told.why_untold.startswith("There is no text in the document that the portal can read")


def test_beside_a_document_with_text_the_others_are_left_to_people(claim: Claim, side: Side) -> None:
    read = claim.documents.get()
    find(read, Element.CUSTOMER, Verdict.HOLDS)
    find(read, Element.DATE, Verdict.OLD, date(2024, 1, 2))
    scan = Document.objects.create(
        claim=claim, name="scan.png", sha256="1", size=1, uploaded_by=read.uploaded_by, judged_at=timezone.now(),
        read_state=ReadState.NO_TEXT,
    )  # fmt: skip
    told = report(claim, side.person)
    assert [row.element for row in told.found] == [Element.CUSTOMER]
    assert [row.element for row in told.gaps] == [Element.DATE]
    assert Element.SIGNATURE in {row.element for row in told.untold}
    assert "look yourself in the other documents" in told.why_untold
    Document.objects.filter(pk=scan.pk).update(judged_at=None)
    assert "has not read every document yet" in report(claim, side.person).why_untold


def test_what_no_column_of_the_matrix_shows_is_told_by_itself(claim: Claim, side: Side) -> None:
    assert [row.element for row in report(claim, side.person).gaps_without_column] == [
        Element.CUSTOMER,
        Element.PARTNER,
    ]


def test_more_findings_take_no_more_queries(claim: Claim, side: Side) -> None:
    document = claim.documents.get()
    with CaptureQueriesContext(connection) as few:
        report(claim, side.person)
    for element in (Element.CUSTOMER, Element.DOMAIN, Element.WORK):
        find(document, element, Verdict.HOLDS)
    with CaptureQueriesContext(connection) as many:
        report(claim, side.person)
    assert len(many) == len(few)
