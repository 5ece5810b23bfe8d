"""The steps of a decision that refuse: ask, reject, remove; with reasons, cells and a text, frozen once it is sent."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from arbitration.acts.cells import Spoken, spoken
from arbitration.acts.ground import Done, checked_reasons
from arbitration.verdicts import Part
from claims.acts import contests
from claims.acts.comment import write_comment
from claims.acts.ground import Doing, chosen, conclude, lock_lines, set_outcome
from claims.models import ClaimLine
from claims.words import Audience, Outcome, Reason
from cpor_portal.accounts.models import User
from cpor_portal.faults import Refused


def ask_about_lines(doing: Doing, by: User, part: Part) -> Done:
    """Ask the partner about the lines of `part` (none named: all undecided): Partner action required.

    `part.cells` bring their reasons along; a reason of the proof without one means its whole column
    (`arbitration.cells.named`). Reasons, cells and text become a visible comment and are frozen; cells that were
    ticked as holding are published as accepted, on every product that is still undecided: nothing else can be decided
    before the answer, so all that holds is told now.
    """
    lines = lock_lines(doing.claim)
    asked = chosen(doing, lines, part.line_ids)
    undecided = [line for line in lines if line.is_undecided]
    said = spoken(doing, by, lines=asked, reasons=part.reasons, keys=part.cells, ticked_of=undecided)
    return _refuse(doing, part, asked, said, Outcome.ASKED)


def reject_lines(doing: Doing, by: User, part: Part) -> Done:
    """Reject the lines of `part` (none named: all undecided) with reasons and a text; their targets are free at once.

    Cells as in `ask_about_lines`; the ticked ones of these lines are published as accepted.
    """
    lines = chosen(doing, lock_lines(doing.claim), part.line_ids)
    said = spoken(doing, by, lines=lines, reasons=part.reasons, keys=part.cells)
    return _refuse(doing, part, lines, said, Outcome.REJECTED)


def remove_lines(doing: Doing, by: User, part: Part) -> Done:
    """Take the lines of `part` out of the claim, because the partner asked for it; their targets are free at once.

    Nobody can dispute what was removed, so it takes no other reason: Refused `only_what_was_asked_for`
    (docs/decisions/removing-a-product.md).
    """
    if set(part.reasons) - {Reason.PARTNER_REQUEST} or part.cells:
        text = _("A product is removed only where the partner asked for it. For every other reason, reject it.")
        raise Refused("only_what_was_asked_for", text, field="reasons")
    lines = chosen(doing, lock_lines(doing.claim), part.line_ids)
    said = spoken(doing, by, lines=lines, reasons=[Reason.PARTNER_REQUEST])
    return _refuse(doing, part, lines, said, Outcome.REMOVED)


def _refuse(doing: Doing, part: Part, lines: Sequence[ClaimLine], said: Spoken, outcome: Outcome) -> Done:
    """Write it down: lines, the round, a comment that the partner reads, the matrix, the history."""
    reasons, text, cells = checked_reasons(said.reasons, part.text), part.text.strip(), said.data["cells"]
    set_outcome(doing, lines, outcome, decided=outcome != Outcome.ASKED)
    if outcome != Outcome.ASKED:
        contests.mark((line.target_id for line in lines if line.target_id), at=doing.at)
    write_comment(doing, body=text, audience=Audience.PARTNER, reasons=reasons, cells=cells)
    said.publish(doing)
    event, deadline = conclude(doing, data=_kept(said, reasons, lines))
    return Done(part.verdict, event, lines, deadline, reasons, text, cells)


def _kept(said: Spoken, reasons: Sequence[str], lines: Sequence[ClaimLine]) -> dict[str, Any]:
    """What the history keeps."""
    return {
        **said.data,
        "reasons": list(reasons),
        "lines": [line.pk for line in lines],
        "products": [line.product.name for line in lines],
    }
