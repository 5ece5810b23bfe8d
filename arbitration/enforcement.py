"""Keeping the deadlines: reminders, missed reviews, partners who stay silent, windows that run out, unused drafts.

A sweep reads what is due in small portions, with all that is told of it, and gives each row a transaction of its own,
in which claim and deadline are locked and looked at again; what has changed since is read anew. A row that somebody
else has locked at that moment is passed over (SKIP LOCKED): several workers, two beats, or a run by hand at the same
time do no harm, and one claim that fails does not hold up the others. What an earlier run missed is simply still due
(domain.md, "Clocks"). Nobody is reminded of what is past.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from django.db import DatabaseError, connection, transaction
from django.db.models.fields.tuple_lookups import TupleGreaterThan

from arbitration.keeping import WHEN_NEAR, WHEN_OVER, Keeping, Lookup, Step
from claims import mails
from claims.models import Deadline
from claims.models.history import DeadlineQuerySet
from cpor_portal.notifications.outbox import asking_seldom

PORTION = 500
# What tells whether a deadline, or anything of its claim, has changed since it was read: every act has its version.
MOVING = ("due_at", "reminded_at", "breached_at", "claim__version")
# So many references of each step a report keeps, for people to read; it counts them all.
REFERENCES_KEPT = 200

Place = tuple[datetime, int]
"""Where a row stands in its order: the instant it is ordered by, and its id."""

log = structlog.get_logger(__name__)


@dataclass
class Report:
    """What a sweep did, or would do: how often each step, and the references of the first claims."""

    counts: Counter[Step] = field(default_factory=Counter)
    references: dict[Step, list[str]] = field(default_factory=lambda: defaultdict(list))
    failed: list[str] = field(default_factory=list)
    # Somebody had the claim at that moment; the next sweep looks again.
    passed_over: int = 0

    def __len__(self) -> int:
        return self.counts.total()

    def add(self, step: Step, reference: str) -> None:
        """Note one step."""
        self.counts[step] += 1
        if len(self.references[step]) < REFERENCES_KEPT:
            self.references[step].append(reference)

    def of(self, step: Step) -> list[str]:
        """The references of the first claims on which this was done."""
        return self.references.get(step, [])


def enforce(*, now: datetime, limit: int = 10_000, dry_run: bool = False, seconds: float | None = None) -> Report:
    """Do what is due at `now` (aware): at most `limit` deadlines, the oldest first. For the portal alone.

    With `dry_run` nothing is written and the report says what would be done. `seconds` ends the sweep after so much
    real time; the rest is still due for the next one. Raises DatabaseError when the database itself is gone.
    """
    report = Report()
    ends = time.monotonic() + seconds if seconds is not None else None
    moment = _Moment(now, Lookup(), dry_run)
    with asking_seldom():
        for rows, order, table in ((_over(now), "due_at", WHEN_OVER), (_near(now), "remind_at", WHEN_NEAR)):
            for deadline in _portions(rows, order):
                if len(report) >= limit or (ends is not None and time.monotonic() > ends):
                    return report
                _one(report, deadline, table[deadline.kind], moment)
    return report


@dataclass(frozen=True)
class _Moment:
    now: datetime
    lookup: Lookup
    dry_run: bool


def _over(now: datetime) -> DeadlineQuerySet:
    return Deadline.objects.running().filter(breached_at=None, due_at__lt=now)


def _near(now: datetime) -> DeadlineQuerySet:
    unreminded = Deadline.objects.running().filter(breached_at=None, reminded_at=None)
    return unreminded.filter(remind_at__lte=now, due_at__gte=now)


def _portions(rows: DeadlineQuerySet, order: str) -> Iterator[Deadline]:
    """The rows by `order` and id, a portion at a time: what was passed over or failed is not met twice."""
    after: Place | None = None
    while True:
        # Most sweeps find nothing: they ask the index alone, and no other table.
        due: list[Place] = list(_after(rows, order, after).order_by(order, "id").values_list(order, "id")[:PORTION])
        if due:
            found = _with_people(Deadline.objects.filter(pk__in=[pk for _instant, pk in due])).order_by(order, "id")
            mails.read_ahead([deadline.claim for deadline in found])
            yield from found
        if len(due) < PORTION:
            return
        after = due[-1]


def _after(rows: DeadlineQuerySet, order: str, last: Place | None) -> DeadlineQuerySet:
    return rows if last is None else rows.filter(TupleGreaterThan((order, "id"), last))


def _with_people(rows: DeadlineQuerySet) -> DeadlineQuerySet:
    return rows.select_related("claim__firm", "claim__reviewer", "claim__submitted_by")


def _one(report: Report, read: Deadline, keeping: Keeping, moment: _Moment) -> None:
    reference = read.claim.reference
    try:
        with transaction.atomic():
            deadline = _locked(read)
            step = _kept(deadline, keeping, moment) if deadline else None
    except Exception as error:
        # Isolated on purpose: whatever is wrong with one claim, the time of the others runs on. It stays due and is
        # tried again by the next sweep. A database that is gone is everybody's trouble.
        if isinstance(error, DatabaseError) and not connection.is_usable():
            raise
        report.failed.append(reference)
        log.exception("deadline_not_enforced", reference=reference, deadline=read.pk)
        return
    if step is None:
        report.passed_over += 1
    else:
        report.add(step, reference)


def _locked(read: Deadline) -> Deadline | None:
    """The deadline with its claim, both locked; None where it has ended, or somebody has one of the two just now."""
    skip_locked = connection.features.has_select_for_update_skip_locked
    rows = Deadline.objects.running().filter(pk=read.pk).order_by()
    # Deadline and claim are the two tables of the statement.
    found = rows.select_for_update(no_key=True, skip_locked=skip_locked).values_list(*MOVING).first()
    if found is None:
        return None
    return read if found == _moving(read) else _with_people(rows).get()


def _moving(deadline: Deadline) -> tuple[Any, ...]:
    return (deadline.due_at, deadline.reminded_at, deadline.breached_at, deadline.claim.version)


def _kept(deadline: Deadline, keeping: Keeping, moment: _Moment) -> Step | None:
    step = keeping.would(deadline)
    return step if moment.dry_run or keeping.do(deadline, moment.now, moment.lookup) else None
