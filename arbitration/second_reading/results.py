"""What second readings have found: product by product, for the page of a reading and for the arbiters' figures."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Prefetch, Q, QuerySet

from arbitration.models import LineDecision, ReviewDecision, SecondReading
from claims.words import Reason
from cpor_portal.faults import Text


@dataclass(frozen=True)
class LineResult:
    """One product: what the round decided on it and what the second reader would have decided."""

    product: str
    first: ReviewDecision
    second: ReviewDecision
    first_reasons: Sequence[Reason]
    second_reasons: Sequence[Reason]

    @property
    def agrees(self) -> bool:
        """Whether both decided the same; other reasons for the same decision are no disagreement."""
        return self.first == self.second

    @property
    def first_label(self) -> Text:
        """The first decision in words."""
        return self.first.label

    @property
    def second_label(self) -> Text:
        """The second decision in words."""
        return self.second.label


@dataclass(frozen=True)
class Result:
    """One second reading that was answered, with its products in the order of the claim."""

    reading: SecondReading
    lines: Sequence[LineResult]

    @property
    def differing(self) -> list[LineResult]:
        """The products on which the two disagree."""
        return [line for line in self.lines if not line.agrees]


@dataclass(frozen=True)
class Counts:
    """How many rounds were read again in a period, and on how many both readers decided every product alike."""

    read: int
    agreed: int
    waiting: int
    """How many wait for a second reader now, or are being read."""

    @property
    def disagreed(self) -> int:
        """On how many they differ about a product."""
        return self.read - self.agreed


def read_between(since: datetime, until: datetime) -> QuerySet[SecondReading]:
    """The readings that were answered from `since` on and before `until` (both aware)."""
    return SecondReading.objects.filter(read_at__gte=since, read_at__lt=until)


def counts(since: datetime, until: datetime) -> Counts:
    """The numbers of a period. Two queries."""
    told = read_between(since, until).aggregate(read=Count("id"), agreed=Count("id", filter=Q(agrees=True)))
    return Counts(told["read"], told["agreed"], SecondReading.objects.filter(read_at=None).count())


def disagreements(since: datetime, until: datetime, limit: int = 100) -> list[Result]:
    """The readings of a period that differ from the first decision, newest first. Three queries, however many."""
    return results(read_between(since, until).filter(agrees=False).order_by("-read_at", "-id")[:limit])


def results(readings: QuerySet[SecondReading]) -> list[Result]:
    """These answered readings with their products. Three queries, however many there are."""
    decisions = LineDecision.objects.select_related("line__product").prefetch_related("reasons").order_by("line_id")
    wanted = readings.select_related("reader", "review__reviewer", "review__claim__firm").prefetch_related(
        Prefetch("review__decisions", queryset=decisions)
    )
    return [Result(reading, _lines(reading, reading.review.decisions.all())) for reading in wanted]


def result_of(reading: SecondReading) -> Result:
    """One answered reading with its products."""
    return results(SecondReading.objects.filter(pk=reading.pk))[0]


def _lines(reading: SecondReading, decisions: Iterable[LineDecision]) -> list[LineResult]:
    first: Mapping[str, str] = reading.first
    judged = [one for one in decisions if str(one.line_id) in first and str(one.line_id) in reading.verdicts]
    return [
        LineResult(
            product=one.line.product.name,
            first=ReviewDecision(first[str(one.line_id)]),
            second=ReviewDecision(reading.verdicts[str(one.line_id)]),
            first_reasons=[Reason(row.reason) for row in one.reasons.all()],
            second_reasons=[Reason(code) for code in reading.reasons.get(str(one.line_id), ())],
        )
        for one in judged
    ]
