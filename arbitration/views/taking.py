"""Taking, handing back and assigning claims, as posts."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from arbitration.acts import take as taking
from arbitration.views.desk import reader_of
from cpor_portal.faults import Refused
from cpor_portal.look.errors import answers_faults


@require_POST
@answers_faults("arbitration:queue")
def take_next(request: HttpRequest) -> HttpResponse:
    """Hands the reader the most urgent claim that they may decide, with its review started; 422 says why not."""
    reader = reader_of(request)
    try:
        claim = taking.take_next(by=reader)
    except Refused as fault:
        return render(request, "arbitration/not_taken.html", {"fault": fault}, status=422)
    if claim is None:
        messages.info(request, _("No claim waits for a reviewer at the moment."))
        return redirect("arbitration:queue")
    messages.success(request, _("You have taken this claim, and its review has started."))
    return redirect("arbitration:workspace", reference=claim.reference)
