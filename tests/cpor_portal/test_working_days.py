"""Deadlines by the decision table, by examples at the awkward places, and by what always holds."""

import csv
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cpor_portal.working_days import (
    CountedDay,
    SkippedDay,
    SkipReason,
    UnknownCalendar,
    WorkCalendar,
    add_working_days,
    calendar_days_deadline,
    deadline,
    end_of_day,
    explain,
    is_working_day,
    local_day,
    reminder_instant,
    working_days_between,
)

REDMOND = WorkCalendar("US", "America/Los_Angeles")
BUDAPEST = WorkCalendar("HU", "Europe/Budapest")
TABLE = Path(__file__).parent.parent / "decision_tables" / "deadlines.csv"

unhurried = settings(deadline=None)  # the first look at a country builds its holidays
START = datetime(2024, 12, 1, tzinfo=UTC)
events = st.timedeltas(timedelta(0), timedelta(days=1550)).map(lambda passed: START + passed)


# The decision table


@dataclass(frozen=True)
class Row:
    calendar: WorkCalendar
    event: datetime
    days: int
    due_date: date
    counted: list[int]
    why: str


def days_in(cell: str) -> frozenset[date]:
    return frozenset(date.fromisoformat(day) for day in cell.split())


def read_table() -> list[Row]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [
            Row(
                calendar=WorkCalendar(
                    line["country"], line["time_zone"], days_in(line["closed"]), days_in(line["worked"])
                ),
                event=datetime.fromisoformat(line["event"]),
                days=int(line["days"]),
                due_date=date.fromisoformat(line["due_date"]),
                counted=[int(number) for number in line["counted"].split()],
                why=line["why"],
            )
            for line in csv.DictReader(file, strict=True)
        ]


def has_exceptions(calendar: WorkCalendar) -> bool:
    return bool(calendar.closures or calendar.extra_working_days)


ROWS = read_table()
each_row = pytest.mark.parametrize(
    "row", ROWS, ids=[f"{row.calendar.country}-{row.event.isoformat()}+{row.days}" for row in ROWS]
)


def test_table_covers_both_countries_and_all_four_years_with_and_without_exceptions() -> None:
    plain = {(row.calendar.country, row.due_date.year) for row in ROWS if not has_exceptions(row.calendar)}
    excepted = {(row.calendar.country, row.due_date.year) for row in ROWS if has_exceptions(row.calendar)}
    wanted = {(country, year) for country in ("US", "HU") for year in (2025, 2026, 2027, 2028)}
    assert plain >= wanted
    assert excepted >= wanted - {("HU", 2025)}  # begun there, due in 2026
    assert len(ROWS) >= 200


@each_row
def test_deadline_is_the_end_of_the_day_the_table_names(row: Row) -> None:
    due = deadline(row.event, row.days, row.calendar)
    local = due.astimezone(ZoneInfo(row.calendar.time_zone))
    assert (local.date(), local.time()) == (row.due_date, time(23, 59, 59)), row.why
    assert due.tzinfo is UTC


@each_row
def test_explanation_counts_the_days_the_table_counts(row: Row) -> None:
    explanation = explain(row.event, row.days, row.calendar, deadline(row.event, row.days, row.calendar))
    assert [entry.day.day for entry in explanation.counted] == row.counted, row.why
    assert explanation.due_day == row.due_date


# A year's sum catches a holiday too many, which no single row would


@pytest.mark.parametrize(
    ("calendar", "year", "business_days"),
    [
        (REDMOND, 2025, 261 - 11),
        (REDMOND, 2026, 261 - 11),
        (REDMOND, 2027, 261 - 12),  # New Year's Day twice: its own, and 2028's, observed on 31 December
        (REDMOND, 2028, 260 - 10),
        (BUDAPEST, 2025, 261 - 9),  # rest days and working Saturdays cancel out
        (BUDAPEST, 2028, 260 - 9),
    ],
)
def test_a_year_has_its_weekdays_less_the_holidays_on_weekdays(
    calendar: WorkCalendar, year: int, business_days: int
) -> None:
    days = working_days_between(date(year - 1, 12, 31), date(year, 12, 31), calendar)
    assert len(days) == business_days


# Instants


def test_due_instant_follows_the_offset_of_the_due_day_not_of_the_event() -> None:
    friday_before_spring_change = datetime(2026, 3, 6, 12, tzinfo=ZoneInfo("America/Los_Angeles"))
    friday_before_autumn_change = datetime(2026, 10, 30, 12, tzinfo=ZoneInfo("America/Los_Angeles"))
    assert deadline(friday_before_spring_change, 5, REDMOND) == datetime(2026, 3, 14, 6, 59, 59, tzinfo=UTC)
    assert deadline(friday_before_autumn_change, 5, REDMOND) == datetime(2026, 11, 7, 7, 59, 59, tzinfo=UTC)


def test_same_instant_told_in_two_zones_has_one_deadline() -> None:
    event = datetime(2026, 11, 23, 7, 59, 59, tzinfo=UTC)
    assert deadline(event, 5, REDMOND) == deadline(event.astimezone(ZoneInfo("Asia/Tokyo")), 5, REDMOND)


def test_day_without_a_23_59_59_ends_at_its_last_second() -> None:
    # Nuuk, Saturday 29 March 2025: after 22:59:59 comes Sunday 00:00:00
    assert end_of_day(date(2025, 3, 29), "America/Nuuk") == datetime(2025, 3, 30, 0, 59, 59, tzinfo=UTC)


def test_day_with_two_23_59_59s_ends_at_the_later_one() -> None:
    # Nuuk, Saturday 25 October 2025: after the first 23:59:59 it is 23:00:00 again
    assert end_of_day(date(2025, 10, 25), "America/Nuuk") == datetime(2025, 10, 26, 1, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["America/Nuuk", "America/Los_Angeles", "Europe/Budapest", "Africa/Cairo"])
@unhurried
@given(day=st.dates(date(2025, 1, 1), date(2035, 12, 31)))
def test_end_of_day_is_one_second_before_the_next_local_day(zone: str, day: date) -> None:
    end = end_of_day(day, zone)
    assert local_day(end, zone) == day
    assert local_day(end + timedelta(seconds=1), zone) == day + timedelta(days=1)


# Customer and dispute windows


@pytest.mark.parametrize(
    ("event", "days", "due"),
    [
        ("2026-11-22T12:00:00+01:00", 7, "2026-11-29T22:59:59+00:00"),  # Sunday to Sunday: no skipping
        ("2026-12-18T00:00:00+01:00", 7, "2026-12-25T22:59:59+00:00"),  # ends on Christmas Day
        ("2026-12-31T23:59:59+01:00", 30, "2027-01-30T22:59:59+00:00"),
        ("2026-10-22T12:00:00+02:00", 7, "2026-10-29T22:59:59+00:00"),  # over the end of summer time
        ("2027-03-25T12:00:00+01:00", 7, "2027-04-01T21:59:59+00:00"),  # over its start
        ("2028-02-22T12:00:00+01:00", 7, "2028-02-29T22:59:59+00:00"),  # ends on the leap day
        ("2028-02-01T12:00:00+01:00", 30, "2028-03-02T22:59:59+00:00"),
        ("2026-11-22T23:30:00+00:00", 7, "2026-11-30T22:59:59+00:00"),  # already Monday in Budapest
    ],
)
def test_calendar_day_window_closes_at_the_end_of_its_last_day(event: str, days: int, due: str) -> None:
    closes = calendar_days_deadline(datetime.fromisoformat(event), days, "Europe/Budapest")
    assert closes == datetime.fromisoformat(due)
    assert closes.tzinfo is UTC


@unhurried
@given(event=events, days=st.integers(1, 60))
def test_calendar_day_window_is_never_shorter_than_its_days(event: datetime, days: int) -> None:
    zone = ZoneInfo("America/Los_Angeles")
    closes = calendar_days_deadline(event, days, "America/Los_Angeles").astimezone(zone)
    opened = event.astimezone(zone).replace(microsecond=0)
    assert closes.replace(tzinfo=None) - opened.replace(tzinfo=None) >= timedelta(days=days)
    assert (closes.date() - opened.date()).days == days


# Reminders


@pytest.mark.parametrize(
    ("calendar", "due_day", "reminded"),
    [
        (REDMOND, date(2026, 11, 30), "2026-11-27T08:00:00-08:00"),  # over the weekend
        (REDMOND, date(2026, 11, 27), "2026-11-25T08:00:00-08:00"),  # over Thanksgiving
        (REDMOND, date(2026, 7, 6), "2026-07-02T08:00:00-07:00"),  # over the observed holiday
        (
            REDMOND,
            date(2026, 3, 9),
            "2026-03-06T08:00:00-08:00",
        ),  # due in summer time, reminded in winter time
        (REDMOND, date(2028, 1, 3), "2027-12-30T08:00:00-08:00"),
        (BUDAPEST, date(2025, 10, 20), "2025-10-18T08:00:00+02:00"),  # on a working Saturday
        (BUDAPEST, date(2025, 10, 27), "2025-10-22T08:00:00+02:00"),  # due in winter time
        (BUDAPEST, date(2026, 1, 5), "2025-12-31T08:00:00+01:00"),
        (BUDAPEST, date(2026, 11, 29), "2026-11-27T08:00:00+01:00"),  # a window that closes on a Sunday
    ],
)
def test_reminder_goes_out_when_work_starts_on_the_business_day_before(
    calendar: WorkCalendar, due_day: date, reminded: str
) -> None:
    instant = reminder_instant(end_of_day(due_day, calendar.time_zone), calendar)
    assert instant == datetime.fromisoformat(reminded)
    assert instant.tzinfo is UTC


# Calendars


def test_closure_is_skipped() -> None:
    closed = WorkCalendar("US", "America/Los_Angeles", closures=frozenset({date(2026, 11, 27)}))
    event = datetime(2026, 11, 22, 12, tzinfo=ZoneInfo("America/Los_Angeles"))
    assert local_day(deadline(event, 5, closed), closed.time_zone) == date(2026, 12, 1)


def test_closure_on_a_working_saturday_keeps_it_closed() -> None:
    saturday = date(2026, 1, 10)
    assert is_working_day(saturday, BUDAPEST)
    assert not is_working_day(saturday, WorkCalendar("HU", "Europe/Budapest", closures=frozenset({saturday})))


@pytest.mark.parametrize("day", [date(2026, 11, 26), date(2026, 11, 28)], ids=["holiday", "weekend"])
def test_extra_working_day_is_worked_though_the_country_is_off(day: date) -> None:
    assert not is_working_day(day, REDMOND)
    assert is_working_day(day, WorkCalendar("US", "America/Los_Angeles", extra_working_days=frozenset({day})))


def test_day_that_is_both_closed_and_worked_is_refused() -> None:
    day = frozenset({date(2026, 11, 27)})
    with pytest.raises(ValueError, match="2026-11-27"):
        WorkCalendar("US", "America/Los_Angeles", closures=day, extra_working_days=day)


@pytest.mark.parametrize("country", ["", "ZZ", "us", "USA", "UK", " US", "B3", "DateLike", "date"])
def test_unknown_country_is_refused_when_the_calendar_is_made(country: str) -> None:
    with pytest.raises(UnknownCalendar) as refused:
        WorkCalendar(country, "UTC")
    assert (refused.value.code, refused.value.value) == ("unknown_country", country)


@pytest.mark.parametrize("zone", ["", "Europe", "Europe/Nowhere", "../etc/passwd", "PST8", "Europe/Budapest\0"])
def test_unknown_time_zone_is_refused_when_the_calendar_is_made(zone: str) -> None:
    with pytest.raises(UnknownCalendar) as refused:
        WorkCalendar("US", zone)
    assert (refused.value.code, refused.value.value) == ("unknown_time_zone", zone)


def test_december_sunday_worked_for_a_rest_day_of_january_is_known_in_december() -> None:
    baku = WorkCalendar("AZ", "Asia/Baku")  # Friday 3 January 2025 was exchanged for Sunday 29 December 2024
    assert is_working_day(date(2024, 12, 29), baku)
    assert not is_working_day(date(2025, 1, 3), baku)


# What is refused


def test_naive_datetime_is_refused_everywhere() -> None:
    naive = datetime(2026, 11, 22, 12)  # noqa: DTZ001 - the point of the test
    aware = datetime(2026, 11, 22, 12, tzinfo=UTC)
    with pytest.raises(ValueError, match="naive"):
        local_day(naive, "UTC")
    with pytest.raises(ValueError, match="naive"):
        deadline(naive, 5, REDMOND)
    with pytest.raises(ValueError, match="naive"):
        calendar_days_deadline(naive, 7, "UTC")
    with pytest.raises(ValueError, match="naive"):
        reminder_instant(naive, REDMOND)
    with pytest.raises(ValueError, match="naive"):
        explain(naive, 5, REDMOND, aware)
    with pytest.raises(ValueError, match="naive"):
        explain(aware, 5, REDMOND, naive)


@pytest.mark.parametrize("days", [0, -1])
def test_deadline_without_a_day_is_refused(days: int) -> None:
    event = datetime(2026, 11, 22, 12, tzinfo=UTC)
    with pytest.raises(ValueError, match="at least one day"):
        deadline(event, days, REDMOND)
    with pytest.raises(ValueError, match="at least one day"):
        calendar_days_deadline(event, days, "UTC")
    with pytest.raises(ValueError, match="at least one day"):
        explain(event, days, REDMOND, event + timedelta(days=7))


def test_zero_business_days_away_is_refused() -> None:
    with pytest.raises(ValueError, match="zero"):
        add_working_days(date(2026, 11, 22), 0, REDMOND)


def test_datetime_in_place_of_a_date_is_refused() -> None:
    with pytest.raises(TypeError, match="local_day"):
        is_working_day(datetime(2026, 11, 23, 2, tzinfo=UTC), REDMOND)


def test_explanation_of_a_due_day_that_is_not_after_the_event_is_refused() -> None:
    event = datetime(2026, 11, 24, 12, tzinfo=UTC)
    with pytest.raises(ValueError, match="after the day of its event"):
        explain(event, 5, REDMOND, event)


# Why this date


def test_explanation_of_the_example_names_thanksgiving_and_the_weekend() -> None:
    event = datetime(2026, 11, 22, 12, tzinfo=ZoneInfo("America/Los_Angeles"))
    explanation = explain(event, 5, REDMOND, deadline(event, 5, REDMOND))
    assert explanation.day_zero == date(2026, 11, 22)
    assert explanation.follows_calendar
    assert explanation.in_order == (
        CountedDay(date(2026, 11, 23), 1, on_weekend=False),
        CountedDay(date(2026, 11, 24), 2, on_weekend=False),
        CountedDay(date(2026, 11, 25), 3, on_weekend=False),
        SkippedDay(date(2026, 11, 26), SkipReason.HOLIDAY, name="Thanksgiving Day"),
        CountedDay(date(2026, 11, 27), 4, on_weekend=False),
        SkippedDay(date(2026, 11, 28), SkipReason.WEEKEND),
        SkippedDay(date(2026, 11, 29), SkipReason.WEEKEND),
        CountedDay(date(2026, 11, 30), 5, on_weekend=False),
    )


@pytest.mark.parametrize(
    ("language", "name"), [("en", "National Day"), ("hu", "Nemzeti ünnep"), ("fr", "Nemzeti ünnep")]
)
def test_explanation_tells_working_saturday_rest_day_and_holiday_in_the_language_asked_for(
    language: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", "uk")  # the server's own language must not leak in
    event = datetime(2025, 10, 17, 12, tzinfo=ZoneInfo("Europe/Budapest"))
    explanation = explain(event, 5, BUDAPEST, deadline(event, 5, BUDAPEST), language=language)
    assert explanation.counted[0] == CountedDay(date(2025, 10, 18), 1, on_weekend=True)
    assert explanation.skipped[1:3] == (
        SkippedDay(date(2025, 10, 23), SkipReason.HOLIDAY, name=name),
        SkippedDay(date(2025, 10, 24), SkipReason.REST_DAY, worked_instead=date(2025, 10, 18)),
    )


def test_holiday_moved_off_its_weekend_is_a_holiday_and_no_rest_day_that_is_made_up_for() -> None:
    moscow = WorkCalendar("RU", "Europe/Moscow")  # Sunday 23 February 2025 was moved to Thursday 8 May
    event = datetime(2025, 5, 7, 12, tzinfo=UTC)
    explanation = explain(event, 1, moscow, deadline(event, 1, moscow))
    assert explanation.skipped[0].day == date(2025, 5, 8)
    assert explanation.skipped[0].reason is SkipReason.HOLIDAY
    assert explanation.skipped[0].name


def test_holiday_name_falls_back_where_the_language_is_not_offered() -> None:
    event = datetime(2026, 7, 2, 12, tzinfo=ZoneInfo("America/Los_Angeles"))
    explanation = explain(event, 1, REDMOND, deadline(event, 1, REDMOND), language="hu")
    assert [(entry.reason, entry.name) for entry in explanation.skipped] == [
        (SkipReason.HOLIDAY, "Independence Day (observed)"),
        (SkipReason.HOLIDAY, "Independence Day"),
        (SkipReason.WEEKEND, ""),
    ]


def test_explanation_names_a_closure_but_lets_holiday_and_weekend_come_first() -> None:
    closures = frozenset({date(2026, 11, 26), date(2026, 11, 27), date(2026, 11, 28)})
    closed = WorkCalendar("US", "America/Los_Angeles", closures=closures)
    event = datetime(2026, 11, 25, 12, tzinfo=ZoneInfo("America/Los_Angeles"))
    explanation = explain(event, 1, closed, deadline(event, 1, closed))
    assert [entry.reason for entry in explanation.skipped] == [
        SkipReason.HOLIDAY,
        SkipReason.CLOSURE,
        SkipReason.WEEKEND,
        SkipReason.WEEKEND,
    ]


@pytest.mark.parametrize(
    "edited",
    [
        WorkCalendar("US", "America/Los_Angeles", closures=frozenset({date(2026, 11, 24)})),
        WorkCalendar("US", "America/Los_Angeles", closures=frozenset({date(2026, 11, 30)})),
        WorkCalendar("US", "America/Los_Angeles", extra_working_days=frozenset({date(2026, 11, 26)})),
        WorkCalendar(
            "US",
            "America/Los_Angeles",
            closures=frozenset({date(2026, 11, 30)}),
            extra_working_days=frozenset({date(2026, 11, 26)}),
        ),
    ],
    ids=["closure before", "closure on the due day", "holiday worked", "as many days but another last one"],
)
def test_explanation_keeps_the_due_day_and_says_that_the_calendar_was_edited(edited: WorkCalendar) -> None:
    event = datetime(2026, 11, 22, 12, tzinfo=ZoneInfo("America/Los_Angeles"))
    explanation = explain(event, 5, edited, deadline(event, 5, REDMOND))
    assert explanation.due_day == date(2026, 11, 30)
    assert not explanation.follows_calendar


# What always holds

# Every zone of this machine: half hours, changes at midnight, three changes a year, ...
ZONES = sorted(available_timezones())
COUNTRIES = ["US", "HU", "DE", "AE", "CN", "IL", "JP", "AZ", "RU"]  # weekends and exchanges of several kinds
an_event = st.shared(events, key="event")  # so that exceptions lie where the days are counted, not years away
day_counts = st.integers(1, 25)


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar:
    """A country and a zone, whichever, with exceptions on the days around the event."""
    day = draw(an_event).date()
    some_days = st.frozensets(st.integers(-3, 45).map(lambda passed: day + timedelta(days=passed)), max_size=20)
    closures = draw(some_days)
    return WorkCalendar(
        country=draw(st.sampled_from(COUNTRIES)),
        time_zone=draw(st.sampled_from(ZONES)),
        closures=closures,
        extra_working_days=draw(some_days) - closures,
    )


@unhurried
@given(event=an_event, calendar=calendars())
def test_exactly_five_working_days_lie_between_the_event_and_the_last_second_of_the_fifth(
    event: datetime, calendar: WorkCalendar
) -> None:
    due = deadline(event, 5, calendar)
    first, last = local_day(event, calendar.time_zone), local_day(due, calendar.time_zone)
    worked = [day for n in range((last - first).days) if is_working_day(day := first + timedelta(days=n + 1), calendar)]
    assert (len(worked), worked[-1]) == (5, last)
    assert local_day(due + timedelta(seconds=1), calendar.time_zone) == last + timedelta(days=1)
    assert [entry.day for entry in explain(event, 5, calendar, due).counted] == worked


@unhurried
@given(event=an_event, calendar=calendars())
def test_exceptions_say_what_their_days_are_and_leave_every_other_day_alone(
    event: datetime, calendar: WorkCalendar
) -> None:
    plain = WorkCalendar(calendar.country, calendar.time_zone)
    for n in range(-5, 50):
        day = event.date() + timedelta(days=n)
        as_always = is_working_day(day, plain) and day not in calendar.closures
        assert is_working_day(day, calendar) == (as_always or day in calendar.extra_working_days)


@unhurried
@given(event=an_event, days=day_counts, calendar=calendars())
def test_deadline_is_the_end_of_a_working_day(event: datetime, days: int, calendar: WorkCalendar) -> None:
    due = deadline(event, days, calendar)
    due_day = local_day(due, calendar.time_zone)
    assert is_working_day(due_day, calendar)
    assert local_day(due + timedelta(seconds=1), calendar.time_zone) == due_day + timedelta(days=1)


@unhurried
@given(event=an_event, days=day_counts, calendar=calendars())
def test_exactly_the_days_owed_lie_after_day_zero_up_to_the_due_day(
    event: datetime, days: int, calendar: WorkCalendar
) -> None:
    day_zero = local_day(event, calendar.time_zone)
    due_day = local_day(deadline(event, days, calendar), calendar.time_zone)
    in_between = [day_zero + timedelta(days=n) for n in range(1, (due_day - day_zero).days + 1)]
    assert sum(is_working_day(day, calendar) for day in in_between) == days
    assert len(working_days_between(day_zero, due_day, calendar)) == days


@unhurried
@given(
    event=an_event,
    later_by=st.timedeltas(timedelta(0), timedelta(days=40)),
    days=day_counts,
    calendar=calendars(),
)
def test_later_event_is_never_due_earlier(
    event: datetime, later_by: timedelta, days: int, calendar: WorkCalendar
) -> None:
    assert deadline(event + later_by, days, calendar) >= deadline(event, days, calendar)


@unhurried
@given(event=an_event, days=day_counts, calendar=calendars())
def test_more_days_are_due_strictly_later(event: datetime, days: int, calendar: WorkCalendar) -> None:
    assert deadline(event, days + 1, calendar) > deadline(event, days, calendar)


@unhurried
@given(event=an_event, days=day_counts, calendar=calendars(), edited=calendars())
def test_explanation_covers_every_day_between_exactly_once(
    event: datetime, days: int, calendar: WorkCalendar, edited: WorkCalendar
) -> None:
    due_at = deadline(event, days, calendar)
    assume(local_day(due_at, edited.time_zone) > local_day(event, edited.time_zone))
    for asked in (calendar, edited):
        explanation = explain(event, days, asked, due_at)
        length = (explanation.due_day - explanation.day_zero).days
        every_day = [explanation.day_zero + timedelta(days=n) for n in range(1, length + 1)]
        assert [entry.day for entry in explanation.in_order] == every_day
        assert [entry.number for entry in explanation.counted] == list(range(1, len(explanation.counted) + 1))
    assert explain(event, days, calendar, due_at).follows_calendar


@unhurried
@given(event=an_event, days=st.integers(2, 25), calendar=calendars())
def test_reminder_goes_out_on_the_last_working_day_before_the_due_day_and_after_the_event(
    event: datetime, days: int, calendar: WorkCalendar
) -> None:
    due = deadline(event, days, calendar)
    reminded = reminder_instant(due, calendar)
    reminded_day, due_day = local_day(reminded, calendar.time_zone), local_day(due, calendar.time_zone)
    assert local_day(event, calendar.time_zone) < reminded_day < due_day
    assert is_working_day(reminded_day, calendar)
    assert working_days_between(reminded_day, due_day, calendar) == (due_day,)
    assert reminded.astimezone(ZoneInfo(calendar.time_zone)).time() == time(8)


@unhurried
@given(day=st.dates(date(2025, 1, 1), date(2028, 12, 31)), n=st.integers(1, 25), calendar=calendars())
def test_counting_back_undoes_counting_on_from_a_business_day(day: date, n: int, calendar: WorkCalendar) -> None:
    assume(is_working_day(day, calendar))
    assert add_working_days(add_working_days(day, n, calendar), -n, calendar) == day


@unhurried
@given(day=st.dates(date(2025, 1, 1), date(2028, 12, 31)), back=st.integers(0, 10))
def test_no_business_days_lie_in_an_empty_or_backward_span(day: date, back: int) -> None:
    assert working_days_between(day, day - timedelta(days=back), BUDAPEST) == ()
