"""A claim's ledger from its rows: deadlines give the turns, the history gives the statuses.

Both are never rewritten, nor is a calendar for days that have begun, so what the ledger says of a past day stays
said (docs/decisions/clock-ledger.md).
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F

from claims.ledger import Awaited, Ledger, StatusChange, Turn, counted_until, ledger
from claims.models import Claim, Deadline
from claims.words import DeadlineKind, Status
from cpor_portal.accounts.calendars import review_calendar

# A dispute window holds nothing up and a draft is not submitted yet: neither is a turn.
AWAITED: dict[str, Awaited] = {
    DeadlineKind.PARTNER_ANSWER: Awaited.PARTNER_ANSWER,
    DeadlineKind.EVIDENCE: Awaited.EVIDENCE,
    DeadlineKind.REVIEW: Awaited.REVIEW,
    DeadlineKind.RULING: Awaited.RULING,
    DeadlineKind.DISPUTE_RULING: Awaited.DISPUTE_RULING,
    DeadlineKind.CUSTOMER_WINDOW: Awaited.CUSTOMER_WINDOW,
}
# Microsoft can be late; the others' time is over when it has run out, whenever the portal acts on it.
ENDS_WHEN_DUE = frozenset({DeadlineKind.PARTNER_ANSWER, DeadlineKind.EVIDENCE, DeadlineKind.CUSTOMER_WINDOW})
# What the portal must then do: until it has, the days are Microsoft's.
PORTAL_ACTS = frozenset({DeadlineKind.PARTNER_ANSWER, DeadlineKind.EVIDENCE})


def ledger_of(claim: Claim, deadlines: Iterable[Deadline], now: datetime) -> Ledger | None:
    """The ledger of `claim` as it reads at `now` (aware); None for a draft. Two queries.

    `deadlines` are all of the claim's, in any order.
    """
    if claim.submitted_at is None:
        return None
    turns, statuses = turns_of(deadlines), statuses_of(claim)
    until = counted_until(turns, statuses, now)
    return ledger(turns, statuses, review_calendar(), claim.submitted_at, until)


def turns_of(deadlines: Iterable[Deadline]) -> list[Turn]:
    """Whose turn it was, by the deadlines: a turn each, and one of the portal's for what it has let lie."""
    turns = []
    for deadline in deadlines:
        awaited = AWAITED.get(deadline.kind)
        if awaited is None:
            continue
        ended_at = deadline.met_at or deadline.cancelled_at
        if deadline.kind not in ENDS_WHEN_DUE:
            turns.append(Turn(awaited, deadline.started_at, ended_at))
            continue
        turns.append(Turn(awaited, deadline.started_at, min(ended_at or deadline.due_at, deadline.due_at)))
        if deadline.kind in PORTAL_ACTS and (ended_at is None or ended_at > deadline.due_at):
            turns.append(Turn(Awaited.PORTAL, deadline.due_at, ended_at))
    return turns


def statuses_of(claim: Claim) -> list[StatusChange]:
    """Every change of status that the history knows, in order."""
    changes = claim.events.exclude(status_before=F("status_after")).order_by("id")
    return [StatusChange(Status(status), at) for status, at in changes.values_list("status_after", "at")]
