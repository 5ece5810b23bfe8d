"""Small stories for the figures: real acts at instants of the review site, with the clock frozen."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import time_machine

from arbitration.acts.approve import approve
from arbitration.acts.start import start_review
from arbitration.figures.periods import By, Span
from arbitration.figures.report import Figures, figures_of
from arbitration.figures.tables import Table, Value
from claims.models import Claim
from cpor_portal.accounts.models import User
from tests.support.stories import make_submitted

SITE = ZoneInfo("America/Los_Angeles")


def moment(text: str) -> datetime:
    """An instant at the review site: "2026-11-18 10:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=SITE)


@contextmanager
def clock_at(text: str) -> Iterator[datetime]:
    """The clock stands still at an instant of the review site."""
    with time_machine.travel(moment(text), tick=False):
        yield moment(text)


def submitted(at: str, **wanted: Any) -> Claim:
    """A claim of a new firm about a new customer, submitted then."""
    with clock_at(at):
        return make_submitted(**wanted)


def started(claim: Claim, by: User, at: str) -> Claim:
    """Its review, started then."""
    with clock_at(at):
        return start_review(reference=claim.reference, by=by)


def approved(claim: Claim, by: User, at: str) -> Claim:
    """Started and approved then."""
    with clock_at(at):
        start_review(reference=claim.reference, by=by)
        return approve(reference=claim.reference, by=by)


def counted(first: str, last: str, by: By = By.WEEK, now: str = "2026-12-01 09:00") -> Figures:
    """The figures of a span, with the clock at `now`."""
    with clock_at(now) as at:
        return figures_of(Span(date.fromisoformat(first), date.fromisoformat(last), by), at)


def rows(table: Table) -> dict[Value, list[Value]]:
    """A table's rows by their first value."""
    found = {row.values[0]: list(row.values[1:]) for row in table.rows}
    assert len(found) == len(table.rows), "two rows have one name"
    return found
