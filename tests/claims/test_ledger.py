"""The clock ledger: what always holds for any calendar, zone, turns and instants, and examples at the edges."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.ledger import (
    HOLDER_OF,
    PRECEDENCE,
    Awaited,
    Holder,
    Ledger,
    StatusChange,
    Turn,
    counted_until,
    entries,
    ledger,
)
from claims.words import Status
from cpor_portal.working_days import WorkCalendar, local_day, working_days_between

REDMOND = WorkCalendar("US", "America/Los_Angeles")
ZONES = ["America/Los_Angeles", "Europe/Budapest", "Asia/Kolkata", "America/Nuuk", "Pacific/Auckland"]
START = datetime(2026, 10, 1, tzinfo=UTC)

unhurried = settings(deadline=None)  # the first look at a country builds its holidays
some_days = st.frozensets(st.dates(date(2026, 9, 25), date(2027, 2, 20)), max_size=10)
passed = st.timedeltas(timedelta(0), timedelta(days=100))
instants = passed.map(lambda gone: START + gone)
filed = st.sampled_from([status for status in Status if status != Status.EDITING])


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar:
    closures = draw(some_days)
    return WorkCalendar(
        country=draw(st.sampled_from(["US", "HU", "DE", "CN"])),
        time_zone=draw(st.sampled_from(ZONES)),
        closures=closures,
        extra_working_days=draw(some_days) - closures,
    )


@st.composite
def some_turns(draw: st.DrawFn) -> list[Turn]:
    turns = []
    for awaited in draw(st.lists(st.sampled_from(list(Awaited)[:-2]), max_size=7)):
        begun = draw(instants)
        lasted = draw(st.none() | passed)
        turns.append(Turn(awaited, begun, None if lasted is None else begun + lasted))
    return turns


@st.composite
def some_changes(draw: st.DrawFn) -> list[StatusChange]:
    instants_ = sorted(draw(st.lists(instants, max_size=6)))
    return [StatusChange(Status.SUBMITTED, START), *(StatusChange(draw(filed), at) for at in instants_)]


def unrolled(told: Ledger, calendar: WorkCalendar) -> list[tuple[date, Awaited]]:
    """The stretches, day by day again."""
    return [
        (day, stretch.awaited)
        for stretch in told.stretches
        for day in working_days_between(stretch.first - timedelta(days=1), stretch.last, calendar)
    ]


# --- What always holds -------------------------------------------------------------------------------------


@unhurried
@given(turns=some_turns(), statuses=some_changes(), calendar=calendars(), since=instants, until=instants)
def test_every_business_day_belongs_to_exactly_one_holder_and_the_sum_is_exact(
    turns: list[Turn], statuses: list[StatusChange], calendar: WorkCalendar, since: datetime, until: datetime
) -> None:
    days = working_days_between(local_day(since, calendar.time_zone), local_day(until, calendar.time_zone), calendar)
    told = ledger(turns, statuses, calendar, since, until)
    assert sum(told.days_of(holder) for holder in Holder) == told.elapsed == len(days)
    held = unrolled(told, calendar)
    assert [day for day, _awaited in held] == list(days)
    assert held == entries(turns, statuses, calendar, since, until)
    assert all(one.awaited != next_.awaited for one, next_ in zip(told.stretches, told.stretches[1:], strict=False))


@unhurried
@given(turns=some_turns(), statuses=some_changes(), calendar=calendars(), since=instants, until=instants, more=passed)
def test_what_was_said_of_past_days_stays_said_as_time_goes_on(
    turns: list[Turn],
    statuses: list[StatusChange],
    calendar: WorkCalendar,
    since: datetime,
    until: datetime,
    more: timedelta,
) -> None:
    before = entries(turns, statuses, calendar, since, until)
    assert entries(turns, statuses, calendar, since, until + more)[: len(before)] == before


@unhurried
@given(
    turns=some_turns(),
    awaited=st.sampled_from(list(Awaited)[:-2]),
    begun=instants,
    next_up=st.sampled_from(list(Awaited)[:-2]),
    calendar=calendars(),
    now=instants,
    later=passed,
)
def test_ending_what_runs_and_beginning_something_else_changes_no_day_that_has_begun(
    turns: list[Turn],
    awaited: Awaited,
    begun: datetime,
    next_up: Awaited,
    calendar: WorkCalendar,
    now: datetime,
    later: timedelta,
) -> None:
    statuses = [StatusChange(Status.SUBMITTED, START)]
    ended_at = max(begun, now) + later
    as_it_runs = [*turns, Turn(awaited, begun)]
    as_it_ended = [*turns, Turn(awaited, begun, ended_at), Turn(next_up, ended_at)]
    changed = [*statuses, StatusChange(Status.UNDER_REVIEW, ended_at)]
    assert entries(as_it_ended, changed, calendar, START, now) == entries(as_it_runs, statuses, calendar, START, now)


@unhurried
@given(turns=some_turns(), statuses=some_changes(), calendar=calendars(), now=instants, exceptions=some_days)
def test_exceptions_for_days_to_come_change_no_past_day(
    turns: list[Turn],
    statuses: list[StatusChange],
    calendar: WorkCalendar,
    now: datetime,
    exceptions: frozenset[date],
) -> None:
    coming = {day for day in exceptions if day > local_day(now, calendar.time_zone)}
    edited = WorkCalendar(
        calendar.country,
        calendar.time_zone,
        calendar.closures | (coming - calendar.extra_working_days),
        calendar.extra_working_days,
    )
    assert entries(turns, statuses, edited, START, now) == entries(turns, statuses, calendar, START, now)


@unhurried
@given(turns=some_turns(), statuses=some_changes(), now=instants, later=passed)
def test_a_ledger_never_goes_beyond_now_nor_back_behind_what_it_covered(
    turns: list[Turn], statuses: list[StatusChange], now: datetime, later: timedelta
) -> None:
    assert counted_until(turns, statuses, now) <= now
    known_then = [change for change in statuses if change.at <= now]
    told_then = [
        Turn(turn.awaited, turn.started_at, turn.ended_at if turn.ended_at and turn.ended_at <= now else None)
        for turn in turns
        if turn.started_at <= now
    ]
    then = counted_until(told_then, known_then, now)
    assert counted_until(turns, statuses, now + later) >= then


# --- At the edges ------------------------------------------------------------------------------------------


def at(day: int, hour: int = 12, *, month: int = 11) -> datetime:
    """An instant in Seattle's winter time."""
    return datetime(2026, month, day, hour, tzinfo=UTC) + timedelta(hours=8)


SUBMITTED = [StatusChange(Status.SUBMITTED, at(9))]  # a Monday


def held(turns: list[Turn], until: datetime, statuses: list[StatusChange] | None = None) -> list[tuple[int, str]]:
    return [(day.day, awaited.value) for day, awaited in entries(turns, statuses or SUBMITTED, REDMOND, at(9), until)]


def test_the_day_of_submission_is_nobodys_and_weekends_and_holidays_are_left_out() -> None:
    assert held([Turn(Awaited.REVIEW, at(9))], at(9, 23)) == []
    # 11 November is Veterans Day.
    assert [day for day, _who in held([Turn(Awaited.REVIEW, at(9))], at(16))] == [10, 12, 13, 16]


def test_the_day_on_which_something_happens_belongs_to_the_one_before() -> None:
    turns = [Turn(Awaited.REVIEW, at(9), at(12)), Turn(Awaited.PARTNER_ANSWER, at(12), at(16))]
    turns.append(Turn(Awaited.REVIEW, at(16)))
    assert held(turns, at(17)) == [
        (10, "review"),
        (12, "review"),
        (13, "partner_answer"),
        (16, "partner_answer"),
        (17, "review"),
    ]


@pytest.mark.parametrize("hour", [0, 23])
def test_the_hour_of_an_event_does_not_matter(hour: int) -> None:
    turns = [Turn(Awaited.REVIEW, at(9, 0), at(12, hour)), Turn(Awaited.PARTNER_ANSWER, at(12, hour))]
    assert held(turns, at(13)) == [(10, "review"), (12, "review"), (13, "partner_answer")]


def test_what_the_partner_owes_comes_before_microsofts_and_that_before_the_customers_window() -> None:
    together = [Turn(awaited, at(9)) for awaited in reversed(Awaited) if awaited not in list(Awaited)[-2:]]
    assert held(together, at(10)) == [(10, "partner_answer")]
    assert sorted(PRECEDENCE, key=PRECEDENCE.__getitem__) == list(Awaited)
    in_turn = list(dict.fromkeys(HOLDER_OF[awaited] for awaited in Awaited))
    assert in_turn == [Holder.PARTNER, Holder.MICROSOFT, Holder.CUSTOMER, Holder.OTHER_SIDE, Holder.NOBODY]


def test_a_claim_under_review_for_which_nothing_runs_waits_for_the_other_side() -> None:
    statuses = [*SUBMITTED, StatusChange(Status.UNDER_REVIEW, at(10))]
    turns = [Turn(Awaited.REVIEW, at(9), at(12))]
    assert held(turns, at(16), statuses)[-2:] == [(13, "other_side"), (16, "other_side")]
    decided = [*statuses, StatusChange(Status.APPROVED, at(13))]
    assert held(turns, at(16), decided)[-2:] == [(13, "other_side"), (16, "nothing")]


def test_a_closed_claims_ledger_ends_with_what_was_last_owed() -> None:
    statuses = [*SUBMITTED, StatusChange(Status.APPROVED, at(12))]
    review = Turn(Awaited.REVIEW, at(9), at(12))
    assert counted_until([review], statuses, at(30)) == at(12)
    window = Turn(Awaited.CUSTOMER_WINDOW, at(13), at(20, 23))
    assert counted_until([review, window], statuses, at(16)) == at(16)
    assert counted_until([review, window], statuses, at(30)) == at(20, 23)


def test_a_ledger_of_a_claim_that_was_withdrawn_while_it_waited_ends_with_the_withdrawal() -> None:
    statuses = [*SUBMITTED, StatusChange(Status.UNDER_REVIEW, at(10)), StatusChange(Status.WITHDRAWN, at(17))]
    assert counted_until([Turn(Awaited.REVIEW, at(9), at(12))], statuses, at(30)) == at(17)


def test_after_a_dispute_the_days_in_between_were_nobodys() -> None:
    statuses = [*SUBMITTED, StatusChange(Status.REJECTED, at(10))]
    turns = [Turn(Awaited.REVIEW, at(9), at(10)), Turn(Awaited.DISPUTE_RULING, at(13))]
    assert counted_until(turns, statuses, at(16)) == at(16)
    assert held(turns, at(16), statuses) == [(10, "review"), (12, "nothing"), (13, "nothing"), (16, "dispute_ruling")]


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        ledger([], [], REDMOND, at(9), at(10).replace(tzinfo=None))
