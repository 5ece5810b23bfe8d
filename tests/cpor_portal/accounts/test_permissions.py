"""Who a person is to the portal, and who is written to."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cpor_portal.accounts import permissions as may
from cpor_portal.accounts.models import PartnerRole, StaffRole, User
from tests.support.factories import make_firm, make_person, make_staff

pytestmark = pytest.mark.django_db

PARTNERS = list(PartnerRole)
STAFF = list(StaffRole)


@pytest.mark.parametrize(
    ("role", "reviewer", "arbiter", "portal_admin", "home"),
    [
        (StaffRole.REVIEWER, True, False, False, "arbitration:queue"),
        (StaffRole.ARBITER, True, True, False, "arbitration:queue"),
        (StaffRole.PORTAL_ADMIN, False, False, True, "admin:index"),
    ],
)
def test_staff_have_their_roles_and_no_firm(
    role: StaffRole, reviewer: bool, arbiter: bool, portal_admin: bool, home: str
) -> None:
    person = make_staff(role)
    assert (may.is_reviewer(person), may.is_arbiter(person)) == (reviewer, arbiter)
    assert may.is_portal_admin(person) == portal_admin
    assert (may.firm_of(person), may.partner_role(person)) == (None, None)
    assert not may.may_label_locations(person)
    assert may.home_of(person) == home
    assert person.is_staff == portal_admin


@pytest.mark.parametrize(
    ("role", "labels"),
    [
        (PartnerRole.GLOBAL_ADMIN, True),
        (PartnerRole.BILLING_ADMIN, False),
        (PartnerRole.INCENTIVES_ADMIN, True),
        (PartnerRole.INCENTIVES_USER, False),
    ],
)
def test_partners_have_their_firm_and_role_and_nothing_of_the_staffs(role: PartnerRole, labels: bool) -> None:
    firm = make_firm()
    person = make_person(firm, role)
    assert (may.firm_of(person), may.partner_role(person)) == (firm, role)
    assert may.may_label_locations(person) == labels
    assert not any(asked(person) for asked in (may.is_reviewer, may.is_arbiter, may.is_portal_admin))
    assert may.home_of(person) == "claims:list"


def test_nobody_is_nobody() -> None:
    stranger = AnonymousUser()
    assert (may.firm_of(stranger), may.partner_role(stranger)) == (None, None)
    assert not any(asked(stranger) for asked in (may.is_reviewer, may.is_arbiter, may.is_portal_admin))


def test_whoever_may_no_longer_sign_in_has_no_role_left() -> None:
    partner = make_person(make_firm(), is_active=False)
    arbiter = make_staff(StaffRole.ARBITER, is_active=False)
    assert may.firm_of(partner) is None
    assert not may.is_arbiter(arbiter)


def test_a_persons_firm_is_asked_for_once(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    partner = User.objects.get(pk=make_person(make_firm()).pk)
    reviewer = User.objects.get(pk=make_staff().pk)
    with django_assert_num_queries(2):
        for _ in range(3):
            may.firm_of(partner)
            may.partner_role(partner)
            may.firm_of(reviewer)


def test_the_submitter_and_the_incentives_admins_are_written_to() -> None:
    firm = make_firm()
    make_person(firm, PartnerRole.GLOBAL_ADMIN)
    zoe = make_person(firm, PartnerRole.INCENTIVES_ADMIN, name="Zoe")
    adam = make_person(firm, PartnerRole.INCENTIVES_ADMIN, name="Adam")
    submitter = make_person(firm, PartnerRole.BILLING_ADMIN, name="Mary")
    make_person(make_firm(), PartnerRole.INCENTIVES_ADMIN)
    assert may.firm_recipients(firm, submitter) == [submitter, adam, zoe]


def test_nobody_is_written_to_twice() -> None:
    firm = make_firm()
    admin = make_person(firm, PartnerRole.INCENTIVES_ADMIN)
    assert may.firm_recipients(firm, admin) == [admin]


def test_global_admins_stand_in_where_a_firm_has_no_incentives_admin() -> None:
    firm = make_firm()
    admin = make_person(firm, PartnerRole.GLOBAL_ADMIN)
    make_person(firm, PartnerRole.INCENTIVES_ADMIN, is_active=False)
    assert may.firm_recipients(firm, None) == [admin]


def test_a_submitter_who_left_is_not_written_to() -> None:
    firm = make_firm()
    admin = make_person(firm, PartnerRole.INCENTIVES_ADMIN)
    assert may.firm_recipients(firm, make_person(firm, is_active=False)) == [admin]
    assert may.firm_recipients(firm, make_person(make_firm())) == [admin]


def test_arbiters_are_those_who_may_sign_in() -> None:
    arbiter = make_staff(StaffRole.ARBITER)
    make_staff(StaffRole.ARBITER, is_active=False)
    make_staff(StaffRole.REVIEWER)
    assert may.arbiters() == [arbiter]


def test_every_home_is_a_page_that_exists() -> None:
    people = [*(make_staff(role) for role in STAFF), *(make_person(make_firm(), role) for role in PARTNERS)]
    assert all(reverse(may.home_of(person)).startswith("/") for person in people)
