"""What stands on the pages of the desks: what somebody has, who is away, and what conflicts of interest there are."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F

from arbitration import absences
from arbitration.load import IN_LOAD, Load, loads
from arbitration.models import Absence, Bar
from arbitration.permissions import standing_bars
from claims import due
from claims.models import Claim
from claims.words import Status
from cpor_portal.accounts.models import User

# So many rows a page has; the queue shows the rest.
MOST = 50


@dataclass(frozen=True)
class DeskRow:
    """A claim that somebody has, as a row of their desk."""

    reference: str
    customer: str
    firm: str
    status: str
    due_at: datetime | None
    due_zone: str | None
    due_words: str
    is_overdue: bool


@dataclass(frozen=True)
class AbsenceView:
    """An absence that is not over; `is_now` where it has begun."""

    absence: Absence
    is_now: bool


@dataclass(frozen=True)
class MyDesk:
    """One person's own desk."""

    load: Load
    waiting: list[DeskRow]
    with_partner: list[DeskRow]
    absences: list[AbsenceView]
    bars: list[Bar]

    @property
    def has_more(self) -> bool:
        """Whether the desk holds more than the page shows."""
        return len(self.waiting) == MOST or len(self.with_partner) == MOST


@dataclass(frozen=True)
class Desks:
    """Everybody's desks, for arbiters."""

    loads: list[Load]
    absences: list[AbsenceView]
    bars: list[Bar]
    everybodys_limit: int


def my_desk(person: User, now: datetime) -> MyDesk:
    """The desk of one person; the number of queries does not hang on what lies on it."""
    (load,) = loads(now, [person])
    return MyDesk(
        load=load,
        waiting=_rows(person, IN_LOAD, now),
        with_partner=_rows(person, (Status.PARTNER_ACTION_REQUIRED,), now),
        absences=_absences(now, person),
        bars=_bars(person),
    )


def all_desks(now: datetime) -> Desks:
    """The desks of all who review."""
    return Desks(loads(now), _absences(now), _bars(), settings.REVIEWER_LOAD_LIMIT)


def _rows(person: User, statuses: tuple[Status, ...], now: datetime) -> list[DeskRow]:
    found = (
        Claim.objects.filter(reviewer=person, status__in=statuses)
        .annotate(zone=due.owners_zone(), breached=due.is_breached())
        .order_by(F("due_at").asc(nulls_last=True), "id")
        .values_list(
            "reference", "customer_display_name", "domain", "firm__name", "status", "due_at", "zone", "breached"
        )[:MOST]
    )
    return [
        DeskRow(
            reference,
            customer or domain,
            firm,
            status,
            due_at,
            zone,
            due.in_words(due_at, now, zone, breached=breached) if due_at else "",
            breached or (due_at is not None and due_at < now),
        )
        for reference, customer, domain, firm, status, due_at, zone, breached in found
    ]


def _absences(now: datetime, person: User | None = None) -> list[AbsenceView]:
    """Those that last or are to come, of everybody who can still sign in, or of one."""
    yesterday = (now - timedelta(days=1)).date()
    found = Absence.objects.filter(ended_at=None, last_day__gte=yesterday, person__is_active=True)
    found = found if person is None else found.filter(person=person)
    rows = found.select_related("person", "declared_by")
    there = [absence for absence in rows if absence.last_day >= absences.today_of(absence.person, now)]
    return [AbsenceView(absence, absences.is_now(absence, now)) for absence in there]


def _bars(person: User | None = None) -> list[Bar]:
    found = standing_bars().select_related("person", "firm", "claim", "declared_by")
    found = found if person is None else found.filter(person=person)
    return list(found.order_by("person__name", "firm__name", "id"))
