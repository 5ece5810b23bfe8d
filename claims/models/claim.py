"""The claim and its product lines. The draft is the row: nothing of a claim lives in a session."""

import secrets
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from claims.models.target import Target
from claims.words import OCCUPYING_OUTCOMES, OPEN_STATUSES, UNDECIDED_OUTCOMES, Activity, Outcome, Status
from cpor_portal.accounts.models import MpnLocation, PartnerFirm
from cpor_portal.directory.models import Product, SolutionArea

# No 0/O, 1/I/L, U/V, so that a reference survives being read out on the telephone.
REFERENCE_LETTERS = "23456789ABCDEFGHJKMNPQRSTWXYZ"


# What waits for Microsoft: the queue as it is opened.
_WAITS = Q(status__in=[Status.SUBMITTED, Status.UNDER_REVIEW]) | Q(correction_asked_at__isnull=False)
_CLOSED = [Status.APPROVED, Status.REJECTED, Status.WITHDRAWN, Status.ENDED]


def new_reference() -> str:
    """A random reference such as C-7K3M9Q2X; it says nothing about order or number."""
    return "C-" + "".join(secrets.choice(REFERENCE_LETTERS) for _letter in range(8))


class ClaimQuerySet(models.QuerySet["Claim"]):
    """Filters over claims; who may see what is decided in `claims.permissions`."""

    def open(self) -> "ClaimQuerySet":
        """Submitted, Under review or Partner action required."""
        return self.filter(status__in=OPEN_STATUSES)

    def filed(self) -> "ClaimQuerySet":
        """All but drafts."""
        return self.exclude(status=Status.EDITING)


class Claim(models.Model):
    """A firm says: at this customer, for these products, through these activities, we are the partner."""

    reference = models.CharField(_("reference"), max_length=12, unique=True, default=new_reference)
    firm = models.ForeignKey(PartnerFirm, models.PROTECT, related_name="claims", verbose_name=_("firm"))
    status = models.CharField(_("status"), max_length=30, choices=Status.choices, default=Status.EDITING)
    version = models.PositiveIntegerField(_("version"), default=1)
    created_at = models.DateTimeField(_("started"), default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("started by")
    )
    edited_at = models.DateTimeField(_("last edited"), default=timezone.now)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("last edited by"),
        null=True,
        blank=True,
    )

    # Step "tenant": what was typed is kept when the directory could not answer; the rest is as verified.
    tenant_entered = models.CharField(_("tenant ID as entered"), max_length=2000, blank=True)
    domain_entered = models.CharField(_("domain as entered"), max_length=2000, blank=True)
    tenant_id = models.UUIDField(_("tenant ID"), null=True, blank=True)
    domain = models.CharField(_("domain"), max_length=253, blank=True)
    customer_display_name = models.CharField(_("customer"), max_length=200, blank=True)
    customer_country = models.CharField(_("customer's country"), max_length=2, blank=True)
    public_sector = models.BooleanField(_("public sector"), default=False)
    tenant_verified_at = models.DateTimeField(_("tenant verified"), null=True, blank=True)

    # Step "activity".
    solution_area = models.CharField(_("solution area"), max_length=30, choices=SolutionArea.choices, blank=True)
    activities = models.JSONField(_("activities"), default=list, blank=True)

    # Step "mpn".
    location = models.ForeignKey(
        MpnLocation,
        models.PROTECT,
        related_name="claims",
        verbose_name=_("MPN location"),
        null=True,
        blank=True,
    )

    # Step "contacts".
    name = models.CharField(_("name of the engagement"), max_length=200, blank=True)
    customer_name = models.CharField(_("customer contact"), max_length=200, blank=True)
    customer_title = models.CharField(_("customer contact's title"), max_length=200, blank=True)
    customer_email = models.EmailField(_("customer contact's e-mail"), blank=True)
    technical_name = models.CharField(_("technical contact"), max_length=200, blank=True)
    technical_title = models.CharField(_("technical contact's title"), max_length=200, blank=True)
    technical_email = models.EmailField(_("technical contact's e-mail"), blank=True)
    partner_name = models.CharField(_("partner contact"), max_length=200, blank=True)
    partner_email = models.EmailField(_("partner contact's e-mail"), blank=True)
    seller_name = models.CharField(_("Dynamics solution seller"), max_length=200, blank=True)
    revenue_customer_name = models.CharField(_("customer's name"), max_length=200, blank=True)
    isv_solution = models.CharField(_("ISV product or solution"), max_length=200, blank=True)

    # Twelve months after the customer's acknowledgement, from the proof matrix; the day on which the partner of an
    # approved claim is next reminded of newer proof (calendar days at the review site).
    proof_good_until = models.DateField(_("proof good until"), null=True, blank=True)
    proof_reminder_on = models.DateField(_("reminder of newer proof"), null=True, blank=True)

    # The review. `reviewer` is whoever has it; `review_started_at` belongs to the current round.
    round = models.PositiveIntegerField(_("round"), default=0)
    submitted_at = models.DateTimeField(_("first submitted"), null=True, blank=True)
    resubmitted_at = models.DateTimeField(_("last resubmitted"), null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("submitted by"),
        null=True,
        blank=True,
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="claims_in_review",
        verbose_name=_("reviewer"),
        null=True,
        blank=True,
    )
    review_started_at = models.DateTimeField(_("review started"), null=True, blank=True)
    # The due instant of the running deadline, kept beside it so that lists and the queue can use one index.
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    # Since when a correction waits for a reviewer; kept beside `Correction` for the queue's index, like `due_at`.
    correction_asked_at = models.DateTimeField(_("correction asked for"), null=True, blank=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["status", "due_at", "id"], name="claims_by_due"),
            # The queue as it is opened: two statuses and what waits for a correction, in one order, which the index
            # above cannot give.
            models.Index(
                fields=["due_at", "id"],
                name="claims_waiting_for_review",
                condition=_WAITS,
            ),
            # What nobody has, for whoever takes the next claim.
            models.Index(
                fields=["due_at", "id"],
                name="claims_to_take",
                condition=Q(status__in=[Status.SUBMITTED, Status.UNDER_REVIEW], reviewer__isnull=True),
            ),
            models.Index(fields=["customer_country", "due_at", "id"], name="claims_by_country"),
            # What is owed in any status: what is overdue, whoever owes it.
            models.Index(fields=["due_at", "id"], name="claims_owed", condition=Q(due_at__isnull=False)),
            # What came since a reviewer's last visit, wherever it stands by now: filed, handed in again, or with a
            # correction.
            models.Index(fields=["submitted_at"], name="claims_filed_since"),
            models.Index(
                fields=["resubmitted_at"], name="claims_back_since", condition=Q(resubmitted_at__isnull=False)
            ),
            models.Index(
                fields=["correction_asked_at"],
                name="claims_to_correct",
                condition=Q(correction_asked_at__isnull=False),
            ),
            # Closed claims, newest first, with all that is needed to find a page of them.
            models.Index(
                fields=["status", "-id"],
                include=["due_at", "reference"],
                name="claims_closed",
                condition=Q(status__in=_CLOSED),
            ),
            # What came back and is decided, newest first: a few of the many that stand in the order above.
            models.Index(
                fields=["status", "-id"],
                name="claims_closed_again",
                condition=Q(status__in=_CLOSED, round__gt=1),
            ),
            # All that the figures ask of open claims, so that they read no row of a million.
            models.Index(
                fields=["status", "reviewer", "submitted_at", "due_at"],
                name="claims_open_for_figures",
                condition=Q(status__in=[Status.SUBMITTED, Status.UNDER_REVIEW, Status.PARTNER_ACTION_REQUIRED]),
            ),
            models.Index(fields=["firm", "-edited_at", "-id"], name="claims_of_firm"),
            models.Index(fields=["reviewer", "status", "due_at"], name="claims_of_reviewer"),
            models.Index(fields=["tenant_id"], name="claims_of_tenant"),
            models.Index(fields=["domain"], name="claims_of_domain"),
            models.Index(
                fields=["proof_reminder_on", "id"],
                name="claims_by_proof_reminder",
                condition=Q(proof_reminder_on__isnull=False),
            ),
        ]
        constraints = [
            # A filed claim has its facts: no act can leave half a claim in front of a reviewer.
            models.CheckConstraint(
                condition=Q(status=Status.EDITING)
                | Q(tenant_id__isnull=False, location__isnull=False, submitted_at__isnull=False),
                name="filed_claim_has_its_facts",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        """Submitted, Under review or Partner action required (domain.md, "Statuses of a claim")."""
        return self.status in OPEN_STATUSES

    @property
    def is_draft(self) -> bool:
        """Not filed yet."""
        return self.status == Status.EDITING

    @property
    def is_resubmitted(self) -> bool:
        """Has come back from the partner at least once."""
        return self.round > 1

    @property
    def is_revenue_association(self) -> bool:
        """Recognition only; three more facts are needed and nothing is paid."""
        return Activity.REVENUE_ASSOCIATION in self.activities

    @property
    def activity_labels(self) -> list[str]:
        """The chosen activities as people read them."""
        return [str(Activity(code).label) for code in self.activities]


class ClaimLineQuerySet(models.QuerySet["ClaimLine"]):
    """Filters over lines."""

    def undecided(self) -> "ClaimLineQuerySet":
        """Pending, verified, contested or asked, and submitted."""
        return self.filter(submitted_at__isnull=False, outcome__in=UNDECIDED_OUTCOMES)

    def occupying(self) -> "ClaimLineQuerySet":
        """Lines that keep their target for their firm: undecided or associated. Drafts occupy nothing."""
        return self.filter(submitted_at__isnull=False, outcome__in=OCCUPYING_OUTCOMES)


class ClaimLine(models.Model):
    """One product of a claim, with its own outcome. A draft's lines have no target yet."""

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="lines", verbose_name=_("claim"))
    # Repeated from the claim (it never changes there) so that a unique index can hold firm and target together.
    firm = models.ForeignKey(PartnerFirm, models.PROTECT, related_name="+", verbose_name=_("firm"))
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("product"))
    target = models.ForeignKey(
        Target, models.PROTECT, related_name="lines", verbose_name=_("target"), null=True, blank=True
    )
    subscription_entered = models.CharField(_("subscription ID as entered"), max_length=2000, blank=True)
    subscription_id: "models.UUIDField[str | UUID | None, UUID | None]" = models.UUIDField(
        _("subscription ID"), null=True, blank=True
    )
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome.choices, default=Outcome.PENDING)
    # Whether this firm was told at its own submission that another partner stands there; the other side
    # hears nothing before a case opens (domain.md, "Competing claims" 1 and 3).
    told_contested = models.BooleanField(_("was told that it is contested"), default=False)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    objects = ClaimLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["firm", "target"],
                condition=Q(submitted_at__isnull=False, outcome__in=sorted(OCCUPYING_OUTCOMES)),
                name="one_open_line_per_firm_and_target",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True) | Q(target__isnull=False),
                name="submitted_line_has_a_target",
            ),
        ]
        indexes = [
            models.Index(fields=["target", "outcome"], name="lines_of_target"),
            models.Index(fields=["claim"], name="lines_contested", condition=Q(outcome=Outcome.CONTESTED)),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.product_id}"

    @property
    def is_undecided(self) -> bool:
        """Whether somebody still has to act on this line."""
        return self.outcome in UNDECIDED_OUTCOMES

    @property
    def outcome_for_partner(self) -> Outcome:
        """The outcome as the claim's own firm may know it: no hint that a rival filed after it."""
        if self.outcome == Outcome.CONTESTED and not self.told_contested:
            return Outcome.PENDING
        return Outcome(self.outcome)
