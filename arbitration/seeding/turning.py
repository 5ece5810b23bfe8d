"""Who acts in which copy of a told story: each turn of the copies gives it to another firm and another reviewer.

A firm is followed by one that is like it (country, roles of its people, number of locations), so that calendars, roles
and places in the story stay as they were told. Firms that file much go on filing much: a turn moves everybody by the
same step along the claims, not along the list of firms.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from arbitration.seeding.world import Firm, Person, World

TURNS = 16
FIRMS_FAVOUR = 1.6
"""Some firms file far more than others, the first most of all: the greater, the more so."""


def likely_place(firms: int, part: float) -> int:
    """The place among `firms` that files the claim at `part` (0 … 1) of all claims."""
    return int(firms * part**FIRMS_FAVOUR)


def turned_firms(world: World, turns: int) -> Iterator[tuple[int, Firm, Firm]]:
    """For each turn and firm, who takes its place. Two firms that can meet on one customer never become one."""
    for alike in _alike(world.firms).values():
        count = len(alike)
        for place, firm in enumerate(alike):
            part = ((place + 0.5) / count) ** (1 / FIRMS_FAVOUR)
            for turn in range(turns):
                yield turn, firm, alike[likely_place(count, (part + turn / turns) % 1)]


def _alike(firms: Sequence[Firm]) -> Mapping[object, Sequence[Firm]]:
    """Firms of one kind and one half; `Firm.half` says why halves."""
    found: dict[object, list[Firm]] = defaultdict(list)
    for firm in firms:
        roles = tuple(person.role for person in firm.admins)
        found[firm.half, firm.country, roles, len(firm.locations)].append(firm)
    return found


def turned_staff(world: World, turns: int) -> Iterator[tuple[int, Person, Person]]:
    """For each turn and person of Microsoft's, who takes their place: two people never become one."""
    for people in (world.reviewers, world.arbiters):
        for place, person in enumerate(people):
            for turn in range(turns):
                yield turn, person, people[(place + turn) % len(people)]
