"""Making and revoking calendar feeds (docs/decisions/calendar-feeds.md)."""

import hashlib
import secrets

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from claims.models import CalendarFeed
from claims.permissions import feed_for, may_manage_feeds
from cpor_portal.accounts import permissions as people
from cpor_portal.accounts.models import PartnerFirm, User
from cpor_portal.faults import NotAllowed, Refused

TOKEN_BYTES = 32
NAME_LENGTH = 80


def make_feed(*, by: User, name: str) -> tuple[CalendarFeed, str]:
    """A new feed of `by`'s firm, and its token, which is stored nowhere and can not be told again.

    Global, Billing and Incentives admins may. Raises NotAllowed for others, Refused `name_required`,
    `name_too_long`.
    """
    firm, name = _firm_managed_by(by), name.strip()
    if not name:
        raise Refused("name_required", _("Give the feed a name, so that you know later who reads it."), field="name")
    if len(name) > NAME_LENGTH:
        raise Refused("name_too_long", _("The name is too long."), field="name")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    return CalendarFeed.objects.create(firm=firm, name=name, token_hash=hash_of(token), made_by=by), token


def revoke_feed(*, feed_id: int, by: User) -> CalendarFeed:
    """Close a feed of `by`'s firm for good; one that is closed already stays as it was closed.

    Global, Billing and Incentives admins may. Raises NotAllowed for others, Http404 for a feed of another firm.
    """
    _firm_managed_by(by)
    running = CalendarFeed.objects.filter(pk=feed_for(by, feed_id).pk, revoked_at=None)
    running.update(revoked_at=timezone.now(), revoked_by=by)
    return feed_for(by, feed_id)


def hash_of(token: str) -> str:
    """What is stored of a token: it is random and long, so a plain hash can not be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()


def _firm_managed_by(by: User) -> PartnerFirm:
    firm = people.firm_of(by)
    if firm is None or not may_manage_feeds(by):
        raise NotAllowed("role_may_not", _("Only admins of your firm make and revoke calendar feeds. Ask one of them."))
    return firm
