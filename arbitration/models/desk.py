"""The reviewers' desks: how much somebody takes on, when they are away, what they must not decide, and their tools."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from claims.models import Claim
from cpor_portal.accounts.models import PartnerFirm


class Desk(models.Model):
    """One for each reviewer or arbiter who has been at the queue; the row that is locked where work is taken."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="desk", verbose_name=_("person")
    )
    # How many claims that wait for Microsoft the person may have at once; empty: settings.REVIEWER_LOAD_LIMIT.
    load_limit = models.PositiveSmallIntegerField(_("load limit"), null=True, blank=True)
    # A visit to the queue ends after half an hour without a look at it; what came since the one before is new.
    visit_began_at = models.DateTimeField(_("this visit began"), null=True, blank=True)
    visited_at = models.DateTimeField(_("last look at the queue"), null=True, blank=True)
    visit_before_at = models.DateTimeField(_("end of the visit before"), null=True, blank=True)

    class Meta:
        verbose_name = _("desk")
        verbose_name_plural = _("desks")
        ordering = ["person_id"]

    def __str__(self) -> str:
        return str(self.person_id)


class Absence(models.Model):
    """Days, in the person's own time zone, on which a reviewer takes no work; open work goes back to the queue."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="absences", verbose_name=_("person")
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    note = models.TextField(_("note"), blank=True)
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("declared by")
    )
    declared_at = models.DateTimeField(_("declared"), default=timezone.now)
    # When the person's work went back to the queue; empty until the first day has come.
    begun_at = models.DateTimeField(_("begun"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended early"), null=True, blank=True)

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["first_day", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="absence_ends_after_it_begins")
        ]
        indexes = [
            models.Index(
                fields=["first_day", "id"],
                name="absences_to_begin",
                condition=Q(begun_at__isnull=True, ended_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.first_day}"


class Bar(models.Model):
    """A conflict of interest: the person must not decide `firm`'s claims, or the one `claim`, until it is lifted."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="bars", verbose_name=_("person"))
    firm = models.ForeignKey(PartnerFirm, models.PROTECT, related_name="+", verbose_name=_("firm"))
    claim = models.ForeignKey(
        Claim, models.PROTECT, related_name="bars", verbose_name=_("claim"), null=True, blank=True
    )
    reason = models.TextField(_("reason"))
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("declared by")
    )
    declared_at = models.DateTimeField(_("declared"), default=timezone.now)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("lifted by"), null=True, blank=True
    )
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)

    class Meta:
        verbose_name = _("conflict of interest")
        verbose_name_plural = _("conflicts of interest")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "firm"],
                condition=Q(claim__isnull=True, lifted_at__isnull=True),
                name="one_bar_per_person_and_firm",
            ),
            models.UniqueConstraint(
                fields=["person", "claim"], condition=Q(lifted_at__isnull=True), name="one_bar_per_person_and_claim"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.firm_id}"


class SavedFilter(models.Model):
    """Filters of the queue that a reviewer keeps under a name."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_filters", verbose_name=_("owner")
    )
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("filters"), max_length=2000, blank=True)
    created_at = models.DateTimeField(_("saved"), default=timezone.now)

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="one_saved_filter_per_name")]

    def __str__(self) -> str:
        return self.name


class WorkingNote(models.Model):
    """What a reviewer jots down about a claim while reading it; colleagues read it, partners never do."""

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="working_notes", verbose_name=_("claim"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("author"))
    body = models.TextField(_("text"), blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    saved_at = models.DateTimeField(_("saved"))

    class Meta:
        verbose_name = _("working note")
        verbose_name_plural = _("working notes")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["claim", "author"], name="one_note_per_claim_and_author")]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.author_id}"


class Presence(models.Model):
    """Somebody has the workspace of a claim open; it counts for a minute after the page has last said so."""

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="+", verbose_name=_("claim"))
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("person"))
    seen_at = models.DateTimeField(_("last seen"))

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["claim", "person"], name="one_presence_per_claim_and_person")]
        indexes = [models.Index(fields=["seen_at"], name="presences_by_time")]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.person_id}"
