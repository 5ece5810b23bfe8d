"""Home, the language switch, health, guidance, and the navigation by role."""

import pytest
from django.conf import LazySettings, settings
from django.db import DatabaseError, connection
from django.db.backends.utils import CursorWrapper
from django.test import Client
from django.utils.translation import activate

from cpor_portal.accounts.models import PartnerRole, StaffRole, User
from cpor_portal.look.guidance import TOPICS
from tests.support.factories import make_firm, make_person, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> None:
    activate("en")


def test_home_of_a_partner_is_the_list_of_claims(client: Client) -> None:
    client.force_login(make_person(make_firm()))
    assert client.get("/").headers["Location"] == "/claims/"


@pytest.mark.parametrize(
    ("role", "home"),
    [(StaffRole.REVIEWER, "/review/"), (StaffRole.ARBITER, "/review/"), (StaffRole.PORTAL_ADMIN, "/admin/")],
)
def test_home_of_staff_is_where_their_work_is(client: Client, role: str, home: str) -> None:
    client.force_login(make_staff(role))
    assert client.get("/").headers["Location"] == home


def _places(client: Client) -> list[str]:
    answer = client.get("/guidance/tenant/")
    navigation = answer.context["navigation"]()
    return [place.url for place in navigation.places]


def test_each_role_is_shown_its_own_places(client: Client, settings: LazySettings) -> None:
    settings.MAILBOX_DIR = None
    seen = {}
    for person in (make_person(make_firm()), make_staff(StaffRole.REVIEWER), make_staff(StaffRole.PORTAL_ADMIN)):
        client.force_login(person)
        seen[person.staff_role] = _places(client)
    assert seen == {
        "": ["/claims/", "/associations/", "/calendar/", "/incentives/"],
        "reviewer": ["/review/", "/review/desk/", "/outbox/"],
        "portal_admin": ["/outbox/", "/admin/"],
    }


def test_head_of_the_page_shows_name_firm_and_role_and_marks_the_place(client: Client) -> None:
    firm = make_firm("Northwind")
    client.force_login(make_person(firm, PartnerRole.BILLING_ADMIN, name="Anna Kovács"))
    page = client.get("/incentives/").content.decode()
    assert "Anna Kovács" in page
    assert "Northwind · Billing admin" in page
    assert page.count('aria-current="page">Incentives') == 2  # in the masthead and in the narrow menu


def test_sign_out_is_a_button_that_posts(client: Client) -> None:
    client.force_login(make_person(make_firm()))
    assert '<form method="post" action="/accounts/logout/">' in client.get("/incentives/").content.decode()
    assert client.get("/accounts/logout/").status_code == 200
    assert client.get("/incentives/").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/incentives/").status_code == 302


def test_language_is_kept_on_the_person_and_shown_at_once(client: Client) -> None:
    person = make_person(make_firm())
    client.force_login(person)
    answer = client.post("/language/", {"language": "hu", "next": "/incentives/"})
    assert answer.headers["Location"] == "/incentives/"
    assert User.objects.get(pk=person.pk).language == "hu"
    assert '<html lang="hu">' in client.get("/incentives/").content.decode()


def test_language_of_a_stranger_is_kept_in_a_cookie(client: Client) -> None:
    answer = client.post("/language/", {"language": "hu", "next": "/accounts/login/"})
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "hu"
    assert '<html lang="hu">' in client.get("/accounts/login/").content.decode()


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_language_switch_leads_nowhere_else(client: Client, target: str) -> None:
    assert client.post("/language/", {"language": "hu", "next": target}).headers["Location"] == "/"


def test_unknown_language_changes_nothing(client: Client) -> None:
    person = make_person(make_firm())
    client.force_login(person)
    client.post("/language/", {"language": "tlh", "next": "/"})
    assert User.objects.get(pk=person.pk).language == "en"


def test_language_is_not_switched_by_a_link(client: Client) -> None:
    assert client.get("/language/?language=hu").status_code == 405


def test_process_says_that_it_is_alive(client: Client) -> None:
    assert client.get("/healthz").status_code == 200


def test_portal_is_ready_without_a_broker_and_says_so(client: Client, settings: LazySettings) -> None:
    settings.REDIS_URL = ""
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"database": "ok", "broker": "none", "scanner": "none"})


def test_portal_is_ready_with_a_lost_broker_and_says_so(client: Client, settings: LazySettings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"database": "ok", "broker": "unreachable", "scanner": "none"})


def test_portal_is_not_ready_without_its_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(CursorWrapper, "execute", fail)
    answer = client.get("/readyz")
    monkeypatch.undo()
    assert connection.is_usable()
    assert (answer.status_code, answer.json()["database"]) == (503, "unreachable")


def test_metrics_are_open_to_the_collector(client: Client) -> None:
    client.get("/healthz")
    assert b"django_http_requests_total" in client.get("/metrics").content


@pytest.mark.parametrize("topic", list(TOPICS))
def test_guidance_is_open_to_everybody(client: Client, topic: str) -> None:
    page = client.get(f"/guidance/{topic}/").content.decode()
    assert f'href="/guidance/{topic}/"' in page
    assert 'aria-current="page"' in page


def test_guidance_that_there_is_not_is_not_found(client: Client) -> None:
    assert client.get("/guidance/unicorns/").status_code == 404


@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/accounts/password/reset/", "/accounts/signup/", "/guidance/proof/"]
)
def test_public_pages_keep_to_the_content_policy(client: Client, path: str) -> None:
    """No script with text in it, no inline style, no handler: the policy would stop them silently."""
    page = client.get(path).content.decode()
    assert client.get(path).status_code == 200
    assert " style=" not in page
    assert "<style" not in page
    assert " onclick=" not in page
    assert page.count("<script") == page.count('<script type="module" src=')
