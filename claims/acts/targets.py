"""Giving lines their targets: creating, locking, and refusing what one's own firm already has."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from claims.acts import contests
from claims.acts.ground import lock_targets
from claims.models import Claim, ClaimLine, Target
from claims.refusals import refused


def meet(claim: Claim, lines: Sequence[ClaimLine], *, beside: Iterable[int] = ()) -> None:
    """Give new lines their targets and lock them, together with the targets in `beside`, in one order.

    An act that needs several targets must take them all here, once: whoever locks some now and others later
    waits for somebody who does it the other way round.
    """
    # Created in a fixed order too, for two acts that insert the same rows in turn would wait for each other.
    for line in sorted(lines, key=lambda line: (line.product_id, str(line.subscription_id))):
        line.target = _target(claim, line)
    lock_targets([*beside, *(line.target_id for line in lines if line.target_id)])


def _target(claim: Claim, line: ClaimLine) -> Target:
    if claim.tenant_id is None:
        raise ValueError("a claim without a tenant can not be filed")
    target, _created = Target.objects.get_or_create(
        tenant_id=claim.tenant_id, product=line.product, subscription_id=line.subscription_id
    )
    return target


def occupy(lines: Sequence[ClaimLine], *, at: datetime) -> None:
    """Submit these lines, whose targets are locked: each is marked contested where another firm stands.

    Raises Refused `already_claimed` when the firm itself has an open claim or association there: two
    colleagues may have drafted the same. The unique index `one_open_line_per_firm_and_target` stands behind.
    """
    for line in lines:
        _refuse_own(line)
        line.submitted_at = at
        line.told_contested = contests.rivals_of(line)
        line.save(update_fields=["target", "submitted_at", "told_contested", "outcome"])
    if lines:
        contests.mark((line.target_id for line in lines if line.target_id), at=at, filing=lines[0].claim)


def _refuse_own(line: ClaimLine) -> None:
    own = (
        ClaimLine.objects.occupying()
        .filter(target=line.target, firm=line.firm_id)
        .exclude(pk=line.pk)
        .select_related("claim")
        .first()
    )
    if own is not None:
        raise refused("already_claimed", field="products", product=line.product.name, existing=own.claim.reference)
