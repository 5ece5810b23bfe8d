"""What a calendar would have given, by `manage.py preview_calendar`; and that asking changes nothing."""

import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from claims.calendar_preview import Whose, compare, preview
from claims.models import Claim, Deadline
from claims.models.history import DeadlineParty
from claims.words import DeadlineKind
from cpor_portal import working_days
from cpor_portal.accounts.calendars import firm_calendar, review_calendar
from cpor_portal.accounts.models import CalendarException, DayKind, PartnerFirm
from cpor_portal.working_days import WorkCalendar
from tests.support.claims import make_draft
from tests.support.factories import make_firm

pytestmark = pytest.mark.django_db

SUNDAY = datetime(2026, 11, 22, 18, tzinfo=UTC)
PARTNERS = {DeadlineKind.PARTNER_ANSWER, DeadlineKind.EVIDENCE, DeadlineKind.DISPUTE_WINDOW, DeadlineKind.DRAFT_EXPIRY}


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """Sunday 22 November 2026."""
    with time_machine.travel(SUNDAY, tick=False):
        yield


def start(claim: Claim, kind: DeadlineKind, at: datetime = SUNDAY, **fields: object) -> Deadline:
    """A deadline of five business days, or a window of thirty days, by the calendar as it is now."""
    is_partners = kind in PARTNERS
    calendar = firm_calendar(claim.firm) if is_partners else review_calendar()
    in_days = kind in (DeadlineKind.DISPUTE_WINDOW, DeadlineKind.DRAFT_EXPIRY, DeadlineKind.CUSTOMER_WINDOW)
    due_at = (
        working_days.calendar_days_deadline(at, 30, calendar.time_zone)
        if in_days
        else working_days.deadline(at, 5, calendar)
    )
    values = {
        "claim": claim,
        "kind": kind,
        "party": DeadlineParty.PARTNER if is_partners else DeadlineParty.MICROSOFT,
        "started_at": at,
        "due_at": due_at,
        "days": 30 if in_days else 5,
        "calendar_country": calendar.country,
        "calendar_zone": calendar.time_zone,
    }
    return Deadline.objects.create(**(values | fields))


def asked(*options: str) -> list[str]:
    """What the command prints."""
    out = StringIO()
    call_command("preview_calendar", *options, stdout=out)
    return out.getvalue().splitlines()


def close(day: str, **whose: object) -> CalendarException:
    return CalendarException(day=date.fromisoformat(day), kind=DayKind.CLOSED, reason="Moving house", **whose)


def moved(whose: Whose, *proposed: CalendarException, since: date | None = None) -> dict[str, str]:
    """By claim: the local date at which each deadline that differs would be due."""
    return {
        one.deadline.claim.reference: str(working_days.local_day(one.would_be_due, one.calendar.time_zone))
        for one in preview(whose, proposed, since)
        if one.differs
    }


def test_a_closure_at_the_review_site_is_shown_with_claim_calendar_and_both_dates() -> None:
    claim = make_draft()
    deadline = start(claim, DeadlineKind.REVIEW)
    head, row, sum_ = asked("--close", "2026-11-27")
    assert head == f"{'claim':<12}{'deadline':<16}{'calendar':<30}{'due as it stands':<28}due under this calendar"
    assert row.split() == [
        *(claim.reference, "review", "US", "America/Los_Angeles"),
        *("2026-11-30", "23:59:59-08:00", "2026-12-01", "23:59:59-08:00"),
    ]
    assert sum_ == "Deadlines with another date: 1 of 1. Nothing was changed."
    kept = Deadline.objects.get()
    assert (kept.due_at, kept.closures) == (deadline.due_at, [])
    assert not CalendarException.objects.exists()


def test_several_days_are_closed_and_worked_at_once() -> None:
    start(make_draft(), DeadlineKind.REVIEW)
    (row,) = asked("--close", "2026-11-24", "--close", "2026-11-25", "--work", "2026-11-26")[1:-1]
    assert row.endswith("2026-12-01 23:59:59-08:00")  # 23, 26, 27, 30 November, 1 December


def test_each_kind_in_business_days_is_looked_at_and_no_window() -> None:
    claim = make_draft()
    for kind in DeadlineKind:
        start(claim, kind)
    at_the_site = {DeadlineKind.REVIEW, DeadlineKind.RULING, DeadlineKind.DISPUTE_RULING, DeadlineKind.CORRECTION}
    assert {one.deadline.kind for one in preview(Whose())} == at_the_site
    assert {one.deadline.kind for one in preview(Whose(claim.firm))} == {
        DeadlineKind.PARTNER_ANSWER,
        DeadlineKind.EVIDENCE,
    }


def test_a_firms_closure_concerns_its_own_deadlines_alone() -> None:
    claim, other = make_draft(), make_draft()
    for one in (claim, other):
        start(one, DeadlineKind.PARTNER_ANSWER)
        start(one, DeadlineKind.REVIEW)
    (row,) = asked("--firm", claim.firm.global_id, "--close", "2026-11-27")[1:-1]
    assert row.split()[:4] == [claim.reference, "partner_answer", "US", "America/New_York"]


def test_a_countrys_closure_concerns_its_firms_and_the_review_site_if_it_lies_there(settings: Settings) -> None:
    hungarian, american = make_draft(make_firm(country="HU", time_zone="Europe/Budapest")), make_draft()
    reviewed = make_draft()
    start(hungarian, DeadlineKind.PARTNER_ANSWER)
    start(american, DeadlineKind.PARTNER_ANSWER)
    start(reviewed, DeadlineKind.REVIEW)
    in_hungary, in_america = close("2026-11-25", country="HU"), close("2026-11-25", country="US")
    assert moved(Whose(country="HU"), in_hungary) == {hungarian.reference: "2026-11-30"}
    assert moved(Whose(country="US"), in_america) == {
        american.reference: "2026-12-01",
        reviewed.reference: "2026-12-01",
    }
    settings.REVIEW_COUNTRY = "DE"
    assert reviewed.reference not in moved(Whose(country="US"), in_america)


def test_a_firm_that_works_on_a_day_that_its_country_would_close_is_not_moved() -> None:
    stubborn, other = make_draft(), make_draft()
    CalendarException.objects.create(
        firm=stubborn.firm, day=date(2026, 11, 27), kind=DayKind.WORKED, reason="Stocktaking"
    )
    for claim in (stubborn, other):
        start(claim, DeadlineKind.PARTNER_ANSWER)
    assert moved(Whose(country="US"), close("2026-11-27", country="US")) == {other.reference: "2026-12-01"}


def test_without_days_the_table_as_it_is_now_is_held_against_what_each_deadline_was_given() -> None:
    before, after = make_draft(), make_draft()
    start(before, DeadlineKind.REVIEW)
    assert asked()[1:] == ["Deadlines with another date: 0 of 1. Nothing was changed."]
    close("2026-11-27").save()
    start(after, DeadlineKind.REVIEW)
    assert moved(Whose()) == {before.reference: "2026-12-01"}
    assert asked()[-1] == "Deadlines with another date: 1 of 2. Nothing was changed."


def test_a_firm_that_moved_to_another_country_is_shown_with_its_new_calendar() -> None:
    claim = make_draft(make_firm(country="US", time_zone="America/New_York"))
    start(claim, DeadlineKind.PARTNER_ANSWER)
    PartnerFirm.objects.update(country="HU", time_zone="Europe/Budapest")
    (row,) = asked("--firm", claim.firm.global_id)[1:-1]
    assert row.split()[2:] == [
        *("HU", "Europe/Budapest", "2026-11-30", "23:59:59-05:00"),
        *("2026-11-27", "23:59:59+01:00"),
    ]


@pytest.mark.parametrize("ended", ["met_at", "cancelled_at"])
def test_what_has_ended_is_looked_at_only_if_asked_since_when_it_began(ended: str) -> None:
    early, late = make_draft(), make_draft()
    # 9 November ends in Los Angeles at 08:00 UTC of the 10th
    start(early, DeadlineKind.REVIEW, datetime(2026, 11, 10, 7, 59, tzinfo=UTC), **{ended: SUNDAY})
    start(late, DeadlineKind.REVIEW, datetime(2026, 11, 10, 8, 0, tzinfo=UTC), **{ended: SUNDAY})
    closed = close("2026-11-16")
    assert moved(Whose(), closed) == {}
    assert moved(Whose(), closed, since=date(2026, 11, 10)) == {late.reference: "2026-11-19"}
    assert set(moved(Whose(), closed, since=date(2026, 11, 9))) == {early.reference, late.reference}
    assert asked("--close", "2026-11-16", "--since", "2026-11-10")[1].startswith(late.reference)


def test_a_missed_deadline_still_runs_whenever_it_began() -> None:
    claim = make_draft()
    start(claim, DeadlineKind.REVIEW, datetime(2026, 11, 2, 18, tzinfo=UTC), breached_at=SUNDAY)
    assert moved(Whose(), close("2026-11-04"), since=date(2026, 11, 20)) == {claim.reference: "2026-11-10"}


def test_comparing_counts_from_each_deadlines_own_start_and_days() -> None:
    due_at = datetime(2026, 12, 1, tzinfo=UTC)
    rows = [Deadline(started_at=SUNDAY, days=days, due_at=due_at) for days in (1, 5)]
    calendar = WorkCalendar("HU", "Europe/Budapest")
    found = list(compare(rows, lambda deadline: calendar))
    assert [f"{one.would_be_due:%d %H:%M:%S}" for one in found] == ["23 22:59:59", "27 22:59:59"]
    assert all(one.differs for one in found)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--close", "tomorrow"], "'tomorrow' is not a date such as 2026-12-24"),
        (["--work", "2026-02-30"], "'2026-02-30' is not a date"),
        (["--since", "0001-01-01"], "'0001-01-01' is not between the years 2000 and 2100"),
        (["--country", "ZZ"], "'ZZ' is not a country code"),
        (["--firm", "1"], "no firm has the global MPN ID '1'"),
        (["--country", "HU", "--firm", "7654321"], "not allowed with"),
        (["--close", "2026-11-24", "--work", "2026-11-24"], "2026-11-24 can not be closed and worked at once"),
    ],
)
def test_bad_input_is_refused_with_what_is_wrong(options: list[str], said: str) -> None:
    make_firm(global_id="7654321")
    with pytest.raises(CommandError, match=said):
        asked(*options)


def test_it_only_reads_and_asks_once_for_each_firm() -> None:
    firms = [make_firm() for _number in range(3)]
    for firm in firms * 4:
        start(make_draft(firm), DeadlineKind.PARTNER_ANSWER)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert len(list(preview(Whose(country="HU")))) == 0
        assert len(moved(Whose(country="US"), close("2026-11-27", country="US"))) == 12
    sql = [query["sql"] for query in captured]
    assert all(statement.startswith(("SELECT", "DECLARE")) for statement in sql)
    assert len(sql) == 2 + 2 + len(firms)  # each time the deadlines and the review site; then each firm


def test_memory_stays_flat_however_many_deadlines_there_are() -> None:
    claim = make_draft()
    first = start(claim, DeadlineKind.REVIEW, met_at=SUNDAY)

    def add(count: int) -> None:
        fields = {field.attname: getattr(first, field.attname) for field in Deadline._meta.concrete_fields}
        Deadline.objects.bulk_create([Deadline(**(fields | {"id": None})) for _number in range(count)], batch_size=500)

    def peak() -> int:
        tracemalloc.start()
        assert sum(one.differs for one in preview(Whose(), since=date(2026, 11, 1))) == 0
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    add(699)
    few = peak()
    add(2_100)
    assert peak() < few * 1.5
