"""Taking the next claim: the most urgent that this person may decide, and never one that a colleague gets as well."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.tuple_lookups import TupleGreaterThan
from django.utils import timezone

from arbitration.absences import absences_now
from arbitration.acts.desks import has_room, load_limit_reached, lock_desk, require_there
from arbitration.acts.start import take_on
from arbitration.load import IN_LOAD
from arbitration.models import Bar
from arbitration.people import who_may_have_claims
from arbitration.permissions import require_role, standing_bars
from claims.acts.ground import begin
from claims.models import Claim, ClaimLine, Event
from claims.transitions import REVIEWED_NEXT, Act
from claims.words import Status
from cpor_portal.accounts.models import StaffRole, User

# More than ever take at the same moment, so that somewhere in a portion there is a claim that nobody holds locked.
PORTION = 50
Place = tuple[datetime, int]
"""Where a claim stands in the queue: when it is due, and its id."""


def take_next(*, by: User, at: datetime | None = None) -> Claim | None:
    """Give `by` the most urgent claim that waits for a reviewer, and start or go on with its review; None if none does.

    Most urgent is what is due first, missed deadlines before all, among what `by` has and has not started, what nobody
    has, and what somebody has who left or is away. Claims from which `by` is barred, and those that `by` has handed
    back, are left to the others. Nobody
    waits for a claim: rows that a colleague is taking at this moment are passed over (SKIP LOCKED), so no two people
    ever get the same. Reviewers and arbiters may. Raises NotAllowed; Refused `reviewer_absent`, or
    `load_limit_reached` where there is no claim of their own either. `at` is aware, now unless given.
    """
    require_role(by)
    at = at or timezone.now()
    with transaction.atomic():
        desk = lock_desk(by)
        require_there(by, at)
        is_full = not has_room(desk, by)
        claim = _lock_first(_Waiting(by, at, own_alone=is_full))
        if claim is None and is_full:
            raise load_limit_reached(desk)
        if claim is None:
            return None
        act = Act.TAKE if claim.status == Status.UNDER_REVIEW else Act.START_REVIEW
        doing = begin(reference=claim.reference, act=act, by=by, at=at)
        take_on(doing, by)
    return doing.claim


class _Waiting:
    """What waits for one person, as conditions; whoever is away or gone, and what bars the person, are read once."""

    def __init__(self, by: User, at: datetime, *, own_alone: bool) -> None:
        self.own = Q(reviewer=by, status=Status.SUBMITTED)
        self.parts = [self.own]
        if not own_alone:
            self.parts.append(Q(~_handed_back_by(by), reviewer=None, status__in=IN_LOAD))
            gone = _gone(at) - {by.pk}
            self.parts += [Q(reviewer__in=sorted(gone), status__in=IN_LOAD)] if gone else []
        self.barred = _barred(standing_bars().filter(person=by))

    @property
    def either(self) -> Q:
        """All that waits, as one condition; for a handful of claims, never for the whole table."""
        found = Q()
        for part in self.parts:
            found |= part
        return found

    def portion(self, after: Place | None) -> list[Place]:
        """The places of the next claims, most urgent first. A query for each part, so that each has its own index."""
        places = [place for part in self.parts for place in self._places(part, after)]
        return sorted(places)[:PORTION]

    def _places(self, part: Q, after: Place | None) -> list[Place]:
        claims = Claim.objects.filter(part, due_at__isnull=False).exclude(self.barred)
        if after is not None:
            claims = claims.filter(TupleGreaterThan(("due_at", "id"), after))
        found = claims.order_by("due_at", "id").values_list("due_at", "id")[:PORTION]
        return [(due_at, pk) for due_at, pk in found if due_at is not None]


def _lock_first(waiting: _Waiting) -> Claim | None:
    """The first claim that nobody else holds, locked. What was taken since it was seen is passed over."""
    after: Place | None = None
    while portion := waiting.portion(after):
        claim = _locked_of(waiting, [pk for _due, pk in portion])
        if claim is not None:
            return claim
        after = portion[-1]
    return None


def _locked_of(waiting: _Waiting, ids: Sequence[int]) -> Claim | None:
    # A round whose lines all wait for a rival has nothing for a reviewer to do.
    to_review = ClaimLine.objects.filter(claim=OuterRef("pk"), outcome__in=sorted(REVIEWED_NEXT))
    return (
        Claim.objects.filter(waiting.either, Exists(to_review), pk__in=ids)
        .order_by("due_at", "id")
        .select_for_update(of=("self",), no_key=True, skip_locked=connection.features.has_select_for_update_skip_locked)
        .first()
    )


def _handed_back_by(by: User) -> Exists:
    """What `by` handed back with a note is for others; whoever wants it all the same takes it over from its page."""
    back = Event.objects.filter(claim=OuterRef("pk"), verb=Act.HAND_BACK, actor=by, data__why="note")
    return Exists(back.order_by())


def _barred(bars: QuerySet[Bar]) -> Q:
    """The claims that these conflicts of interest keep from the person."""
    standing = list(bars.values_list("firm_id", "claim_id"))
    firms = [firm for firm, claim in standing if claim is None]
    return Q(firm__in=firms) | Q(pk__in=[claim for _firm, claim in standing if claim is not None])


def _gone(at: datetime) -> set[int]:
    """Whose claims are free for all: people who are away `at` this instant, and people who review no longer."""
    reviews = Q(is_active=True, staff_role__in=[StaffRole.REVIEWER, StaffRole.ARBITER])
    left = who_may_have_claims().exclude(reviews)
    return {*absences_now(at), *left.values_list("pk", flat=True)}
