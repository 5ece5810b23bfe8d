"""Making and revoking calendar feeds (docs/decisions/calendar-feeds.md)."""

import hashlib
import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from claims.models import CalendarFeed
from claims.permissions import feed_for, may_manage_feeds
from cpor_portal.accounts import permissions as people
from cpor_portal.accounts.models import PartnerFirm, User
from cpor_portal.faults import NotAllowed, Refused

TOKEN_BYTES = 32
NAME_LENGTH = 80
OPEN_AT_ONCE = 20


def make_feed(*, by: User, name: str) -> tuple[CalendarFeed, str]:
    """A new feed of `by`'s firm, and its token, which is stored nowhere and can not be told again.

    Global, Billing and Incentives admins may. Raises NotAllowed for others, Refused `name_required`,
    `name_too_long`, `name_taken` while a feed of that name is open, `too_many_feeds` while 20 are.
    """
    firm, name = _firm_managed_by(by), name.strip()
    if not name:
        raise Refused("name_required", _("Give the feed a name, so that you know later who reads it."), field="name")
    if len(name) > NAME_LENGTH:
        raise Refused("name_too_long", _("The name is too long."), field="name")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with transaction.atomic():
        PartnerFirm.objects.select_for_update().get(pk=firm.pk)  # two colleagues at once would both find room
        _require_room(firm, name)
        return CalendarFeed.objects.create(firm=firm, name=name, token_hash=hash_of(token), made_by=by), token


def _require_room(firm: PartnerFirm, name: str) -> None:
    """Nobody could tell two feeds of one name apart when one is to be closed; feeds of leavers answer nobody."""
    open_feeds = CalendarFeed.objects.filter(
        firm=firm, revoked_at=None, made_by__is_active=True, made_by__membership__firm=firm
    )
    names = {feed.name.casefold() for feed in open_feeds}
    if name.casefold() in names:
        text = _("Your firm has an open feed of this name. Choose another name, or close that feed first.")
        raise Refused("name_taken", text, field="name")
    if len(open_feeds) >= OPEN_AT_ONCE:
        text = _("Your firm has %(most)d open feeds, and cannot have more. Close one that nobody reads any more.")
        raise Refused("too_many_feeds", text % {"most": OPEN_AT_ONCE}, field="name")


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
