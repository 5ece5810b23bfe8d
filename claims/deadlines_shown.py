"""The deadlines of a claim as people read them: who acts, by when, how it stands, and why that date."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from claims import due
from claims.models import Deadline
from claims.models.history import DeadlineParty
from claims.words import UNOWED_KINDS, DeadlineKind


class State(TextChoices):
    """How a deadline stands."""

    RUNNING = "running", pgettext_lazy("state of a deadline", "Running")
    REMINDED = "reminded", pgettext_lazy("state of a deadline", "Running, reminder sent")
    MISSED = "missed", pgettext_lazy("state of a deadline", "Missed")
    MET = "met", pgettext_lazy("state of a deadline", "Met")
    ENDED = "ended", pgettext_lazy("state of a deadline", "Ended")
    REPLACED = "replaced", pgettext_lazy("state of a deadline", "Replaced")
    CANCELLED = "cancelled", pgettext_lazy("state of a deadline", "Cancelled")


# The pill's colour repeats what the words say.
PILLS = {
    State.RUNNING: "info",
    State.REMINDED: "warning",
    State.MISSED: "bad",
    State.MET: "good",
    State.ENDED: "withdrawn",
    State.REPLACED: "withdrawn",
    State.CANCELLED: "withdrawn",
}


@dataclass(frozen=True)
class ShownDeadline:
    """One deadline for one reader. `since` is when it came to an end; None while it runs.

    `is_done_late` marks what was missed and done all the same.
    """

    id: int
    kind: str
    what: str
    who: str
    state: State
    since: datetime | None
    due_at: datetime
    zone: str
    why: str
    is_done_late: bool

    @property
    def pill(self) -> str:
        """The kind of pill that the state is shown with."""
        return PILLS[self.state]

    @property
    def is_running(self) -> bool:
        """Whether it can still be met, or whether there is still time."""
        return self.state in (State.RUNNING, State.REMINDED) or (self.state == State.MISSED and self.since is None)

    @property
    def is_ahead(self) -> bool:
        """Whether its date is still to come, and worth putting into a calendar."""
        return self.state in (State.RUNNING, State.REMINDED)

    @property
    def is_elsewhere(self) -> bool:
        """Whether the reader's own clock shows another time when it is due."""
        return due.is_elsewhere(self.due_at, self.zone)


def shown_deadlines(deadlines: Sequence[Deadline], now: datetime, *, is_partner: bool) -> list[ShownDeadline]:
    """All of a claim's deadlines at `now` (aware): those that run first, then the latest; no query.

    `is_partner` says whether the reader is of the claim's firm.
    """
    shown = [shown_deadline(row, now, is_partner=is_partner, others=deadlines) for row in deadlines]
    running = sorted((row for row in shown if row.is_running), key=lambda row: (row.due_at, row.id))
    return [*running, *sorted((row for row in shown if not row.is_running), key=lambda row: -row.id)]


def shown_deadline(
    deadline: Deadline, now: datetime, *, is_partner: bool, others: Sequence[Deadline] = ()
) -> ShownDeadline:
    """One deadline at `now` (aware); `others` of the same claim tell whether it was replaced."""
    state = _state(deadline, now, is_partner=is_partner, others=others)
    return ShownDeadline(
        id=deadline.pk,
        kind=deadline.kind,
        what=what_is_due(deadline, is_partner=is_partner),
        who=who_acts(deadline, is_partner=is_partner),
        state=state,
        since=_since(deadline, state),
        due_at=deadline.due_at,
        zone=deadline.calendar_zone,
        why=due.why(deadline, is_partner=is_partner),
        is_done_late=state == State.MISSED and deadline.met_at is not None,
    )


def is_over(deadline: Deadline, now: datetime) -> bool:
    """Whether nothing can be done about it any more at `now` (aware): it ended, or it is a window that ran out."""
    if deadline.met_at is not None or deadline.cancelled_at is not None:
        return True
    return deadline.kind in UNOWED_KINDS and now > deadline.due_at


def who_acts(deadline: Deadline, *, is_partner: bool) -> str:
    """Whoever owes it, or may act until then, in the reader's words."""
    if deadline.party == DeadlineParty.MICROSOFT:
        return pgettext("who acts", "Microsoft")
    if deadline.party == DeadlineParty.CUSTOMER:
        return pgettext("who acts", "The customer")
    return pgettext("who acts", "Your firm") if is_partner else pgettext("who acts", "The partner")


def what_is_due(deadline: Deadline, *, is_partner: bool) -> str:
    """What ends then, in the reader's words."""
    mine: dict[str, str] = {
        DeadlineKind.PARTNER_ANSWER: _("Your firm's answer"),
        DeadlineKind.EVIDENCE: _("Your firm's evidence for the case"),
    }
    if is_partner and deadline.kind in mine:
        return mine[deadline.kind]
    return str(DeadlineKind(deadline.kind).label)


def _state(deadline: Deadline, now: datetime, *, is_partner: bool, others: Sequence[Deadline]) -> State:
    is_window = deadline.kind in UNOWED_KINDS
    if deadline.cancelled_at is not None and deadline.breached_at is None:
        return State.REPLACED if _is_replaced(deadline, others) else State.CANCELLED
    if is_window and (deadline.met_at is not None or now > deadline.due_at):
        return State.ENDED
    if deadline.breached_at is not None or (deadline.met_at is None and now > deadline.due_at):
        return State.MISSED
    if deadline.met_at is not None:
        return State.MET
    # Whom Microsoft reminds among its own people is no business of the partner's.
    told = deadline.reminded_at is not None and not (is_partner and deadline.party == DeadlineParty.MICROSOFT)
    return State.REMINDED if told else State.RUNNING


def _is_replaced(deadline: Deadline, others: Sequence[Deadline]) -> bool:
    """Whether another of its kind began in the moment in which this one was cancelled."""
    return any(
        other.pk > deadline.pk
        and (other.kind, other.about, other.started_at) == (deadline.kind, deadline.about, deadline.cancelled_at)
        for other in others
    )


def _since(deadline: Deadline, state: State) -> datetime | None:
    if state == State.ENDED:
        return min(deadline.met_at or deadline.due_at, deadline.due_at)
    return deadline.met_at or deadline.cancelled_at
