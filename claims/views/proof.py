"""The proof room: looking at proof page by page, and saying what each page shows."""

from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from claims.acts.cells import set_cells
from claims.acts.ground import require_possible
from claims.models import Claim
from claims.permissions import claim_for
from claims.proof.freshness import earliest_day
from claims.proof.room import Room, asked_for, room_of
from claims.transitions import Act
from claims.views.policy import in_the_room
from claims.views.proof_form import PageShowsForm
from claims.views.reader import reader_of, to_proof_at_desk
from cpor_portal.accounts.models import User
from cpor_portal.faults import Conflict, Refused
from cpor_portal.look.errors import answers_faults


@require_http_methods(["GET", "HEAD", "POST"])
@answers_faults("claims:proof")
@in_the_room
def show(request: HttpRequest, reference: str) -> HttpResponse:
    """One page of the claim's proof beside its facts (`?document= &page= &zoom=`), for the claim's firm.

    POST says what the page shows (`cells`, `columns`, `dated_on`; `document`, `page`, `offered`, `seen` hidden), and
    comes back to it; 422 with the form where that is refused, 403 for whoever may add no proof. Reviewers are
    sent to the same room at their desk.
    """
    reader = reader_of(request)
    claim = claim_for(reader, reference)
    if request.method == "POST":
        return _enter(request, reader, claim)
    if away := to_proof_at_desk(request, reader, claim):
        return away
    room = room_of(claim, reader, **asked_for(request.GET))
    return _page(request, room, PageShowsForm(room=room))


def _page(request: HttpRequest, room: Room, form: PageShowsForm) -> HttpResponse:
    context = {"room": room, "claim": room.claim, "form": form, "room_url": request.path}
    return render(request, "claims/proof/room.html", context, status=422 if form.is_bound else 200)


def _enter(request: HttpRequest, reader: User, claim: Claim) -> HttpResponse:
    # Asked before the form: whoever may not enter anything is not told how to fill it in.
    require_possible(claim=claim, act=Act.EDIT if claim.is_draft else Act.ADD_PROOF, by=reader)
    room = _room_acted_from(request, reader, claim)
    form = PageShowsForm(request.POST, room=room)
    if form.is_valid():
        sent = form.cleaned_data
        try:
            set_cells(
                reference=claim.reference,
                by=reader,
                document_id=sent["document"],
                page=sent["page"],
                keys=form.keys,
                dated_on=sent["dated_on"],
                offered=sent["offered"],
                seen=sent["seen"] or None,
            )
        except Refused as fault:
            form.refuse(fault)
        else:
            messages.success(request, _("Saved: the matrix says what this page shows."))
            _warn_of_age(request, claim, sent["dated_on"])
            return redirect(_address(claim, room))
    return _page(request, room, form)


def _warn_of_age(request: HttpRequest, claim: Claim, day: date | None) -> None:
    """An old day may be entered, for it is what stands there; but nobody should take "saved" for "good"."""
    if day is not None and day < earliest_day(claim, timezone.now()):
        text = _(
            "The customer's acknowledgement of %(day)s is older than 12 months: a reviewer would ask for a newer one."
        )
        messages.warning(request, text % {"day": date_format(day, "DATE_FORMAT")})


def _room_acted_from(request: HttpRequest, reader: User, claim: Claim) -> Room:
    try:
        return room_of(claim, reader, **asked_for(request.POST))
    except Http404 as gone:
        raise Conflict("document_gone", _("This document has been removed already."), claim=claim) from gone


def _address(claim: Claim, room: Room) -> str:
    """The page of the room that is being looked at."""
    place = {"document": room.document.pk if room.document else "", "page": room.page, "zoom": room.zoom}
    return f"{reverse('claims:proof', args=[claim.reference])}?{urlencode(place)}"
