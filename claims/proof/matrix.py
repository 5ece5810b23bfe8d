"""The proof matrix as both sides see it: claimed products down, what the proof must show across.

A cell belongs to a product of the claim; forms name it by the product's line, `LINEID:column`.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db.models import Max
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims.models import Claim, ClaimLine, Document, Finding, ProofCell
from claims.proof.freshness import GONE
from claims.proof.words import SHOWABLE, CellVerdict, Column, Element, Source, Verdict
from claims.transitions import Act
from claims.words import Activity, Outcome
from cpor_portal.accounts import permissions as people
from cpor_portal.accounts.models import User
from cpor_portal.directory.models import Product

HINTS: dict[Column, str | Promise] = {
    Column.NAMED: gettext_lazy("The proof names the product."),
    Column.TIED: gettext_lazy("It is about this customer: the tenant ID or the domain stands in it."),
    Column.DESCRIBED: gettext_lazy("It says what your firm did for the customer."),
    Column.ACKNOWLEDGED: gettext_lazy("Somebody of the customer signed it."),
    Column.DATED: gettext_lazy("The signature is dated, within the 12 months before submission."),
}

COLUMN_FOR = {
    Element.TENANT: Column.TIED,
    Element.WORK: Column.DESCRIBED,
    Element.SIGNATURE: Column.ACKNOWLEDGED,
    Element.DATE: Column.DATED,
}
# What was found for a cell and does not do: said in the empty cell, so that nobody has to look for it.
WANTING: dict[tuple[Column, Verdict], str | Promise] = {
    (Column.TIED, Verdict.OTHER): gettext_lazy("Page %(page)d names another tenant"),
    (Column.DESCRIBED, Verdict.EMPTY): gettext_lazy("Page %(page)d has a place for it that is not filled in"),
    (Column.ACKNOWLEDGED, Verdict.EMPTY): gettext_lazy("Page %(page)d has a place for it that is not filled in"),
    (Column.DATED, Verdict.OLD): gettext_lazy("%(date)s, page %(page)d: older than 12 months"),
    (Column.DATED, Verdict.FUTURE): gettext_lazy("%(date)s, page %(page)d: in the future"),
}


class CellState(StrEnum):
    """What fills a cell."""

    EMPTY = "empty"
    FOUND = "found"
    ENTERED = "entered"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True)
class ColumnView:
    """One column: its label, and what a cell of it must show."""

    column: Column
    label: str
    hint: str


@dataclass(frozen=True)
class CellView:
    """One cell as a reader sees it. `document` is None where it is empty, or not to be shown to this reader."""

    line_id: int
    product: Product
    column: Column
    state: CellState
    document: Document | None = None
    page: int | None = None
    words: str = ""
    dated_on: date | None = None
    verdict: str = ""
    is_changed: bool = False
    """Changed after the decision that spoke of it, or where none did after the last request for information."""
    changed_at: datetime | None = None
    is_asked: bool = False
    """The partner must see to it now."""
    is_hidden: bool = False
    """Filled in from a document that this reader may not see before its virus scan."""
    hint: str = ""
    """Of an empty cell: what the portal found that does not do."""

    @property
    def key(self) -> str:
        """How forms name the cell."""
        return f"{self.line_id}:{self.column}"

    @property
    def is_empty(self) -> bool:
        """Whether it is needed and nothing fills it."""
        return self.state == CellState.EMPTY

    @property
    def is_needed(self) -> bool:
        """Whether this claim's proof has to show it."""
        return self.state != CellState.NOT_NEEDED

    @property
    def is_accepted(self) -> bool:
        """Whether the last decision that spoke of it accepted it, and it has not changed since."""
        return self.verdict == CellVerdict.HELD and not self.is_changed

    @property
    def place(self) -> str:
        """File and page in words, in the active language."""
        if self.is_hidden:
            return _("in a document that waits for its virus scan")
        if self.document is None:
            return ""
        if self.page is None:
            return self.document.name
        return _("%(document)s, page %(page)d") % {"document": self.document.name, "page": self.page}


@dataclass(frozen=True)
class RowView:
    """One claimed product."""

    line: ClaimLine
    product: Product
    cells: list[CellView]


@dataclass(frozen=True)
class MatrixView:
    """The whole matrix, in the order of the claim's lines."""

    columns: list[ColumnView]
    rows: list[RowView]
    asked_at: datetime | None = None
    """When information was last requested; what came later is new."""

    @property
    def cells(self) -> list[CellView]:
        """Every cell that the claim's proof has to show."""
        return [cell for row in self.rows for cell in row.cells if cell.is_needed]

    @property
    def by_key(self) -> dict[str, CellView]:
        """The needed cells by the name that forms give them."""
        return {cell.key: cell for cell in self.cells}

    @property
    def empty(self) -> list[CellView]:
        """The cells that nothing fills."""
        return [cell for cell in self.cells if cell.is_empty]

    @property
    def asked(self) -> list[CellView]:
        """The cells that the partner must see to now."""
        return [cell for cell in self.cells if cell.is_asked]

    @property
    def changed(self) -> list[CellView]:
        """The cells that changed after the last request for information."""
        return [cell for cell in self.cells if cell.is_changed]

    @property
    def is_full(self) -> bool:
        """Whether there are products and no cell is empty."""
        return bool(self.rows) and not self.empty


def matrix_of(claim: Claim, reader: User, lines: Sequence[ClaimLine] | None = None) -> MatrixView:
    """The matrix of a claim that `reader` may see. Products that were taken out are left out.

    `lines` (with their products) spare a query where the caller has them.
    """
    rows = claim.lines.select_related("product").order_by("id") if lines is None else lines
    cells = {(cell.product_id, cell.column): cell for cell in claim.cells.select_related("document")}
    view = _Reading(claim, cells, _wanting(claim), asked_at=_asked_at(claim), is_staff=people.is_reviewer(reader))
    return MatrixView(columns_shown(), [view.row(line) for line in rows if line.outcome not in GONE], view.asked_at)


def _wanting(claim: Claim) -> dict[Column, Finding]:
    """For each column what was found in documents that may be shown, and does not do; the newest date first."""
    found = Finding.objects.filter(document__claim=claim, document__scan_state__in=SHOWABLE)
    wanting: dict[Column, Finding] = {}
    for finding in found.exclude(verdict=Verdict.HOLDS).order_by("on", "id"):
        column = COLUMN_FOR.get(Element(finding.element))
        if column is not None and (column, Verdict(finding.verdict)) in WANTING:
            wanting[column] = finding
    return wanting


def columns_shown() -> list[ColumnView]:
    """The columns with their texts in the active language."""
    return [ColumnView(column, str(column.label), str(HINTS[column])) for column in Column]


def needed_columns(claim: Claim) -> list[Column]:
    """What the proof must show: the products are asked of usage claims alone (domain.md, "Proof of execution")."""
    return needed_by(claim.activities)


def needed_by(activities: Collection[str]) -> list[Column]:
    """The same, of a claim with these activities: a claim's activities may be corrected."""
    return [column for column in Column if column != Column.NAMED or Activity.USAGE in activities]


def _asked_at(claim: Claim) -> datetime | None:
    if claim.is_draft:
        return None
    asked = claim.events.filter(verb=Act.REQUEST_INFORMATION).aggregate(last=Max("at"))
    last: datetime | None = asked["last"]
    return last


@dataclass(frozen=True)
class _Reading:
    """What all cells of one matrix share."""

    claim: Claim
    cells: dict[tuple[int, str], ProofCell]
    wanting: dict[Column, Finding]
    asked_at: datetime | None
    is_staff: bool

    def row(self, line: ClaimLine) -> RowView:
        needed = needed_columns(self.claim)
        return RowView(line, line.product, [self._cell(line, column, column in needed) for column in Column])

    def _cell(self, line: ClaimLine, column: Column, is_needed: bool) -> CellView:
        cell = self.cells.get((line.product_id, column))
        if cell is None or not is_needed:
            state = CellState.EMPTY if is_needed else CellState.NOT_NEEDED
            return CellView(line.pk, line.product, column, state, hint=self._hint(column) if is_needed else "")
        verdict = self._verdict(cell, line)
        hidden = self.is_staff and cell.document is not None and not cell.document.is_showable
        return CellView(
            line_id=line.pk,
            product=line.product,
            column=column,
            state=_state(cell),
            document=None if hidden else cell.document,
            page=None if hidden else cell.page,
            words="" if hidden else cell.words,
            dated_on=cell.dated_on,
            verdict=verdict,
            is_changed=self._is_changed(cell, line),
            changed_at=cell.changed_at,
            is_asked=verdict == CellVerdict.REFUSED and line.outcome == Outcome.ASKED,
            is_hidden=hidden,
            hint=self._hint(column) if cell.is_empty else "",
        )

    def _hint(self, column: Column) -> str:
        """What was found for an empty cell and does not do, in the active language."""
        found = self.wanting.get(column)
        if found is None:
            return ""
        named = {"page": found.page, "date": date_format(found.on, "DATE_FORMAT") if found.on else ""}
        return str(WANTING[column, Verdict(found.verdict)]) % named

    def _is_changed(self, cell: ProofCell, line: ClaimLine) -> bool:
        """Since a decision spoke of it or decided its product, else since the last request.

        A document that was there already, and was merely read late, is no change of the partner's.
        """
        since = max((at for at in (cell.verdict_at, line.decided_at) if at), default=self.asked_at)
        if since is None or cell.changed_at <= since:
            return False
        is_read_late = cell.source == Source.FOUND and cell.document is not None and cell.document.uploaded_at <= since
        return not is_read_late

    def _verdict(self, cell: ProofCell, line: ClaimLine) -> str:
        """What was asked for and is not asked for again by a later request is open, as if nobody had spoken of it.

        Of a product that was rejected it stays: it is why, and what a dispute is about.
        """
        given, asked = cell.verdict_at, self.asked_at
        is_over = line.is_undecided and given is not None and asked is not None and given < asked
        return "" if is_over and cell.verdict == CellVerdict.REFUSED else cell.verdict


def _state(cell: ProofCell) -> CellState:
    if cell.is_empty:
        return CellState.EMPTY
    return CellState.ENTERED if cell.source == Source.PARTNER else CellState.FOUND


def names_of(cells: Iterable[CellView]) -> list[str]:
    """Cells in words, "Teams: Acknowledged", in the active language."""
    return [
        _("%(product)s: %(column)s") % {"product": cell.product.name, "column": Column(cell.column).label}
        for cell in cells
    ]
