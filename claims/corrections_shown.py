"""The corrections of a claim as people read them: what was to change, who asked, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from claims.corrections import Change, changes_of
from claims.models import Claim, Correction, CorrectionState
from claims.words import DeadlineKind
from cpor_portal.accounts import permissions as people
from cpor_portal.accounts.models import User

# The pill's colour repeats what the words say.
PILLS = {
    CorrectionState.ASKED: "warning",
    CorrectionState.ACCEPTED: "good",
    CorrectionState.REFUSED: "bad",
    CorrectionState.WITHDRAWN: "withdrawn",
    CorrectionState.LAPSED: "withdrawn",
}


@dataclass(frozen=True)
class ShownCorrection:
    """One correction for one reader. `decided_by` is empty where the claim's end made it needless."""

    state: CorrectionState
    asked_by: str
    asked_at: datetime
    reason: str
    changes: Sequence[Change]
    answer: str
    decided_by: str
    decided_at: datetime | None

    @property
    def pill(self) -> str:
        """The kind of pill that the state is shown with."""
        return PILLS[self.state]

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has answered yet."""
        return self.state == CorrectionState.ASKED

    @property
    def is_answered(self) -> bool:
        """Whether Microsoft has accepted or refused it."""
        return self.state in (CorrectionState.ACCEPTED, CorrectionState.REFUSED)


@dataclass(frozen=True)
class ShownCorrections:
    """All corrections of a claim: the one that waits, and those that are over, newest first.

    `due_at` is when the answer is due, in the time zone `zone` of whoever owes it.
    """

    waiting: ShownCorrection | None
    over: Sequence[ShownCorrection]
    due_at: datetime | None = None
    zone: str = ""
    is_late: bool = False

    def __bool__(self) -> bool:
        return bool(self.waiting or self.over)


def corrections_of(claim: Claim, reader: User) -> ShownCorrections:
    """What was asked for on this claim; two queries at most. A partner reads "Microsoft" where a reviewer answered."""
    rows = claim.corrections.select_related("location", "asked_by", "decided_by").order_by("-pk")
    shown = [_shown(row, reader) for row in rows]
    waiting = next((one for one in shown if one.is_waiting), None)
    owed = claim.deadlines.running().filter(kind=DeadlineKind.CORRECTION).first() if waiting else None
    return ShownCorrections(
        waiting=waiting,
        over=[one for one in shown if not one.is_waiting],
        due_at=owed.due_at if owed else None,
        zone=owed.calendar_zone if owed else "",
        is_late=owed is not None and (owed.breached_at is not None or timezone.now() > owed.due_at),
    )


def _shown(row: Correction, reader: User) -> ShownCorrection:
    return ShownCorrection(
        state=CorrectionState(row.state),
        asked_by=str(row.asked_by),
        asked_at=row.asked_at,
        reason=row.reason,
        changes=changes_of(row),
        answer=row.answer,
        decided_by=_decided_by(row, reader),
        decided_at=row.decided_at,
    )


def _decided_by(row: Correction, reader: User) -> str:
    """Colleagues read each other's names, partners no reviewer's (docs/decisions/who-is-named.md)."""
    if row.decided_by is None:
        return ""
    is_ours = row.state in (CorrectionState.ACCEPTED, CorrectionState.REFUSED)
    return _("Microsoft") if is_ours and not people.is_reviewer(reader) else str(row.decided_by)
