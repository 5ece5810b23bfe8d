"""The page of one round of a claim, for reviewers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from arbitration.rounds import round_page
from arbitration.views.desk import reader_of
from arbitration.views.places import carried
from claims.permissions import claim_for


@require_safe
def show(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """The claim as it was handed in for round `number`, and what was decided then; 404 for a round there was not."""
    reader = reader_of(request)
    claim = claim_for(reader, reference)
    context = {"claim": claim, "page": round_page(claim, reader, number), **carried(request)}
    return render(request, "arbitration/round.html", context)
