"""What people choose for themselves, and the one click that asks for fewer mails."""

import re
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from cpor_portal.accounts.models import MailPace, PartnerRole, User
from cpor_portal.accounts.settings import save_settings, time_zones
from cpor_portal.faults import Refused
from cpor_portal.notifications.unsubscribing import address_for, token_for
from tests.support.factories import make_firm, make_person, make_staff

pytestmark = pytest.mark.django_db
CHOSEN = {"mail_pace": "digest", "language": "hu", "time_zone": "Europe/Budapest"}
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def anna() -> User:
    return make_person(make_firm())


def chosen_by(person: User) -> tuple[str, str, str]:
    person.refresh_from_db()
    return person.mail_pace, person.language, person.time_zone


def link_of(person: User) -> str:
    return address_for(person.pk).removeprefix(settings.PORTAL_URL)


@pytest.mark.sqlite_too
@pytest.mark.parametrize("make", [lambda: make_person(make_firm(), PartnerRole.INCENTIVES_USER), make_staff])
def test_everybody_who_is_signed_in_keeps_their_own_settings(client: Client, make: Callable[[], User]) -> None:
    person, other = make(), make_staff()
    client.force_login(person)
    answer = client.post("/settings/", {**CHOSEN, "next": "/settings/"})
    assert (answer.status_code, answer["Location"]) == (302, "/settings/")
    assert chosen_by(person) == ("digest", "hu", "Europe/Budapest")
    assert chosen_by(other) == ("at_once", "en", "UTC")


def test_a_stranger_is_asked_to_sign_in(client: Client) -> None:
    assert client.get("/settings/")["Location"].startswith("/accounts/login/")


def test_the_page_shows_what_was_chosen_and_explains_each_pace(client: Client, anna: User) -> None:
    save_settings(by=anna, mail_pace="digest", language="en", time_zone="America/New_York")
    client.force_login(anna)
    page = client.get("/settings/").content.decode()
    assert re.search(r'value="digest"[^>]*checked', page)
    assert re.search(r'value="America/New_York" selected>New York<', page)
    assert page.count('<span class="choice-more">') == 3
    assert "Decisions: approvals, rejections and rulings." in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mail_pace", "never"),
        ("mail_pace", ""),
        ("mail_pace", "digest\0"),
        ("language", "xx"),
        ("language", "\0hu"),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", ""),
        ("time_zone", "Europe/\0Budapest"),
        ("time_zone", " Europe/Budapest"),
    ],
)
def test_what_there_is_not_cannot_be_chosen(client: Client, anna: User, field: str, value: str) -> None:
    client.force_login(anna)
    answer = client.post("/settings/", {**CHOSEN, field: value})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'data-code="unknown_choice"' in page
    assert f'href="#id_{field}' in page
    assert chosen_by(anna) == ("at_once", "en", "UTC")


def test_a_time_zone_of_an_older_name_may_stay(anna: User) -> None:
    User.objects.filter(pk=anna.pk).update(time_zone="US/Pacific")
    anna.refresh_from_db()
    save_settings(by=anna, mail_pace="at_once", language="en", time_zone="US/Pacific")
    with pytest.raises(Refused):
        save_settings(by=anna, mail_pace="at_once", language="en", time_zone="US/Eastern")


def test_every_time_zone_that_is_offered_is_one() -> None:
    assert {"UTC", "Europe/Budapest", "America/Los_Angeles", "America/Argentina/Buenos_Aires"} <= set(time_zones())
    assert all(ZoneInfo(name) for name in time_zones())


def test_places_stand_under_their_continent_once_and_not_under_older_names(client: Client, anna: User) -> None:
    client.force_login(anna)
    page = client.get("/settings/").content.decode()
    europe = re.search(r'<optgroup label="Europe">(.*?)</optgroup>', page, re.DOTALL).group(1)
    assert re.search(r'value="Europe/Budapest">\s*Budapest\s*<', europe)
    assert re.search(r">\s*Argentina, Buenos Aires\s*<", page)
    assert re.search(r'value="UTC" selected>\s*UTC\s*</option>\s*<optgroup', page)
    for older in ("Asia/Calcutta", "America/Buenos_Aires", "Brazil/East", "US/Pacific", "Europe/Kiev"):
        assert older not in time_zones()
    assert page.count('value="Europe/Budapest"') == 1


def test_a_zone_of_an_older_name_stands_first_and_chosen(client: Client, anna: User) -> None:
    User.objects.filter(pk=anna.pk).update(time_zone="US/Pacific")
    client.force_login(anna)
    page = client.get("/settings/").content.decode()
    assert re.search(r'value="US/Pacific" selected>\s*US/Pacific\s*</option>\s*<option value="UTC"', page)


@pytest.mark.parametrize("language", ["en", "hu"])
def test_each_language_is_called_as_it_calls_itself(client: Client, anna: User, language: str) -> None:
    User.objects.filter(pk=anna.pk).update(language=language)
    client.force_login(anna)
    page = client.get("/settings/").content.decode()
    assert re.search(r'value="en"( selected)?>English<', page)
    assert re.search(r'value="hu"( selected)?>Magyar<', page)


def as_shown(page: str) -> dict[str, str]:
    """What the page's form sends when nothing is changed on it."""
    shown = dict(re.findall(r'name="(shown_[a-z_]+)"\s+value="([^"]*)"', page))
    return {**shown, **{name.removeprefix("shown_"): value for name, value in shown.items()}}


def test_an_older_page_in_another_window_undoes_nothing(client: Client, anna: User) -> None:
    client.force_login(anna)
    older = as_shown(client.get("/settings/").content.decode())
    assert len(older) == 6
    client.post("/settings/", CHOSEN)
    answer = client.post("/settings/", {**older, "mail_pace": "needs_action"})
    assert (answer.status_code, answer["Location"]) == (302, "/settings/")
    assert chosen_by(anna) == ("needs_action", "hu", "Europe/Budapest")
    assert '<html lang="hu">' in client.get("/settings/").content.decode()


def test_a_refused_page_still_knows_what_it_had_shown_at_first(client: Client, anna: User) -> None:
    client.force_login(anna)
    older = as_shown(client.get("/settings/").content.decode())
    client.post("/settings/", CHOSEN)
    refused = client.post("/settings/", {**older, "mail_pace": "never"}).content.decode()
    client.post("/settings/", {**as_shown(refused), "mail_pace": "needs_action"})
    assert chosen_by(anna) == ("needs_action", "hu", "Europe/Budapest")


def test_the_page_and_the_switch_in_the_masthead_agree(client: Client, anna: User) -> None:
    client.force_login(anna)
    client.post("/settings/", CHOSEN)
    assert '<html lang="hu">' in client.get("/settings/").content.decode()
    client.post(reverse("account_logout"))
    assert '<html lang="hu">' in client.get("/accounts/login/").content.decode()
    client.force_login(anna)
    client.post("/language/", {"language": "en", "next": "/"})
    assert re.search(r'value="en" selected', client.get("/settings/").content.decode())


def test_the_word_that_it_was_saved_is_in_the_language_just_chosen(client: Client, anna: User) -> None:
    User.objects.filter(pk=anna.pk).update(language="hu")
    client.force_login(anna)
    page = client.post("/settings/", {**CHOSEN, "language": "en", "next": "/settings/"}, follow=True).content.decode()
    assert "Your settings were saved." in page


def test_settings_are_one_press_away_from_each_page(client: Client, anna: User) -> None:
    client.force_login(anna)
    assert 'href="/settings/"' in client.get("/claims/").content.decode()


# --- One click ---------------------------------------------------------------------------------------------


@pytest.mark.sqlite_too
def test_a_mail_program_asks_for_fewer_mails_without_signing_in(anna: User) -> None:
    answer = Client(enforce_csrf_checks=True).post(link_of(anna), ONE_CLICK)
    assert answer.status_code == 200
    assert chosen_by(anna)[0] == MailPace.NEEDS_ACTION


def test_opening_the_link_changes_nothing_and_tells_what_still_comes(client: Client, anna: User) -> None:
    answer = client.get(link_of(anna))
    assert chosen_by(anna)[0] == MailPace.AT_ONCE
    page = answer.content.decode()
    assert "What still comes by mail" in page
    assert "Send me only what needs action" in page
    assert client.head(link_of(anna)).status_code == 200


def test_the_receipt_leads_to_the_settings_and_asks_for_nothing_more(client: Client, anna: User) -> None:
    page = client.post(link_of(anna)).content.decode()
    assert "You get only what needs action now" in page
    assert 'href="/settings/"' in page
    assert "Send me only what needs action" not in page


def test_the_page_is_kept_by_nobody(client: Client, anna: User) -> None:
    answer = client.get(link_of(anna))
    assert "no-store" in answer["Cache-Control"]
    assert (answer["Referrer-Policy"], answer["X-Robots-Tag"]) == ("no-referrer", "noindex, nofollow")


def test_the_page_speaks_the_language_of_the_mail_unless_another_was_chosen(client: Client, anna: User) -> None:
    User.objects.filter(pk=anna.pk).update(language="hu")
    assert '<html lang="hu">' in client.get(link_of(anna)).content.decode()
    client.post("/language/", {"language": "en", "next": "/"})
    assert '<html lang="en">' in client.get(link_of(anna)).content.decode()


@pytest.mark.parametrize("token", ["1", "1:forged", "x:y", "%20", "9" * 300])
def test_a_token_that_the_portal_did_not_sign_opens_nothing(client: Client, anna: User, token: str) -> None:
    assert client.get(f"/mail/unsubscribe/{token}/").status_code == 404
    assert client.post(f"/mail/unsubscribe/{token}/", ONE_CLICK).status_code == 404


def test_a_token_is_no_other_persons(client: Client, anna: User) -> None:
    other = make_person()
    forged = token_for(anna.pk).replace(str(anna.pk), str(other.pk), 1)
    assert client.post(reverse("unsubscribe", args=[forged]), ONE_CLICK).status_code == 404
    assert chosen_by(other)[0] == MailPace.AT_ONCE
