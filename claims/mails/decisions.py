"""Mails about what Microsoft asks and decides. They name no reviewer (docs/decisions/who-is-named.md)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings

from claims import clock
from claims.mails.context import Context, Standing, cells_of, due, for_firm, reasons_of, standing, standing_of
from claims.mails.sending import send, to_firm
from claims.models import Claim, ClaimLine, Deadline, Event
from claims.words import DeadlineKind, Outcome, Reason
from cpor_portal.accounts.models import User

Cells = Sequence[Mapping[str, str]]
"""Cells of the proof matrix as a comment keeps them: the product's code and the column."""


@dataclass(frozen=True)
class Decided:
    """One part of a decision: what was decided (`approve`, `reject`, `remove`, `ask`) on some lines, and why."""

    verdict: str
    event: Event
    lines: Sequence[ClaimLine]
    reasons: Sequence[str] = ()
    text: str = ""
    cells: Cells = ()


def information_requested(
    *, claim: Claim, event: Event, reasons: Sequence[str], text: str, deadline: Deadline | None, cells: Cells = ()
) -> None:
    """Tell the firm what the reviewer asks for, what would satisfy it, and by when the answer is due."""
    held = standing_of(claim, {Outcome.ASKED})
    to_firm("information_requested", claim, event, request_context(claim, held, reasons, text, deadline, cells))


def request_context(
    claim: Claim, held: Standing, reasons: Sequence[str], text: str, deadline: Deadline | None, cells: Cells
) -> Context:
    """What the templates get that tell of an open request: the first mail and its reminder."""
    words = {"reasons": reasons_of(reasons), "cells": cells_of(cells, held), "text": text.strip()}
    return for_firm(claim, held, due=due(deadline, is_partner=True), **words)


def approved(*, claim: Claim, event: Event, lines: Sequence[ClaimLine]) -> None:
    """Tell the firm that it is the partner of record for `lines`, with the subscription IDs."""
    to_firm("approved", claim, event, approved_context(claim, standing(claim, lines)))


def approved_context(claim: Claim, held: Standing) -> Context:
    """What the template of `approved` gets: the customer is told later, and has its days from then on."""
    return for_firm(claim, held, customer_days=settings.CUSTOMER_WINDOW_DAYS)


def rejected(
    *,
    claim: Claim,
    event: Event,
    lines: Sequence[ClaimLine],
    reasons: Sequence[str],
    text: str,
    cells: Cells = (),
    recipients: Sequence[User] | None = None,
) -> None:
    """Tell the firm that `lines` are rejected and why, by a reviewer or for want of an answer, and how to dispute it.

    `recipients` are the firm's, where the caller has read them already.
    """
    window = _dispute_window(claim, event)
    context = rejected_context(claim, standing(claim, lines), reasons, text, window, cells)
    if recipients is None:
        to_firm("rejected", claim, event, context)
    else:
        send("rejected", claim, event, context, recipients)


def rejected_context(
    claim: Claim,
    held: Standing,
    reasons: Sequence[str],
    text: str,
    window: Deadline | None,
    cells: Cells = (),
) -> Context:
    """What the template of `rejected` gets; `window` is the time to dispute this decision."""
    is_for_silence = Reason.NO_PARTNER_RESPONSE in reasons
    # The portal's own words are in the template, in each recipient's language.
    words = "" if is_for_silence else text.strip()
    facts = {"is_for_silence": is_for_silence, "dispute": due(window, is_partner=True), "cells": cells_of(cells, held)}
    return for_firm(claim, held, reasons=reasons_of(reasons), text=words, **facts)


def decided(*, claim: Claim, parts: Sequence[Decided], deadline: Deadline | None) -> None:
    """Tell the firm in one mail what was decided product by product; `deadline` is what is owed after it, if anything.

    The parts come in the order in which they were done; the last one's event names the mail.
    """
    touched = [line for part in parts for line in part.lines]
    rejection = next((part.event for part in parts if part.verdict == "reject"), None)
    window = _dispute_window(claim, rejection) if rejection else None
    context = decided_context(claim, standing(claim, touched), parts, deadline, window)
    to_firm("decided", claim, parts[-1].event, context)


def decided_context(
    claim: Claim, held: Standing, parts: Sequence[Decided], deadline: Deadline | None, window: Deadline | None
) -> Context:
    """What the template of `decided` gets: each part under its verdict, and who acts by when."""
    told = {part.verdict: _part_context(part) for part in parts}
    answer = due(deadline, is_partner=True) if "ask" in told else None
    facts = {"due": answer, "dispute": due(window, is_partner=True), "customer_days": settings.CUSTOMER_WINDOW_DAYS}
    return for_firm(claim, held, parts=told, **facts)


def _part_context(part: Decided) -> Context:
    reasons, cells = reasons_of(part.reasons), cells_of(part.cells, Standing(part.lines))
    return {"lines": part.lines, "reasons": reasons, "cells": cells, "text": part.text.strip()}


def _dispute_window(claim: Claim, event: Event) -> Deadline | None:
    windows = claim.deadlines.running().filter(kind=DeadlineKind.DISPUTE_WINDOW, about=clock.about_event(event))
    return windows.first()


def contested(*, claim: Claim, event: Event, lines: Sequence[ClaimLine], deadline: Deadline) -> None:
    """The neutral notice that a case about `lines` is open: the same text, at the same moment, for every side.

    It says that there is a contest and until when proof can be added, and nothing of anybody else
    (domain.md, "Competing claims" 3). `deadline` is the time for evidence.
    """
    to_firm("contested", claim, event, contested_context(claim, lines, deadline))


def contested_context(claim: Claim, lines: Sequence[ClaimLine], deadline: Deadline) -> Context:
    """What the template of `contested` gets."""
    return for_firm(claim, Standing(lines), due=due(deadline, is_partner=True))
