"""The figures of small stories, counted by hand. The review site keeps the calendar of the United States."""

from datetime import date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from arbitration.acts.approve import approve
from arbitration.acts.ask import request_information
from arbitration.acts.assign import assign
from arbitration.acts.reject import reject
from arbitration.acts.start import start_review
from arbitration.enforcement import enforce
from arbitration.figures.current import age_limits
from arbitration.figures.periods import By, Span, usual_span
from arbitration.figures.report import figures_of
from arbitration.models import Desk, SecondReading
from claims.acts.resubmit import resubmit
from claims.models import Claim
from claims.words import Reason
from cpor_portal.accounts.calendars import review_calendar
from cpor_portal.accounts.models import CalendarException, DayKind, StaffRole, User
from cpor_portal.directory.models import Product, Tenant
from cpor_portal.working_days import local_day, working_days_between
from tests.arbitration.figures.telling import approved, clock_at, counted, moment, rows, started, submitted
from tests.support.factories import make_staff, make_workload
from tests.support.stories import Side, make_customer, make_side, make_submitted, make_under_review

pytestmark = pytest.mark.django_db
# What each kind of question asks of the database; the rest is the same on both.
on_both = pytest.mark.sqlite_too
OLD = [Reason.DATES_MISSING_OR_OLD]


@pytest.fixture
def rita() -> User:
    return make_staff(name="Rita")


@pytest.fixture
def ada() -> User:
    return make_staff(StaffRole.ARBITER, name="Ada")


# --- How quickly -------------------------------------------------------------------------------------------


@on_both
def test_business_days_leave_out_weekends_and_thanksgiving(rita: User) -> None:
    approved(submitted("2026-11-18 10:00"), rita, "2026-11-19 16:00")  # Wednesday to Thursday: 1
    approved(submitted("2026-11-22 12:00"), rita, "2026-11-30 09:00")  # from a Sunday over Thanksgiving: 5
    approved(submitted("2026-11-13 10:00"), rita, "2026-11-23 09:00")  # two Fridays before, to a Monday: 6
    weeks = rows(counted("2026-11-16", "2026-12-06").by_code["timing"])
    assert list(weeks.values())[:3] == [
        [1, 1.0, 1, 1.0, 0],
        [1, 6.0, 6, 0.0, 1],
        [1, 5.0, 5, 1.0, 0],
    ]
    month = rows(counted("2026-11-01", "2026-11-30", By.MONTH).by_code["timing"])
    assert month["November 2026"] == month["All first decisions"] == [3, 5.0, 6, 2 / 3, 1]


def test_an_even_number_has_its_median_between_two(rita: User) -> None:
    approved(submitted("2026-11-16 09:00"), rita, "2026-11-17 09:00")  # 1
    approved(submitted("2026-11-16 09:00"), rita, "2026-11-18 09:00")  # 2
    approved(submitted("2026-11-16 09:00"), rita, "2026-11-20 09:00")  # 4
    approved(submitted("2026-11-16 09:00"), rita, "2026-11-16 15:00")  # the same day: 0
    whole = rows(counted("2026-11-16", "2026-11-22").by_code["timing"])["All first decisions"]
    assert whole == [4, 1.5, 4, 1.0, 0]


def test_a_closure_of_the_review_site_counts_for_nobody(rita: User) -> None:
    with clock_at("2026-11-01 09:00"):
        CalendarException.objects.create(day=date(2026, 11, 17), kind=DayKind.CLOSED, reason="Moving house")
    approved(submitted("2026-11-16 09:00"), rita, "2026-11-18 09:00")
    assert rows(counted("2026-11-16", "2026-11-22").by_code["timing"])["All first decisions"][1] == 1


@on_both
def test_a_decision_belongs_to_the_week_of_the_review_site(rita: User) -> None:
    # In Seattle it is still Sunday, in London Monday morning.
    approved(submitted("2026-11-18 10:00"), rita, "2026-11-22 23:30")
    weeks = list(rows(counted("2026-11-16", "2026-11-29").by_code["timing"]).values())
    assert [week[0] for week in weeks[:2]] == [1, 0]
    assert weeks[1] == [0, None, None, None, 0]
    assert [week[0] for week in rows(counted("2026-11-23", "2026-11-29").by_code["timing"]).values()] == [0, 0, 0, 0]


def test_each_round_has_its_own_first_decision(rita: User) -> None:
    claim = started(submitted("2026-11-02 09:00"), rita, "2026-11-03 09:00")
    with clock_at("2026-11-04 09:00"):
        request_information(reference=claim.reference, by=rita, reasons=OLD, text="Please date it.")
    with clock_at("2026-11-09 09:00"):
        resubmit(reference=claim.reference, by=claim.submitted_by)
    approved(claim, rita, "2026-11-13 09:00")  # Veterans Day, 11 November, is none of them: 3
    table = rows(counted("2026-11-01", "2026-11-30", By.MONTH).by_code["timing"])
    assert table["Of claims as first submitted"][:2] == [1, 2.0]
    assert table["Of claims that came back with an answer"][:2] == [1, 3.0]
    assert table["All first decisions"] == [2, 2.5, 3, 1.0, 0]


def test_a_second_decision_in_a_round_is_no_first_one(rita: User) -> None:
    first, second = make_workload(), make_workload()
    with clock_at("2026-11-16 09:00"):
        side, tenant = make_side(), make_customer(first, second)
    claim = started(_submitted_for(side, tenant, first, second, at="2026-11-16 09:00"), rita, "2026-11-17 09:00")
    for at, product in (("2026-11-17 09:00", first), ("2026-11-20 09:00", second)):
        with clock_at(at):
            approve(reference=claim.reference, by=rita, line_ids=[claim.lines.get(product=product).pk])
    found = counted("2026-11-16", "2026-11-22").by_code
    assert rows(found["timing"])["All first decisions"][:2] == [1, 1.0]
    assert rows(found["decisions"])["The whole time"][0] == 2


def _submitted_for(side: Side, tenant: Tenant, *products: Product, at: str) -> Claim:
    with clock_at(at):
        return make_submitted(side, tenant, *products)


# --- What came too late ------------------------------------------------------------------------------------


@on_both
def test_a_missed_review_counts_once_when_it_was_missed(rita: User) -> None:
    claim = submitted("2026-11-13 10:00")  # due on Friday 20 November
    with clock_at("2026-11-21 00:05") as now:
        enforce(now=now)
    approved(claim, rita, "2026-11-25 09:00")
    weeks = list(rows(counted("2026-11-16", "2026-11-29").by_code["breaches"]).values())
    assert weeks == [[1, 0, 0, 0, 1], [0, 0, 0, 0, 0], [1, 0, 0, 0, 1]]


def test_a_review_that_ended_late_before_any_sweep_counts_too(rita: User) -> None:
    approved(submitted("2026-11-13 10:00"), rita, "2026-11-23 09:00")
    weeks = list(rows(counted("2026-11-16", "2026-11-29").by_code["breaches"]).values())
    assert [week[0] for week in weeks] == [0, 1, 1]


def test_a_partner_who_stays_silent_is_no_breach_of_microsofts(rita: User) -> None:
    claim = started(submitted("2026-11-02 09:00"), rita, "2026-11-03 09:00")
    with clock_at("2026-11-03 09:00"):
        request_information(reference=claim.reference, by=rita, reasons=OLD, text="Please date it.")
    with clock_at("2026-11-20 09:00") as now:
        enforce(now=now)
    assert rows(counted("2026-11-01", "2026-11-30", By.MONTH).by_code["breaches"])["The whole time"][-1] == 0


# --- What is open now --------------------------------------------------------------------------------------


@on_both
def test_open_claims_stand_by_age_and_status(rita: User) -> None:
    submitted("2026-11-30 10:00")
    submitted("2026-11-29 10:00")  # a Sunday: one business day on Monday
    started(submitted("2026-11-23 10:00"), rita, "2026-11-24 09:00")  # Tuesday, Wednesday, Friday, Monday: 4
    claim = started(submitted("2026-10-01 10:00"), rita, "2026-10-02 09:00")
    with clock_at("2026-10-02 10:00"):
        request_information(reference=claim.reference, by=rita, reasons=OLD, text="Please date it.")
    approved(submitted("2026-11-30 10:00"), rita, "2026-11-30 11:00")
    table = counted("2026-11-16", "2026-11-30", now="2026-11-30 20:00").by_code["open"]
    assert rows(table) == {
        "0 to 1": [2, 0, 0, 2],
        "2 to 3": [0, 0, 0, 0],
        "4 to 5": [0, 1, 0, 1],
        "6 to 10": [0, 0, 0, 0],
        "11 to 20": [0, 0, 0, 0],
        "more than 20": [0, 0, 1, 1],
        "All open claims": [2, 1, 1, 4],
    }


@pytest.mark.parametrize("now", ["2026-11-22 12:00", "2026-11-26 12:00", "2026-11-30 00:00", "2026-12-01 23:59"])
def test_bands_of_age_count_as_the_review_clock_does(now: str) -> None:
    calendar, instant = review_calendar(), moment(now)
    today = local_day(instant, calendar.time_zone)
    for days, since in zip((1, 3, 5, 10, 20), age_limits(instant, calendar), strict=True):
        first = local_day(since, calendar.time_zone)
        assert len(working_days_between(first, today, calendar)) <= days
        before = date.fromordinal(first.toordinal() - 1)
        assert len(working_days_between(before, today, calendar)) > days


@on_both
def test_what_is_owed_stands_by_its_day_at_the_review_site() -> None:
    submitted("2026-11-13 10:00")  # Friday 20 November
    submitted("2026-11-16 10:00")  # Monday 23
    submitted("2026-11-17 10:00")  # Tuesday 24
    submitted("2026-11-18 10:00")  # Wednesday 25
    submitted("2026-11-19 10:00")  # Friday 27, the same week
    submitted("2026-11-20 10:00")  # Monday 30
    found = counted("2026-11-16", "2026-11-30", now="2026-11-23 08:00")
    assert {when: row[0] for when, row in rows(found.by_code["due"]).items()} == {
        "Overdue": 1,
        "Due today": 1,
        "Due tomorrow": 1,
        "Later this week": 2,
        "After this week": 1,
        "All deadlines that run": 6,
    }
    assert found.in_short == [
        ("Open claims", 6),
        ("Deadlines overdue", 1),
        ("Deadlines due today", 1),
        ("Deadlines due tomorrow", 1),
        ("Deadlines due later this week", 2),
    ]


def test_the_last_second_of_the_day_is_not_overdue() -> None:
    submitted("2026-11-13 10:00")
    last, after = (counted("2026-11-16", "2026-11-22", now=now) for now in ("2026-11-20 23:59:59", "2026-11-21 00:00"))
    assert rows(last.by_code["due"])["Due today"][0] == 1
    assert rows(after.by_code["due"])["Overdue"][0] == 1


# --- What was decided, and why -----------------------------------------------------------------------------


@on_both
def test_decisions_and_reasons_are_counted_by_product(rita: User) -> None:
    products = [make_workload() for _number in range(3)]
    with clock_at("2026-11-16 09:00"):
        side, tenant = make_side(), make_customer(*products)
    claim = started(_submitted_for(side, tenant, *products, at="2026-11-16 09:00"), rita, "2026-11-17 09:00")
    good, bad, open_one = (claim.lines.get(product=product).pk for product in products)
    with clock_at("2026-11-17 10:00"):
        approve(reference=claim.reference, by=rita, line_ids=[good])
        reasons = [Reason.PROOF_MISSING, Reason.PRODUCT_MISSING]
        reject(reference=claim.reference, by=rita, line_ids=[bad], reasons=reasons, text="No.")
        request_information(reference=claim.reference, by=rita, line_ids=[open_one], reasons=OLD, text="When?")
    approved(submitted("2026-11-16 09:00"), rita, "2026-11-18 09:00")
    found = counted("2026-11-16", "2026-11-22").by_code
    assert rows(found["decisions"])["The whole time"] == [4, 2, 0.5, 1, 0.25, 1, 0.25, 0, 0.0]
    why = rows(found["reasons"])
    assert why["The proof of execution is missing or about something else"] == [0, 0.0, 1, 1.0, 0, None]
    assert why["A claimed product is not named in the proof"] == [0, 0.0, 1, 1.0, 0, None]
    assert why["The dates are missing or too old"] == [1, 1.0, 0, 0.0, 0, None]
    assert why["The work is not described"] == [0, 0.0, 0, 0.0, 0, None]


def test_decisions_outside_the_time_are_not_counted(rita: User) -> None:
    approved(submitted("2026-11-02 09:00"), rita, "2026-11-03 09:00")
    approved(submitted("2026-11-23 09:00"), rita, "2026-11-24 00:00")
    found = counted("2026-11-04", "2026-11-23").by_code
    assert rows(found["decisions"])["The whole time"][0] == 0
    assert rows(found["timing"])["All first decisions"][0] == 0


# --- Reviewers ---------------------------------------------------------------------------------------------


@on_both
def test_each_reviewers_load_and_rate(rita: User, ada: User) -> None:
    approved(submitted("2026-11-16 09:00"), rita, "2026-11-17 09:00")
    approved(submitted("2026-11-16 09:00"), rita, "2026-11-19 09:00")
    approved(submitted("2026-11-16 09:00"), ada, "2026-11-18 09:00")
    started(submitted("2026-11-13 09:00"), rita, "2026-11-17 09:00")  # due on the 20th
    with clock_at("2026-11-20 09:00"):
        Desk.objects.update_or_create(person=rita, defaults={"load_limit": 7})
    late = submitted("2026-11-20 09:00")
    with clock_at("2026-11-20 10:00"):
        assign(reference=late.reference, by=ada, reviewer_email=ada.email)
    submitted("2026-11-20 11:00")
    found = counted("2026-11-16", "2026-11-22", now="2026-11-22 09:00").by_code
    assert rows(found["load"]) == {
        "Ada": [1, 0, 0, None],
        "Rita": [1, 1, 0, 7],
        "Nobody": [1, 0, 0, None],
        "Together": [3, 1, 0, None],
    }
    rates = rows(found["reviewers"])
    assert rates["Rita"] == [2, 2 / 5, 2.0, 3, 1.0, 2, 0, 0, 0, 0, 0]
    assert rates["Ada"] == [1, 1 / 5, 2.0, 2, 1.0, 1, 0, 0, 0, 0, 0]
    assert rates["Together"] == [3, 3 / 5, 2.0, 3, 1.0, 3, 0, 0, 0, 0, 0]


def test_the_rate_counts_the_business_days_that_have_passed(rita: User) -> None:
    approved(submitted("2026-11-23 09:00"), rita, "2026-11-24 09:00")
    # On Tuesday two business days of that week are there; in the end there are four, because of Thanksgiving.
    assert rows(counted("2026-11-23", "2026-11-24", now="2026-11-24 12:00").by_code["reviewers"])["Rita"][1] == 1 / 2
    assert rows(counted("2026-11-23", "2026-11-29").by_code["reviewers"])["Rita"][1] == 1 / 4


def test_whoever_no_longer_reviews_keeps_their_figures(rita: User) -> None:
    approved(submitted("2026-11-16 09:00"), rita, "2026-11-17 09:00")
    idle = make_staff(name="Idle", is_active=False)
    User.objects.filter(pk=rita.pk).update(staff_role="")
    found = counted("2026-11-16", "2026-11-22").by_code
    assert "Rita" in rows(found["reviewers"])
    assert idle.name not in rows(found["reviewers"])
    assert "Rita" not in rows(found["load"])


# --- Second readings ---------------------------------------------------------------------------------------


@on_both
def test_second_readings_are_counted_when_they_were_read(rita: User, ada: User) -> None:
    for number, verdict in enumerate(["approved", "rejected", "approved"]):
        claim = approved(submitted("2026-11-02 09:00"), rita, "2026-11-03 09:00")
        _read_again(claim, ada, verdict, moment(f"2026-11-{16 + 4 * number} 09:00"))
    found = counted("2026-11-16", "2026-11-22").by_code
    assert rows(found["second_readings"])["The whole time"] == [2, 1, 1, 0.5]
    assert rows(found["reviewers"])["Rita"][-2:] == [2, 1]
    (row,) = found["disagreements"].rows
    assert [row.values[index] for index in (3, 4, 5, 6)] == ["Approved", "Rita", "Rejected", "Ada"]
    assert row.url == f"/review/{row.values[0]}/"


def _read_again(claim: Claim, reader: User, verdict: str, at: datetime) -> None:
    review, line = claim.reviews.get(), str(claim.lines.get().pk)
    SecondReading.objects.filter(review=review).delete()
    SecondReading.objects.create(
        review=review,
        sampled_at=at,
        reader=reader,
        taken_at=at,
        read_at=at,
        first={line: "approved"},
        verdicts={line: verdict},
        agrees=verdict == "approved",
    )


# --- The time and the questions to the database ------------------------------------------------------------


def test_weeks_begin_on_monday_and_are_cut_off_at_the_ends() -> None:
    weeks = Span(date(2026, 11, 18), date(2026, 12, 1), By.WEEK).periods
    assert [(week.first.isoformat(), week.last.isoformat()) for week in weeks] == [
        ("2026-11-18", "2026-11-22"),
        ("2026-11-23", "2026-11-29"),
        ("2026-11-30", "2026-12-01"),
    ]
    assert weeks[0].label == "18 Nov – 22 Nov 2026"


def test_months_follow_each_other_over_the_year() -> None:
    months = Span(date(2026, 11, 1), date(2027, 2, 28), By.MONTH).periods
    assert [month.label for month in months] == ["November 2026", "December 2026", "January 2027", "February 2027"]
    assert Span(date(2026, 11, 2), date(2026, 11, 30), By.MONTH).periods[0].label == "2 Nov – 30 Nov 2026"


def test_the_usual_time_is_twelve_weeks_or_months_with_the_running_one() -> None:
    assert len(usual_span(date(2026, 11, 25), By.WEEK).periods) == 12
    assert usual_span(date(2026, 11, 25), By.WEEK).first == date(2026, 9, 7)
    assert usual_span(date(2026, 11, 25), By.MONTH).first == date(2025, 12, 1)


def test_the_number_of_queries_is_always_the_same(rita: User, ada: User) -> None:
    asked = []
    for _time in range(2):
        span = usual_span(local_day(timezone.now(), "America/Los_Angeles"), By.WEEK)
        with CaptureQueriesContext(connection) as queries:
            figures_of(span, timezone.now())
        asked.append(len(queries))
        for _number in range(2):
            person = make_staff()
            _read_again(_approved_now(person), ada, "rejected", timezone.now())
        _approved_now(rita)
    with CaptureQueriesContext(connection) as queries:
        figures_of(span, timezone.now())
    assert asked[1] == len(queries)
    assert len(queries) <= 20
    # With no disagreement at all there is nothing to look up about them.
    assert asked[1] - asked[0] <= 3


def _approved_now(person: User) -> Claim:
    claim = make_under_review(person)
    approve(reference=claim.reference, by=person)
    return Claim.objects.get(pk=claim.pk)


def test_the_start_of_a_review_is_no_decision(rita: User) -> None:
    claim = submitted("2026-11-16 09:00")
    with clock_at("2026-11-17 09:00"):
        start_review(reference=claim.reference, by=rita)
    assert rows(counted("2026-11-16", "2026-11-22").by_code["timing"])["All first decisions"][0] == 0
