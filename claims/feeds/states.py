"""Whether a feed still answers: it is a key in the hand of whoever made it (docs/decisions/calendar-feeds.md)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from claims.models import CalendarFeed
from cpor_portal.accounts import permissions as people

# So long a closed feed is still listed, for whoever wonders why a program shows nothing any more.
LISTED_AFTER = timedelta(days=30)


class FeedState(StrEnum):
    """How a feed stands. Only an open one answers."""

    OPEN = "open"
    REVOKED = "revoked"
    MAKER_LEFT = "maker_left"


@dataclass(frozen=True)
class ShownFeed:
    """A feed on the calendar page."""

    feed: CalendarFeed
    state: FeedState


def state_of(feed: CalendarFeed) -> FeedState:
    """How `feed` stands now; its maker's membership is read with it or takes a query.

    Whoever may no longer sign in, or belongs to another firm or none, reads nothing of this firm by a feed either.
    """
    if feed.revoked_at is not None:
        return FeedState.REVOKED
    return FeedState.OPEN if people.firm_of(feed.made_by) == feed.firm else FeedState.MAKER_LEFT


def shown_feeds(feeds: Iterable[CalendarFeed], now: datetime) -> list[ShownFeed]:
    """The feeds with their states at `now` (aware), in the order given; none that was closed over 30 days before."""
    listed = (feed for feed in feeds if feed.revoked_at is None or feed.revoked_at > now - LISTED_AFTER)
    return [ShownFeed(feed, state_of(feed)) for feed in listed]
