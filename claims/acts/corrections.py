"""Asking to have MPN location or activity corrected, and taking it back (domain.md, "Statuses of a claim").

Once a reviewer has started, and after approval, what a claim says about the partner changes only when a reviewer
accepts it; who accepts or refuses stands in `arbitration.acts.corrections` (docs/decisions/corrections.md).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from claims import mails
from claims.acts.comment import write_comment
from claims.acts.ground import Doing, begin, conclude
from claims.checks.correction import CorrectionAnswer, check_correction
from claims.corrections import as_it_stands, changed_names
from claims.history import what_happened_last
from claims.models import Claim, Correction, CorrectionState, Event
from claims.transitions import Act
from claims.words import Audience
from cpor_portal.accounts.models import MpnLocation, User
from cpor_portal.faults import Conflict, Refused
from cpor_portal.review_site import review_day

NOTHING_TYPED: Mapping[str, str | None] = {}


def ask_correction(
    *,
    reference: str,
    by: User,
    reason: str,
    mpn_id: str | None = None,
    activities: Sequence[str] = (),
    facts: Mapping[str, str | None] = NOTHING_TYPED,
    version: int | None = None,
    at: datetime | None = None,
) -> Claim:
    """Ask for another MPN location or activity; the claim stays as it is until a reviewer accepts.

    Global, Billing and Incentives admins of the firm may, once a review has started and after approval. What is None,
    and no activity at all, is to stay; `facts` are the three of a revenue association. Microsoft owes an answer within
    the days of a review. Raises Refused as `check_correction`, Conflict (`correction_waits` where one is open already),
    NotAllowed. `at` (aware) is when it happened, now unless it is told afterwards.
    """
    with transaction.atomic():
        doing = begin(reference=reference, act=Act.ASK_CORRECTION, by=by, version=version, at=at)
        claim = doing.claim
        _require_none(doing)
        answer = check_correction(
            claim, mpn_id=mpn_id, activities=activities, facts=facts, reason=reason, today=review_day()
        )
        correction = _stored(doing, by, answer)
        write_comment(doing, body=answer.reason, audience=Audience.PARTNER)
        told = {"correction": correction.pk, "changes": answer.changes(claim)}
        event, _owed = conclude(doing, data=told, fields={"correction_asked_at": doing.at})
        mails.correction_asked(claim=claim, event=event, correction=correction)
    return claim


def _require_none(doing: Doing) -> None:
    if doing.claim.correction_asked_at is not None:
        text = _(
            "A correction of this claim waits for Microsoft's answer already. Take it back to ask for another one."
        )
        raise Conflict("correction_waits", text, claim=doing.claim)


def _stored(doing: Doing, by: User, answer: CorrectionAnswer) -> Correction:
    return Correction.objects.create(
        claim=doing.claim,
        asked_by=by,
        asked_at=doing.at,
        reason=answer.reason,
        location=answer.location,
        activities=list(answer.activities),
        before=as_it_stands(doing.claim),
        **answer.facts,
    )


def withdraw_correction(*, reference: str, by: User, version: int | None = None, at: datetime | None = None) -> Claim:
    """Take back a correction that nobody has answered yet: the claim stays as it is, and nobody owes an answer.

    Global, Billing and Incentives admins of the firm may. Raises Conflict (`correction_gone` where it was answered or
    taken back meanwhile), NotAllowed.
    """
    with transaction.atomic():
        doing = begin(reference=reference, act=Act.WITHDRAW_CORRECTION, by=by, version=version, at=at)
        correction = waiting_correction(doing)
        close(doing, correction, CorrectionState.WITHDRAWN, kept=False)
    return doing.claim


def waiting_correction(doing: Doing) -> Correction:
    """The correction that waits for an answer, under the claim's lock. Raises Conflict `correction_gone`."""
    waiting = doing.claim.corrections.filter(state=CorrectionState.ASKED)
    correction = waiting.select_related("location__firm", "asked_by").first()
    if correction is None:
        raise Conflict("correction_gone", what_happened_last(doing.claim, reader=doing.by), claim=doing.claim)
    return correction


def close(
    doing: Doing,
    correction: Correction,
    state: CorrectionState,
    *,
    text: str = "",
    fields: Mapping[str, Any] | None = None,
    kept: bool = True,
) -> Event:
    """End a correction as `state`: its row, the claim with `fields` written, one event, its deadline.

    `text` is the answer, which the partner reads among the comments too. `kept` as in `ground.conclude`: whether
    Microsoft gave the answer that it owed, or was freed of it.
    """
    if text:
        write_comment(doing, body=text, audience=Audience.PARTNER)
    correction.state, correction.answer = state, text
    correction.decided_by, correction.decided_at = doing.by, doing.at
    # From now on the difference is told to what stood on the claim in this moment.
    now = as_it_stands(doing.claim)
    correction.before |= {name: now[name] for name in _kept_of(correction)}
    correction.save(update_fields=["state", "answer", "decided_by", "decided_at", "before"])
    written = {**(fields or {}), "correction_asked_at": None}
    told = {"correction": correction.pk, "changes": sorted(fields or {})}
    event, _owed = conclude(doing, data=told, fields=written, kept=kept)
    return event


def _kept_of(correction: Correction) -> list[str]:
    changed = changed_names(correction)
    return [*changed, *(["mpn_id"] if "location" in changed else [])]


def require_settled_location(claim: Claim, location: MpnLocation) -> None:
    """Whether the MPN step may change the location of a filed claim to `location`.

    Raises Refused `correction_waits` while a correction of the location is open: two answers to one question.
    """
    if claim.correction_asked_at is None or location.pk == claim.location_id:
        return
    waiting = claim.corrections.filter(state=CorrectionState.ASKED).exclude(location=claim.location_id)
    if waiting.exists():
        text = _("A correction of the MPN location waits for Microsoft's answer. Take it back to choose one here.")
        raise Refused("correction_waits", text, field="mpn_id")
