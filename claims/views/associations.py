"""What the firm holds and held."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from claims.permissions import visible_associations
from claims.views.reader import reader_of, to_own_home

PAGE_SIZE = 25


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The associations of the reader's firm, newest first. Microsoft's people go to their own start page."""
    reader = reader_of(request)
    if away := to_own_home(reader):
        return away
    associations = visible_associations(reader).select_related("target__product", "line__claim")
    page = Paginator(associations, PAGE_SIZE).get_page(request.GET.get("page", ""))
    return render(request, "claims/associations.html", {"page": page})
