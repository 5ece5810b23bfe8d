"""While somebody reads a round blindly, every page that tells what became of the claim leads to the blind page."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from arbitration.second_reading.access import unread
from cpor_portal.accounts.models import User
from cpor_portal.accounts.permissions import is_reviewer

# The proof itself, which the blind page shows too.
OPEN_TO_ALL = frozenset({"claims:document", "claims:page_picture", "claims:page_thumbnail"})
Answer = Callable[[HttpRequest], HttpResponseBase]


class BlindReadingMiddleware:
    """Sends a second reader from the pages of the claim to the blind page, until the reading is answered or put back.

    In one place for the pages of both packages: the workspace, the proof room, the history, the rounds, and whatever
    page of a claim is built next. Acts (POST) go through: they check for themselves who may.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Passes everything on; the work is done once the address is known."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Answer, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> HttpResponseBase | None:
        """The way to the blind page, for whoever has an open reading of the claim that the address names."""
        reference, match = kwargs.get("reference"), request.resolver_match
        if not reference or request.method not in ("GET", "HEAD") or match is None or match.view_name in OPEN_TO_ALL:
            return None
        if not isinstance(request.user, User) or not is_reviewer(request.user):
            return None
        mine = unread().filter(reader=request.user, review__claim__reference=str(reference).upper()).first()
        if mine is None:
            return None
        messages.info(request, _("You are reading a round of this claim blindly. Judge it first, or put it back."))
        return redirect("arbitration:second_reading", reading_id=mine.pk)
