"""The whole history of a claim, and what was handed in with each submission."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from claims.permissions import claim_for
from claims.shown import history_of, snapshots_of
from claims.views.reader import reader_of


@require_safe
def show(request: HttpRequest, reference: str) -> HttpResponse:
    """For the claim's firm, and for reviewers with the internal entries; 404 for everybody else."""
    reader = reader_of(request)
    claim = claim_for(reader, reference)
    context = {"claim": claim, "history": history_of(claim, reader), "snapshots": snapshots_of(claim, reader)}
    return render(request, "claims/history.html", context)
