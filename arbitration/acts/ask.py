"""Asking the partner for information: a decision of one part (`decide`)."""

from collections.abc import Sequence
from datetime import datetime

from arbitration.acts.decide import decide
from arbitration.verdicts import Part, Verdict
from claims.models import Claim
from cpor_portal.accounts.models import User


def request_information(
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
    """Ask the partner about lines (none named: all undecided): Partner action required, five business days.

    Who may, what `at` means and what it raises: `decide`; what it does: `refusing.ask_about_lines`.
    """
    part = Part(Verdict.ASK, line_ids, reasons, text, cells)
    return decide(reference=reference, by=by, parts=[part], version=version, at=at)
