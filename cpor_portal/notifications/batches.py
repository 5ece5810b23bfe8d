"""Taking mails to be sent: a few rows at a time, by one statement, on a short lease.

A deliverer marks each mail by itself. If it dies, only the mail that it was sending can go out twice; the rest of
its batch waits until the lease has run out.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from cpor_portal.notifications.kinds import all_kinds
from cpor_portal.notifications.models import MailState, OutboxMail

# How long a deliverer has for a batch before others may take it for lost; a round is far shorter (delivery.py).
LEASE = timedelta(minutes=3)
MAILS_PER_BATCH = 20
# A newer mail in one of these states tells, told, or will tell how things stand.
TOLD = (MailState.WAITING, MailState.HELD, MailState.SENT, MailState.DIGESTED)


@dataclass(frozen=True)
class Batch:
    """Mails that are this process's to send until `lease_ends`; `superseded`: how many others newer news replaced."""

    lease_ends: datetime
    mails: Sequence[OutboxMail] = ()
    superseded: int = 0


def take_batch(now: datetime, size: int, *, old_too: bool = True) -> Batch:
    """Take the mails that have been due longest at `now` (aware), at most `size`.

    Others see them as not due until the lease has run out. A mail that tells where a claim stands and has waited
    longer than settings.MAIL_OUTDATED_AFTER is not sent when a newer such mail of the same claim is there for the
    same recipient: after an outage everybody gets the newest state once (docs/decisions/mail-preferences.md).
    Without `old_too` such a mail is left alone, newer one or not: the newer one may be about to be written.
    """
    with transaction.atomic(durable=True):
        due = OutboxMail.objects.filter(state=MailState.WAITING, next_attempt_at__lte=now)
        if not old_too:
            due = due.exclude(_has_waited_long(now))
        rows = due.annotate(is_outdated=_is_outdated(now)).order_by("next_attempt_at", "id")
        found = list(rows.select_for_update(skip_locked=True)[:size])
        outdated = [mail.pk for mail in found if mail.is_outdated]
        mails = [mail for mail in found if not mail.is_outdated]
        lease_ends = now + LEASE
        if outdated:
            OutboxMail.objects.filter(pk__in=outdated).update(state=MailState.SUPERSEDED)
        if mails:
            OutboxMail.objects.filter(pk__in=[mail.pk for mail in mails]).update(next_attempt_at=lease_ends)
    return Batch(lease_ends, mails, len(outdated))


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
    """For a query on mails: a newer mail tells the same recipient where the same claim stands."""
    # What is sent again is as old as what it repeats.
    newer = OutboxMail.objects.alias(age=Coalesce("resends_id", "pk")).filter(
        claim_reference=OuterRef("claim_reference"),
        age__gt=Coalesce(OuterRef("resends_id"), OuterRef("pk")),
        recipient=OuterRef("recipient"),
        kind__in=state_kinds(),
        state__in=TOLD,
    )
    return Exists(newer)


def state_kinds() -> list[str]:
    """The codes of the mails that tell all there is to say of where a claim stands."""
    return [kind.code for kind in all_kinds() if kind.tells_state]


def _is_outdated(now: datetime) -> Case:
    return Case(When(_has_waited_long(now), then=has_newer()), default=Value(False), output_field=BooleanField())


def _has_waited_long(now: datetime) -> Q:
    # Sent again by hand: somebody wants exactly this one to arrive.
    waited = Q(queued_at__lt=now - settings.MAIL_OUTDATED_AFTER, comes_anyway=False, kind__in=state_kinds())
    return waited & ~Q(claim_reference="")
