"""The list of the firm's claims."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from claims.listing import Listing, Wanted, listing
from claims.permissions import may_start_draft
from claims.views.forms import FilterForm
from claims.views.reader import reader_of, to_own_home
from claims.words import Status
from cpor_portal.accounts import permissions as people
from cpor_portal.accounts.models import User

NOTHING = Wanted(status="none")


@dataclass(frozen=True)
class Tab:
    """The claims of one status, with their number; the first tab has all."""

    label: str
    value: str | None
    count: int
    is_current: bool


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The claims of the reader's firm, drafts too. Microsoft's people are sent to their own start page."""
    reader = reader_of(request)
    if away := to_own_home(reader):
        return away
    form = FilterForm(request.GET, locations=_locations(reader))
    wanted = Wanted(**form.cleaned_data) if form.is_valid() else NOTHING
    found = listing(reader, wanted, request.GET.get("page", ""))
    context = {
        "form": form,
        "wanted": wanted,
        "listing": found,
        "tabs": _tabs(found, wanted.status),
        "may_start": may_start_draft(reader),
    }
    return render(request, "claims/list.html", context, status=200 if form.is_valid() else 422)


def _locations(reader: User) -> list[tuple[str, str]]:
    """The firm's locations, with its own labels, as choices."""
    firm = people.firm_of(reader)
    rows = firm.locations.values_list("mpn_id", "name", "own_label") if firm else []
    return [(mpn_id, " · ".join(part for part in (mpn_id, name, label) if part)) for mpn_id, name, label in rows]


def _tabs(found: Listing, current: str) -> list[Tab]:
    tabs = [Tab(_("All"), None, found.total, not current)]
    return tabs + [
        _tab(status, found.counts, current) for status in Status if status in found.counts or status == current
    ]


def _tab(status: Status, counts: Mapping[str, Any], current: str) -> Tab:
    return Tab(str(status.label), status.value, counts.get(status, 0), status == current)
