"""Replacing the product lines of a claim when the products step is saved."""

from claims.acts import contests, targets
from claims.acts.ground import Doing, lock_lines, set_outcome
from claims.checks.products import LineAnswer, ProductsAnswer
from claims.models import Claim, ClaimLine
from claims.words import Outcome, Status

EDITABLE = frozenset({Outcome.PENDING, Outcome.CONTESTED, Outcome.ASKED})


def replace_draft_lines(claim: Claim, answer: ProductsAnswer) -> None:
    """A draft's lines are simply those that were chosen last."""
    claim.lines.all().delete()
    ClaimLine.objects.bulk_create([_line(claim, chosen) for chosen in answer.lines])


def _line(claim: Claim, chosen: LineAnswer) -> ClaimLine:
    return ClaimLine(
        claim=claim,
        firm=claim.firm,
        product=chosen.product,
        subscription_entered=chosen.entered,
        subscription_id=chosen.subscription_id,
    )


def replace_filed_lines(doing: Doing, answer: ProductsAnswer) -> None:
    """Bring a filed claim's undecided lines in line with `answer`: some are removed, some stay, some are new.

    Lines that are decided, or verified for a case, stay as they are. While the partner owes an answer, a new
    line belongs to that answer: it is submitted with it.
    """
    claim = doing.claim
    lines = [line for line in lock_lines(claim) if line.outcome in EDITABLE]
    wanted = {(chosen.product.pk, chosen.subscription_id): chosen for chosen in answer.lines}
    held = {(line.product_id, line.subscription_id): line for line in lines}
    removed = [line for key, line in held.items() if key not in wanted]
    set_outcome(doing, removed, Outcome.REMOVED, decided=True)
    contests.mark((line.target_id for line in removed if line.target_id), at=doing.at)
    added = ClaimLine.objects.bulk_create([_line(claim, chosen) for key, chosen in wanted.items() if key not in held])
    if added:
        targets.occupy(claim, added, at=doing.at)
    if claim.status == Status.PARTNER_ACTION_REQUIRED and added:
        set_outcome(doing, added, Outcome.ASKED, decided=False)
