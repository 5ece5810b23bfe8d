"""Who is reading. Every page here stands behind the sign-in."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from claims.models import Claim
from cpor_portal.accounts import permissions as people
from cpor_portal.accounts.models import User

PARTNERS_HOME = "claims:list"


def reader_of(request: HttpRequest) -> User:
    """The person who sent the request; SignInRequiredMiddleware lets nobody else through."""
    return cast(User, request.user)


def to_own_home(reader: User) -> HttpResponse | None:
    """Where Microsoft's people go instead of a firm's lists; None for everybody else."""
    home = people.home_of(reader)
    return None if home == PARTNERS_HOME else redirect(home)


def to_workspace(reader: User, claim: Claim) -> HttpResponse | None:
    """Where reviewers go instead of the partner's page of a claim; None for everybody else."""
    return redirect("arbitration:workspace", claim.reference) if people.is_reviewer(reader) else None


def to_proof_at_desk(request: HttpRequest, reader: User, claim: Claim) -> HttpResponse | None:
    """Where reviewers look at the same page of the proof; None for everybody else."""
    if not people.is_reviewer(reader):
        return None
    return redirect(f"{reverse('arbitration:proof', args=[claim.reference])}?{request.GET.urlencode()}")
