"""The portal's paths and three doors that lead to faults, so that the fault pages are met through real middleware."""

import datetime as dt

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.urls import path

from cpor_portal import urls
from cpor_portal.faults import Conflict, NotAllowed, Refused
from cpor_portal.look.errors import answers_faults

handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500


@answers_faults("home")
def somebody_was_first(request: HttpRequest) -> HttpResponse:
    """Always too late."""
    at = dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.UTC)
    raise Conflict("claim_has_moved_on", "Robert approved this claim.", by="Robert", at=at)


@answers_faults("claims:detail")
def not_for_you(request: HttpRequest, reference: str) -> HttpResponse:
    """Always refused to the role."""
    raise NotAllowed("role_may_not", "Your role does not allow this.")


@answers_faults("home")
def refused(request: HttpRequest) -> HttpResponse:
    """A fault that belongs to a form."""
    raise Refused("tenant_id_malformed", "This is no tenant ID.")


def nonsense(request: HttpRequest) -> HttpResponse:
    """A request that makes no sense."""
    raise SuspiciousOperation


def broken(request: HttpRequest) -> HttpResponse:
    """A mistake of the portal."""
    raise RuntimeError("secret particulars")


urlpatterns = [
    path("late/", somebody_was_first),
    path("not-for-you/<str:reference>/", not_for_you),
    path("refused/", refused),
    path("nonsense/", nonsense),
    path("broken/", broken),
    *urls.urlpatterns,
]
