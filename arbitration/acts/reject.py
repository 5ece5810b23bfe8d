"""Rejecting lines."""

from collections.abc import Sequence

from django.db import transaction

from arbitration.acts.ground import begin_decision
from arbitration.acts.refusing import refusal
from arbitration.models import ReviewDecision
from claims import mails
from claims.acts import contests
from claims.acts.ground import chosen, conclude, lock_lines, set_outcome
from claims.models import Claim
from claims.transitions import Act
from claims.words import Outcome
from cpor_portal.accounts.models import User


def reject(
    *,
    reference: str,
    by: User,
    reasons: Sequence[str],
    text: str,
    line_ids: Sequence[int] = (),
    cells: Sequence[str] = (),
    version: int | None = None,
) -> Claim:
    """Reject lines (none named: all undecided) with reasons and a text that the partner reads, then frozen.

    The reviewer who has the claim, or an arbiter, may. `cells` are as in `request_information`, and the ticked ones of
    these lines are published as accepted. Their targets are free at once. Raises Refused (`reasons_required`,
    `text_required`, `no_lines`, `cell_unknown`, `cell_not_needed`, `cell_not_of_line`), Conflict, NotAllowed.
    """
    with transaction.atomic():
        doing = begin_decision(reference=reference, act=Act.REJECT, by=by, version=version)
        lines = chosen(doing, lock_lines(doing.claim), line_ids)
        said = refusal(doing, by, lines=lines, reasons=reasons, text=text, keys=cells)
        set_outcome(doing, lines, Outcome.REJECTED, decided=True)
        contests.mark((line.target_id for line in lines if line.target_id), at=doing.at)
        event, _deadline = conclude(doing, data=said.tell(doing, ReviewDecision.REJECTED))
        mails.rejected(claim=doing.claim, event=event, lines=lines, **said.in_the_mail)
    return doing.claim
