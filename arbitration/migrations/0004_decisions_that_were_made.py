"""Work out, for rounds that were decided before, how many business days that took and what was decided on each product.

From the history and the deadlines, which keep all of it: the figures then tell of the time before them as well.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import migrations

from cpor_portal.working_days import WorkCalendar, local_day, working_days_between

PORTION = 1_000
DECISIONS = {"approve": "approved", "request_information": "asked", "reject": "rejected", "remove": "removed"}


def fill(apps: Any, schema_editor: Any) -> None:
    """Every round with a decision and without its particulars, a portion of claims at a time."""
    for reviews in _portions(apps):
        claims = {review.claim_id for review in reviews}
        _fill_days(apps, reviews, claims)
        _fill_lines(apps, reviews, claims)


def _portions(apps: Any) -> Iterator[list[Any]]:
    """All rounds of some claims together, because an event belongs to the round that had begun last."""
    reviews = apps.get_model("arbitration", "Review").objects
    last = 0
    while True:
        decided = reviews.filter(decided_at__isnull=False, business_days=None, claim_id__gt=last)
        claims = list(decided.order_by("claim_id").values_list("claim_id", flat=True).distinct()[:PORTION])
        if not claims:
            return
        yield list(reviews.filter(claim_id__in=claims).order_by("claim_id", "round"))
        last = claims[-1]


def _fill_days(apps: Any, reviews: list[Any], claims: set[int]) -> None:
    """As the act does: from the start of the review clock that ran to the decision, in its calendar as it was."""
    clocks = defaultdict(list)
    deadlines = apps.get_model("claims", "Deadline").objects.filter(kind="review", claim_id__in=claims)
    for deadline in deadlines.order_by("started_at", "id"):
        clocks[deadline.claim_id].append(deadline)
    counted = []
    for review in reviews:
        begun = [
            clock for clock in clocks[review.claim_id] if review.decided_at and clock.started_at <= review.decided_at
        ]
        if begun and review.business_days is None:
            review.business_days = _business_days(begun[-1], review.decided_at)
            counted.append(review)
    apps.get_model("arbitration", "Review").objects.bulk_update(counted, ["business_days"], batch_size=PORTION)


def _business_days(clock: Any, decided_at: Any) -> int:
    calendar = WorkCalendar(
        clock.calendar_country,
        clock.calendar_zone,
        frozenset(map(date.fromisoformat, clock.closures)),
        frozenset(map(date.fromisoformat, clock.extra_working_days)),
    )
    first, last = (local_day(instant, calendar.time_zone) for instant in (clock.started_at, decided_at))
    return len(working_days_between(first, last, calendar))


def _fill_lines(apps: Any, reviews: list[Any], claims: set[int]) -> None:
    """One decision for each product and round, the last that the history tells; those that stand there stay."""
    LineDecision = apps.get_model("arbitration", "LineDecision")
    DecisionReason = apps.get_model("arbitration", "DecisionReason")
    rounds = defaultdict(list)
    for review in reviews:
        rounds[review.claim_id].append(review)
    known = set(LineDecision.objects.filter(review__in=reviews).values_list("review_id", "line_id"))
    made: dict[tuple[int, int], tuple[Any, list[str]]] = {}
    for event in _decisions(apps, claims):
        of_then = [review for review in rounds[event.claim_id] if review.started_at <= event.at]
        for line in event.data.get("lines", []) if of_then else []:
            place = (of_then[-1].pk, line)
            decision = LineDecision(
                review_id=place[0], line_id=line, decision=DECISIONS[event.verb], at=event.at, by_id=event.actor_id
            )
            if place not in known:
                made[place] = (decision, event.data.get("reasons", []))
    LineDecision.objects.bulk_create([decision for decision, _reasons in made.values()], batch_size=PORTION)
    DecisionReason.objects.bulk_create(
        [
            DecisionReason(decision=decision, reason=reason)
            for decision, reasons in made.values()
            for reason in dict.fromkeys(reasons)
        ],
        batch_size=PORTION,
    )


def _decisions(apps: Any, claims: set[int]) -> Iterator[Any]:
    """The decisions that the history of these claims tells, of lines that are still there, in their order."""
    lines = set(apps.get_model("claims", "ClaimLine").objects.filter(claim_id__in=claims).values_list("pk", flat=True))
    events = apps.get_model("claims", "Event").objects.filter(claim_id__in=claims, verb__in=DECISIONS)
    for event in events.exclude(actor=None).order_by("id"):
        event.data = {**event.data, "lines": [line for line in event.data.get("lines", []) if line in lines]}
        yield event


class Migration(migrations.Migration):
    dependencies = [("arbitration", "0003_the_review_desk")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
