"""Putting a claim back into the queue: a note says why, and whoever takes it next begins where the other ended."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from arbitration.permissions import has_in_hand, require_role, somebody_else_has_it
from claims import mails
from claims.acts.comment import LONGEST_COMMENT, write_comment
from claims.acts.ground import Doing, begin, record, require_possible
from claims.models import Claim, Event
from claims.transitions import Act
from claims.words import Audience, Status
from cpor_portal.accounts.models import User
from cpor_portal.faults import Refused

NOTE, ABSENCE, CONFLICT, ARBITER = "note", "absence", "conflict", "arbiter"


def hand_back(*, reference: str, by: User, note: str, version: int | None = None) -> Claim:
    """Put an open claim back into the queue, where anybody who may decide it can take it.

    Whoever has it may, and has to say why; an arbiter may take it from somebody, who is told. Status and deadlines
    stay, the firm learns nothing, and the note becomes an internal comment (docs/decisions/taking-work.md). Raises
    NotAllowed, Conflict, Refused (`nobody_has_it`, `note_required`, `comment_too_long`).
    """
    require_role(by)
    with transaction.atomic():
        doing = begin(reference=reference, act=Act.HAND_BACK, by=by)
        claim, before = doing.claim, require_somebody(doing.claim)
        if not has_in_hand(by, claim):
            raise somebody_else_has_it(claim)
        # Only now: whoever presses the button twice hears that it is done, not that somebody was first.
        require_possible(claim=claim, act=Act.HAND_BACK, by=by, version=version)
        is_own = before == by
        if is_own:
            require_note(note)
        event = give_back(doing, why=NOTE if is_own else ARBITER, note=note)
        mails.returned(claim=claim, event=event, reviewer=before, by=by, note=note)
    return claim


def require_somebody(claim: Claim) -> User:
    """Whoever has the claim. Raises Refused `nobody_has_it`."""
    if claim.reviewer is None:
        raise Refused("nobody_has_it", _("Nobody has this claim: it waits in the queue already."))
    return claim.reviewer


def require_note(note: str) -> None:
    """Raises Refused `note_required`."""
    if not note.strip():
        text = _("Say why you hand the claim back, so that whoever takes it next knows.")
        raise Refused("note_required", text, field="note")


def require_short(note: str) -> None:
    """Raises Refused `comment_too_long`, before anything is written."""
    if len(note.strip()) > LONGEST_COMMENT:
        raise Refused("comment_too_long", _("A comment can have up to 10,000 characters."), field="note")


def give_back(doing: Doing, *, why: str, note: str = "") -> Event:
    """Take the claim from whoever has it, for an act under way; one internal event, and the note as internal comment.

    Neither `edited_at` nor `edited_by` is written: the firm reads those, and this is none of its news.
    """
    require_short(note)
    claim, before = doing.claim, require_somebody(doing.claim)
    claim.reviewer, claim.version = None, claim.version + 1
    claim.save(update_fields=["reviewer", "version"])
    if note.strip():
        write_comment(doing, body=note, audience=Audience.INTERNAL)
    data = {"why": why, "reviewer": before.pk, "reviewer_name": str(before)}
    return record(doing, before=Status(claim.status), data=data, audience=Audience.INTERNAL)


def give_back_all(
    person: User, *, statuses: Sequence[str], why: str, by: User | None, at: datetime, firm_id: int | None = None
) -> list[tuple[Claim, Event]]:
    """Put back what `person` has in these statuses (of one firm, if given), in the order of the ids; what it wrote.

    Must run inside a transaction that has the person's desk locked, so that nothing comes to it meanwhile.
    """
    held = Claim.objects.filter(reviewer=person, status__in=statuses).order_by("pk")
    held = held if firm_id is None else held.filter(firm=firm_id)
    given: list[tuple[Claim, Event]] = []
    for claim in held.select_for_update(of=("self",), no_key=True):
        # Whoever declares it has this right as an arbiter or as the reviewer; the portal has it by itself.
        doing = begin(reference=claim.reference, act=Act.HAND_BACK, by=by, at=at)
        given.append((doing.claim, give_back(doing, why=why)))
    return given
