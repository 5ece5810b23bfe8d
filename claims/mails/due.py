"""A deadline as a mail tells it: when, in whose calendar, and why that date (domain.md, "Clocks")."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.timezone import get_current_timezone, get_current_timezone_name
from django.utils.translation import get_language

from claims import clock
from claims.countries import country_name
from claims.models import Deadline
from claims.models.history import DeadlineParty
from claims.words import DeadlineKind
from cpor_portal import working_days
from cpor_portal.working_days import Explanation, SkippedDay, SkipReason, WorkCalendar


@dataclass(frozen=True)
class Due:
    """The dates of a deadline by their values, so that what is said of them is put into words once for all who
    share them: a sweep tells thousands of the same date. What depends on the language comes while a mail is rendered.
    """

    kind: DeadlineKind
    party: str
    days: int
    first_day: date
    """Day 0: the day of the event, in the calendar's time zone."""
    at: datetime
    """When it is due (aware, UTC)."""
    calendar: WorkCalendar

    @classmethod
    def of(cls, deadline: Deadline) -> "Due":
        """The dates of a deadline, in its calendar as it stood when the time began."""
        calendar = clock.calendar_as_it_was(deadline)
        first_day = working_days.local_day(deadline.started_at, calendar.time_zone)
        kind = DeadlineKind(deadline.kind)
        return cls(kind, deadline.party, deadline.days, first_day, deadline.due_at, calendar)

    @property
    def zone(self) -> str:
        """The time zone of the calendar in which its days were counted."""
        return self.calendar.time_zone

    @property
    def last_day(self) -> date:
        """The day with which the time ends, in the calendar's time zone."""
        return working_days.local_day(self.at, self.zone)

    @property
    def own_time(self) -> datetime | None:
        """The same instant, for a recipient whose clock shows another time than that calendar's; else None."""
        there, here = (self.at.astimezone(zone).utcoffset() for zone in (ZoneInfo(self.zone), get_current_timezone()))
        return None if there == here else self.at

    @property
    def country(self) -> str:
        """The country of that calendar, by its name."""
        return country_name(self.calendar.country)

    @property
    def is_microsofts(self) -> bool:
        """Whether the days are those of Microsoft's review site; else the partner firm's."""
        return self.party == DeadlineParty.MICROSOFT

    @property
    def in_calendar_days(self) -> bool:
        """Whether every day counted, holidays and weekends too."""
        return clock.RULES[self.kind].unit == clock.Unit.CALENDAR

    @property
    def is_explained(self) -> bool:
        """Whether counting gives the date; a date that was set otherwise is told without a why."""
        if self.in_calendar_days:
            return (self.last_day - self.first_day).days == self.days
        return self.last_day > self.first_day and self._explanation.follows_calendar

    @property
    def days_off(self) -> list[SkippedDay]:
        """Public holidays and closures that were not counted; weekends go without saying."""
        if self.in_calendar_days:
            return []
        return [day for day in self._explanation.skipped if day.reason != SkipReason.WEEKEND]

    @property
    def why_text(self) -> str:
        """Why that date, and when that is for the reader, for the text of a mail."""
        return _why("txt", self, _language(), get_current_timezone_name())

    @property
    def why_html(self) -> str:
        """The same for its HTML."""
        return _why("html", self, _language(), get_current_timezone_name())

    @property
    def _explanation(self) -> Explanation:
        event = working_days.end_of_day(self.first_day, self.zone)
        return working_days.explain(event, self.days, self.calendar, self.at, language=_language())


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


@lru_cache(maxsize=2048)
def _why(part: str, due: Due, language: str, zone: str) -> str:
    """The template in the active language and time zone, which `language` and `zone` name."""
    return render_to_string(f"mail/parts/why.{part}", {"due": due})
