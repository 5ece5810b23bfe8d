"""What stands open now: claims by age and status, what Microsoft owes by when."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import BooleanField, Case, Count, IntegerField, Q, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from arbitration.figures.periods import ONE_DAY, key_of, midnight
from arbitration.figures.periods import By as Cut
from arbitration.figures.tables import Column, Kind, Row, Table
from claims.models import Claim, Deadline
from claims.models.history import DeadlineParty
from claims.words import OPEN_STATUSES, DeadlineKind, Status
from cpor_portal.working_days import WorkCalendar, add_working_days, is_working_day, local_day

# Bands of age: up to so many business days since the claim was first submitted; above the last there is no end.
AGE_BANDS = (1, 3, 5, 10, 20)
OPEN_IN_ORDER = (Status.SUBMITTED, Status.UNDER_REVIEW, Status.PARTNER_ACTION_REQUIRED)
STATUS_TONES = {Status.SUBMITTED: "accent", Status.UNDER_REVIEW: "busy", Status.PARTNER_ACTION_REQUIRED: "warn"}
OWED_BY_MICROSOFT = (
    DeadlineKind.REVIEW,
    DeadlineKind.CORRECTION,
    DeadlineKind.RULING,
    DeadlineKind.DISPUTE_RULING,
)
KIND_TONES = dict(zip(OWED_BY_MICROSOFT, ("accent", "busy", "warn", "bad"), strict=True))
OVERDUE, TODAY, TOMORROW, THIS_WEEK, LATER = range(5)


# --- By age ------------------------------------------------------------------------------------------------


class OpenClaims(NamedTuple):
    """So many open claims have this status, reviewer (None: nobody) and band of age, and are past their time or not."""

    status: str
    reviewer: int | None
    band: int
    is_late: bool
    number: int


def open_claims(now: datetime, calendar: WorkCalendar) -> list[OpenClaims]:
    """The open claims by all that the figures ask of them, in one query, which an index alone answers.

    The age is counted as a review's time is: business days of the review site after the day of the first submission.
    """
    since = age_limits(now, calendar)
    band = Case(
        *(When(submitted_at__gte=instant, then=Value(number)) for number, instant in enumerate(since)),
        default=Value(len(since)),
        output_field=IntegerField(),
    )
    late = Case(When(due_at__lt=now, then=Value(True)), default=Value(False), output_field=BooleanField())
    rows = Claim.objects.filter(status__in=sorted(OPEN_STATUSES)).order_by().annotate(band=band, late=late)
    found = rows.values_list("status", "reviewer", "band", "late").annotate(count=Count("*"))
    return [OpenClaims(*row) for row in found]


def age_limits(now: datetime, calendar: WorkCalendar) -> list[datetime]:
    """For each band the instant from which on a claim must have been submitted to be no older."""
    today = local_day(now, calendar.time_zone)
    latest = today if is_working_day(today, calendar) else add_working_days(today, -1, calendar)
    return [midnight(add_working_days(latest, -days, calendar)) for days in AGE_BANDS]


def open_table(claims: Sequence[OpenClaims]) -> Table:
    """Open claims: a row for each band of age, a column for each status."""
    counts: Counter[tuple[int, str]] = Counter()
    for claim in claims:
        counts[claim.band, claim.status] += claim.number
    rows = [_open_row(label, [counts[band, status] for status in OPEN_IN_ORDER]) for band, label in _bands()]
    return Table(
        "open",
        _("Open claims by age and status"),
        _("The age counts the business days of the review site after the day on which the claim was first submitted."),
        [
            Column(_("Age in business days"), Kind.TEXT),
            *(Column(str(status.label), tone=STATUS_TONES[status]) for status in OPEN_IN_ORDER),
            Column(_("Together"), tone=""),
        ],
        [*rows, summed(rows, _("All open claims"))],
    )


def _bands() -> list[tuple[int, str]]:
    lowest = (0, *(days + 1 for days in AGE_BANDS))
    known = [
        _("%(first)d to %(last)d") % {"first": first, "last": last}
        for first, last in zip(lowest, AGE_BANDS, strict=False)
    ]
    return list(enumerate([*known, _("more than %(days)d") % {"days": AGE_BANDS[-1]}]))


def _open_row(label: str, counts: Sequence[int]) -> Row:
    return Row([label, *counts, sum(counts)], short=label)


def summed(rows: Sequence[Row], label: str) -> Row:
    """The sum of rows whose values are counts, but for the first."""
    columns = zip(*(row.values[1:] for row in rows), strict=True)
    return Row([label, *(sum(int(value or 0) for value in column) for column in columns)], is_sum=True)


# --- By due day --------------------------------------------------------------------------------------------


def due_by_kind(now: datetime, calendar: WorkCalendar) -> Counter[tuple[str, int]]:
    """How many running deadlines of Microsoft's there are, by kind and by when they are due. One query.

    What was missed is overdue, whatever the clock says; today, tomorrow and the week are the review site's.
    """
    today = local_day(now, calendar.time_zone)
    sunday = key_of(today, Cut.WEEK) + ONE_DAY * 6
    when = Case(
        When(Q(breached_at__isnull=False) | Q(due_at__lt=now), then=Value(OVERDUE)),
        When(due_at__lt=midnight(today + ONE_DAY), then=Value(TODAY)),
        When(due_at__lt=midnight(today + ONE_DAY * 2), then=Value(TOMORROW)),
        When(due_at__lt=midnight(sunday + ONE_DAY), then=Value(THIS_WEEK)),
        default=Value(LATER),
        output_field=IntegerField(),
    )
    running = Deadline.objects.running().filter(party=DeadlineParty.MICROSOFT).order_by().annotate(when=when)
    found = running.values_list("kind", "when").annotate(count=Count("*"))
    return Counter({(kind, number): count for kind, number, count in found})


def due_table(counts: Counter[tuple[str, int]]) -> Table:
    """What Microsoft owes: a row for each time, a column for each kind."""
    labels = [
        pgettext("figures", "Overdue"),
        _("Due today"),
        _("Due tomorrow"),
        _("Later this week"),
        _("After this week"),
    ]
    rows = [_open_row(label, [counts[kind, when] for kind in OWED_BY_MICROSOFT]) for when, label in enumerate(labels)]
    return Table(
        "due",
        _("What Microsoft owes, by when"),
        _("Deadlines that run now, by the days of the review site. What was missed stays overdue until it is done."),
        [
            Column(pgettext("figures", "When"), Kind.TEXT),
            *(Column(str(kind.label), tone=KIND_TONES[kind]) for kind in OWED_BY_MICROSOFT),
            Column(_("Together"), tone=""),
        ],
        [*rows, summed(rows, _("All deadlines that run"))],
    )


def in_short(opened: Table, due: Table) -> list[tuple[str, int]]:
    """The few numbers on top of the page, with their labels: claims that are open, deadlines that are owed by when.

    A claim has a deadline for each thing that it waits for, so the labels say which of the two is counted.
    """
    open_now = int(opened.rows[-1].values[-1] or 0)
    labels = [
        _("Deadlines overdue"),
        _("Deadlines due today"),
        _("Deadlines due tomorrow"),
        _("Deadlines due later this week"),
    ]
    owed = (int(row.values[-1] or 0) for row in due.rows)
    return [(_("Open claims"), open_now), *zip(labels, owed, strict=False)]


def business_days_label(days: int) -> str:
    """A number of business days in words."""
    return ngettext("%(days)d business day", "%(days)d business days", days) % {"days": days}
