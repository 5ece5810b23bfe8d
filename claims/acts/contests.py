"""Where two firms meet: marking lines contested, under the locks of their targets.

domain.md, "Competing claims": a product is contested while another firm holds it or has an open claim for it.
A firm is told of that at its own submission; nobody is told that somebody came after them.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from claims.models import ClaimLine, Event
from claims.models.claim import Claim
from claims.transitions import Actor
from claims.words import Audience, Outcome

MARKED = {True: Outcome.CONTESTED, False: Outcome.PENDING}
VERBS = {True: "became_contested", False: "no_longer_contested"}


def rivals_of(line: ClaimLine) -> bool:
    """Whether another firm stands on this line's target. Call it under the target's lock to rely on it."""
    return ClaimLine.objects.occupying().filter(target=line.target_id).exclude(firm=line.firm_id).exists()


def mark(target_ids: Iterable[int], *, at: datetime, filing: Claim | None = None) -> None:
    """Bring the marks of all undecided lines on these targets up to date. The targets must be locked.

    `filing` is the claim that is being filed just now: its own event will tell, it needs no second one.

    Lines that are asked, verified or decided keep their outcome: an asked line is looked at again when it is
    resubmitted, the others are past this point.
    """
    standing = ClaimLine.objects.occupying().filter(target__in=set(target_ids)).order_by("target", "pk")
    for _target, rivals in groupby(standing, key=attrgetter("target_id")):
        lines = list(rivals)
        for line in lines:
            contested = any(other.firm_id != line.firm_id for other in lines)
            if line.outcome in MARKED.values() and line.outcome != MARKED[contested]:
                ClaimLine.objects.filter(pk=line.pk).update(outcome=MARKED[contested])
                if filing is None or line.claim_id != filing.pk:
                    _note(line, contested=contested, at=at)


def _note(line: ClaimLine, *, contested: bool, at: datetime) -> None:
    # The claim may be another firm's and is not locked here: read what stands there, change nothing of it.
    claim = Claim.objects.get(pk=line.claim_id)
    Event.objects.create(
        claim=claim,
        verb=VERBS[contested],
        at=at,
        actor=None,
        actor_role=Actor.PORTAL,
        audience=Audience.INTERNAL,
        status_before=claim.status,
        status_after=claim.status,
        claim_version=claim.version,
        data={"line": line.pk, "product": line.product_id},
    )
