"""The reviewer's acts as posts: each parses its form, calls one act and goes back to the claim."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from arbitration.acts import approve as approving
from arbitration.acts import ask as asking
from arbitration.acts import assign as assigning
from arbitration.acts import reject as rejecting
from arbitration.acts import start as starting
from arbitration.forms.acts import ActForm, ApproveForm, AskForm, AssignForm, CommentForm, RejectForm, StartForm
from arbitration.views.desk import reader_of, workspace_page
from claims.acts import comment as commenting
from claims.permissions import claim_for
from cpor_portal.faults import Refused, Text
from cpor_portal.look.errors import answers_faults


@require_POST
@answers_faults("arbitration:queue")
def take_next(request: HttpRequest) -> HttpResponse:
    """Hands the reader the most urgent claim that nobody has, with its review started."""
    claim = starting.take_next(by=reader_of(request))
    if claim is None:
        messages.info(request, _("No claim waits for a reviewer at the moment."))
        return redirect("arbitration:queue")
    messages.success(request, _("You have taken this claim, and its review has started."))
    return redirect("arbitration:workspace", reference=claim.reference)


@require_POST
@answers_faults("arbitration:workspace")
def start(request: HttpRequest, reference: str) -> HttpResponse:
    """Starts the review of the current round."""
    done = _("The review has started. The partner cannot change the claim from now on.")
    return _do(request, reference, StartForm, starting.start_review, done)


@require_POST
@answers_faults("arbitration:workspace")
def request_information(request: HttpRequest, reference: str) -> HttpResponse:
    """Asks the partner, with reasons and a text."""
    return _do(request, reference, AskForm, asking.request_information, _("The partner has been asked."))


@require_POST
@answers_faults("arbitration:workspace")
def approve(request: HttpRequest, reference: str) -> HttpResponse:
    """Associates products."""
    done = _("Approved. The partner has been told.")
    return _do(request, reference, ApproveForm, approving.approve, done)


@require_POST
@answers_faults("arbitration:workspace")
def reject(request: HttpRequest, reference: str) -> HttpResponse:
    """Rejects products, with reasons and a text."""
    done = _("Rejected. The partner has been told.")
    return _do(request, reference, RejectForm, rejecting.reject, done)


@require_POST
@answers_faults("arbitration:workspace")
def assign(request: HttpRequest, reference: str) -> HttpResponse:
    """Gives the claim to a reviewer."""
    return _do(request, reference, AssignForm, assigning.assign, _("The claim has been assigned."))


@require_POST
@answers_faults("arbitration:workspace")
def comment(request: HttpRequest, reference: str) -> HttpResponse:
    """Writes a comment, to the partner or among reviewers."""
    return _do(request, reference, CommentForm, commenting.comment, _("The comment has been written."))


def _do(
    request: HttpRequest, reference: str, form_class: type[ActForm], act: Callable[..., object], done: Text
) -> HttpResponse:
    """Parse, call the act, and go back to the claim; what the act refuses is shown in the form, status 422."""
    reader = reader_of(request)
    claim = claim_for(reader, reference)
    form = form_class(claim, claim.lines.select_related("product"), request.POST)
    if form.is_valid():
        try:
            act(reference=claim.reference, by=reader, **form.arguments())
        except Refused as fault:
            form.refuse(fault)
        else:
            messages.success(request, str(done))
            return redirect("arbitration:workspace", reference=claim.reference)
    return workspace_page(request, claim, reader, refused=form)
