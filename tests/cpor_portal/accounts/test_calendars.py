"""Whose days are whose: the table of exceptions, and how portal admins keep it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from cpor_portal.accounts import calendar_admin
from cpor_portal.accounts.calendars import firm_calendar, review_calendar
from cpor_portal.accounts.models import CalendarException, DayKind, PartnerFirm, PartnerRole, StaffRole, User
from cpor_portal.working_days import WorkCalendar, is_working_day
from tests.support.factories import make_firm, make_person, make_staff

pytestmark = pytest.mark.django_db

SUNDAY = datetime(2026, 11, 22, 18, tzinfo=UTC)  # Monday 23 November, 07:00 in Auckland
LIST = reverse("admin:accounts_calendarexception_changelist")
ADD = reverse("admin:accounts_calendarexception_add")


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """Sunday 22 November 2026, 18:00 UTC, unless a test goes elsewhere."""
    with time_machine.travel(SUNDAY, tick=False):
        yield


@pytest.fixture
def portal_admin(client: Client) -> User:
    """Signed in."""
    person = make_staff(StaffRole.PORTAL_ADMIN)
    client.force_login(person)
    return person


def enter(day: str, kind: DayKind = DayKind.CLOSED, **whose: object) -> CalendarException:
    return CalendarException.objects.create(day=date.fromisoformat(day), kind=kind, reason="Moving house", **whose)


def sent(day: str, kind: str = "closed", *, firm: str = "", country: str = "") -> dict[str, str]:
    """What the form sends."""
    return {"firm": firm, "country": country, "day": day, "kind": kind, "reason": "Moving house"}


def page(act: str, exception: CalendarException) -> str:
    return reverse(f"admin:accounts_calendarexception_{act}", args=[exception.pk])


def codes(answer: Any) -> dict[str, list[str]]:
    """The codes of what is wrong, by field."""
    errors = answer.context["adminform"].form.errors.as_data()
    return {field: [fault.code for fault in faults] for field, faults in errors.items()}


# Calendars made of the table


def test_a_firm_follows_its_countrys_exceptions_and_its_own_and_nobody_elses() -> None:
    firm, neighbour = make_firm(country="HU"), make_firm(country="HU")
    enter("2026-12-28", country="HU")
    enter("2026-12-29", firm=firm)
    enter("2026-12-30", firm=neighbour)
    enter("2026-12-31", country="DE")
    enter("2026-12-21")  # the review site's
    calendar = firm_calendar(firm)
    assert (calendar.country, calendar.time_zone) == ("HU", firm.time_zone)
    assert calendar.closures == {date(2026, 12, 28), date(2026, 12, 29)}


def test_the_review_site_follows_its_countrys_exceptions_and_its_own(settings: Settings) -> None:
    settings.REVIEW_COUNTRY, settings.REVIEW_TIME_ZONE = "HU", "Europe/Budapest"
    enter("2026-12-12", DayKind.WORKED, country="HU")
    enter("2026-12-21")
    enter("2026-12-22", country="US")
    enter("2026-12-23", firm=make_firm(country="HU"))
    assert review_calendar() == WorkCalendar(
        "HU", "Europe/Budapest", frozenset({date(2026, 12, 21)}), frozenset({date(2026, 12, 12)})
    )


@pytest.mark.parametrize("everybodys", DayKind)
def test_ones_own_exception_wins_over_the_countrys_in_whatever_order_they_came(everybodys: DayKind) -> None:
    own = DayKind.WORKED if everybodys == DayKind.CLOSED else DayKind.CLOSED
    early, late = make_firm(country="US"), make_firm(country="US")
    for firm in (early, None, late):
        enter("2026-12-12", own if firm else everybodys, firm=firm, country="" if firm else "US")
    enter("2026-12-12", own)
    for calendar in (firm_calendar(early), firm_calendar(late), review_calendar()):
        assert is_working_day(date(2026, 12, 12), calendar) == (own == DayKind.WORKED)
    assert is_working_day(date(2026, 12, 12), firm_calendar(make_firm())) == (everybodys == DayKind.WORKED)


def test_a_calendar_is_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    firm = make_firm()
    for day in range(1, 29):
        enter(f"2027-02-{day:02}", firm=firm)
        enter(f"2027-02-{day:02}", country="US")
    with django_assert_num_queries(1):
        assert len(firm_calendar(firm).closures) == 28
    with django_assert_num_queries(1):
        assert len(review_calendar().closures) == 28


def test_a_proposed_exception_takes_the_place_of_the_one_in_the_table_and_is_not_stored() -> None:
    firm = make_firm(country="US")
    enter("2026-12-21", firm=firm)
    enter("2026-12-22", country="US")
    proposed = [
        CalendarException(firm=firm, day=date(2026, 12, 21), kind=DayKind.WORKED),
        CalendarException(country="US", day=date(2026, 12, 23), kind=DayKind.CLOSED),
        CalendarException(country="DE", day=date(2026, 12, 24), kind=DayKind.CLOSED),
        CalendarException(firm=make_firm(), day=date(2026, 12, 28), kind=DayKind.CLOSED),
        CalendarException(day=date(2026, 12, 29), kind=DayKind.CLOSED),
    ]
    calendar = firm_calendar(firm, proposed)
    assert calendar.extra_working_days == {date(2026, 12, 21)}
    assert calendar.closures == {date(2026, 12, 22), date(2026, 12, 23)}
    assert review_calendar(proposed).closures == {date(2026, 12, 22), date(2026, 12, 23), date(2026, 12, 29)}
    assert firm_calendar(firm).closures == {date(2026, 12, 21), date(2026, 12, 22)}


# The admin's pages


@pytest.mark.parametrize("whose", ["firm", "country", "review site"])
def test_an_exception_is_entered_changed_and_removed_and_each_is_logged(
    whose: str, client: Client, portal_admin: User
) -> None:
    firm = make_firm(name="Fabrikam")
    of = {"firm": {"firm": firm.global_id}, "country": {"country": "us"}, "review site": {}}[whose]
    assert client.post(ADD, sent("2026-11-24", **of)).status_code == 302
    exception = CalendarException.objects.get()
    assert (exception.firm, exception.country) == (
        firm if whose == "firm" else None,
        "US" if whose == "country" else "",
    )
    assert client.get(page("change", exception)).status_code == 200
    assert client.post(page("change", exception), sent("2026-11-25", **of)).status_code == 302
    exception.refresh_from_db()
    assert (exception.day, exception.kind) == (date(2026, 11, 25), DayKind.CLOSED)
    assert client.post(page("delete", exception), {"post": "yes"}).status_code == 302
    assert not CalendarException.objects.exists()
    name = {"firm": "Fabrikam", "country": "US", "review site": "review site"}[whose]
    assert list(LogEntry.objects.order_by("pk").values_list("action_flag", "object_repr", "user")) == [
        (ADDITION, f"2026-11-24 closed: {name}", portal_admin.pk),
        (CHANGE, f"2026-11-25 closed: {name}", portal_admin.pk),
        (DELETION, f"2026-11-25 closed: {name}", portal_admin.pk),
    ]


def test_the_firm_is_shown_by_the_id_that_is_typed(client: Client, portal_admin: User) -> None:
    exception = enter("2026-11-24", firm=make_firm(global_id="7654321"))
    shown = client.get(page("change", exception)).content.decode()
    assert 'value="7654321"' in shown
    assert 'value="2026-11-24"' in shown  # as the browser's own field wants it in every language
    assert codes(client.post(ADD, sent("2026-11-24", firm="1"))) == {"firm": ["invalid_choice"]}


@pytest.mark.parametrize(
    ("zone", "today"),
    [("Pacific/Auckland", "2026-11-23"), ("America/Los_Angeles", "2026-11-22"), ("Europe/Budapest", "2026-11-22")],
)
def test_only_days_from_tomorrow_on_are_taken_counted_where_the_firm_is(
    zone: str, today: str, client: Client, portal_admin: User
) -> None:
    firm = make_firm(time_zone=zone)
    kind = "worked" if today == "2026-11-22" else "closed"  # a Sunday, a Monday
    assert codes(client.post(ADD, sent(today, kind, firm=firm.global_id))) == {"day": ["begun"]}
    assert codes(client.post(ADD, sent("2026-11-20", firm=firm.global_id))) == {"day": ["begun"]}
    assert client.post(ADD, sent("2026-11-24", firm=firm.global_id)).status_code == 302


def test_a_day_of_a_whole_country_has_begun_where_its_first_calendar_says_so(
    client: Client, portal_admin: User
) -> None:
    monday = sent("2026-11-23", country="US")
    make_firm(country="US", time_zone="Pacific/Guam")  # Monday, 04:00
    assert codes(client.post(ADD, monday)) == {"day": ["begun"]}
    PartnerFirm.objects.all().delete()  # the review site keeps this country's calendar too: Sunday, 10:00
    assert client.post(ADD, monday).status_code == 302


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        (sent("2026-11-24", "worked"), {"day": ["worked_anyway"]}),
        (sent("2026-11-26", "closed"), {"day": ["closed_anyway"]}),  # Thanksgiving
        (sent("2026-11-28", "closed"), {"day": ["closed_anyway"]}),  # Saturday
        (sent("2026-11-24", country="ZZ"), {"country": ["unknown"]}),
        (sent("2026-11-24", country="UK"), {"country": ["unknown"]}),  # GB
        (sent("2026-10-23", "closed", country="HU"), {"day": ["begun"]}),
        (sent("2027-10-23", "closed", country="HU"), {"day": ["closed_anyway"]}),
        (sent("next week"), {"day": ["invalid"]}),
        (sent("2026-11-24", "half"), {"kind": ["invalid_choice"]}),
        (sent("2026-11-24") | {"reason": " "}, {"reason": ["required"]}),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    fields: dict[str, str], fault: dict[str, list[str]], client: Client, portal_admin: User
) -> None:
    assert codes(client.post(ADD, fields)) == fault
    assert not CalendarException.objects.exists()


def test_an_exception_is_a_firms_or_a_countrys_not_both(client: Client, portal_admin: User) -> None:
    both = sent("2026-11-24", firm=make_firm().global_id, country="US")
    assert codes(client.post(ADD, both)) == {"country": ["both"]}


def test_ones_own_exception_may_undo_the_countrys_but_not_repeat_it(client: Client, portal_admin: User) -> None:
    firm = make_firm(country="US")
    enter("2026-11-24", country="US")
    assert codes(client.post(ADD, sent("2026-11-24", firm=firm.global_id))) == {"day": ["closed_anyway"]}
    assert codes(client.post(ADD, sent("2026-11-24"))) == {"day": ["closed_anyway"]}
    assert client.post(ADD, sent("2026-11-24", "worked", firm=firm.global_id)).status_code == 302
    assert client.post(ADD, sent("2026-11-24", "worked")).status_code == 302


def test_a_day_has_one_exception_in_each_calendar(client: Client, portal_admin: User) -> None:
    firm = make_firm()
    for whose in ({"firm": firm.global_id}, {}):
        assert client.post(ADD, sent("2026-11-24", **whose)).status_code == 302
        assert codes(client.post(ADD, sent("2026-11-24", **whose))) == {"day": ["twice"]}


def test_whoever_is_second_at_the_same_moment_gets_the_form_back(
    client: Client, portal_admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter("2026-11-24")
    look = calendar_admin._same_day

    def too_early(wanted: CalendarException) -> bool:
        """As if the other admin's row had come right after this look."""
        monkeypatch.setattr(calendar_admin, "_same_day", look)
        return False

    monkeypatch.setattr(calendar_admin, "_same_day", too_early)
    monkeypatch.setattr(CalendarException, "validate_constraints", lambda row, **kwargs: None)
    answer = client.post(ADD, sent("2026-11-24"))
    assert (answer.status_code, codes(answer)) == (200, {"day": ["twice"]})
    assert 'value="Moving house"' in answer.content.decode()


@pytest.mark.parametrize("day", ["2026-11-20", "2026-11-22"])
def test_a_day_that_has_begun_is_only_seen(day: str, client: Client, portal_admin: User) -> None:
    exception = enter(day)
    shown = client.get(page("change", exception)).content.decode()
    assert "What was counted stays" in shown
    assert 'name="_save"' not in shown
    assert client.post(page("change", exception), sent("2026-11-24")).status_code == 403
    assert client.post(page("delete", exception), {"post": "yes"}).status_code == 403
    gone = {"action": "delete_selected", "_selected_action": [exception.pk], "post": "yes"}
    client.post(LIST, gone)
    assert CalendarException.objects.get().day == date.fromisoformat(day)


def test_a_coming_day_can_not_be_moved_into_the_past(client: Client, portal_admin: User) -> None:
    exception = enter("2026-11-24")
    assert codes(client.post(page("change", exception), sent("2026-11-20"))) == {"day": ["begun"]}


def test_whoever_gives_a_reason_is_told_who_reads_it(client: Client, portal_admin: User) -> None:
    form = client.get(ADD).content.decode()
    assert "For the next admin" not in form
    assert "Everybody whose calendar it is reads it on the page Calendar" in form


def test_the_list_is_searched_by_firm_and_narrowed_by_whose_calendar(client: Client, portal_admin: User) -> None:
    enter("2026-11-24", firm=make_firm(name="Fabrikam"))
    enter("2026-11-25", country="HU")
    enter("2026-11-27")

    def days(query: str) -> list[str]:
        return [f"{row.day:%d}" for row in client.get(LIST + query).context["cl"].result_list]

    assert days("") == ["27", "25", "24"]
    assert days("?q=fabri") == ["24"]
    assert [days(f"?whose={whose}") for whose in ("firm", "country", "review_site")] == [["24"], ["25"], ["27"]]
    assert days("?kind__exact=worked") == []
    assert "The review site" in client.get(LIST).content.decode()


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_takes_the_same_number_of_queries_however_long(
    rows: int, client: Client, portal_admin: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for day in range(1, rows + 1):
        enter(f"2027-06-{day:02}", firm=make_firm())
    with django_assert_max_num_queries(12):
        assert client.get(LIST).status_code == 200


@pytest.mark.parametrize("role", [StaffRole.REVIEWER, StaffRole.ARBITER, PartnerRole.GLOBAL_ADMIN])
def test_nobody_but_portal_admins_keeps_calendars(role: str, client: Client) -> None:
    client.force_login(make_person(make_firm()) if role == PartnerRole.GLOBAL_ADMIN else make_staff(role))
    exception = enter("2026-11-24")
    for address in (LIST, ADD, page("change", exception), page("delete", exception)):
        assert client.get(address, follow=True).status_code == 403
    client.post(ADD, sent("2026-11-25"))
    client.post(page("delete", exception), {"post": "yes"})
    assert CalendarException.objects.get() == exception
