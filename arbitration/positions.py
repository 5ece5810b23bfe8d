"""A claim's place in the queue as its reader filtered it: which one stands before it, and which one after.

A row of the queue links to its claim with its filters (`in`) and its own cursor (`at`). A place is a point in the
order and not a row, so it holds although the claim has been decided meanwhile and no longer stands there.
"""

from dataclasses import dataclass
from datetime import datetime

from cpor_portal.accounts.models import User


@dataclass(frozen=True)
class Place:
    """A neighbour: its reference, and the address of its workspace in the same filters."""

    reference: str
    url: str


@dataclass(frozen=True)
class Neighbours:
    """The claims around a place; `filters` is the query of the queue that both stand in, as its address has it."""

    before: Place | None
    after: Place | None
    filters: str


def neighbours(reader: User, query: str, at: str, now: datetime) -> Neighbours:
    """The claims before and after the cursor `at` in the filters `query`; two queries.

    `reader` is a reviewer or arbiter, `now` an aware instant. Neither neighbour where `at` cannot be read.
    """
    return Neighbours(None, None, query)
