"""Answering a correction: with `preview` the exact mail first, without it at once (docs/decisions/corrections.md)."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from arbitration.acts.corrections import accept_correction, refuse_correction
from arbitration.forms.correcting import CorrectionForm
from arbitration.views.confirming import mails_first, on_claim
from arbitration.views.desk import reader_of, workspace_page
from arbitration.views.places import to_workspace
from claims.corrections_shown import corrections_of
from claims.models import Claim
from claims.permissions import claim_for
from cpor_portal.accounts.models import User
from cpor_portal.faults import Refused
from cpor_portal.look.errors import answers_faults

Act = Callable[..., Claim]


@require_POST
@answers_faults("arbitration:workspace")
def correction(request: HttpRequest, reference: str) -> HttpResponse:
    """Accepts or refuses (`answer`, `text`, `version`); `preview` shows the mail first, `edit` gives the form back."""
    reader = reader_of(request)
    claim = claim_for(reader, reference)
    form = CorrectionForm(claim, (), request.POST)
    if not form.is_valid():
        return workspace_page(request, claim, reader, refused=form)
    if "edit" in request.POST:
        return workspace_page(request, claim, reader, drafted=form)
    act = _act(form, claim, reader)
    try:
        if page := _confirm(request, claim, reader, form, act):
            return page
        act()
    except Refused as fault:
        form.refuse(fault)
        return workspace_page(request, claim, reader, refused=form)
    told = _("The correction was accepted; the claim says so now. The partner has been told.")
    if not form.is_accepted:
        told = _("The correction was refused; the claim stays as it is. The partner has been told.")
    messages.success(request, told)
    return to_workspace(request, claim.reference)


def _act(form: CorrectionForm, claim: Claim, reader: User) -> Callable[[], Any]:
    act: Act = accept_correction if form.is_accepted else refuse_correction
    return partial(act, reference=claim.reference, by=reader, **form.arguments())


def _confirm(
    request: HttpRequest, claim: Claim, reader: User, form: CorrectionForm, act: Callable[[], Any]
) -> HttpResponse | None:
    """The page of the mails, where it is asked for; even where nobody gets one: the claim would change."""
    context = {"correction": corrections_of(claim, reader).waiting, **on_claim(request, form, "correction")}
    return mails_first(request, act, context, template="arbitration/confirm_correction.html", even_none=True)
