"""Asking the partner for information."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from arbitration.acts.ground import begin_decision
from arbitration.acts.refusing import refusal
from arbitration.models import ReviewDecision
from claims import mails
from claims.acts.ground import chosen, conclude, lock_lines, set_outcome
from claims.models import Claim
from claims.transitions import Act
from claims.words import Outcome
from cpor_portal.accounts.models import User


def request_information(
    *,
    reference: str,
    by: User,
    reasons: Sequence[str],
    text: str,
    line_ids: Sequence[int] = (),
    cells: Sequence[str] = (),
    version: int | None = None,
    at: datetime | None = None,
) -> Claim:
    """Ask the partner about lines (none named: all undecided): Partner action required, five business days.

    The reviewer who has the claim, or an arbiter, may. `cells` of the proof matrix (`LINEID:column`) bring their
    reasons along; a reason of the proof without one means its whole column (`arbitration.cells.named`). Reasons, cells
    and text become a visible comment and are frozen; cells that were ticked as holding are published as accepted. `at`
    (aware) is when it happened, now unless it is told afterwards. Raises Refused (`reasons_required`, `text_required`,
    `no_lines`, `cell_unknown`, `cell_not_needed`, `cell_not_of_line`), Conflict, NotAllowed.
    """
    with transaction.atomic():
        doing = begin_decision(reference=reference, act=Act.REQUEST_INFORMATION, by=by, version=version, at=at)
        held_lines = lock_lines(doing.claim)
        lines = chosen(doing, held_lines, line_ids)
        # Nothing else can be decided before the answer, so all that holds is told now.
        said = refusal(doing, by, lines=lines, reasons=reasons, text=text, keys=cells, ticked_of=held_lines)
        set_outcome(doing, lines, Outcome.ASKED, decided=False)
        event, deadline = conclude(doing, data=said.tell(doing, ReviewDecision.ASKED))
        mails.information_requested(claim=doing.claim, event=event, deadline=deadline, **said.in_the_mail)
    return doing.claim
