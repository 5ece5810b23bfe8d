"""What a reviewer can decide on a product, and one part of a decision: some products, one verdict."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from arbitration.models import ReviewDecision
from claims.transitions import Act


class Verdict(TextChoices):
    """What is decided on a product; in the order in which the parts of one decision are done."""

    APPROVE = "approve", pgettext_lazy("verdict", "Approve")
    REJECT = "reject", pgettext_lazy("verdict", "Reject")
    REMOVE = "remove", pgettext_lazy("verdict", "Remove")
    ASK = "ask", pgettext_lazy("verdict", "Ask")


ACT_OF: dict[Verdict, Act] = {
    Verdict.APPROVE: Act.APPROVE,
    Verdict.REJECT: Act.REJECT,
    Verdict.REMOVE: Act.REMOVE,
    Verdict.ASK: Act.REQUEST_INFORMATION,
}
DECISION_OF: dict[Verdict, ReviewDecision] = {
    Verdict.APPROVE: ReviewDecision.APPROVED,
    Verdict.REJECT: ReviewDecision.REJECTED,
    Verdict.REMOVE: ReviewDecision.REMOVED,
    Verdict.ASK: ReviewDecision.ASKED,
}


@dataclass(frozen=True)
class Part:
    """One verdict about some products of a claim: `line_ids` (none: all that the verdict can touch).

    `reasons`, `text` and `cells` of the proof matrix (`LINEID:column`) belong to every verdict but an approval.
    """

    verdict: Verdict
    line_ids: Sequence[int] = ()
    reasons: Sequence[str] = ()
    text: str = ""
    cells: Sequence[str] = ()
