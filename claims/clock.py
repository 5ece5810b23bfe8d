"""Deadlines of a claim: started and stopped by what the claim's status owes, and by nothing else.

The days are counted in the calendar of whoever must act (domain.md, "Clocks"). A deadline once set keeps its
`due_at` for ever, whatever happens to a calendar.
"""

from datetime import datetime

from django.conf import settings

from claims.models import Claim, Deadline
from claims.models.history import DeadlineParty
from claims.transitions import OWED
from claims.words import DeadlineKind, Status
from cpor_portal import working_days
from cpor_portal.working_days import WorkCalendar

PARTY = {
    DeadlineKind.REVIEW: DeadlineParty.MICROSOFT,
    DeadlineKind.PARTNER_ANSWER: DeadlineParty.PARTNER,
}


def calendar_of(kind: DeadlineKind, claim: Claim) -> WorkCalendar:
    """The calendar in which `kind` is counted: the review site's, or the partner firm's country."""
    if PARTY[kind] == DeadlineParty.MICROSOFT:
        return WorkCalendar(settings.REVIEW_COUNTRY, settings.REVIEW_TIME_ZONE)
    return WorkCalendar(claim.firm.country, claim.firm.time_zone)


def days_of(kind: DeadlineKind) -> int:
    """How many business days `kind` gives."""
    given: dict[DeadlineKind, int] = {
        DeadlineKind.REVIEW: settings.REVIEW_BUSINESS_DAYS,
        DeadlineKind.PARTNER_ANSWER: settings.PARTNER_ANSWER_BUSINESS_DAYS,
    }
    return given[kind]


def would_be_due(kind: DeadlineKind, claim: Claim, at: datetime) -> datetime:
    """When a deadline of `kind` that starts at `at` (aware) would be due, in UTC."""
    return working_days.deadline(at, days_of(kind), calendar_of(kind, claim))


def _start(kind: DeadlineKind, claim: Claim, at: datetime) -> Deadline:
    calendar = calendar_of(kind, claim)
    due_at = would_be_due(kind, claim, at)
    return Deadline.objects.create(
        claim=claim,
        kind=kind,
        party=PARTY[kind],
        started_at=at,
        due_at=due_at,
        remind_at=working_days.reminder_instant(due_at, calendar),
        days=days_of(kind),
        calendar_country=calendar.country,
        calendar_zone=calendar.time_zone,
    )


def settle(claim: Claim, *, after: Status, at: datetime, kept: bool) -> Deadline | None:
    """Bring the claim's deadlines in line with its new status; returns the one that runs now, if any.

    Called by every act that changes the status, under the claim's lock. `kept` says whether whoever owed
    something has now done it (the deadline is met) or has merely been freed of it (it is cancelled), for
    example because the claim was withdrawn.
    """
    owed = OWED.get(after, frozenset())
    running = {DeadlineKind(row.kind): row for row in claim.deadlines.running()}
    for kind, row in running.items():
        if kind not in owed:
            stop(row, at=at, kept=kept)
    current = [running[kind] if kind in running else _start(kind, claim, at) for kind in sorted(owed)]
    return current[0] if current else None


def stop(deadline: Deadline, *, at: datetime, kept: bool) -> None:
    """End one deadline as met or as cancelled; a missed one that ends unmet counts as cancelled too."""
    field = "met_at" if kept else "cancelled_at"
    setattr(deadline, field, at)
    deadline.save(update_fields=[field])


def explain(deadline: Deadline, language: str) -> working_days.Explanation:
    """Which days were counted and which were not, for "why this date?" on every screen."""
    calendar = WorkCalendar(deadline.calendar_country, deadline.calendar_zone)
    return working_days.explain(deadline.started_at, deadline.days, calendar, deadline.due_at, language=language)
