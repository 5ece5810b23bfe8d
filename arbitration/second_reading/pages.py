"""What the pages of second readings show: what waits, the blind page of one round, and its proof."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Count
from django.http import Http404

from arbitration.models import SecondReading
from arbitration.rounds import documents_then, facts_shown, judged_at
from arbitration.second_reading.access import open_reading, unread, waiting_for
from arbitration.second_reading.results import Counts, Result, counts, disagreements
from claims.history import comment_text
from claims.models import ClaimLine, Comment, Document
from claims.permissions import HeldBack, held_back
from claims.proof.as_it_was import lines_then, matrix_as_it_was
from claims.proof.matrix import MatrixView
from claims.proof.room import Asked, Room, room_of
from claims.rounds import Round, rounds_of
from claims.words import Audience, Reason
from cpor_portal.accounts import permissions as people
from cpor_portal.accounts.models import User
from cpor_portal.directory.models import SolutionArea

MOST_SHOWN = 20
MOST_COUNTED = 100
LOOK_BACK = timedelta(days=90)


@dataclass(frozen=True)
class Waiting:
    """One round that waits, told without a word by which its claim could be found."""

    reading: SecondReading
    area: str
    products: int


@dataclass(frozen=True)
class Overview:
    """The page of second readings for one reader. What arbiters alone read is empty for the others."""

    mine: SecondReading | None
    waiting: Sequence[Waiting]
    count: int
    taken: Sequence[SecondReading] = ()
    counts: Counts | None = None
    disagreements: Sequence[Result] = ()

    @property
    def is_more(self) -> bool:
        """Whether more wait than are counted."""
        return self.count > MOST_COUNTED


def overview(reader: User, now: datetime) -> Overview:
    """What waits for a second reading by `reader`; for arbiters also who reads now and what was found lately."""
    waiting = waiting_for(reader)
    shown = waiting.select_related("review__claim").annotate(products=Count("review__decisions"))[:MOST_SHOWN]
    rows = [Waiting(one, str(SolutionArea(one.review.claim.solution_area).label), one.products) for one in shown]
    mine, count = open_reading(reader), len(waiting.values_list("pk", flat=True)[: MOST_COUNTED + 1])
    if not people.is_arbiter(reader):
        return Overview(mine, rows, count)
    since = now - LOOK_BACK
    taken = unread().exclude(reader=None).select_related("reader")[:MOST_SHOWN]
    return Overview(mine, rows, count, list(taken), counts(since, now), disagreements(since, now, MOST_SHOWN))


@dataclass(frozen=True)
class BlindComment:
    """Something that was said before the round was handed in. Who spoke for Microsoft is not told."""

    who: str
    is_staff: bool
    at: datetime
    body: str
    reasons: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class BlindPage:
    """A round as it was handed in, without a word of what became of it."""

    reading: SecondReading
    round: Round
    lines: Sequence[ClaimLine]
    facts: Sequence[tuple[str, str]]
    documents: Sequence[Document]
    held_back: HeldBack
    matrix: MatrixView
    comments: Sequence[BlindComment]


def blind_page(reading: SecondReading, reader: User) -> BlindPage:
    """The round of a reading for whoever has it. The same number of queries for every claim."""
    claim, number = reading.review.claim, reading.review.round
    this = rounds_of(claim)[number - 1]
    lines = [line for line in lines_then(claim, this.facts) if str(line.pk) in reading.first]
    return BlindPage(
        reading=reading,
        round=this,
        lines=lines,
        facts=facts_shown(this.facts),
        documents=documents_then(claim, reader, this.facts),
        held_back=held_back(reader, claim),
        matrix=matrix_as_it_was(claim, this.facts, lines, until=_judged(reading)),
        comments=_comments(reading, this),
    )


def _judged(reading: SecondReading) -> datetime | None:
    return judged_at(reading.review.decisions.all())


def _comments(reading: SecondReading, this: Round) -> list[BlindComment]:
    """What both sides could read when the round was handed in; what reviewers said among themselves is left out."""
    comments = reading.review.claim.comments.filter(audience=Audience.PARTNER).select_related("author")
    if this.began is not None:
        comments = comments.filter(at__lte=this.began.at)
    return [_blind(comment) for comment in comments]


def _blind(comment: Comment) -> BlindComment:
    who = "" if comment.author_is_staff or comment.author is None else str(comment.author)
    reasons = [(code, str(Reason(code).label)) for code in comment.reasons]
    return BlindComment(who, comment.author_is_staff, comment.at, comment_text(comment), reasons)


def blind_room(page: BlindPage, reader: User, asked: Asked) -> Room:
    """The proof room of the round: its own documents, and the matrix without ticks and verdicts.

    Raises Http404 for a document that came later, and where there is none to look at.
    """
    documents = list(page.documents)
    wanted = asked["document_id"] or next((one.pk for one in documents), None)
    if wanted is None or wanted not in {one.pk for one in documents}:
        raise Http404
    room = room_of(page.reading.review.claim, reader, document_id=wanted, page=asked["page"], zoom=asked["zoom"])
    return replace(room, documents=documents, matrix=page.matrix)
