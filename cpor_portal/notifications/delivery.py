"""Sending what waits in the outbox: take a few rows, send outside of any lock, write down how each one went.

A crash between sending and marking sends that one mail again when the lease has run out: at worst twice, never zero
times (design.md, "What always holds" 5).
"""

import contextlib
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import MessageError

import structlog
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from cpor_portal.notifications.batches import (
    MAILS_PER_BATCH,
    Batch,
    give_back,
    has_time_for_one,
    still_mine,
    take_batch,
)
from cpor_portal.notifications.errors import ends_round, kind_at_opening, kind_at_sending, pause_after, words_of
from cpor_portal.notifications.letters import message_of
from cpor_portal.notifications.models import ErrorKind, MailState, OutboxMail
from cpor_portal.notifications.sweeps import may_old_mail_go

# A round ends before the broker hands its task to a second worker (visibility_timeout, settings.py).
ROUND_SECONDS = 45.0
MAILS_PER_ROUND = 100_000
LONGEST_ERROR = 1000
# One lost connection may have been one mail's doing; two in a row are the server's.
DROPS_IN_A_ROW = 2

log = structlog.get_logger(__name__)


@dataclass
class DeliveryReport:
    """How one round went, in mails. `unreachable`: the mail server could not be spoken to, the rest waits."""

    sent: int = 0
    postponed: int = 0
    failed: int = 0
    superseded: int = 0
    unreachable: bool = False

    @property
    def handled(self) -> int:
        """Mails that were tried."""
        return self.sent + self.postponed + self.failed


@dataclass
class _Round:
    """One round: its clock, its one connection to the mail server, and what has become of its mails."""

    fixed_now: datetime | None
    limit: int
    old_too: bool
    server: BaseEmailBackend = field(default_factory=get_connection)
    report: DeliveryReport = field(default_factory=DeliveryReport)
    ends: float = field(default_factory=lambda: time.monotonic() + ROUND_SECONDS)
    drops: int = 0

    @property
    def now(self) -> datetime:
        return self.fixed_now or timezone.now()

    @property
    def is_over(self) -> bool:
        return self.report.handled >= self.limit or self.report.unreachable or time.monotonic() >= self.ends


def deliver() -> DeliveryReport:
    """One round, as worker and command do it: what is due now; old mail after a sweep of deadlines (sweeps.py)."""
    return deliver_due(old_too=may_old_mail_go(timezone.now()))


def deliver_due(now: datetime | None = None, limit: int = MAILS_PER_ROUND, *, old_too: bool = True) -> DeliveryReport:
    """Send the mails that are due at `now` (aware; the present when None), oldest first, at most `limit`.

    Any number of processes may do this at once. One server connection is kept for the whole round, which ends after
    ROUND_SECONDS, and at once when the server is gone. `old_too`: batches.py.
    """
    this = _Round(now, limit, old_too)
    try:
        while not this.is_over:
            batch = take_batch(this.now, min(MAILS_PER_BATCH, limit - this.report.handled), old_too=old_too)
            this.report.superseded += batch.superseded
            if not batch.mails and not batch.not_sent:
                break
            _deliver_batch(batch, this)
    finally:
        _hang_up(this.server)
    return this.report


def _deliver_batch(batch: Batch, this: _Round) -> None:
    untried = deque(batch.mails)
    try:
        while untried and not this.is_over and has_time_for_one(batch, this.now):
            _deliver(untried.popleft(), batch, this)
    finally:
        give_back(untried, batch)


def _deliver(mail: OutboxMail, batch: Batch, this: _Round) -> None:
    try:
        this.server.open()
    except OSError as error:  # smtplib's errors are OSErrors
        # The server's trouble, not this mail's: trying the others would only make everybody wait.
        this.report.unreachable = True
        _not_sent(mail, batch, this, error, kind_at_opening(error))
        return
    try:
        this.server.send_messages([message_of(mail)])
    except (OSError, ValueError, MessageError) as error:
        kind = kind_at_sending(error)
        _look_to_connection(this, error, kind)
        _not_sent(mail, batch, this, error, kind)
    else:
        this.drops = 0
        _mark_sent(mail, this)


def _look_to_connection(this: _Round, error: Exception, kind: ErrorKind) -> None:
    """After an error the conversation with the server begins anew, unless it would be pointless."""
    _hang_up(this.server)
    this.drops = this.drops + 1 if kind is ErrorKind.SERVER_GONE else 0
    this.report.unreachable = ends_round(error, kind) or this.drops >= DROPS_IN_A_ROW


def _mark_sent(mail: OutboxMail, this: _Round) -> None:
    this.report.sent += 1
    # Whoever has the row now: that it was sent is true.
    row = OutboxMail.objects.filter(pk=mail.pk)
    done = {"state": MailState.SENT, "sent_at": this.now, "attempts": mail.attempts + 1}
    row.update(**done, error_kind="", last_error="", **_emptied(mail))


def _not_sent(mail: OutboxMail, batch: Batch, this: _Round, error: Exception, kind: ErrorKind) -> None:
    """Write down why, and when it is tried again; without a further attempt it is a dead letter."""
    attempts = mail.attempts + 1 if mail.error_kind in ("", kind) else 1
    pause = pause_after(kind, attempts)
    facts = {"attempts": attempts, "error_kind": kind, "last_error": words_of(error)[:LONGEST_ERROR]}
    if pause is None:
        this.report.failed += 1
        # Of a dead letter it says when it was given up.
        still_mine(mail, batch).update(state=MailState.FAILED, next_attempt_at=this.now, **facts, **_emptied(mail))
        log.error("mail_failed", mail=mail.pk, kind=kind.value, attempts=attempts, error=facts["last_error"])
    else:
        this.report.postponed += 1
        still_mine(mail, batch).update(next_attempt_at=this.now + pause, **facts)
        log.warning("mail_postponed", mail=mail.pk, kind=kind.value, attempts=attempts, error=facts["last_error"])


def _emptied(mail: OutboxMail) -> dict[str, str]:
    """What goes from the row when nobody will send it any more: a reset link must not lie about for others."""
    return {"text": "", "html": ""} if mail.is_secret else {}


def _hang_up(server: BaseEmailBackend) -> None:
    with contextlib.suppress(OSError):
        server.close()
