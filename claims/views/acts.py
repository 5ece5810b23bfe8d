"""The partner's acts on a filed claim, each a page and a button: answering a request, and withdrawing."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from claims.acts.ground import require_possible
from claims.acts.resubmit import resubmit
from claims.acts.submit import NotComplete, require_complete
from claims.acts.withdraw import withdraw
from claims.checks.faults import StepFault
from claims.models import Claim
from claims.panels import next_panel
from claims.permissions import claim_for
from claims.refusals import Explanation, explain
from claims.shown import ShownLine, lines_of, word_from_microsoft
from claims.transitions import BY_ACT, Act
from claims.views.forms import PlainForm, ResubmitForm, WithdrawForm
from claims.views.proof_shown import answer_of
from claims.views.reader import reader_of
from claims.views.steps import cures_of, editable_steps
from claims.wizard.steps import BY_SLUG, Step
from cpor_portal.accounts.models import User
from cpor_portal.faults import Refused
from cpor_portal.look.errors import answers_faults

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class ShownFault:
    """What keeps the claim from being handed in, and the step where it is put right."""

    step: Step
    explanation: Explanation


@get_or_post
@answers_faults("claims:detail")
def resubmit_claim(request: HttpRequest, reference: str) -> HttpResponse:
    """What was asked and what is still open; POST hands the answer in (`body`, optional, becomes a comment)."""
    reader = reader_of(request)
    claim = claim_for(reader, reference)
    if request.method != "POST":
        require_possible(claim=claim, act=Act.RESUBMIT, by=reader)
        form = ResubmitForm(initial={"version": claim.version})
        return _resubmit_page(request, claim, form, _open_faults(claim))
    form = ResubmitForm(request.POST)
    faults: list[StepFault] = []
    if form.is_valid():
        try:
            answer = form.cleaned_data
            resubmit(reference=claim.reference, by=reader, body=answer["body"], version=answer["version"])
        except NotComplete as fault:
            faults = fault.faults
        except Refused as fault:
            form.refuse(fault)
        else:
            messages.success(request, _("Your answer was handed in. Microsoft's time to decide begins anew."))
            return redirect("claims:detail", claim.reference)
    return _resubmit_page(request, claim, form, faults)


def _open_faults(claim: Claim) -> list[StepFault]:
    try:
        require_complete(claim)
    except NotComplete as fault:
        return fault.faults
    return []


def _resubmit_page(request: HttpRequest, claim: Claim, form: ResubmitForm, faults: Iterable[StepFault]) -> HttpResponse:
    reader = reader_of(request)
    word, editable = word_from_microsoft(claim, reader), editable_steps(claim, reader)
    context = {
        "claim": claim,
        "form": form,
        "panel": next_panel(claim, reader),
        "word": word,
        "cures": cures_of(word, editable),
        "may_mend": "proof" in editable,
        **answer_of(claim, reader, word),
        "faults": [ShownFault(BY_SLUG[one.step], explain(one.fault, claim)) for one in faults],
    }
    return render(request, "claims/resubmit.html", context, status=_status(form))


@get_or_post
@answers_faults("claims:detail")
def withdraw_claim(request: HttpRequest, reference: str) -> HttpResponse:
    """What withdrawing means and which products; POST takes them back (`lines`, `reason`; no line: all)."""
    reader = reader_of(request)
    claim = claim_for(reader, reference)
    lines = _withdrawable(claim, reader)
    if request.method != "POST":
        require_possible(claim=claim, act=Act.WITHDRAW, by=reader)
        return _withdraw_page(request, claim, WithdrawForm(initial={"version": claim.version}, lines=lines), lines)
    form = WithdrawForm(request.POST, lines=lines)
    if form.is_valid():
        try:
            answer = form.cleaned_data
            withdraw(
                reference=claim.reference,
                by=reader,
                reason=answer["reason"],
                line_ids=form.line_ids,
                version=answer["version"],
            )
        except Refused as fault:
            form.refuse(fault)
        else:
            messages.success(request, _("The products were withdrawn."))
            return redirect("claims:detail", claim.reference)
    return _withdraw_page(request, claim, form, lines)


def _withdrawable(claim: Claim, reader: User) -> list[ShownLine]:
    return [line for line in lines_of(claim, reader) if line.outcome in BY_ACT[Act.WITHDRAW].takes]


def _withdraw_page(request: HttpRequest, claim: Claim, form: WithdrawForm, lines: list[ShownLine]) -> HttpResponse:
    context = {"claim": claim, "form": form, "lines": lines}
    return render(request, "claims/withdraw.html", context, status=_status(form))


def _status(form: PlainForm) -> int:
    """A form that was sent and stands here again was refused."""
    return 422 if form.is_bound else 200
