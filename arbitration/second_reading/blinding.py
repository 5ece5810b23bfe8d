"""While somebody reads a round blindly, every page that tells what became of the claim leads to the blind page."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from arbitration.models import SecondReading
from arbitration.second_reading.access import unread
from cpor_portal.accounts.models import User
from cpor_portal.accounts.permissions import is_reviewer
from cpor_portal.faults import Conflict
from cpor_portal.look.errors import fault_response, typed_in

# The proof itself, which the blind page shows too.
OPEN_TO_ALL = frozenset({"claims:document", "claims:page_picture", "claims:page_thumbnail"})
Answer = Callable[[HttpRequest], HttpResponseBase]


class BlindReadingMiddleware:
    """Sends a second reader from the pages of the claim to the blind page, until the reading is answered or put back.

    In one place for the pages of both packages: the workspace, the proof room, the history, the rounds, and whatever
    page of a claim is built next. An act (POST) is answered by the page that says so, with what was typed: its own
    answer, done or refused, would show the claim, and whoever acts on a claim is no second reader of it.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Passes everything on; the work is done once the address is known."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Answer, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> HttpResponseBase | None:
        """The way to the blind page, for whoever has an open reading of a claim that the request names."""
        match = request.resolver_match
        if match is None or match.view_name in OPEN_TO_ALL:
            return None
        references = {str(reference).upper() for reference in _named(request, match.view_name, kwargs) if reference}
        if not references or not isinstance(request.user, User) or not is_reviewer(request.user):
            return None
        mine = unread().filter(reader=request.user, review__claim__reference__in=references).first()
        if mine is None:
            return None
        return _to_blind_page(request, mine) if request.method in ("GET", "HEAD") else _kept_from(request, mine)


def _named(request: HttpRequest, view_name: str, kwargs: Mapping[str, Any]) -> Iterator[str]:
    """The references in the address, and those of an act on many claims: it says of each why it cannot be done."""
    yield kwargs.get("reference", "")
    if view_name == "arbitration:assign_many":
        yield from request.POST.getlist("claims")


def _to_blind_page(request: HttpRequest, mine: SecondReading) -> HttpResponse:
    messages.info(request, _("You are reading a round of this claim blindly. Judge it first, or put it back."))
    return redirect("arbitration:second_reading", reading_id=mine.pk)


def _kept_from(request: HttpRequest, mine: SecondReading) -> HttpResponse:
    fault = Conflict(
        "reading_blindly",
        _("You are reading a round of this claim blindly. Judge it first, or put it back; then you can act on it."),
        title=_("You are reading this claim blindly"),
    )
    back = reverse("arbitration:second_reading", args=[mine.pk])
    return fault_response(request, fault, typed=typed_in(request), back=back)
