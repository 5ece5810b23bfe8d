"""Starting the review of a claim, or taking over a round that nobody has."""

from datetime import datetime

from django.db import transaction

from arbitration.acts.check import carry_over
from arbitration.acts.desks import lock_desk, require_room, require_there
from arbitration.models import Review
from arbitration.permissions import has_a_reviewer, require_free, require_role, require_unbarred
from claims.acts import reading
from claims.acts.ground import Doing, begin, conclude, lock_claim, record
from claims.models import Claim
from claims.transitions import Act
from claims.words import Audience, Status
from cpor_portal.accounts.models import User


def start_review(*, reference: str, by: User, version: int | None = None, at: datetime | None = None) -> Claim:
    """A reviewer or arbiter starts the current round: Under review, and the partner can no longer edit.

    Harmless for whoever has already started it. A round that is under way and that nobody has is taken over instead.
    A resubmitted claim belongs to the reviewer who asked, as long as that person reviews and is not away; an arbiter
    may step in. Raises Conflict naming the colleague who was first or has it, NotAllowed for everybody else and for
    whoever is barred, Refused (`reviewer_absent`, `load_limit_reached`). `at` (aware) is when it happened, now unless
    it is told afterwards.
    """
    require_role(by)
    with transaction.atomic():
        desk = lock_desk(by)
        claim = lock_claim(reference)
        is_under_way = claim.status == Status.UNDER_REVIEW
        if is_under_way and claim.reviewer_id == by.pk:
            return claim
        act = Act.TAKE if is_under_way and not has_a_reviewer(claim) else Act.START_REVIEW
        doing = begin(reference=reference, act=act, by=by, version=version, at=at)
        require_free(by, doing.claim)
        require_there(by, doing.at)
        if claim.reviewer_id != by.pk:
            require_room(desk, by)
        take_on(doing, by)
    return doing.claim


def take_on(doing: Doing, by: User) -> None:
    """Give the claim to `by` in an act under way that has made sure of the rest: start the round, or go on in it."""
    require_unbarred(by, doing.claim)
    if doing.act == Act.TAKE:
        _go_on(doing, by)
    else:
        _start(doing, by)


def _start(doing: Doing, by: User) -> None:
    review = Review.objects.create(claim=doing.claim, round=doing.claim.round, reviewer=by, started_at=doing.at)
    carry_over(doing, review, by)
    conclude(doing, fields={"reviewer": by, "review_started_at": doing.at}, data={"round": doing.claim.round})
    reading.look_if_changed(doing.claim)


def _go_on(doing: Doing, by: User) -> None:
    """The round stays the round of whoever started it, and the firm learns nothing, as where an arbiter assigns."""
    claim = doing.claim
    before = claim.reviewer
    claim.reviewer, claim.version = by, claim.version + 1
    claim.save(update_fields=["reviewer", "version"])
    data = {"before": before.pk, "before_name": str(before)} if before else {}
    record(doing, before=Status(claim.status), data=data, audience=Audience.INTERNAL)
