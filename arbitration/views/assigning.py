"""Many claims at once: given to one person, or put back into the queue, from the rows of the queue."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from arbitration.acts import assign as assigning
from arbitration.forms.assigning import AssignManyForm, assign_many_form
from arbitration.views.desk import reader_of
from arbitration.views.queue import queue_page, queue_url
from cpor_portal.accounts.models import User
from cpor_portal.faults import Refused
from cpor_portal.look.errors import answers_faults


@require_POST
@answers_faults("arbitration:queue")
def assign_many(request: HttpRequest) -> HttpResponse:
    """Gives the ticked claims to a person, or with none back to the queue: all or none, and the page they stood on.

    What is refused comes back in the queue, status 422, each claim that cannot be given with its cause.
    """
    reader, form = reader_of(request), assign_many_form(request.POST)
    if form.is_valid() and _is_done(request, reader, form):
        return redirect(queue_url(form.cleaned_data["in"], form.cleaned_data["after"]))
    page = QueryDict(request.POST.get("in", "")[:2_000], mutable=True)
    page["after"] = request.POST.get("after", "")
    return queue_page(request, reader, page, assigning=form)


def _is_done(request: HttpRequest, reader: User, form: AssignManyForm) -> bool:
    given = form.cleaned_data
    try:
        address = _to_whom(request, given["reviewer"])
        claims = assigning.assign_many(
            references=given["claims"],
            by=reader,
            reviewer_email=address,
            note=given["note"],
            despite_load=given["despite_load"],
        )
    except assigning.NotAllCan as fault:
        form.refuse(fault, fault.faults)
        return False
    except Refused as fault:
        form.refuse(fault)
        return False
    messages.success(request, _told(len(claims), is_given=bool(address)))
    return True


def _to_whom(request: HttpRequest, address: str) -> str:
    """The person's address; nothing for the queue, which the page has a button of its own for. Raises Refused.

    Whoever presses the other button and has chosen nobody has forgotten to: nothing goes back by mistake.
    """
    if "back" in request.POST:
        return ""
    if "assign" in request.POST and not address.strip():
        raise Refused("reviewer_required", _("Choose to whom the claims are given."), field="reviewer")
    return address.strip()


def _told(count: int, *, is_given: bool) -> str:
    if is_given:
        words = ngettext("%(count)d claim has been assigned.", "%(count)d claims have been assigned.", count)
    else:
        words = ngettext("%(count)d claim is back in the queue.", "%(count)d claims are back in the queue.", count)
    return words % {"count": count}
