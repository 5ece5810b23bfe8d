"""How forms name the cells of the proof matrix: `LINEID:column` (docs/decisions/proof-matrix.md)."""

from hashlib import sha256

from claims.models import Claim
from claims.proof.freshness import GONE
from claims.proof.matrix import needed_columns
from claims.proof.words import Column
from cpor_portal.accounts.models import User

CellKey = tuple[int, Column]
"""A cell of one claim: product id and column."""


def cells_of(claim: Claim) -> dict[str, CellKey]:
    """Every cell that the claim's proof has to show, by the name that forms give it."""
    lines = claim.lines.exclude(outcome__in=GONE).order_by("id").values_list("id", "product_id")
    columns = needed_columns(claim)
    return {f"{line}:{column}": (product, column) for line, product in lines for column in columns}


def fingerprint(claim: Claim, by: User) -> str:
    """What others of the firm entered in the matrix, in short: equal as long as nobody else has changed a cell.

    One's own earlier save is no conflict, as on the wizard's steps, and a job that has read something is none.
    """
    others = claim.cells.exclude(changed_by=None).exclude(changed_by=by)
    held = list(others.order_by("id").values_list("id", "changed_at"))
    return sha256(repr(held).encode()).hexdigest()[:16]
