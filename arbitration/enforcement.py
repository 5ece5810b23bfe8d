"""Keeping the deadlines: reminders, missed reviews, partners who stay silent.

A sweep selects what is due and gives each row a transaction of its own, in which the claim is locked and the
row looked at again: several workers, two beats, or a run by hand at the same moment do no harm, and one claim
that fails does not hold up the others. What an earlier run missed is simply still due (domain.md, "Clocks").
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from django.db import DatabaseError, transaction

from arbitration.acts.expire import expire_partner_answer
from arbitration.permissions import has_a_reviewer
from claims import mails
from claims.models import Claim, Deadline, Event
from claims.transitions import Actor
from claims.words import Audience, DeadlineKind
from cpor_portal.accounts import permissions as people
from cpor_portal.accounts.models import User
from cpor_portal.faults import Fault

log = structlog.get_logger(__name__)


@dataclass
class Report:
    """What a sweep did, or would do: references of claims, and those that failed."""

    reminded: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    expired: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.reminded) + len(self.missed) + len(self.expired)


def enforce(*, now: datetime, limit: int = 10_000, dry_run: bool = False) -> Report:
    """Do what is due at `now` (aware): at most `limit` deadlines, the oldest first. For the portal alone.

    With `dry_run` nothing is written and the report says what would be done.
    """
    report = Report()
    due = Deadline.objects.running().filter(breached_at=None, due_at__lt=now).order_by("due_at", "id")
    near = (
        Deadline.objects.running()
        .filter(breached_at=None, reminded_at=None, remind_at__lte=now, due_at__gte=now)
        .order_by("remind_at", "id")
    )
    for deadline in due.select_related("claim")[:limit]:
        if deadline.kind == DeadlineKind.PARTNER_ANSWER:
            _one(report.expired, report.failed, deadline, expire, now=now, dry_run=dry_run)
        else:
            _one(report.missed, report.failed, deadline, mark_missed, now=now, dry_run=dry_run)
    for deadline in near.select_related("claim")[: max(0, limit - len(report))]:
        _one(report.reminded, report.failed, deadline, remind, now=now, dry_run=dry_run)
    return report


def _one(
    done: list[str],
    failed: list[str],
    deadline: Deadline,
    step: Callable[..., bool],
    *,
    now: datetime,
    dry_run: bool,
) -> None:
    reference = deadline.claim.reference
    if dry_run:
        done.append(reference)
        return
    try:
        if step(deadline, now=now):
            done.append(reference)
    except (DatabaseError, Fault, ValueError) as error:
        # Isolated on purpose: it stays due and is tried again by the next sweep.
        failed.append(reference)
        log.error("deadline_not_enforced", reference=reference, kind=deadline.kind, error=repr(error))


def expire(deadline: Deadline, *, now: datetime) -> bool:
    """The partner stayed silent: reject what was asked. False when it was answered at the last moment."""
    return expire_partner_answer(deadline_id=deadline.pk, claim_id=deadline.claim_id, at=now)


def mark_missed(deadline: Deadline, *, now: datetime) -> bool:
    """A missed review is counted, shown and escalated; it is never decided by a machine (domain.md)."""
    with transaction.atomic():
        claim = _locked(deadline)
        changed = Deadline.objects.running().filter(pk=deadline.pk, breached_at=None).update(breached_at=now)
        if not changed:
            return False
        _note(claim, "deadline_missed", deadline, now)
        told = {person.pk: person for person in [*_reviewer(claim), *people.arbiters()]}
        mails.deadline_missed(claim=claim, deadline=deadline, recipients=list(told.values()))
    return True


def remind(deadline: Deadline, *, now: datetime) -> bool:
    """One reminder, one business day before (domain.md, "Clocks")."""
    with transaction.atomic():
        claim = _locked(deadline)
        changed = Deadline.objects.running().filter(pk=deadline.pk, reminded_at=None).update(reminded_at=now)
        if not changed:
            return False
        _note(claim, "deadline_reminded", deadline, now)
        if deadline.kind == DeadlineKind.PARTNER_ANSWER:
            recipients = people.firm_recipients(claim.firm, claim.submitted_by)
        else:
            recipients = _reviewer(claim) or people.arbiters()
        mails.deadline_near(claim=claim, deadline=deadline, recipients=recipients)
    return True


def _locked(deadline: Deadline) -> Claim:
    return Claim.objects.select_for_update(of=("self",), no_key=True).select_related("firm").get(pk=deadline.claim_id)


def _reviewer(claim: Claim) -> list[User]:
    return [claim.reviewer] if claim.reviewer and has_a_reviewer(claim) else []


def _note(claim: Claim, verb: str, deadline: Deadline, now: datetime) -> None:
    is_partners = deadline.kind == DeadlineKind.PARTNER_ANSWER
    Event.objects.create(
        claim=claim,
        verb=verb,
        at=now,
        actor=None,
        actor_role=Actor.PORTAL,
        audience=Audience.PARTNER if is_partners or verb == "deadline_missed" else Audience.INTERNAL,
        status_before=claim.status,
        status_after=claim.status,
        claim_version=claim.version,
        data={"deadline": deadline.pk, "kind": deadline.kind},
    )
