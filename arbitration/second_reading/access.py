"""Who may read which sampled round again: somebody who has had nothing to do with the claim, and no interest in it."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from arbitration.models import LineDecision, Review, SecondReading
from arbitration.permissions import standing_bars
from claims.models import Claim, Event
from cpor_portal.accounts import permissions as people
from cpor_portal.accounts.models import StaffRole, User

REVIEWS_STILL = Q(reader__is_active=True, reader__staff_role__in=[StaffRole.REVIEWER, StaffRole.ARBITER])


def unread() -> QuerySet[SecondReading]:
    """Every sampled round that nobody has read again yet, the oldest first."""
    return SecondReading.objects.filter(read_at=None).order_by("sampled_at", "id")


def waiting_for(reader: User) -> QuerySet[SecondReading]:
    """What `reader` may take: nobody who still reviews has it, and `reader` may judge it without prejudice."""
    free = Q(reader=None) | ~REVIEWS_STILL
    return unbiased(unread().filter(free), reader)


def unbiased(readings: QuerySet[SecondReading], reader: User) -> QuerySet[SecondReading]:
    """Those of claims on which `reader` has done nothing, in any round, and from which no conflict of interest bars.

    Whoever started, decided, assigned or commented, or has read a round of it again and seen the result, knows what
    colleagues think of it, and is no second reader.
    """
    claim = OuterRef("review__claim")
    bars = standing_bars().filter(Q(claim=None) | Q(claim=claim), person=reader, firm=OuterRef("review__claim__firm"))
    return readings.filter(
        ~Exists(Event.objects.filter(claim=claim, actor=reader)),
        ~Exists(Review.objects.filter(claim=claim, reviewer=reader)),
        ~Exists(LineDecision.objects.filter(review__claim=claim, by=reader)),
        ~Exists(Claim.objects.filter(pk=claim, reviewer=reader)),
        ~Exists(SecondReading.objects.filter(review__claim=claim, reader=reader, read_at__isnull=False)),
        ~Exists(bars),
    )


def open_reading(reader: User, claim: Claim | None = None) -> SecondReading | None:
    """What `reader` has taken and not answered yet: there is one at a time; None where it is not of `claim`."""
    mine = unread().filter(reader=reader).select_related("review__claim")
    return (mine if claim is None else mine.filter(review__claim=claim)).first()


def read_blindly(reader: User) -> list[int]:
    """The ids of the claims that `reader` is reading blindly: one, or none. No list tells them how these stand."""
    return list(unread().filter(reader=reader).values_list("review__claim", flat=True))


def reading_for(reader: User, reading_id: int) -> SecondReading:
    """A reading that `reader` may open. Raises Http404 for every other: it does not exist for them.

    Before it is answered that is whoever has it; afterwards they, whoever decided the round, and arbiters.
    """
    reading = (
        SecondReading.objects.select_related("reader", "review__reviewer", "review__claim__firm")
        .filter(pk=reading_id)
        .first()
    )
    if reading is None or not may_open(reader, reading):
        raise Http404
    return reading


def may_open(reader: User, reading: SecondReading) -> bool:
    """Whether the page of this reading exists for `reader`."""
    if not people.is_reviewer(reader):
        return False
    if reading.read_at is None or reading.reader_id == reader.pk:
        return reading.reader_id == reader.pk
    return people.is_arbiter(reader) or reading.review.reviewer_id == reader.pk
