"""Which decided rounds of review are read a second time."""

from datetime import datetime

from django.conf import settings
from django.utils.crypto import salted_hmac

from arbitration.models import Review, SecondReading

PARTS = 10_000


def is_sampled(reference: str, round_number: int, share: float) -> bool:
    """Whether this round of this claim belongs to the `share` (percent) that is read again.

    Always the same answer for the same round, so that nobody can decide it by trying, and one that only the portal's
    secret foretells, so that no reviewer knows beforehand which claims are looked at twice.
    """
    digest = salted_hmac("second reading", f"{reference}:{round_number}", algorithm="sha256").digest()
    return int.from_bytes(digest[:8], "big") % PARTS < share * PARTS / 100


def sample(review: Review, *, at: datetime) -> SecondReading | None:
    """Put a decided round up for a second reading if it is among the sample; part of the decision's act.

    `at` (aware) is when it was first decided. The share is settings.SECOND_READING_SHARE; a round is sampled once.
    """
    if not is_sampled(review.claim.reference, review.round, settings.SECOND_READING_SHARE):
        return None
    reading, _made = SecondReading.objects.get_or_create(review=review, defaults={"sampled_at": at})
    return reading
