"""Deciding a claim product by product, in one act: approve some, reject one, remove one, ask about one."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from arbitration.acts.approving import Despite, approve_lines, failing_facts
from arbitration.acts.ground import Done, begin_decision, note_decisions
from arbitration.acts.refusing import ask_about_lines, reject_lines, remove_lines
from arbitration.verdicts import ACT_OF, Part, Verdict
from claims import mails
from claims.acts.ground import Doing, require_possible
from claims.mails.decisions import Decided
from claims.models import Claim
from cpor_portal.accounts.models import User
from cpor_portal.faults import Refused

Step = Callable[[Doing, User, Part], Done]
REFUSING: dict[Verdict, Step] = {
    Verdict.REJECT: reject_lines,
    Verdict.REMOVE: remove_lines,
    Verdict.ASK: ask_about_lines,
}


def decide(
    *,
    reference: str,
    by: User,
    parts: Sequence[Part],
    despite_facts: bool = False,
    despite_cells: bool = False,
    version: int | None = None,
    at: datetime | None = None,
) -> Claim:
    """Decide products of a claim under review, each as its part says; what no part names stays undecided.

    The reviewer who has the claim, or an arbiter, may. All or nothing, in one transaction: an approval comes first and
    a request last, each with its own entry in the history; the claim's status follows from its lines; the firm gets one
    mail about all of it. `at` (aware) is when it happened, now unless it is told afterwards. Raises Conflict,
    NotAllowed, and Refused with the `verdict` of the part among its facts: `no_lines`, `line_in_two_parts`,
    `contested`, `facts_do_not_verify`, `cells_missing`, `reasons_required`, `text_required`, `text_too_long`,
    `only_what_was_asked_for`, `cell_unknown`, `cell_not_needed`, `cell_not_of_line`.
    """
    ordered = _in_order(parts)
    despite = Despite(_failing(reference, by, ordered, version, despite_facts=despite_facts), cells=despite_cells)
    with transaction.atomic():
        act = ACT_OF[ordered[0].verdict]
        doing = begin_decision(reference=reference, act=act, by=by, version=version, at=at)
        done = [_take(_with_act(doing, part), by, part, despite) for part in ordered]
        note_decisions(doing, done)
        _tell(doing.claim, done)
    return doing.claim


def _in_order(parts: Sequence[Part]) -> list[Part]:
    """Approve first, ask last: nothing can be decided while the partner owes an answer."""
    if not parts:
        raise Refused("no_lines", _("Choose at least one product and what is decided on it."), field="lines")
    named = Counter(line for part in parts for line in set(part.line_ids))
    without = sum(1 for part in parts if not part.line_ids)
    if any(count > 1 for count in named.values()) or (without and len(parts) > 1):
        text = _("Each product can have one decision. Choose one for each.")
        raise Refused("line_in_two_parts", text, field="lines")
    order = list(Verdict)
    return sorted(parts, key=lambda part: order.index(part.verdict))


def _failing(reference: str, by: User, parts: Sequence[Part], version: int | None, *, despite_facts: bool) -> list[str]:
    """What speaks against the approval, looked up before anything is locked. Raises Refused unless it is known."""
    approved = next((part for part in parts if part.verdict == Verdict.APPROVE), None)
    if approved is None:
        return []
    return failing_facts(reference, by, approved.line_ids, version, despite=despite_facts)


def _with_act(doing: Doing, part: Part) -> Doing:
    """The same act under way, under the same lock, with the verb of its next part."""
    act = ACT_OF[part.verdict]
    require_possible(claim=doing.claim, act=act, by=doing.by)
    return replace(doing, act=act)


def _take(doing: Doing, by: User, part: Part, despite: Despite) -> Done:
    try:
        if part.verdict == Verdict.APPROVE:
            return approve_lines(doing, by, part, despite)
        return REFUSING[part.verdict](doing, by, part)
    except Refused as fault:
        fault.facts = {**fault.facts, "verdict": part.verdict}
        raise


def _tell(claim: Claim, done: Sequence[Done]) -> None:
    """One mail about all of it; what is decided in one way alone has a mail of its own."""
    if len(done) == 1 and done[0].verdict != Verdict.REMOVE:
        _tell_one(claim, done[0])
        return
    told = [Decided(str(one.verdict), one.event, one.lines, one.reasons, one.text, one.cells) for one in done]
    mails.decided(claim=claim, parts=told, deadline=done[-1].deadline)


def _tell_one(claim: Claim, done: Done) -> None:
    if done.verdict == Verdict.APPROVE:
        mails.approved(claim=claim, event=done.event, lines=done.lines)
        return
    said = {"reasons": done.reasons, "text": done.text, "cells": done.cells}
    if done.verdict == Verdict.REJECT:
        mails.rejected(claim=claim, event=done.event, lines=done.lines, **said)  # type: ignore[arg-type]
    else:
        mails.information_requested(claim=claim, event=done.event, deadline=done.deadline, **said)  # type: ignore[arg-type]
