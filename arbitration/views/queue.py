"""The queue, and the filters that a reviewer keeps."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from arbitration.filtering import ALL, WAITING, Filters, Look
from arbitration.forms.assigning import AssignManyForm, assign_many_form
from arbitration.forms.filters import FilterForm, SaveFilterForm
from arbitration.permissions import reviewers
from arbitration.queue import Page, page_of
from arbitration.shelves import shelves
from arbitration.views.desk import reader_of
from arbitration.visits import look_in
from cpor_portal.accounts.models import User
from cpor_portal.accounts.permissions import is_arbiter


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The queue, one page by its filters and cursor."""
    return queue_page(request, reader_of(request), request.GET)


def queue_page(
    request: HttpRequest,
    reader: User,
    query: QueryDict,
    *,
    saving: SaveFilterForm | None = None,
    assigning: AssignManyForm | None = None,
) -> HttpResponse:
    """The page of the queue that `query` asks for (its filters and `after`); 422 with a form that was refused in it.

    `saving` keeps filters under a name; `assigning` gives claims away, for arbiters, its rows still ticked.
    """
    form, after = FilterForm(query, reviewers()), query.get("after", "")
    filters = form.filters()
    look = Look(reader, timezone.now(), look_in(reader, timezone.now()))
    page = page_of(reader, filters, now=look.now, after=after, since=look.since)
    common, own = shelves(look, filters)
    bar = _assigning(reader, assigning, filters, after)
    context = {
        "form": form,
        "page": page,
        "shelves": common,
        "own_shelves": own,
        "is_filtered": filters != Filters(),
        "is_paged": bool(after),
        "saving": saving or SaveFilterForm(query=filters.query),
        "is_refused": saving is not None,
        "assigning": bar,
        "ticked_elsewhere": _not_shown(bar, page),
        **_addresses(page, filters),
    }
    is_refused = saving is not None or bool(assigning and assigning.errors)
    return render(request, "arbitration/queue.html", context, status=422 if is_refused else 200)


def _assigning(reader: User, refused: AssignManyForm | None, filters: Filters, after: str) -> AssignManyForm | None:
    """The bar is for arbiters alone."""
    if not is_arbiter(reader):
        return None
    return refused or assign_many_form(query=filters.query, after=after)


def _not_shown(bar: AssignManyForm | None, page: Page) -> list[str]:
    """What was ticked and has left the page meanwhile: it stays ticked, beside the bar."""
    shown = {row.reference for row in page.rows}
    return [reference for reference in bar.ticked if reference not in shown] if bar else []


def _addresses(page: Page, filters: Filters) -> dict[str, Any]:
    """Whither the page leads, with its filters. A search in what waits for Microsoft offers every status."""
    every = Filters(**{**filters.__dict__, "status": ALL})
    searches = bool(filters.q) and page.filters.status == WAITING
    return {
        "first_url": queue_url(filters.query),
        "next_url": queue_url(filters.query, page.after) if page.after else "",
        "every_status_url": queue_url(every.query) if searches else "",
    }


def queue_url(query: str = "", after: str = "") -> str:
    """The address of the queue with filters, as `Filters.query` writes them, and a cursor."""
    whole = "&".join(part for part in (query, urlencode({"after": after}) if after else "") if part)
    address = reverse("arbitration:queue")
    return f"{address}?{whole}" if whole else address
