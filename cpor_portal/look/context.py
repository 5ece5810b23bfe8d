"""The navigation: which places a person has, by role, and which of them this page belongs to."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cpor_portal.accounts.models import StaffRole, User
from cpor_portal.accounts.permissions import (
    firm_of,
    is_arbiter,
    is_portal_admin,
    is_reviewer,
    is_staff_of_microsoft,
    partner_role,
)


@dataclass(frozen=True)
class Place:
    """One entry of the navigation. `current` is the value of `aria-current`, empty where it is not."""

    label: str | Promise
    url: str
    current: str = ""


@dataclass(frozen=True)
class Navigation:
    """What the head of each page shows about the person and where they can go."""

    places: tuple[Place, ...]
    firm: str
    role: str


PARTNER_PLACES = (
    ("claims:list", pgettext_lazy("navigation", "Claims")),
    ("claims:associations", pgettext_lazy("navigation", "Associations")),
    ("claims:calendar", pgettext_lazy("navigation", "Calendar")),
    ("incentives", pgettext_lazy("navigation", "Incentives")),
)
REVIEWER_PLACES = (
    ("arbitration:queue", pgettext_lazy("navigation", "Review queue")),
    ("arbitration:my_desk", pgettext_lazy("navigation", "My desk")),
)
# Pages below another address than the entry's that they belong to.
BELONGING = {"arbitration:my_desk": ("arbitration:desks",)}
ARBITER_PLACES = (("arbitration:figures", pgettext_lazy("navigation", "Figures")),)
STAFF_PLACES = (("outbox:list", pgettext_lazy("navigation", "Outgoing mail")),)
ADMIN_PLACES = (("admin:index", pgettext_lazy("navigation", "Administration")),)
MAILBOX_PLACES = (("mailbox", pgettext_lazy("navigation", "Mailbox")),)


def navigation(request: HttpRequest) -> dict[str, Callable[[], Navigation | None]]:
    """Context processor: `{{ navigation }}` asks the database only where a template shows it."""
    return {"navigation": partial(navigation_of, request)}


def navigation_of(request: HttpRequest) -> Navigation | None:
    """The navigation of whoever sent the request; None for people who are not signed in."""
    user = getattr(request, "user", None)
    if user is None or isinstance(user, AnonymousUser):
        return None
    firm = firm_of(user)
    return Navigation(
        places=_with_current(request.path, _places_of(user)),
        firm=firm.name if firm else str(_("Microsoft")),
        role=_role_of(user),
    )


def _places_of(user: User) -> list[tuple[str, Promise]]:
    places: list[tuple[str, Promise]] = []
    if firm_of(user):
        places += PARTNER_PLACES
    if is_reviewer(user):
        places += REVIEWER_PLACES
    if is_arbiter(user):
        places += ARBITER_PLACES
    if is_staff_of_microsoft(user):
        places += STAFF_PLACES
    if is_portal_admin(user):
        places += ADMIN_PLACES
    if settings.MAILBOX_DIR:
        places += MAILBOX_PLACES
    return places


def _role_of(user: User) -> str:
    role = partner_role(user)
    if role:
        return str(role.label)
    return str(StaffRole(user.staff_role).label) if user.staff_role else ""


def _with_current(path: str, places: list[tuple[str, Promise]]) -> tuple[Place, ...]:
    """Marks the place that the path lies in, the longest address first."""
    lies_in = {reverse(one): name for name, _label in places for one in (name, *BELONGING.get(name, ()))}
    inside = lies_in.get(max((url for url in lies_in if path.startswith(url)), key=len, default=""))
    shown = []
    for name, label in places:
        url = reverse(name)
        shown.append(Place(label, url, ("page" if url == path else "true") if name == inside else ""))
    return tuple(shown)
