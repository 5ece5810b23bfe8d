"""The directory and the product catalogue in Django's admin, for portal admins."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from cpor_portal.accounts.admin_base import KeptAdmin, PlacesForm
from cpor_portal.directory.models import Product, Subscription, Tenant, TenantDomain


class TenantDomainInline(admin.TabularInline[TenantDomain, Tenant]):
    """A tenant's domains, to be looked at: they decide which tenant an entered domain means."""

    model = TenantDomain
    extra = 0
    fields = ("name",)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Domains come by import."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Domains come by import."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Domains come by import."""
        return False


@admin.register(Tenant)
class TenantAdmin(KeptAdmin[Tenant]):
    """Customer tenants."""

    form = PlacesForm[Tenant]
    fields = ("tenant_id", "display_name", "country", "public_sector")
    readonly_fields = ("tenant_id",)
    list_display = ("display_name", "tenant_id", "country", "public_sector")
    list_filter = ("public_sector",)
    search_fields = ("display_name", "=tenant_id", "domains__name")
    inlines = (TenantDomainInline,)


@admin.register(Subscription)
class SubscriptionAdmin(KeptAdmin[Subscription]):
    """Subscriptions: what they are stays; how they stand can be corrected between two imports."""

    fields = (
        "subscription_id",
        "commerce_subscription_id",
        "tenant",
        "sku_id",
        "sku_part_number",
        "channel",
        "status",
        "is_trial",
        "owner_tenant_id",
        "next_lifecycle_at",
        "service_status",
    )
    readonly_fields = (
        "subscription_id",
        "commerce_subscription_id",
        "tenant",
        "sku_id",
        "sku_part_number",
        "channel",
        "owner_tenant_id",
        "service_status",
    )
    list_display = ("subscription_id", "sku_part_number", "tenant", "channel", "status", "is_trial")
    list_select_related = ("tenant",)
    list_filter = ("status", "channel", "is_trial")
    search_fields = ("=subscription_id", "=commerce_subscription_id", "sku_part_number", "tenant__display_name")
    ordering = ("tenant__display_name", "sku_part_number")


@admin.register(Product)
class ProductAdmin(KeptAdmin[Product]):
    """The catalogue: name and validity can be corrected; what carries a product is curated in the file."""

    fields = (
        "code",
        "name",
        "solution_area",
        "kind",
        "valid_from",
        "valid_to",
        "sku_part_numbers",
        "sku_ids",
        "service_plans",
        "aliases",
    )
    readonly_fields = (
        "code",
        "solution_area",
        "kind",
        "sku_part_numbers",
        "sku_ids",
        "service_plans",
        "aliases",
    )
    list_display = ("name", "code", "solution_area", "kind", "valid_from", "valid_to")
    list_filter = ("solution_area", "kind")
    search_fields = ("name", "code")
