"""What a calendar would have given: deadlines in business days, held against another calendar.

Reads and counts, never writes: a deadline once set does not move (domain.md, "Clocks").
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet

from claims.clock import RULES, Unit
from claims.models import Deadline
from claims.models.history import DeadlineParty
from cpor_portal import working_days
from cpor_portal.accounts.calendars import firm_calendar, review_calendar
from cpor_portal.accounts.models import CalendarException, PartnerFirm
from cpor_portal.working_days import WorkCalendar

IN_BUSINESS_DAYS = frozenset(kind for kind, rule in RULES.items() if rule.unit == Unit.BUSINESS)
CHUNK = 500  # rows in memory at a time
ANY_ZONE = timedelta(days=1)  # a day begins nowhere earlier than this before it begins in UTC
COLUMNS = (
    *("kind", "party", "started_at", "due_at", "days", "calendar_country", "calendar_zone", "met_at", "cancelled_at"),
    *("claim__reference", "claim__firm__country", "claim__firm__time_zone"),
)


@dataclass(frozen=True)
class Whose:
    """Whose calendar is looked at: one firm's, that of all in a country, or with neither the review site's."""

    firm: PartnerFirm | None = None
    country: str = ""


@dataclass(frozen=True)
class Compared:
    """A deadline as it stands, and the instant (UTC) at which it would be due under `calendar`."""

    deadline: Deadline
    calendar: WorkCalendar
    would_be_due: datetime

    @property
    def differs(self) -> bool:
        """Whether the calendar gives another date."""
        return self.would_be_due != self.deadline.due_at


def preview(whose: Whose, proposed: Sequence[CalendarException] = (), since: date | None = None) -> Iterator[Compared]:
    """Each deadline that runs in the calendar, by firm, held against the calendar as the table has it now.

    `proposed` are exceptions that count as if they were in the table (`accounts.calendars`). With `since`, deadlines
    that began on that day or later and have ended are looked at, too; the day is that of their calendar. Memory
    stays flat however many there are.
    """
    found = compare(_deadlines(whose, since).iterator(chunk_size=CHUNK), _Calendars(proposed))
    return (one for one in found if _is_asked_for(one, since))


def compare(deadlines: Iterable[Deadline], calendar_for: Callable[[Deadline], WorkCalendar]) -> Iterator[Compared]:
    """Count each deadline anew, from its own start and with its own number of days. Pure."""
    for deadline in deadlines:
        calendar = calendar_for(deadline)
        yield Compared(deadline, calendar, working_days.deadline(deadline.started_at, deadline.days, calendar))


class _Calendars:
    """Makes each calendar once: the review site's, and one firm's after the other, as the rows come by firm."""

    def __init__(self, proposed: Sequence[CalendarException]) -> None:
        self._proposed = proposed
        self._whose: int | None = None
        self._review_site = self._last = review_calendar(proposed)

    def __call__(self, deadline: Deadline) -> WorkCalendar:
        """The calendar in which this deadline would be counted today."""
        if deadline.party != DeadlineParty.PARTNER:
            return self._review_site
        firm = deadline.claim.firm
        if firm.pk != self._whose:
            self._whose, self._last = firm.pk, firm_calendar(firm, self._proposed)
        return self._last


def _deadlines(whose: Whose, since: date | None) -> QuerySet[Deadline]:
    wanted = Q(met_at__isnull=True, cancelled_at__isnull=True)
    if since:
        wanted |= Q(started_at__gte=datetime.combine(since, time.min, UTC) - ANY_ZONE)
    rows = Deadline.objects.filter(wanted, _follows(whose), kind__in=IN_BUSINESS_DAYS)
    return rows.select_related("claim__firm").only(*COLUMNS).order_by("claim__firm_id", "due_at", "id")


def _follows(whose: Whose) -> Q:
    """Whose deadlines are counted in the calendar: partners' in the firm's, all others at the review site."""
    at_the_review_site = ~Q(party=DeadlineParty.PARTNER)
    if whose.firm:
        return Q(party=DeadlineParty.PARTNER, claim__firm=whose.firm)
    if not whose.country:
        return at_the_review_site
    partners = Q(party=DeadlineParty.PARTNER, claim__firm__country=whose.country)
    return partners | at_the_review_site if whose.country == settings.REVIEW_COUNTRY else partners


def _is_asked_for(one: Compared, since: date | None) -> bool:
    deadline = one.deadline
    is_running = deadline.met_at is None and deadline.cancelled_at is None
    return is_running or (
        since is not None and working_days.local_day(deadline.started_at, one.calendar.time_zone) >= since
    )
