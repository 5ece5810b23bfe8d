"""Rejecting lines."""

from collections.abc import Sequence

from django.db import transaction

from arbitration.acts.cells import spoken
from arbitration.acts.ground import begin_decision, checked_reasons, decide_round
from arbitration.models import ReviewDecision
from claims import mails
from claims.acts import contests
from claims.acts.comment import write_comment
from claims.acts.ground import chosen, conclude, lock_lines, set_outcome
from claims.models import Claim
from claims.transitions import Act
from claims.words import Audience, Outcome
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
        said = spoken(doing, by, lines=lines, reasons=reasons, keys=cells)
        codes = checked_reasons(said.reasons, text)
        set_outcome(doing, lines, Outcome.REJECTED, decided=True)
        contests.mark((line.target_id for line in lines if line.target_id), at=doing.at)
        decide_round(doing, ReviewDecision.REJECTED, reasons=codes, text=text)
        write_comment(doing, body=text, audience=Audience.PARTNER, reasons=codes, cells=said.data["cells"])
        said.publish(doing)
        data = {
            **said.data,
            "reasons": codes,
            "lines": [line.pk for line in lines],
            "products": [line.product.name for line in lines],
        }
        event, _deadline = conclude(doing, data=data)
        mails.rejected(
            claim=doing.claim,
            event=event,
            lines=lines,
            reasons=codes,
            text=text.strip(),
            cells=said.data["cells"],
        )
    return doing.claim
