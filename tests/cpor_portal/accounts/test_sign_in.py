"""Signing in through the real pages: who comes in, where they land, what is open to strangers."""

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.conf import LazySettings, settings
from django.contrib.auth import get_user
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from cpor_portal.accounts import sign_in as sign_in_pages
from cpor_portal.accounts.importing import import_partners
from cpor_portal.accounts.models import StaffRole, User
from tests.support.factories import PASSWORD, make_firm, make_person, make_staff

pytestmark = pytest.mark.django_db


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: str) -> str:
    """Where the sign-in page sends the person; empty where it shows itself again."""
    response = client.post("/accounts/login/", {"login": email, "password": password, **more})
    return response.headers.get("Location", "")


def imported(role: str = "reviewer") -> User:
    row = {"email": "Rita.Review@Microsoft.Example", "name": "Rita", "password": PASSWORD, "role": role}
    import_partners({"staff": [row]})
    return User.objects.get()


@pytest.mark.parametrize("spelling", ["rita.review@microsoft.example", "RITA.REVIEW@MICROSOFT.EXAMPLE"])
def test_an_imported_person_signs_in_at_once_however_the_address_is_written(client: Client, spelling: str) -> None:
    imported()
    assert sign_in(client, spelling) == reverse("arbitration:queue")
    assert get_user(client).is_authenticated


def test_a_portal_admin_lands_in_the_admin_and_is_let_in(client: Client) -> None:
    imported("portal_admin")
    home = sign_in(client, "rita.review@microsoft.example")
    assert home == "/admin/"
    assert client.get(home).status_code == 200


def test_after_signing_in_the_page_that_was_asked_for_comes_first(client: Client) -> None:
    imported()
    asked = client.get("/incentives/?page=2")
    assert asked.headers["Location"] == "/accounts/login/?next=/incentives/%3Fpage%3D2"
    assert sign_in(client, "rita.review@microsoft.example", next="/incentives/?page=2") == "/incentives/?page=2"


def test_nobody_is_sent_to_another_site(client: Client) -> None:
    imported()
    home = sign_in(client, "rita.review@microsoft.example", next="https://elsewhere.example/")
    assert home == reverse("arbitration:queue")


def test_a_wrong_password_lets_nobody_in(client: Client) -> None:
    imported()
    assert sign_in(client, "rita.review@microsoft.example", "something-else") == ""
    assert not get_user(client).is_authenticated


RITA = "rita.review@microsoft.example"


def _guessed_too_often(client: Client) -> None:
    for _attempt in range(8):
        assert client.post("/accounts/login/", {"login": RITA, "password": "something-else"}).status_code == 200


@pytest.mark.sqlite_too
def test_after_eight_wrong_passwords_even_the_right_one_is_refused_for_five_minutes_and_that_is_said(
    client: Client,
) -> None:
    imported()
    other = make_staff(StaffRole.ARBITER)
    EmailAddress.objects.create(user=other, email=other.email, verified=True, primary=True)
    with time_machine.travel("2026-11-23T09:00:00Z", tick=False) as clock:
        _guessed_too_often(client)
        answer = client.post("/accounts/login/", {"login": RITA.upper(), "password": PASSWORD})
        assert answer.status_code == 429
        assert "Too many failed login attempts. Try again later." in answer.content.decode()
        assert not get_user(client).is_authenticated
        assert sign_in(Client(), other.email) != ""
        clock.shift(5 * 60 + 1)
        assert sign_in(client, RITA) == reverse("arbitration:queue")


def test_attempts_are_counted_where_every_process_looks(client: Client) -> None:
    imported()
    _guessed_too_often(client)
    assert sign_in(client, RITA) == ""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM portal_cache")
    assert sign_in(client, RITA) == reverse("arbitration:queue")


def test_too_many_attempts_from_one_place_are_answered_by_a_page_of_the_portal(
    client: Client, settings: LazySettings
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    client.post("/accounts/login/", {"login": RITA, "password": "something-else"})
    answer = client.post("/accounts/login/", {"login": RITA, "password": "something-else"})
    assert answer.status_code == 429
    assert "<h1" in answer.content.decode()
    assert 'href="/"' in answer.content.decode()


NOT_OFFERED = ["account_email", "account_reauthenticate", "account_set_password", "account_confirm_login_code"]


@pytest.mark.parametrize("name", NOT_OFFERED)
def test_an_address_is_the_login_and_comes_by_import_so_nobody_changes_it_here(client: Client, name: str) -> None:
    person = imported()
    path = reverse(name)
    assert client.get(path).status_code == 404
    client.force_login(person)
    change = {"action_add": "", "email": "another@microsoft.example"}
    assert client.get(path).status_code == client.post(path, change).status_code == 404
    assert [address.email for address in EmailAddress.objects.all()] == [RITA]


def test_every_page_of_allauths_is_known_to_be_offered_or_not() -> None:
    names = {pattern.name for pattern in sign_in_pages.urlpatterns}
    assert names - set(NOT_OFFERED) == sign_in_pages.OFFERED


def test_a_person_changes_their_password(client: Client) -> None:
    client.force_login(imported())
    path = reverse("account_change_password")
    assert "<h1>Change password</h1>" in client.get(path).content.decode()
    new = "quite-another-password"
    answer = client.post(path, {"oldpassword": PASSWORD, "password1": new, "password2": new}, follow=True)
    assert answer.status_code == 200
    client.logout()
    assert sign_in(client, RITA, new) == reverse("arbitration:queue")


def test_people_behind_a_proxy_are_told_apart(client: Client, settings: LazySettings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    imported()
    assert _asked_from(client, "spoofed, 203.0.113.7") == 200
    assert _asked_from(client, "otherwise spoofed, 203.0.113.7") == 429
    assert _asked_from(client, "spoofed, 203.0.113.8") == 200


def _asked_from(client: Client, forwarded_for: str) -> int:
    fields = {"login": "rita.review@microsoft.example", "password": "something-else"}
    return client.post("/accounts/login/", fields, headers={"X-Forwarded-For": forwarded_for}).status_code


def test_a_person_who_may_not_sign_in_is_told_so(client: Client) -> None:
    imported()
    User.objects.update(is_active=False)
    assert sign_in(client, "rita.review@microsoft.example") == reverse("account_inactive")
    assert not get_user(client).is_authenticated


def test_who_is_switched_off_while_signed_in_is_out_at_the_next_page(client: Client) -> None:
    person = make_person(make_firm())
    client.force_login(person)
    assert client.get("/incentives/").status_code == 200
    User.objects.update(is_active=False)
    assert client.get("/incentives/").status_code == 302


def test_nobody_signs_up(client: Client) -> None:
    assert client.get("/accounts/signup/").status_code == 200
    fields = {"email": "new@partner.example", "password1": PASSWORD, "password2": PASSWORD}
    client.post("/accounts/signup/", fields)
    assert not User.objects.exists()


@pytest.mark.parametrize("path", ["/healthz", "/metrics", "/accounts/login/", "/accounts/password/reset/"])
def test_some_doors_are_open_to_strangers(client: Client, path: str) -> None:
    assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    "path", ["/", "/claims/", "/incentives/", "/admin/", "/review/", "/healthz/../claims/", "/metricsx", "/accountsx/"]
)
def test_everything_else_asks_for_a_sign_in(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/accounts/login/?next=/")


def test_a_document_and_a_text_sent_too_late_are_named_and_no_password_is(client: Client) -> None:
    fields = {"body": "Two words", "password": "never-shown", "csrfmiddlewaretoken": "x"}
    answer = client.post("/claims/", {**fields, "documents": SimpleUploadedFile("proof.pdf", b"%PDF-1.7")})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Two words" in page
    assert "proof.pdf" in page
    assert "never-shown" not in page


def test_a_button_pressed_too_late_leads_to_the_sign_in_at_once(client: Client) -> None:
    assert client.post("/claims/new/", {"csrfmiddlewaretoken": "x", "next": "/"}).status_code == 302


@pytest.mark.parametrize(
    ("referer", "back"),
    [("http://testserver/incentives/", "/incentives/"), ("https://elsewhere.example/incentives/", "/"), ("", "/")],
)
def test_an_act_pressed_too_late_leads_back_to_the_page_it_was_pressed_on(
    client: Client, referer: str, back: str
) -> None:
    response = client.post("/incentives/", headers={"Referer": referer})
    assert response.headers["Location"] == f"/accounts/login/?next={back}"


def test_a_person_reads_the_portal_in_their_language_and_time_zone(client: Client) -> None:
    client.force_login(make_person(make_firm(), language="hu", time_zone="Europe/Budapest"))
    response = client.get("/incentives/")
    assert response.headers["Content-Language"] == "hu"
    assert '<html lang="hu"' in response.content.decode()
    client.logout()
    assert client.get("/accounts/login/").headers["Content-Language"] == settings.LANGUAGE_CODE
    translation.activate(settings.LANGUAGE_CODE)


def test_a_persons_time_zone_ends_with_the_request(client: Client) -> None:
    client.force_login(make_person(make_firm(), time_zone="Asia/Tokyo"))
    client.get("/incentives/")
    assert timezone.get_current_timezone_name() == "UTC"


def test_a_time_zone_that_no_longer_exists_locks_nobody_out(client: Client) -> None:
    client.force_login(make_person(make_firm(), time_zone="Mars/Olympus"))
    assert client.get("/incentives/").status_code == 200


@pytest.mark.parametrize("role", [StaffRole.REVIEWER, StaffRole.ARBITER, None])
def test_the_admin_is_closed_to_all_others_without_a_second_sign_in_form(
    client: Client, role: StaffRole | None
) -> None:
    client.force_login(make_staff(role) if role else make_person(make_firm()))
    assert client.get("/admin/", follow=True).status_code == 403
