"""The last step: every answer, every fault, what comes next; and the button."""

import pytest
import time_machine
from django.urls import reverse

from claims.words import Status
from cpor_portal.accounts.models import EnrolmentState, PartnerRole, Programme
from cpor_portal.directory.models import Product, SubscriptionStatus, Tenant
from tests.claims.wizard.driving import CONTACTS, Driver, codes, sign_in, text_of
from tests.support.factories import make_person, make_product, make_workload
from tests.support.stories import Side, make_customer, make_draft, make_side, pdf

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_too]


@pytest.fixture
def side() -> Side:
    return make_side()


@pytest.fixture
def product() -> Product:
    return make_product()


@pytest.fixture
def tenant(product: Product) -> Tenant:
    return make_customer(product)


@pytest.fixture
def person(side: Side, tenant: Tenant, product: Product) -> Driver:
    return sign_in(side.person, make_draft(side, tenant, [product]))


def test_every_answer_stands_there_with_the_way_to_change_it(person: Driver, tenant: Tenant) -> None:
    response = person.open("check")
    page, text = response.content.decode(), text_of(response)
    assert response.status_code == 200
    for words in (
        tenant.display_name,
        str(tenant.tenant_id),
        "Casey Customer",
        "proof.pdf",
        "Usage",
        "Terry Technical",
    ):
        assert words in text
    for step in ("tenant", "activity", "mpn", "products", "contacts", "proof"):
        assert f'href="{person.url(step)}"' in page
    assert "Change : Tenant ID" in text
    assert not codes(response)


@time_machine.travel("2026-11-22 18:00Z", tick=False)
def test_the_review_deadline_is_said_beforehand_with_its_reason(side: Side, tenant: Tenant, product: Product) -> None:
    page = text_of(sign_in(side.person, make_draft(side, tenant, [product])).open("check"))
    assert "A reviewer decides within 5 business days" in page
    assert "Thanksgiving" in page
    assert "link to a page" not in page


def test_submitting_leads_to_the_claim(person: Driver) -> None:
    response = person.submit()
    assert response.status_code == 302
    assert response.headers["Location"] == reverse("claims:detail", args=[person.reference])
    assert person.claim.status == Status.SUBMITTED


def test_looking_at_the_check_page_submits_nothing(person: Driver) -> None:
    assert person.client.get(reverse("claims:submit", args=[person.reference])).status_code == 405
    person.save("check")
    assert person.claim.status == Status.EDITING


def test_what_no_longer_holds_is_shown_at_its_step_and_nothing_is_submitted(
    side: Side, tenant: Tenant, person: Driver
) -> None:
    tenant.subscriptions.update(status=SubscriptionStatus.DELETED)
    side.location.enrolments.filter(programme=Programme.OSU_BA).update(state=EnrolmentState.INACTIVE)
    for response in (person.open("check"), person.submit()):
        assert codes(response) == {"not_active", "not_enrolled"}
        assert 'href="#step-products"' in response.content.decode()
    assert response.status_code == 422
    assert person.claim.status == Status.EDITING


def test_an_incentives_user_prepares_and_names_who_submits(side: Side, person: Driver) -> None:
    admin = make_person(side.firm, PartnerRole.BILLING_ADMIN, name="Bella Billing")
    user = sign_in(make_person(side.firm, PartnerRole.INCENTIVES_USER), person.claim)
    page = user.open("check")
    assert "Ask one of these people to submit it" in text_of(page)
    assert admin.name in text_of(page)
    assert reverse("claims:submit", args=[user.reference]) not in page.content.decode()
    assert user.submit().status_code == 403
    assert user.claim.status == Status.EDITING


@pytest.mark.parametrize("role", [PartnerRole.GLOBAL_ADMIN, PartnerRole.BILLING_ADMIN, PartnerRole.INCENTIVES_ADMIN])
def test_every_admin_submits(side: Side, person: Driver, role: str) -> None:
    assert sign_in(make_person(side.firm, role), person.claim).submit().status_code == 302
    assert person.claim.status == Status.SUBMITTED


def test_submitting_twice_is_a_conflict(person: Driver) -> None:
    person.submit()
    assert person.submit().status_code == 409


def test_a_product_that_a_colleague_submitted_meanwhile_is_refused(
    side: Side, tenant: Tenant, product: Product, person: Driver
) -> None:
    first = sign_in(side.person, make_draft(side, tenant, [product]))
    assert first.submit().status_code == 302
    response = person.submit()
    assert response.status_code == 422
    assert codes(response) == {"already_claimed"}


def test_the_whole_way_through_a_browser_without_scripts() -> None:
    side, workload = make_side(), make_workload("teams")
    tenant = make_customer(workload)
    person = sign_in(side.person)
    person.start()
    for step, data in (
        ("tenant", {"tenant_id": str(tenant.tenant_id), "domain": tenant.domains.get().name}),
        ("activity", {"solution_area": "microsoft_365", "activities": "usage"}),
        ("mpn", {"mpn_id": side.location.mpn_id}),
        ("products", {"products": "teams"}),
        ("contacts", CONTACTS),
        ("proof", {"documents": pdf("proof.pdf")}),
    ):
        assert person.save(step, data).status_code == 302, step
    assert person.submit().status_code == 302
    assert person.claim.lines.get().product == workload
