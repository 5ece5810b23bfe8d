"""Business-day arithmetic: which day a deadline falls on, when to remind, and why that date.

Pure functions; nothing here reads the clock, the settings or the database. The rules are those of
`domain.md`, section "Clocks"; public holidays and working Saturdays come from the `holidays` library.
Dates are calendar days of the party that must act; instants that leave this module are aware, in UTC.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays
from holidays.holiday_base import HolidayBase

ONE_DAY = timedelta(days=1)
WORK_STARTS = time(8)
# fold=1 makes it the last 23:59:59 of a day that has two, and the last second before a clock change that
# swallows 23:59:59 (America/Nuuk has both). Deadlines are then never shorter than the day itself.
DAY_ENDS = time(23, 59, 59, fold=1)


class UnknownCalendar(ValueError):
    """No calendar can be kept: `code` says whether the country or the time zone is the unknown one."""

    def __init__(self, code: str, value: str) -> None:
        self.code = code
        self.value = value
        super().__init__(f"{code}: {value!r}")


class SkipReason(StrEnum):
    """Why a day is no business day. A holiday on a weekend counts as a holiday.

    A rest day is a weekday that the country gives off and works on a weekend day instead.
    """

    HOLIDAY = "holiday"
    REST_DAY = "rest_day"
    WEEKEND = "weekend"
    CLOSURE = "closure"


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Business days of one party: its country's public holidays, its time zone, and its own exceptions.

    `country` is an ISO 3166-1 alpha-2 code in capitals, `time_zone` an IANA name. `closures` are days off
    beyond the public ones; `extra_working_days` are worked although the country is off.
    Raises `UnknownCalendar` (codes `unknown_country`, `unknown_time_zone`), and `ValueError` where a day
    is both a closure and an extra working day.
    """

    country: str
    time_zone: str
    closures: frozenset[date] = frozenset()
    extra_working_days: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        _country_entity(self.country)
        _zone(self.time_zone)
        if both := self.closures & self.extra_working_days:
            raise ValueError(f"both closed and working: {min(both).isoformat()}")


@dataclass(frozen=True, slots=True)
class CountedDay:
    """The `number`-th business day after day 0; `on_weekend` marks a working Saturday or Sunday."""

    day: date
    number: int
    on_weekend: bool


@dataclass(frozen=True, slots=True)
class SkippedDay:
    """A day that was not counted. `name` is the public holiday's name, `worked_instead` the day that makes
    up for a rest day; each is empty for the other reasons."""

    day: date
    reason: SkipReason
    name: str = ""
    worked_instead: date | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Answers "why this date?": every day after day 0, up to and including the due day, exactly once."""

    calendar: WorkCalendar
    days: int
    day_zero: date
    due_day: date
    counted: tuple[CountedDay, ...]
    skipped: tuple[SkippedDay, ...]

    @property
    def in_order(self) -> tuple[CountedDay | SkippedDay, ...]:
        """Counted and skipped days together, by date."""
        return tuple(sorted((*self.counted, *self.skipped), key=lambda entry: entry.day))

    @property
    def follows_calendar(self) -> bool:
        """False where today's calendar would give another date: it was edited after the deadline was set,
        or the deadline was extended. A deadline once set does not move (`domain.md`, "Clocks")."""
        return len(self.counted) == self.days and self.counted[-1].day == self.due_day


def local_day(instant: datetime, time_zone: str) -> date:
    """The calendar day of an instant in a time zone. Raises `ValueError` for a naive datetime."""
    if instant.utcoffset() is None:
        raise ValueError("a naive datetime has no calendar day in a time zone")
    return instant.astimezone(_zone(time_zone)).date()


def end_of_day(day: date, time_zone: str) -> datetime:
    """23:59:59 of a local day as a UTC instant; on days with a clock change at midnight, its last second."""
    return datetime.combine(day, DAY_ENDS, _zone(time_zone)).astimezone(UTC)


def is_working_day(day: date, calendar: WorkCalendar) -> bool:
    """Whether a day is a business day. Raises `TypeError` for a datetime, whose day depends on the zone."""
    return _why_off(day, calendar) is None


def add_working_days(day: date, n: int, calendar: WorkCalendar) -> date:
    """The n-th business day after a day, or before it where n is negative; the day itself never counts.

    Raises `ValueError` for n = 0, which would ask for a day that may be no business day.
    """
    if n == 0:
        raise ValueError("zero business days away is no business day")
    step = ONE_DAY if n > 0 else -ONE_DAY
    left = abs(n)
    while left:
        day += step
        if is_working_day(day, calendar):
            left -= 1
    return day


def working_days_between(start: date, end: date, calendar: WorkCalendar) -> tuple[date, ...]:
    """The business days d with start < d <= end, in order; none where the end is not after the start."""
    days = (start + ONE_DAY * offset for offset in range(1, (end - start).days + 1))
    return tuple(day for day in days if is_working_day(day, calendar))


def deadline(event: datetime, days: int, calendar: WorkCalendar) -> datetime:
    """When something owed in business days is due, as a UTC instant.

    Day 0 is the event's calendar day in the calendar's zone; due is 23:59:59 there on the `days`-th
    business day after it (`domain.md`, "Clocks"). Raises `ValueError` for a naive event or days < 1.
    """
    _require_positive(days)
    due_day = add_working_days(local_day(event, calendar.time_zone), days, calendar)
    return end_of_day(due_day, calendar.time_zone)


def calendar_days_deadline(event: datetime, days: int, time_zone: str) -> datetime:
    """When a customer or dispute window of calendar days closes, as a UTC instant.

    `domain.md`, "Clocks", counts these windows in calendar days and names no hour: the end (23:59:59 local)
    of the `days`-th day after day 0 is taken, which is fairest to the weaker party: never less than
    `days` full days. Raises `ValueError` for a naive event or days < 1.
    """
    _require_positive(days)
    return end_of_day(local_day(event, time_zone) + ONE_DAY * days, time_zone)


def reminder_instant(due_at: datetime, calendar: WorkCalendar) -> datetime:
    """When the reminder of a deadline goes out, as a UTC instant: 08:00 local, when work starts, of the
    business day before the due day (`domain.md`, "Clocks"). Raises `ValueError` for a naive datetime.

    A deadline of one business day gives an instant that may lie before the event: nothing to send then.
    """
    eve = add_working_days(local_day(due_at, calendar.time_zone), -1, calendar)
    return datetime.combine(eve, WORK_STARTS, _zone(calendar.time_zone)).astimezone(UTC)


def explain(event: datetime, days: int, calendar: WorkCalendar, due_at: datetime, language: str = "en") -> Explanation:
    """Day by day, how a deadline of `days` business days came to its date.

    Reads the calendar as it is now and the due day as it was set; `follows_calendar` tells where the two
    part. Holiday names come in `language` ("en", "hu") where the library has them, else in the country's
    own. Raises `ValueError` for a naive datetime, days < 1, or a due day that is not after the event's.
    """
    _require_positive(days)
    day_zero = local_day(event, calendar.time_zone)
    due_day = local_day(due_at, calendar.time_zone)
    if due_day <= day_zero:
        raise ValueError("a deadline is due after the day of its event")
    counted = working_days_between(day_zero, due_day, calendar)
    return Explanation(
        calendar=calendar,
        days=days,
        day_zero=day_zero,
        due_day=due_day,
        counted=tuple(
            CountedDay(day, number, _public_holidays(calendar.country, day.year).is_weekend(day))
            for number, day in enumerate(counted, start=1)
        ),
        skipped=_skipped_days(day_zero, due_day, calendar, language),
    )


def _skipped_days(start: date, end: date, calendar: WorkCalendar, language: str) -> tuple[SkippedDay, ...]:
    days = (start + ONE_DAY * offset for offset in range(1, (end - start).days + 1))
    return tuple(
        _skipped_day(day, reason, calendar.country, language)
        for day in days
        if (reason := _why_off(day, calendar)) is not None
    )


def _skipped_day(day: date, reason: SkipReason, country: str, language: str) -> SkippedDay:
    if reason is not SkipReason.HOLIDAY:
        return SkippedDay(day, reason)
    if worked_instead := _worked_instead(day, country):
        return SkippedDay(day, SkipReason.REST_DAY, worked_instead=worked_instead)
    return SkippedDay(day, reason, name=str(_public_holidays(country, day.year, language).get(day, "")))


def _worked_instead(day: date, country: str) -> date | None:
    """The weekend day that the country works for a rest day, from the library's table of exchanges.

    The library itself offers only a sentence made of pieces ("substituted from 10/18/2025").
    """
    table = getattr(_country_entity(country), "special_public_holidays", {}).get(day.year, ())
    rows = (table,) if table and isinstance(table[0], int) else table
    for row in rows:
        if len(row) > 3 and row[:2] == (day.month, day.day):
            other = date(row[4] if len(row) > 4 else day.year, row[2], row[3])
            # Some countries only move a holiday off its weekend, which then stays free (Russia).
            return other if _public_holidays(country, other.year).is_working_day(other) else None
    return None


def _why_off(day: date, calendar: WorkCalendar) -> SkipReason | None:
    if isinstance(day, datetime):
        raise TypeError("a business day is a date; ask local_day() for the day of an instant")
    if day in calendar.extra_working_days:
        return None
    public = _public_holidays(calendar.country, day.year)
    if not public.is_working_day(day):
        return SkipReason.HOLIDAY if day in public else SkipReason.WEEKEND
    return SkipReason.CLOSURE if day in calendar.closures else None


def _require_positive(days: int) -> None:
    if days < 1:
        raise ValueError("a deadline is at least one day away")


@lru_cache(maxsize=1024)
def _public_holidays(country: str, year: int, language: str = "") -> HolidayBase:
    """The library's answer for one year, never changed after it is built.

    The library's own growing by years is not safe between threads: a second thread sees the year before its
    holidays are in. One year is enough: a holiday observed, or a Sunday worked, for a day of the next year
    stands in the year where it falls (31 December 2027 for 1 January 2028).
    """
    return holidays.country_holidays(
        country,
        years=year,
        expand=False,
        language=_library_language(country, language),
    )


def _library_language(country: str, language: str) -> str | None:
    """The library's tag for a language ("en" -> "en_US"), else the country's own language.

    Always explicit: left open, the library takes the language of the process's environment.
    """
    entity = _country_entity(country)
    offered = sorted(tag for tag in entity.supported_languages if tag.split("_")[0] == language)
    if "en_US" in offered:
        return "en_US"
    return offered[0] if offered else entity.default_language


@lru_cache(maxsize=512)
def _country_entity(country: str) -> HolidayBase:
    """The library's (still empty) calendar of a country; its aliases ("UK", "USA") are refused."""
    if re.fullmatch("[A-Z]{2}", country) is None:  # other names reach into the library's own insides
        raise UnknownCalendar("unknown_country", country)
    try:
        entity = holidays.country_holidays(country, expand=False)
    except NotImplementedError as error:
        raise UnknownCalendar("unknown_country", country) from error
    if entity.country != country:
        raise UnknownCalendar("unknown_country", country)
    return entity


def _zone(time_zone: str) -> ZoneInfo:
    try:
        return ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: a folder ("Europe")
        raise UnknownCalendar("unknown_time_zone", time_zone) from error
