"""Asking for a correction of a claim under way, and taking it back (docs/decisions/corrections.md)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from claims.acts.corrections import ask_correction, withdraw_correction
from claims.acts.ground import require_possible
from claims.checks.faults import faults_in
from claims.corrections_shown import corrections_of
from claims.models import Claim
from claims.permissions import claim_for, may
from claims.transitions import Act
from claims.views.correction_form import CorrectionForm
from claims.views.forms import ActForm
from claims.views.reader import reader_of
from cpor_portal.faults import Conflict, Refused
from cpor_portal.look.errors import answers_faults
from cpor_portal.review_site import review_day


@require_http_methods(["GET", "HEAD", "POST"])
@answers_faults("claims:detail")
def correct(request: HttpRequest, reference: str) -> HttpResponse:
    """Which location and activities the claim is to have, and why; POST asks Microsoft for it."""
    reader = reader_of(request)
    claim = claim_for(reader, reference)
    if request.method != "POST":
        require_possible(claim=claim, act=Act.ASK_CORRECTION, by=reader)
        return _page(request, claim, CorrectionForm(claim=claim, today=review_day()))
    form = CorrectionForm(request.POST, claim=claim, today=review_day())
    if form.is_valid():
        try:
            ask_correction(reference=claim.reference, by=reader, **form.arguments(request.POST))
        except Refused as fault:
            form.refuse(faults_in(fault))
        else:
            messages.success(
                request, _("Microsoft has been asked for the correction. Until it answers nothing changes.")
            )
            return redirect("claims:detail", claim.reference)
    return _page(request, claim, form)


def _page(request: HttpRequest, claim: Claim, form: CorrectionForm) -> HttpResponse:
    reader = reader_of(request)
    context = {
        "claim": claim,
        "form": form,
        "explanations": form.explanations(),
        "corrections": corrections_of(claim, reader),
        "may_take_back": may(reader, Act.WITHDRAW_CORRECTION, claim),
        "is_editable": may(reader, Act.AMEND, claim),
    }
    return render(request, "claims/correct.html", context, status=422 if form.is_bound else 200)


@require_POST
@answers_faults("claims:detail")
def take_back(request: HttpRequest, reference: str) -> HttpResponse:
    """Takes back the correction that waits (`version`). 409 where Microsoft was first."""
    reader = reader_of(request)
    claim = claim_for(reader, reference)
    form = ActForm(request.POST)
    if not form.is_valid():
        # Nobody typed the version: a number that is none belongs to no page of the portal.
        raise Conflict("claim_has_moved_on", _("This claim has changed since you opened the page."), claim=claim)
    withdraw_correction(reference=claim.reference, by=reader, version=form.cleaned_data["version"])
    messages.success(request, _("The correction was taken back. The claim stays as it is."))
    return redirect("claims:detail", claim.reference)
