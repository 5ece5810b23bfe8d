"""A claim's ledger from its rows: deadlines give the turns, the history gives the statuses.

Both are never rewritten, nor is a calendar for days that have begun, so what the ledger says of a past day stays
said (docs/decisions/clock-ledger.md).
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from django.db.models import F

from claims.ledger import Awaited, Ledger, StatusChange, Turn, counted_until, ledger
from claims.models import Claim, Deadline
from claims.words import DeadlineKind, Status
from cpor_portal.accounts.calendars import review_calendar
from cpor_portal.working_days import WorkCalendar, local_day

# Neither a dispute window nor a correction holds anything up, and a draft is not submitted yet: none is a turn.
AWAITED: dict[str, Awaited] = {
    DeadlineKind.PARTNER_ANSWER: Awaited.PARTNER_ANSWER,
    DeadlineKind.EVIDENCE: Awaited.EVIDENCE,
    DeadlineKind.REVIEW: Awaited.REVIEW,
    DeadlineKind.RULING: Awaited.RULING,
    DeadlineKind.DISPUTE_RULING: Awaited.DISPUTE_RULING,
    DeadlineKind.CUSTOMER_WINDOW: Awaited.CUSTOMER_WINDOW,
}
# Microsoft can be late; the others' time is over when it has run out, whenever the portal acts on it.
ENDS_WHEN_DUE = frozenset({DeadlineKind.PARTNER_ANSWER, DeadlineKind.EVIDENCE, DeadlineKind.CUSTOMER_WINDOW})
# What the portal must then do: until it has, the days are Microsoft's.
PORTAL_ACTS = frozenset({DeadlineKind.PARTNER_ANSWER, DeadlineKind.EVIDENCE})
# Instants that count as earlier ones.
Moved = Mapping[datetime, datetime]
# A time is over with the second after it: where the owner's midnight is the review site's, on the next day there.
ONE_SECOND = timedelta(seconds=1)


def ledger_of(claim: Claim, deadlines: Iterable[Deadline], now: datetime) -> Ledger | None:
    """The ledger of `claim` as it reads at `now` (aware); None for a draft. Two queries.

    `deadlines` are all of the claim's, in any order.
    """
    if claim.submitted_at is None:
        return None
    return reckon(list(deadlines), statuses_of(claim), review_calendar(), claim.submitted_at, now)


def reckon(
    deadlines: Collection[Deadline],
    statuses: Iterable[StatusChange],
    calendar: WorkCalendar,
    since: datetime,
    now: datetime,
) -> Ledger:
    """The ledger of a claim submitted at `since` as it reads at `now` (both aware), from its rows. Pure.

    What the portal does on the very day on which somebody's time is over counts from the end of that time: the few
    moments until a sweep comes are nobody's day, though midnight may lie between the two.
    """
    moved = _done_on_the_day(deadlines, calendar.time_zone)
    turns = turns_of(deadlines, moved)
    changes = [StatusChange(change.status, moved.get(change.at, change.at)) for change in statuses]
    until = counted_until(turns, changes, now)
    told = ledger(turns, changes, calendar, since, _as_far_as_known(turns, until, calendar.time_zone))
    return Ledger(told.stretches, until)


def turns_of(deadlines: Iterable[Deadline], moved: Moved) -> list[Turn]:
    """Whose turn it was, by the deadlines: a turn each, and one of the portal's for what it has let lie."""
    turns = []
    for deadline in deadlines:
        awaited = AWAITED.get(deadline.kind)
        if awaited is None:
            continue
        started_at, ended_at = moved.get(deadline.started_at, deadline.started_at), _ended_at(deadline)
        ended_at = moved.get(ended_at, ended_at) if ended_at else None
        if deadline.kind not in ENDS_WHEN_DUE:
            turns.append(Turn(awaited, started_at, ended_at))
            continue
        turns.append(Turn(awaited, started_at, min(ended_at or deadline.due_at, deadline.due_at)))
        if deadline.kind in PORTAL_ACTS and (ended_at is None or ended_at > deadline.due_at):
            turns.append(Turn(Awaited.PORTAL, deadline.due_at, ended_at))
    return turns


def _done_on_the_day(deadlines: Iterable[Deadline], zone: str) -> Moved:
    """The instants at which the portal (or a late answer) came on the day on which a time was over, each with the
    end of that time."""
    moved: dict[datetime, datetime] = {}
    for deadline in deadlines:
        done_at = _ended_at(deadline)
        if deadline.kind not in PORTAL_ACTS or done_at is None or done_at <= deadline.due_at:
            continue
        if local_day(done_at, zone) == local_day(deadline.due_at + ONE_SECOND, zone):
            moved[done_at] = min(deadline.due_at, moved.get(done_at, deadline.due_at))
    return moved


def _as_far_as_known(turns: Iterable[Turn], until: datetime, zone: str) -> datetime:
    """`until`, or the end of a time that was over when the day of `until` began and on which the portal has yet to
    act: whose the day is shows when it has acted, or when the day is over without."""
    today = local_day(until, zone)
    waiting = [turn for turn in turns if turn.awaited == Awaited.PORTAL and (turn.ended_at or until) >= until]
    ends = [turn.started_at for turn in waiting if local_day(turn.started_at, zone) < today]
    return min([until, *(end for end in ends if local_day(end + ONE_SECOND, zone) == today)])


def _ended_at(deadline: Deadline) -> datetime | None:
    return deadline.met_at or deadline.cancelled_at


def statuses_of(claim: Claim) -> list[StatusChange]:
    """Every change of status that the history knows, in order."""
    changes = claim.events.exclude(status_before=F("status_after")).order_by("id")
    return [StatusChange(Status(status), at) for status, at in changes.values_list("status_after", "at")]
