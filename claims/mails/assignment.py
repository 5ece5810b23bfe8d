"""Mails about who reviews a claim. They go to reviewers and arbiters alone: it is Microsoft's own affair."""

from collections.abc import Sequence

from claims.mails.context import Context, due, for_review, undecided
from claims.mails.sending import send
from claims.models import Claim, ClaimLine, Deadline, Event
from claims.models.history import DeadlineParty
from cpor_portal.accounts.models import User
from cpor_portal.accounts.permissions import is_reviewer


def assigned(*, claim: Claim, event: Event, reviewer: User, by: User, note: str) -> None:
    """Tell `reviewer` that the arbiter `by` has given them the claim, with the note and what is due."""
    if reviewer == by:
        return
    owed = _what_microsoft_owes(claim)
    is_over = owed is not None and owed.due_at < event.at
    context = assigned_context(claim, undecided(claim), by=by, note=note, deadline=owed, is_over=is_over)
    send("assigned", claim, event, context, [reviewer])


def assigned_context(
    claim: Claim, lines: Sequence[ClaimLine], *, by: User, note: str, deadline: Deadline | None, is_over: bool = False
) -> Context:
    """What the template of `assigned` gets; `is_over` where the deadline was missed already."""
    return for_review(claim, lines, by=by, text=note.strip(), due=due(deadline, is_partner=False), is_over=is_over)


def unassigned(*, claim: Claim, event: Event, reviewer: User, by: User) -> None:
    """Tell `reviewer`, who had the claim, that the arbiter `by` has given it to somebody else.

    Whoever reviews no longer is told nothing.
    """
    if reviewer != by and is_reviewer(reviewer):
        send("unassigned", claim, event, unassigned_context(claim, undecided(claim), by=by), [reviewer])


def unassigned_context(claim: Claim, lines: Sequence[ClaimLine], *, by: User) -> Context:
    """What the template of `unassigned` gets."""
    return for_review(claim, lines, by=by)


def _what_microsoft_owes(claim: Claim) -> Deadline | None:
    running = claim.deadlines.running().filter(party=DeadlineParty.MICROSOFT)
    return running.order_by("due_at", "id").first()
