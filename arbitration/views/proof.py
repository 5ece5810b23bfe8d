"""The proof on Microsoft's side: ticking cells of the matrix, in the workspace or beside the pages themselves."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from arbitration.acts.check import check_cells
from arbitration.cells import filled
from arbitration.forms.acts import CellsForm
from arbitration.keys import Page, keys_on
from arbitration.lookalikes import hints
from arbitration.ticking import ticking
from arbitration.views.desk import reader_of, workspace_page
from arbitration.views.places import carried, workspace_address
from claims.models import Claim
from claims.permissions import claim_for
from claims.proof.matrix import matrix_of
from claims.proof.room import asked_for, room_of
from claims.views.policy import in_the_room
from cpor_portal.accounts.models import User
from cpor_portal.faults import Refused
from cpor_portal.look.errors import answers_faults


@require_safe
@in_the_room
def room(request: HttpRequest, reference: str) -> HttpResponse:
    """One page of the claim's proof beside its facts (`?document= &page= &zoom=`), with the cells to be ticked."""
    reader = reader_of(request)
    return _room_page(request, claim_for(reader, reference), reader)


@require_POST
@answers_faults("arbitration:workspace")
def check(request: HttpRequest, reference: str) -> HttpResponse:
    """Notes which cells hold and which are missing, and goes back to where that was done.

    With `all` every cell that something fills and that is not ticked as missing holds. Answers a script, which asks
    for JSON, with the numbers alone.
    """
    reader = reader_of(request)
    claim = claim_for(reader, reference)
    form = CellsForm(claim, (), request.POST)
    if not form.is_valid():
        return _again(request, claim, reader, form)
    held, missing = set(form.cleaned_data["held"]), set(form.cleaned_data["missing"])
    if form.cleaned_data["all"]:
        held |= filled(matrix_of(claim, reader)) - missing
    try:
        check_cells(
            reference=claim.reference, by=reader, held=held, missing=missing, version=form.cleaned_data["version"]
        )
    except Refused as fault:
        form.refuse(fault)
        return _again(request, claim, reader, form)
    if request.accepts("text/html"):
        messages.success(request, _("Your ticks are stored. Nobody else is told before you decide."))
        return redirect(_back(request, claim))
    return JsonResponse({"held": len(held), "missing": len(missing)})


def _again(request: HttpRequest, claim: Claim, reader: User, form: CellsForm) -> HttpResponse:
    if request.accepts("text/html"):
        return workspace_page(request, claim, reader, refused=form)
    return JsonResponse({"errors": form.errors}, status=422)


def _back(request: HttpRequest, claim: Claim) -> str:
    """The page of the room that the ticks were sent from, or the matrix in the workspace."""
    if "document" not in request.POST:
        return workspace_address(request, claim.reference, "proof")
    place = asked_for(request.POST)
    query = urlencode({"document": place["document_id"] or "", "page": place["page"], "zoom": place["zoom"]})
    return f"{reverse('arbitration:proof', args=[claim.reference])}?{query}{carried(request)['place']}"


def _room_page(request: HttpRequest, claim: Claim, reader: User) -> HttpResponse:
    seen = room_of(claim, reader, **asked_for(request.GET))
    seen_ticking = ticking(claim, reader, seen.matrix)
    context = {
        "room": seen,
        "claim": claim,
        "room_url": request.path,
        "up_url": workspace_address(request, claim.reference),
        **carried(request),
        "ticking": seen_ticking,
        "room_keys": keys_on(Page.ROOM) if seen_ticking.is_open else (),
        "hints": hints(claim, reader),
    }
    return render(request, "arbitration/proof_room.html", context)
