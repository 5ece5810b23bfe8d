"""The cells of the proof matrix: a partner says where the proof shows what, a decision says what was accepted."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from claims.acts import reading
from claims.acts.editing import saving
from claims.acts.ground import Doing
from claims.models import Claim, Document, ProofCell
from claims.proof.keys import CellKey, cells_of, fingerprint
from claims.proof.prefill import EMPTY
from claims.proof.words import CellVerdict, Column, Source
from claims.transitions import Act
from cpor_portal.accounts.models import User
from cpor_portal.faults import Conflict, Refused
from cpor_portal.review_site import review_day

LAST_PAGE = 10_000
"""For documents whose pages are not counted yet, or cannot be."""


def set_cells(
    *,
    reference: str,
    by: User,
    document_id: int,
    page: int,
    keys: Collection[str],
    dated_on: date | None = None,
    offered: Collection[str] | None = None,
    seen: str | None = None,
) -> Claim:
    """Say what one page of a document shows: the cells of `keys` point to it from now on.

    Cells that pointed there, were `offered` on the form (None: all) and are not in `keys` become empty. `dated_on` is
    the day of the customer's acknowledgement, for column "dated". Everybody of the firm may on a draft, and on a filed
    claim whoever may add proof. Raises Refused (`cell_unknown`, `page_unknown`, `date_required`, `date_in_future`),
    Conflict (document removed meanwhile, status moved on, or a colleague changed a cell: `seen` is the `fingerprint` on
    the page that was filled in), NotAllowed.
    """
    with saving(reference, by, "proof", seen=None, amended_by=Act.ADD_PROOF, told={"cells": len(keys)}) as doing:
        _refuse_stale(doing, seen)
        here = _Here(_document(doing, document_id), page, doing)
        here.require_page()
        known = cells_of(doing.claim)
        chosen = {_known(known, key) for key in keys}
        left = {_known(known, key) for key in (known if offered is None else offered)} - chosen
        here.fill(chosen, dated_on)
        here.clear(left)
        reading.note_freshness(doing.claim)
    return doing.claim


def _refuse_stale(doing: Doing, seen: str | None) -> None:
    if seen is not None and doing.by is not None and seen != fingerprint(doing.claim, doing.by):
        text = _("A colleague has changed the proof matrix since you opened it. Look at what it says now.")
        raise Conflict("matrix_has_changed", text, claim=doing.claim)


def _known(known: dict[str, CellKey], key: str) -> CellKey:
    if key not in known:
        raise Refused("cell_unknown", _("This cell is not part of the claim's proof matrix."), field="cells")
    return known[key]


def _document(doing: Doing, document_id: int) -> Document:
    document = Document.objects.counted().filter(claim=doing.claim, pk=document_id).first()
    if document is None:
        raise Conflict("document_gone", _("This document has been removed already."), claim=doing.claim)
    return document


@dataclass(frozen=True)
class _Here:
    """One page of one document, on which cells are being set."""

    document: Document
    page: int
    doing: Doing

    def require_page(self) -> None:
        last = self.document.page_count or LAST_PAGE
        if not 1 <= self.page <= last:
            raise Refused("page_unknown", _("This document does not have such a page."), field="page")

    def fill(self, cells: Iterable[CellKey], dated_on: date | None) -> None:
        held = {(cell.product_id, cell.column): cell for cell in self.doing.claim.cells.all()}
        for product, column in cells:
            cell = held.get((product, column)) or ProofCell(claim=self.doing.claim, product_id=product, column=column)
            is_here = cell.document_id == self.document.pk and cell.page == self.page
            day = self._day(cell, is_here, dated_on) if column == Column.DATED else None
            if not is_here or day != cell.dated_on:
                self._write(cell, day)

    def _day(self, cell: ProofCell, is_here: bool, dated_on: date | None) -> date:
        day = dated_on or (cell.dated_on if is_here else None)
        if day is None:
            raise Refused(
                "date_required", _("Enter the day on which the customer acknowledged the work."), field="dated_on"
            )
        if day > max(review_day(), self.doing.at.date()):
            raise Refused("date_in_future", _("This day lies in the future."), field="dated_on")
        return day

    def _write(self, cell: ProofCell, day: date | None) -> None:
        cell.document, cell.page, cell.words, cell.dated_on = self.document, self.page, "", day
        cell.source, cell.changed_at, cell.changed_by = Source.PARTNER, self.doing.at, self.doing.by
        cell.save()

    def clear(self, cells: Iterable[CellKey]) -> None:
        """Empty those of `cells` that point here. What a person emptied is not filled in again by findings."""
        here = Q(document=self.document) & (Q(page=self.page) | Q(page=None))
        for product, column in cells:
            self.doing.claim.cells.filter(here, product=product, column=column).update(
                **EMPTY, source=Source.PARTNER, changed_at=self.doing.at, changed_by=self.doing.by
            )


def publish(doing: Doing, *, refused: Collection[CellKey], held: Collection[CellKey]) -> None:
    """Write what a decision says about cells, so that both sides see it in the matrix. Part of the decision's act."""
    stored = {(cell.product_id, cell.column): cell for cell in doing.claim.cells.all()}
    spoken = {**dict.fromkeys(held, CellVerdict.HELD), **dict.fromkeys(refused, CellVerdict.REFUSED)}
    fresh = [
        ProofCell(claim=doing.claim, product_id=product, column=column, changed_at=doing.at)
        for product, column in spoken
        if (product, column) not in stored
    ]
    cells = [cell for key, cell in stored.items() if key in spoken]
    for cell in (*fresh, *cells):
        cell.verdict, cell.verdict_at = spoken[cell.product_id, Column(cell.column)], doing.at
    ProofCell.objects.bulk_create(fresh)
    ProofCell.objects.bulk_update(cells, ["verdict", "verdict_at"])
