"""Deciding: the form, the page that shows the mail before it goes, and the contract's single acts.

`decide/` answers with the exact mail first and does nothing until that is confirmed (docs/decisions/deciding.md);
`approve/`, `request-information/` and `reject/` do what they say at once.
"""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from arbitration.acts import take as taking
from arbitration.acts.approve import approve as approve_lines
from arbitration.acts.ask import request_information as ask_partner
from arbitration.acts.decide import decide as decide_parts
from arbitration.acts.reject import reject as reject_lines
from arbitration.confirming import confirmation
from arbitration.forms.deciding import WORDED, DecisionForm, Then
from arbitration.forms.doors import ApproveDoor, AskDoor, DoorForm, RejectDoor
from arbitration.permissions import require_in_hand
from arbitration.positions import neighbours
from arbitration.verdicts import Verdict
from arbitration.views.confirming import on_claim
from arbitration.views.desk import reader_of, workspace_page
from arbitration.views.places import place_of, to_workspace, workspace_address
from claims.acts.ground import require_possible
from claims.models import Claim
from claims.permissions import claim_for
from claims.proof.matrix import matrix_of
from claims.transitions import Act
from cpor_portal.accounts.models import User
from cpor_portal.faults import Conflict, NotAllowed, Refused, Text
from cpor_portal.look.errors import answers_faults, fault_response


@require_POST
def decide(request: HttpRequest, reference: str) -> HttpResponse:
    """Decides products: first the page with the exact mail, and with `confirmed` the act.

    With `draft` only the texts are written, with `edit` the form comes back as it was.
    """
    reader = reader_of(request)
    claim = claim_for(reader, reference)
    form = DecisionForm(claim, claim.lines.select_related("product"), request.POST)
    if not form.is_valid():
        return _refused(request, claim, reader, form)
    try:
        return _answer(request)(request, claim, reader, form)
    except Refused as fault:
        form.refuse(fault)
        return _refused(request, claim, reader, form)
    except (NotAllowed, Conflict) as fault:
        return fault_response(request, fault, typed=form.typed(), back=workspace_address(request, claim.reference))


Answer = Callable[[HttpRequest, Claim, User, DecisionForm], HttpResponse]


def _answer(request: HttpRequest) -> Answer:
    if "draft" in request.POST:
        return _draft
    if "edit" in request.POST:
        return _edit
    return _do if request.POST.get("confirmed") else _confirm


def _refused(request: HttpRequest, claim: Claim, reader: User, form: DecisionForm) -> HttpResponse:
    if request.accepts("text/html"):
        return workspace_page(request, claim, reader, refused=form)
    return JsonResponse({"errors": form.errors}, status=422)


def _edit(request: HttpRequest, claim: Claim, reader: User, form: DecisionForm) -> HttpResponse:
    return workspace_page(request, claim, reader, drafted=form)


def _confirm(request: HttpRequest, claim: Claim, reader: User, form: DecisionForm) -> HttpResponse:
    """The page that shows what would happen. Whoever could not do it is told now, not after reading."""
    matrix = matrix_of(claim, reader, form.claim_lines)
    written = form.written(matrix)
    written.is_valid()
    shown = confirmation(claim, reader, written, matrix, has_a_place="at" in place_of(request))
    context = {"shown": shown, "letters": shown.letters, **on_claim(request, written, "decide")}
    return render(request, "arbitration/confirm.html", context)


def _do(request: HttpRequest, claim: Claim, reader: User, form: DecisionForm) -> HttpResponse:
    decide_parts(reference=claim.reference, by=reader, **form.arguments())
    done = _("%(reference)s: your decision is made, and the partner has been told.") % {"reference": claim.reference}
    messages.success(request, done)
    return redirect(_next_address(request, claim, reader))


def _next_address(request: HttpRequest, claim: Claim, reader: User) -> str:
    """Where the reader wanted to go; the decision stands, whatever becomes of that."""
    then, place = request.POST.get("then", ""), place_of(request)
    if then == Then.NEXT:
        return _take_next(request, reader)
    if then == Then.FOLLOWING and "at" in place:
        return _following(request, reader, place.get("in", ""), place["at"])
    return workspace_address(request, claim.reference)


def _following(request: HttpRequest, reader: User, query: str, at: str) -> str:
    after = neighbours(reader, query, at, timezone.now()).after
    if after:
        return after.url
    messages.info(request, _("That was the last claim of these filters."))
    return f"{reverse('arbitration:queue')}?{query}"


def _take_next(request: HttpRequest, reader: User) -> str:
    try:
        claim = taking.take_next(by=reader)
    except (Refused, NotAllowed, Conflict) as fault:
        messages.warning(request, str(fault.text))
        return reverse("arbitration:queue")
    if claim is None:
        messages.info(request, _("No claim waits for a reviewer at the moment."))
        return reverse("arbitration:queue")
    return reverse("arbitration:workspace", args=[claim.reference])


def _draft(request: HttpRequest, claim: Claim, reader: User, form: DecisionForm) -> HttpResponse:
    """The form again with texts written from its cells and reasons; nothing is sent and nothing stored.

    Answers a script, which asks for JSON, with the reasons, the texts and their marks alone.
    """
    _require_asking(claim, reader, form)
    matrix = matrix_of(claim, reader, form.claim_lines)
    if request.accepts("text/html"):
        return workspace_page(request, claim, reader, drafted=form.written(matrix, anew=True))
    words = {str(verdict): form.words(verdict, matrix) for verdict in WORDED}
    return JsonResponse({verdict: {"texts": one.texts, "marks": one.marks} for verdict, one in words.items()})


def _require_asking(claim: Claim, reader: User, form: DecisionForm) -> None:
    """Who drafts could ask. Raises NotAllowed, Conflict."""
    version = form.cleaned_data["version"]
    require_possible(claim=claim, act=Act.REQUEST_INFORMATION, by=reader, version=version)
    require_in_hand(reader, claim)


# --- The contract's single acts --------------------------------------------------------------------------------


@require_POST
@answers_faults("arbitration:workspace")
def request_information(request: HttpRequest, reference: str) -> HttpResponse:
    """Asks the partner, with cells, reasons and a text; with `draft` only writes the text."""
    return _door(request, reference, AskDoor, ask_partner, _("The partner has been asked."))


@require_POST
@answers_faults("arbitration:workspace")
def approve(request: HttpRequest, reference: str) -> HttpResponse:
    """Associates products."""
    return _door(request, reference, ApproveDoor, approve_lines, _("Approved. The partner has been told."))


@require_POST
@answers_faults("arbitration:workspace")
def reject(request: HttpRequest, reference: str) -> HttpResponse:
    """Rejects products, with cells, reasons and a text; with `draft` only writes the text."""
    return _door(request, reference, RejectDoor, reject_lines, _("Rejected. The partner has been told."))


def _door(
    request: HttpRequest, reference: str, form_class: type[DoorForm], act: Callable[..., object], done: Text
) -> HttpResponse:
    """Parse, call the act, and go back to the claim; what it refuses comes back in the decision form, status 422."""
    reader = reader_of(request)
    claim = claim_for(reader, reference)
    door = form_class(request.POST)
    is_valid = door.is_valid()
    form = door.as_decision(claim, claim.lines.select_related("product"))
    form.is_valid()
    door.hand_over_faults(form)
    if is_valid and form.is_valid():
        try:
            if "draft" in request.POST and form_class is not ApproveDoor:
                return _draft_at_door(request, claim, reader, form, door.verdict)
            act(reference=claim.reference, by=reader, **door.arguments())
        except Refused as fault:
            form.refuse(fault)
        else:
            messages.success(request, str(done))
            return to_workspace(request, claim.reference)
    return _refused(request, claim, reader, form)


def _draft_at_door(
    request: HttpRequest, claim: Claim, reader: User, form: DecisionForm, verdict: Verdict
) -> HttpResponse:
    """As `_draft`; to a script the text in one piece, as this door takes it."""
    if request.accepts("text/html"):
        return _draft(request, claim, reader, form)
    _require_asking(claim, reader, form)
    written = form.written(matrix_of(claim, reader, form.claim_lines), anew=True)
    written.is_valid()
    texts = [written[f"{verdict}_text_{reason}"].value() for reason in written.reasons_of(verdict)]
    text = "\n\n".join(one for one in texts if one)
    return JsonResponse({"text": text, "reasons": written.reasons_of(verdict)})
