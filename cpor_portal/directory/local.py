"""The directory source `local`: answers from the portal's own tables (design.md, "Directory sources")."""

from uuid import UUID

from cpor_portal.directory.models import Subscription, Tenant, TenantDomain
from cpor_portal.directory.source import SubscriptionFacts, TenantFacts


class LocalDirectory:
    """Reads what `import_directory` brought in. It is always reachable, and asks one or two queries."""

    def find_tenant(self, tenant_id: UUID) -> TenantFacts | None:
        """The tenant with its domains in alphabetical order, or None."""
        tenant = Tenant.objects.prefetch_related("domains").filter(tenant_id=tenant_id).first()
        if tenant is None:
            return None
        return TenantFacts(
            tenant_id=tenant.tenant_id,
            display_name=tenant.display_name,
            country=tenant.country,
            public_sector=tenant.public_sector,
            domains=tuple(domain.name for domain in tenant.domains.all()),
        )

    def tenant_of_domain(self, domain: str) -> UUID | None:
        """The id of the tenant that owns `domain` (lower-case ASCII), or None."""
        return TenantDomain.objects.filter(name=domain).values_list("tenant_id", flat=True).first()

    def subscriptions_of(self, tenant_id: UUID) -> tuple[SubscriptionFacts, ...]:
        """Every subscription of the tenant, deleted ones included, in the order of their ids."""
        rows = Subscription.objects.filter(tenant_id=tenant_id).order_by("subscription_id")
        return tuple(_facts(row) for row in rows)


def _facts(row: Subscription) -> SubscriptionFacts:
    return SubscriptionFacts(
        subscription_id=row.subscription_id,
        commerce_subscription_id=row.commerce_subscription_id,
        sku_id=row.sku_id,
        sku_part_number=row.sku_part_number,
        channel=row.channel,
        status=row.status,
        is_trial=row.is_trial,
        owner_tenant_id=row.owner_tenant_id,
        next_lifecycle_at=row.next_lifecycle_at,
        plans={plan["service_plan"]: plan["provisioning_status"] for plan in row.service_status},
    )
