"""What every act does: lock the claim, check the table, and at the end write status, event and deadlines.

The order of locks is the same everywhere, so that no two acts wait for each other: first the claim, then the
targets of its lines in the order of their ids. Lines of other claims are changed under the target's lock only.
Locks are FOR NO KEY UPDATE: an entry in a rival's history refers to the rival's claim, which somebody else may
have locked, and the stronger lock would make the two wait for each other for ever.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from claims import clock
from claims.acts.lapsing import lapse_correction
from claims.history import what_happened_last
from claims.models import Claim, ClaimLine, Deadline, Event, Target
from claims.models.claim import ClaimQuerySet
from claims.permissions import actor_of
from claims.proof.reminders import next_reminder
from claims.transitions import BY_ACT, Act, Actor, status_of
from claims.words import Audience, Outcome, Status
from claims.written import what_was_written
from cpor_portal.accounts import permissions as people
from cpor_portal.accounts.models import User
from cpor_portal.faults import Conflict, NotAllowed, Refused, Text
from cpor_portal.working_days import local_day

# Acts that change who has a claim, and nothing else.
WHO_REVIEWS = (Act.ASSIGN, Act.TAKE, Act.HAND_BACK)
CONCLUDED = ("status", "version", "edited_at", "edited_by", "due_at", "proof_reminder_on", "correction_asked_at")


@dataclass(frozen=True)
class Doing:
    """An act under way on a locked claim. `by` is None where the portal itself acts."""

    claim: Claim
    act: Act
    by: User | None
    actor: Actor
    at: datetime


def begin(
    *, reference: str, act: Act, by: User | None, version: int | None = None, at: datetime | None = None
) -> Doing:
    """Lock the claim and make sure that `by` may do `act` on it now. Must run inside a transaction.

    `version` is the claim's version on the page that was acted from; None when the caller does not know it.
    Raises NotAllowed for a role that the table does not name or another firm's person, Conflict when the
    stored status no longer permits the act, the page was stale, or the draft is gone.
    """
    claim = lock_claim(reference)
    actor = require_possible(claim=claim, act=act, by=by, version=version)
    return Doing(claim=claim, act=act, by=by, actor=actor, at=at or timezone.now())


def lock_claim(reference: str) -> Claim:
    """The claim, locked. Raises Conflict when it is gone: a colleague may have deleted the draft."""
    return _found(Claim.objects.select_for_update(of=("self",), no_key=True), reference)


def read_claim(reference: str) -> Claim:
    """The claim as it stands, not locked; for what must be looked up before a lock. Raises Conflict as `lock_claim`."""
    return _found(Claim.objects.all(), reference)


def _found(claims: ClaimQuerySet, reference: str) -> Claim:
    claim = claims.select_related("firm").filter(reference=reference).first()
    if claim is None:
        raise Conflict("draft_gone", _("This draft has been deleted meanwhile."))
    return claim


def require_possible(*, claim: Claim, act: Act, by: User | None, version: int | None = None) -> Actor:
    """In which role `by` may do `act` on the claim as it is in hand; for pages that lead to an act, too.

    Raises NotAllowed and Conflict as `begin` does.
    """
    actor = Actor.PORTAL if by is None else _permitted_actor(act, by, claim)
    if claim.status not in BY_ACT[act].statuses or _is_stale(claim, version, by):
        written = what_was_written(claim, reader=by, seen=version)
        raise Conflict("claim_has_moved_on", what_happened_last(claim, reader=by), claim=claim, written=written)
    return actor


def _is_stale(claim: Claim, version: int | None, by: User | None) -> bool:
    """Whether the page that `by` acted from shows something else than what stands now."""
    if version is None or version == claim.version:
        return False
    if by is None or people.is_reviewer(by):
        return True
    # Who reviews stands on no partner's page: a change of hands must not make one of them go stale.
    return claim.version - version != claim.events.filter(verb__in=WHO_REVIEWS, claim_version__gt=version).count()


def _permitted_actor(act: Act, by: User, claim: Claim) -> Actor:
    actor = actor_of(by)
    if actor is None or actor not in BY_ACT[act].actors:
        raise NotAllowed("role_may_not", _role_may_not(by))
    if not people.is_reviewer(by) and people.firm_of(by) != claim.firm:
        raise NotAllowed("not_your_claim", _("This claim belongs to another firm."))
    return actor


def _role_may_not(by: User) -> Text:
    if people.firm_of(by) is None:
        return _("Your role does not allow this.")
    return _("Your role does not allow this. Ask an admin of your firm.")


def lock_lines(claim: Claim) -> list[ClaimLine]:
    """The claim's lines, read under the locks of their targets."""
    targets = sorted(set(claim.lines.exclude(target=None).values_list("target_id", flat=True)))
    lock_targets(targets)
    return list(claim.lines.select_related("product", "target"))


def lock_targets(target_ids: Iterable[int]) -> None:
    """Lock targets, always in the order of their ids."""
    wanted = sorted(set(target_ids))
    list(
        Target.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk").values_list("pk", flat=True)
    )


def chosen(doing: Doing, lines: Sequence[ClaimLine], line_ids: Sequence[int]) -> list[ClaimLine]:
    """The lines that the act is to touch: those named, or all that it can touch when none is named.

    Raises Conflict when a named line has been decided meanwhile, Refused when nothing is left to act on.
    """
    takes = BY_ACT[doing.act].takes
    wanted = [line for line in lines if not line_ids or line.pk in set(line_ids)]
    able = [line for line in wanted if line.outcome in takes]
    if line_ids and len(able) < len(set(line_ids)):
        written = what_was_written(doing.claim, reader=doing.by)
        last = what_happened_last(doing.claim, reader=doing.by)
        raise Conflict("line_has_moved_on", last, claim=doing.claim, written=written)
    if not able:
        raise Refused("no_lines", _("There is no product left for which this can be done."), field="lines")
    return able


def set_outcome(doing: Doing, lines: Sequence[ClaimLine], outcome: Outcome, *, decided: bool) -> None:
    """Write a new outcome on lines of this claim, narrowly, and on the objects in hand."""
    decided_at = doing.at if decided else None
    ids = [line.pk for line in lines]
    ClaimLine.objects.filter(pk__in=ids).update(outcome=outcome, decided_at=decided_at)
    for line in lines:
        line.outcome, line.decided_at = outcome, decided_at


def conclude(
    doing: Doing,
    *,
    data: dict[str, Any] | None = None,
    fields: dict[str, Any] | None = None,
    audience: Audience = Audience.PARTNER,
    kept: bool = True,
    about: str = "",
    due_at: datetime | None = None,
) -> tuple[Event, Deadline | None]:
    """End an act: status from the lines, narrow write, one event, deadlines; returns event and what is owed now.

    `fields` are further columns of the claim that this act writes. `kept`, `about` and `due_at` are handed to
    `clock.settle`; the history keeps what the act was about.
    """
    claim, written = doing.claim, dict(fields or {})
    for name, value in written.items():
        setattr(claim, name, value)
    before = Status(claim.status)
    outcomes = list(claim.lines.exclude(submitted_at=None).values_list("outcome", flat=True))
    after = status_of(outcomes, review_started=claim.review_started_at is not None)
    if BY_ACT[doing.act].keeps_status and after != before:
        raise ValueError(f"{doing.act} must not change the status of {claim.reference}")
    claim.status, claim.version, claim.edited_at, claim.edited_by = after, claim.version + 1, doing.at, doing.by
    lapse_correction(claim, at=doing.at)
    told = {**(data or {}), **({"about": about} if about else {})}
    event = record(doing, before=before, data=told, audience=audience)
    deadline = clock.settle(
        claim, act=doing.act, outcomes=outcomes, at=doing.at, kept=kept, event=event, about=about, due_at=due_at
    )
    claim.due_at = deadline.due_at if deadline else None
    claim.proof_reminder_on = next_reminder(claim, today=local_day(doing.at, settings.REVIEW_TIME_ZONE))
    claim.save(update_fields=[*CONCLUDED, *written])
    return event, deadline


def record(
    doing: Doing,
    *,
    before: Status,
    data: dict[str, Any] | None = None,
    audience: Audience = Audience.PARTNER,
) -> Event:
    """Write the act's one entry in the history."""
    claim = doing.claim
    return Event.objects.create(
        claim=claim,
        verb=doing.act,
        at=doing.at,
        actor=doing.by,
        actor_role=doing.actor,
        audience=audience,
        status_before=before,
        status_after=claim.status,
        claim_version=claim.version,
        data=data or {},
    )
