"""The reviews of a claim: rounds, what was decided on each product and why, and second readings."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from claims.models import Claim, ClaimLine
from claims.proof.words import Column
from claims.words import Reason
from cpor_portal.directory.models import Product


class ReviewDecision(models.TextChoices):
    """How a round of review ended for the partner."""

    APPROVED = "approved", _("Approved")
    ASKED = "asked", _("Information requested")
    REJECTED = "rejected", _("Rejected")
    REMOVED = "removed", _("Removed")


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
    # From the start of the review clock to the first decision, at the review site; day 0 is the day of submission.
    business_days = models.PositiveSmallIntegerField(_("business days to the first decision"), null=True, blank=True)

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["claim_id", "round"]
        constraints = [models.UniqueConstraint(fields=["claim", "round"], name="one_review_per_round")]
        indexes = [models.Index(fields=["decided_at"], name="reviews_by_decision")]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.round}"


class LineDecision(models.Model):
    """What a round of review decided on one product, and the reasons; a later decision of the round replaces it."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="decisions", verbose_name=_("review"))
    line = models.ForeignKey(ClaimLine, models.PROTECT, related_name="decisions", verbose_name=_("line"))
    decision = models.CharField(_("decision"), max_length=10, choices=ReviewDecision.choices)
    at = models.DateTimeField(_("decided"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("decided by"))

    class Meta:
        verbose_name = _("decision on a product")
        verbose_name_plural = _("decisions on products")
        ordering = ["review_id", "line_id"]
        constraints = [models.UniqueConstraint(fields=["review", "line"], name="one_decision_per_round_and_line")]
        indexes = [models.Index(fields=["at"], name="line_decisions_by_time")]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.line_id} {self.decision}"


class DecisionReason(models.Model):
    """A reason of a decision on one product: rows and not a list, because the figures count them."""

    decision = models.ForeignKey(LineDecision, models.CASCADE, related_name="reasons", verbose_name=_("decision"))
    reason = models.CharField(_("reason"), max_length=30, choices=Reason.choices)

    class Meta:
        verbose_name = _("reason of a decision")
        verbose_name_plural = _("reasons of decisions")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["decision", "reason"], name="one_row_per_reason_of_decision")]

    def __str__(self) -> str:
        return f"{self.decision_id}: {self.reason}"


class SecondReading(models.Model):
    """A sampled round of review, to be judged again by somebody who does not see how it was decided.

    It changes nothing on the claim. `verdicts` and `reasons` are the second reader's, by the id of the line;
    `agrees` is worked out when they are written, line by line against the round's decisions as they stood then.
    """

    review = models.OneToOneField(Review, models.CASCADE, related_name="second_reading", verbose_name=_("review"))
    sampled_at = models.DateTimeField(_("sampled"))
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("reader"), null=True, blank=True
    )
    taken_at = models.DateTimeField(_("taken"), null=True, blank=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    first = models.JSONField(_("decisions at the first reading"), default=dict)
    verdicts = models.JSONField(_("verdicts"), default=dict)
    reasons = models.JSONField(_("reasons"), default=dict)
    text = models.TextField(_("text"), blank=True)
    agrees = models.BooleanField(_("agrees"), null=True, blank=True)

    class Meta:
        verbose_name = _("second reading")
        verbose_name_plural = _("second readings")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["id"], name="second_readings_to_do", condition=Q(read_at__isnull=True)),
            models.Index(fields=["read_at"], name="second_readings_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.agrees}"


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
