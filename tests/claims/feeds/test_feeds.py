"""The calendar page and its feeds: who makes them, what programs read, and what nobody may learn from them."""

import json
import logging
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone, translation
from icalendar import Calendar

from arbitration.acts.reject import reject
from arbitration.enforcement import enforce
from claims.acts.drafts import start_draft
from claims.acts.feeds import OPEN_AT_ONCE, hash_of, make_feed, revoke_feed
from claims.acts.withdraw import withdraw
from claims.feeds.agenda import special_days
from claims.models import CalendarFeed
from claims.words import Reason
from cpor_portal.accounts.models import CalendarException, DayKind, Membership, PartnerRole, StaffRole, User
from cpor_portal.faults import NotAllowed, Refused
from cpor_portal.logs import logging_config
from cpor_portal.working_days import WorkCalendar
from tests.claims.views.pages import queries_for, signed_in, text_of
from tests.support.factories import make_firm, make_person, make_staff
from tests.support.stories import Side, make_asked, make_side, make_submitted, make_under_review

pytestmark = pytest.mark.django_db
MONDAY = datetime(2027, 2, 1, 20, tzinfo=UTC)


@pytest.fixture
def side() -> Side:
    return make_side("Northwind")


def path_of(token: str) -> str:
    return f"/calendar/feed/{token}.ics"


def read(token: str) -> Any:
    answer = Client().get(path_of(token))
    assert answer.status_code == 200
    return Calendar.from_ical(answer.content)


def summaries(token: str) -> list[str]:
    return [str(event["SUMMARY"]) for event in read(token).walk("VEVENT")]


# --- Making and closing ------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [PartnerRole.GLOBAL_ADMIN, PartnerRole.BILLING_ADMIN, PartnerRole.INCENTIVES_ADMIN])
def test_admins_make_a_feed_whose_address_is_shown_once_and_stored_nowhere(role: str) -> None:
    person = make_person(make_firm(), role)
    client = signed_in(person)
    made = client.post("/calendar/feeds/", {"name": " My phone "})
    assert (made.status_code, made["Location"]) == (302, "/calendar/")
    page = client.get("/calendar/")
    assert "no-store" in page["Cache-Control"]
    address = page.context["address"]
    assert address in text_of(page)
    feed = CalendarFeed.objects.get()
    token = address.rpartition("/")[2].removesuffix(".ics")
    assert (feed.name, feed.made_by, feed.token_hash) == ("My phone", person, hash_of(token))
    assert token not in str(CalendarFeed.objects.values())
    later = text_of(signed_in(person).get("/calendar/"))
    assert token not in later, "another browser of the same person never had it"
    assert "My phone" in later
    assert Client().get(path_of(token)).status_code == 200


def test_the_address_outlives_a_reload_and_the_switch_of_languages_and_goes_after_ten_minutes(side: Side) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        client = signed_in(side.person)
        client.post("/calendar/feeds/", {"name": "Phone"})
        address = client.get("/calendar/").context["address"]
        for language in ("hu", "en"):
            switched = client.post("/language/", {"language": language, "next": "/calendar/"}, follow=True)
            assert address in text_of(switched)
        clock.shift(timedelta(minutes=9))
        assert address in text_of(client.get("/calendar/"))
        clock.shift(timedelta(minutes=2))
        assert address not in text_of(client.get("/calendar/"))
    assert CalendarFeed.objects.count() == 1


def test_the_new_address_is_shown_to_nobody_else_at_that_browser_and_not_once_the_feed_is_closed(side: Side) -> None:
    client = signed_in(side.person)
    client.post("/calendar/feeds/", {"name": "Phone"})
    kept = client.cookies["new_feed"]
    assert (kept["path"], kept["httponly"], kept["samesite"]) == ("/calendar/", True, "Lax")
    client.force_login(make_person(side.firm))
    assert not client.get("/calendar/").context["address"]
    client.force_login(side.person)
    assert client.get("/calendar/").context["address"]
    revoke_feed(feed_id=CalendarFeed.objects.get().pk, by=side.person)
    assert not client.get("/calendar/").context["address"]
    client.cookies["new_feed"] = "forged:1:2"
    assert client.get("/calendar/").status_code == 200


def test_the_switch_of_languages_leads_from_a_refused_form_back_to_the_calendar(side: Side) -> None:
    client = signed_in(side.person)
    assert client.post("/calendar/feeds/", {"name": ""}).status_code == 422
    switched = client.post("/language/", {"language": "hu", "next": "/calendar/feeds/"}, follow=True)
    assert switched.redirect_chain[-1][0] == "/calendar/"
    assert switched.status_code == 200


def test_two_open_feeds_of_a_firm_never_share_a_name(side: Side) -> None:
    feed, _token = make_feed(by=side.person, name="Office")
    make_feed(by=make_side().person, name="Office")
    answer = signed_in(make_person(side.firm)).post("/calendar/feeds/", {"name": " OFFICE"})
    assert answer.status_code == 422
    assert 'data-code="name_taken"' in text_of(answer)
    assert side.firm.calendar_feeds.count() == 1
    revoke_feed(feed_id=feed.pk, by=side.person)
    make_feed(by=side.person, name="Office")
    assert side.firm.calendar_feeds.count() == 2


def test_a_leavers_feed_holds_no_name(side: Side) -> None:
    leaver = make_person(side.firm)
    make_feed(by=leaver, name="Office")
    Membership.objects.filter(user=leaver).delete()
    make_feed(by=side.person, name="Office")
    assert side.firm.calendar_feeds.count() == 2


def test_a_firm_has_no_more_than_twenty_open_feeds(side: Side) -> None:
    made = [make_feed(by=side.person, name=f"Feed {number}")[0] for number in range(OPEN_AT_ONCE)]
    answer = signed_in(side.person).post("/calendar/feeds/", {"name": "One more"})
    assert answer.status_code == 422
    assert "Your firm has 20 open feeds, and cannot have more." in text_of(answer)
    revoke_feed(feed_id=made[0].pk, by=side.person)
    make_feed(by=side.person, name="One more")


def test_a_closed_feed_is_listed_for_thirty_days(side: Side) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        feed, _token = make_feed(by=side.person, name="Office")
        revoke_feed(feed_id=feed.pk, by=side.person)
        clock.shift(timedelta(days=29))
        assert f'data-feed="{feed.pk}"' in text_of(signed_in(side.person).get("/calendar/"))
        clock.shift(timedelta(days=2))
        assert f'data-feed="{feed.pk}"' not in text_of(signed_in(side.person).get("/calendar/"))


def test_closing_is_asked_back_in_the_row_and_feeds_say_the_hour_in_which_they_were_made(side: Side) -> None:
    with time_machine.travel(MONDAY, tick=False):
        feed, _token = make_feed(by=side.person, name="Office")
        page = text_of(signed_in(side.person).get("/calendar/"))
    asked = page.index("A closed feed cannot be opened again.")
    assert page.index("<details", page.index(f'data-feed="{feed.pk}"')) < asked
    assert asked < page.index(f'action="/calendar/feeds/{feed.pk}/revoke/"') < page.index("</details>", asked)
    assert "1 Feb 2027, 20:00 UTC" in page


def test_who_may_not_sees_the_feeds_and_no_form(side: Side) -> None:
    feed, _token = make_feed(by=side.person, name="Office")
    helper = make_person(side.firm, PartnerRole.INCENTIVES_USER)
    client = signed_in(helper)
    page = text_of(client.get("/calendar/"))
    assert "Office" in page
    assert "/calendar/feeds/" not in page
    for address in ("/calendar/feeds/", f"/calendar/feeds/{feed.pk}/revoke/"):
        assert client.post(address, {"name": "Mine"}).status_code == 403
    with pytest.raises(NotAllowed):
        revoke_feed(feed_id=feed.pk, by=helper)
    assert CalendarFeed.objects.get().revoked_at is None


def test_another_firms_feed_does_not_exist(side: Side) -> None:
    feed, _token = make_feed(by=side.person, name="Office")
    stranger = signed_in(make_side().person)
    assert stranger.post(f"/calendar/feeds/{feed.pk}/revoke/").status_code == 404
    assert "Office" not in text_of(stranger.get("/calendar/"))
    assert CalendarFeed.objects.get().revoked_at is None


@pytest.mark.parametrize("role", StaffRole)
def test_microsofts_people_have_no_calendar_page(role: str, side: Side) -> None:
    client = signed_in(make_staff(role))
    feed, _token = make_feed(by=side.person, name="Office")
    assert client.get("/calendar/").status_code == 404
    assert client.post("/calendar/feeds/", {"name": "Mine"}).status_code == 404
    assert client.post(f"/calendar/feeds/{feed.pk}/revoke/").status_code == 404
    assert CalendarFeed.objects.get() == feed


@pytest.mark.parametrize(
    ("name", "code"), [("", "name_required"), ("  ", "name_required"), ("x" * 81, "name_too_long")]
)
def test_a_feed_needs_a_name_of_a_fitting_length(side: Side, name: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        make_feed(by=side.person, name=name)
    assert refused.value.code == code
    answer = signed_in(side.person).post("/calendar/feeds/", {"name": name})
    assert answer.status_code == 422
    assert not CalendarFeed.objects.exists()


def test_a_closed_feed_answers_like_one_that_never_was(side: Side) -> None:
    feed, token = make_feed(by=side.person, name="Office")
    answer = signed_in(side.person).post(f"/calendar/feeds/{feed.pk}/revoke/", follow=True)
    assert "The feed Office is closed." in text_of(answer)
    closed, unknown = Client().get(path_of(token)), Client().get(path_of("A" * 43))
    assert closed.status_code == unknown.status_code == 404
    colleague = make_person(side.firm)
    assert revoke_feed(feed_id=feed.pk, by=colleague).revoked_by == side.person, "it stays as it was closed"


LEAVING = {
    "may no longer sign in": lambda person: User.objects.filter(pk=person.pk).update(is_active=False),
    "has left": lambda person: Membership.objects.filter(user=person).delete(),
    "has gone to another firm": lambda person: Membership.objects.filter(user=person).update(firm=make_firm()),
}


@pytest.mark.parametrize("leave", LEAVING.values(), ids=LEAVING)
def test_a_feed_answers_nobody_when_its_maker_has_left_and_the_page_says_why(
    side: Side, leave: Callable[[User], object]
) -> None:
    leaver, claim = make_person(side.firm), make_submitted(side)
    feed, token = make_feed(by=leaver, name="Office")
    _another, open_token = make_feed(by=side.person, name="Phone")
    assert claim.reference in Client().get(path_of(token)).content.decode()
    leave(leaver)
    assert Client().get(path_of(token)).status_code == 404
    assert Client().get(path_of(open_token)).status_code == 200
    page = text_of(signed_in(side.person).get("/calendar/"))
    assert page.count("Whoever made it has left the firm or may no longer sign in.") == 1
    assert f'data-feed="{feed.pk}" data-state="maker_left"' in page
    assert f"/calendar/feeds/{feed.pk}/revoke/" not in page
    assert CalendarFeed.objects.get(pk=feed.pk).last_read_at is not None, "it was read while it was open"


def test_the_address_of_a_feed_is_the_portals_own_whatever_host_was_asked(side: Side, settings: Any) -> None:
    settings.PORTAL_URL, settings.ALLOWED_HOSTS = "https://portal.example:8443", ["*"]
    client = signed_in(side.person)
    client.post("/calendar/feeds/", {"name": "Phone"}, headers={"host": "forged.example"})
    page = client.get("/calendar/", headers={"host": "forged.example"})
    assert page.context["address"].startswith("https://portal.example:8443/calendar/feed/")
    assert "forged.example" not in text_of(page)


# --- What programs read ------------------------------------------------------------------------------------


def test_a_feed_holds_what_runs_on_the_firms_claims_and_nothing_of_anybody_else(side: Side) -> None:
    _feed, token = make_feed(by=side.person, name="Office")
    reviewer = make_staff()
    asked = make_asked(reviewer, make_submitted(side))
    draft = start_draft(by=side.person)
    gone = make_submitted(side)
    withdraw(reference=gone.reference, by=side.person)
    rivals = make_submitted(make_side("Rival Ltd"))
    told = summaries(token)
    assert len(told) == 2
    assert told[0] == f"Your firm's answer: {asked.customer_display_name} ({asked.reference})"
    assert told[1] == f"Deletion of an unused draft: New claim ({draft.reference})"
    content = Client().get(path_of(token)).content.decode()
    for secret in (rivals.reference, rivals.customer_display_name, "Rival Ltd", reviewer.name, gone.reference):
        assert secret not in content


def test_a_window_that_has_run_out_is_left_out_before_the_portal_has_noticed(side: Side) -> None:
    _feed, token = make_feed(by=side.person, name="Office")
    with time_machine.travel(MONDAY, tick=False):
        reviewer = make_staff()
        claim = make_under_review(reviewer, make_submitted(side))
        reject(reference=claim.reference, by=reviewer, reasons=[Reason.PROOF_MISSING], text="It is missing.")
        assert [name.partition(":")[0] for name in summaries(token)] == ["Time to dispute"]
    with time_machine.travel(MONDAY + timedelta(days=31), tick=False):
        assert summaries(token) == []


def test_a_feed_of_nothing_is_whole_by_the_formats_rules_and_shows_nothing(side: Side) -> None:
    _feed, token = make_feed(by=side.person, name="Office")
    calendar = read(token)
    assert [part.name for part in calendar.subcomponents] == ["VTIMEZONE"]
    assert [part.name for part in calendar.subcomponents[0].subcomponents] == ["STANDARD"]
    assert not calendar.walk("VEVENT")
    assert Client().get(path_of(token)).content == Client().get(path_of(token)).content
    make_submitted(side)
    assert [part.name for part in read(token).subcomponents] == ["VEVENT"]


def test_a_review_that_was_missed_says_so_in_the_feed(side: Side) -> None:
    _feed, token = make_feed(by=side.person, name="Office")
    with time_machine.travel(MONDAY, tick=False):
        claim = make_submitted(side)
    with time_machine.travel(MONDAY + timedelta(days=9), tick=False):
        enforce(now=timezone.now())
        assert summaries(token) == [f"Missed – Review decision: {claim.customer_display_name} ({claim.reference})"]


def test_a_feed_speaks_the_language_of_whoever_made_it_whoever_asks(side: Side) -> None:
    User.objects.filter(pk=side.person.pk).update(language="hu")
    _feed, token = make_feed(by=User.objects.get(pk=side.person.pk), name="Iroda")
    with time_machine.travel(MONDAY, tick=False):
        make_submitted(side)
    (event,) = read(token).walk("VEVENT")
    assert "2027. február 8., hétfő" in event["DESCRIPTION"]


def test_a_feed_stays_the_same_to_the_byte_while_nothing_changes(side: Side) -> None:
    _feed, token = make_feed(by=side.person, name="Office")
    make_submitted(side)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        first = Client().get(path_of(token)).content
        clock.shift(timedelta(hours=2))
        assert Client().get(path_of(token)).content == first


def test_a_feed_takes_as_many_queries_for_many_deadlines_as_for_one(side: Side) -> None:
    _feed, token = make_feed(by=side.person, name="Office")
    make_submitted(side)
    Client().get(path_of(token))
    once = queries_for(Client(), path_of(token))
    for _another in range(4):
        make_submitted(side)
    assert len(summaries(token)) == 5
    assert queries_for(Client(), path_of(token)) == once == 2


def test_when_a_feed_was_read_is_noted_once_an_hour(side: Side) -> None:
    feed, token = make_feed(by=side.person, name="Office")
    with time_machine.travel(MONDAY, tick=False) as clock:
        read(token)
        clock.shift(timedelta(minutes=59))
        read(token)
        assert CalendarFeed.objects.get(pk=feed.pk).last_read_at == MONDAY
        clock.shift(timedelta(minutes=2))
        read(token)
        assert CalendarFeed.objects.get(pk=feed.pk).last_read_at == MONDAY + timedelta(minutes=61)


def test_a_feed_is_kept_by_nobody_found_by_nobody_and_starts_no_session(side: Side) -> None:
    _feed, token = make_feed(by=side.person, name="Office")
    answer = Client().get(path_of(token))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Robots-Tag"] == "noindex"
    assert not answer.cookies
    assert Client().post(path_of(token)).status_code == 405


def test_no_log_holds_a_feeds_token() -> None:
    formatter = logging_config("INFO")["formatters"]["json"]
    shown = formatter.pop("()")(**formatter)
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "Not Found: /calendar/feed/SECRET-1.ics", (), None)
    line = json.loads(shown.format(record))
    assert "SECRET" not in line["event"]
    assert "/calendar/feed/" in line["event"]


# --- The page ----------------------------------------------------------------------------------------------


def test_the_page_lists_what_is_due_the_next_date_first(side: Side) -> None:
    with time_machine.travel(MONDAY, tick=False):
        later = make_submitted(side)
        draft = start_draft(by=side.person)
        page = signed_in(side.person).get("/calendar/")
        rivals = make_submitted(make_side("Rival Ltd"))
    assert [entry.claim.reference for entry in page.context["agenda"].entries] == [later.reference, draft.reference]
    assert f"/claims/{later.reference}/deadlines/{later.deadlines.get().pk}.ics" in text_of(page)
    assert text_of(page).count("Why this date?") == 2
    first = text_of(page).index('data-kind="review"')
    assert text_of(page).index("8 Feb 2027, 23:59 PST", first) < text_of(page).index("Review decision", first)
    assert rivals.reference not in text_of(page)


def test_the_page_asks_the_database_as_often_for_one_deadline_as_for_thirty(side: Side) -> None:
    client = signed_in(side.person)
    start_draft(by=side.person)
    once = queries_for(client, "/calendar/")
    for _another in range(29):
        start_draft(by=side.person)
    make_feed(by=side.person, name="Office")
    make_feed(by=make_person(side.firm), name="Phone")
    assert queries_for(client, "/calendar/") == once


def test_days_off_ahead_are_named_and_an_own_closure_says_why_but_microsofts_does_not(side: Side) -> None:
    CalendarException.objects.create(firm=side.firm, day=date(2027, 2, 12), kind=DayKind.CLOSED, reason="Moving house")
    CalendarException.objects.create(day=date(2027, 2, 19), kind=DayKind.CLOSED, reason="Secret retreat")
    CalendarException.objects.create(firm=make_firm(), day=date(2027, 2, 17), kind=DayKind.CLOSED, reason="Rival party")
    with time_machine.travel(MONDAY, tick=False):
        page = signed_in(side.person).get("/calendar/")
    agenda = page.context["agenda"]
    assert [(day.day, day.text) for day in agenda.own_days] == [
        (date(2027, 2, 12), "Closed: Moving house"),
        (date(2027, 2, 15), "Washington's Birthday"),
    ]
    assert [(day.day, day.text) for day in agenda.review_days] == [
        (date(2027, 2, 15), "Washington's Birthday"),
        (date(2027, 2, 19), "Closed"),
    ]
    for secret in ("Secret retreat", "Rival party"):
        assert secret not in text_of(page)


def test_a_special_day_says_which_day_of_the_week_it_is(side: Side) -> None:
    with time_machine.travel(MONDAY, tick=False):
        page = text_of(signed_in(side.person).get("/calendar/"))
    assert re.search(r"15 February 2027</time><span[^>]*>Monday<", page)


def test_an_american_holiday_is_named_in_the_readers_language() -> None:
    with translation.override("hu"):
        days = special_days(WorkCalendar("US", "America/New_York"), datetime(2027, 6, 25, tzinfo=UTC))
        hungarian = [translation.gettext(name) for name in ("Independence Day", "Independence Day (observed)")]
    assert [day.text for day in days] == hungarian
    assert not any("Independence" in name for name in hungarian)


def test_hungarian_exchanges_of_days_are_told_from_both_ends() -> None:
    # In 2026 Saturday 8 August is worked for Friday 21 August, the day after a holiday.
    days = special_days(WorkCalendar("HU", "Europe/Budapest"), datetime(2026, 7, 20, tzinfo=UTC))
    assert (date(2026, 8, 8), "Working day", True) in [(day.day, day.text, day.is_worked) for day in days]
    assert (date(2026, 8, 21), "Day off that is worked on 8 August 2026") in [(day.day, day.text) for day in days]


def test_today_counts_as_ahead_and_the_sixty_first_day_does_not() -> None:
    calendar = WorkCalendar(
        "US", "America/New_York", closures=frozenset({date(2027, 2, 1), date(2027, 4, 2), date(2027, 4, 5)})
    )
    days = [day.day for day in special_days(calendar, MONDAY)]
    assert date(2027, 2, 1) in days
    assert date(2027, 4, 2) in days
    assert date(2027, 4, 5) not in days
