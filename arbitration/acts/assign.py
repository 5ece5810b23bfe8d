"""Giving a claim to a reviewer."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from arbitration.permissions import require_arbiter
from claims import mails
from claims.acts.comment import LONGEST_COMMENT, write_comment
from claims.acts.ground import Doing, begin, record, require_possible
from claims.models import Claim
from claims.transitions import Act
from claims.words import Audience, Status
from cpor_portal.accounts import permissions as people
from cpor_portal.accounts.models import User
from cpor_portal.faults import Refused


def assign(*, reference: str, by: User, reviewer_email: str, note: str = "", version: int | None = None) -> Claim:
    """Give an open claim to a reviewer or an arbiter: from now on it is theirs to take and to decide.

    Arbiters may. Status and deadlines stay, and a round that is under way stays the round of whoever started it
    (docs/decisions/who-decides-a-claim.md). The note becomes an internal comment. Both people are told, the firm is
    not: who reviews is Microsoft's own affair. Raises NotAllowed, Conflict, Refused (`reviewer_unknown` for an
    address that is no reviewer's, `reviewer_has_it`, `comment_too_long`).
    """
    require_arbiter(by)
    with transaction.atomic():
        doing = begin(reference=reference, act=Act.ASSIGN, by=by)
        claim, before, after = doing.claim, doing.claim.reviewer, _reviewer(reviewer_email)
        _refuse_whoever_has_it(before, after)
        # Only now: whoever presses the button twice hears that it is done, not that somebody was first.
        require_possible(claim=claim, act=Act.ASSIGN, by=by, version=version)
        # Neither `edited_at` nor `edited_by`: the firm reads those, and this is none of its news.
        claim.reviewer, claim.version = after, claim.version + 1
        claim.save(update_fields=["reviewer", "version"])
        _write_note(doing, note)
        data = _particulars(before, after)
        event = record(doing, before=Status(claim.status), data=data, audience=Audience.INTERNAL)
        mails.assigned(claim=claim, event=event, reviewer=after, by=by, note=note.strip())
        if before is not None:
            mails.unassigned(claim=claim, event=event, reviewer=before, by=by)
    return claim


def _reviewer(address: str) -> User:
    """The active reviewer or arbiter with this address. Raises Refused."""
    person = User.objects.filter(email=address.strip().lower()).first()
    if person is None or not people.is_reviewer(person):
        text = _("Choose a reviewer or an arbiter who can sign in.")
        raise Refused("reviewer_unknown", text, field="reviewer")
    return person


def _refuse_whoever_has_it(before: User | None, after: User) -> None:
    if before == after:
        text = _("%(name)s has this claim already.") % {"name": after}
        raise Refused("reviewer_has_it", text, field="reviewer")


def _write_note(doing: Doing, note: str) -> None:
    if len(note.strip()) > LONGEST_COMMENT:
        raise Refused("comment_too_long", _("A comment can have up to 10,000 characters."), field="note")
    if note.strip():
        write_comment(doing, body=note, audience=Audience.INTERNAL)


def _particulars(before: User | None, after: User) -> dict[str, Any]:
    data = {"reviewer": after.pk, "reviewer_name": str(after)}
    return data if before is None else {**data, "before": before.pk, "before_name": str(before)}
