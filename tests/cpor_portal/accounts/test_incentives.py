"""The Incentives overview."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cpor_portal.accounts.models import EnrolmentState, MpnLocation, PartnerFirm, PartnerRole, Programme, StaffRole
from tests.support.factories import make_enrolment, make_firm, make_location, make_person, make_staff

pytestmark = pytest.mark.django_db

PAGE = "/incentives/"
LABELLERS = [PartnerRole.GLOBAL_ADMIN, PartnerRole.INCENTIVES_ADMIN]
READERS = [PartnerRole.BILLING_ADMIN, PartnerRole.INCENTIVES_USER]


def signed_in(client: Client, firm: PartnerFirm, role: PartnerRole = PartnerRole.GLOBAL_ADMIN) -> Client:
    client.force_login(make_person(firm, role, name="Gloria Global"))
    return client


def shown(client: Client) -> str:
    return client.get(PAGE).content.decode()


def label_of(location: MpnLocation) -> str:
    location.refresh_from_db()
    return location.own_label


def test_a_firm_sees_its_own_locations_and_enrolments(client: Client) -> None:
    firm = make_firm()
    mine = make_location(firm, Programme.OSA)
    other = make_location(make_firm(), Programme.OSA)
    page = shown(signed_in(client, firm))
    assert mine.mpn_id in page
    assert 'data-enrolment="enrolled"' in page
    assert page.count("Not enrolled") == 2
    assert other.mpn_id not in page


@pytest.mark.parametrize("state", list(EnrolmentState))
def test_every_state_is_shown_and_explained(client: Client, state: EnrolmentState) -> None:
    firm = make_firm()
    make_enrolment(make_location(firm), state=state)
    page = shown(signed_in(client, firm))
    assert f'data-enrolment="{state}"' in page
    assert page.count(f"pill-{state}") == 2


@pytest.mark.parametrize(("now", "said"), [("2027-07-01T06:59:59", "Ends on"), ("2027-07-01T07:00:00", "Ended on")])
def test_an_enrolment_ends_with_its_last_day_at_the_review_site_as_in_the_wizard(
    client: Client, now: str, said: str
) -> None:
    firm = make_firm(time_zone="America/New_York")
    make_enrolment(make_location(firm), ends_on=date(2027, 6, 30))
    with time_machine.travel(datetime.fromisoformat(now).replace(tzinfo=UTC), tick=False):
        assert said in shown(signed_in(client, firm))


def test_the_global_admins_are_named(client: Client) -> None:
    firm = make_firm()
    make_person(firm, PartnerRole.GLOBAL_ADMIN, name="Greta Guide")
    page = shown(signed_in(client, firm, PartnerRole.INCENTIVES_USER))
    assert "Greta Guide" in page
    assert "Gloria Global" not in page.split("Who manages enrolment")[1]


def test_a_firm_without_locations_is_told_what_to_do(client: Client) -> None:
    page = shown(signed_in(client, make_firm()))
    assert "no MPN locations yet" in page


@pytest.mark.parametrize("role", list(StaffRole))
def test_staff_have_no_incentives_page(client: Client, role: StaffRole) -> None:
    client.force_login(make_staff(role))
    assert client.get(PAGE).status_code == 404
    assert client.post(PAGE, {"location": "1234567", "own_label": "x"}).status_code == 404


@pytest.mark.parametrize("role", LABELLERS)
def test_global_and_incentives_admins_label_a_location(client: Client, role: PartnerRole) -> None:
    firm = make_firm()
    location = make_location(firm)
    signed_in(client, firm, role)
    answer = client.post(PAGE, {"location": location.mpn_id, "own_label": " FastTrack ready "}, follow=True)
    assert answer.redirect_chain == [(PAGE, 302)]
    assert label_of(location) == "FastTrack ready"
    assert "FastTrack ready" in answer.content.decode()


@pytest.mark.parametrize("role", READERS)
def test_the_others_read_the_label_and_can_not_change_it(client: Client, role: PartnerRole) -> None:
    firm = make_firm()
    location = make_location(firm, own_label="FastTrack")
    page = shown(signed_in(client, firm, role))
    assert "FastTrack" in page
    assert 'name="own_label"' not in page
    answer = client.post(PAGE, {"location": location.mpn_id, "own_label": "Mine"})
    assert answer.status_code == 403
    assert label_of(location) == "FastTrack"


def test_a_label_can_be_taken_away(client: Client) -> None:
    firm = make_firm()
    location = make_location(firm, own_label="FastTrack")
    signed_in(client, firm).post(PAGE, {"location": location.mpn_id, "own_label": ""})
    assert label_of(location) == ""


def test_a_label_that_is_too_long_is_refused_with_what_was_typed(client: Client) -> None:
    firm = make_firm()
    location, other = make_location(firm, own_label="before"), make_location(firm, own_label="beside")
    answer = signed_in(client, firm).post(PAGE, {"location": location.mpn_id, "own_label": "x" * 81})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'value="{"x" * 81}"' in page
    assert f'href="#id_own_label_{location.mpn_id}"' in page
    assert (label_of(location), label_of(other)) == ("before", "beside")


@pytest.mark.parametrize("mpn_id", ["other", "9999999", "", "x\x00y"])
def test_another_firms_location_does_not_exist(client: Client, mpn_id: str) -> None:
    other = make_location(make_firm(), own_label="theirs")
    signed_in(client, make_firm())
    wanted = other.mpn_id if mpn_id == "other" else mpn_id
    assert client.post(PAGE, {"location": wanted, "own_label": "mine"}).status_code == 404
    assert label_of(other) == "theirs"


def test_a_page_of_many_locations_asks_no_more_than_a_page_of_one(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    few, many = make_firm(), make_firm()
    make_location(few, *Programme)
    for _ in range(30):
        make_location(many, *Programme)
    for firm in (few, many):
        signed_in(client, firm)
        with django_assert_num_queries(6):
            client.get(PAGE)
