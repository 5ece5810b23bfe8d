"""The page on which a reviewer reads and decides a claim: its workspace."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from arbitration import workspace as workspaces
from arbitration.forms.acts import ActForm
from arbitration.forms.notes import NoteForm
from arbitration.permissions import require_reviewer
from arbitration.positions import neighbours
from arbitration.views.places import carried, place_of, place_query
from claims.models import Claim
from claims.permissions import claim_for
from cpor_portal.accounts.models import User


def reader_of(request: HttpRequest) -> User:
    """Who asks. Raises Http404 unless it is a reviewer or an arbiter."""
    if not isinstance(request.user, User):
        raise Http404
    return require_reviewer(request.user)


@require_safe
def workspace(request: HttpRequest, reference: str) -> HttpResponse:
    """One claim, with its facts looked up again."""
    reader = reader_of(request)
    return workspace_page(request, claim_for(reader, reference), reader)


def workspace_page(
    request: HttpRequest,
    claim: Claim,
    reader: User,
    refused: ActForm | None = None,
    *,
    drafted: ActForm | None = None,
    note: NoteForm | None = None,
) -> HttpResponse:
    """The workspace; 422 with `refused` open in it, everything typed kept, where an act refused.

    `drafted` is a form whose text was just written: it is open as well, and nothing is wrong with it. `note` is a
    working note that could not be saved.
    """
    shown, place, now = refused or drafted, place_of(request), timezone.now()
    work = workspaces.workspace(claim, reader, shown, note=note, place=place_query(request), now=now)
    context = {
        "work": work,
        **carried(request),
        "refused": shown,
        "refused_note": note,
        "claim": claim,
        "neighbours": neighbours(reader, place.get("in", ""), place["at"], now) if "at" in place else None,
    }
    return render(request, "arbitration/workspace.html", context, status=422 if refused or note else 200)
