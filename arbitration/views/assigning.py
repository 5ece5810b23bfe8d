"""Many claims at once: given to one person, or put back into the queue, from the rows of the queue."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from arbitration.acts import assign as assigning
from arbitration.forms.assigning import AssignManyForm, assign_many_form
from arbitration.views.confirming import mails_first
from arbitration.views.desk import reader_of
from arbitration.views.queue import queue_page, queue_url
from cpor_portal.accounts.models import User
from cpor_portal.faults import Refused
from cpor_portal.look.errors import answers_faults


@require_POST
@answers_faults("arbitration:queue")
def assign_many(request: HttpRequest) -> HttpResponse:
    """Gives the ticked claims to a person, or with none back to the queue: all or none, and the page they stood on.

    With `preview` the exact mails come first, where there are any; with `edit` the ticks and the bar come back. What is
    refused comes back in the queue, status 422, each claim that cannot be given with its cause.
    """
    reader, form = reader_of(request), assign_many_form(request.POST)
    if form.is_valid() and "edit" not in request.POST and (answer := _answer(request, reader, form)):
        return answer
    page = QueryDict(request.POST.get("in", "")[:2_000], mutable=True)
    page["after"] = request.POST.get("after", "")
    return queue_page(request, reader, page, assigning=form)


def _answer(request: HttpRequest, reader: User, form: AssignManyForm) -> HttpResponse | None:
    """The page of the mails, or the way back where it is done; None where it was refused."""
    given = form.cleaned_data
    try:
        address = _to_whom(request, given["reviewer"])
        doing = partial(
            assigning.assign_many,
            references=given["claims"],
            by=reader,
            reviewer_email=address,
            note=given["note"],
            despite_load=given["despite_load"],
        )
        back = queue_url(given["in"], given["after"])
        if page := mails_first(request, doing, _on_queue(form, back)):
            return page
        claims = doing()
    except assigning.NotAllCan as fault:
        form.refuse(fault, fault.faults)
        return None
    except Refused as fault:
        form.refuse(fault)
        return None
    messages.success(request, _told(len(claims), is_given=bool(address)))
    return redirect(back)


def _on_queue(form: AssignManyForm, back: str) -> dict[str, Any]:
    address = reverse("arbitration:assign_many")
    return {"form": form, "address": address, "part": "assign-many", "up_url": back, "up": _("Review queue")}


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
