"""Moments and deadlines of seeded claims: seconds since 1970, and the portal's own calendars asked once a day each."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from claims import clock
from claims.models import Claim
from claims.models.history import DeadlineParty
from claims.words import DeadlineKind
from cpor_portal.accounts.calendars import firm_calendar, review_calendar
from cpor_portal.accounts.models import PartnerFirm
from cpor_portal.working_days import WorkCalendar, is_working_day

DAY = 86_400
HOUR = 3_600


@dataclass(frozen=True, slots=True)
class Term:
    """What a deadline of one kind that starts on one day looks like."""

    party: str
    due: int
    remind: int | None
    days: int
    country: str
    zone: str
    closures: str
    extra: str


class Stamps:
    """Turns seconds since 1970 into what the database takes; `is_naive` for SQLite, where Django stores UTC bare."""

    def __init__(self, *, is_naive: bool) -> None:
        zone = "" if is_naive else "+00"
        self._times = [f" {s // HOUR:02}:{s // 60 % 60:02}:{s % 60:02}{zone}" for s in range(DAY)]
        self._days: dict[int, str] = {}

    def __call__(self, second: int | None) -> str | None:
        """The moment as text."""
        if second is None:
            return None
        number, rest = divmod(second, DAY)
        day = self._days.get(number)
        if day is None:
            day = self._days[number] = (date(1970, 1, 1) + timedelta(days=number)).isoformat()
        return day + self._times[rest]


class Calendars:
    """Deadlines by the portal's own rules (`claims.clock`), each combination of kind, country and day asked once."""

    def __init__(self, firms: dict[str, PartnerFirm]) -> None:
        self._firms = firms
        self._terms: dict[tuple[str, str, int], Term] = {}
        self._review = review_calendar()
        self._zone = ZoneInfo(self._review.time_zone)
        self._partners = {country: firm_calendar(firm) for country, firm in firms.items()}
        self._zones = {country: ZoneInfo(firm.time_zone) for country, firm in firms.items()}
        self._working = cache(lambda number: is_working_day(date.fromordinal(number), self._review))
        self._between: dict[tuple[int, int], int] = {}

    def term(self, kind: str, country: str, start: int) -> Term:
        """The deadline of `kind` that starts at `start` for a firm of `country`."""
        is_partners = clock.RULES[DeadlineKind(kind)].party == DeadlineParty.PARTNER
        zone = self._zones[country] if is_partners else self._zone
        key = (str(kind), country if is_partners else "", datetime.fromtimestamp(start, zone).toordinal())
        term = self._terms.get(key)
        if term is None:
            calendar = self._partners[country] if is_partners else self._review
            term = self._terms[key] = self._forecast(kind, country, start, calendar)
        return term

    def _forecast(self, kind: str, country: str, start: int, calendar: WorkCalendar) -> Term:
        claim, at = Claim(firm=self._firms[country]), datetime.fromtimestamp(start, UTC)
        found = clock.forecast(DeadlineKind(kind), claim, at, calendar=calendar)
        remind = int(found.remind_at.timestamp()) if found.remind_at else None
        exceptions = json.dumps(found.closures), json.dumps(found.extra_working_days)
        due = int(found.due_at.timestamp())
        return Term(found.party, due, remind, found.days, found.calendar_country, found.calendar_zone, *exceptions)

    def review_day(self, second: int) -> date:
        """The day at the review site."""
        return datetime.fromtimestamp(second, self._zone).date()

    def business_days(self, start: int, end: int) -> int:
        """Business days at the review site after the day of `start`, up to and with the day of `end`."""
        first, last = self.review_day(start).toordinal(), self.review_day(end).toordinal()
        count = self._between.get((first, last))
        if count is None:
            count = sum(1 for number in range(first + 1, last + 1) if self._working(number))
            self._between[first, last] = count
        return count
