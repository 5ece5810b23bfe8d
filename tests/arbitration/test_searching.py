"""The queue's search box: which claims a text finds, in every spelling in which people paste it."""

from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from arbitration.queue import ALL, PAGE_SIZE, Filters, page_of
from claims.models import Claim
from claims.words import Status
from cpor_portal.accounts.models import User
from cpor_portal.directory.models import Subscription, TenantDomain
from tests.support.factories import make_product, make_staff, make_subscription, make_tenant, make_workload
from tests.support.queues import copy_of
from tests.support.stories import make_asked, make_customer, make_side, make_submitted

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_too]


@pytest.fixture
def reviewer() -> User:
    return make_staff()


def references(reader: User, filters: Filters) -> list[str]:
    return [row.reference for row in page_of(reader, filters, now=timezone.now()).rows]


def found_by(reader: User, text: str) -> list[str]:
    return references(reader, Filters(q=text))


def test_a_claim_is_found_by_its_reference_in_any_spelling_and_wherever_it_stands(reviewer: User) -> None:
    make_submitted()
    claim = make_asked(reviewer)
    bare = claim.reference.removeprefix("C-")
    for text in (claim.reference, claim.reference.lower(), f"  {bare} ", f"C {bare.lower()}", f"c - {bare}"):
        assert found_by(reviewer, text) == [claim.reference], text


def test_a_word_that_could_be_a_reference_is_searched_like_any_other(client: Client, reviewer: User) -> None:
    workload = make_workload()
    tenant = make_tenant("standard.example", display_name="Standard Bank")
    make_subscription(tenant, workload)
    waiting = make_submitted(make_side(), tenant, workload)
    closed = [copy_of(waiting) for _one in range(PAGE_SIZE + 3)]
    Claim.objects.filter(pk__in=[claim.pk for claim in closed]).update(status=Status.APPROVED, due_at=None)
    client.force_login(reviewer)
    page = client.get("/review/", {"q": "standard"})
    assert page.status_code == 200
    assert found_by(reviewer, "standard") == [waiting.reference]
    assert "Search in every status" in page.content.decode()
    everywhere = client.get("/review/", {"q": "standard", "status": ALL})
    assert "Next" in everywhere.content.decode()


def test_a_closed_claim_is_found_by_its_reference_and_no_wider_search_is_offered(
    client: Client, reviewer: User
) -> None:
    claim = make_submitted()
    Claim.objects.update(status=Status.WITHDRAWN, due_at=None)
    client.force_login(reviewer)
    page = client.get("/review/", {"q": claim.reference}).content.decode()
    assert "1 claim, newest first." in page
    assert "Search in every status" not in page


def test_a_claim_is_found_by_tenant_id_in_any_spelling(reviewer: User) -> None:
    make_submitted()
    claim = make_submitted()
    tenant_id = str(claim.tenant_id)
    link = f"https://entra.microsoft.com/#view/tenantId/{tenant_id}"
    for text in (tenant_id, tenant_id.upper(), f"{{{tenant_id}}}", tenant_id.replace("-", ""), link):
        assert found_by(reviewer, text) == [claim.reference], text


def test_a_claim_is_found_by_subscription_id(reviewer: User) -> None:
    make_submitted()
    product = make_product()
    claim = make_submitted(make_side(), make_customer(product), product)
    subscription_id = str(claim.lines.get().subscription_id)
    assert found_by(reviewer, subscription_id) == [claim.reference]
    assert found_by(reviewer, f"/subscriptions/{subscription_id.upper()}") == [claim.reference]
    assert found_by(reviewer, str(uuid4())) == []


def test_a_claim_is_found_by_the_other_id_of_its_subscription(reviewer: User) -> None:
    make_submitted()
    product = make_product()
    claim = make_submitted(make_side(), make_customer(product), product)
    subscription = Subscription.objects.get(pk=claim.lines.get().subscription_id)
    assert found_by(reviewer, str(subscription.commerce_subscription_id)) == [claim.reference]


def test_a_claim_is_found_by_the_mpn_id_of_its_location_or_its_firm(reviewer: User) -> None:
    make_submitted()
    side, workload = make_side(), make_workload()
    claim = make_submitted(side, make_customer(workload), workload)
    assert found_by(reviewer, f"MPN {side.location.mpn_id}") == [claim.reference]
    assert found_by(reviewer, side.firm.global_id) == [claim.reference]


def test_a_claim_is_found_by_its_domain(reviewer: User) -> None:
    make_submitted()
    claim = make_submitted()
    for text in (claim.domain, claim.domain.upper(), f"admin@{claim.domain}", f"https://{claim.domain}/"):
        assert found_by(reviewer, text) == [claim.reference], text


def test_a_claim_is_found_by_every_domain_of_its_tenant(reviewer: User) -> None:
    make_submitted()
    claim = make_submitted()
    TenantDomain.objects.create(tenant_id=claim.tenant_id, name="second.example")
    assert found_by(reviewer, "someone@second.example") == [claim.reference]


def test_claims_are_found_by_how_the_customers_or_the_firms_name_begins(reviewer: User) -> None:
    workload = make_workload()
    tenant = make_tenant("northwind.example", display_name="Northwind Traders")
    make_subscription(tenant, workload)
    side = make_side("Fabrikam Consulting")
    claim = make_submitted(side, tenant, workload)
    make_submitted()
    for text in ("Northwind", "northWIND tr", "Fabrikam", "fabrikam c"):
        assert found_by(reviewer, text) == [claim.reference], text
    assert found_by(reviewer, "Traders") == []


@pytest.mark.parametrize("text", ["%", "_", "' OR 1=1 --", "\x00", "🜁", "(" * 300, "C-", "x" * 3000])
def test_odd_searches_find_nothing_and_break_nothing(client: Client, reviewer: User, text: str) -> None:
    make_submitted()
    client.force_login(reviewer)
    assert client.get("/review/", {"q": text}).status_code == 200


def test_a_key_is_also_looked_for_as_the_beginning_of_a_name(reviewer: User) -> None:
    workload = make_workload()
    tenant = make_tenant("numbers.example", display_name="123456 Holding")
    make_subscription(tenant, workload)
    claim = make_submitted(make_side(), tenant, workload)
    make_submitted()
    assert found_by(reviewer, "123456") == [claim.reference]


def test_a_search_goes_together_with_the_filters(reviewer: User) -> None:
    waiting, asked = make_submitted(), make_asked(reviewer)
    Claim.objects.update(customer_display_name="Contoso")
    assert found_by(reviewer, "Contoso") == [waiting.reference]
    assert references(reviewer, Filters(q="Contoso", status=Status.PARTNER_ACTION_REQUIRED)) == [asked.reference]
    assert set(references(reviewer, Filters(q="contoso", status=ALL))) == {waiting.reference, asked.reference}
    assert references(reviewer, Filters(q="contoso", mine=True)) == []
