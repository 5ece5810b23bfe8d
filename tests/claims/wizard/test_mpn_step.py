"""The MPN step: own locations with their enrolment, an ID typed, and drafting on without an enrolment."""

from datetime import date

import pytest
import time_machine

from cpor_portal.accounts.models import EnrolmentState, PartnerRole, Programme
from tests.claims.wizard.driving import Driver, codes, sign_in, text_of
from tests.support.factories import make_enrolment, make_location, make_person, make_workload
from tests.support.stories import Side, make_customer, make_draft, make_side

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_too]


@pytest.fixture
def side() -> Side:
    return make_side()


@pytest.fixture
def person(side: Side) -> Driver:
    workload = make_workload()
    return sign_in(side.person, make_draft(side, make_customer(workload), [workload]))


def test_the_firms_locations_stand_there_with_label_and_enrolment(side: Side, person: Driver) -> None:
    make_enrolment(
        make_location(side.firm, mpn_id="6100001", name="Szeged", own_label="FastTrack-ready"),
        Programme.OSU_M365,
        EnrolmentState.VALIDATING,
        date(2027, 6, 30),
    )
    stranger = make_location(mpn_id="6100002")
    page = text_of(person.open("mpn"))
    assert "6100001 Szeged FastTrack-ready OSU-M365 Validating until 30 June 2027" in page
    assert stranger.mpn_id not in page


def test_a_plain_client_sends_one_field(side: Side, person: Driver) -> None:
    other = make_location(side.firm, Programme.OSU_M365)
    response = person.save("mpn", {"mpn_id": other.mpn_id})
    assert response.status_code == 302
    assert response.headers["Location"] == person.url("products")
    assert person.claim.location == other


def test_the_radio_button_and_the_empty_text_field_are_one_answer(side: Side, person: Driver) -> None:
    other = make_location(side.firm, Programme.OSU_M365)
    assert person.save("mpn", {"mpn_id": [other.mpn_id, ""]}).status_code == 302
    assert person.claim.location == other


def test_an_id_typed_beside_other_is_read_leniently(side: Side, person: Driver) -> None:
    other = make_location(side.firm, Programme.OSU_M365)
    assert person.save("mpn", {"mpn_id": ["", f"MPN ID: {other.mpn_id}"]}).status_code == 302
    assert person.claim.location == other


def test_a_location_chosen_and_another_id_typed_is_asked_back(side: Side, person: Driver) -> None:
    other = make_location(side.firm, Programme.OSU_M365)
    response = person.save("mpn", {"mpn_id": [other.mpn_id, "7654321"]})
    assert response.status_code == 422
    assert codes(response) == {"mpn_ambiguous"}
    assert 'value="7654321"' in response.content.decode()
    assert person.claim.location == side.location


@pytest.mark.parametrize(
    ("text", "code"), [("", "mpn_required"), ("12", "mpn_id_malformed"), ("7654321", "not_your_mpn")]
)
def test_what_is_no_location_of_the_firm_is_refused(person: Driver, text: str, code: str) -> None:
    response = person.save("mpn", {"mpn_id": text})
    assert response.status_code == 422
    assert codes(response) == {code}
    assert f'value="{text}"' in response.content.decode()


def test_the_global_id_is_explained(side: Side, person: Driver) -> None:
    response = person.save("mpn", {"mpn_id": side.firm.global_id})
    assert response.status_code == 422
    assert codes(response) == {"global_id"}


def test_a_location_that_is_not_enrolled_is_refused_and_kept_and_the_draft_goes_on(side: Side, person: Driver) -> None:
    admin = make_person(side.firm, PartnerRole.GLOBAL_ADMIN, name="Gabi Global")
    bare = make_location(side.firm)
    response = person.save("mpn", {"mpn_id": bare.mpn_id})
    page = text_of(response)
    assert response.status_code == 422
    assert codes(response) == {"not_enrolled"}
    assert admin.name in page
    assert "A Global admin of your firm completes it with Microsoft" in page
    assert "Go on drafting" in page
    assert f'href="{person.url("products")}"' in response.content.decode()
    assert person.claim.location == bare
    assert person.open("products").status_code == 200
    assert "not_enrolled" in codes(person.open("check"))
    assert "not_enrolled" in codes(person.open("mpn"))
    assert person.submit().status_code == 422


def test_revenue_association_needs_no_enrolment(side: Side, person: Driver) -> None:
    person.save("activity", {"solution_area": "business_applications", "activities": ["revenue_association"]})
    bare = make_location(side.firm)
    assert "no enrolment is needed" in text_of(person.open("mpn"))
    assert person.save("mpn", {"mpn_id": bare.mpn_id}).status_code == 302


@time_machine.travel("2027-07-01 12:00Z", tick=False)
def test_an_enrolment_ends_with_its_last_day(side: Side) -> None:
    workload = make_workload()
    person = sign_in(side.person, make_draft(side, make_customer(workload), [workload]))
    lapsed = make_location(side.firm)
    make_enrolment(lapsed, Programme.OSU_M365, EnrolmentState.ENROLLED, date(2027, 6, 30))
    assert codes(person.save("mpn", {"mpn_id": lapsed.mpn_id})) == {"not_enrolled"}
