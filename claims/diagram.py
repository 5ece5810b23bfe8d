"""The status diagram, drawn from the transition table so that the two can not drift apart."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import chain, combinations, product

from claims.transitions import OWED, TABLE, Act, Transition, status_of
from claims.words import Outcome, Status

# The acts that open or close a round; all others leave it as it is.
REVIEW_STARTED_AFTER = {Act.SUBMIT: False, Act.START_REVIEW: True, Act.RESUBMIT: False, Act.REOPEN: False}
Edges = dict[tuple[Status, Status], list[Act]]


def edges() -> Edges:
    """Every change of status that the table allows, with its acts, found by trying it on claims of two lines."""
    found: defaultdict[tuple[Status, Status], dict[Act, None]] = defaultdict(dict)
    found[(Status.EDITING, Status.SUBMITTED)][Act.SUBMIT] = None
    for row in TABLE:
        if row.keeps_status:
            continue
        for before, after in _changes(row):
            if before != after:
                found[(before, after)][row.act] = None
    order = list(Status)
    return {pair: list(found[pair]) for pair in sorted(found, key=lambda p: (order.index(p[0]), order.index(p[1])))}


def _changes(row: Transition) -> Iterator[tuple[Status, Status]]:
    for outcomes in product(Outcome, repeat=2):
        for started in (False, True):
            before = status_of(outcomes, review_started=started)
            if before in row.statuses:
                started_after = REVIEW_STARTED_AFTER.get(row.act, started)
                for outcomes_after in _after(row, outcomes):
                    yield before, status_of(outcomes_after, review_started=started_after)


def _after(row: Transition, outcomes: tuple[Outcome, ...]) -> Iterator[list[Outcome]]:
    """What the lines can be after the act; lines that it does not change count for acts without an outcome."""
    takeable = [index for index, outcome in enumerate(outcomes) if outcome in row.takes]
    if not row.takes:
        yield list(outcomes)
    elif row.gives is not None:
        for touched in chain.from_iterable(combinations(takeable, size) for size in range(1, len(takeable) + 1)):
            # An answer hands back every asked line; the other acts may name some.
            if row.act != Act.RESUBMIT or len(touched) == len(takeable):
                yield [row.gives if index in touched else outcome for index, outcome in enumerate(outcomes)]


def as_markdown() -> str:
    """The text of docs/status-diagram.md: a Mermaid diagram, and the table for those who read rather than look."""
    lines = [
        "# The statuses of a claim",
        "",
        "Made by `manage.py status_diagram` from `claims/transitions.py`; a test fails when the two differ.",
        "A claim's status follows from the outcomes of its product lines: see `status_of` there.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        "    [*] --> editing",
        *(f"    {before} --> {after}: {', '.join(acts)}" for (before, after), acts in edges().items()),
        "    editing --> [*]: delete_draft",
        "```",
        "",
        "| act | who | while the claim is | touches lines that are | and makes them | starts | stops |",
        "|---|---|---|---|---|---|---|",
        *(_table_row(row) for row in TABLE),
        "",
        "A deadline of these kinds runs while the claim has the status (`owed` there; a review only while a line waits",
        "for it), the others begin and end with the acts above:",
        "",
        *(f"- {status}: {', '.join(sorted(kinds))}" for status, kinds in OWED.items()),
        "",
    ]
    return "\n".join(lines)


def _table_row(row: Transition) -> str:
    who = ", ".join(sorted(row.actors))
    statuses = ", ".join(status for status in Status if status in row.statuses)
    takes = ", ".join(outcome for outcome in Outcome if outcome in row.takes) or "–"
    starts, stops = (", ".join(sorted(kinds)) or "–" for kinds in (row.starts, row.stops))
    return f"| {row.act} | {who} | {statuses} | {takes} | {row.gives or '–'} | {starts} | {stops} |"
