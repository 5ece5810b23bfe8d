"""The computing time that the search of one document may take: a busy machine stretches a wall clock, and not this."""

import math
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


class TooLong(Exception):
    """The search was ended for want of time: nothing that it would say is known."""


class Clock:
    """Counts the computing of this thread from now on. It is asked between pages: none of them takes a second."""

    def __init__(self, seconds: float = math.inf) -> None:
        self._ends = time.thread_time() + seconds

    def each(self, items: Iterable[T]) -> Iterator[T]:
        """The items, as long as there is time. Raises TooLong."""
        for item in items:
            if time.thread_time() > self._ends:
                raise TooLong
            yield item


class Watched(list[T]):
    """Items that are gone through several times, each time with an eye on the clock. Raises TooLong."""

    def __init__(self, items: Iterable[T], clock: Clock) -> None:
        super().__init__(items)
        self._clock = clock

    def __iter__(self) -> Iterator[T]:
        return self._clock.each(super().__iter__())
