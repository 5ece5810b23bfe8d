"""Mails about what a firm hands in or takes back."""

from collections.abc import Sequence

from claims.away import reviewer_who_is_there
from claims.mails.context import (
    Context,
    Standing,
    due,
    for_firm,
    for_review,
    standing,
    standing_of,
    undecided,
)
from claims.mails.sending import send, to_firm
from claims.models import Claim, ClaimLine, Deadline, Event
from claims.words import UNDECIDED_OUTCOMES
from cpor_portal.accounts.models import User


def submitted(*, claim: Claim, event: Event, deadline: Deadline) -> None:
    """Tell the firm that its claim is filed, and by when it is decided."""
    to_firm("submitted", claim, event, submitted_context(claim, undecided(claim), deadline, event.actor))


def submitted_context(claim: Claim, lines: Sequence[ClaimLine], deadline: Deadline, by: User | None) -> Context:
    """What the template of `submitted` gets: its readers are colleagues of `by`, and read the name."""
    return for_firm(claim, Standing(lines), by=by, due=due(deadline, is_partner=True))


def resubmitted(*, claim: Claim, event: Event, deadline: Deadline | None) -> None:
    """A receipt to the firm, and word to the reviewer who has the claim that the answer is there.

    Nobody is written to in the place of a reviewer who is away: the queue marks the claim and gives it to whoever takes
    the next one, and the arbiters are reminded before it is late (docs/decisions/taking-work.md).
    """
    held = standing_of(claim, UNDECIDED_OUTCOMES)
    to_firm("resubmitted", claim, event, resubmitted_context(claim, held, deadline, event.actor))
    if reviewer := reviewer_who_is_there(claim, event.at):
        context = resubmitted_review_context(claim, held.lines, deadline)
        send("resubmitted_review", claim, event, context, [reviewer])


def resubmitted_context(claim: Claim, held: Standing, deadline: Deadline | None, by: User | None) -> Context:
    """What the template of `resubmitted` gets; `by` is the colleague who answered."""
    return for_firm(claim, held, by=by, due=due(deadline, is_partner=True))


def resubmitted_review_context(claim: Claim, lines: Sequence[ClaimLine], deadline: Deadline | None) -> Context:
    """What the template of `resubmitted_review` gets."""
    return for_review(claim, lines, due=due(deadline, is_partner=False))


def withdrawn(*, claim: Claim, event: Event, lines: Sequence[ClaimLine], reason: str) -> None:
    """Confirm to the firm that `lines` were taken back: all that was open, or a part while the rest goes on."""
    held = standing(claim, lines)
    kind = "withdrawn_in_part" if any(line.is_undecided for line in held.others) else "withdrawn"
    to_firm(kind, claim, event, withdrawn_context(claim, held, reason, event.actor))


def withdrawn_context(claim: Claim, held: Standing, reason: str, by: User | None) -> Context:
    """What the template of `withdrawn` and `withdrawn_in_part` gets; `by` is the colleague who took them back."""
    products = [line.product.name for line in held.lines]
    return for_firm(claim, held, by=by, products=products, text=reason.strip())
