"""`import_directory`: customer tenants and the product catalogue from a file (design.md, "Contract")."""

from collections.abc import Hashable
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cpor_portal.directory.import_format import DirectoryWanted, read_directory
from cpor_portal.directory.models import Product, Subscription, Tenant, TenantDomain
from cpor_portal.importing.command import read_json
from cpor_portal.importing.reading import Faults
from cpor_portal.importing.writing import ImportReport, Tally, batches, bring, stored

CATALOGUE = Path(__file__).parent / "data" / "catalogue.json"
"""The curated product catalogue that comes with the portal (docs/catalogue.md)."""

PRODUCT_FIELDS = [
    "name",
    "solution_area",
    "kind",
    "sku_ids",
    "sku_part_numbers",
    "service_plans",
    "aliases",
    "valid_from",
    "valid_to",
]
SUBSCRIPTION_FIELDS = [
    "commerce_subscription_id",
    "sku_id",
    "sku_part_number",
    "channel",
    "status",
    "is_trial",
    "owner_tenant_id",
    "next_lifecycle_at",
    "service_status",
]


def load_catalogue() -> ImportReport:
    """Imports the curated catalogue; harmless when it is there already."""
    return import_directory(read_json(CATALOGUE))


def import_directory(document: object) -> ImportReport:
    """Brings tenants, domains, subscriptions and products into line with the document: all of it or nothing.

    A tenant's list of domains is the whole list: domains that it no longer names go. Nothing else is removed; a
    subscription that ended is told by its status. A second run changes nothing. Raises ImportFaults with every
    fault that was found.
    """
    wanted = read_directory(document)
    with transaction.atomic():
        domains = _stored_domains(wanted)
        _refuse_clashes(wanted, domains)
        report = ImportReport()
        if wanted.products:
            report.tallies[_("Products")] = _bring_products(wanted)
        if wanted.tenants:
            report.tallies[_("Tenants")] = _bring_tenants(wanted)
            report.tallies[_("Domains")] = _bring_domains(wanted, domains)
            report.tallies[_("Subscriptions")] = _bring_subscriptions(wanted)
    return report


# --- What clashes with what is stored ----------------------------------------------------------------------


def _refuse_clashes(wanted: DirectoryWanted, domains: dict[Hashable, TenantDomain]) -> None:
    faults = Faults()
    _note_clashing_domains(wanted, domains, faults)
    _note_clashing_subscriptions(wanted, faults)
    faults.raise_any()


def _note_clashing_domains(wanted: DirectoryWanted, domains: dict[Hashable, TenantDomain], faults: Faults) -> None:
    """A domain may move only where the file speaks for both tenants."""
    in_file = {row.tenant.tenant_id for row in wanted.tenants}
    for row in wanted.tenants:
        for path, name in row.domains:
            owner = domains[name].tenant_id if name in domains else row.tenant.tenant_id
            if owner != row.tenant.tenant_id and owner not in in_file:
                faults.add(path, _("this domain belongs to tenant %(tenant)s in the portal") % {"tenant": owner})


def _note_clashing_subscriptions(wanted: DirectoryWanted, faults: Faults) -> None:
    """A subscription stays with its tenant, and either of its ids names it alone."""
    known = _stored_by_either_id(wanted)
    for path, row in _subscriptions(wanted):
        same = known.get(row.subscription_id)
        if same is not None and same.tenant_id != row.tenant.tenant_id:
            facts = {"tenant": same.tenant_id}
            faults.add(f"{path}.id", _("this subscription belongs to tenant %(tenant)s in the portal") % facts)
        for field, value in (("id", row.subscription_id), ("commerce_subscription_id", row.commerce_subscription_id)):
            other = known.get(value)
            if other is not None and other.subscription_id != row.subscription_id:
                faults.add(f"{path}.{field}", _("this is an id of another subscription in the portal"))


# --- What is written ---------------------------------------------------------------------------------------


def _bring_products(wanted: DirectoryWanted) -> Tally:
    codes = [product.code for product in wanted.products]
    existing: dict[Hashable, Product] = {row.code: row for row in stored(Product.objects.all(), "code", codes)}
    return bring(Product, wanted.products, existing, key=lambda row: row.code, fields=PRODUCT_FIELDS)


def _bring_tenants(wanted: DirectoryWanted) -> Tally:
    rows = [row.tenant for row in wanted.tenants]
    ids = [row.tenant_id for row in rows]
    existing: dict[Hashable, Tenant] = {row.tenant_id: row for row in stored(Tenant.objects.all(), "tenant_id", ids)}
    return bring(
        Tenant,
        rows,
        existing,
        key=lambda row: row.tenant_id,
        fields=["display_name", "country", "public_sector"],
    )


def _bring_domains(wanted: DirectoryWanted, existing: dict[Hashable, TenantDomain]) -> Tally:
    rows = [TenantDomain(tenant=row.tenant, name=name) for row in wanted.tenants for _path, name in row.domains]
    tally = bring(TenantDomain, rows, existing, key=lambda row: row.name, fields=["tenant_id"])
    tally.removed = _remove_domains(wanted)
    return tally


def _remove_domains(wanted: DirectoryWanted) -> int:
    """Takes away what the tenants of the file no longer own; how many that were."""
    names = {name for row in wanted.tenants for _path, name in row.domains}
    ids = [row.tenant.tenant_id for row in wanted.tenants]
    gone = [row.pk for row in stored(TenantDomain.objects.all(), "tenant", ids) if row.name not in names]
    for batch in batches(gone):
        TenantDomain.objects.filter(pk__in=batch).delete()
    return len(gone)


def _bring_subscriptions(wanted: DirectoryWanted) -> Tally:
    rows = [row for _path, row in _subscriptions(wanted)]
    ids = [row.subscription_id for row in rows]
    existing: dict[Hashable, Subscription] = {
        row.subscription_id: row for row in stored(Subscription.objects.all(), "subscription_id", ids)
    }
    return bring(Subscription, rows, existing, key=lambda row: row.subscription_id, fields=SUBSCRIPTION_FIELDS)


# --- What is stored ----------------------------------------------------------------------------------------


def _subscriptions(wanted: DirectoryWanted) -> list[tuple[str, Subscription]]:
    return [pair for row in wanted.tenants for pair in row.subscriptions]


def _stored_domains(wanted: DirectoryWanted) -> dict[Hashable, TenantDomain]:
    names = [name for row in wanted.tenants for _path, name in row.domains]
    return {row.name: row for row in stored(TenantDomain.objects.all(), "name", names)}


def _stored_by_either_id(wanted: DirectoryWanted) -> dict[UUID, Subscription]:
    ids = {
        value for _path, row in _subscriptions(wanted) for value in (row.subscription_id, row.commerce_subscription_id)
    }
    known = {}
    for field in ("subscription_id", "commerce_subscription_id"):
        for row in stored(Subscription.objects.all(), field, ids):
            known[row.subscription_id] = known[row.commerce_subscription_id] = row
    return known
