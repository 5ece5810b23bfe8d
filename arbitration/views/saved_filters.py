"""Keeping filters of the queue under a name, and letting them go."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from arbitration import saved_filters
from arbitration.forms.filters import SaveFilterForm, read_filters
from arbitration.views.desk import reader_of
from arbitration.views.queue import queue_page, queue_url
from cpor_portal.faults import Refused


@require_POST
def save_filter(request: HttpRequest) -> HttpResponse:
    """Keeps the filters of the page under a name; what is refused comes back in the queue, status 422."""
    reader = reader_of(request)
    form = SaveFilterForm(request.POST)
    if form.is_valid():
        filters = read_filters(form.cleaned_data["query"])
        try:
            kept = saved_filters.save(owner=reader, name=form.cleaned_data["name"], filters=filters)
        except Refused as fault:
            form.refuse(fault)
        else:
            messages.success(request, _("These filters are kept as “%(name)s”.") % {"name": kept.name})
            return redirect(queue_url(kept.query))
    return queue_page(request, reader, QueryDict(request.POST.get("query", "")[:2_000]), saving=form)


@require_POST
def delete_filter(request: HttpRequest, filter_id: int) -> HttpResponse:
    """Lets filters of the reader's own go."""
    name = saved_filters.delete(owner=reader_of(request), filter_id=filter_id)
    messages.success(request, _("The filters “%(name)s” are no longer kept.") % {"name": name})
    return redirect("arbitration:queue")
