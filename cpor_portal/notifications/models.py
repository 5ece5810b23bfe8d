"""The outbox: every mail is a row, written with the act it tells of (design.md, "What always holds" 5)."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

ACCOUNT_MAIL = "account_"
"""How the kinds of allauth's mails begin. They may carry a link that lets its reader into the account."""


class MailState(models.TextChoices):
    """Where a mail stands."""

    WAITING = "waiting", _("Waiting to be sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Could not be delivered")
    HELD = "held", _("Kept for the daily digest")
    DIGESTED = "digested", _("Told in a digest")
    SILENCED = "silenced", _("Not wanted by the recipient")
    SUPERSEDED = "superseded", _("Replaced by newer news")


class ErrorKind(models.TextChoices):
    """Why a mail could not be sent so far; each kind has its own pauses (delivery.py)."""

    ADDRESS_REFUSED = "address_refused", _("The address was refused")
    CONTENT_REFUSED = "content_refused", _("The message was refused")
    SERVER_BUSY = "server_busy", _("The mail server was busy")
    SERVER_GONE = "server_gone", _("The mail server could not be reached")
    PORTAL_REFUSED = "portal_refused", _("The mail server did not accept the portal as a sender")


class OutboxMail(models.Model):
    """One mail to one person about one event; the pair is unique, so an act can never send twice."""

    event_key = models.CharField(_("what it tells of"), max_length=120)
    recipient = models.EmailField(_("recipient"))
    # Whoever the recipient is to the portal, so that a mail can be sent again to an address that was put right.
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", verbose_name=_("person"), null=True, blank=True
    )
    kind = models.CharField(_("kind"), max_length=60)
    language = models.CharField(_("language"), max_length=8)
    subject = models.CharField(_("subject"), max_length=300)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"), blank=True)
    # What it says in a sentence or two, for the digest in which it may be told.
    summary = models.TextField(_("summary"), blank=True, default="", db_default="")
    claim_reference = models.CharField(_("claim"), max_length=20, blank=True)
    message_id = models.CharField(_("Message-ID"), max_length=120, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=MailState.choices, default=MailState.WAITING)
    queued_at = models.DateTimeField(_("queued"), default=timezone.now)
    # Of one that is kept for a digest: when to look at it again (digest.py).
    next_attempt_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    error_kind = models.CharField(_("kind of error"), max_length=20, choices=ErrorKind.choices, blank=True)
    last_error = models.TextField(_("last error"), blank=True)
    # The digest in which a mail that was kept for it was told.
    digest = models.ForeignKey(
        "self", models.PROTECT, related_name="told", verbose_name=_("digest"), null=True, blank=True
    )
    # The mail that this one repeats, the first of its kind; `asked_by` wanted that.
    resends = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="again",
        verbose_name=_("sends again"),
        null=True,
        blank=True,
        db_index=False,  # a smaller one of its own, below: nearly all mails repeat none
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by"), null=True, blank=True
    )
    # Somebody wants exactly this mail to arrive, newer news or not.
    comes_anyway = models.BooleanField(_("comes in any case"), default=False, db_default=False)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["event_key", "recipient"], name="one_mail_per_event_and_recipient")
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                name="mail_to_send",
                condition=models.Q(state=MailState.WAITING),
            ),
            models.Index(
                fields=["queued_at", "id"], name="mail_to_send_of_late", condition=models.Q(state=MailState.WAITING)
            ),
            models.Index(fields=["person", "id"], name="mail_for_digests", condition=models.Q(state=MailState.HELD)),
            models.Index(
                fields=["next_attempt_at", "person"],
                name="mail_of_digests_due",
                condition=models.Q(state=MailState.HELD),
            ),
            models.Index(fields=["resends", "id"], name="mail_again", condition=models.Q(resends__isnull=False)),
            models.Index(fields=["state", "-id"], name="mail_by_state"),
            models.Index(fields=["recipient", "-id"], name="mail_by_recipient"),
            models.Index(fields=["claim_reference", "-id"], name="mail_by_claim"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.recipient}"

    @property
    def is_secret(self) -> bool:
        """Whether the text is for the recipient alone: nobody else is shown it, and it goes once it is of no use."""
        return self.kind.startswith(ACCOUNT_MAIL)
