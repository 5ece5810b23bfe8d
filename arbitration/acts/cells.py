"""What a decision says of the proof matrix: cells that were refused, and ticked ones that were accepted."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from arbitration.cells import FrozenCells, frozen, named, ticks_of
from claims.acts import cells as acts_on_cells
from claims.acts.ground import Doing
from claims.models import ClaimLine
from claims.proof.keys import CellKey
from claims.proof.matrix import CellView, MatrixView, matrix_of
from claims.proof.words import CellVerdict
from cpor_portal.accounts.models import User


@dataclass(frozen=True)
class Spoken:
    """The reasons of a decision, brought in line with its cells, and the cells that it refuses and accepts."""

    reasons: list[str]
    refused: list[CellView]
    held: list[CellView]

    @property
    def data(self) -> dict[str, FrozenCells]:
        """What the history keeps of it."""
        return {"cells": frozen(self.refused), "held": frozen(self.held)}

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


def accepted(doing: Doing, by: User, *, lines: Sequence[ClaimLine]) -> Spoken:
    """What an approval of `lines` says: the ticked cells hold, and so does what was asked for in an earlier round.

    Whoever approves a product accepts its proof as it is; nothing is left standing as asked for.
    """
    said = spoken(doing, by, lines=lines)
    chosen, held = {line.pk for line in lines}, {cell.key for cell in said.held}
    asked = CellVerdict.REFUSED
    cells = [cell for cell in matrix_of(doing.claim, by).cells if cell.line_id in chosen]
    return Spoken([], [], [cell for cell in cells if cell.key in held or cell.verdict == asked])


def _ticked(doing: Doing, matrix: MatrixView) -> list[CellView]:
    held = ticks_of(doing.claim, matrix).held
    return [cell for cell in matrix.cells if cell.key in held]
