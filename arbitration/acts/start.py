"""Starting a review, and taking the next claim from the queue."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from arbitration.models import Review
from arbitration.permissions import require_role
from claims.acts.ground import Doing, begin, conclude
from claims.models import Claim
from claims.transitions import Act
from claims.words import Status
from cpor_portal.accounts.models import User
from cpor_portal.faults import Conflict


def start_review(*, reference: str, by: User, version: int | None = None) -> Claim:
    """A reviewer or arbiter starts the current round: Under review, and the partner can no longer edit.

    Harmless for whoever has already started it. Raises Conflict naming the colleague who was first, also
    where a resubmitted claim belongs to the reviewer who asked; NotAllowed for everybody else.
    """
    require_role(by)
    with transaction.atomic():
        claim = Claim.objects.select_for_update(of=("self",), no_key=True).get(reference=reference)
        if claim.status == Status.UNDER_REVIEW and claim.reviewer_id == by.pk:
            return claim
        doing = begin(reference=reference, act=Act.START_REVIEW, by=by, version=version)
        if doing.claim.reviewer_id not in (None, by.pk):
            text = _("%(name)s has this claim. An arbiter can reassign it.") % {"name": doing.claim.reviewer}
            raise Conflict("somebody_else_has_it", text, claim=doing.claim)
        _start(doing, by)
    return doing.claim


def _start(doing: Doing, by: User) -> None:
    Review.objects.create(claim=doing.claim, round=doing.claim.round, reviewer=by, started_at=doing.at)
    conclude(doing, fields={"reviewer": by, "review_started_at": doing.at}, data={"round": doing.claim.round})


def take_next(*, by: User, at: datetime | None = None) -> Claim | None:
    """Give `by` the most urgent claim that waits for a reviewer, and start its review; None when none waits.

    Most urgent is what is due first, missed deadlines before all. A resubmitted claim waits for the reviewer
    who asked. Rows that a colleague is taking at this moment are passed over (SKIP LOCKED), so no two
    reviewers ever get the same claim. Reviewers and arbiters may; raises NotAllowed for others.
    """
    require_role(by)
    with transaction.atomic():
        waiting = (
            Claim.objects.filter(Q(reviewer=None) | Q(reviewer=by), status=Status.SUBMITTED)
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
