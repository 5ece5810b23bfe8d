"""An earlier round of a claim as a reviewer opens it: what was handed in, what was decided, why, and by when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404

from arbitration.models import LineDecision, Review
from claims.models import Claim, ClaimLine, Deadline, Document
from claims.permissions import visible_comments, visible_documents
from claims.proof.as_it_was import Spot, lines_then, matrix_as_it_was
from claims.proof.matrix import MatrixView
from claims.proof.words import CellVerdict
from claims.rounds import (
    DECISIONS,
    FIELDS,
    Changes,
    Round,
    changes_between,
    field_in_words,
    field_label,
    names_in,
    open_to,
    rounds_of,
)
from claims.shown import ShownComment, shown_comment
from claims.words import DeadlineKind, Reason
from cpor_portal.accounts.models import User

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class LineThen:
    """One product of the round, with what the round decided on it; None where it stayed undecided."""

    line: ClaimLine
    decision: LineDecision | None

    @property
    def reasons(self) -> list[tuple[str, str]]:
        """Codes and labels of the reasons."""
        rows = self.decision.reasons.all() if self.decision else ()
        return [(row.reason, str(Reason(row.reason).label)) for row in rows]


@dataclass(frozen=True)
class RoundPage:
    """Everything that the page of one round shows."""

    round: Round
    count: int
    review: Review | None
    lines: Sequence[LineThen]
    facts: Sequence[tuple[str, str]]
    documents: Sequence[Document]
    matrix: MatrixView
    changes: Changes | None
    said: Sequence[ShownComment]
    deadline: Deadline | None

    @property
    def number(self) -> int:
        """Which round it is, from 1."""
        return self.round.number

    @property
    def previous(self) -> int | None:
        """The number of the round before."""
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        """The number of the round after."""
        return self.number + 1 if self.number < self.count else None

    @property
    def is_current(self) -> bool:
        """Whether the claim is in this round now."""
        return self.number == self.count


def round_page(claim: Claim, reader: User, number: int) -> RoundPage:
    """Round `number` of a filed claim, for reviewers. Raises Http404 for a round that there was not."""
    rounds = rounds_of(claim)
    if not 1 <= number <= len(rounds):
        raise Http404
    this, before = rounds[number - 1], rounds[number - 2] if number > 1 else None
    review = claim.reviews.select_related("reviewer").filter(round=number).first()
    decisions = _decisions(review)
    lines = lines_then(claim, this.facts)
    return RoundPage(
        round=this,
        count=len(rounds),
        review=review,
        lines=[LineThen(line, decisions.get(line.pk)) for line in lines],
        facts=facts_shown(this.facts),
        documents=documents_then(claim, reader, this.facts),
        matrix=matrix_as_it_was(
            claim, this.facts, lines, until=judged_at(decisions.values()), said=_said_of_cells(claim, this)
        ),
        changes=_changes(claim, reader, before, this),
        said=_said(claim, reader, this),
        deadline=_in_round(claim.deadlines.filter(kind=DeadlineKind.REVIEW), "started_at", this).first(),
    )


def facts_shown(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The answers of a snapshot, label and value, without those that are empty."""
    told = [(field_label(field), field_in_words(field, facts.get(field))) for field in FIELDS]
    return [(label, value) for label, value in told if value]


def documents_then(claim: Claim, reader: User, facts: Mapping[str, Any]) -> list[Document]:
    """The documents of a snapshot that `reader` may see, newest first."""
    held = [document["sha256"] for document in facts["documents"]]
    return list(visible_documents(reader, claim).filter(sha256__in=held))


def judged_at(decisions: Iterable[LineDecision]) -> datetime | None:
    """When the last product of a round was decided; None where none was."""
    return max((decision.at for decision in decisions), default=None)


def _decisions(review: Review | None) -> dict[int, LineDecision]:
    if review is None:
        return {}
    decisions = review.decisions.select_related("by").prefetch_related("reasons")
    return {decision.line_id: decision for decision in decisions}


def _changes(claim: Claim, reader: User, before: Round | None, this: Round) -> Changes | None:
    if before is None:
        return None
    return changes_between(before.facts, this.facts, names_in(before.facts, this.facts), open_to(reader, claim))


def _in_round(rows: "QuerySet[Row]", field: str, this: Round) -> "QuerySet[Row]":
    """Those that came after the round had begun and before the next one did, the first one first."""
    if this.began is not None:
        rows = rows.filter(**{f"{field}__gte": this.began.at})
    if this.ended_at is not None:
        rows = rows.filter(**{f"{field}__lt": this.ended_at})
    return rows.order_by("pk")


def _said(claim: Claim, reader: User, this: Round) -> list[ShownComment]:
    """What was written with the decisions of the round, as it was frozen then."""
    comments = _in_round(visible_comments(reader, claim).filter(verb__in=DECISIONS), "at", this)
    return [shown_comment(comment, reader) for comment in comments]


def _said_of_cells(claim: Claim, this: Round) -> dict[Spot, str]:
    """Which cells the round's decisions accepted and refused."""
    said: dict[Spot, str] = {}
    for data in _in_round(claim.events.filter(verb__in=DECISIONS), "at", this).values_list("data", flat=True):
        for name, verdict in (("held", CellVerdict.HELD), ("cells", CellVerdict.REFUSED)):
            said |= {(cell["product"], cell["column"]): verdict for cell in data.get(name, ())}
    return said
