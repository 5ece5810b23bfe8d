"""The proof on a claim's own pages: states, the matrix with verdicts, what is asked for and what changed since."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from arbitration.acts.approve import approve
from arbitration.acts.ask import request_information
from arbitration.acts.reject import reject
from claims.acts.cells import set_cells
from claims.acts.comment import comment
from claims.acts.editing import add_documents, save_contacts
from claims.acts.resubmit import resubmit
from claims.models import Claim, Document
from claims.proof.keys import cells_of
from claims.proof.words import Column, ScanState
from claims.words import Audience, Reason
from cpor_portal.accounts.models import PartnerRole, User
from tests.claims.views.pages import attributes, queries_for, signed_in, text_of
from tests.support.factories import make_person, make_staff, make_workload
from tests.support.papers import small_pdf
from tests.support.stories import Side, make_customer, make_side, make_submitted, make_under_review, pdf

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 4, 18, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def side() -> Side:
    return make_side()


@pytest.fixture
def reviewer() -> User:
    return make_staff()


@pytest.fixture
def under_review(side: Side, reviewer: User) -> Claim:
    workloads = [make_workload(name="Alpha"), make_workload(name="Beta")]
    return make_under_review(reviewer, make_submitted(side, make_customer(*workloads), *workloads))


@pytest.fixture
def asked(under_review: Claim, reviewer: User, clock: time_machine.Traveller) -> Claim:
    """Asked about one cell: Alpha's acknowledgement."""
    claim = request_information(
        reference=under_review.reference,
        by=reviewer,
        reasons=[Reason.ACKNOWLEDGEMENT_MISSING],
        text="Who signed?",
        cells=[_key(under_review)],
    )
    clock.shift(timedelta(hours=1))
    return claim


def _key(claim: Claim, column: Column = Column.ACKNOWLEDGED) -> str:
    return next(key for key, (_product, of_cell) in cells_of(claim).items() if of_cell == column)


def _fill(claim: Claim, key: str, day: date | None = None) -> None:
    document = claim.documents.order_by("id")[0]
    set_cells(reference=claim.reference, by=claim.created_by, document_id=document.pk, page=1, keys=[key], dated_on=day)


def _page(claim: Claim, person: User, path: str = "") -> str:
    return text_of(signed_in(person).get(f"/claims/{claim.reference}/{path}"))


def test_the_claim_shows_the_matrix_and_until_when_the_proof_is_good(side: Side) -> None:
    claim = make_submitted(side)
    assert "Good until" not in _page(claim, side.person)
    _fill(claim, _key(claim, Column.DATED), date(2026, 2, 10))
    page = _page(claim, side.person)
    assert "4 of 5 cells are empty" in page
    assert "Good until <time" in page
    assert "Fill in a cell" in page


def test_a_quarantined_document_is_told_on_the_claim_and_not_offered(side: Side) -> None:
    claim = make_submitted(side)
    claim.documents.update(scan_state=ScanState.INFECTED, threat="Eicar-Test")
    page = _page(claim, side.person)
    assert "Eicar-Test" in page
    assert f"/documents/{claim.documents.get().pk}/" not in page


@pytest.mark.parametrize("path", ["", "resubmit/"])
def test_the_cell_that_microsoft_asks_for_is_named_with_the_ways_to_mend_it(
    side: Side, asked: Claim, path: str
) -> None:
    response = signed_in(side.person).get(f"/claims/{asked.reference}/{path}")
    assert attributes(response, "data-asked-cell") == [_key(asked)]
    page = text_of(response)
    assert "Nothing in the proof shows it yet." in page
    assert "Say where it stands" in page
    assert f'href="/claims/{asked.reference}/edit/proof/"' in page
    assert attributes(response, "data-verdict").count("refused") == 1


def test_the_way_to_a_cell_says_there_what_is_looked_for_and_opens_its_products(side: Side, asked: Claim) -> None:
    words = "Alpha: Acknowledged"
    address = f"/claims/{asked.reference}/proof/"
    assert f'href="{address}' in _page(asked, side.person)
    assert '#shows">' in _page(asked, side.person)
    page = _page(asked, side.person, "proof/")
    told = re.search(r"data-asked-here>(.*?)</p>", page, re.DOTALL)
    assert told
    assert words in told[1]
    assert re.search(r'data-group="acknowledged".*?<details class="shows-single" open>', page, re.DOTALL)
    _fill(asked, _key(asked))
    assert "data-asked-here" not in _page(asked, side.person, "proof/")


def test_a_mended_cell_says_where_it_points_now(side: Side, asked: Claim) -> None:
    _fill(asked, _key(asked))
    page = _page(asked, side.person)
    assert "You changed it since the request: it points to proof.pdf, page 1." in page
    assert "Changed since it was asked for" in page


def test_who_may_not_mend_reads_what_is_asked_without_links_to_it(side: Side, asked: Claim) -> None:
    page = _page(asked, make_person(side.firm, PartnerRole.INCENTIVES_USER))
    assert "Nothing in the proof shows it yet." in page
    assert "Say where it stands" not in page


def test_a_rejection_names_its_cells_too(side: Side, under_review: Claim, reviewer: User) -> None:
    reject(
        reference=under_review.reference,
        by=reviewer,
        reasons=[Reason.ACKNOWLEDGEMENT_MISSING],
        text="Nobody signed.",
        cells=[_key(under_review)],
    )
    response = signed_in(side.person).get(f"/claims/{under_review.reference}/")
    assert attributes(response, "data-asked-cell") == [_key(under_review)]
    assert "Say where it stands" not in text_of(response)
    shown = marks_in(response.content.decode())
    assert shown == ["Refused"], "nothing is asked for any more"


def marks_in(page: str) -> list[str]:
    """What the cells of the matrix are marked with, in words."""
    found = re.findall(r'<span class="matrix-mark[^>]*>(.*?)</span>', page, re.DOTALL)
    return [re.sub(r"<svg.*?</svg>", "", mark, flags=re.DOTALL).strip() for mark in found]


def test_after_the_approval_no_cell_is_changed_since_a_request(
    side: Side, asked: Claim, reviewer: User, clock: time_machine.Traveller
) -> None:
    _fill(asked, _key(asked))
    _fill(asked, _key(asked, Column.TIED))
    resubmit(reference=asked.reference, by=side.person)
    clock.shift(60)
    make_under_review(reviewer, asked)
    assert "Changed since the request" in marks_in(_page(asked, side.person))
    approve(reference=asked.reference, by=reviewer)
    assert "Changed since the request" not in marks_in(_page(asked, side.person))


UNCHANGED = 'data-notice="nothing-changed"'


def test_an_answer_in_which_nothing_changed_is_warned_of_and_goes_through(side: Side, asked: Claim) -> None:
    assert UNCHANGED in _page(asked, side.person, "resubmit/")
    assert signed_in(side.person).post(f"/claims/{asked.reference}/resubmit/").status_code == 302


def _add(claim: Claim) -> None:
    add_documents(reference=claim.reference, by=claim.created_by, files=[pdf("new.pdf", small_pdf("new"))])


def _comment(claim: Claim) -> None:
    comment(reference=claim.reference, by=claim.created_by, body="Done.", audience=Audience.PARTNER)


def _contacts(claim: Claim) -> None:
    save_contacts(reference=claim.reference, by=claim.created_by, values={"customer_title": "CIO"})


@pytest.mark.parametrize("touch", [_add, _comment, _contacts, lambda claim: _fill(claim, _key(claim))])
def test_whatever_was_done_since_the_request_silences_the_warning(side: Side, asked: Claim, touch: object) -> None:
    touch(asked)  # type: ignore[operator]
    assert UNCHANGED not in _page(asked, side.person, "resubmit/")


def test_what_was_added_since_the_request_is_marked(side: Side, asked: Claim) -> None:
    assert "Added since the request" not in _page(asked, side.person)
    _add(asked)
    assert _page(asked, side.person).count("Added since the request") == 1


def test_newer_proof_of_an_approved_claim_stands_above_the_old(
    side: Side, under_review: Claim, reviewer: User, clock: time_machine.Traveller
) -> None:
    approve(reference=under_review.reference, by=reviewer)
    clock.shift(timedelta(days=200))
    assert "Add newer proof" in _page(under_review, side.person)
    _add(under_review)
    page = _page(under_review, side.person)
    assert page.count("Added since the approval") == 1
    assert page.index("new.pdf") < page.index("proof.pdf")


def test_ten_documents_cost_no_more_queries_than_one(side: Side) -> None:
    claim = make_submitted(side)
    client, path = signed_in(side.person), f"/claims/{claim.reference}/"
    before = queries_for(client, path)
    for number in range(9):
        Document.objects.create(
            claim=claim,
            name=f"{number}.pdf",
            sha256=str(number),
            content_type="application/pdf",
            size=1,
            uploaded_by=side.person,
        )
    assert queries_for(client, path) == before
