"""`import_directory`: every fault by row and field, all or nothing, twice the same; and the catalogue."""

import json
from copy import deepcopy
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from pytest_django import DjangoAssertNumQueries

from cpor_portal.directory.importing import import_directory, load_catalogue
from cpor_portal.directory.models import Product, Subscription, Tenant, TenantDomain
from cpor_portal.importing.reading import ImportFaults
from tests.support.factories import make_product, make_subscription, make_tenant

pytestmark = pytest.mark.django_db

Document = dict[str, Any]


def guid(number: int) -> str:
    """A made-up GUID."""
    return str(UUID(int=number))


@pytest.fixture
def document() -> Document:
    """One product, and one tenant with two domains and one subscription."""
    return {
        "products": [
            {
                "code": "dynamics-365-sales",
                "name": "Dynamics 365 Sales",
                "solution_area": "business_applications",
                "kind": "subscription",
                "sku_ids": [guid(1)],
                "service_plans": ["DYN365_ENTERPRISE_SALES"],
            }
        ],
        "tenants": [
            {
                "tenant_id": guid(11),
                "display_name": "Contoso",
                "country": "HU",
                "public_sector": False,
                "domains": ["Contoso.example", "contoso"],
                "subscriptions": [
                    {
                        "id": guid(21),
                        "commerce_subscription_id": guid(22),
                        "sku_id": guid(1),
                        "sku_part_number": "DYN365_SALES",
                        "channel": "web_direct",
                        "status": "Enabled",
                        "is_trial": False,
                        "owner_tenant_id": None,
                        "next_lifecycle_at": "2027-06-30T02:00:00+02:00",
                        "service_status": [
                            {"service_plan": "DYN365_ENTERPRISE_SALES", "provisioning_status": "Success"}
                        ],
                    }
                ],
            }
        ],
    }


def put(document: Document, path: str, value: object) -> Document:
    """The document with one value changed, at a path as faults write it; `...` takes the field away."""
    changed = deepcopy(document)
    *way, last = path.replace("]", "").replace("[", ".").split(".")
    place: Any = changed
    for step in way:
        place = place[int(step)] if step.isdigit() else place[step]
    key: Any = int(last) if last.isdigit() else last
    if value is ...:
        del place[key]
    else:
        place[key] = value
    return changed


def faults_of(document: object) -> dict[str, str]:
    """Where the import finds fault, and what it says."""
    with pytest.raises(ImportFaults) as caught:
        import_directory(document)
    return {fault.path: str(fault.text) for fault in caught.value.faults}


def stored() -> list[object]:
    """Everything that an import could write, with all values."""
    models = (Product, Tenant, TenantDomain, Subscription)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


def test_what_the_file_says_is_stored(document: Document) -> None:
    import_directory(document)
    tenant = Tenant.objects.get()
    assert (tenant.tenant_id, tenant.display_name, tenant.country) == (UUID(int=11), "Contoso", "HU")
    assert [domain.name for domain in tenant.domains.all()] == ["contoso.example", "contoso.onmicrosoft.com"]
    subscription = tenant.subscriptions.get()
    assert subscription.commerce_subscription_id == UUID(int=22)
    assert subscription.next_lifecycle_at is not None
    assert subscription.next_lifecycle_at.isoformat() == "2027-06-30T00:00:00+00:00"
    product = Product.objects.get()
    assert (product.sku_ids, product.sku_part_numbers, product.valid_to) == ([guid(1)], [], None)


def test_a_second_run_changes_nothing_and_says_so(document: Document) -> None:
    assert import_directory(document).changed == 1 + 1 + 2 + 1
    before = stored()
    again = import_directory(document)
    assert again.changed == 0
    assert again.sentences()[-1].startswith("Nothing changed")
    assert stored() == before


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("products[0].name", "Sales"),
        ("products[0].valid_to", "2027-01-01"),
        ("products[0].aliases", ["CRM"]),
        ("tenants[0].display_name", "Contoso Zrt."),
        ("tenants[0].public_sector", True),
        ("tenants[0].subscriptions[0].status", "Deleted"),
        ("tenants[0].subscriptions[0].commerce_subscription_id", guid(23)),
        ("tenants[0].subscriptions[0].owner_tenant_id", guid(99)),
        ("tenants[0].subscriptions[0].next_lifecycle_at", None),
        ("tenants[0].subscriptions[0].service_status[0].provisioning_status", "PendingActivation"),
    ],
)
def test_one_changed_value_updates_one_row(document: Document, path: str, value: object) -> None:
    import_directory(document)
    report = import_directory(put(document, path, value))
    assert report.changed == sum(tally.updated for tally in report.tallies.values()) == 1
    assert import_directory(put(document, path, value)).changed == 0


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("tenants[0].tenant_id", guid(0), "is not a GUID"),
        ("tenants[0].tenant_id", "contoso", "is not a GUID"),
        ("tenants[0].country", "EU", "is not a country code"),
        ("tenants[0].public_sector", "no", "true or false is expected"),
        ("tenants[0].public_sector", ..., "is missing"),
        ("tenants[0].domains[0]", "10.0.0.1", "is not a domain"),
        ("tenants[0].domains[0]", 7, "a text of at most"),
        ("tenants[0].domains[1]", "https://CONTOSO.example/", "stands already in tenants[0].domains[0]"),
        ("tenants[0].domains", "contoso.example", "a list is expected"),
        ("tenants[0].subscriptions[0].id", guid(0), "is not a GUID"),
        ("tenants[0].subscriptions[0].channel", "CSP", '"CSP" is not one of volume_licensing, web_direct, csp'),
        ("tenants[0].subscriptions[0].status", "enabled", '"enabled" is not one of Enabled, Warning,'),
        ("tenants[0].subscriptions[0].is_trial", 1, "true or false is expected"),
        ("tenants[0].subscriptions[0].next_lifecycle_at", "2027-06-30T00:00:00", "with a time zone"),
        ("tenants[0].subscriptions[0].next_lifecycle_at", "0001-01-01T00:00:00+14:00", "with a time zone"),
        ("tenants[0].subscriptions[0].owner_tenant", None, "no such field"),
        ("tenants[0].subscriptions[0].sku_part_number", ..., "is missing"),
        ("tenants[0].subscriptions[0].service_status[0].service_plan", "", "is empty"),
        ("products[0].code", "Dynamics 365", "only a-z"),
        ("products[0].solution_area", "microsoft_365", "workloads are Microsoft 365"),
        ("products[0].sku_ids[0]", "DYN365_SALES", "is not a GUID"),
        ("products[0].service_plans", ..., "is missing"),
        ("products[0].valid_to", "soon", "is not a day"),
        ("products[0].price", 10, "no such field"),
    ],
)
def test_a_fault_is_named_by_row_and_field(document: Document, path: str, value: object, said: str) -> None:
    faults = faults_of(put(document, path, value))
    place = "products[0].kind" if path.endswith("solution_area") else path
    assert list(faults) == [place]
    assert said in faults[place]
    assert stored() == [[]] * 4


def test_what_may_stand_only_once_in_a_file_stands_once(document: Document) -> None:
    document["products"].append(document["products"][0])
    document["tenants"].append(document["tenants"][0])
    faults = faults_of(document)
    assert list(faults) == [
        "products[1].code",
        "tenants[1].tenant_id",
        "tenants[1].domains[0]",
        "tenants[1].domains[1]",
        "tenants[1].subscriptions[0].id",
        "tenants[1].subscriptions[0].commerce_subscription_id",
    ]
    assert all("stands already in" in said for said in faults.values())


def test_an_id_may_not_name_two_subscriptions(document: Document) -> None:
    second = document["tenants"][0]["subscriptions"][0] | {"id": guid(22), "commerce_subscription_id": guid(30)}
    document["tenants"][0]["subscriptions"].append(second)
    assert list(faults_of(document)) == ["tenants[0].subscriptions[1].id"]


def test_a_products_validity_does_not_end_before_it_begins(document: Document) -> None:
    document["products"][0] |= {"valid_from": "2027-02-01", "valid_to": "2027-01-31"}
    assert list(faults_of(document)) == ["products[0].valid_to"]


def test_one_fault_keeps_the_whole_file_out(document: Document) -> None:
    import_directory(document)
    before = stored()
    document["tenants"][0]["display_name"] = "Changed"
    document["tenants"].append(document["tenants"][0] | {"tenant_id": "?", "domains": [], "subscriptions": []})
    assert list(faults_of(document)) == ["tenants[1].tenant_id"]
    assert stored() == before


def test_a_domain_of_another_tenant_is_a_fault(document: Document) -> None:
    owner = make_tenant("contoso.example")
    faults = faults_of(document)
    assert faults == {"tenants[0].domains[0]": f"this domain belongs to tenant {owner.tenant_id} in the portal"}
    assert Tenant.objects.get() == owner


def test_a_domain_moves_where_the_file_speaks_for_both_tenants(document: Document) -> None:
    import_directory(document)
    second = document["tenants"][0] | {"tenant_id": guid(12), "subscriptions": [], "domains": ["contoso.example"]}
    document["tenants"][0]["domains"] = ["contoso"]
    document["tenants"].append(second)
    tally = import_directory(document).tallies["Domains"]
    assert (tally.updated, tally.unchanged, tally.removed) == (1, 1, 0)
    assert TenantDomain.objects.get(name="contoso.example").tenant_id == UUID(int=12)


def test_domains_that_a_tenant_no_longer_names_are_removed(document: Document) -> None:
    import_directory(document)
    other = make_tenant("fabrikam.example")
    document["tenants"][0]["domains"] = ["contoso.example"]
    report = import_directory(document)
    assert "Domains: 0 created, 0 updated, 1 unchanged, 1 removed." in report.sentences()
    assert [domain.name for domain in TenantDomain.objects.all()] == ["contoso.example", "fabrikam.example"]
    assert other.domains.count() == 1


def test_subscriptions_and_tenants_that_the_file_does_not_name_stay(document: Document) -> None:
    import_directory(document)
    document["tenants"][0]["subscriptions"] = []
    assert import_directory(document).changed == 0
    assert Subscription.objects.count() == 1


def test_a_subscription_of_another_tenant_is_a_fault(document: Document) -> None:
    make_subscription(make_tenant(), make_product(), subscription_id=UUID(int=21))
    assert list(faults_of(document)) == ["tenants[0].subscriptions[0].id"]


def test_ids_of_another_subscription_are_faults(document: Document) -> None:
    tenant = make_tenant()
    make_subscription(tenant, make_product(), commerce_subscription_id=UUID(int=21))
    make_subscription(tenant, make_product(), subscription_id=UUID(int=22))
    assert list(faults_of(document)) == [
        "tenants[0].subscriptions[0].id",
        "tenants[0].subscriptions[0].commerce_subscription_id",
    ]


def test_two_ids_of_one_subscription_may_be_the_same(document: Document) -> None:
    document["tenants"][0]["subscriptions"][0]["commerce_subscription_id"] = guid(21)
    assert import_directory(document).changed == 5
    assert import_directory(document).changed == 0


@pytest.mark.parametrize("nothing", [{}, [], {"tenants": None}, {"firms": []}])
def test_a_file_with_nothing_in_it_is_a_fault(nothing: object) -> None:
    assert faults_of(nothing)


def test_a_file_may_hold_only_tenants_or_only_products(document: Document) -> None:
    assert import_directory({"products": document["products"]}).changed == 1
    assert import_directory({"tenants": document["tenants"]}).changed == 4


def test_thousands_of_tenants_take_few_statements(
    document: Document, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    row = document["tenants"][0]
    subscription = row["subscriptions"][0]
    document["tenants"] = [
        row
        | {
            "tenant_id": guid(1000 + number),
            "domains": [f"customer{number}.example"],
            "subscriptions": [
                subscription | {"id": guid(10**6 + number), "commerce_subscription_id": guid(10**7 + number)}
            ],
        }
        for number in range(2000)
    ]
    with django_assert_max_num_queries(80):
        assert import_directory(document).changed == 6001
    with django_assert_max_num_queries(60):
        assert import_directory(document).changed == 0


def test_the_curated_catalogue_loads_twice_the_same() -> None:
    assert load_catalogue().changed == Product.objects.count() == 31
    assert load_catalogue().changed == 0


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("import_directory", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_imports_a_file_the_catalogue_or_both(document: Document, tmp_path: Path) -> None:
    file = tmp_path / "directory.json"
    file.write_text(json.dumps({"tenants": document["tenants"]}), encoding="utf-8")
    assert "Tenants: 1 created, 0 updated, 0 unchanged.\n" in run(str(file))
    report = run("--catalogue", str(file))
    assert "Products: 31 created, 0 updated, 0 unchanged.\n" in report
    assert report.endswith("Nothing changed: everything in the file is in the portal already.\n")


def test_the_command_without_a_file_says_what_it_needs() -> None:
    with pytest.raises(CommandError, match="Name a file"):
        run()
