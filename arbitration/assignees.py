"""Whom a claim can be given to, and how much each of them has."""

from dataclasses import dataclass

from django.db.models import Count

from arbitration.permissions import reviewers
from claims.models import Claim
from cpor_portal.accounts.models import User


@dataclass(frozen=True)
class Assignee:
    """A reviewer or arbiter, and the number of open claims that are this person's now."""

    person: User
    open_claims: int


def assignees() -> list[Assignee]:
    """Everybody who reviews, by name; two queries, however many claims there are."""
    counted = Claim.objects.open().filter(reviewer__isnull=False).order_by().values_list("reviewer")
    open_claims = dict(counted.annotate(number=Count("pk")))
    return [Assignee(person, open_claims.get(person.pk, 0)) for person in reviewers()]
