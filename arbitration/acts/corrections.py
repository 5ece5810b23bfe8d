"""Answering a correction that a partner asked for (docs/decisions/corrections.md)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from arbitration.permissions import (
    has_a_reviewer,
    has_in_hand,
    is_barred,
    require_free,
    require_role,
    require_unbarred,
)
from claims import mails
from claims.acts import reading, snapshots
from claims.acts.corrections import close, waiting_correction
from claims.acts.ground import Doing, begin
from claims.checks.activity import check_activities
from claims.checks.correction import require_enrolled
from claims.checks.mpn import check_mpn
from claims.corrections import as_it_stands, columns_of, wanted
from claims.models import Claim, Correction, CorrectionState
from claims.permissions import may
from claims.transitions import Act
from cpor_portal.accounts.models import User
from cpor_portal.faults import Refused
from cpor_portal.review_site import review_day

LONGEST_ANSWER = 10_000


def accept_correction(
    *, reference: str, by: User, text: str = "", version: int | None = None, at: datetime | None = None
) -> Claim:
    """Let the claim say what the partner asked for; reference, proof, status, dates and history stay.

    Whoever has the claim, or an arbiter, may; where nobody has it, and once it is approved, every reviewer without a
    conflict of interest. `text` is for the partner. It is judged again as at submission: raises Refused
    (`not_enrolled`, `not_your_mpn`, `global_id`, `text_too_long`), Conflict, NotAllowed.
    """
    with transaction.atomic():
        doing, correction = _begin(Act.CORRECT, reference, by, version, at)
        answer, columns = _text(text), columns_of(correction)
        require_sound(doing.claim, correction)
        event = close(doing, correction, CorrectionState.ACCEPTED, text=answer, fields=columns)
        # It was the firm that said so: its history names its own person, and no reviewer.
        snapshots.take(doing, by=correction.asked_by)
        if "activities" in columns:
            reading.fill_in(doing.claim, at=doing.at)
        mails.correction_answered(claim=doing.claim, event=event, correction=correction)
    return doing.claim


def refuse_correction(
    *, reference: str, by: User, text: str, version: int | None = None, at: datetime | None = None
) -> Claim:
    """Leave the claim as it is; `text` says why, and what would be acceptable. The partner reads it.

    The same people may as for `accept_correction`. Raises Refused (`text_required`, `text_too_long`), Conflict,
    NotAllowed.
    """
    with transaction.atomic():
        doing, correction = _begin(Act.REFUSE_CORRECTION, reference, by, version, at)
        if not text.strip():
            reason = _("Write why the claim stays as it is, and what the partner can do.")
            raise Refused("text_required", reason, field="text")
        event = close(doing, correction, CorrectionState.REFUSED, text=_text(text))
        mails.correction_answered(claim=doing.claim, event=event, correction=correction)
    return doing.claim


def _begin(act: Act, reference: str, by: User, version: int | None, at: datetime | None) -> tuple[Doing, Correction]:
    require_role(by)
    doing = begin(reference=reference, act=act, by=by, version=version, at=at)
    require_may_answer(by, doing.claim)
    return doing, waiting_correction(doing)


def require_may_answer(user: User, claim: Claim) -> None:
    """Raises Conflict where a colleague has the claim in hand, NotAllowed for whoever is barred from it.

    The round of an approved claim is over, so that it is in nobody's hand.
    """
    if claim.is_open:
        require_free(user, claim)
    else:
        require_unbarred(user, claim)


def may_answer(user: User, claim: Claim, *, barred: bool | None = None) -> bool:
    """Whether the buttons are worth showing: as `require_may_answer`. `barred` spares a page the question."""
    if claim.correction_asked_at is None or not may(user, Act.CORRECT, claim):
        return False
    if is_barred(user, claim) if barred is None else barred:
        return False
    return not claim.is_open or has_in_hand(user, claim) or not has_a_reviewer(claim)


def require_sound(claim: Claim, correction: Correction) -> None:
    """Whether what the claim would say then can be filed today (domain.md, "Solution areas"). Raises Refused."""
    columns = columns_of(correction)
    activities = columns.get("activities", claim.activities)
    check_activities(claim.solution_area, activities)
    then = wanted(correction) if "location" in columns else as_it_stands(claim)
    require_enrolled(check_mpn(then["mpn_id"], claim.firm), claim, activities, review_day())


def _text(text: str) -> str:
    if len(text.strip()) > LONGEST_ANSWER:
        raise Refused("text_too_long", _("The text can have up to 10,000 characters."), field="text")
    return text.strip()
