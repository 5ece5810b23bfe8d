"""The matrix as the reviewer ticks it: which cells, what is ticked already, and what changed since the last request."""

from dataclasses import dataclass

from arbitration.cells import Ticks, tickable, ticks_of
from arbitration.permissions import may_decide
from claims.models import Claim
from claims.proof.matrix import CellView, MatrixView
from claims.proof.words import CellVerdict
from claims.transitions import Act
from cpor_portal.accounts.models import User


@dataclass(frozen=True)
class ProductTicks:
    """The cells of one product that can be ticked."""

    product: str
    cells: list[CellView]


@dataclass(frozen=True)
class Ticking:
    """What the reader may tick, and what is ticked. Nothing can be ticked before the review has started."""

    matrix: MatrixView
    ticks: Ticks
    is_open: bool
    is_answer: bool
    """Whether the partner has answered a request: then what changed stands in front."""

    @property
    def cells(self) -> list[CellView]:
        """Every cell of a product that is still undecided."""
        return tickable(self.matrix)

    @property
    def products(self) -> list[ProductTicks]:
        """The same, by product."""
        rows = [row for row in self.matrix.rows if row.line.is_undecided]
        return [ProductTicks(row.product.name, [cell for cell in row.cells if cell.is_needed]) for row in rows]

    @property
    def in_front(self) -> list[CellView]:
        """After an answer: what changed, and what was asked for and did not."""
        if not self.is_answer:
            return []
        return [cell for cell in self.cells if cell.is_changed or cell.verdict == CellVerdict.REFUSED]

    @property
    def in_table(self) -> frozenset[str]:
        """The keys of the cells that are ticked in the table: those that do not stand in front of it."""
        front = {cell.key for cell in self.in_front} if self.is_open else set()
        return frozenset(cell.key for cell in self.cells if cell.key not in front) if self.is_open else frozenset()

    @property
    def behind(self) -> list[CellView]:
        """The other undecided cells, which have not changed."""
        front = {cell.key for cell in self.in_front}
        return [cell for cell in self.cells if cell.key not in front]

    @property
    def accepted(self) -> list[CellView]:
        """Those of them that were accepted."""
        return [cell for cell in self.behind if cell.is_accepted]

    @property
    def open_count(self) -> int:
        """How many cells are ticked neither way."""
        return len(self.cells) - len(self.ticks)


def ticking(claim: Claim, reader: User, matrix: MatrixView, sent: Ticks | None = None) -> Ticking:
    """What `reader` may tick of a claim's matrix: whoever may ask the partner now may.

    `sent` are the ticks of a form that came back: they stand for those that are stored.
    """
    is_open = may_decide(reader, Act.REQUEST_INFORMATION, claim)
    return Ticking(
        matrix=matrix,
        ticks=(sent or ticks_of(claim, matrix)) if is_open else Ticks(),
        is_open=is_open,
        # Of a claim that is decided there is nothing left to compare: its matrix stands as a whole.
        is_answer=claim.resubmitted_at is not None and bool(tickable(matrix)),
    )
