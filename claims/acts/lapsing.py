"""What a claim no longer needs once it has come to its end: part of how every act ends (`claims.acts.ground`)."""

from datetime import datetime

from claims.models import Claim, Correction, CorrectionState
from claims.transitions import BY_ACT, Act


def lapse_correction(claim: Claim, *, at: datetime) -> None:
    """A correction that waits ends with the claim: nothing is left that it could put right.

    Under the claim's lock, when its new status is in hand; the caller writes `correction_asked_at`.
    """
    if claim.correction_asked_at is None or claim.status in BY_ACT[Act.CORRECT].statuses:
        return
    waiting = Correction.objects.filter(claim=claim, state=CorrectionState.ASKED)
    waiting.update(state=CorrectionState.LAPSED, decided_at=at)
    claim.correction_asked_at = None
