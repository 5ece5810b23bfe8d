"""Approving lines: a decision of one part (`decide`)."""

from collections.abc import Sequence
from datetime import datetime

from arbitration.acts.decide import decide
from arbitration.verdicts import Part, Verdict
from claims.models import Claim
from cpor_portal.accounts.models import User


def approve(
    *,
    reference: str,
    by: User,
    line_ids: Sequence[int] = (),
    despite_facts: bool = False,
    despite_cells: bool = False,
    version: int | None = None,
    at: datetime | None = None,
) -> Claim:
    """Associate lines (none named: all that are pending) with the firm, from this instant.

    Who may, what `at` means and what it raises: `decide`; what it does: `approving.approve_lines`.
    """
    return decide(
        reference=reference,
        by=by,
        parts=[Part(Verdict.APPROVE, line_ids)],
        despite_facts=despite_facts,
        despite_cells=despite_cells,
        version=version,
        at=at,
    )
