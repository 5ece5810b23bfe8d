"""What is done when a deadline is near, and when it is over: one row for each kind (domain.md, "Clocks").

Each function gets a deadline that is locked together with its claim, does its part in the caller's transaction, and
answers which step it took; None when there was nothing to do any more.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from arbitration.absences import absences_now
from arbitration.acts.expire import expire_partner_answer
from arbitration.permissions import who_may_rule
from claims import mails
from claims.acts import windows
from claims.models import Claim, Deadline, Event
from claims.models.history import DeadlineParty
from claims.permissions import reviewer_of
from claims.transitions import Actor
from claims.words import Audience, DeadlineKind
from cpor_portal.accounts import permissions as people
from cpor_portal.accounts.models import PartnerFirm, User

# What whoever has the claim owes for Microsoft, and the arbiters where nobody has it.
REVIEWERS_OWN = frozenset({DeadlineKind.REVIEW, DeadlineKind.CORRECTION})


class Step(TextChoices):
    """What a sweep does to one deadline; the labels are the lines of its report."""

    REMINDED = "reminded", _("reminded")
    ESCALATED = "escalated", _("escalated")
    ANSWER_EXPIRED = "answer_expired", _("rejected for want of an answer")
    EVIDENCE_CLOSED = "evidence_closed", _("closed for evidence")
    CUSTOMER_CONFIRMED = "customer_confirmed", _("confirmed after the customer's window")
    DISPUTE_CLOSED = "dispute_closed", _("past the time to dispute")
    DRAFT_WARNED = "draft_warned", _("warned that the draft will be deleted")
    DRAFT_DELETED = "draft_deleted", _("deleted as an unused draft")


@dataclass
class Lookup:
    """People who are asked for again and again in one sweep, read once for all of its claims."""

    _arbiters: list[User] | None = None
    _away: set[int] | None = None
    _firms: dict[tuple[int, int | None], list[User]] = field(default_factory=dict)

    def arbiters(self) -> list[User]:
        """The arbiters who may sign in."""
        if self._arbiters is None:
            self._arbiters = people.arbiters()
        return self._arbiters

    def away(self, now: datetime) -> set[int]:
        """The ids of those who are away at `now`."""
        if self._away is None:
            self._away = set(absences_now(now))
        return self._away

    def firm_recipients(self, firm: PartnerFirm, submitter: User | None) -> list[User]:
        """Who is written to when a claim of `firm` moves."""
        key = (firm.pk, submitter.pk if submitter else None)
        if key not in self._firms:
            self._firms[key] = people.firm_recipients(firm, submitter)
        return self._firms[key]


@dataclass(frozen=True)
class Keeping:
    """What is done to a deadline of one kind; `would` is the step that it would take, for a dry run."""

    do: Callable[[Deadline, datetime, Lookup], bool]
    would: Callable[[Deadline], Step]


def _escalate(deadline: Deadline, now: datetime, lookup: Lookup) -> bool:
    """What Microsoft missed is counted, shown and escalated; it is never decided by a machine (domain.md)."""
    if not _mark(deadline, "breached_at", now):
        return False
    claim = deadline.claim
    reviewer = _reviewer(claim, lookup, now) if deadline.kind in REVIEWERS_OWN else []
    _note(deadline, "deadline_missed", now)
    if deadline.kind == DeadlineKind.CORRECTION:
        everybody = dict.fromkeys([*reviewer, *lookup.arbiters()])
        mails.correction_missed(claim=claim, deadline=deadline, recipients=list(everybody))
        return True
    if reviewer:
        mails.deadline_missed(claim=claim, deadline=deadline, recipients=reviewer)
    arbiters = [person for person in _over_the_reviewer(deadline, lookup) if person not in reviewer]
    mails.escalated(claim=claim, deadline=deadline, recipients=arbiters)
    return True


def _over_the_reviewer(deadline: Deadline, lookup: Lookup) -> list[User]:
    """The arbiters; of a ruling those who may give it, and where there is nobody the portal admins."""
    if deadline.kind in REVIEWERS_OWN:
        return lookup.arbiters()
    return who_may_rule(deadline.claim, lookup.arbiters()) or people.portal_admins()


def _remind(deadline: Deadline, now: datetime, lookup: Lookup) -> bool:
    """One reminder, one business day before (domain.md, "Clocks")."""
    if not _mark(deadline, "reminded_at", now):
        return False
    claim = deadline.claim
    _note(deadline, "deadline_reminded", now)
    if deadline.party == DeadlineParty.PARTNER:
        recipients = lookup.firm_recipients(claim.firm, claim.submitted_by)
    elif deadline.kind in REVIEWERS_OWN and _reviewer(claim, lookup, now):
        recipients = _reviewer(claim, lookup, now)
    else:
        recipients = _over_the_reviewer(deadline, lookup)
    mails.deadline_near(claim=claim, deadline=deadline, recipients=recipients)
    return True


def _expire(deadline: Deadline, now: datetime, lookup: Lookup) -> bool:
    claim = deadline.claim
    recipients = lookup.firm_recipients(claim.firm, claim.submitted_by)
    return expire_partner_answer(deadline, at=now, recipients=recipients)


def _close_evidence(deadline: Deadline, now: datetime, lookup: Lookup) -> bool:
    return windows.close_evidence(deadline, at=now)


def _confirm(deadline: Deadline, now: datetime, lookup: Lookup) -> bool:
    return windows.confirm(deadline, at=now)


def _close_dispute(deadline: Deadline, now: datetime, lookup: Lookup) -> bool:
    return windows.close_dispute_window(deadline, at=now)


def _warn(deadline: Deadline, now: datetime, lookup: Lookup) -> bool:
    return windows.warn_of_draft_expiry(deadline, at=now)


def _end_draft(deadline: Deadline, now: datetime, lookup: Lookup) -> bool:
    """A draft that could not be warned of in time is warned of first, and has its week."""
    if deadline.reminded_at is None:
        return windows.warn_of_draft_expiry(deadline, at=now)
    return windows.expire_draft(deadline, at=now)


def _draft_step(deadline: Deadline) -> Step:
    return Step.DRAFT_WARNED if deadline.reminded_at is None else Step.DRAFT_DELETED


def _always(step: Step) -> Callable[[Deadline], Step]:
    return lambda deadline: step


REMINDING = Keeping(_remind, _always(Step.REMINDED))
ESCALATING = Keeping(_escalate, _always(Step.ESCALATED))
WHEN_NEAR: dict[str, Keeping] = {
    DeadlineKind.REVIEW: REMINDING,
    DeadlineKind.RULING: REMINDING,
    DeadlineKind.DISPUTE_RULING: REMINDING,
    DeadlineKind.CORRECTION: REMINDING,
    DeadlineKind.PARTNER_ANSWER: REMINDING,
    DeadlineKind.EVIDENCE: REMINDING,
    DeadlineKind.DRAFT_EXPIRY: Keeping(_warn, _always(Step.DRAFT_WARNED)),
}
WHEN_OVER: dict[str, Keeping] = {
    DeadlineKind.REVIEW: ESCALATING,
    DeadlineKind.RULING: ESCALATING,
    DeadlineKind.DISPUTE_RULING: ESCALATING,
    DeadlineKind.CORRECTION: ESCALATING,
    DeadlineKind.PARTNER_ANSWER: Keeping(_expire, _always(Step.ANSWER_EXPIRED)),
    DeadlineKind.EVIDENCE: Keeping(_close_evidence, _always(Step.EVIDENCE_CLOSED)),
    DeadlineKind.CUSTOMER_WINDOW: Keeping(_confirm, _always(Step.CUSTOMER_CONFIRMED)),
    DeadlineKind.DISPUTE_WINDOW: Keeping(_close_dispute, _always(Step.DISPUTE_CLOSED)),
    DeadlineKind.DRAFT_EXPIRY: Keeping(_end_draft, _draft_step),
}


def _mark(deadline: Deadline, name: str, now: datetime) -> bool:
    """Write one instant of the deadline's life, unless somebody has done so first."""
    return bool(Deadline.objects.running().filter(pk=deadline.pk, **{name: None}).update(**{name: now}))


def _reviewer(claim: Claim, lookup: Lookup, now: datetime) -> list[User]:
    """Whoever has the claim and is there: nobody would act on what is sent to a person who is away."""
    reviewer = reviewer_of(claim)
    return [reviewer] if reviewer and reviewer.pk not in lookup.away(now) else []


def _note(deadline: Deadline, verb: str, now: datetime) -> None:
    claim = deadline.claim
    is_partners = deadline.party == DeadlineParty.PARTNER
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
