"""What a calendar program gets that knows a feed's address. It has no person, so the token alone decides."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from claims.acts.feeds import hash_of
from claims.deadlines_shown import is_over
from claims.feeds.ics import feed_file
from claims.feeds.states import FeedState, state_of
from claims.models import CalendarFeed
from claims.permissions import deadlines_of_firm

# Programs ask every few minutes; when a feed was read last is noted once in this time.
NOTED_AGAIN = timedelta(hours=1)


@dataclass(frozen=True)
class Reading:
    """A feed as it reads now."""

    feed: CalendarFeed
    content: bytes


def read_feed(token: str, now: datetime) -> Reading | None:
    """The feed with this token, at `now` (aware), in the language of whoever made it; None where there is no such
    feed, it was revoked, or its maker has left. Two queries, and a third at most once an hour, however many deadlines
    run.
    """
    feeds = CalendarFeed.objects.select_related("firm", "made_by__membership__firm")
    feed = feeds.filter(token_hash=hash_of(token), revoked_at=None).first()
    if feed is None or state_of(feed) != FeedState.OPEN:
        return None
    _note(feed, now)
    deadlines = [row for row in deadlines_of_firm(feed.firm) if not is_over(row, now)]
    with translation.override(feed.made_by.language):
        name = _("Partner of record: %(firm)s") % {"firm": feed.firm.name}
        return Reading(feed, feed_file(name, deadlines))


def _note(feed: CalendarFeed, now: datetime) -> None:
    before = now - NOTED_AGAIN
    if feed.last_read_at is None or feed.last_read_at < before:
        due = Q(last_read_at=None) | Q(last_read_at__lt=before)
        CalendarFeed.objects.filter(due, pk=feed.pk).update(last_read_at=now)
