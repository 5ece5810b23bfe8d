"""The address of a feed that was just made: shown for ten minutes to whoever made it, kept in their browser alone.

Only the token's hash is stored (docs/decisions/calendar-feeds.md), so the address travels in a signed cookie: it
outlives a reload and a change of the language, and no second feed is made by either.
"""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from claims.acts.feeds import hash_of
from claims.permissions import visible_feeds
from cpor_portal.accounts.models import User

COOKIE = "new_feed"
SALT = "claims.feeds.once"
SHOWN_FOR = timedelta(minutes=10)


def hand_over(response: HttpResponse, token: str) -> None:
    """Let the browser bring the token back to the calendar's pages for ten minutes."""
    response.set_signed_cookie(
        COOKIE,
        token,
        salt=SALT,
        max_age=SHOWN_FOR,
        path=reverse("claims:calendar"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def address_of_new(request: HttpRequest, reader: User) -> str:
    """The address of the feed that `reader` made in the last ten minutes in this browser, while it is open; or ""."""
    token = request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=SHOWN_FOR)
    if not token:
        return ""
    made = visible_feeds(reader).filter(token_hash=hash_of(token), made_by=reader, revoked_at=None)
    return feed_address(token) if made.exists() else ""


def feed_address(token: str) -> str:
    """The whole address of a feed. Never by the host that was asked for: whoever forges one would get the token."""
    return settings.PORTAL_URL + reverse("claims:calendar_feed", args=[token])
