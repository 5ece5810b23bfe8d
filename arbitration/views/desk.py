"""The pages that a reviewer reads: the queue and the workspace."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from arbitration import workspace as workspaces
from arbitration.forms.acts import ActForm
from arbitration.forms.filters import FilterForm
from arbitration.permissions import require_reviewer
from arbitration.queue import ALL, WAITING, page_of
from claims.models import Claim
from claims.permissions import claim_for
from cpor_portal.accounts.models import User


def reader_of(request: HttpRequest) -> User:
    """Who asks. Raises Http404 unless it is a reviewer or an arbiter."""
    if not isinstance(request.user, User):
        raise Http404
    return require_reviewer(request.user)


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The queue, one page by its filters and cursor."""
    reader, now = reader_of(request), timezone.now()
    form = FilterForm(request.GET)
    filters = form.filters()
    page = page_of(reader, filters, now=now, after=request.GET.get("after", ""))
    context = {
        "form": form,
        "filters": filters,
        "page": page,
        "is_filtered": filters != type(filters)(),
        "searches_waiting_only": bool(filters.q) and page.filters.status == WAITING,
        "every_status": ALL,
    }
    return render(request, "arbitration/queue.html", context)


@require_safe
def workspace(request: HttpRequest, reference: str) -> HttpResponse:
    """One claim, with its facts looked up again."""
    reader = reader_of(request)
    return workspace_page(request, claim_for(reader, reference), reader)


def workspace_page(
    request: HttpRequest, claim: Claim, reader: User, refused: ActForm | None = None, *, drafted: ActForm | None = None
) -> HttpResponse:
    """The workspace; 422 with `refused` open in it, everything typed kept, where an act refused.

    `drafted` is a form whose text was just written: it is open as well, and nothing is wrong with it.
    """
    shown = refused or drafted
    context = {"work": workspaces.workspace(claim, reader, shown), "refused": shown, "claim": claim}
    return render(request, "arbitration/workspace.html", context, status=422 if refused else 200)
