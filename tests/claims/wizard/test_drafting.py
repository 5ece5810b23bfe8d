"""Starting, resuming and deleting a draft; steps in their order; who may come near."""

import pytest
from django.test import Client
from django.urls import reverse

from claims.models import Claim
from claims.wizard.steps import STEPS
from cpor_portal.accounts.models import PartnerRole
from tests.claims.wizard.driving import sign_in, text_of
from tests.support.claims import make_draft as make_empty_draft
from tests.support.factories import make_firm, make_person, make_staff, make_workload
from tests.support.stories import make_customer, make_draft, make_side

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_too]


@pytest.mark.parametrize("role", PartnerRole.values)
def test_every_partner_role_starts_a_draft_and_comes_to_its_first_step(role: str) -> None:
    person = sign_in(make_person(make_firm(), role))
    response = person.start()
    assert response.status_code == 302
    assert response.headers["Location"] == person.url("tenant")
    assert person.claim.is_draft
    assert person.open("tenant").status_code == 200


def test_a_draft_is_never_made_by_a_get() -> None:
    person = sign_in(make_person(make_firm()))
    assert person.client.get(reverse("claims:new")).status_code == 405
    assert not Claim.objects.exists()


def test_staff_start_no_claim() -> None:
    response = sign_in(make_staff()).client.post(reverse("claims:new"))
    assert response.status_code == 403
    assert not Claim.objects.exists()


@pytest.mark.parametrize("step", [step.slug for step in STEPS[1:]])
def test_a_locked_step_leads_to_the_first_one_that_is_missing(step: str) -> None:
    claim = make_empty_draft()
    person = sign_in(claim.created_by, claim)
    for response in (person.open(step), person.client.get(person.url(step), follow=True)):
        assert response.status_code in (302, 200)
    assert person.open(step).headers["Location"] == person.url("tenant")
    assert "First complete this step: Customer&#x27;s tenant." in response.content.decode()


def test_a_locked_step_is_not_saved_either() -> None:
    claim = make_empty_draft()
    person = sign_in(claim.created_by, claim)
    response = person.save("activity", {"solution_area": "microsoft_365", "activities": ["usage"]})
    assert response.headers["Location"] == person.url("tenant")
    assert not person.claim.solution_area


def test_a_colleague_goes_on_where_a_draft_was_left() -> None:
    side = make_side()
    workload = make_workload()
    claim = make_draft(side, make_customer(workload), [workload])
    colleague = sign_in(make_person(side.firm, PartnerRole.INCENTIVES_USER), claim)
    for step in STEPS:
        assert colleague.open(step.slug).status_code == 200, step.slug


def test_a_draft_does_not_exist_for_another_firm_or_for_staff() -> None:
    claim = make_empty_draft()
    for stranger in (make_person(make_firm()), make_staff(), make_staff("arbiter"), make_staff("portal_admin")):
        person = sign_in(stranger, claim)
        assert person.open("tenant").status_code == 404
        assert person.save("tenant", {"tenant_id": "x", "domain": "y"}).status_code == 404
        assert person.submit().status_code == 404
        assert person.client.post(reverse("claims:delete_draft", args=[claim.reference])).status_code == 404


def test_somebody_who_is_not_signed_in_is_sent_to_sign_in() -> None:
    claim = make_empty_draft()
    response = Client().get(reverse("claims:edit", args=[claim.reference, "tenant"]))
    assert response.status_code == 302
    assert response.headers["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("page", ["edit/tenant/", "submit/", "delete/"])
def test_what_cannot_be_a_reference_is_not_looked_up(page: str) -> None:
    person = sign_in(make_person(make_firm()))
    assert person.client.post(f"/claims/C-%00ABC/{page}").status_code == 404


def test_there_is_no_other_step() -> None:
    claim = make_empty_draft()
    assert sign_in(claim.created_by, claim).open("payment").status_code == 404


def test_deleting_a_draft_removes_it_with_its_documents() -> None:
    side = make_side()
    workload = make_workload()
    claim = make_draft(side, make_customer(workload), [workload])
    person = sign_in(side.person, claim)
    response = person.client.post(reverse("claims:delete_draft", args=[claim.reference]), follow=True)
    assert f"The draft {claim.reference} has been deleted." in text_of(response)
    assert not Claim.objects.filter(pk=claim.pk).exists()
