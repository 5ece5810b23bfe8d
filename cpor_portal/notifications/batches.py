"""Taking mails to be sent: a few rows at a time, by one statement, on a short lease.

A deliverer marks each mail by itself. If it dies, only the mail that it was sending can go out twice; the rest of
its batch waits until the lease has run out.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import BooleanField, Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Concat

from cpor_portal.notifications.kinds import MailKind, kind_of, replacements
from cpor_portal.notifications.models import MailState, OutboxMail
from cpor_portal.notifications.readers import may_get_mail

# How long a deliverer has for a batch before others may take it for lost. Longer than the worst mail takes that is
# begun at the very end of a round (delivery.py).
LEASE = timedelta(minutes=5)
# What a server may answer slowly, settings.EMAIL_TIMEOUT each: connecting, three greetings, encryption, three of
# signing in, sender, recipient, DATA, and the text.
STEPS_OF_ONE_MAIL = 12
MAILS_PER_BATCH = 20


@dataclass(frozen=True)
class Batch:
    """Mails that are this process's to send until `lease_ends`.

    `not_sent`: how many others were found that nobody sends any more, `superseded` of them because of newer news.
    """

    lease_ends: datetime
    mails: Sequence[OutboxMail] = ()
    not_sent: int = 0
    superseded: int = 0


def take_batch(now: datetime, size: int, *, old_too: bool = True) -> Batch:
    """Take the mails that have been due longest at `now` (aware), at most `size`.

    Others see them as not due until the lease has run out. A mail that newer news replaces is not sent, so that after
    an outage everybody gets the newest state once; nor is one to somebody who may no longer sign in
    (docs/decisions/mail-preferences.md). Without `old_too` what was queued longer than settings.MAIL_OUTDATED_AFTER
    ago is left alone: what replaces it may be about to be written.
    """
    with transaction.atomic(durable=True):
        rows = _due(now, old_too=old_too).annotate(is_outdated=_is_outdated(now)).select_related("person")
        found = list(rows.select_for_update(skip_locked=True, of=("self",))[:size])
        left = [mail for mail in found if not may_get_mail(mail.person)]
        outdated = [mail for mail in found if mail.is_outdated and mail not in left]
        mails = [mail for mail in found if mail not in left and mail not in outdated]
        lease_ends = now + LEASE
        _change(left, state=MailState.SILENCED)
        _change(outdated, state=MailState.SUPERSEDED)
        _change(mails, next_attempt_at=lease_ends)
    return Batch(lease_ends, mails, not_sent=len(left) + len(outdated), superseded=len(outdated))


def _due(now: datetime, *, old_too: bool) -> QuerySet[OutboxMail]:
    """What is due, oldest first, by an index that does not look through the backlog that is left alone."""
    due = OutboxMail.objects.filter(state=MailState.WAITING, next_attempt_at__lte=now)
    if old_too:
        return due.order_by("next_attempt_at", "id")
    return due.filter(queued_at__gte=now - settings.MAIL_OUTDATED_AFTER).order_by("queued_at", "id")


def _change(mails: Collection[OutboxMail], **facts: Any) -> None:
    if mails:
        OutboxMail.objects.filter(pk__in=[mail.pk for mail in mails]).update(**facts)


def has_time_for_one(batch: Batch, now: datetime) -> bool:
    """Whether the lease lasts for one more mail even where the server takes as long as it may at each step."""
    return now + STEPS_OF_ONE_MAIL * timedelta(seconds=settings.EMAIL_TIMEOUT) <= batch.lease_ends


def still_mine(mail: OutboxMail, batch: Batch) -> QuerySet[OutboxMail]:
    """The mail's row, unless the lease ran out and somebody else has it: then their word counts."""
    return OutboxMail.objects.filter(pk=mail.pk, state=MailState.WAITING, next_attempt_at=batch.lease_ends)


def give_back(mails: Collection[OutboxMail], batch: Batch) -> None:
    """Let others have mails of the batch that were not tried."""
    if mails:
        untried = OutboxMail.objects.filter(pk__in=[mail.pk for mail in mails], state=MailState.WAITING)
        due = min(mail.next_attempt_at for mail in mails)
        untried.filter(next_attempt_at=batch.lease_ends).update(next_attempt_at=due)


def has_newer() -> Exists:
    """For a query on mails: a newer mail to the same recipient says all of this one that still matters.

    It was sent or will be. One that is kept for a digest, or was told in one, takes the place only of what may wait
    for a digest, too.
    """
    return _newer(Q(state__in=(MailState.WAITING, MailState.SENT)), Q(state__in=(MailState.HELD, MailState.DIGESTED)))


def _is_outdated(now: datetime) -> Case:
    """Whatever its age, nothing is sent after its successor; what has waited long, not when that waits, too.

    An hour lets every mail go in ordinary operation, where a busy server or a round that ends costs minutes.
    """
    gone_before = _newer(Q(state=MailState.SENT), Q(state=MailState.DIGESTED))
    return Case(
        # Sent again by hand: somebody wants exactly this one to arrive.
        When(Q(comes_anyway=True) | ~Q(kind__in=_replaceable()), then=Value(False)),
        When(queued_at__lt=now - settings.MAIL_OUTDATED_AFTER, then=has_newer()),
        default=gone_before,
        output_field=BooleanField(),
    )


def _newer(told: Q, told_later: Q) -> Exists:
    """A newer mail of a kind that replaces this one's; `told_later` counts for what may be silenced."""
    # What is sent again is as old as what it repeats.
    newer = OutboxMail.objects.alias(age=Coalesce("resends_id", "pk")).filter(
        ~Q(claim_reference=""),
        claim_reference=OuterRef("claim_reference"),
        age__gt=Coalesce(OuterRef("resends_id"), OuterRef("pk")),
        recipient=OuterRef("recipient"),
    )
    pairs = newer.alias(pair=Concat(OuterRef("kind"), Value(">"), "kind", output_field=CharField()))
    may_wait = told_later & Q(pair__in=_pairs(lambda older: not older.never_silenced))
    return Exists(pairs.filter((told & Q(pair__in=_pairs(lambda older: True))) | may_wait))


def _pairs(is_meant: Callable[[MailKind], bool]) -> list[str]:
    return [f"{older}>{newer}" for older, newer in replacements() if is_meant(kind_of(older))]


def _replaceable() -> set[str]:
    return {older for older, _newer in replacements()}
