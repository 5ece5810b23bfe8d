"""The proof matrix as it stood when a round of review was judged, whatever the partner has filled in since."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from claims.models import Claim, ClaimLine, Document, ProofCell
from claims.proof.freshness import GONE
from claims.proof.matrix import CellState, CellView, MatrixView, RowView, columns_shown, needed_by
from claims.proof.words import Column, Source

Spot = tuple[str, str]
"""A cell as snapshots and the history name it: product code and column."""


def lines_then(claim: Claim, facts: Mapping[str, Any]) -> list[ClaimLine]:
    """The lines that the claim had in these facts, without those that were taken out by then. One query."""
    held = [line["line"] for line in facts["lines"] if line["outcome"] not in GONE]
    return list(claim.lines.filter(pk__in=held).select_related("product").order_by("id"))


def matrix_as_it_was(
    claim: Claim,
    facts: Mapping[str, Any],
    lines: Sequence[ClaimLine],
    *,
    until: datetime | None,
    said: Mapping[Spot, str] | None = None,
) -> MatrixView:
    """The matrix of `lines` in the state of `facts` (`claims.acts.snapshots.facts_of`), for reviewers. Two queries.

    A cell that has not changed after `until` (aware; None: at all) is shown as it stands, for the portal may have read
    a document after the snapshot was taken. `said` are verdicts of that round's decision; none other is shown.
    """
    documents = {document.sha256: document for document in claim.documents.all()}
    told = {(cell["product"], cell["column"]): cell for cell in facts["cells"]}
    held = {(cell.product.code, cell.column): cell for cell in _unchanged(claim, until)}
    reading = _Then(needed_by(facts["activities"]), documents, told, held, said or {})
    return MatrixView(columns_shown(), [reading.row(line) for line in lines])


def _unchanged(claim: Claim, until: datetime | None) -> Iterable[ProofCell]:
    cells = claim.cells.select_related("product", "document")
    return cells if until is None else cells.filter(changed_at__lte=until)


@dataclass(frozen=True)
class _Then:
    """What all cells of one matrix share."""

    needed: Sequence[Column]
    documents: Mapping[str, Document]
    told: Mapping[Spot, Mapping[str, Any]]
    held: Mapping[Spot, ProofCell]
    said: Mapping[Spot, str]

    def row(self, line: ClaimLine) -> RowView:
        return RowView(line, line.product, [self._cell(line, column) for column in Column])

    def _cell(self, line: ClaimLine, column: Column) -> CellView:
        if column not in self.needed:
            return CellView(line.pk, line.product, column, CellState.NOT_NEEDED)
        spot: Spot = (line.product.code, str(column.value))
        verdict, cell = self.said.get(spot, ""), self.held.get(spot)
        if cell is not None:
            return self._view(line, column, verdict, cell.document, cell.page, cell.dated_on, cell.source)
        told = self.told.get(spot)
        if told is None or not told["document"]:
            return CellView(line.pk, line.product, column, CellState.EMPTY, verdict=verdict)
        dated = date.fromisoformat(told["dated_on"]) if told["dated_on"] else None
        document = self.documents.get(told["document"])
        return self._view(line, column, verdict, document, told["page"], dated, told.get("source", ""))

    def _view(
        self,
        line: ClaimLine,
        column: Column,
        verdict: str,
        document: Document | None,
        page: int | None,
        dated_on: date | None,
        source: str,
    ) -> CellView:
        if document is None:
            hint = _("The document that showed it has been removed.") if self._was_shown(line, column) else ""
            return CellView(line.pk, line.product, column, CellState.EMPTY, verdict=verdict, hint=hint)
        state = CellState.ENTERED if source == Source.PARTNER else CellState.FOUND
        if not document.is_showable:
            return CellView(line.pk, line.product, column, state, verdict=verdict, is_hidden=True)
        return CellView(line.pk, line.product, column, state, document, page, dated_on=dated_on, verdict=verdict)

    def _was_shown(self, line: ClaimLine, column: Column) -> bool:
        told = self.told.get((line.product.code, str(column.value)))
        return told is not None and bool(told["document"])
