"""What every request is given before a view sees it: the reader's language and time zone, and a sign-in."""

from collections.abc import Callable
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme

from cpor_portal.accounts.models import User
from cpor_portal.look.errors import signed_out, typed_in

Answer = Callable[[HttpRequest], HttpResponseBase]

PUBLIC_PATHS = frozenset({"/healthz", "/readyz", "/metrics", "/language", "/favicon.ico"})
"""Reachable without signing in, with or without a slash at the end (design.md, "Contract")."""

PUBLIC_FOLDERS = ("/accounts/", "/static/", "/customer/", "/guidance/", "/mail/unsubscribe/", "/calendar/feed/")
"""Everything below these is reachable without signing in."""


class PersonLocaleMiddleware:
    """Shows a signed-in person the portal in their own language and time zone.

    Others get the language of their cookie or browser (Django's LocaleMiddleware, which runs before) and UTC.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answers under the person's settings; neither outlives the request."""
        person = request.user if isinstance(request.user, User) else None
        if person:
            # LocaleMiddleware, further out, reads the active language for Content-Language and sets it anew
            # at the next request: so it is left active here.
            translation.activate(person.language)
            request.LANGUAGE_CODE = translation.get_language()
        with timezone.override(_zone_of(person)):
            return self.get_response(request)


class SignInRequiredMiddleware:
    """Sends whoever is not signed in to the sign-in page and back, except on the public paths.

    Somebody whose sign-in ended while they wrote is shown what they wrote instead: a redirect would lose it.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Lets the request through, or answers with the way to the sign-in page."""
        if request.user.is_authenticated or is_public(request.path_info):
            return self.get_response(request)
        to_login = redirect_to_login(_way_back(request), resolve_url(settings.LOGIN_URL))
        typed = typed_in(request)
        return signed_out(request, typed=typed, sign_in=to_login.url) if typed else to_login


def is_public(path: str) -> bool:
    """Whether `path` is reachable without signing in."""
    return path.startswith(PUBLIC_FOLDERS) or path.removesuffix("/") in PUBLIC_PATHS


def _way_back(request: HttpRequest) -> str:
    """Where to go after signing in: this page; for an act, the page it was pressed on."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    pressed_on = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(pressed_on, {request.get_host()}):
        return "/"
    parts = urlsplit(pressed_on)
    return parts.path + (f"?{parts.query}" if parts.query else "") or "/"


def _zone_of(person: User | None) -> ZoneInfo | None:
    """The person's time zone; one that the machine no longer knows must not lock them out."""
    if person is None:
        return None
    try:
        return ZoneInfo(person.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return None
