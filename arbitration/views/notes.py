"""The working note of whoever reads a claim: saved by a script while it is written, or by its button."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from arbitration.acts.notes import write_note
from arbitration.forms.notes import NoteForm
from arbitration.models import WorkingNote
from arbitration.views.desk import reader_of, workspace_page
from arbitration.views.places import place_query, to_workspace, workspace_address
from claims.models import Claim
from claims.permissions import claim_for
from cpor_portal.accounts.models import User
from cpor_portal.faults import Conflict, Refused
from cpor_portal.look.errors import fault_response
from cpor_portal.look.templatetags.look import moment_in_words


@require_POST
def note(request: HttpRequest, reference: str) -> HttpResponse:
    """Saves `body` as the reader's own note, `seen` being the version that they wrote it over.

    JSON for a script (`version`, `saved`; 409 with `text`, `standing`, `version`; 422 with `errors`), else back to the
    claim, the page with both texts, or the form.
    """
    reader = reader_of(request)
    claim = claim_for(reader, reference)
    form = NoteForm(request.POST, auto_id="note_%s", label_suffix="")
    form.lay_out(claim, place_query(request))
    try:
        if form.is_valid():
            written = write_note(reference=claim.reference, by=reader, **form.cleaned_data)
            return _saved(request, claim, written)
    except Refused as fault:
        form.refuse(fault)
    except Conflict as fault:
        return _moved_on(request, claim, fault)
    return _refused(request, claim, reader, form)


def _saved(request: HttpRequest, claim: Claim, written: WorkingNote) -> HttpResponse:
    said = _("Saved, %(when)s.") % {"when": moment_in_words(written.saved_at, "short")}
    if not request.accepts("text/html"):
        return JsonResponse({"version": written.version, "saved": said})
    messages.success(request, _("Your note is saved. Reviewers and arbiters can read it."))
    return to_workspace(request, claim.reference, "notes")


def _moved_on(request: HttpRequest, claim: Claim, fault: Conflict) -> HttpResponse:
    standing = fault.facts["note"]
    if not request.accepts("text/html"):
        told = {"text": str(fault.text), "standing": standing.body, "version": standing.version}
        return JsonResponse(told, status=409)
    back = workspace_address(request, claim.reference, "notes")
    return fault_response(request, fault, typed={_("Your note"): request.POST.get("body", "")}, back=back)


def _refused(request: HttpRequest, claim: Claim, reader: User, form: NoteForm) -> HttpResponse:
    if not request.accepts("text/html"):
        return JsonResponse({"errors": form.errors}, status=422)
    return workspace_page(request, claim, reader, note=form)
