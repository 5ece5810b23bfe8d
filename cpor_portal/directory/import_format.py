"""The format of `import_directory` (design.md, "Contract"): what a file says, read and held to its own rules.

What clashes with tenants that are stored already is `importing`'s business.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cpor_portal.directory.identifiers import Malformed, read_domain
from cpor_portal.directory.models import (
    Channel,
    Product,
    ProductKind,
    SolutionArea,
    Subscription,
    SubscriptionStatus,
    Tenant,
)
from cpor_portal.importing.reading import Row, read_document, shown

KIND_OF_AREA: dict[str, str] = {
    SolutionArea.MICROSOFT_365: ProductKind.WORKLOAD,
    SolutionArea.BUSINESS_APPLICATIONS: ProductKind.SUBSCRIPTION,
}
"""Workloads are claimed per tenant, Business Applications per subscription (domain.md, "Products")."""


@dataclass(frozen=True)
class TenantWanted:
    """A tenant with all its domains (normalised, each with its path) and the subscriptions to bring in."""

    path: str
    tenant: Tenant
    domains: list[tuple[str, str]]
    subscriptions: list[tuple[str, Subscription]]


@dataclass(frozen=True)
class DirectoryWanted:
    """The whole file."""

    products: list[Product]
    tenants: list[TenantWanted]


def read_directory(document: object) -> DirectoryWanted:
    """What the document asks for. Raises ImportFaults with every fault."""
    return read_document(document, _whole)


def _whole(row: Row) -> DirectoryWanted:
    """Either list may be left out, not both: an empty file is more likely the wrong one."""
    if not row.has("products") and not row.has("tenants"):
        row.fault("tenants", _("is missing, and so is products"))
    return DirectoryWanted(
        products=row.rows("products", _product) if row.has("products") else [],
        tenants=row.rows("tenants", _tenant) if row.has("tenants") else [],
    )


def _product(row: Row) -> Product:
    """The curated catalogue says where a row comes from and what is open; the table does not keep that."""
    row.ignore("source", "open")
    product = Product(
        code=row.text("code", longest=60),
        name=row.text("name", longest=120),
        solution_area=row.choice("solution_area", SolutionArea),
        kind=row.choice("kind", ProductKind),
        sku_ids=[str(guid) for guid in row.guids("sku_ids")],
        sku_part_numbers=_texts(row, "sku_part_numbers") if row.has("sku_part_numbers") else [],
        service_plans=_texts(row, "service_plans"),
        aliases=_texts(row, "aliases") if row.has("aliases") else [],
        valid_from=row.day("valid_from"),
        valid_to=row.day("valid_to"),
    )
    _hold_product(row, product)
    return product


def _hold_product(row: Row, product: Product) -> None:
    if product.code and not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", product.code):
        row.fault("code", _("only a-z, 0-9, - and _ may stand in a code"))
    row.once("code", product.code)
    if row.is_sound("solution_area", "kind") and product.kind != KIND_OF_AREA[product.solution_area]:
        row.fault("kind", _("workloads are Microsoft 365, products by subscription Business Applications"))
    if product.valid_from and product.valid_to and product.valid_to < product.valid_from:
        row.fault("valid_to", _("lies before valid_from"))


def _texts(row: Row, name: str) -> list[str]:
    return [text for _path, text in row.texts(name)]


def _tenant(row: Row) -> TenantWanted:
    tenant = Tenant(
        tenant_id=row.guid("tenant_id"),
        display_name=row.text("display_name"),
        country=row.country("country"),
        public_sector=row.flag("public_sector"),
    )
    row.once("tenant_id", tenant.tenant_id)
    return TenantWanted(
        path=row.path,
        tenant=tenant,
        domains=_domains(row),
        subscriptions=row.rows("subscriptions", lambda inner: (inner.path, _subscription(inner, tenant))),
    )


def _domains(row: Row) -> list[tuple[str, str]]:
    """Each domain in the one form that look-ups use; it belongs to one tenant, and stands once."""
    found = []
    for path, text in row.texts("domains", longest=253):
        try:
            name = read_domain(text).name
        except Malformed:
            row.faults.add(path, _("%(value)s is not a domain of a tenant") % {"value": shown(text)})
            continue
        row.faults.once("domain", name, path)
        found.append((path, name))
    return found


def _subscription(row: Row, tenant: Tenant) -> Subscription:
    subscription = Subscription(
        subscription_id=row.guid("id"),
        commerce_subscription_id=row.guid("commerce_subscription_id"),
        tenant=tenant,
        sku_id=row.guid("sku_id"),
        sku_part_number=row.text("sku_part_number", longest=120),
        channel=row.choice("channel", Channel),
        status=row.choice("status", SubscriptionStatus),
        is_trial=row.flag("is_trial"),
        owner_tenant_id=row.guid("owner_tenant_id") if row.has("owner_tenant_id") else None,
        next_lifecycle_at=row.moment("next_lifecycle_at"),
        service_status=row.rows("service_status", lambda inner: _plan(inner, of=row.path)),
    )
    # Either id names the subscription, so no id may stand for two; one may stand for both of one subscription.
    row.once("id", subscription.subscription_id, kind="subscription id")
    if subscription.commerce_subscription_id != subscription.subscription_id:
        row.once("commerce_subscription_id", subscription.commerce_subscription_id, kind="subscription id")
    return subscription


def _plan(row: Row, *, of: str) -> dict[str, str]:
    plan = {
        "service_plan": row.text("service_plan", longest=120),
        "provisioning_status": row.text("provisioning_status", longest=60),
    }
    row.once("service_plan", plan["service_plan"], kind=f"service plan of {of}")
    return plan
