"""A deadline as a mail tells it: when, in whose calendar, and why that date (domain.md, "Clocks")."""

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.timezone import get_current_timezone
from django.utils.translation import get_language

from claims import clock
from claims.countries import country_name
from claims.models import Deadline
from claims.models.history import DeadlineParty
from claims.words import DeadlineKind
from cpor_portal.working_days import Explanation, SkippedDay, SkipReason, local_day


@dataclass(frozen=True)
class Due:
    """What depends on the language is worked out while the mail is rendered, once for all who share it."""

    deadline: Deadline
    _told: dict[str, Explanation] = field(default_factory=dict, compare=False, repr=False)

    @property
    def kind(self) -> str:
        """What is owed: each kind has whole sentences of its own in the templates."""
        return self.deadline.kind

    @property
    def at(self) -> datetime:
        """When it is due (aware, UTC)."""
        return self.deadline.due_at

    @property
    def zone(self) -> str:
        """The time zone of the calendar in which its days were counted."""
        return self.deadline.calendar_zone

    @property
    def own_time(self) -> datetime | None:
        """The same instant, for a recipient whose clock shows another time than that calendar's; else None."""
        there, here = (self.at.astimezone(zone).utcoffset() for zone in (ZoneInfo(self.zone), get_current_timezone()))
        return None if there == here else self.at

    @property
    def country(self) -> str:
        """The country of that calendar, by its name."""
        return country_name(self.deadline.calendar_country)

    @property
    def is_microsofts(self) -> bool:
        """Whether the days are those of Microsoft's review site; else the partner firm's."""
        return self.deadline.party == DeadlineParty.MICROSOFT

    @property
    def days(self) -> int:
        """How many days were given: business days, or calendar days where `in_calendar_days`."""
        return self.deadline.days

    @property
    def in_calendar_days(self) -> bool:
        """Whether every day counted, holidays and weekends too."""
        return clock.RULES[DeadlineKind(self.kind)].unit == clock.Unit.CALENDAR

    @property
    def first_day(self) -> date:
        """Day 0: the day of the event, in the calendar's time zone."""
        return local_day(self.deadline.started_at, self.zone)

    @property
    def last_day(self) -> date:
        """The day with which the time ends, in the calendar's time zone."""
        return local_day(self.at, self.zone)

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
    def _explanation(self) -> Explanation:
        language = get_language() or settings.LANGUAGE_CODE
        if language not in self._told:
            self._told[language] = clock.explain(self.deadline, language)
        return self._told[language]
