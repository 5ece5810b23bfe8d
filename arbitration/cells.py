"""Cells of the proof matrix on the reviewers' side: what was ticked, and which cells a request or a rejection names."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from arbitration.models import CellCheck
from claims.models import Claim, ClaimLine
from claims.proof.matrix import CellView, MatrixView
from claims.proof.words import COLUMN_OF, REASON_OF, Column
from claims.words import REVIEWER_REASONS, Reason
from cpor_portal.faults import Refused, Text

FrozenCells = list[dict[str, Any]]


@dataclass(frozen=True)
class Ticks:
    """What the reviewer of the current round has ticked, by the keys that forms use."""

    held: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.held) + len(self.missing)


def ticks_of(claim: Claim, matrix: MatrixView) -> Ticks:
    """The ticks of the claim's current round; of products that are still undecided alone.

    A tick is about what the cell said when it was made: one that has changed since counts as not ticked. Nor does one
    that accepts what reviewers may not see any more.
    """
    held: set[str] = set()
    missing: set[str] = set()
    checks = {(check.product_id, check.column): check for check in _checks(claim)}
    for cell in tickable(matrix):
        check = checks.get((cell.product.pk, cell.column))
        if check is not None and is_current(check, cell) and not (check.holds and cell.is_hidden):
            (held if check.holds else missing).add(cell.key)
    return Ticks(frozenset(held), frozenset(missing))


def _checks(claim: Claim) -> Iterable[CellCheck]:
    return CellCheck.objects.filter(review__claim=claim, review__round=claim.round)


def is_current(check: CellCheck, cell: CellView) -> bool:
    """Whether the cell still says what it said when it was ticked."""
    return cell.changed_at is None or check.at >= cell.changed_at


def tickable(matrix: MatrixView) -> list[CellView]:
    """The cells that a reviewer can tick: what the proof must show of products that are undecided."""
    return [cell for row in matrix.rows if row.line.is_undecided for cell in row.cells if cell.is_needed]


def filled(matrix: MatrixView) -> frozenset[str]:
    """The keys of the cells that can be ticked and that something fills which their reader may see."""
    return frozenset(cell.key for cell in tickable(matrix) if not cell.is_empty and not cell.is_hidden)


def require_known(matrix: MatrixView, keys: Iterable[str]) -> None:
    """Raises Refused `cell_unknown` where a key names no cell that can be ticked."""
    unknown = set(keys) - {cell.key for cell in tickable(matrix)}
    if unknown:
        raise Refused("cell_unknown", CELL_UNKNOWN, field="cells", cells=sorted(unknown))


def require_seen(matrix: MatrixView, keys: Iterable[str]) -> None:
    """Raises Refused `cell_hidden` where a key names a cell whose document its reader may not see.

    Nobody accepts what nobody has seen; that it is missing can be said all the same.
    """
    unseen = sorted(cell.key for cell in tickable(matrix) if cell.is_hidden and cell.key in set(keys))
    if unseen:
        text = _("A cell cannot hold while its document waits for its virus scan. Tick it again after the scan.")
        raise Refused("cell_hidden", text, field="cells", cells=unseen)


def named(
    matrix: MatrixView, lines: Sequence[ClaimLine], reasons: Collection[str], keys: Collection[str]
) -> tuple[list[str], list[CellView]]:
    """The reasons and cells that a request or a rejection about `lines` is about, in the order of the matrix.

    A cell brings its reason along. A reason of the proof without a cell of its column means that whole column for
    `lines` (design.md, "Contract"). Reasons that the domain does not know come back as they are. Raises Refused
    `cell_unknown`, `cell_not_needed`, `cell_not_of_line`.
    """
    chosen = [_cell(matrix, lines, key) for key in dict.fromkeys(keys)]
    columns = {cell.column for cell in chosen}
    given = {*reasons, *(str(REASON_OF[column].value) for column in columns)}
    whole = {column for reason, column in COLUMN_OF.items() if reason in given} - columns
    wanted = {cell.key for cell in chosen}
    line_ids = {line.pk for line in lines}
    cells = [cell for cell in matrix.cells if cell.key in wanted or (cell.column in whole and cell.line_id in line_ids)]
    return sorted(given, key=_rank), cells


def _cell(matrix: MatrixView, lines: Sequence[ClaimLine], key: str) -> CellView:
    cell = {cell.key: cell for row in matrix.rows for cell in row.cells}.get(key)
    if cell is None:
        raise Refused("cell_unknown", CELL_UNKNOWN, field="cells", cells=[key])
    if not cell.is_needed:
        text = _("The proof of this claim need not name products: no usage is claimed.")
        raise Refused("cell_not_needed", text, field="cells", cells=[key])
    if cell.line_id not in {line.pk for line in lines}:
        text = _("%(product)s is not among the products that you chose. Choose it as well, or take its cells out.")
        raise Refused("cell_not_of_line", text % {"product": cell.product.name}, field="cells", cells=[key])
    return cell


def _rank(reason: str) -> int:
    return REVIEWER_REASONS.index(Reason(reason)) if reason in REVIEWER_REASONS else len(REVIEWER_REASONS)


def frozen(cells: Iterable[CellView]) -> FrozenCells:
    """Cells as comments and the history keep them: by the product's code, for lines change, and with what they said."""
    return [{"product": cell.product.code, "column": str(Column(cell.column).value), **_said(cell)} for cell in cells]


def _said(cell: CellView) -> dict[str, Any]:
    """Which page of which document a decision is about: the cell itself may say something else tomorrow."""
    if cell.document is None:
        return {}
    dated = {"dated_on": cell.dated_on.isoformat()} if cell.dated_on else {}
    return {"document": cell.document.sha256, "page": cell.page, **dated}


def cells_in_words(cells: Iterable[Mapping[str, Any]], names: Mapping[str, str]) -> list[str]:
    """Frozen cells as "Teams: Acknowledged", in the active language; `names` are the products' by their codes."""
    return [
        _in_words(names[cell["product"]], Column(cell["column"]).label) for cell in cells if cell["product"] in names
    ]


def keys_in_words(keys: Iterable[str], names: Mapping[int, str]) -> list[str]:
    """Cells by the keys that forms use, in the same words; `names` are the products' by the ids of their lines.

    What names no cell comes back as it is.
    """
    return [_key_in_words(key, {str(line): name for line, name in names.items()}) for key in keys]


def _key_in_words(key: str, names: Mapping[str, str]) -> str:
    line, _colon, column = key.partition(":")
    return _in_words(names[line], Column(column).label) if line in names and column in Column.values else key


def reasons_in_words(codes: Iterable[str]) -> list[str]:
    """Reasons by their labels; what the domain does not know comes back as it is."""
    return [str(Reason(code).label) if code in Reason.values else code for code in codes]


def _in_words(product: str, column: Text) -> str:
    return gettext("%(product)s: %(column)s") % {"product": product, "column": column}


CELL_UNKNOWN: Text = _("There is no such cell in this claim's proof matrix any more. Load the page again.")
