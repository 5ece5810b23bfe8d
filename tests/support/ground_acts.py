"""Acts of the transition table that have no function yet, walked over the ground that every act uses.

Each does what domain.md says of it and no more, so that the table, the statuses and the deadlines can be tried before
the pages for it are built. `about` names the decision or the case, as in `claims.clock.settle`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from claims.acts import contests
from claims.acts.ground import Doing, begin, chosen, conclude, lock_lines, set_outcome
from claims.models import Association, Claim, ClaimLine
from claims.transitions import BY_ACT, Act
from claims.words import OCCUPYING_OUTCOMES, Outcome
from cpor_portal.accounts.models import User
from cpor_portal.faults import Refused


@dataclass(frozen=True)
class How:
    """How one act is done: whether whoever owed something is merely freed of it, and what it writes beside."""

    kept: bool = True
    fields: Callable[[Doing], dict[str, Any]] = field(default=lambda doing: {})


def _new_round(doing: Doing) -> dict[str, Any]:
    return {"round": doing.claim.round + 1, "review_started_at": None}


HOW: dict[Act, How] = {
    Act.RELEASE: How(kept=False),
    Act.REOPEN: How(fields=_new_round),
}


def do(
    act: Act,
    *,
    reference: str,
    by: User | None,
    line_ids: Sequence[int] = (),
    about: str = "",
    version: int | None = None,
) -> Claim:
    """Do `act` on these lines (none named: all that it can touch). Raises what every act raises."""
    how, row = HOW.get(act, How()), BY_ACT[act]
    with transaction.atomic():
        doing = begin(reference=reference, act=act, by=by, version=version)
        lines = chosen(doing, lock_lines(doing.claim), line_ids) if row.takes else []
        if row.gives is not None:
            _refuse_taken(act, lines)
            before = {line.pk: line.outcome for line in lines}
            is_decided = row.gives not in (Outcome.PENDING, Outcome.VERIFIED)
            set_outcome(doing, lines, row.gives, decided=is_decided)
            # A holder who wins keeps the association that it has.
            _hold(doing, [line for line in lines if before[line.pk] != row.gives], row.gives)
            contests.mark((line.target_id for line in lines if line.target_id), at=doing.at)
        told = {"lines": [line.pk for line in lines], "products": [line.product.name for line in lines]}
        conclude(doing, data=told, fields=how.fields(doing), kept=how.kept, about=about)
    return doing.claim


def _refuse_taken(act: Act, lines: Sequence[ClaimLine]) -> None:
    """No ruling gives away what somebody holds, and nothing is reopened that its firm has filed anew."""
    for line in lines:
        others = ClaimLine.objects.filter(target=line.target, submitted_at__isnull=False).exclude(pk=line.pk)
        if (
            act == Act.RULE_FOR
            and line.outcome != Outcome.ASSOCIATED
            and others.filter(outcome=Outcome.ASSOCIATED).exists()
        ):
            raise Refused("held", "somebody holds it")
        if act == Act.REOPEN and others.filter(firm=line.firm_id, outcome__in=OCCUPYING_OUTCOMES).exists():
            raise Refused("already_claimed", "filed anew")


def _hold(doing: Doing, lines: Sequence[ClaimLine], outcome: Outcome) -> None:
    if outcome == Outcome.ASSOCIATED:
        Association.objects.bulk_create(
            Association(target=line.target, firm=doing.claim.firm, line=line, started_at=doing.at) for line in lines
        )
    else:
        Association.objects.open().filter(line__in=lines).update(ended_at=doing.at, end_reason=doing.act)
