"""What a claim wants of a customer, and who holds it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cpor_portal.accounts.models import PartnerFirm
from cpor_portal.directory.models import Product


class Target(models.Model):
    """A customer's workload, or a customer's subscription of a product: held by one firm at a time.

    This is the row that is locked wherever two firms could meet (design.md, "Records"). Tenants and
    subscriptions are named by their ids, because not every directory source keeps them as rows here.
    """

    tenant_id = models.UUIDField(_("tenant ID"))
    product = models.ForeignKey(Product, models.PROTECT, related_name="targets", verbose_name=_("product"))
    subscription_id = models.UUIDField(_("subscription ID"), null=True, blank=True)

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "product", "subscription_id"],
                condition=Q(subscription_id__isnull=False),
                name="one_target_per_subscription",
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "product"],
                condition=Q(subscription_id__isnull=True),
                name="one_target_per_workload",
            ),
        ]
        indexes = [models.Index(fields=["subscription_id"], name="target_by_subscription")]

    def __str__(self) -> str:
        return f"{self.product_id} @ {self.tenant_id}"


class AssociationQuerySet(models.QuerySet["Association"]):
    """Filters over associations."""

    def open(self) -> "AssociationQuerySet":
        """Those in force now."""
        return self.filter(ended_at__isnull=True)

    def of_firm(self, firm: PartnerFirm) -> "AssociationQuerySet":
        """Those that `firm` holds or held."""
        return self.filter(firm=firm)


class Association(models.Model):
    """A firm is the partner of record for a target, from `started_at` until `ended_at`."""

    target = models.ForeignKey(Target, models.PROTECT, related_name="associations", verbose_name=_("target"))
    firm = models.ForeignKey(PartnerFirm, models.PROTECT, related_name="associations", verbose_name=_("firm"))
    line = models.OneToOneField("claims.ClaimLine", models.PROTECT, related_name="association", verbose_name=_("line"))
    started_at = models.DateTimeField(_("started"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    end_reason = models.CharField(_("why it ended"), max_length=40, blank=True)

    objects = AssociationQuerySet.as_manager()

    class Meta:
        verbose_name = _("association")
        verbose_name_plural = _("associations")
        ordering = ["-started_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["target"], condition=Q(ended_at__isnull=True), name="one_open_association_per_target"
            )
        ]
        indexes = [models.Index(fields=["firm", "-started_at"], name="associations_of_firm")]

    def __str__(self) -> str:
        return f"{self.firm} – {self.target}"
