"""Sending what waits in the outbox: claim a row, send outside of any lock, write down how it went.

A crash between sending and marking sends again when the lease has run out: at worst twice, never zero times
(design.md, "What always holds" 5).
"""

import contextlib
import smtplib
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.errors import MessageError

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import models, transaction
from django.utils import timezone

from cpor_portal.notifications.models import MailState, OutboxMail

# How long a deliverer has for one mail before another may take it for lost; many times EMAIL_TIMEOUT.
LEASE = timedelta(minutes=10)
# Pauses between attempts, about three days in all. After the last one the mail counts as failed.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 480, 720, 1440, 1440))
# A round ends before the broker hands its task to a second worker (visibility_timeout, settings.py).
ROUND_SECONDS = 45.0
MAILS_PER_ROUND = 1000
LONGEST_ERROR = 1000

log = structlog.get_logger(__name__)


@dataclass
class DeliveryReport:
    """How one round went, in mails. `unreachable`: the mail server could not be spoken to, the rest waits."""

    sent: int = 0
    postponed: int = 0
    failed: int = 0
    unreachable: bool = False

    @property
    def handled(self) -> int:
        """Mails that were tried."""
        return self.sent + self.postponed + self.failed


def deliver_due(now: datetime | None = None, limit: int = MAILS_PER_ROUND) -> DeliveryReport:
    """Send the mails that are due at `now` (aware; the present when None), oldest first, at most `limit`.

    Any number of processes may do this at once. One server connection is kept for the whole round.
    """
    report, server = DeliveryReport(), get_connection()
    ends = time.monotonic() + ROUND_SECONDS
    try:
        while report.handled < limit and not report.unreachable and time.monotonic() < ends:
            mail = _claim_next(now or timezone.now())
            if mail is None:
                break
            _deliver(mail, server, now or timezone.now(), report)
    finally:
        _hang_up(server)
    return report


def message_of(mail: OutboxMail) -> EmailMultiAlternatives:
    """The mail as it is sent; the same Message-ID at every attempt, so that a copy can be told as one."""
    headers = {
        "Message-ID": mail.message_id,
        "Auto-Submitted": "auto-generated",
        "Content-Language": mail.language,
    }
    if mail.claim_reference:
        headers["X-CPOR-Claim"] = mail.claim_reference
    message = EmailMultiAlternatives(
        mail.subject, mail.text, to=[mail.recipient], reply_to=[settings.SUPPORT_ADDRESS], headers=headers
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    return message


def _claim_next(now: datetime) -> OutboxMail | None:
    """Take the mail that has been due longest; others see it as not due until the lease has run out."""
    with transaction.atomic(durable=True):
        waiting = OutboxMail.objects.select_for_update(skip_locked=True).filter(
            state=MailState.WAITING, next_attempt_at__lte=now
        )
        mail = waiting.order_by("next_attempt_at", "id").first()
        if mail is not None:
            mail.attempts += 1
            mail.next_attempt_at = now + LEASE
            mail.save(update_fields=["attempts", "next_attempt_at"])
    return mail


def _deliver(mail: OutboxMail, server: BaseEmailBackend, now: datetime, report: DeliveryReport) -> None:
    try:
        server.open()
    except OSError as error:  # smtplib's errors are OSErrors
        # The server's trouble, not this mail's: trying the others would only make everybody wait.
        report.unreachable = True
        _postpone(mail, error, now, report)
        return
    try:
        server.send_messages([message_of(mail)])
    except (ValueError, MessageError) as error:  # an address or a header that can not be written
        _fail(mail, error, report)
    except OSError as error:
        _hang_up(server)
        (_fail(mail, error, report) if is_final(error) else _postpone(mail, error, now, report))
    else:
        _mark_sent(mail, now, report)


def is_final(error: OSError) -> bool:
    """Whether the server refused this mail for good: its recipient or its content, with a 5xx code.

    A refused sender or sign-in is the portal's own fault and is cured by its people: the mail waits.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500


def _mark_sent(mail: OutboxMail, now: datetime, report: DeliveryReport) -> None:
    report.sent += 1
    row = OutboxMail.objects.filter(pk=mail.pk)
    row.update(state=MailState.SENT, sent_at=now, last_error="", **_emptied(mail))


def _postpone(mail: OutboxMail, error: Exception, now: datetime, report: DeliveryReport) -> None:
    if mail.attempts > len(PAUSES):
        _fail(mail, error, report)
        return
    report.postponed += 1
    due = now + PAUSES[mail.attempts - 1]
    _still_mine(mail).update(next_attempt_at=due, last_error=_words_of(error))
    log.warning("mail_postponed", mail=mail.pk, attempts=mail.attempts, error=_words_of(error))


def _fail(mail: OutboxMail, error: Exception, report: DeliveryReport) -> None:
    report.failed += 1
    _still_mine(mail).update(state=MailState.FAILED, last_error=_words_of(error), **_emptied(mail))
    log.error("mail_failed", mail=mail.pk, attempts=mail.attempts, error=_words_of(error))


def _emptied(mail: OutboxMail) -> dict[str, str]:
    """What goes from the row when nobody will send it any more: a reset link must not lie about for others."""
    return {"text": "", "html": ""} if mail.is_secret else {}


def _still_mine(mail: OutboxMail) -> models.QuerySet[OutboxMail]:
    """The row, unless another deliverer took it after the lease: then its word counts."""
    return OutboxMail.objects.filter(pk=mail.pk, state=MailState.WAITING, attempts=mail.attempts)


def _words_of(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".replace("\x00", "")[:LONGEST_ERROR]


def _hang_up(server: BaseEmailBackend) -> None:
    with contextlib.suppress(OSError):
        server.close()
