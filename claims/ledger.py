"""The clock ledger: to whom each business day of a claim belonged (docs/decisions/clock-ledger.md).

Pure functions; nothing here reads the clock, the settings or the database. Days are business days of Microsoft's
review site, in whose calendar all of a claim's days are counted, so that they can be added up.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby, pairwise

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from claims.words import OPEN_STATUSES, Status
from cpor_portal.working_days import WorkCalendar, local_day, working_days_between


class Holder(TextChoices):
    """To whom a day belongs: whoever the claim was with when the day began."""

    MICROSOFT = "microsoft", _("Microsoft")
    PARTNER = "partner", _("Partner")
    CUSTOMER = "customer", _("Customer")
    OTHER_SIDE = "other_side", _("The other side")
    NOBODY = "nobody", _("Nobody")


class Awaited(TextChoices):
    """What was being waited for. The words for it depend on the reader: `ledger_shown`."""

    PARTNER_ANSWER = "partner_answer"
    EVIDENCE = "evidence"
    REVIEW = "review"
    RULING = "ruling"
    DISPUTE_RULING = "dispute_ruling"
    PORTAL = "portal"  # which acts when a time has run out
    CUSTOMER_WINDOW = "customer_window"
    OTHER_SIDE = "other_side"
    NOTHING = "nothing"


HOLDER_OF: Mapping[Awaited, Holder] = {
    Awaited.PARTNER_ANSWER: Holder.PARTNER,
    Awaited.EVIDENCE: Holder.PARTNER,
    Awaited.REVIEW: Holder.MICROSOFT,
    Awaited.RULING: Holder.MICROSOFT,
    Awaited.DISPUTE_RULING: Holder.MICROSOFT,
    Awaited.PORTAL: Holder.MICROSOFT,
    Awaited.CUSTOMER_WINDOW: Holder.CUSTOMER,
    Awaited.OTHER_SIDE: Holder.OTHER_SIDE,
    Awaited.NOTHING: Holder.NOBODY,
}
# Where several wait at once the first in this order has the day: what the partner must do stops the claim's way most.
PRECEDENCE: Mapping[Awaited, int] = {awaited: rank for rank, awaited in enumerate(Awaited)}


@dataclass(frozen=True, slots=True)
class Turn:
    """From `started_at` until `ended_at` (aware; None while it runs) the claim waited for this."""

    awaited: Awaited
    started_at: datetime
    ended_at: datetime | None = None

    def has(self, day: date, zone: str) -> bool:
        """Whether the claim was there when `day` began: the day of its start still belongs to the one before."""
        if local_day(self.started_at, zone) >= day:
            return False
        return self.ended_at is None or local_day(self.ended_at, zone) >= day


@dataclass(frozen=True, slots=True)
class StatusChange:
    """From `at` (aware) the claim had this status."""

    status: Status
    at: datetime


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive business days of one holder, waiting for one thing; `days` counts them."""

    awaited: Awaited
    first: date
    last: date
    days: int

    @property
    def holder(self) -> Holder:
        """To whom these days belong."""
        return HOLDER_OF[self.awaited]


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every business day after the day of submission, each in exactly one stretch; oldest first.

    `until` is the instant as far as whose day it was counted.
    """

    stretches: tuple[Stretch, ...]
    until: datetime

    @property
    def elapsed(self) -> int:
        """How many business days were counted: the sum over all holders."""
        return sum(stretch.days for stretch in self.stretches)

    def days_of(self, holder: Holder) -> int:
        """How many of them were with this holder."""
        return sum(stretch.days for stretch in self.stretches if stretch.holder == holder)


def ledger(
    turns: Iterable[Turn], statuses: Iterable[StatusChange], calendar: WorkCalendar, since: datetime, until: datetime
) -> Ledger:
    """The ledger of a claim submitted at `since`, as far as the day of `until` (both aware) in the calendar's zone.

    Covers the business days d with day of `since` < d <= day of `until`. Raises ValueError for naive datetimes.
    """
    days = entries(turns, statuses, calendar, since, until)
    stretches = (_stretch(awaited, [day for day, _held in run]) for awaited, run in groupby(days, _awaited))
    return Ledger(tuple(stretches), until)


def entries(
    turns: Iterable[Turn], statuses: Iterable[StatusChange], calendar: WorkCalendar, since: datetime, until: datetime
) -> list[tuple[date, Awaited]]:
    """The same day by day: each business day once, with what was being waited for when it began."""
    zone = calendar.time_zone
    turns, statuses = list(turns), sorted(statuses, key=lambda change: change.at)
    days = working_days_between(local_day(since, zone), local_day(until, zone), calendar)
    return [(day, _awaited_on(day, turns, statuses, zone)) for day in days]


def counted_until(turns: Iterable[Turn], statuses: Iterable[StatusChange], now: datetime) -> datetime:
    """How far a ledger read at `now` goes: to the end of the last thing that was owed, or to now while the claim is
    open or something is owed.
    """
    begun = [turn for turn in turns if turn.started_at <= now]
    ends = [turn.ended_at for turn in begun]
    changes = sorted((change for change in statuses if change.at <= now), key=lambda change: change.at)
    if not changes or changes[-1].status in OPEN_STATUSES or any(end is None or end > now for end in ends):
        return now
    closed = [later.at for earlier, later in pairwise(changes) if earlier.status in OPEN_STATUSES]
    return max([changes[0].at, *closed, *(end for end in ends if end)])


def _awaited(entry: tuple[date, Awaited]) -> Awaited:
    return entry[1]


def _stretch(awaited: Awaited, days: Sequence[date]) -> Stretch:
    return Stretch(awaited=awaited, first=days[0], last=days[-1], days=len(days))


def _awaited_on(day: date, turns: Iterable[Turn], statuses: Iterable[StatusChange], zone: str) -> Awaited:
    held = [turn.awaited for turn in turns if turn.has(day, zone)]
    if held:
        return min(held, key=PRECEDENCE.__getitem__)
    had = [change.status for change in statuses if local_day(change.at, zone) < day]
    # A claim under review for which nothing runs has only verified lines: they wait for a rival's.
    return Awaited.OTHER_SIDE if had and had[-1] == Status.UNDER_REVIEW else Awaited.NOTHING
