"""The step of a decision that approves: the firm becomes the partner of record."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from arbitration.acts.cells import accepted
from arbitration.acts.ground import Done
from arbitration.facts import look_up
from arbitration.verdicts import Part, Verdict
from claims.acts import contests
from claims.acts.ground import Doing, chosen, conclude, lock_lines, read_claim, require_possible, set_outcome
from claims.models import Association, ClaimLine
from claims.transitions import BY_ACT, Act
from claims.words import Outcome
from cpor_portal.accounts.models import User
from cpor_portal.directory.source import directory
from cpor_portal.faults import Refused


@dataclass(frozen=True)
class Despite:
    """What an approval is given in spite of: codes of facts that do not hold, and cells that were ticked as missing."""

    facts: Sequence[str] = field(default_factory=list)
    cells: bool = False


def approve_lines(doing: Doing, by: User, part: Part, despite: Despite) -> Done:
    """Associate the lines of `part` (none named: all that are pending) with the firm, from this instant.

    A product that another firm holds or claims can not be approved: Refused `contested`, looked up again under the
    target's lock, whatever the page said. What was ticked as missing in the proof matrix is refused once
    (`cells_missing`); the history says what it was approved in spite of. Cells that were ticked as holding are
    published as accepted.
    """
    lines = lock_lines(doing.claim)
    contested = _contested(lines, part.line_ids)
    approved = chosen(doing, [line for line in lines if line not in contested], part.line_ids)
    said = accepted(doing, by, lines=approved, despite_cells=despite.cells)
    set_outcome(doing, approved, Outcome.ASSOCIATED, decided=True)
    _associate(doing, approved)
    said.publish(doing)
    data = {
        **{name: cells for name, cells in said.data.items() if name != "cells"},
        "despite": list(despite.facts),
        "lines": [line.pk for line in approved],
        "products": [line.product.name for line in approved],
    }
    event, deadline = conclude(doing, data=data)
    return Done(Verdict.APPROVE, event, approved, deadline)


def failing_facts(
    reference: str, by: User, line_ids: Sequence[int], version: int | None, *, despite: bool
) -> list[str]:
    """The codes of what no longer holds, asked before anything is locked: the directory may be slow.

    Raises Refused `facts_do_not_verify` where there are any, unless the reviewer approves `despite` them, knowingly.
    """
    claim = read_claim(reference)
    require_possible(claim=claim, act=Act.APPROVE, by=by, version=version)
    takes = BY_ACT[Act.APPROVE].takes
    undecided = claim.lines.undecided().select_related("product")
    lines = [line for line in undecided if line.pk in set(line_ids) or (not line_ids and line.outcome in takes)]
    failing = look_up(claim, lines, directory(), timezone.now()).failures(line.pk for line in lines)
    if failing and not despite:
        raise _facts_do_not_verify(failing)
    return failing


def _facts_do_not_verify(codes: list[str]) -> Refused:
    text = _(
        "Not every fact holds any more (%(codes)s). Ask the partner, or confirm that you approve all the same."
    ) % {"codes": ", ".join(codes)}
    return Refused("facts_do_not_verify", text, field="despite_facts", codes=codes, verdict=Verdict.APPROVE)


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
