"""Once a year the partner of an approved claim is reminded that newer proof can be added.

In a contest the newest proof of each side counts (domain.md, "Proof of execution"); nobody owes it, so it is no
deadline. The day is kept on the claim, and a claim that is not approved any more has none.
"""

from datetime import date, datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction

from claims import mails
from claims.models import Claim
from claims.proof.freshness import good_until
from claims.words import Status
from cpor_portal.working_days import local_day

REMINDED_BEFORE = timedelta(days=30)
"""Time to ask a customer for a signature before the twelve months are over."""

log = structlog.get_logger(__name__)


def next_reminder(claim: Claim, *, today: date) -> date | None:
    """The day of the claim's next reminder, by its status and its newest acknowledgement; None unless approved.

    `today` is the day at the review site. What is due by now goes out tomorrow, unless a reminder of this proof has
    gone out and the next one is planned.
    """
    if claim.status != Status.APPROVED or claim.submitted_at is None:
        return None
    # Without a known date the proof is no younger than twelve months before it was handed in; a year is fair.
    base = claim.proof_good_until or good_until(local_day(claim.submitted_at, settings.REVIEW_TIME_ZONE))
    if base - REMINDED_BEFORE > today:
        return base - REMINDED_BEFORE
    held = claim.proof_reminder_on
    return held if held is not None and held > today else today + timedelta(days=1)


def remind_of_newer_proof(now: datetime, limit: int) -> int:
    """Queue the mails that are due at `now` (aware), for at most `limit` claims; returns how many claims were told.

    Harmless when run twice or side by side: each claim is locked, and its next day is a year away.
    """
    today = local_day(now, settings.REVIEW_TIME_ZONE)
    due = Claim.objects.filter(proof_reminder_on__lte=today).order_by("proof_reminder_on", "id")
    return sum(_remind(pk, today) for pk in due.values_list("pk", flat=True)[:limit])


def _remind(claim_id: int, today: date) -> bool:
    with transaction.atomic():
        waiting = Claim.objects.select_for_update(of=("self",), no_key=True, skip_locked=True).select_related("firm")
        claim = waiting.filter(pk=claim_id, proof_reminder_on__lte=today).first()
        if claim is None:
            return False
        is_told = claim.status == Status.APPROVED
        if is_told:
            mails.proof_ages(claim=claim, on=today)
        claim.proof_reminder_on = good_until(today) if is_told else None
        claim.save(update_fields=["proof_reminder_on"])
    return is_told
