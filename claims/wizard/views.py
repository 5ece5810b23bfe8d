"""The wizard's views: parse, permit, call one act, redirect. Every rule is in `claims.checks` and `claims.acts`."""

from collections.abc import Iterable
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from claims.acts import drafts
from claims.acts.submit import NotComplete
from claims.acts.submit import submit as submit_claim
from claims.checks import StepFault, faults_in
from claims.checks.faults import Step as CheckedStep
from claims.checks.whole import faults_of
from claims.history import what_happened_last
from claims.models import Claim
from claims.permissions import may, own_claim
from claims.transitions import Act
from claims.views.forms import ActForm
from claims.wizard import check, frame, steps
from claims.wizard.forms.base import StepForm
from claims.wizard.pages import PAGES, StepPage, Visit
from claims.wizard.steps import CHECK, Step
from claims.words import Status
from claims.written import what_was_written
from cpor_portal.accounts.models import User
from cpor_portal.directory.source import directory
from cpor_portal.faults import Conflict, NotAllowed, Refused
from cpor_portal.look.errors import answers_faults
from cpor_portal.review_site import review_day


def _visit(request: HttpRequest, reference: str) -> Visit:
    """The firm's claim, as this person stands before it. Raises Http404 for every other claim."""
    user = cast(User, request.user)
    return Visit(claim=own_claim(user, reference), user=user, today=review_day())


@require_POST
@answers_faults("claims:list")
def new(request: HttpRequest) -> HttpResponse:
    """Start a draft and go to its first step."""
    claim = drafts.start_draft(by=cast(User, request.user))
    return redirect("claims:edit", claim.reference, steps.STEPS[0].slug)


@require_POST
@answers_faults("claims:detail")
def delete_draft(request: HttpRequest, reference: str) -> HttpResponse:
    """Remove a draft for good, unless somebody has changed it since the page was made."""
    visit, form = _visit(request, reference), ActForm(request.POST)
    drafts.delete_draft(**visit.key, version=form.cleaned_data["version"] if form.is_valid() else None)
    messages.success(request, _("The draft %(reference)s has been deleted.") % {"reference": visit.claim.reference})
    return redirect("claims:list")


@require_http_methods(["GET", "HEAD", "POST"])
@answers_faults("claims:edit")
def edit_step(request: HttpRequest, reference: str, step: str) -> HttpResponse:
    """One step of a draft, or of a filed claim that may still be amended (domain.md, "Statuses of a claim")."""
    visit, here = _visit(request, reference), steps.step_of(step)
    if request.method == "POST" and here is not CHECK:
        return _post(request, visit, here)
    return _get(request, visit, here)


def _get(request: HttpRequest, visit: Visit, here: Step) -> HttpResponse:
    if not frame.is_readable(visit, here):
        messages.info(request, frame.why_closed(visit))
        return redirect("claims:detail", visit.claim.reference)
    locked = _way_to_open_step(request, visit, here)
    if locked is not None:
        return locked
    if here is CHECK:
        return _check_page(request, visit, faults_of(visit.claim, directory(), visit.today))
    if not steps.may_edit(visit.user, visit.claim, here):
        return _closed_page(request, visit, here)
    page = PAGES[here.slug]
    return _form_page(request, visit, here, page, page.form(visit))


def _closed_page(request: HttpRequest, visit: Visit, here: Step) -> HttpResponse:
    context = frame.context(visit, here) | check.facts_of_step(visit, here)
    return render(request, "claims/wizard/closed.html", context)


def _way_to_open_step(request: HttpRequest, visit: Visit, here: Step) -> HttpResponse | None:
    """Where a step before this one is missing: the way there, with a word why."""
    if not visit.claim.is_draft or not visit.progress.is_locked(here):
        return None
    missing = visit.progress.first_open()
    messages.info(request, _("First complete this step: %(step)s.") % {"step": missing.title})
    return redirect("claims:edit", visit.claim.reference, missing.slug)


def _post(request: HttpRequest, visit: Visit, here: Step) -> HttpResponse:
    _require_editable(visit, here)
    locked = _way_to_open_step(request, visit, here)
    if locked is not None:
        return locked
    page = PAGES[here.slug]
    form = page.form(visit, request.POST, request.FILES)
    try:
        if page.press(visit, request):
            return redirect("claims:edit", visit.claim.reference, here.slug)
        if form.is_valid():
            return _saved(request, visit, here, page.save(visit, form))
    except Refused as fault:
        form.refuse(faults_in(fault))
    return _form_page(request, visit, here, page, form, status=422)


def _require_editable(visit: Visit, here: Step) -> None:
    """Say at once what the act would say under its lock, before anything is asked of the directory."""
    if steps.may_edit(visit.user, visit.claim, here):
        return
    if not frame.role_may(visit, here):
        raise NotAllowed("role_may_not", _("Your role does not allow this. Ask an admin of your firm."))
    claim = visit.claim
    written = what_was_written(claim, reader=visit.user)
    raise Conflict("claim_has_moved_on", what_happened_last(claim, reader=visit.user), claim=claim, written=written)


def _saved(request: HttpRequest, visit: Visit, here: Step, told: Iterable[str]) -> HttpResponse:
    """On to the next step of a draft; a change of a filed claim is done with this one.

    `stay` is sent by the script that adds one document after another; the button then leads on.
    """
    for text in told:
        messages.info(request, text)
    claim = visit.claim
    if request.POST.get("stay") == "1":
        return redirect("claims:edit", claim.reference, here.slug)
    if claim.is_draft:
        return redirect("claims:edit", claim.reference, steps.after(here).slug)
    if claim.status == Status.PARTNER_ACTION_REQUIRED:
        # A warning, because whoever takes "saved" for "answered" lets the deadline pass.
        messages.warning(request, _("Saved. Your answer is not handed in yet: choose Answer and resubmit."))
    else:
        messages.success(request, _("Your change has been saved."))
    return redirect("claims:detail", claim.reference)


def _form_page(
    request: HttpRequest, visit: Visit, here: Step, page: StepPage, form: StepForm, status: int = 200
) -> HttpResponse:
    if form.is_bound:
        # A step may have kept something although it was refused: show the row as it is now.
        visit = _visit(request, visit.claim.reference)
    context = frame.context(visit, here) | page.facts(visit, form) | {"form": form}
    context["explanations"] = form.explanations()
    return render(request, page.template_name, context, status=status)


def _check_page(request: HttpRequest, visit: Visit, faults: Iterable[StepFault], status: int = 200) -> HttpResponse:
    context = frame.context(visit, CHECK) | check.facts(visit, list(faults))
    return render(request, "claims/wizard/check.html", context, status=status)


@require_POST
@answers_faults("claims:detail")
def submit(request: HttpRequest, reference: str) -> HttpResponse:
    """File the draft; where something does not hold any more, the check page says what."""
    visit = _visit(request, reference)
    if visit.claim.is_draft and not may(visit.user, Act.SUBMIT, visit.claim):
        raise NotAllowed("role_may_not", _("Your role does not allow this. Ask an admin of your firm."))
    try:
        claim = submit_claim(**visit.key)
    except NotComplete as fault:
        return _check_page(request, visit, fault.faults, status=422)
    except Refused as fault:
        found = [StepFault(CheckedStep.PRODUCTS, single) for single in faults_in(fault)]
        return _check_page(request, visit, found, status=422)
    return _submitted(request, claim)


def _submitted(request: HttpRequest, claim: Claim) -> HttpResponse:
    messages.success(request, _("The claim %(reference)s has been submitted.") % {"reference": claim.reference})
    return redirect("claims:detail", claim.reference)
