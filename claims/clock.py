"""Deadlines of a claim: started and stopped by the transition table, and by nothing else.

Business days are counted in the calendar of whoever must act, windows in calendar days (domain.md, "Clocks"). A
deadline once set keeps its `due_at` for ever, whatever happens to a calendar.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.conf import settings

from claims.models import Claim, ClaimLine, Deadline, Event
from claims.models.history import DeadlineParty
from claims.transitions import BY_ACT, OWED, Act, owed
from claims.words import OCCUPYING_OUTCOMES, UNOWED_KINDS, DeadlineKind, Outcome, Status
from cpor_portal import working_days
from cpor_portal.accounts.calendars import firm_calendar, review_calendar
from cpor_portal.working_days import WorkCalendar

WARNED_AT = time(8)  # local time at which a draft's people are warned, when work starts
ABOUT_EVENT = "event:"


class Unit(StrEnum):
    """In what a deadline's days are counted."""

    BUSINESS = "business"
    CALENDAR = "calendar"


@dataclass(frozen=True)
class Rule:
    """How long one kind of deadline is, who acts in it, and in what its days are counted.

    `days` reads the settings. `reminds` says whether a reminder goes out one business day before it is due.
    """

    party: DeadlineParty
    days: Callable[[], int]
    unit: Unit = Unit.BUSINESS
    reminds: bool = True


_MICROSOFT, _PARTNER, _CUSTOMER = DeadlineParty.MICROSOFT, DeadlineParty.PARTNER, DeadlineParty.CUSTOMER
RULES: dict[DeadlineKind, Rule] = {
    DeadlineKind.REVIEW: Rule(_MICROSOFT, lambda: settings.REVIEW_BUSINESS_DAYS),
    DeadlineKind.PARTNER_ANSWER: Rule(_PARTNER, lambda: settings.PARTNER_ANSWER_BUSINESS_DAYS),
    DeadlineKind.EVIDENCE: Rule(_PARTNER, lambda: settings.EVIDENCE_BUSINESS_DAYS),
    DeadlineKind.RULING: Rule(_MICROSOFT, lambda: settings.RULING_BUSINESS_DAYS),
    DeadlineKind.DISPUTE_RULING: Rule(_MICROSOFT, lambda: settings.DISPUTE_RULING_BUSINESS_DAYS),
    # As long as a review: docs/decisions/corrections.md.
    DeadlineKind.CORRECTION: Rule(_MICROSOFT, lambda: settings.REVIEW_BUSINESS_DAYS),
    DeadlineKind.CUSTOMER_WINDOW: Rule(_CUSTOMER, lambda: settings.CUSTOMER_WINDOW_DAYS, Unit.CALENDAR, reminds=False),
    DeadlineKind.DISPUTE_WINDOW: Rule(_PARTNER, lambda: settings.DISPUTE_WINDOW_DAYS, Unit.CALENDAR, reminds=False),
    DeadlineKind.DRAFT_EXPIRY: Rule(_PARTNER, lambda: settings.DRAFT_EXPIRY_DAYS, Unit.CALENDAR, reminds=False),
}
# What begins and ends with the claim's status; the other kinds begin and end with acts.
BY_STATUS = frozenset().union(*OWED.values())
# The customer's window is about these lines: a declined product stays reserved until the window ends.
IN_CUSTOMERS_HANDS = frozenset({Outcome.ASSOCIATED, Outcome.DECLINED})
# A case goes on for a side that still wants or holds its product: who withdrew it owes no evidence and gets no ruling.
LEFT_OF: dict[DeadlineKind, frozenset[Outcome]] = {
    DeadlineKind.CUSTOMER_WINDOW: IN_CUSTOMERS_HANDS,
    DeadlineKind.EVIDENCE: OCCUPYING_OUTCOMES,
    DeadlineKind.RULING: OCCUPYING_OUTCOMES,
}


def calendar_of(kind: DeadlineKind, claim: Claim) -> WorkCalendar:
    """The calendar in which `kind` is counted: the partner firm's, or the review site's.

    A customer's window is counted at the review site, too: docs/decisions/windows.md.
    """
    return firm_calendar(claim.firm) if RULES[kind].party == DeadlineParty.PARTNER else review_calendar()


def calendar_as_it_was(deadline: Deadline) -> WorkCalendar:
    """The calendar as it stood when the deadline was set, with the exceptions that it met."""
    return WorkCalendar(
        deadline.calendar_country,
        deadline.calendar_zone,
        frozenset(date.fromisoformat(day) for day in deadline.closures),
        frozenset(date.fromisoformat(day) for day in deadline.extra_working_days),
    )


def days_of(kind: DeadlineKind) -> int:
    """How many days `kind` gives: business days or calendar days, by its rule."""
    return RULES[kind].days()


def would_be_due(kind: DeadlineKind, claim: Claim, at: datetime) -> datetime:
    """When a deadline of `kind` that starts at `at` (aware) would be due, in UTC."""
    return _due(kind, at, calendar_of(kind, claim))


def _due(kind: DeadlineKind, at: datetime, calendar: WorkCalendar) -> datetime:
    if RULES[kind].unit == Unit.CALENDAR:
        return working_days.calendar_days_deadline(at, days_of(kind), calendar.time_zone)
    return working_days.deadline(at, days_of(kind), calendar)


def forecast(
    kind: DeadlineKind,
    claim: Claim,
    at: datetime,
    *,
    about: str = "",
    due_at: datetime | None = None,
    calendar: WorkCalendar | None = None,
) -> Deadline:
    """The deadline that would start at `at` (aware), not stored: for pages that tell what an act would bring.

    `due_at` replaces the date that the claim's own calendar gives; `calendar` is that one where it is in hand already.
    """
    calendar = calendar or calendar_of(kind, claim)
    due_at = due_at or _due(kind, at, calendar)
    return Deadline(
        claim=claim,
        kind=kind,
        about=about,
        party=RULES[kind].party,
        started_at=at,
        due_at=due_at,
        remind_at=_remind_at(kind, due_at, calendar),
        days=days_of(kind),
        calendar_country=calendar.country,
        calendar_zone=calendar.time_zone,
        closures=_met(calendar.closures, at, due_at, calendar.time_zone),
        extra_working_days=_met(calendar.extra_working_days, at, due_at, calendar.time_zone),
    )


def _remind_at(kind: DeadlineKind, due_at: datetime, calendar: WorkCalendar) -> datetime | None:
    if kind == DeadlineKind.DRAFT_EXPIRY:
        zone = ZoneInfo(calendar.time_zone)
        day = due_at.astimezone(zone).date() - timedelta(days=settings.DRAFT_WARNING_DAYS)
        return datetime.combine(day, WARNED_AT, zone)
    return working_days.reminder_instant(due_at, calendar) if RULES[kind].reminds else None


def _met(days: Collection[date], at: datetime, due_at: datetime, zone: str) -> list[str]:
    """The exceptions that lie in the time of the deadline, as they are stored."""
    first, last = working_days.local_day(at, zone), working_days.local_day(due_at, zone)
    return [day.isoformat() for day in sorted(days) if first <= day <= last]


def settle(
    claim: Claim,
    *,
    act: Act,
    outcomes: Collection[str],
    at: datetime,
    kept: bool,
    event: Event,
    about: str = "",
    due_at: datetime | None = None,
) -> Deadline | None:
    """Bring the claim's deadlines in line with what `act` made of it; returns what is owed first now, if anything.

    Called by every act, under the claim's lock, when status and lines are written. `outcomes` are those of the
    filed lines. `kept` says whether whoever owed something has now done it (the deadline is met) or has merely been
    freed of it (it is cancelled), for example because the claim was withdrawn. `about` names the decision or the
    case that the act is about; empty, what it starts is about this act's own `event`, and it stops all of a kind.
    `due_at` is when what the act starts is due, where all sides of a case have the same time (`due_for_all`).
    """
    row, owes = BY_ACT[act], owed(Status(claim.status), outcomes)
    still = []
    for deadline in claim.deadlines.running():
        if deadline.kind == DeadlineKind.DRAFT_EXPIRY:
            deadline.delete()  # a draft leaves no trace (design.md, "What always holds" 2)
        elif _ends(deadline, owes=owes, stops=row.stops, about=about):
            stop(deadline, at=at, kept=kept)
        elif _has_lost_its_lines(deadline) or _has_lapsed(deadline, claim):
            stop(deadline, at=at, kept=False)
        else:
            still.append(deadline)
    begun = [_start(kind, claim, at) for kind in sorted(owes - {deadline.kind for deadline in still})]
    of_whom = about or about_event(event)
    begun += [_start(kind, claim, at, about=of_whom, due_at=due_at) for kind in sorted(row.starts)]
    return first_owed([*still, *begun])


def about_event(event: Event) -> str:
    """How a deadline names the decision that it is about."""
    return f"{ABOUT_EVENT}{event.pk}"


def _ends(deadline: Deadline, *, owes: Collection[str], stops: Collection[str], about: str) -> bool:
    if deadline.kind in BY_STATUS:
        return deadline.kind not in owes
    return deadline.kind in stops and about in ("", deadline.about)


def _has_lost_its_lines(deadline: Deadline) -> bool:
    """Whether nothing is left of what a window or the clock of a case is about (released, lost, withdrawn, ended)."""
    wanted = LEFT_OF.get(DeadlineKind(deadline.kind))
    if wanted is None:
        return False
    lines = ClaimLine.objects.filter(claim=deadline.claim_id, pk__in=lines_about(deadline))
    return not lines.filter(outcome__in=wanted).exists()


def _has_lapsed(deadline: Deadline, claim: Claim) -> bool:
    """Whether the claim has come to its end, so that no correction of it is to be answered any more."""
    return deadline.kind == DeadlineKind.CORRECTION and claim.status not in BY_ACT[Act.CORRECT].statuses


def lines_about(deadline: Deadline) -> list[int]:
    """The ids of the lines that a window's decision, or the case of a deadline, is about."""
    events = Event.objects.filter(claim=deadline.claim_id)
    if deadline.about.startswith(ABOUT_EVENT):
        event = events.filter(pk=int(deadline.about.removeprefix(ABOUT_EVENT))).first()
    else:
        event = events.filter(verb=Act.OPEN_CASE, data__about=deadline.about).last()
    return list(event.data.get("lines", [])) if event else []


def _start(
    kind: DeadlineKind, claim: Claim, at: datetime, *, about: str = "", due_at: datetime | None = None
) -> Deadline:
    deadline = forecast(kind, claim, at, about=about, due_at=due_at)
    deadline.save(force_insert=True)
    return deadline


def due_for_all(kind: DeadlineKind, claims: Collection[Claim], at: datetime) -> datetime:
    """The one instant for all sides of a case: the latest of what each would have in its own calendar, in UTC.

    domain.md, "Competing claims" 3: the same time for everybody (docs/decisions/evidence-time.md).
    """
    return max(would_be_due(kind, claim, at) for claim in claims)


def first_owed(deadlines: Collection[Deadline]) -> Deadline | None:
    """Of these, what is owed first; windows and the end of a draft are owed by nobody."""
    obligations = [deadline for deadline in deadlines if deadline.kind not in UNOWED_KINDS]
    return min(obligations, key=lambda deadline: (deadline.due_at, deadline.pk), default=None)


def stop(deadline: Deadline, *, at: datetime, kept: bool) -> None:
    """End one deadline as met or as cancelled; a missed one that ends unmet counts as cancelled too.

    What is done after its time, before any sweep has looked, is done late all the same
    (docs/decisions/late-answers.md).
    """
    names = ["met_at" if kept else "cancelled_at"]
    if kept and at > deadline.due_at and deadline.breached_at is None and deadline.kind not in UNOWED_KINDS:
        names.append("breached_at")
    for name in names:
        setattr(deadline, name, at)
    deadline.save(update_fields=names)


def keep_draft(claim: Claim, at: datetime) -> None:
    """Let the time of a draft begin (anew) at `at`: with its first and with each later edit.

    The one deadline that moves: a draft leaves no trace, and so do its earlier dates. Under the draft's lock.
    """
    fresh = forecast(DeadlineKind.DRAFT_EXPIRY, claim, at)
    names = ["started_at", "due_at", "remind_at", "days", "calendar_country", "calendar_zone"]
    values = {name: getattr(fresh, name) for name in names}
    running = claim.deadlines.running().filter(kind=DeadlineKind.DRAFT_EXPIRY)
    if not running.update(**values, reminded_at=None):
        fresh.save(force_insert=True)
