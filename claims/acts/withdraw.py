"""Withdrawing undecided lines, or all of them."""

from collections.abc import Sequence

from django.db import transaction

from claims import mails
from claims.acts import contests
from claims.acts.comment import write_comment
from claims.acts.ground import begin, chosen, conclude, lock_lines, set_outcome
from claims.models import Claim
from claims.transitions import Act
from claims.words import Audience, Outcome
from cpor_portal.accounts.models import User


def withdraw(
    *, reference: str, by: User, reason: str = "", line_ids: Sequence[int] = (), version: int | None = None
) -> Claim:
    """Take back undecided lines of an open claim (none named: all of them); frees their targets at once.

    Global, Billing and Incentives admins of the firm may. Raises NotAllowed, Conflict, Refused `no_lines`.
    """
    with transaction.atomic():
        doing = begin(reference=reference, act=Act.WITHDRAW, by=by, version=version)
        lines = chosen(doing, lock_lines(doing.claim), line_ids)
        set_outcome(doing, lines, Outcome.WITHDRAWN, decided=True)
        contests.mark((line.target_id for line in lines if line.target_id), at=doing.at)
        if reason.strip():
            write_comment(doing, body=reason, audience=Audience.PARTNER)
        data = {"lines": [line.pk for line in lines], "products": [line.product.name for line in lines]}
        event, _deadline = conclude(doing, data=data, kept=False)
        mails.withdrawn(claim=doing.claim, event=event, lines=lines, reason=reason.strip())
    return doing.claim
