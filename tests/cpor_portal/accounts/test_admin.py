"""Django's admin: portal admins see and correct reference data, and nothing else."""

import pytest
import time_machine
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from cpor_portal.accounts.admin_log import changes_in
from cpor_portal.accounts.models import (
    CalendarException,
    Enrolment,
    Membership,
    MpnLocation,
    PartnerFirm,
    PartnerRole,
    Programme,
    StaffRole,
    User,
)
from cpor_portal.directory.models import Product, Subscription, Tenant
from tests.support.factories import (
    make_firm,
    make_location,
    make_person,
    make_product,
    make_staff,
    make_subscription,
    make_tenant,
)

pytestmark = pytest.mark.django_db

KEPT = [User, PartnerFirm, MpnLocation, Enrolment, Membership, Tenant, Subscription, Product]


@pytest.fixture
def portal_admin(client: Client) -> User:
    """Signed in, and everything that can be looked at is there."""
    firm = make_firm()
    make_person(firm, PartnerRole.GLOBAL_ADMIN)
    make_location(firm, Programme.OSA)
    make_subscription(make_tenant(), make_product())
    person = make_staff(StaffRole.PORTAL_ADMIN)
    client.force_login(person)
    return person


def page(model: type, act: str, pk: object = None) -> str:
    """The address of one of the admin's pages."""
    meta = model._meta  # type: ignore[attr-defined]
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{act}", args=[] if pk is None else [pk])


@pytest.mark.parametrize("model", KEPT)
@pytest.mark.parametrize("query", ["", "?q=contoso", "?q=00000000-0000-0000-0000-000000000001"])
def test_reference_data_is_listed_and_searched(client: Client, portal_admin: User, model: type, query: str) -> None:
    assert client.get(page(model, "changelist") + query).status_code == 200


@pytest.mark.parametrize("model", KEPT)
def test_reference_data_is_shown_not_added_not_deleted(client: Client, portal_admin: User, model: type) -> None:
    pk = model.objects.first().pk  # type: ignore[attr-defined]
    shown = client.get(page(model, "change", pk))
    assert shown.status_code == 200
    assert 'name="_save"' in shown.content.decode()
    assert client.get(page(model, "add")).status_code == 403
    assert client.post(page(model, "delete", pk), {"post": "yes"}).status_code == 403


def test_a_correction_is_stored_and_logged(client: Client, portal_admin: User) -> None:
    enrolment = Enrolment.objects.get()
    answer = client.post(page(Enrolment, "change", enrolment.pk), {"state": "inactive", "ends_on": ""})
    enrolment.refresh_from_db()
    assert (answer.status_code, enrolment.state) == (302, "inactive")
    entry = LogEntry.objects.get()
    assert (entry.user, entry.get_edited_object()) == (portal_admin, enrolment)


def test_places_that_no_calendar_knows_are_refused(client: Client, portal_admin: User) -> None:
    firm = PartnerFirm.objects.get()
    wrong = {"name": firm.name, "country": "ZZ", "time_zone": "Mars/Olympus"}
    answer = client.post(page(PartnerFirm, "change", firm.pk), wrong)
    assert answer.status_code == 200
    assert set(answer.context["adminform"].form.errors) == {"country", "time_zone"}
    right = client.post(page(PartnerFirm, "change", firm.pk), wrong | {"country": "hu", "time_zone": "Europe/Budapest"})
    firm.refresh_from_db()
    assert (right.status_code, firm.country) == (302, "HU")


def person_fields(person: User, **changed: str) -> dict[str, str]:
    """What the form of a person sends."""
    kept = {"name": person.name, "language": person.language, "time_zone": person.time_zone}
    return kept | {"staff_role": person.staff_role, "is_active": "on"} | changed


def test_nobody_gets_into_a_firm_and_microsoft_at_once(client: Client, portal_admin: User) -> None:
    partner = User.objects.get(membership__isnull=False)
    answer = client.post(page(User, "change", partner.pk), person_fields(partner, staff_role=StaffRole.REVIEWER))
    assert "staff_role" in answer.context["adminform"].form.errors


def test_a_person_can_be_switched_off_but_not_given_every_right(client: Client, portal_admin: User) -> None:
    reviewer = make_staff()
    sent = person_fields(reviewer, is_superuser="on", password="x", email="new@ms.example")
    del sent["is_active"]
    assert client.post(page(User, "change", reviewer.pk), sent).status_code == 302
    after = User.objects.get(pk=reviewer.pk)
    assert (after.is_active, after.is_superuser) == (False, False)
    assert (after.email, after.password) == (reviewer.email, reviewer.password)


def test_a_portal_admin_can_not_take_their_own_role_away(client: Client, portal_admin: User) -> None:
    sent = {"name": "Renamed", "language": "hu", "time_zone": "UTC", "staff_role": ""}
    client.post(page(User, "change", portal_admin.pk), sent)
    portal_admin.refresh_from_db()
    assert (portal_admin.name, portal_admin.staff_role, portal_admin.is_active) == (
        "Renamed",
        StaffRole.PORTAL_ADMIN,
        True,
    )


def test_portal_admins_may_correct_reference_data_keep_the_calendars_exceptions_and_nothing_else() -> None:
    person = make_staff(StaffRole.PORTAL_ADMIN)
    for model in apps.get_models():
        label, name = model._meta.app_label, model._meta.model_name
        by_hand = model is CalendarException
        assert person.has_perm(f"{label}.change_{name}") == (by_hand or model in KEPT)
        assert person.has_perm(f"{label}.add_{name}") == by_hand
        assert person.has_perm(f"{label}.delete_{name}") == by_hand
    assert person.has_module_perms("directory")
    assert not person.has_module_perms("claims")


@pytest.mark.parametrize("role", [StaffRole.REVIEWER, StaffRole.ARBITER])
def test_other_staff_have_no_permission_in_the_admin(role: StaffRole) -> None:
    person = make_staff(role)
    assert not person.has_perm("accounts.view_user")
    assert not person.has_module_perms("accounts")


def test_a_portal_admin_who_is_switched_off_has_no_permission_left() -> None:
    person = make_staff(StaffRole.PORTAL_ADMIN, is_active=False)
    assert not person.has_perm("accounts.view_user")
    assert not person.has_module_perms("accounts")


def test_no_claim_review_or_sign_in_record_is_registered() -> None:
    labels = {model._meta.app_label for model in admin.site._registry}
    assert labels == {"accounts", "directory", "admin"}  # "admin" is the log of what was changed there


# --- The log -----------------------------------------------------------------------------------------------

LOG = "admin:admin_logentry_changelist"


def test_a_correction_is_logged_with_the_values_before_and_after(client: Client, portal_admin: User) -> None:
    enrolment = Enrolment.objects.get()
    sent = {"state": "inactive", "ends_on": "2027-06-30"}
    client.post(page(Enrolment, "change", enrolment.pk), sent)
    told = {(one.label, one.before, one.after) for one in changes_in(LogEntry.objects.get())}
    assert told == {("state", "Enrolled", "Inactive"), ("ends on", "–", "2027-06-30")}
    for address in (page(Enrolment, "history", enrolment.pk), reverse(LOG)):
        shown = client.get(address).content.decode()
        assert "<del>Enrolled</del> → <ins>Inactive</ins>" in shown
        assert str(portal_admin) in shown


def test_what_stays_as_it_is_stands_in_no_log(client: Client, portal_admin: User) -> None:
    firm = PartnerFirm.objects.get()
    same = {"name": firm.name, "country": firm.country, "time_zone": firm.time_zone}
    client.post(page(PartnerFirm, "change", firm.pk), same)
    client.post(page(PartnerFirm, "change", firm.pk), same | {"name": "<b>Renamed</b>"})
    entries = [changes_in(entry) for entry in LogEntry.objects.order_by("id")]
    assert [len(changes) for changes in entries] == [0, 1]
    assert (entries[1][0].before, entries[1][0].after) == (firm.name, "<b>Renamed</b>")
    assert "<b>Renamed</b>" not in client.get(reverse(LOG)).content.decode()


def test_who_may_sign_in_is_logged_in_words(client: Client, portal_admin: User) -> None:
    reviewer = make_staff()
    sent = person_fields(reviewer, staff_role=StaffRole.ARBITER)
    del sent["is_active"]
    client.post(page(User, "change", reviewer.pk), sent)
    told = {(one.label, one.before, one.after) for one in changes_in(LogEntry.objects.get())}
    assert told == {("staff role", "Reviewer", "Arbiter"), ("may sign in", "yes", "no")}


def test_a_calendars_exception_is_logged_from_its_making_to_its_end(client: Client, portal_admin: User) -> None:
    firm = PartnerFirm.objects.get()
    with time_machine.travel("2026-11-22T12:00Z", tick=False):
        client.force_login(portal_admin)
        sent = {"firm": firm.global_id, "country": "", "day": "2026-12-01", "kind": "closed", "reason": "Stock-taking"}
        assert client.post(page(CalendarException, "add"), sent).status_code == 302
        exception = CalendarException.objects.get()
        client.post(page(CalendarException, "change", exception.pk), sent | {"day": "2026-12-02"})
        client.post(page(CalendarException, "delete", exception.pk), {"post": "yes"})
        shown = client.get(reverse(LOG))
    made, moved, gone = (changes_in(entry) for entry in LogEntry.objects.order_by("id"))
    assert {(one.label, one.before, one.after) for one in made} >= {("day", "–", "2026-12-01")}
    assert [(one.label, one.before, one.after) for one in moved] == [("day", "2026-12-01", "2026-12-02")]
    assert {(one.label, one.before, one.after) for one in gone} >= {
        ("day", "2026-12-02", "–"),
        ("reason", "Stock-taking", "–"),
    }
    assert shown.status_code == 200
    assert not CalendarException.objects.exists()


def test_an_entry_without_values_is_shown_in_djangos_words(client: Client, portal_admin: User) -> None:
    firm = PartnerFirm.objects.get()
    LogEntry.objects.log_actions(portal_admin.pk, [firm], 2, change_message=[{"changed": {"fields": ["name"]}}])
    LogEntry.objects.log_actions(portal_admin.pk, [firm], 2, change_message="[by hand")
    assert [changes_in(entry) for entry in LogEntry.objects.all()] == [[], []]
    assert client.get(reverse(LOG)).status_code == 200


def test_the_log_is_read_and_never_written_by_anybody(client: Client, portal_admin: User) -> None:
    firm = PartnerFirm.objects.get()
    LogEntry.objects.log_actions(portal_admin.pk, [firm], 2, change_message="Changed")
    entry = LogEntry.objects.get()
    boss = User.objects.create_superuser("boss@microsoft.example", "x", name="Boss")
    for person in (portal_admin, boss):
        client.force_login(person)
        assert client.get(page(LogEntry, "add")).status_code == 403
        assert client.post(page(LogEntry, "change", entry.pk), {"object_repr": "x"}).status_code == 403
        assert client.post(page(LogEntry, "delete", entry.pk), {"post": "yes"}).status_code == 403
    assert LogEntry.objects.get().object_repr == str(firm)


def test_not_even_a_superuser_finds_a_claim_or_its_status_in_the_admin(client: Client) -> None:
    client.force_login(User.objects.create_superuser("boss@microsoft.example", "x", name="Boss"))
    index = client.get(reverse("admin:index")).content.decode()
    assert "/admin/claims/" not in index
    assert "/admin/arbitration/" not in index
    for app in ("claims", "arbitration"):
        for model in apps.get_app_config(app).get_models():
            assert client.get(f"/admin/{app}/{model._meta.model_name}/").status_code == 404
