"""Answering an information request: a new round and a new review clock."""

from datetime import datetime

from django.db import transaction

from claims import mails
from claims.acts import contests, reading, snapshots
from claims.acts.comment import write_comment
from claims.acts.ground import begin, chosen, conclude, lock_lines, read_claim, set_outcome
from claims.acts.submit import require_complete
from claims.models import Claim
from claims.transitions import BY_ACT, Act
from claims.words import Audience, Outcome
from cpor_portal.accounts.models import User


def resubmit(
    *, reference: str, by: User, body: str = "", version: int | None = None, at: datetime | None = None
) -> Claim:
    """Hand the claim back to the reviewers with the partner's answer: Submitted again, new clock.

    Global, Billing and Incentives admins of the firm may. Raises NotComplete, NotAllowed, Conflict. The
    claim stays with the reviewer who asked, who starts the new round (domain.md, "Statuses of a claim"). `at` (aware)
    is when it happened, now unless it is told afterwards.
    """
    checked = read_claim(reference)
    if checked.status in BY_ACT[Act.RESUBMIT].statuses:
        require_complete(checked)
    with transaction.atomic():
        doing = begin(reference=reference, act=Act.RESUBMIT, by=by, version=version or checked.version, at=at)
        claim = doing.claim
        lines = lock_lines(claim)
        set_outcome(doing, chosen(doing, lines, ()), Outcome.PENDING, decided=False)
        contests.mark((line.target_id for line in lines if line.target_id), at=doing.at)
        fields = {"round": claim.round + 1, "resubmitted_at": doing.at, "review_started_at": None}
        event, deadline = conclude(doing, fields=fields)
        if body.strip():
            write_comment(doing, body=body, audience=Audience.PARTNER)
        snapshots.take(doing, by=by)
        reading.look_if_changed(claim)
        mails.resubmitted(claim=claim, event=event, deadline=deadline)
    return claim
