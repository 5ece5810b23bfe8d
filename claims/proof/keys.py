"""How forms name the cells of the proof matrix: `LINEID:column` (docs/decisions/proof-matrix.md)."""

from claims.models import Claim
from claims.proof.freshness import GONE
from claims.proof.matrix import needed_columns
from claims.proof.words import Column

CellKey = tuple[int, Column]
"""A cell of one claim: product id and column."""


def cells_of(claim: Claim) -> dict[str, CellKey]:
    """Every cell that the claim's proof has to show, by the name that forms give it."""
    lines = claim.lines.exclude(outcome__in=GONE).order_by("id").values_list("id", "product_id")
    columns = needed_columns(claim)
    return {f"{line}:{column}": (product, column) for line, product in lines for column in columns}
