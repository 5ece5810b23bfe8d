"""What a claim's page says of its time: to whom the days belonged so far, and every deadline with its why."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from claims.deadlines_shown import ShownDeadline, shown_deadlines
from claims.ledger_of import ledger_of
from claims.ledger_shown import ShownLedger, shown_ledger
from claims.models import Claim
from cpor_portal.accounts import permissions as people
from cpor_portal.accounts.models import User


@dataclass(frozen=True)
class ShownTime:
    """The sections "Time so far" and "Deadlines of this claim"; a draft has no ledger."""

    ledger: ShownLedger | None
    deadlines: list[ShownDeadline]


def time_of(claim: Claim, reader: User, now: datetime | None = None) -> ShownTime:
    """For whoever may see the claim, as it reads at `now` (aware). Three queries, however long the claim's life.

    `claim` must be one that `claims.permissions` gave to the reader.
    """
    now, is_partner = now or timezone.now(), not people.is_reviewer(reader)
    deadlines = list(claim.deadlines.all())
    ledger = ledger_of(claim, deadlines, now)
    return ShownTime(
        ledger=shown_ledger(ledger, now, is_partner=is_partner) if ledger else None,
        deadlines=shown_deadlines(deadlines, now, is_partner=is_partner),
    )
