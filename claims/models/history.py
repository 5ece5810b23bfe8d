"""What happened on a claim, what was said, what is owed by when, and what was submitted."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from claims.models.claim import Claim
from claims.words import UNOWED_KINDS, Audience, DeadlineKind, Status


class Event(models.Model):
    """One entry of the history: a verb with data; sentences are built when shown. Append-only by trigger."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="events", verbose_name=_("claim"))
    verb = models.CharField(_("what happened"), max_length=40)
    at = models.DateTimeField(_("when"))
    # Empty for the portal itself and for the customer, who has no account.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("who"),
        null=True,
        blank=True,
    )
    actor_role = models.CharField(_("in which role"), max_length=20)
    audience = models.CharField(_("who reads it"), max_length=10, choices=Audience.choices, default=Audience.PARTNER)
    status_before = models.CharField(_("status before"), max_length=30, choices=Status.choices)
    status_after = models.CharField(_("status after"), max_length=30, choices=Status.choices)
    claim_version = models.PositiveIntegerField(_("claim version"))
    data = models.JSONField(_("particulars"), default=dict)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("history")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.verb}"


class Comment(models.Model):
    """Something said on a claim, to an explicit audience. Frozen once written."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="comments", verbose_name=_("claim"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("author"),
        null=True,
        blank=True,
    )
    author_is_staff = models.BooleanField(_("by a reviewer"), default=False)
    audience = models.CharField(_("who reads it"), max_length=10, choices=Audience.choices)
    body = models.TextField(_("text"))
    # Reason codes when the comment carries an information request or a rejection.
    reasons = models.JSONField(_("reasons"), default=list)
    # Cells of the proof matrix that it is about: [{"product": code, "column": column}], frozen like the text.
    cells = models.JSONField(_("cells of the proof matrix"), default=list)
    verb = models.CharField(_("written with"), max_length=40, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.body[:40]}"


class DeadlineQuerySet(models.QuerySet["Deadline"]):
    """Filters over deadlines."""

    def running(self) -> "DeadlineQuerySet":
        """Neither met nor cancelled; a breached review deadline runs on until it is met."""
        return self.filter(met_at__isnull=True, cancelled_at__isnull=True)

    def owed(self) -> "DeadlineQuerySet":
        """Running, and somebody's obligation: neither a window nor the end of an unused draft."""
        return self.running().exclude(kind__in=UNOWED_KINDS)


class DeadlineParty(models.TextChoices):
    """Who owes it."""

    MICROSOFT = "microsoft", _("Microsoft")
    PARTNER = "partner", _("Partner")
    CUSTOMER = "customer", _("Customer")


class Deadline(models.Model):
    """What somebody owes on a claim by when, or a window in which somebody may act.

    Once set, `due_at` never moves (domain.md, "Clocks"); a draft's time alone begins anew with each edit. The calendar
    stands here as it was on that day, with its exceptions, so that the date can be explained for ever.
    """

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="deadlines", verbose_name=_("claim"))
    kind = models.CharField(_("kind"), max_length=20, choices=DeadlineKind.choices)
    # Which decision or case a window is about: there is one for each batch of decided lines. Empty for the rest.
    about = models.CharField(_("about"), max_length=40, blank=True)
    party = models.CharField(_("who owes it"), max_length=20, choices=DeadlineParty.choices)
    started_at = models.DateTimeField(_("started"))
    due_at = models.DateTimeField(_("due"))
    # Empty where nobody is reminded.
    remind_at = models.DateTimeField(_("remind from"), null=True, blank=True)
    # Business days or calendar days, by kind: `claims.clock.RULES`.
    days = models.PositiveSmallIntegerField(_("days"))
    calendar_country = models.CharField(_("calendar (country)"), max_length=2)
    calendar_zone = models.CharField(_("calendar (time zone)"), max_length=64)
    closures = models.JSONField(_("closed on"), default=list)
    extra_working_days = models.JSONField(_("worked on"), default=list)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)
    breached_at = models.DateTimeField(_("missed"), null=True, blank=True)
    met_at = models.DateTimeField(_("met"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "kind", "about"],
                condition=Q(met_at__isnull=True, cancelled_at__isnull=True),
                name="one_running_deadline_per_obligation",
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="deadlines_to_enforce",
                condition=Q(met_at__isnull=True, cancelled_at__isnull=True, breached_at__isnull=True),
            ),
            models.Index(
                fields=["claim"],
                name="deadlines_missed",
                condition=Q(met_at__isnull=True, cancelled_at__isnull=True, breached_at__isnull=False),
            ),
            # For the figures: what runs by kind and day, and what was missed when.
            models.Index(
                fields=["party", "kind", "due_at", "breached_at"],
                name="deadlines_that_run",
                condition=Q(met_at__isnull=True, cancelled_at__isnull=True),
            ),
            models.Index(
                fields=["breached_at", "party", "kind"],
                name="deadlines_by_breach",
                condition=Q(breached_at__isnull=False),
            ),
            models.Index(
                fields=["due_at"],
                name="deadlines_missed_by_due",
                condition=Q(met_at__isnull=True, cancelled_at__isnull=True, breached_at__isnull=False),
            ),
            models.Index(
                fields=["remind_at", "id"],
                name="deadlines_to_remind",
                condition=Q(
                    met_at__isnull=True,
                    cancelled_at__isnull=True,
                    breached_at__isnull=True,
                    reminded_at__isnull=True,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.kind} {self.due_at:%Y-%m-%d}"


class Snapshot(models.Model):
    """The claim as it was handed in: once per submission, amendment, added proof and answer (`verb`)."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="snapshots", verbose_name=_("claim"))
    round = models.PositiveIntegerField(_("round"))
    verb = models.CharField(_("what happened"), max_length=40)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    facts = models.JSONField(_("facts"))

    class Meta:
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.round}"
