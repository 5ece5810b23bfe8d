"""What the reviewers' acts share: who has the claim, the review of the round, and the reasons."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from arbitration.cells import FrozenCells
from arbitration.models import DecisionReason, LineDecision, Review, ReviewDecision
from arbitration.permissions import require_in_hand
from arbitration.second_reading.sampling import sample
from arbitration.verdicts import DECISION_OF, Verdict
from claims import clock
from claims.acts.ground import Doing, begin
from claims.models import ClaimLine, Deadline, Event
from claims.transitions import Act
from claims.words import REVIEWER_REASONS, DeadlineKind, Reason
from cpor_portal.accounts.models import User
from cpor_portal.faults import Refused
from cpor_portal.working_days import local_day, working_days_between

LONGEST_TEXT = 10_000
# What a round came to, in a word: a request keeps the claim waiting, an association is what it was filed for.
WEIGHTIEST_FIRST = (
    ReviewDecision.ASKED,
    ReviewDecision.APPROVED,
    ReviewDecision.REJECTED,
    ReviewDecision.REMOVED,
)


def begin_decision(*, reference: str, act: Act, by: User, version: int | None, at: datetime | None = None) -> Doing:
    """`ground.begin` for whoever has the claim in hand. Raises NotAllowed, Conflict."""
    doing = begin(reference=reference, act=act, by=by, version=version, at=at)
    require_in_hand(by, doing.claim)
    return doing


@dataclass(frozen=True)
class Done:
    """One part of a decision, carried out: what its mail and its reader need to know."""

    verdict: Verdict
    event: Event
    lines: Sequence[ClaimLine]
    deadline: Deadline | None
    reasons: Sequence[str] = ()
    text: str = ""
    cells: FrozenCells = field(default_factory=list)


def note_decisions(doing: Doing, done: Sequence[Done]) -> Review:
    """Note a decision on the review of the current round, product by product; the first one keeps its instant.

    The review's own word is the weightiest that was said in the round, its reasons are all of them.
    """
    review = Review.objects.get(claim=doing.claim, round=doing.claim.round)
    _note_lines(review, doing, done)
    said = set(review.decisions.values_list("decision", flat=True))
    reasons = {*review.reasons, *(reason for one in done for reason in one.reasons)}
    review.decision = next(decision for decision in WEIGHTIEST_FIRST if decision in said)
    review.reasons = [str(reason.value) for reason in REVIEWER_REASONS if reason in reasons]
    review.text = "\n\n".join(words for words in (review.text, *(one.text for one in done)) if words)
    if review.decided_at is None:
        review.decided_at, review.business_days = doing.at, _business_days(doing)
        sample(review, at=doing.at)
    review.save(update_fields=["decided_at", "business_days", "decision", "reasons", "text"])
    return review


def _note_lines(review: Review, doing: Doing, done: Sequence[Done]) -> None:
    # Of a round that was disputed and reopened there may be an older word on the same product.
    review.decisions.filter(line__in=[line for one in done for line in one.lines]).delete()
    rows = [
        (LineDecision(review=review, line=line, decision=DECISION_OF[one.verdict], at=doing.at, by=doing.by), one)
        for one in done
        for line in one.lines
    ]
    LineDecision.objects.bulk_create(row for row, _one in rows)
    DecisionReason.objects.bulk_create(
        DecisionReason(decision=row, reason=reason) for row, one in rows for reason in one.reasons
    )


def _business_days(doing: Doing) -> int:
    """From the start of the review clock to now, in the calendar that the clock began with; day 0 is its first day."""
    clocks = doing.claim.deadlines.filter(kind=DeadlineKind.REVIEW).order_by("-id")
    running = clocks.first()
    if running is None:
        raise ValueError(f"{doing.claim} is reviewed and had no review clock")
    calendar = clock.calendar_as_it_was(running)
    begun, ended = (local_day(instant, calendar.time_zone) for instant in (running.started_at, doing.at))
    return len(working_days_between(begun, ended, calendar))


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
