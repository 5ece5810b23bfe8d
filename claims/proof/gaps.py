"""Cells of the proof matrix named by product, for warnings and for what Microsoft asks."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from claims.proof.matrix import CellView, MatrixView


@dataclass(frozen=True)
class Gap:
    """One product, and the columns in which it is wanting."""

    product: str
    cells: list[CellView] = field(default_factory=list)

    @property
    def columns(self) -> list[str]:
        """The columns' labels in the active language."""
        return [str(cell.column.label) for cell in self.cells]


def gaps_in(cells: Iterable[CellView]) -> list[Gap]:
    """The cells by product, in the order of the matrix."""
    gaps: dict[int, Gap] = {}
    for cell in cells:
        gaps.setdefault(cell.line_id, Gap(cell.product.name)).cells.append(cell)
    return list(gaps.values())


def gaps_named(matrix: MatrixView, named: Collection[tuple[str, str]]) -> list[Gap]:
    """The cells that a request or a rejection names by product code and column, as they stand now."""
    return gaps_in(cell for cell in matrix.cells if (cell.product.code, cell.column) in named)
