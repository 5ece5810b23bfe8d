"""Where a reader stands in the queue: the filters (`in`) and the row (`at`) that a claim's page carries along.

An act leads back to the page in the same place, so that "next" still means the next one of the filters.
"""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

NAMES = ("in", "at")
LONGEST = 2000


def place_of(request: HttpRequest) -> dict[str, str]:
    """The place that the request names, in its address or its form; empty where it names none."""
    found = {name: request.GET.get(name, request.POST.get(name, "")) for name in NAMES}
    return {name: value for name, value in found.items() if value and len(value) <= LONGEST}


def place_query(request: HttpRequest) -> str:
    """The place as the end of an address: "?in=…&at=…", or nothing."""
    place = place_of(request)
    return f"?{urlencode(place)}" if place else ""


def carried(request: HttpRequest) -> dict[str, str]:
    """What a page's links carry along: the place as an address of its own ends, and as one that asks for more does."""
    query = place_query(request)
    return {"place_query": query, "place": query.replace("?", "&", 1)}


def workspace_address(request: HttpRequest, reference: str, part: str = "") -> str:
    """The address of a claim's workspace in the same place; `part` is the id of a section."""
    address = f"{reverse('arbitration:workspace', args=[reference])}{place_query(request)}"
    return f"{address}#{part}" if part else address


def room_address(request: HttpRequest, reference: str) -> str:
    """The address of the pages of a claim's proof, in the same place."""
    return f"{reverse('arbitration:proof', args=[reference])}{place_query(request)}"


def to_workspace(request: HttpRequest, reference: str, part: str = "") -> HttpResponse:
    """Back to a claim's workspace, in the same place."""
    return redirect(workspace_address(request, reference, part))
