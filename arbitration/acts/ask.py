"""Asking the partner for information."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from arbitration.acts.ground import begin_decision, checked_reasons, decide_round
from arbitration.models import ReviewDecision
from claims import mails
from claims.acts.comment import write_comment
from claims.acts.ground import chosen, conclude, lock_lines, set_outcome
from claims.models import Claim
from claims.transitions import Act
from claims.words import Audience, Outcome
from cpor_portal.accounts.models import User


def request_information(
    *,
    reference: str,
    by: User,
    reasons: Sequence[str],
    text: str,
    line_ids: Sequence[int] = (),
    version: int | None = None,
    at: datetime | None = None,
) -> Claim:
    """Ask the partner about lines (none named: all undecided): Partner action required, five business days.

    The reviewer who has the claim, or an arbiter, may. The reasons and the text become a visible comment and
    are frozen. `at` (aware) is when it happened, now unless it is told afterwards. Raises Refused
    (`reasons_required`, `text_required`, `no_lines`), Conflict, NotAllowed.
    """
    with transaction.atomic():
        doing = begin_decision(reference=reference, act=Act.REQUEST_INFORMATION, by=by, version=version, at=at)
        codes = checked_reasons(reasons, text)
        lines = chosen(doing, lock_lines(doing.claim), line_ids)
        set_outcome(doing, lines, Outcome.ASKED, decided=False)
        decide_round(doing, ReviewDecision.ASKED, reasons=codes, text=text)
        write_comment(doing, body=text, audience=Audience.PARTNER, reasons=codes)
        data = {
            "reasons": codes,
            "lines": [line.pk for line in lines],
            "products": [line.product.name for line in lines],
        }
        event, deadline = conclude(doing, data=data)
        mails.information_requested(claim=doing.claim, event=event, reasons=codes, text=text.strip(), deadline=deadline)
    return doing.claim
