"""What a seeded claim is made of until its rows are written."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from arbitration.seeding.customers import Claimable
from arbitration.seeding.instants import Calendars, Stamps, Term
from arbitration.seeding.tables import Sheets
from arbitration.seeding.world import Person
from claims.words import Outcome


@dataclass(frozen=True)
class Ground:
    """What all lives stand on. `now` is when the seeding takes place: nothing is told of later than that."""

    sheets: Sheets
    stamps: Stamps
    calendars: Calendars
    now: int
    is_naive: bool


@dataclass(slots=True)
class Line:
    """A product line."""

    id: int
    what: Claimable
    outcome: str = Outcome.PENDING.value
    is_told: bool = False
    submitted_at: int | None = None
    decided_at: int | None = None
    associated_at: int | None = None
    ended_at: int | None = None


@dataclass(slots=True)
class Running:
    """A deadline of the claim; `lines` are what a window is about."""

    id: int
    kind: str
    about: str
    started: int
    term: Term
    lines: Sequence[Line] = ()
    reminded: int | None = None
    breached: int | None = None
    met: int | None = None
    cancelled: int | None = None


@dataclass(slots=True)
class Round:
    """A round of review, and what it decided by line: the decision, when, by whom, and the reasons."""

    id: int
    number: int
    reviewer: Person
    clock_started: int
    started: int
    decided: int | None = None
    decision: str = ""
    reasons: Sequence[str] = ()
    text: str = ""
    lines: dict[int, tuple[str, int, int, Sequence[str]]] = field(default_factory=dict)
