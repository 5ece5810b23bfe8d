"""Mails about who reviews a claim. They go to reviewers and arbiters alone: it is Microsoft's own affair."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings

from claims.mails.context import Context, due, for_review, undecided
from claims.mails.sending import send
from claims.models import Claim, ClaimLine, Deadline, Event
from claims.models.history import DeadlineParty
from cpor_portal.accounts.models import User
from cpor_portal.accounts.permissions import is_reviewer
from cpor_portal.notifications.links import link_to
from cpor_portal.notifications.outbox import one_line, queue_mails

# So many claims a mail about an absence names; the queue has them all.
NAMED = 30


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


def returned(
    *, claim: Claim, event: Event, reviewer: User, by: User, note: str = "", is_conflict: bool = False
) -> None:
    """Tell `reviewer`, who had the claim, that `by` has put it back into the queue, with the note or the reason.

    `is_conflict` where a conflict of interest was noted for them. Whoever reviews no longer is told nothing.
    """
    if reviewer != by and is_reviewer(reviewer):
        context = returned_context(claim, undecided(claim), by=by, note=note, is_conflict=is_conflict)
        send("returned", claim, event, context, [reviewer])


def returned_context(
    claim: Claim, lines: Sequence[ClaimLine], *, by: User, note: str, is_conflict: bool = False
) -> Context:
    """What the template of `returned` gets."""
    return for_review(claim, lines, by=by, text=note.strip(), is_conflict=is_conflict)


@dataclass(frozen=True)
class Gone:
    """A claim that went back to the queue, as a mail about many of them names it."""

    reference: str
    customer: str
    due: datetime | None


def absence_began(
    *, absence: int, person: User, last_day: date, claims: Sequence[Claim], recipients: Iterable[User]
) -> None:
    """Tell the arbiters that `person` is away and what of theirs is back in the queue; nothing where nothing is.

    `absence` is its id, so that each is told once.
    """
    if claims:
        key = f"absence-{absence}:absence_began"
        queue_mails(
            kind="absence_began", event_key=key, to=recipients, context=absence_context(person, last_day, claims)
        )


def absence_context(person: User, last_day: date, claims: Sequence[Claim]) -> Context:
    """What the template of `absence_began` gets: the claims that are due first by name, and how many more there are."""
    ordered = sorted(claims, key=lambda claim: (claim.due_at is None, claim.due_at))
    shown = [
        Gone(claim.reference, one_line(claim.customer_display_name) or claim.domain, claim.due_at)
        for claim in ordered[:NAMED]
    ]
    # What waits for Microsoft is due in the calendar of its review site.
    told = {"shown": shown, "total": len(claims), "more": len(claims) - len(shown), "zone": settings.REVIEW_TIME_ZONE}
    return {"person": person, "last_day": last_day, "link": link_to("arbitration:queue"), **told}


def _what_microsoft_owes(claim: Claim) -> Deadline | None:
    running = claim.deadlines.running().filter(party=DeadlineParty.MICROSOFT)
    return running.order_by("due_at", "id").first()
