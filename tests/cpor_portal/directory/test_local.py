"""The local source answers the protocol from the portal's tables."""

from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from cpor_portal.directory.local import LocalDirectory
from cpor_portal.directory.models import SubscriptionStatus
from cpor_portal.directory.source import Directory, TenantFacts, directory
from tests.support.factories import make_product, make_subscription, make_tenant

pytestmark = pytest.mark.django_db


def test_the_local_source_is_what_the_setting_names() -> None:
    source: Directory = directory()
    assert isinstance(source, LocalDirectory)


def test_a_tenant_is_found_with_its_domains(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    tenant = make_tenant("contoso.onmicrosoft.com", "contoso.example", country="HU", public_sector=True)
    make_tenant()
    with django_assert_num_queries(2):
        facts = LocalDirectory().find_tenant(tenant.tenant_id)
    domains = ("contoso.example", "contoso.onmicrosoft.com")
    assert facts == TenantFacts(tenant.tenant_id, tenant.display_name, "HU", True, domains)


def test_what_is_not_there_is_none() -> None:
    source = LocalDirectory()
    assert source.find_tenant(uuid4()) is None
    assert source.tenant_of_domain("nobody.example") is None
    assert source.subscriptions_of(uuid4()) == ()


def test_a_domain_names_its_tenant(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    tenant = make_tenant("contoso.example")
    with django_assert_num_queries(1):
        assert LocalDirectory().tenant_of_domain("contoso.example") == tenant.tenant_id


def test_every_subscription_of_the_tenant_is_told_deleted_ones_too(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    tenant, product = make_tenant(), make_product()
    owner = uuid4()
    mine = [
        make_subscription(tenant, product),
        make_subscription(tenant, product, status=SubscriptionStatus.DELETED, owner_tenant_id=owner),
    ]
    make_subscription(make_tenant(), product)
    with django_assert_num_queries(1):
        facts = LocalDirectory().subscriptions_of(tenant.tenant_id)
    assert {fact.subscription_id for fact in facts} == {row.subscription_id for row in mine}
    [deleted] = [fact for fact in facts if fact.status == SubscriptionStatus.DELETED]
    assert deleted.owner_tenant_id == owner
    assert deleted.has_id(mine[1].commerce_subscription_id)
    assert deleted.plans == {product.service_plans[0]: "Success"}
