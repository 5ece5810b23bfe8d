"""The reviewer's acts as posts: each parses its form, calls one act and goes back to the claim."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from arbitration.acts import approve as approving
from arbitration.acts import ask as asking
from arbitration.acts import assign as assigning
from arbitration.acts import reject as rejecting
from arbitration.acts import start as starting
from arbitration.forms.acts import (
    ActForm,
    ApproveForm,
    AskForm,
    AssignForm,
    CommentForm,
    ReasonsForm,
    RejectForm,
    StartForm,
)
from arbitration.permissions import require_in_hand
from arbitration.views.desk import reader_of, workspace_page
from claims.acts import comment as commenting
from claims.acts.ground import require_possible
from claims.models import Claim
from claims.permissions import claim_for
from claims.proof.matrix import matrix_of
from cpor_portal.accounts.models import User
from cpor_portal.faults import Refused, Text
from cpor_portal.look.errors import answers_faults


@require_POST
@answers_faults("arbitration:workspace")
def start(request: HttpRequest, reference: str) -> HttpResponse:
    """Starts the review of the current round."""
    done = _("The review has started. The partner cannot change the claim from now on.")
    return _do(request, reference, StartForm, starting.start_review, done)


@require_POST
@answers_faults("arbitration:workspace")
def request_information(request: HttpRequest, reference: str) -> HttpResponse:
    """Asks the partner, with cells, reasons and a text; with `draft` only writes the text."""
    if "draft" in request.POST:
        return _draft(request, reference, AskForm)
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
    """Rejects products, with cells, reasons and a text; with `draft` only writes the text."""
    if "draft" in request.POST:
        return _draft(request, reference, RejectForm)
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


def _draft(request: HttpRequest, reference: str, form_class: type[ReasonsForm]) -> HttpResponse:
    """The form again with a text written from its cells and reasons; nothing is sent and nothing stored.

    Answers a script, which asks for JSON, with the text and the reasons alone.
    """
    reader = reader_of(request)
    claim = claim_for(reader, reference)
    form = form_class(claim, claim.lines.select_related("product"), request.POST)
    if not form.is_valid():
        return _not_drafted(request, claim, reader, form)
    version = form.cleaned_data["version"]
    require_possible(claim=claim, act=form.act, by=reader, version=version)
    require_in_hand(reader, claim)
    try:
        drafted = form.drafted(matrix_of(claim, reader, form.claim_lines))
    except Refused as fault:
        form.refuse(fault)
        return _not_drafted(request, claim, reader, form)
    if request.accepts("text/html"):
        return workspace_page(request, claim, reader, drafted=drafted)
    return JsonResponse({"text": drafted["text"].value(), "reasons": drafted["reasons"].value()})


def _not_drafted(request: HttpRequest, claim: Claim, reader: User, form: ActForm) -> HttpResponse:
    if request.accepts("text/html"):
        return workspace_page(request, claim, reader, refused=form)
    return JsonResponse({"errors": form.errors}, status=422)
