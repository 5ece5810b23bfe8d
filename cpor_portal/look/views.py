"""The doors that belong to nobody else: home, the language switch, and what machines ask."""

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language
from redis import Redis, RedisError

from cpor_portal.accounts.models import User
from cpor_portal.accounts.permissions import home_of
from cpor_portal.documents import clamd

BROKER_SECONDS = 1.0


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where the person's work is: the claims, the review queue, or the administration."""
    return redirect(home_of(request.user))


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language in a cookie and, for who is signed in, on the person; then back to the page."""
    code = request.POST.get("language", "")
    if isinstance(request.user, User) and code in dict(settings.LANGUAGES):
        User.objects.filter(pk=request.user.pk).update(language=code)
    response: HttpResponse = set_language(request)
    return response


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 while the database answers, else 503. A missing broker or virus scanner is reported and no more (design.md,
    "What always holds" 7: the database is the truth, and beat makes good what was not announced)."""
    has_database = _database_answers()
    state = {
        "database": "ok" if has_database else "unreachable",
        "broker": _broker_state(),
        "scanner": _scanner_state(),
    }
    return JsonResponse(state, status=200 if has_database else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _broker_state() -> str:
    if not settings.REDIS_URL:
        return "none"
    try:
        with Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=BROKER_SECONDS, socket_timeout=BROKER_SECONDS
        ) as broker:
            broker.ping()
    except RedisError:
        return "unreachable"
    return "ok"


def _scanner_state() -> str:
    if not settings.CLAMD_ADDRESS:
        return "none"
    return "ok" if clamd.answers() else "unreachable"
