"""The reviewer's acts as posts: each parses its form, calls one act and goes back to the claim.

With `preview` the exact mails come first, where there are any; with `edit` the form comes back as it was sent.
"""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from arbitration.acts import assign as assigning
from arbitration.acts import bars
from arbitration.acts import hand_back as handing_back
from arbitration.acts import start as starting
from arbitration.forms.acts import ActForm, AssignForm, CommentForm, ConflictForm, HandBackForm, StartForm
from arbitration.views.confirming import mails_first, on_claim
from arbitration.views.desk import reader_of, workspace_page
from arbitration.views.places import room_address, to_workspace
from claims.acts import comment as commenting
from claims.permissions import claim_for
from cpor_portal.faults import Refused, Text
from cpor_portal.look.errors import answers_faults


@require_POST
@answers_faults("arbitration:workspace")
def start(request: HttpRequest, reference: str) -> HttpResponse:
    """Starts the review of the current round; with `then=pages` it goes on to the pages of the proof."""
    done = _("The review has started. The partner cannot change the claim from now on.")
    address = room_address(request, reference) if request.POST.get("then") == "pages" else None
    return _do(request, reference, StartForm, starting.start_review, done, address)


@require_POST
@answers_faults("arbitration:workspace")
def assign(request: HttpRequest, reference: str) -> HttpResponse:
    """Gives the claim to a reviewer."""
    return _do(request, reference, AssignForm, assigning.assign, _("The claim has been assigned."))


@require_POST
@answers_faults("arbitration:workspace")
def hand_back(request: HttpRequest, reference: str) -> HttpResponse:
    """Puts the claim back into the queue, with a note."""
    return _do(request, reference, HandBackForm, handing_back.hand_back, _("The claim is back in the queue."))


@require_POST
@answers_faults("arbitration:workspace")
def conflict(request: HttpRequest, reference: str) -> HttpResponse:
    """Notes that the reader must not decide this claim, and hands it back where they have it."""
    done = _("Your conflict of interest is noted. You can read this claim, but neither take nor decide it.")
    return _do(request, reference, ConflictForm, bars.declare_conflict, done)


@require_POST
@answers_faults("arbitration:workspace")
def comment(request: HttpRequest, reference: str) -> HttpResponse:
    """Writes a comment, to the partner or among reviewers."""
    return _do(request, reference, CommentForm, commenting.comment, _("The comment has been written."))


def _do(
    request: HttpRequest,
    reference: str,
    form_class: type[ActForm],
    act: Callable[..., object],
    done: Text,
    address: str | None = None,
) -> HttpResponse:
    """Parse, call the act, and go to `address` or back to the claim; what it refuses stands in the form, status 422."""
    reader = reader_of(request)
    claim = claim_for(reader, reference)
    form = form_class(claim, claim.lines.select_related("product"), request.POST)
    if form.is_valid():
        if "edit" in request.POST:
            return workspace_page(request, claim, reader, drafted=form)
        doing = partial(act, reference=claim.reference, by=reader, **form.arguments())
        try:
            if page := mails_first(request, doing, on_claim(request, form, f"act-{form.path}")):
                return page
            doing()
        except Refused as fault:
            form.refuse(fault)
        else:
            messages.success(request, str(done))
            return redirect(address) if address else to_workspace(request, claim.reference)
    return workspace_page(request, claim, reader, refused=form)
