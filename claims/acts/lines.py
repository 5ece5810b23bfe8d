"""Replacing the product lines of a claim when the products step is saved."""

from collections.abc import Container, Sequence
from uuid import UUID

from claims.acts import contests, targets
from claims.acts.ground import Doing, set_outcome
from claims.checks.products import LineAnswer, ProductsAnswer
from claims.models import Claim, ClaimLine
from claims.transitions import BY_ACT, Act
from claims.words import Outcome, Status

# Lines that the products step may still change on a filed claim: the table's word.
EDITABLE = BY_ACT[Act.AMEND].takes


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

    Lines that are decided, or verified for a case, stay as they are. The status stays too: while the partner
    owes an answer, what stays and what is new belongs to that answer and is handed in with it.
    """
    claim = doing.claim
    wanted = {(chosen.product.pk, chosen.subscription_id): chosen for chosen in answer.lines}
    held = {(line.product_id, line.subscription_id) for line in _editable(claim)}
    added = [_line(claim, chosen) for key, chosen in wanted.items() if key not in held]
    beside = claim.lines.exclude(target=None).values_list("target_id", flat=True)
    targets.meet(claim, added, beside=beside)
    kept, removed = _kept_and_removed(_editable(claim), wanted)
    set_outcome(doing, removed, Outcome.REMOVED, decided=True)
    contests.mark((line.target_id for line in removed if line.target_id), at=doing.at)
    targets.occupy(ClaimLine.objects.bulk_create(added), at=doing.at)
    if claim.status == Status.PARTNER_ACTION_REQUIRED:
        set_outcome(doing, [*kept, *added], Outcome.ASKED, decided=False)


def _editable(claim: Claim) -> list[ClaimLine]:
    return list(claim.lines.filter(submitted_at__isnull=False, outcome__in=EDITABLE))


def _kept_and_removed(
    lines: Sequence[ClaimLine], wanted: Container[tuple[int, UUID | None]]
) -> tuple[list[ClaimLine], list[ClaimLine]]:
    kept = [line for line in lines if (line.product_id, line.subscription_id) in wanted]
    return kept, [line for line in lines if line not in kept]
