"""All figures of one moment and one span of time, as the tables of the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from arbitration.figures import current, reviewed, reviewers, second
from arbitration.figures.periods import ONE_DAY, Span
from arbitration.figures.tables import Table
from cpor_portal.accounts.calendars import review_calendar
from cpor_portal.working_days import local_day, working_days_between


@dataclass(frozen=True)
class Figures:
    """The tables, by what they are about; counted once, when they are made (`figures_of`)."""

    span: Span
    at: datetime
    now: Sequence[Table]
    past: Sequence[Table]
    persons: Sequence[Table]
    readings: Sequence[Table]

    @cached_property
    def by_code(self) -> dict[str, Table]:
        """Every table by its code, in the order of the page."""
        return {table.code: table for table in (*self.now, *self.past, *self.persons, *self.readings)}

    @property
    def in_short(self) -> list[tuple[str, int]]:
        """The few numbers that an arbiter looks for first."""
        opened, due = self.now
        return current.in_short(opened, due)


def figures_of(span: Span, now: datetime) -> Figures:
    """Everything that the page shows, at `now` (aware) and for `span`.

    The number of queries is always the same. For arbiters: the view asks who reads.
    """
    calendar = review_calendar()
    passed = working_days_between(span.first - ONE_DAY, min(span.last, local_day(now, calendar.time_zone)), calendar)
    made, again, pace = reviewed.decisions(span), second.readings(span), reviewers.paces(span)
    decided, verdicts = reviewed.by_period(made), reviewers.verdicts(made)
    opened = current.open_claims(now, calendar)
    load = reviewers.loads(opened)
    known = {person for person, _what in load if person} | set(pace) | {person for person, _made in verdicts}
    known |= {person for _key, person, _agrees in again.counts}
    persons = reviewers.people(known)
    return Figures(
        span=span,
        at=now,
        now=[
            current.open_table(opened),
            current.due_table(current.due_by_kind(now, calendar)),
        ],
        past=[
            reviewed.timing_table(span, reviewed.timing(span)),
            reviewed.breaches_table(span, reviewed.breaches(span)),
            reviewed.decisions_table(span, decided),
            reviewed.reasons_table(reviewed.reasons(span), decided),
        ],
        persons=[
            reviewers.load_table(persons, load, reviewers.limits()),
            reviewers.rate_table(persons, pace, verdicts, again, len(passed)),
        ],
        readings=[
            second.second_table(span, again),
            second.disagreements_table(second.found_disagreements(span)),
        ],
    )
