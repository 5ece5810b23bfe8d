"""The ledger of real claims, driven by the real acts, and what their rows may never do to past days."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

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
from claims.ledger import Awaited, Holder, Ledger, StatusChange, counted_until, entries
from claims.ledger_of import AWAITED, ledger_of, turns_of
from claims.models import Claim, Deadline
from claims.words import DeadlineKind, Reason, Status
from cpor_portal.accounts.models import CalendarException, DayKind, User
from cpor_portal.working_days import WorkCalendar
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


@st.composite
def rows(draw: st.DrawFn) -> list[Deadline]:
    deadlines = []
    for kind in draw(st.lists(st.sampled_from(sorted(AWAITED)), max_size=6)):
        started_at = START + draw(hours)
        due_at = started_at + timedelta(hours=1) + draw(hours)
        lasted = draw(st.none() | hours)
        ended_at = None if lasted is None else started_at + lasted
        deadlines.append(Deadline(kind=kind, started_at=started_at, due_at=due_at, met_at=ended_at))
    return deadlines


@settings(deadline=None)
@given(deadlines=rows(), now=hours, later=hours)
def test_what_is_done_after_now_changes_no_day_up_to_now(
    deadlines: list[Deadline], now: timedelta, later: timedelta
) -> None:
    statuses, until = [StatusChange(Status.SUBMITTED, START)], START + now
    before = entries(turns_of(deadlines), statuses, REDMOND, START, until)
    for deadline in deadlines:
        if deadline.met_at is None:
            deadline.cancelled_at = max(deadline.started_at, until) + later
    assert entries(turns_of(deadlines), statuses, REDMOND, START, until) == before


@settings(deadline=None)
@given(deadlines=rows(), now=hours)
def test_a_partner_never_has_a_day_after_its_time_was_over(deadlines: list[Deadline], now: timedelta) -> None:
    statuses = [StatusChange(Status.SUBMITTED, START)]
    until = counted_until(turns_of(deadlines), statuses, START + now)
    for day, awaited in entries(turns_of(deadlines), statuses, REDMOND, START, until):
        if awaited in (Awaited.PARTNER_ANSWER, Awaited.EVIDENCE):
            ends = [row.due_at for row in deadlines if AWAITED[row.kind] == awaited]
            assert day <= (max(ends) - timedelta(hours=8)).date()
