"""Microsoft's side: the reviews of a claim (domain.md, "Who uses the portal")."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from claims.models import Claim


class ReviewDecision(models.TextChoices):
    """How a round of review ended for the partner."""

    APPROVED = "approved", _("Approved")
    ASKED = "asked", _("Information requested")
    REJECTED = "rejected", _("Rejected")


class Review(models.Model):
    """One round of review of one claim. The first decision stops the review clock."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="reviews", verbose_name=_("claim"))
    round = models.PositiveIntegerField(_("round"))
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="reviews", verbose_name=_("reviewer")
    )
    started_at = models.DateTimeField(_("started"))
    decided_at = models.DateTimeField(_("first decision"), null=True, blank=True)
    decision = models.CharField(_("last decision"), max_length=10, choices=ReviewDecision.choices, blank=True)
    reasons = models.JSONField(_("reasons"), default=list)
    text = models.TextField(_("text"), blank=True)

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["claim_id", "round"]
        constraints = [models.UniqueConstraint(fields=["claim", "round"], name="one_review_per_round")]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.round}"
