"""Approving lines: the firm becomes the partner of record."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from arbitration.acts.cells import accepted
from arbitration.acts.ground import begin_decision, decide_round
from arbitration.facts import look_up
from arbitration.models import ReviewDecision
from claims import mails
from claims.acts import contests
from claims.acts.ground import Doing, chosen, conclude, lock_lines, read_claim, require_possible, set_outcome
from claims.models import Association, Claim, ClaimLine
from claims.transitions import BY_ACT, Act
from claims.words import Outcome
from cpor_portal.accounts.models import User
from cpor_portal.directory.source import directory
from cpor_portal.faults import Refused


def approve(
    *,
    reference: str,
    by: User,
    line_ids: Sequence[int] = (),
    despite_facts: bool = False,
    despite_cells: bool = False,
    version: int | None = None,
    at: datetime | None = None,
) -> Claim:
    """Associate lines (none named: all that are pending) with the firm, from this instant.

    The reviewer who has the claim, or an arbiter, may. A product that another firm holds or claims can not be
    approved: Refused `contested`, looked up again under the target's lock, whatever the page said. Facts that no
    longer hold are refused once (`facts_do_not_verify`); with `despite_facts` the reviewer approves knowingly, and
    the history says so. What was ticked as missing in the proof matrix is refused once likewise (`cells_missing`,
    `despite_cells`). `at` (aware) is when it happened, now unless it is told afterwards. Other faults: Conflict,
    NotAllowed, Refused `no_lines`. Cells of the proof matrix that were ticked as holding are published as accepted.
    """
    failing = _failing_facts(reference, by, line_ids, version)
    if failing and not despite_facts:
        raise _facts_do_not_verify(failing)
    with transaction.atomic():
        doing = begin_decision(reference=reference, act=Act.APPROVE, by=by, version=version, at=at)
        lines = lock_lines(doing.claim)
        contested = _contested(lines, line_ids)
        approved = chosen(doing, [line for line in lines if line not in contested], line_ids)
        said = accepted(doing, by, lines=approved, despite_cells=despite_cells)
        set_outcome(doing, approved, Outcome.ASSOCIATED, decided=True)
        _associate(doing, approved)
        decide_round(doing, ReviewDecision.APPROVED)
        said.publish(doing)
        data = {
            **{name: cells for name, cells in said.data.items() if name != "cells"},
            "despite": failing,
            "lines": [line.pk for line in approved],
            "products": [line.product.name for line in approved],
        }
        event, _deadline = conclude(doing, data=data)
        mails.approved(claim=doing.claim, event=event, lines=approved)
    return doing.claim


def _failing_facts(reference: str, by: User, line_ids: Sequence[int], version: int | None) -> list[str]:
    """The codes of what no longer holds, asked before anything is locked: the directory may be slow."""
    claim = read_claim(reference)
    require_possible(claim=claim, act=Act.APPROVE, by=by, version=version)
    takes = BY_ACT[Act.APPROVE].takes
    lines = [
        line for line in claim.lines.undecided() if line.pk in set(line_ids) or (not line_ids and line.outcome in takes)
    ]
    checks = look_up(claim, lines, directory(), timezone.now())
    return checks.failures(line.pk for line in lines)


def _facts_do_not_verify(codes: list[str]) -> Refused:
    text = _(
        "Not every fact holds any more (%(codes)s). Ask the partner, or confirm that you approve all the same."
    ) % {"codes": ", ".join(codes)}
    return Refused("facts_do_not_verify", text, field="despite_facts", codes=codes)


def _contested(lines: Sequence[ClaimLine], line_ids: Sequence[int]) -> list[ClaimLine]:
    """The undecided lines on whose target another firm stands now. Raises Refused where one of them was named."""
    named = [line for line in lines if line.pk in set(line_ids)] if line_ids else lines
    undecided = [line for line in named if line.outcome in (Outcome.PENDING, Outcome.CONTESTED)]
    contested = [line for line in undecided if contests.rivals_of(line)]
    # Without a choice the free products go through and the contested ones wait.
    if contested and (line_ids or len(contested) == len(undecided)):
        raise Refused(
            "contested",
            _(
                "Another partner holds or claims %(products)s of this customer. It cannot be approved before"
                " arbitration has decided who holds it; the other products can."
            )
            % {"products": ", ".join(line.product.name for line in contested)},
            field="lines",
            lines=[line.pk for line in contested],
        )
    return contested


def _associate(doing: Doing, lines: Sequence[ClaimLine]) -> None:
    Association.objects.bulk_create(
        Association(target=line.target, firm=doing.claim.firm, line=line, started_at=doing.at) for line in lines
    )
