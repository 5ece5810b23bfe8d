"""Starting a review, and taking the next claim from the queue."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from arbitration.acts.check import carry_over
from arbitration.models import Review
from arbitration.permissions import require_free, require_role
from claims.acts import reading
from claims.acts.ground import Doing, begin, conclude, lock_claim
from claims.models import Claim
from claims.transitions import Act
from claims.words import Status
from cpor_portal.accounts.models import StaffRole, User


def start_review(*, reference: str, by: User, version: int | None = None, at: datetime | None = None) -> Claim:
    """A reviewer or arbiter starts the current round: Under review, and the partner can no longer edit.

    Harmless for whoever has already started it. A resubmitted claim belongs to the reviewer who asked, as long as
    that person reviews; an arbiter may step in. Raises Conflict naming the colleague who was first or has it,
    NotAllowed for everybody else. `at` (aware) is when it happened, now unless it is told afterwards.
    """
    require_role(by)
    with transaction.atomic():
        claim = lock_claim(reference)
        if claim.status == Status.UNDER_REVIEW and claim.reviewer_id == by.pk:
            return claim
        doing = begin(reference=reference, act=Act.START_REVIEW, by=by, version=version, at=at)
        require_free(by, doing.claim)
        _start(doing, by)
    return doing.claim


def _start(doing: Doing, by: User) -> None:
    review = Review.objects.create(claim=doing.claim, round=doing.claim.round, reviewer=by, started_at=doing.at)
    carry_over(doing, review, by)
    conclude(doing, fields={"reviewer": by, "review_started_at": doing.at}, data={"round": doing.claim.round})
    reading.look_if_changed(doing.claim)


def _free_for(by: User) -> Q:
    """What nobody has, what `by` has, and what somebody has who no longer reviews: in words, `require_free`."""
    reviews = Q(reviewer__is_active=True, reviewer__staff_role__in=[StaffRole.REVIEWER, StaffRole.ARBITER])
    return Q(reviewer=None) | Q(reviewer=by) | ~reviews


def take_next(*, by: User, at: datetime | None = None) -> Claim | None:
    """Give `by` the most urgent claim that waits for a reviewer, and start its review; None when none waits.

    Most urgent is what is due first, missed deadlines before all. A resubmitted claim waits for the reviewer
    who asked, as long as that person reviews. Rows that a colleague is taking at this moment are passed over
    (SKIP LOCKED), so no two reviewers ever get the same claim. Reviewers and arbiters may; raises NotAllowed
    for others.
    """
    require_role(by)
    with transaction.atomic():
        waiting = (
            Claim.objects.filter(_free_for(by), status=Status.SUBMITTED)
            .order_by("due_at", "id")
            .select_for_update(
                of=("self",), no_key=True, skip_locked=connection.features.has_select_for_update_skip_locked
            )
        )
        claim = waiting.first()
        if claim is None:
            return None
        doing = begin(reference=claim.reference, act=Act.START_REVIEW, by=by, at=at or timezone.now())
        _start(doing, by)
    return doing.claim
