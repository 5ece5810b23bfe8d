"""Rejecting what a partner did not answer in time."""

from collections.abc import Sequence
from datetime import datetime

from claims import mails
from claims.acts import contests
from claims.acts.comment import note_by_portal
from claims.acts.ground import begin, chosen, conclude, lock_lines, set_outcome
from claims.models import Deadline
from claims.transitions import Act
from claims.words import Outcome, Reason, Status
from cpor_portal.accounts.models import User


def expire_partner_answer(deadline: Deadline, *, at: datetime, recipients: Sequence[User]) -> bool:
    """Reject the asked lines of a claim whose partner stayed silent, with `no_partner_response`.

    For the portal alone, in a transaction that has `deadline` and its claim locked. False, and nothing is done, when
    nothing is asked any more: an answer that came first wins. Lines that are decided or pending stay as they are
    (domain.md, "Statuses of a claim"). `recipients` are told of it.
    """
    if deadline.due_at >= at or deadline.claim.status != Status.PARTNER_ACTION_REQUIRED:
        return False
    doing = begin(reference=deadline.claim.reference, act=Act.EXPIRE_PARTNER_ANSWER, by=None, at=at)
    lines = chosen(doing, lock_lines(doing.claim), ())
    set_outcome(doing, lines, Outcome.REJECTED, decided=True)
    contests.mark((line.target_id for line in lines if line.target_id), at=at)
    Deadline.objects.filter(pk=deadline.pk).update(breached_at=at)
    codes = [Reason.NO_PARTNER_RESPONSE.value]
    note_by_portal(doing, reasons=codes)
    data = {
        "reasons": codes,
        "lines": [line.pk for line in lines],
        "products": [line.product.name for line in lines],
    }
    event, _deadline = conclude(doing, data=data, kept=False)
    mails.rejected(claim=doing.claim, event=event, lines=lines, reasons=codes, text="", recipients=recipients)
    return True
