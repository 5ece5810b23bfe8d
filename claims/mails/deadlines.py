"""Mails about deadlines that come near or have passed. Each repeats what it takes to act: it may be the only one."""

from collections.abc import Sequence

from claims.mails.context import Context, Standing, due, for_firm, for_review, standing_of, undecided
from claims.mails.corrections import correction_near
from claims.mails.decisions import request_context
from claims.mails.sending import send
from claims.models import Claim, ClaimLine, Comment, Deadline
from claims.models.history import DeadlineParty
from claims.transitions import Act
from claims.words import Audience, DeadlineKind, Outcome
from cpor_portal.accounts.models import User

IN_A_CASE = frozenset({Outcome.CONTESTED, Outcome.VERIFIED})


def deadline_near(*, claim: Claim, deadline: Deadline, recipients: Sequence[User]) -> None:
    """Remind whoever must act: of a review or ruling Microsoft's people, of an answer or evidence the firm's.

    Raises ValueError for a window or a draft, which nobody owes.
    """
    if deadline.kind == DeadlineKind.CORRECTION:
        correction_near(claim=claim, deadline=deadline, recipients=recipients)
    elif deadline.party == DeadlineParty.MICROSOFT:
        kind = "deadline_near_review" if deadline.kind == DeadlineKind.REVIEW else "ruling_near"
        send(kind, claim, deadline, review_deadline_context(claim, undecided(claim), deadline), recipients)
    else:
        kind = "evidence_near" if deadline.kind == DeadlineKind.EVIDENCE else "deadline_near_partner"
        send(kind, claim, deadline, _near_for_partner(claim, deadline), recipients)


def _near_for_partner(claim: Claim, deadline: Deadline) -> Context:
    if deadline.kind == DeadlineKind.EVIDENCE:
        return evidence_context(claim, standing_of(claim, IN_A_CASE), deadline)
    if deadline.kind != DeadlineKind.PARTNER_ANSWER:
        raise ValueError(f"nobody is reminded of {deadline.kind}")
    request = open_request(claim)
    reasons, text, cells = (request.reasons, request.body, request.cells) if request else ([], "", [])
    return request_context(claim, standing_of(claim, {Outcome.ASKED}), reasons, text, deadline, cells)


def evidence_context(claim: Claim, held: Standing, deadline: Deadline) -> Context:
    """What the template of `evidence_near` gets; that of `deadline_near_partner` gets `request_context`."""
    return for_firm(claim, held, reasons=[], text="", due=due(deadline, is_partner=True))


def open_request(claim: Claim) -> Comment | None:
    """The newest information request as the partner reads it."""
    asked = claim.comments.filter(verb=Act.REQUEST_INFORMATION, audience=Audience.PARTNER)
    return asked.order_by("-id").first()


def deadline_missed(*, claim: Claim, deadline: Deadline, recipients: Sequence[User]) -> None:
    """Tell the reviewer who has the claim that its review deadline has passed; nothing is decided by it.

    A missed ruling is told to those who may give it (`escalated`), a missed answer to a correction by
    `correction_missed`, and an answer that did not come rejects the claim (`rejected`): raises ValueError for every
    kind but the review.
    """
    if deadline.kind != DeadlineKind.REVIEW:
        raise ValueError("only a review is missed by the reviewer")
    send("deadline_missed", claim, deadline, review_deadline_context(claim, undecided(claim), deadline), recipients)


def escalated(*, claim: Claim, deadline: Deadline, recipients: Sequence[User]) -> None:
    """Tell the arbiters that a review or ruling of Microsoft was missed, who has the claim, and what they can do.

    Raises ValueError for a deadline that Microsoft does not owe.
    """
    _require_microsofts(deadline)
    kind = "escalated" if deadline.kind == DeadlineKind.REVIEW else "ruling_escalated"
    send(kind, claim, deadline, review_deadline_context(claim, undecided(claim), deadline), recipients)


def review_deadline_context(claim: Claim, lines: Sequence[ClaimLine], deadline: Deadline) -> Context:
    """What the templates of `deadline_near_review`, `deadline_missed`, `escalated` and their like of a ruling get."""
    return for_review(claim, lines, due=due(deadline, is_partner=False), started_at=claim.review_started_at)


def _require_microsofts(deadline: Deadline) -> None:
    if deadline.party != DeadlineParty.MICROSOFT:
        raise ValueError("only what Microsoft missed is escalated")


def draft_expires(*, claim: Claim, deadline: Deadline, recipients: Sequence[User]) -> None:
    """Warn that a draft that nobody has edited is deleted, with its documents, when `deadline` has passed."""
    lines = list(claim.lines.select_related("product"))
    send("draft_expires", claim, deadline, draft_context(claim, lines, deadline), recipients)


def draft_context(claim: Claim, lines: Sequence[ClaimLine], deadline: Deadline) -> Context:
    """What the template of `draft_expires` gets. A draft may have no customer yet, and no products."""
    facts = {"started_by": claim.created_by, "started_at": claim.created_at}
    return for_firm(claim, Standing(lines), due=due(deadline, is_partner=True), **facts)
