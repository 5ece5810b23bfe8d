"""A claim's place in the queue as its reader filtered it: which one stands before it, and which one after.

A row of the queue links to its claim with its filters (`in`) and its own cursor (`at`). A place is a point in the
order and not a row, so it holds although the claim has been decided meanwhile and no longer stands there.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse

from arbitration.filtering import Filters, Look, matching
from arbitration.forms.filters import read_filters
from arbitration.keyset import Key, key_before, keys_after, read_cursor
from arbitration.visits import since_of
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
    filters = read_filters(query)
    key = read_cursor(at, by_due=filters.by_due)
    if key is None:
        return Neighbours(None, None, filters.query)
    since = since_of(reader) if filters.new else None
    claims = matching(Look(reader, now, since), filters)
    before, after = key_before(claims, key), keys_after(claims, key, 1)
    return Neighbours(_place(before, filters), _place(after[0] if after else None, filters), filters.query)


def _place(key: Key | None, filters: Filters) -> Place | None:
    return Place(key.reference, workspace_url(key.reference, filters.query, str(key))) if key else None


def workspace_url(reference: str, query: str, at: str) -> str:
    """The address of a claim's workspace that remembers its place: the cursor `at` in the filters `query`."""
    return f"{reverse('arbitration:workspace', args=[reference])}?{urlencode({'in': query, 'at': at})}"
