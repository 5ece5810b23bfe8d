"""The local directory: tenants, domains, subscriptions; and the product catalogue.

domain.md, "Identities", "Products and subscriptions".
"""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _


class SolutionArea(models.TextChoices):
    """The two areas that a claim can be about."""

    BUSINESS_APPLICATIONS = "business_applications", _("Business Applications")
    MICROSOFT_365 = "microsoft_365", _("Microsoft 365")


class ProductKind(models.TextChoices):
    """Workloads are claimed per tenant, the others per subscription."""

    WORKLOAD = "workload", _("Workload")
    SUBSCRIPTION = "subscription", _("Product by subscription")


class Channel(models.TextChoices):
    """How the customer bought."""

    VOLUME_LICENSING = "volume_licensing", _("Volume Licensing")
    WEB_DIRECT = "web_direct", _("Web-Direct")
    CSP = "csp", _("Cloud Solution Provider (CSP)")


class SubscriptionStatus(models.TextChoices):
    """Microsoft Graph's names; the labels are ours."""

    ENABLED = "Enabled", _("active")
    WARNING = "Warning", _("in grace")
    SUSPENDED = "Suspended", _("disabled")
    LOCKED_OUT = "LockedOut", _("locked")
    DELETED = "Deleted", _("deleted")


class Tenant(models.Model):
    """A customer's tenant."""

    tenant_id = models.UUIDField(_("tenant ID"), primary_key=True)
    display_name = models.CharField(_("name"), max_length=200)
    country = models.CharField(_("country (ISO code)"), max_length=2)
    public_sector = models.BooleanField(_("public sector"), default=False)

    class Meta:
        verbose_name = _("tenant")
        verbose_name_plural = _("tenants")
        ordering = ["display_name"]

    def __str__(self) -> str:
        return self.display_name


class TenantDomain(models.Model):
    """A verified domain; it belongs to exactly one tenant."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="domains", verbose_name=_("tenant"))
    name = models.CharField(_("domain"), max_length=253, unique=True)

    class Meta:
        verbose_name = _("domain")
        verbose_name_plural = _("domains")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Subscription(models.Model):
    """A subscription with its two ids (id and commerce id)."""

    subscription_id = models.UUIDField(_("subscription ID"), primary_key=True)
    commerce_subscription_id = models.UUIDField(_("commerce subscription ID"), unique=True)
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="subscriptions", verbose_name=_("tenant"))
    sku_id = models.UUIDField(_("SKU ID"))
    sku_part_number = models.CharField(_("SKU part number"), max_length=120)
    channel = models.CharField(_("purchase channel"), max_length=40)
    status = models.CharField(_("status"), max_length=20, choices=SubscriptionStatus.choices)
    is_trial = models.BooleanField(_("trial"), default=False)
    owner_tenant_id = models.UUIDField(_("created by the partner tenant"), null=True, blank=True)
    next_lifecycle_at = models.DateTimeField(_("next lifecycle date"), null=True, blank=True)
    # [{"service_plan": …, "provisioning_status": …}], as the directory reports it; read as a whole, never edited.
    service_status = models.JSONField(_("service plans"), default=list)

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        indexes = [models.Index(fields=["tenant"], name="subscriptions_of_tenant")]

    def __str__(self) -> str:
        return f"{self.sku_part_number} {self.subscription_id}"


class ProductQuerySet(models.QuerySet["Product"]):
    """Filters over the catalogue."""

    def claimable_on(self, day: date) -> "ProductQuerySet":
        """Rows that are valid on `day` (a calendar day at the review site)."""
        return self.filter(
            models.Q(valid_from__isnull=True) | models.Q(valid_from__lte=day),
            models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=day),
        )


class Product(models.Model):
    """A catalogue row: a product or workload with the SKUs and the service plans that carry it."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    solution_area = models.CharField(_("solution area"), max_length=30, choices=SolutionArea.choices)
    kind = models.CharField(_("kind"), max_length=20, choices=ProductKind.choices)
    sku_ids = models.JSONField(_("SKU IDs"), default=list)
    sku_part_numbers = models.JSONField(_("SKU part numbers"), default=list)
    service_plans = models.JSONField(_("service plans"), default=list)
    aliases = models.JSONField(_("other names"), default=list)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
