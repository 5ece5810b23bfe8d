"""What the reviewers' acts share: who has the claim, the review of the round, and the reasons."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from arbitration.models import Review, ReviewDecision
from arbitration.permissions import require_in_hand
from claims.acts.ground import Doing, begin
from claims.transitions import Act
from claims.words import REVIEWER_REASONS, Reason
from cpor_portal.accounts.models import User
from cpor_portal.faults import Refused

LONGEST_TEXT = 10_000


def begin_decision(*, reference: str, act: Act, by: User, version: int | None, at: datetime | None = None) -> Doing:
    """`ground.begin` for whoever has the claim in hand. Raises NotAllowed, Conflict."""
    doing = begin(reference=reference, act=act, by=by, version=version, at=at)
    require_in_hand(by, doing.claim)
    return doing


def decide_round(doing: Doing, decision: ReviewDecision, *, reasons: Sequence[str] = (), text: str = "") -> Review:
    """Note the decision on the review of the current round; the first one keeps its instant."""
    review = Review.objects.get(claim=doing.claim, round=doing.claim.round)
    review.decided_at = review.decided_at or doing.at
    review.decision, review.reasons, review.text = decision, list(reasons), text
    review.save(update_fields=["decided_at", "decision", "reasons", "text"])
    return review


def checked_reasons(reasons: Sequence[str], text: str) -> list[str]:
    """The reasons in the order of domain.md, without doubles. Raises Refused where none or no text is given."""
    known = [code for code in REVIEWER_REASONS if code in set(reasons)]
    if not known or set(reasons) - set(REVIEWER_REASONS):
        raise Refused("reasons_required", _("Choose at least one reason."), field="reasons")
    if not text.strip():
        raise Refused("text_required", _("Write what the partner has to do so that it can be accepted."), field="text")
    if len(text) > LONGEST_TEXT:
        raise Refused("text_too_long", _("The text can have up to 10,000 characters."), field="text")
    return [str(Reason(code).value) for code in known]
