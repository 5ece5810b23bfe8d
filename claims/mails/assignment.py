"""Mails about who reviews a claim. They go to reviewers and arbiters alone: it is Microsoft's own affair."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings

from claims.mails.context import Context, due, for_review, undecided
from claims.mails.sending import send, send_about_many
from claims.models import Claim, ClaimLine, Deadline, Event
from claims.models.history import DeadlineParty
from claims.transitions import OWED
from claims.words import DeadlineKind, Status
from cpor_portal.accounts.models import User
from cpor_portal.accounts.permissions import is_reviewer
from cpor_portal.notifications.links import link_to
from cpor_portal.notifications.outbox import one_line, queue_mails

# So many claims a mail about many of them names; the queue has them all.
NAMED = 30
Moved = tuple[Claim, Event]
"""A claim that got into other hands, and the event that says so."""


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


# --- Many at once: one mail for each person, whatever the number of claims ---------------------------------


def all_assigned(moved: Sequence[Moved], *, reviewer: User, by: User, note: str) -> None:
    """`assigned` for the claims of one act, which all went to `reviewer`: one mail names them all."""
    if len(moved) == 1:
        ((claim, event),) = moved
        assigned(claim=claim, event=event, reviewer=reviewer, by=by, note=note)
    elif reviewer != by:
        context = all_assigned_context([claim for claim, _event in moved], by=by, note=note)
        send_about_many("assigned_many", moved[0][1], context, reviewer)


def all_assigned_context(claims: Sequence[Claim], *, by: User, note: str) -> Context:
    """What the template of `assigned_many` gets."""
    return {**_listed(claims), "by": by, "text": note.strip(), "link": link_to("arbitration:my_desk")}


def all_unassigned(moved: Sequence[Moved], *, reviewer: User, by: User) -> None:
    """`unassigned` for all that `reviewer` had of the claims of one act: one mail names them."""
    if len(moved) == 1:
        ((claim, event),) = moved
        unassigned(claim=claim, event=event, reviewer=reviewer, by=by)
    elif reviewer != by and is_reviewer(reviewer):
        context = all_returned_context([claim for claim, _event in moved], by=by, is_given=True)
        send_about_many("unassigned_many", moved[0][1], context, reviewer)


def all_returned(
    moved: Sequence[Moved], *, reviewer: User, by: User, note: str = "", is_conflict: bool = False
) -> None:
    """`returned` for all that `reviewer` had of the claims of one act: one mail names them. Nothing where none is."""
    if len(moved) == 1:
        ((claim, event),) = moved
        returned(claim=claim, event=event, reviewer=reviewer, by=by, note=note, is_conflict=is_conflict)
    elif moved and reviewer != by and is_reviewer(reviewer):
        claims = [claim for claim, _event in moved]
        context = all_returned_context(claims, by=by, note=note, is_conflict=is_conflict)
        send_about_many("returned_many", moved[0][1], context, reviewer)


def all_returned_context(
    claims: Sequence[Claim], *, by: User, note: str = "", is_conflict: bool = False, is_given: bool = False
) -> Context:
    """What the template of `returned_many` and `unassigned_many` gets; a conflict of interest is with one firm."""
    why = {"is_conflict": is_conflict, "is_given": is_given, "firm": one_line(claims[0].firm.name)}
    return {**_listed(claims), **why, "by": by, "text": note.strip(), "link": link_to("arbitration:my_desk")}


@dataclass(frozen=True)
class Named:
    """A claim as a mail about many of them names it; `due` is by when Microsoft decides, None where it waits."""

    reference: str
    customer: str
    due: datetime | None


def _listed(claims: Sequence[Claim]) -> Context:
    """The claims that are due first by name, and how many more there are."""
    named = [
        Named(claim.reference, one_line(claim.customer_display_name) or claim.domain, _when_decided(claim))
        for claim in claims
    ]
    ordered = sorted(named, key=lambda one: (one.due is None, one.due))
    # What waits for Microsoft is due in the calendar of its review site.
    told = {"total": len(named), "more": max(len(named) - NAMED, 0), "zone": settings.REVIEW_TIME_ZONE}
    return {"shown": ordered[:NAMED], **told}


def _when_decided(claim: Claim) -> datetime | None:
    """While the claim waits for its partner, its date is the partner's own."""
    return claim.due_at if DeadlineKind.REVIEW in OWED[Status(claim.status)] else None


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
    """What the template of `absence_began` gets."""
    return {**_listed(claims), "person": person, "last_day": last_day, "link": link_to("arbitration:queue")}


def _what_microsoft_owes(claim: Claim) -> Deadline | None:
    running = claim.deadlines.running().filter(party=DeadlineParty.MICROSOFT)
    return running.order_by("due_at", "id").first()
