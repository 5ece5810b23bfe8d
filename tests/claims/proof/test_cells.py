"""The cells of the proof matrix: filled in by hand, from findings, and what a decision says of them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import transaction

from arbitration.acts.approve import approve
from arbitration.acts.ask import request_information
from arbitration.acts.check import check_cells
from arbitration.acts.reject import reject
from arbitration.cells import ticks_of
from claims.acts import reading
from claims.acts.cells import publish, set_cells
from claims.acts.editing import add_documents, remove_document
from claims.acts.ground import begin
from claims.acts.resubmit import resubmit
from claims.acts.withdraw import withdraw
from claims.models import Claim, Document, Finding, ProofCell, Snapshot
from claims.proof.freshness import good_until
from claims.proof.keys import cells_of, fingerprint
from claims.proof.matrix import CellState, matrix_of
from claims.proof.words import CellVerdict, Column, Element, ReadState, ScanState, Source, Verdict
from claims.transitions import Act
from claims.words import Activity, Reason
from cpor_portal.accounts.models import PartnerRole, User
from cpor_portal.faults import Conflict, NotAllowed, Refused
from tests.support.factories import make_person, make_staff, make_workload
from tests.support.papers import small_pdf
from tests.support.stories import (
    make_asked,
    make_customer,
    make_draft,
    make_side,
    make_submitted,
    make_under_review,
    pdf,
)

pytestmark = pytest.mark.django_db
SIGNED = date(2026, 2, 10)
NOON = datetime(2026, 3, 4, 18, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def _draft(products: int = 2) -> Claim:
    rows = [make_workload() for _number in range(products)]
    return make_draft(make_side(), make_customer(*rows), rows)


def _keys(claim: Claim, *columns: Column) -> list[str]:
    return [key for key, (_product, column) in cells_of(claim).items() if column in columns]


def _set(claim: Claim, keys: list[str], *, by: User | None = None, **changes: object) -> Claim:
    values = {"document_id": claim.documents.order_by("id")[0].pk, "page": 1, "dated_on": SIGNED} | changes
    return set_cells(reference=claim.reference, by=by or claim.created_by, keys=keys, **values)  # type: ignore[arg-type]


def _state(claim: Claim, key: str) -> CellState:
    return matrix_of(claim, claim.created_by).by_key[key].state


# --- By hand -----------------------------------------------------------------------------------------------


def test_a_page_fills_the_cells_that_it_shows_and_those_of_the_whole_matrix_make_it_full() -> None:
    claim = _draft()
    assert len(matrix_of(claim, claim.created_by).empty) == 10
    _set(claim, list(cells_of(claim)))
    matrix = matrix_of(claim, claim.created_by)
    assert matrix.is_full
    assert {cell.state for cell in matrix.cells} == {CellState.ENTERED}
    assert {cell.place for cell in matrix.cells} == {"proof.pdf, page 1"}
    claim.refresh_from_db()
    assert claim.proof_good_until == good_until(SIGNED)


def test_what_is_no_longer_ticked_becomes_empty_and_what_was_not_offered_stays() -> None:
    claim = _draft()
    tied, named = _keys(claim, Column.TIED), _keys(claim, Column.NAMED)
    _set(claim, tied + named)
    _set(claim, tied[:1], offered=tied)
    assert _state(claim, tied[0]) == CellState.ENTERED
    assert _state(claim, tied[1]) == CellState.EMPTY
    assert {_state(claim, key) for key in named} == {CellState.ENTERED}


def test_a_cell_points_to_one_page_the_last_that_was_named() -> None:
    claim = _draft(1)
    Document.objects.update(page_count=3)
    (tied,) = _keys(claim, Column.TIED)
    _set(claim, [tied], page=1)
    _set(claim, [tied], page=3)
    _set(claim, [], page=1)  # nothing points there any more
    assert matrix_of(claim, claim.created_by).by_key[tied].page == 3


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"page": 0}, "page_unknown"),
        ({"page": 2}, "page_unknown"),
        ({"dated_on": None}, "date_required"),
        ({"dated_on": date(2026, 3, 5)}, "date_in_future"),
        ({"keys": ["999999:tied"]}, "cell_unknown"),
        ({"keys": ["nonsense"]}, "cell_unknown"),
        ({"offered": ["999999:tied"]}, "cell_unknown"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_code_and_nothing_is_kept(
    changes: dict[str, object], code: str
) -> None:
    claim = _draft()
    Document.objects.update(page_count=1)
    keys = changes.pop("keys", list(cells_of(claim)))
    with pytest.raises(Refused) as refused:
        _set(claim, keys, **changes)  # type: ignore[arg-type]
    assert refused.value.code == code
    assert not ProofCell.objects.exists()


def test_products_are_named_for_usage_claims_alone() -> None:
    claim = _draft(1)
    Claim.objects.update(activities=[Activity.PRESALES])
    claim.refresh_from_db()
    assert _keys(claim, Column.NAMED) == []
    states = {cell.column: cell.state for cell in matrix_of(claim, claim.created_by).rows[0].cells}
    assert states[Column.NAMED] == CellState.NOT_NEEDED
    with pytest.raises(Refused):
        _set(claim, [f"{claim.lines.get().pk}:named"])


def test_on_a_filed_claim_admins_may_and_users_may_not_and_both_may_on_a_draft() -> None:
    claim = _draft(1)
    user = make_person(claim.firm, PartnerRole.INCENTIVES_USER)
    (tied,) = _keys(claim, Column.TIED)
    _set(claim, [tied], by=user)
    filed = make_submitted()
    colleague = make_person(filed.firm, PartnerRole.INCENTIVES_USER)
    with pytest.raises(NotAllowed):
        _set(filed, _keys(filed, Column.TIED), by=colleague)
    _set(filed, _keys(filed, Column.TIED))
    assert Snapshot.objects.filter(claim=filed).latest("id").facts["cells"][0]["column"] == Column.TIED
    assert filed.events.latest("id").verb == Act.ADD_PROOF


def test_nobody_changes_cells_under_review() -> None:
    claim = make_under_review(make_staff())
    with pytest.raises(Conflict):
        _set(claim, _keys(claim, Column.TIED))


def test_a_colleagues_change_since_the_page_was_made_is_a_conflict_ones_own_and_a_jobs_is_not() -> None:
    claim = _draft(1)
    colleague = make_person(claim.firm)
    (tied, named) = _keys(claim, Column.TIED, Column.NAMED)
    seen = fingerprint(claim, claim.created_by)
    _set(claim, [tied], seen=seen)
    _find_all(claim.documents.get())
    _fill_in(claim)
    _set(claim, [tied], seen=seen)
    _set(claim, [named], by=colleague, offered=[named], seen=fingerprint(claim, colleague))
    # A document of one's own in another tab makes one the last editor; the old form is stale all the same.
    add_documents(reference=claim.reference, by=claim.created_by, files=[pdf("more.pdf", small_pdf("more"))])
    with pytest.raises(Conflict):
        _set(claim, [], seen=seen)


def test_a_document_that_was_removed_meanwhile_is_a_conflict() -> None:
    claim = _draft(1)
    with pytest.raises(Conflict):
        _set(claim, _keys(claim, Column.TIED), document_id=999_999)


def test_a_quarantined_document_shows_nothing() -> None:
    claim = _draft(1)
    Document.objects.update(scan_state=ScanState.INFECTED)
    with pytest.raises(Conflict):
        _set(claim, _keys(claim, Column.TIED))


# --- From findings -----------------------------------------------------------------------------------------


def _find(document: Document, element: Element, **facts: object) -> Finding:
    values = {"verdict": Verdict.HOLDS, "page": 1, "words": str(element)} | facts
    return Finding.objects.create(document=document, element=element, **values)


def _fill_in(claim: Claim) -> None:
    with transaction.atomic():
        reading.fill_in(Claim.objects.get(pk=claim.pk), at=datetime.now(UTC))


def _find_all(document: Document) -> None:
    for line in document.claim.lines.all():
        _find(document, Element.PRODUCT, product=line.product)
    for element in (Element.TENANT, Element.WORK, Element.SIGNATURE):
        _find(document, element)
    _find(document, Element.DATE, on=SIGNED)


def test_findings_fill_the_matrix_and_its_freshness() -> None:
    claim = _draft()
    _find_all(claim.documents.get())
    _fill_in(claim)
    matrix = matrix_of(claim, claim.created_by)
    assert matrix.is_full
    assert {cell.state for cell in matrix.cells} == {CellState.FOUND}
    claim.refresh_from_db()
    assert claim.proof_good_until == good_until(SIGNED)


def test_what_a_partner_entered_or_emptied_is_not_overwritten() -> None:
    claim = _draft(1)
    document = claim.documents.get()
    Document.objects.update(page_count=2)
    tied, described = _keys(claim, Column.TIED, Column.DESCRIBED)
    _set(claim, [tied, described], page=2)
    _set(claim, [tied], page=2)  # the description was emptied by hand
    _find_all(document)
    _fill_in(claim)
    cells = matrix_of(claim, claim.created_by).by_key
    assert (cells[tied].page, cells[tied].state) == (2, CellState.ENTERED)
    assert cells[described].state == CellState.EMPTY


@pytest.mark.parametrize(
    ("element", "verdict", "column"),
    [
        (Element.SIGNATURE, Verdict.EMPTY, Column.ACKNOWLEDGED),
        (Element.WORK, Verdict.EMPTY, Column.DESCRIBED),
        (Element.DATE, Verdict.OLD, Column.DATED),
        (Element.DATE, Verdict.FUTURE, Column.DATED),
        (Element.TENANT, Verdict.OTHER, Column.TIED),
        (Element.CUSTOMER, Verdict.HOLDS, Column.TIED),
    ],
)
def test_what_does_not_hold_fills_nothing(element: Element, verdict: Verdict, column: Column) -> None:
    claim = _draft(1)
    _find(claim.documents.get(), element, verdict=verdict, on=SIGNED if element == Element.DATE else None)
    _fill_in(claim)
    (key,) = _keys(claim, column)
    assert _state(claim, key) == CellState.EMPTY


def test_a_domain_ties_a_document_unless_it_names_another_tenant() -> None:
    claim = _draft(1)
    document = claim.documents.get()
    _find(document, Element.DOMAIN)
    _fill_in(claim)
    (tied,) = _keys(claim, Column.TIED)
    assert _state(claim, tied) == CellState.FOUND
    _find(document, Element.TENANT, verdict=Verdict.OTHER)
    _fill_in(claim)
    assert _state(claim, tied) == CellState.EMPTY


def test_a_removed_document_leaves_its_cells_to_the_others() -> None:
    claim = _draft(1)
    first = claim.documents.get()
    add_documents(reference=claim.reference, by=claim.created_by, files=[pdf("second.pdf", small_pdf("second"))])
    second = claim.documents.exclude(pk=first.pk).get()
    _find_all(second)
    _find(first, Element.TENANT)
    _fill_in(claim)
    (tied,) = _keys(claim, Column.TIED)
    assert matrix_of(claim, claim.created_by).by_key[tied].document == second  # it shows more
    remove_document(reference=claim.reference, by=claim.created_by, document_id=second.pk)
    cell = matrix_of(claim, claim.created_by).by_key[tied]
    assert (cell.document, cell.state) == (first, CellState.FOUND)
    assert not ProofCell.objects.filter(column=Column.DATED).exclude(document=None).exists()
    claim.refresh_from_db()
    assert claim.proof_good_until is None


def test_a_place_that_still_shows_it_stays_and_only_a_newer_date_takes_over() -> None:
    reviewer = make_staff()
    claim = make_submitted()
    first = claim.documents.get()
    for element in (Element.TENANT, Element.SIGNATURE):
        _find(first, element)
    _find(first, Element.DATE, on=SIGNED)
    _fill_in(claim)
    older = _second(claim, SIGNED - timedelta(days=7))
    _fill_in(claim)
    cells = {cell.column: cell for cell in matrix_of(claim, claim.created_by).cells}
    assert {column for column, cell in cells.items() if cell.document == older} == {Column.NAMED, Column.DESCRIBED}
    make_under_review(reviewer, claim)
    check_cells(reference=claim.reference, by=reviewer, held=list(cells_of(claim)))
    approve(reference=claim.reference, by=reviewer)
    newer = _second(claim, SIGNED + timedelta(days=7))
    _fill_in(claim)
    changed = matrix_of(claim, claim.created_by)
    assert [(cell.column, cell.document) for cell in changed.cells if cell.document == newer] == [(Column.DATED, newer)]
    assert all(cell.is_accepted for cell in changed.cells if cell.column != Column.DATED)


def _second(claim: Claim, signed: date) -> Document:
    """One document more, which shows all there is."""
    before = set(claim.documents.values_list("pk", flat=True))
    file = pdf("all.pdf", small_pdf(f"all {signed}"))
    add_documents(reference=claim.reference, by=claim.created_by, files=[file])
    document = claim.documents.exclude(pk__in=before).get()
    _find_all(document)
    Finding.objects.filter(document=document, element=Element.DATE).update(on=signed)
    return document


def test_signature_and_date_of_a_product_come_from_one_paper() -> None:
    claim = _draft(1)
    document = claim.documents.get()
    for element in (Element.SIGNATURE, Element.TENANT, Element.WORK):  # it shows more, and is older
        _find(document, element)
    _find(document, Element.DATE, on=SIGNED - timedelta(days=30))
    add_documents(reference=claim.reference, by=claim.created_by, files=[pdf("new.pdf", small_pdf("new"))])
    newer = claim.documents.exclude(pk=document.pk).get()
    _find(newer, Element.SIGNATURE)
    _find(newer, Element.DATE, on=SIGNED)
    _fill_in(claim)
    cells = {cell.column: cell.document for cell in matrix_of(claim, claim.created_by).cells}
    assert cells[Column.ACKNOWLEDGED] == cells[Column.DATED] == newer


def test_a_paper_of_another_customer_fills_nothing() -> None:
    claim = _draft(1)
    document = claim.documents.get()
    _find(document, Element.TENANT, verdict=Verdict.OTHER)
    for element in (Element.WORK, Element.SIGNATURE):
        _find(document, element)
    _find(document, Element.PRODUCT, product=claim.lines.get().product)
    _find(document, Element.DATE, on=SIGNED)
    _fill_in(claim)
    assert len(matrix_of(claim, claim.created_by).empty) == 5
    claim.refresh_from_db()
    assert claim.proof_good_until is None


def test_a_document_that_is_merely_read_late_is_no_change(noon: time_machine.Traveller) -> None:
    reviewer = make_staff()
    claim = make_asked(reviewer, make_submitted())
    noon.shift(timedelta(hours=1))
    _find_all(claim.documents.get())
    _fill_in(claim)
    matrix = matrix_of(claim, reviewer)
    assert matrix.is_full
    assert matrix.changed == []


def test_an_approval_is_the_word_on_the_cells_that_nobody_ticked_too(noon: time_machine.Traveller) -> None:
    reviewer = make_staff()
    claim = make_asked(reviewer)
    noon.shift(timedelta(hours=1))
    _set(claim, list(cells_of(claim)))
    assert len(matrix_of(claim, reviewer).changed) == 5
    noon.shift(timedelta(hours=1))
    resubmit(reference=claim.reference, by=claim.created_by)
    make_under_review(reviewer, claim)
    approve(reference=claim.reference, by=reviewer)
    assert matrix_of(Claim.objects.get(pk=claim.pk), claim.created_by).changed == []


def test_on_a_claim_that_is_over_nothing_is_filled_in_any_more() -> None:
    claim = make_submitted()
    withdraw(reference=claim.reference, by=claim.created_by, reason="A mistake.")
    _find_all(claim.documents.get())
    _fill_in(claim)
    assert not ProofCell.objects.exists()


def test_an_entry_for_a_page_that_there_is_not_goes_to_the_last_one_when_the_pages_are_known() -> None:
    claim = _draft(1)
    (tied,) = _keys(claim, Column.TIED)
    Document.objects.update(page_count=None)
    _set(claim, [tied], page=9999)
    Document.objects.update(page_count=2)
    _fill_in(claim)
    cell = matrix_of(claim, claim.created_by).by_key[tied]
    assert (cell.page, cell.state) == (2, CellState.ENTERED)


def test_what_was_asked_for_is_answered_by_a_document_that_came_after(noon: time_machine.Traveller) -> None:
    reviewer = make_staff()
    claim = make_submitted()
    first = claim.documents.get()
    _find_all(first)
    _fill_in(claim)
    make_under_review(reviewer, claim)
    product = claim.lines.get().product_id
    make_asked_of(claim, reviewer, {(product, Column.ACKNOWLEDGED)})
    noon.shift(timedelta(hours=1))
    add_documents(reference=claim.reference, by=claim.created_by, files=[pdf("page.pdf", small_pdf("page"))])
    second = claim.documents.exclude(pk=first.pk).get()
    _find(second, Element.SIGNATURE)
    _find(second, Element.TENANT)
    _fill_in(claim)
    cells = {cell.column: cell for cell in matrix_of(claim, claim.created_by).cells}
    assert (cells[Column.ACKNOWLEDGED].document, cells[Column.ACKNOWLEDGED].is_changed) == (second, True)
    assert cells[Column.ACKNOWLEDGED].is_asked
    assert (cells[Column.TIED].document, cells[Column.TIED].is_changed) == (first, False)


def make_asked_of(claim: Claim, reviewer: User, refused: set[tuple[int, Column]]) -> None:
    """As the reviewer's act does it: the decision is published under the claim's lock."""
    request_information(
        reference=claim.reference, by=reviewer, reasons=[Reason.FACTS_DO_NOT_VERIFY], text="Please add a signature."
    )
    with transaction.atomic():
        doing = begin(reference=claim.reference, act=Act.COMMENT, by=reviewer)
        publish(doing, refused=refused, held=())


# --- What a decision says ----------------------------------------------------------------------------------


def test_a_decision_is_seen_by_both_sides_and_an_empty_cell_can_be_asked_for() -> None:
    reviewer = make_staff()
    claim = make_asked(reviewer)
    product = claim.lines.get().product_id
    with transaction.atomic():
        doing = begin(reference=claim.reference, act=Act.COMMENT, by=reviewer)
        publish(doing, refused={(product, Column.DATED)}, held={(product, Column.TIED), (product, Column.DATED)})
    for reader in (reviewer, claim.created_by):
        cells = {cell.column: cell for cell in matrix_of(claim, reader).cells}
        assert cells[Column.DATED].verdict == CellVerdict.REFUSED  # asked for outweighs held
        assert cells[Column.DATED].is_asked
        assert cells[Column.TIED].verdict == CellVerdict.HELD
        assert not cells[Column.TIED].is_asked


def test_a_reviewer_does_not_see_a_document_that_waits_for_its_scan_and_the_partner_does() -> None:
    reviewer = make_staff()
    claim = make_submitted()
    (tied,) = _keys(claim, Column.TIED)
    _set(claim, [tied])
    Document.objects.update(scan_state=ScanState.WAITING)
    seen = matrix_of(claim, reviewer).by_key[tied]
    assert (seen.document, seen.is_hidden, seen.state) == (None, True, CellState.ENTERED)
    assert "proof.pdf" not in seen.place
    assert matrix_of(claim, claim.created_by).by_key[tied].document is not None


def test_the_matrix_takes_as_many_queries_for_fifteen_products_as_for_one(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    few, many = _draft(1), _draft(15)
    for claim in (few, many):
        _find_all(claim.documents.get())
        _fill_in(claim)
        claim = Claim.objects.select_related("created_by").get(pk=claim.pk)
        with django_assert_num_queries(3):
            assert all(cell.place for cell in matrix_of(claim, claim.created_by).cells)


def test_what_is_found_comes_from_the_portal_and_what_is_entered_from_its_person() -> None:
    claim = _draft(1)
    _find_all(claim.documents.get())
    _fill_in(claim)
    (tied,) = _keys(claim, Column.TIED)
    cell = ProofCell.objects.get(column=Column.TIED)
    assert (cell.source, cell.changed_by) == (Source.FOUND, None)
    Document.objects.update(page_count=2, read_state=ReadState.READ)
    _set(claim, [tied], page=2)
    cell.refresh_from_db()
    assert (cell.source, cell.changed_by) == (Source.PARTNER, claim.created_by)


def test_a_document_that_names_other_products_says_nothing_of_this_one_and_one_that_names_none_of_all() -> None:
    claim = _draft()
    first, second = claim.lines.order_by("id")
    document = claim.documents.get()
    _find(document, Element.PRODUCT, product=first.product)
    _find(document, Element.TENANT)
    _find(document, Element.WORK)
    _fill_in(claim)
    cells = matrix_of(claim, claim.created_by).by_key
    assert cells[f"{first.pk}:described"].state == CellState.FOUND
    assert cells[f"{second.pk}:described"].state == CellState.EMPTY
    assert cells[f"{second.pk}:tied"].state == CellState.FOUND  # the paper is about the customer all the same
    add_documents(reference=claim.reference, by=claim.created_by, files=[pdf("letter.pdf", small_pdf("letter"))])
    letter = claim.documents.exclude(pk=document.pk).get()
    _find(letter, Element.SIGNATURE)
    _fill_in(claim)
    cells = matrix_of(claim, claim.created_by).by_key
    assert {cells[f"{line.pk}:acknowledged"].document for line in (first, second)} == {letter}


def test_what_was_accepted_is_not_accepted_any_more_when_it_changes(noon: time_machine.Traveller) -> None:
    reviewer = make_staff()
    claim = make_submitted()
    _set(claim, list(cells_of(claim)))
    make_under_review(reviewer, claim)
    check_cells(reference=claim.reference, by=reviewer, held=list(cells_of(claim)))
    approve(reference=claim.reference, by=reviewer)
    claim.refresh_from_db()
    assert all(cell.is_accepted for cell in matrix_of(claim, reviewer).cells)
    noon.shift(timedelta(days=30))
    tied, described = _keys(claim, Column.TIED, Column.DESCRIBED)
    _set(claim, [], offered=[tied])
    Document.objects.update(page_count=2)
    _set(claim, [described], page=2, offered=[described])
    accepted = {cell.key for cell in matrix_of(claim, reviewer).cells if cell.is_accepted}
    assert accepted == set(cells_of(claim)) - {tied, described}
    assert {cell.key for cell in matrix_of(claim, reviewer).changed} == {tied, described}


def test_a_tick_is_about_what_the_cell_said_and_falls_when_that_changes(noon: time_machine.Traveller) -> None:
    reviewer = make_staff()
    claim = make_submitted()
    _find_all(claim.documents.get())
    _fill_in(claim)
    make_under_review(reviewer, claim)
    keys = list(cells_of(claim))
    noon.shift(timedelta(minutes=1))
    check_cells(reference=claim.reference, by=reviewer, held=keys)
    noon.shift(timedelta(minutes=1))
    Finding.objects.filter(element=Element.DATE).update(page=2, on=SIGNED + timedelta(days=1))
    _fill_in(claim)  # a job has read a document that came with the answer
    matrix = matrix_of(claim, reviewer)
    (dated,) = _keys(claim, Column.DATED)
    assert ticks_of(claim, matrix).held == set(keys) - {dated}
    approve(reference=claim.reference, by=reviewer)
    assert not ProofCell.objects.get(column=Column.DATED).verdict
    assert ProofCell.objects.get(column=Column.TIED).verdict == CellVerdict.HELD


def test_what_a_rejected_product_lacked_stays_asked_for_when_another_is_asked_about(
    noon: time_machine.Traveller,
) -> None:
    reviewer = make_staff()
    products = [make_workload(), make_workload()]
    claim = make_submitted(make_side(), make_customer(*products), *products)
    make_under_review(reviewer, claim)
    first, second = claim.lines.order_by("id")
    lacks = f"{first.pk}:acknowledged"
    reject(reference=claim.reference, by=reviewer, reasons=[], text="No signature.", line_ids=[first.pk], cells=[lacks])
    noon.shift(timedelta(hours=1))
    asked = f"{second.pk}:dated"
    request_information(
        reference=claim.reference,
        by=reviewer,
        reasons=[],
        text="The date, please.",
        cells=[asked],
        line_ids=[second.pk],
    )
    cells = matrix_of(claim, claim.created_by).by_key
    assert cells[lacks].verdict == CellVerdict.REFUSED
    assert not cells[lacks].is_asked  # it is decided; nothing can be done about it in the answer
    assert cells[asked].is_asked


@pytest.mark.parametrize(
    ("element", "verdict", "column", "hint"),
    [
        (Element.DATE, Verdict.OLD, Column.DATED, "10 February 2026, page 1: older than 12 months"),
        (Element.TENANT, Verdict.OTHER, Column.TIED, "Page 1 names another tenant"),
        (Element.WORK, Verdict.EMPTY, Column.DESCRIBED, "Page 1 has a place for it that is not filled in"),
    ],
)
def test_an_empty_cell_says_what_was_found_that_does_not_do(
    element: Element, verdict: Verdict, column: Column, hint: str
) -> None:
    claim = _draft(1)
    _find(claim.documents.get(), element, verdict=verdict, on=SIGNED if element == Element.DATE else None)
    _fill_in(claim)
    (key,) = _keys(claim, column)
    assert matrix_of(claim, claim.created_by).by_key[key].hint == hint
