"""The ledger of real claims, driven by the real acts, and what their rows may never do to past days."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django.fixtures import DjangoAssertNumQueries

from arbitration.acts.approve import approve
from arbitration.acts.ask import request_information
from arbitration.acts.reject import reject
from arbitration.acts.start import start_review
from arbitration.enforcement import enforce
from claims.acts.resubmit import resubmit
from claims.acts.withdraw import withdraw
from claims.ledger import Awaited, Holder, Ledger, StatusChange
from claims.ledger_of import AWAITED, ledger_of, reckon
from claims.models import Claim, Deadline
from claims.words import DeadlineKind, Reason, Status
from cpor_portal.accounts.models import CalendarException, DayKind, User
from cpor_portal.working_days import WorkCalendar, deadline, end_of_day, working_days_between
from tests.support.factories import make_staff
from tests.support.stories import Side, make_side, make_submitted

MONDAY = date(2027, 2, 1)  # four ordinary weeks; 15 February 2027 is Presidents' Day in the United States


@contextmanager
def on(day: int, hour: int = 12) -> Iterator[None]:
    """A day of February 2027, in Seattle's hours."""
    with time_machine.travel(datetime(2027, 2, day, hour, tzinfo=UTC) + timedelta(hours=8), tick=False):
        yield


def read(claim: Claim) -> Ledger:
    claim = Claim.objects.get(pk=claim.pk)
    told = ledger_of(claim, list(claim.deadlines.all()), timezone.now())
    assert told is not None
    return told


def told(claim: Claim) -> list[tuple[str, int]]:
    return [(stretch.awaited.value, stretch.days) for stretch in read(claim).stretches]


def ask(claim: Claim, reviewer: User) -> None:
    start_review(reference=claim.reference, by=reviewer)
    request_information(reference=claim.reference, by=reviewer, reasons=[Reason.PROOF_MISSING], text="Please.")


@pytest.fixture
def side(db: None) -> Side:
    return make_side()


@pytest.fixture
def reviewer(db: None) -> User:
    return make_staff()


def test_a_claims_days_pass_from_one_to_the_other_and_back(side: Side, reviewer: User) -> None:
    with on(1):
        claim = make_submitted(side)
        assert told(claim) == []
    with on(3):
        ask(claim, reviewer)
        assert told(claim) == [("review", 2)]
    with on(9):
        resubmit(reference=claim.reference, by=side.person, body="Here it is.")
        assert told(claim) == [("review", 2), ("partner_answer", 4)]
    with on(16):
        start_review(reference=claim.reference, by=reviewer)
        approve(reference=claim.reference, by=reviewer)
        assert told(claim) == [("review", 2), ("partner_answer", 4), ("review", 4)]
        ledger = read(claim)
        assert (ledger.days_of(Holder.MICROSOFT), ledger.days_of(Holder.PARTNER), ledger.elapsed) == (6, 4, 10)
    with on(26):
        assert read(claim).stretches == ledger.stretches, "nothing is owed any more"


def test_a_draft_has_no_ledger(side: Side) -> None:
    claim = Claim.objects.create(firm=side.firm, created_by=side.person)
    assert ledger_of(claim, [], timezone.now()) is None


def test_a_review_that_is_late_stays_microsofts(side: Side, reviewer: User) -> None:
    with on(1):
        claim = make_submitted(side)
    with on(12):
        enforce(now=timezone.now())
    with on(17):
        assert told(claim) == [("review", 11)]
        assert read(claim).days_of(Holder.MICROSOFT) == 11


def test_a_week_in_which_the_portal_stood_still_is_microsofts(side: Side, reviewer: User) -> None:
    with on(1):
        claim = make_submitted(side)
        ask(claim, reviewer)
        due_at = claim.deadlines.get(kind=DeadlineKind.PARTNER_ANSWER).due_at
        assert due_at == datetime(2027, 2, 9, 4, 59, 59, tzinfo=UTC), "the end of Monday 8 February in New York"
    with on(16):
        before = told(claim)
        assert before == [("partner_answer", 5), ("portal", 5)]
        enforce(now=timezone.now())
        assert Claim.objects.get(pk=claim.pk).status == Status.REJECTED
        assert told(claim) == before
    with on(25):
        assert told(claim) == before


@pytest.mark.parametrize("zone", ["America/New_York", "America/Los_Angeles", "Europe/Budapest"])
def test_the_moment_between_the_end_of_a_time_and_the_sweep_is_no_day_of_the_portal(
    side: Side, reviewer: User, zone: str
) -> None:
    side.firm.time_zone = zone
    side.firm.save()
    with on(1):
        claim = make_submitted(side)
        ask(claim, reviewer)
        due_at = claim.deadlines.get(kind=DeadlineKind.PARTNER_ANSWER).due_at
    with time_machine.travel(due_at + timedelta(seconds=30), tick=False):
        before = told(claim)
        enforce(now=timezone.now())
        assert Claim.objects.get(pk=claim.pk).status == Status.REJECTED
        assert told(claim) == before
    with on(25):
        assert told(claim) == before
    assert [awaited for awaited, _days in before] == ["partner_answer"]


def test_a_portal_that_stands_still_from_midnight_on_has_every_day_that_passed(side: Side, reviewer: User) -> None:
    side.firm.time_zone = "America/Los_Angeles"
    side.firm.save()
    with on(1):
        claim = make_submitted(side)
        ask(claim, reviewer)
    with on(9):
        assert told(claim) == [("partner_answer", 5)], "whose this day is shows when it is over"
    with on(10):
        assert told(claim) == [("partner_answer", 5), ("portal", 2)]


def test_a_withdrawn_claim_is_nobodys_from_then_on(side: Side) -> None:
    with on(1):
        claim = make_submitted(side)
    with on(4):
        withdraw(reference=claim.reference, by=side.person)
    with on(25):
        assert told(claim) == [("review", 3)]


def test_the_time_to_dispute_is_no_turn(side: Side, reviewer: User) -> None:
    with on(1):
        claim = make_submitted(side)
    with on(2):
        start_review(reference=claim.reference, by=reviewer)
        reject(reference=claim.reference, by=reviewer, reasons=[Reason.PROOF_MISSING], text="It is missing.")
        assert claim.deadlines.running().filter(kind=DeadlineKind.DISPUTE_WINDOW).exists()
    with on(25):
        assert told(claim) == [("review", 1)]


def test_a_closure_of_the_review_site_is_no_day_of_the_ledger(side: Side) -> None:
    CalendarException.objects.create(day=date(2027, 2, 3), kind=DayKind.CLOSED, reason="Snow")
    with on(1):
        claim = make_submitted(side)
    with on(5):
        assert told(claim) == [("review", 3)]


def test_the_customers_window_ends_when_it_has_run_out_whenever_the_portal_looks(side: Side, reviewer: User) -> None:
    with on(1):
        claim = make_submitted(side)
        start_review(reference=claim.reference, by=reviewer)
        approve(reference=claim.reference, by=reviewer)
        Deadline.objects.create(
            claim=claim,
            kind=DeadlineKind.CUSTOMER_WINDOW,
            about="event:1",
            party="customer",
            started_at=timezone.now(),
            due_at=datetime(2027, 2, 9, 7, 59, 59, tzinfo=UTC),
            days=7,
            calendar_country="US",
            calendar_zone="America/Los_Angeles",
        )
    with on(4):
        assert told(claim) == [("customer_window", 3)]
    with on(25):
        assert told(claim) == [("customer_window", 5)]


def test_the_ledger_of_a_long_life_takes_two_queries(
    side: Side, reviewer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with on(1):
        claim = make_submitted(side)
    for day in range(2, 12):
        with on(day):
            ask(claim, reviewer)
            resubmit(reference=claim.reference, by=side.person, body="Here it is.")
    with on(12):
        claim = Claim.objects.get(pk=claim.pk)
        deadlines = list(claim.deadlines.all())
        with django_assert_num_queries(2):
            ledger_of(claim, deadlines, timezone.now())


# --- What always holds of rows -----------------------------------------------------------------------------

START = datetime(2027, 1, 1, tzinfo=UTC)
REDMOND = WorkCalendar("US", "America/Los_Angeles")
hours = st.integers(0, 1200).map(lambda count: timedelta(hours=count))


zones = st.sampled_from(
    [
        "America/Los_Angeles",
        "America/Vancouver",
        "America/New_York",
        "Europe/Budapest",
        "Asia/Kathmandu",
        "Pacific/Apia",
    ]
)
minutes = st.integers(0, 60_000).map(lambda count: timedelta(minutes=count))


@st.composite
def rows(draw: st.DrawFn) -> list[Deadline]:
    deadlines = []
    for kind in draw(st.lists(st.sampled_from(sorted(AWAITED)), max_size=6)):
        started_at = START + draw(hours)
        ends = end_of_day((started_at + draw(hours)).date() + timedelta(days=1), draw(zones))
        due_at = draw(st.sampled_from([ends, started_at + timedelta(hours=1) + draw(hours)]))
        lasted = draw(st.none() | hours)
        ended_at = None if lasted is None else started_at + lasted
        deadlines.append(Deadline(kind=kind, started_at=started_at, due_at=due_at, met_at=ended_at))
    return deadlines


def days_of(deadlines: list[Deadline], statuses: list[StatusChange], now: datetime) -> list[tuple[date, Awaited]]:
    """The ledger day by day, as it reads at `now`."""
    told = reckon(deadlines, statuses, REDMOND, START, now)
    spans = (
        (stretch, working_days_between(stretch.first - timedelta(days=1), stretch.last, REDMOND))
        for stretch in told.stretches
    )
    return [(day, stretch.awaited) for stretch, days in spans for day in days]


@settings(deadline=None)
@given(deadlines=rows(), now=minutes, later=minutes, on_time=st.booleans())
def test_what_is_done_after_now_changes_no_day_up_to_now(
    deadlines: list[Deadline], now: timedelta, later: timedelta, on_time: bool
) -> None:
    statuses, until = [StatusChange(Status.SUBMITTED, START)], START + now
    open_ones = [row for row in deadlines if row.met_at is None]
    before = days_of(deadlines, statuses, until)
    for row in open_ones:
        row.cancelled_at = max(row.started_at, until, row.due_at if on_time else until) + later
    after = days_of(deadlines, statuses, until + later)
    assert after[: len(before)] == before


@settings(deadline=None)
@given(deadlines=rows(), now=minutes)
def test_a_partner_never_has_a_day_after_its_time_was_over(deadlines: list[Deadline], now: timedelta) -> None:
    statuses = [StatusChange(Status.SUBMITTED, START)]
    for day, awaited in days_of(deadlines, statuses, START + now):
        if awaited in (Awaited.PARTNER_ANSWER, Awaited.EVIDENCE):
            ends = [row.due_at for row in deadlines if AWAITED[row.kind] == awaited]
            assert day <= max(ends).astimezone(ZoneInfo(REDMOND.time_zone)).date()


@settings(deadline=None)
@given(
    firm=zones,
    site=zones,
    kind=st.sampled_from([DeadlineKind.PARTNER_ANSWER, DeadlineKind.EVIDENCE]),
    started=minutes,
    swept=st.integers(1, 300).map(lambda count: timedelta(seconds=count)),
    read=st.integers(0, 40_000).map(lambda count: timedelta(minutes=count)),
    goes_on=st.booleans(),
)
def test_on_ordinary_expiry_the_portal_has_no_day_and_nobody_is_left_with_one(
    firm: str,
    site: str,
    kind: DeadlineKind,
    started: timedelta,
    swept: timedelta,
    read: timedelta,
    goes_on: bool,
) -> None:
    calendar, started_at = WorkCalendar("US", site), START + started
    due_at = deadline(started_at, 5, WorkCalendar("US", firm))
    done_at = due_at + swept
    row = Deadline(kind=kind, started_at=started_at, due_at=due_at)
    asked = Status.PARTNER_ACTION_REQUIRED if kind == DeadlineKind.PARTNER_ANSWER else Status.UNDER_REVIEW
    statuses = [StatusChange(Status.SUBMITTED, START), StatusChange(asked, started_at)]
    before = reckon([row], statuses, calendar, started_at, due_at + swept / 2)
    row.breached_at = row.cancelled_at = done_at
    rows = [row]
    if goes_on or kind == DeadlineKind.EVIDENCE:
        then = DeadlineKind.REVIEW if kind == DeadlineKind.PARTNER_ANSWER else DeadlineKind.RULING
        rows.append(Deadline(kind=then, started_at=done_at, due_at=done_at + timedelta(days=7)))
        statuses.append(StatusChange(Status.UNDER_REVIEW, done_at))
    else:
        statuses.append(StatusChange(Status.REJECTED, done_at))
    after = reckon(rows, statuses, calendar, started_at, done_at + read)
    awaited = {stretch.awaited for told in (before, after) for stretch in told.stretches}
    assert awaited <= {AWAITED[row.kind] for row in rows}
    assert after.stretches[0].awaited == AWAITED[kind]
    assert before.stretches[0] == after.stretches[0], "what was read before the sweep is still said after it"
