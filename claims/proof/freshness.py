"""How long proof is good: the customer's acknowledgement counts for twelve months (domain.md, "Proof of execution").

Days are calendar days at the review site, where submissions are counted.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from claims import clock
from claims.models import Claim, ProofCell
from claims.proof.words import Column
from claims.words import OCCUPYING_OUTCOMES, OPEN_STATUSES, DeadlineKind, Outcome, Status
from cpor_portal.working_days import local_day

GONE = frozenset({Outcome.REMOVED, Outcome.WITHDRAWN})


def a_year_before(day: date) -> date:
    """The same day of the year before; 28 February for a 29th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def good_until(acknowledged_on: date) -> date:
    """The last day of submission for which an acknowledgement of that day is within twelve months."""
    try:
        last = acknowledged_on.replace(year=acknowledged_on.year + 1)
    except ValueError:
        last = acknowledged_on.replace(year=acknowledged_on.year + 1, day=28)
    following = last + timedelta(days=1)
    return following if a_year_before(following) <= acknowledged_on else last


@dataclass(frozen=True)
class Freshness:
    """How old the acknowledgement of a claim's proof is, and what that means now."""

    acknowledged_on: date
    good_until: date
    is_old: bool
    """Older than twelve months before submission: a reviewer would refuse it."""
    ends_before_review: bool
    """The twelve months end before the review could: a later answer or a contest may need newer proof."""
    review_due_on: date | None
    earliest: date
    """The first day of an acknowledgement that is recent enough."""
    products: tuple[str, ...] = ()
    """The products whose acknowledgement is that old, where others have a newer one."""

    @property
    def needs_attention(self) -> bool:
        """Whether the partner had better get a newer one."""
        return self.is_old or self.ends_before_review


def freshness_of(claim: Claim, now: datetime) -> Freshness | None:
    """The freshness of the claim's proof at `now` (aware); None where no date of acknowledgement is known.

    A draft is measured as if it were submitted now.
    """
    days = acknowledged(claim)
    day = min(days.values(), default=None)
    if day is None:
        return None
    last, due_on, earliest = good_until(day), _review_due_on(claim, now), earliest_day(claim, now)
    is_old = day < earliest
    return Freshness(
        acknowledged_on=day,
        good_until=last,
        is_old=is_old,
        ends_before_review=not is_old and due_on is not None and last < due_on,
        review_due_on=due_on,
        earliest=earliest,
        products=tuple(sorted(name for name, one in days.items() if one == day)) if max(days.values()) > day else (),
    )


def earliest_day(claim: Claim, now: datetime) -> date:
    """The first day of an acknowledgement that is within 12 months before submission; a draft's as if submitted now."""
    return a_year_before(local_day(claim.submitted_at or now, settings.REVIEW_TIME_ZONE))


def acknowledged_on(claim: Claim) -> date | None:
    """The day that the claim's proof is as old as; None where the matrix names none.

    Each product is decided and contested by itself, so the claim is as fresh as its oldest one: of each the newest day.
    """
    return min(acknowledged(claim).values(), default=None)


def acknowledged(claim: Claim) -> dict[str, date]:
    """The newest day of a customer's acknowledgement by the product's name; of products that may still be had."""
    products = claim.lines.filter(outcome__in=OCCUPYING_OUTCOMES).values("product_id")
    cells = ProofCell.objects.filter(claim=claim, column=Column.DATED, product__in=products)
    dated = cells.exclude(document=None).values_list("product__name", "dated_on")
    return {name: day for name, day in dated if day is not None}


def _review_due_on(claim: Claim, now: datetime) -> date | None:
    """The day on which the review is due, or would be if the claim were handed in now; None when none is to come."""
    zone = ZoneInfo(settings.REVIEW_TIME_ZONE)
    if claim.status in OPEN_STATUSES and claim.status != Status.PARTNER_ACTION_REQUIRED:
        return claim.due_at.astimezone(zone).date() if claim.due_at else None
    if claim.status in (Status.EDITING, Status.PARTNER_ACTION_REQUIRED):
        return clock.would_be_due(DeadlineKind.REVIEW, claim, now).astimezone(zone).date()
    return None
