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
from arbitration.keyset import Key, in_order, key_before, keys_after, keys_of, read_cursor
from arbitration.visits import since_of
from cpor_portal.accounts.models import User

GATHERED = 1_000


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
    """The claims before and after the cursor `at` in the filters `query`; three queries, however many claims there are.

    `reader` is a reviewer or arbiter, `now` an aware instant. Neither neighbour where `at` cannot be read.
    """
    filters = read_filters(query)
    key = read_cursor(at, by_due=filters.by_due)
    if key is None:
        return Neighbours(None, None, filters.query)
    since = since_of(reader) if filters.new else None
    before, after = _around(Look(reader, now, since), filters, key)
    return Neighbours(_place(before, filters), _place(after, filters), filters.query)


def _around(look: Look, filters: Filters, key: Key) -> tuple[Key | None, Key | None]:
    """The keys beside `key`. What a search finds is gathered first: few claims are not looked for along an order."""
    if filters.q:
        found = keys_of(in_order(matching(look, filters), by_due=key.by_due), GATHERED + 1, by_due=key.by_due)
        if len(found) <= GATHERED:
            before = [one for one in found if one.rank < key.rank]
            after = [one for one in found if one.rank > key.rank]
            return (before[-1] if before else None), (after[0] if after else None)
    claims = matching(look, filters, are_many=True)
    following = keys_after(claims, key, 1)
    return key_before(claims, key), (following[0] if following else None)


def _place(key: Key | None, filters: Filters) -> Place | None:
    return Place(key.reference, workspace_url(key.reference, filters.query, str(key))) if key else None


def workspace_url(reference: str, query: str, at: str) -> str:
    """The address of a claim's workspace that remembers its place: the cursor `at` in the filters `query`."""
    return f"{reverse('arbitration:workspace', args=[reference])}?{urlencode({'in': query, 'at': at})}"
