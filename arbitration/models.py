"""Microsoft's side: the reviews of a claim (domain.md, "Who uses the portal")."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from claims.models import Claim
from claims.proof.words import Column
from cpor_portal.directory.models import Product


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


class CellCheck(models.Model):
    """A cell of the proof matrix that the reviewer of a round has ticked: it holds, or it does not.

    The reviewers' own until a decision; then the partner sees it in the matrix (`claims.models.ProofCell.verdict`).
    """

    review = models.ForeignKey(Review, models.CASCADE, related_name="cells", verbose_name=_("review"))
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("product"))
    column = models.CharField(_("column"), max_length=12, choices=Column.choices)
    holds = models.BooleanField(_("holds"))
    at = models.DateTimeField(_("ticked"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("ticked by"))

    class Meta:
        verbose_name = _("checked cell")
        verbose_name_plural = _("checked cells")
        ordering = ["review_id", "product_id", "id"]
        constraints = [models.UniqueConstraint(fields=["review", "product", "column"], name="one_check_per_cell")]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.product_id} {self.column}"
