"""Submitting a draft: every step is checked again, then the claim meets the world under its targets' locks."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from claims import mails
from claims.acts import reading, snapshots, targets
from claims.acts.ground import Doing, begin, conclude, read_claim
from claims.checks.faults import StepFault
from claims.checks.whole import faults_of
from claims.models import Claim, Document
from claims.transitions import Act
from cpor_portal.accounts.models import User
from cpor_portal.directory.source import directory
from cpor_portal.faults import Conflict, Fault
from cpor_portal.review_site import review_day


class NotComplete(Fault):
    """Steps that do not hold (any more), each with its fault; the check page shows them."""

    def __init__(self, faults: list[StepFault]) -> None:
        super().__init__("not_complete", _("Some answers have to be corrected before you can submit."))
        self.faults = faults


def submit(*, reference: str, by: User, at: datetime | None = None) -> Claim:
    """File a draft: Submitted, review clock of five business days, mail to the firm.

    Global, Billing and Incentives admins of the claim's firm may. Raises NotComplete with every step's fault,
    Refused `already_claimed`, NotAllowed, or Conflict when the draft changed while it was being checked.
    Two firms submitting for one target are both filed and both marked contested (domain.md, "Competing claims").
    `at` (aware) is when it happened, now unless it is told afterwards.
    """
    checked = read_claim(reference)
    if checked.is_draft:
        require_complete(checked)
    with transaction.atomic():
        doing = begin(reference=reference, act=Act.SUBMIT, by=by, version=checked.version, at=at)
        _file(doing, by)
    return doing.claim


def require_complete(claim: Claim) -> None:
    """Check every step of the stored claim again, with the directory. Raises NotComplete.

    The directory is asked outside of any transaction: it may be slow, and no lock may wait for it.
    """
    faults = faults_of(claim, directory(), review_day())
    if faults:
        raise NotComplete(faults)


def _file(doing: Doing, by: User) -> None:
    claim = doing.claim
    lines = list(claim.lines.select_related("product"))
    targets.meet(claim, lines)
    targets.occupy(lines, at=doing.at)
    Document.objects.filter(claim=claim).update(round=1)
    event, deadline = conclude(
        doing, fields={"round": 1, "submitted_at": doing.at, "submitted_by": by, "review_started_at": None}
    )
    snapshots.take(doing, by=by)
    reading.look_again(claim)  # a draft's dates were measured on the day on which they were read
    if deadline is None:
        raise Conflict("no_deadline", _("The review deadline could not be set."))
    mails.submitted(claim=claim, event=event, deadline=deadline)
