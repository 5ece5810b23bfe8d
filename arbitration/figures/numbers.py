"""Medians, percentiles and shares, from counts: how often each number of business days occurred."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil

Counts = Mapping[int, int]
"""How often each value occurred."""


@dataclass(frozen=True)
class Spread:
    """How values lie: how many, their middle, what nine of ten do not exceed, and how many exceed a limit."""

    count: int
    median: float | None
    ninetieth: int | None
    beyond: int

    @property
    def within(self) -> int:
        """How many do not exceed the limit."""
        return self.count - self.beyond


def spread(counts: Counts, *, limit: int) -> Spread:
    """The spread of counted values. Of nothing there is neither a median nor a percentile."""
    count = sum(counts.values())
    beyond = sum(often for value, often in counts.items() if value > limit)
    return Spread(count, median(counts), percentile(counts, 90), beyond)


def median(counts: Counts) -> float | None:
    """The value in the middle; of an even number of values the mean of the two in the middle."""
    count = sum(counts.values())
    if not count:
        return None
    return (_nth(counts, (count + 1) // 2) + _nth(counts, count // 2 + 1)) / 2


def percentile(counts: Counts, percent: int) -> int | None:
    """The smallest value that so many percent of the values, or more, do not exceed (nearest rank)."""
    count = sum(counts.values())
    return _nth(counts, ceil(count * percent / 100)) if count else None


def share(part: int, whole: int) -> float | None:
    """A part of a whole, 0 to 1; of nothing there is no share."""
    return part / whole if whole else None


def added(many: Iterable[Counts]) -> dict[int, int]:
    """Several counts together."""
    total: dict[int, int] = {}
    for counts in many:
        for value, often in counts.items():
            total[value] = total.get(value, 0) + often
    return total


def _nth(counts: Counts, n: int) -> int:
    """The n-th smallest value, from 1 on."""
    for value in sorted(counts):
        n -= counts[value]
        if n <= 0:
            return value
    raise ValueError("there are fewer values")
