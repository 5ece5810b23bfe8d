"""What a partner asks to have put right on a claim that a reviewer has begun to check (domain.md, "Statuses")."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from claims.models.claim import Claim
from cpor_portal.accounts.models import MpnLocation


class CorrectionState(models.TextChoices):
    """Where a correction stands."""

    ASKED = "asked", pgettext_lazy("correction", "Asked for")
    ACCEPTED = "accepted", pgettext_lazy("correction", "Accepted")
    REFUSED = "refused", pgettext_lazy("correction", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("correction", "Taken back")
    LAPSED = "lapsed", pgettext_lazy("correction", "No longer needed")


class Correction(models.Model):
    """A wrong MPN location or activity, and the right one: the claim itself changes when a reviewer accepts.

    What stood on the claim when it was asked for is kept (`before`), so that the difference can be read for ever.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="corrections", verbose_name=_("claim"))
    state = models.CharField(_("state"), max_length=10, choices=CorrectionState.choices, default=CorrectionState.ASKED)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked for by")
    )
    asked_at = models.DateTimeField(_("asked for"))
    reason = models.TextField(_("why"))
    location = models.ForeignKey(MpnLocation, models.PROTECT, related_name="+", verbose_name=_("MPN location"))
    activities = models.JSONField(_("activities"), default=list)
    # Of a revenue association alone (domain.md, "Solution areas, activities, programmes").
    seller_name = models.CharField(_("Dynamics solution seller"), max_length=200, blank=True)
    revenue_customer_name = models.CharField(_("customer's name"), max_length=200, blank=True)
    isv_solution = models.CharField(_("ISV product or solution"), max_length=200, blank=True)
    before = models.JSONField(_("what stood there before"), default=dict)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("decided by"), null=True, blank=True
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True)

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], condition=Q(state=CorrectionState.ASKED), name="one_open_correction_per_claim"
            )
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.state}"
