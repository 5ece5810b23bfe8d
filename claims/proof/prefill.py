"""Filling the proof matrix from what the checker found. It proposes; what a partner entered stays.

Where several places show the same thing, one answers that was added after a reviewer asked for it; then the newest
date; then the document that shows most; then the newest document, and its first page. A place that still shows what it
did stays, so that a reviewer who comes back sees what changed and nothing else; only a newer date takes over. A paper
about somebody else proposes nothing.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from claims.models import Claim, Document, Finding, ProofCell
from claims.proof.words import CellVerdict, Column, Element, Source, Verdict
from claims.words import Status

# What in a document shows what of a cell; the first element that is found answers.
SHOWN_BY: dict[Column, tuple[Element, ...]] = {
    Column.NAMED: (Element.PRODUCT,),
    Column.TIED: (Element.TENANT, Element.DOMAIN),
    Column.DESCRIBED: (Element.WORK,),
    Column.ACKNOWLEDGED: (Element.SIGNATURE,),
    Column.DATED: (Element.DATE,),
}
OVER = frozenset({Status.REJECTED, Status.WITHDRAWN, Status.ENDED})
OF_THE_CUSTOMER = frozenset({Element.CUSTOMER, Element.DOMAIN, Element.TENANT})
# What is said of the products that a document names.
OF_A_PRODUCT = frozenset({Column.DESCRIBED, Column.ACKNOWLEDGED, Column.DATED})
EMPTY: dict[str, Any] = {"document": None, "page": None, "words": "", "dated_on": None}
WRITTEN = ["document", "page", "words", "dated_on", "source", "changed_at", "changed_by"]


@dataclass(frozen=True)
class Place:
    """Where a cell is shown: document, page, the words found there, and the day for column "dated"."""

    document_id: int | None = None
    page: int | None = None
    words: str = ""
    dated_on: date | None = None


NOWHERE = Place()


@dataclass(frozen=True)
class Proposals:
    """What the findings of a claim's documents propose for its matrix."""

    documents: Mapping[int, Document]
    findings: Sequence[Finding]

    def place(self, product_id: int, column: Column, *, after: datetime | None = None) -> Place:
        """The best place for one cell; documents that were added `after` that instant first.

        A document that names some of the claimed products speaks of those alone; one that names none, such as a letter
        of acceptance, of all of them.
        """
        for element in SHOWN_BY[column]:
            found = [one for one in self.findings if self._shows(one, element, product_id)]
            if column in OF_A_PRODUCT:
                found = [one for one in found if self._speaks_of(product_id, one.document_id)]
            if found:
                best = max(found, key=lambda one: self._rank(one, after))
                return Place(best.document_id, best.page, best.words, best.on if column == Column.DATED else None)
        return NOWHERE

    def _speaks_of(self, product_id: int, document_id: int) -> bool:
        named = {
            one.product_id
            for one in self.findings
            if one.document_id == document_id and one.element == Element.PRODUCT and one.verdict == Verdict.HOLDS
        }
        return not named or product_id in named

    def still_shows(self, cell: ProofCell) -> bool:
        """Whether what the cell says is what is found there now."""
        found = [one for one in self.findings if (one.document_id, one.page) == (cell.document_id, cell.page)]
        if cell.column in OF_A_PRODUCT and not (found and self._speaks_of(cell.product_id, found[0].document_id)):
            return False
        shown_by = SHOWN_BY[Column(cell.column)]
        return any(self._shows(one, element, cell.product_id) for one in found for element in shown_by)

    def _shows(self, finding: Finding, element: Element, product_id: int) -> bool:
        if finding.element != element or finding.verdict != Verdict.HOLDS:
            return False
        held, others = self._parties(finding.document_id)
        if others and (element == Element.DOMAIN or not held):
            return False
        return element != Element.PRODUCT or finding.product_id == product_id

    def _parties(self, document_id: int) -> tuple[bool, bool]:
        """Whether the document names this claim's customer in any way, and whether it names another tenant."""
        mine = [one for one in self.findings if one.document_id == document_id]
        is_ours = any(one.element in OF_THE_CUSTOMER and one.verdict == Verdict.HOLDS for one in mine)
        return is_ours, any(one.element == Element.TENANT and one.verdict == Verdict.OTHER for one in mine)

    def _rank(self, finding: Finding, after: datetime | None) -> tuple[bool, date, int, datetime, int, int]:
        document = self.documents[finding.document_id]
        is_later = after is not None and document.uploaded_at > after
        # A signature is as new as the date beside it: the two stay on one paper.
        day = finding.on or self._newest_day(finding) or date.min
        shown = len({one.element for one in self.findings if _holds(one, document)})
        return is_later, day, shown, document.uploaded_at, document.pk, -finding.page

    def _newest_day(self, finding: Finding) -> date | None:
        if finding.element != Element.SIGNATURE:
            return None
        dates = [one for one in self.findings if one.element == Element.DATE and one.verdict == Verdict.HOLDS]
        return max((one.on for one in dates if one.on and one.document_id == finding.document_id), default=None)


def _holds(finding: Finding, document: Document) -> bool:
    return finding.document_id == document.pk and finding.verdict == Verdict.HOLDS


def prefill(claim: Claim, *, products: Iterable[int], columns: Collection[Column], at: datetime) -> None:
    """Bring the cells that nobody filled in by hand in line with the findings. Under the claim's lock.

    A cell that says the same as before is not touched, so that only real changes count as changed. What was decided
    stays as it was: on a claim that is over nothing is filled in any more.
    """
    if claim.status in OVER:
        return
    documents = {document.pk: document for document in claim.documents.showable()}
    proposals = Proposals(documents, list(Finding.objects.filter(document__in=documents)))
    held = {(cell.product_id, cell.column): cell for cell in claim.cells.all()}
    fresh, changed = [], []
    for key in product_and_column(products, columns):
        cell = held.get(key)
        place = _place_for(key, cell, proposals)
        if cell is None and place != NOWHERE:
            fresh.append(_written(ProofCell(claim=claim, product_id=key[0], column=key[1]), place, at))
        elif cell is not None and place != _place_of(cell):
            changed.append(_written(cell, place, at) if cell.source == Source.FOUND else _capped(cell, place))
    ProofCell.objects.bulk_create(fresh)
    ProofCell.objects.bulk_update(changed, WRITTEN)


def product_and_column(products: Iterable[int], columns: Collection[Column]) -> list[tuple[int, Column]]:
    """Every cell of a matrix."""
    return [(product, column) for product in products for column in columns]


def _place_for(key: tuple[int, Column], cell: ProofCell | None, proposals: Proposals) -> Place:
    """Where the cell is to point: where it does already, unless findings show a better place."""
    if cell is not None and cell.source == Source.PARTNER:
        return _within(cell, proposals)
    found = proposals.place(*key, after=_refused_at(cell))
    return _place_of(cell) if cell is not None and _stays(cell, found, proposals) else found


def _stays(cell: ProofCell, found: Place, proposals: Proposals) -> bool:
    if cell.verdict == CellVerdict.REFUSED or not proposals.still_shows(cell):
        return False
    is_newer = found.dated_on is not None and (cell.dated_on is None or found.dated_on > cell.dated_on)
    return cell.column != Column.DATED or not is_newer


def _within(cell: ProofCell, proposals: Proposals) -> Place:
    """A partner's own entry, on the document's last page where its pages were not counted yet and it has fewer."""
    document = proposals.documents.get(cell.document_id or 0)
    last = document.page_count if document is not None else None
    place = _place_of(cell)
    return replace(place, page=last) if last and cell.page and cell.page > last else place


def _capped(cell: ProofCell, place: Place) -> ProofCell:
    cell.page = place.page
    return cell


def _refused_at(cell: ProofCell | None) -> datetime | None:
    return cell.verdict_at if cell is not None and cell.verdict == CellVerdict.REFUSED else None


def _place_of(cell: ProofCell) -> Place:
    return Place(cell.document_id, cell.page, cell.words, cell.dated_on)


def _written(cell: ProofCell, place: Place, at: datetime) -> ProofCell:
    cell.document_id, cell.page, cell.words, cell.dated_on = place.document_id, place.page, place.words, place.dated_on
    cell.source, cell.changed_at, cell.changed_by = Source.FOUND, at, None
    return cell


def forget_document(document: Document, at: datetime) -> None:
    """Empty the cells that point to a document which goes or is quarantined; findings may fill them in again."""
    document.cells.update(**EMPTY, source=Source.FOUND, changed_at=at, changed_by=None)
