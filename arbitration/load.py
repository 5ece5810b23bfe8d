"""How much each of those who review has in hand, against their limit; for the pages and the acts that give work out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Q

from arbitration.absences import absences_now
from arbitration.models import Absence, Desk
from arbitration.permissions import reviewers
from claims.models import Claim
from claims.words import Status
from cpor_portal.accounts.models import User

# What waits for Microsoft: a claim that waits for its partner is no load (docs/decisions/taking-work.md).
IN_LOAD = (Status.SUBMITTED, Status.UNDER_REVIEW)


def limit_of(desk: Desk | None) -> int:
    """How many claims that wait for Microsoft the person may have; 0 means that there is no limit."""
    own = desk.load_limit if desk else None
    return settings.REVIEWER_LOAD_LIMIT if own is None else own


def load_of(person: User) -> int:
    """How many claims that wait for Microsoft the person has now."""
    return Claim.objects.filter(reviewer=person, status__in=IN_LOAD).count()


@dataclass(frozen=True)
class Load:
    """What one of those who review has: all open claims, those that wait for Microsoft, and what limits them."""

    person: User
    open_claims: int
    waiting: int
    overdue: int
    limit: int
    absence: Absence | None
    is_own_limit: bool = False

    @property
    def with_partner(self) -> int:
        """The open claims that wait for their partner."""
        return self.open_claims - self.waiting

    @property
    def is_full(self) -> bool:
        """Whether no further claim may be taken."""
        return bool(self.limit) and self.waiting >= self.limit


def loads(now: datetime, people: Iterable[User] | None = None) -> list[Load]:
    """Everybody who reviews (or `people`), by name; four queries, however many people and claims there are."""
    who = list(reviewers() if people is None else people)
    counts = _counts(now, who)
    desks = {desk.person_id: desk for desk in Desk.objects.filter(person__in=who)}
    away = absences_now(now)
    return [_load(person, counts.get(person.pk, (0, 0, 0)), desks.get(person.pk), away) for person in who]


def _load(person: User, counted: tuple[int, int, int], desk: Desk | None, away: dict[int, Absence]) -> Load:
    is_own = desk is not None and desk.load_limit is not None
    return Load(person, *counted, limit_of(desk), away.get(person.pk), is_own)


def _counts(now: datetime, who: Sequence[User]) -> dict[int, tuple[int, int, int]]:
    """Open, waiting and overdue claims by the id of their reviewer.

    Counted is what the index claims_of_reviewer has: for anything else the rows would be read.
    """
    counted = (
        Claim.objects.open()
        .filter(reviewer__in=who)
        .order_by()
        .values("reviewer")
        .annotate(
            all=Count("reviewer"),
            waiting=Count("reviewer", filter=Q(status__in=IN_LOAD)),
            overdue=Count("reviewer", filter=Q(status__in=IN_LOAD, due_at__lt=now)),
        )
    )
    return {row["reviewer"]: (row["all"], row["waiting"], row["overdue"]) for row in counted}
