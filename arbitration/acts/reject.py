"""Rejecting lines: a decision of one part (`decide`)."""

from collections.abc import Sequence
from datetime import datetime

from arbitration.acts.decide import decide
from arbitration.verdicts import Part, Verdict
from claims.models import Claim
from cpor_portal.accounts.models import User


def reject(
    *,
    reference: str,
    by: User,
    reasons: Sequence[str],
    text: str,
    line_ids: Sequence[int] = (),
    cells: Sequence[str] = (),
    version: int | None = None,
    at: datetime | None = None,
) -> Claim:
    """Reject lines (none named: all undecided) with reasons and a text that the partner reads, then frozen.

    Who may, what `at` means and what it raises: `decide`; what it does: `refusing.reject_lines`.
    """
    part = Part(Verdict.REJECT, line_ids, reasons, text, cells)
    return decide(reference=reference, by=by, parts=[part], version=version, at=at)
