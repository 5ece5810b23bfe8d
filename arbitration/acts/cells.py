"""What a decision says of the proof matrix: cells that were refused, and ticked ones that were accepted."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from arbitration.cells import FrozenCells, frozen, named, ticks_of
from claims.acts import cells as acts_on_cells
from claims.acts.ground import Doing
from claims.models import ClaimLine
from claims.proof.keys import CellKey
from claims.proof.matrix import CellView, MatrixView, matrix_of, names_of
from claims.proof.words import CellVerdict
from cpor_portal.accounts.models import User
from cpor_portal.faults import Refused


@dataclass(frozen=True)
class Spoken:
    """The reasons of a decision, brought in line with its cells, and the cells that it refuses and accepts."""

    reasons: list[str]
    refused: list[CellView]
    held: list[CellView]
    missing: list[CellView] = field(default_factory=list)
    """What an approval passes over."""

    @property
    def data(self) -> dict[str, FrozenCells]:
        """What the history keeps of it."""
        told = {"cells": frozen(self.refused), "held": frozen(self.held), "missing": frozen(self.missing)}
        return {name: cells for name, cells in told.items() if cells or name != "missing"}

    def publish(self, doing: Doing) -> None:
        """Let both sides see it in the matrix."""
        acts_on_cells.publish(doing, refused=_keys(self.refused), held=_keys(self.held))


def _keys(cells: Iterable[CellView]) -> list[CellKey]:
    return [(cell.product.pk, cell.column) for cell in cells]


def spoken(
    doing: Doing,
    by: User,
    *,
    lines: Sequence[ClaimLine],
    reasons: Collection[str] = (),
    keys: Collection[str] = (),
    ticked_of: Sequence[ClaimLine] | None = None,
) -> Spoken:
    """What a decision about `lines` says: `reasons` with `keys`, and the cells that were ticked as holding.

    Accepted are the ticked cells of the lines `ticked_of` (None: of `lines`); what is refused is never accepted as
    well. To be asked before the outcomes change. Raises Refused as `arbitration.cells.named` does.
    """
    matrix = matrix_of(doing.claim, by)
    codes, refused = named(matrix, lines, reasons, keys)
    chosen = {line.pk for line in (lines if ticked_of is None else ticked_of)}
    held = [cell for cell in _ticked(doing, matrix) if cell.line_id in chosen and cell not in refused]
    return Spoken(codes, refused, held)


def accepted(doing: Doing, by: User, *, lines: Sequence[ClaimLine], despite_cells: bool) -> Spoken:
    """What an approval of `lines` says: the ticked cells hold, and so does what was asked for in an earlier round.

    Whoever approves a product accepts its proof as it is; nothing is left standing as asked for. A cell that was ticked
    as missing is no slip of the pen: Refused `cells_missing` once, and with `despite_cells` it stands in the history.
    """
    matrix = matrix_of(doing.claim, by)
    ticks, chosen = ticks_of(doing.claim, matrix), {line.pk for line in lines}
    cells = [cell for cell in matrix.cells if cell.line_id in chosen]
    missing = [cell for cell in cells if cell.key in ticks.missing]
    if missing and not despite_cells:
        raise _cells_are_missing(missing)
    held = [cell for cell in cells if cell.key in ticks.held or cell.verdict == CellVerdict.REFUSED]
    return Spoken([], [], [cell for cell in held if cell not in missing], missing)


def _cells_are_missing(cells: Sequence[CellView]) -> Refused:
    text = _("You ticked as missing: %(cells)s. Ask the partner, or confirm that you approve all the same.")
    return Refused("cells_missing", text % {"cells": "; ".join(names_of(cells))}, field="despite_cells")


def _ticked(doing: Doing, matrix: MatrixView) -> list[CellView]:
    held = ticks_of(doing.claim, matrix).held
    return [cell for cell in matrix.cells if cell.key in held]
