"""Mails about a claim's proof that no act of a person brings."""

from collections.abc import Sequence
from datetime import date

from claims.mails.context import Context, Standing, for_firm, standing_of
from claims.mails.sending import to_firm
from claims.models import Claim, ClaimLine
from claims.words import Outcome


def proof_ages(*, claim: Claim, on: date) -> None:
    """Remind the firm, once for each day `on`, that newer proof can be added to its approved claim."""
    held = standing_of(claim, {Outcome.ASSOCIATED})
    to_firm("proof_ages", claim, f"proof-{claim.pk}-{on:%Y%m%d}", proof_ages_context(claim, held.lines))


def proof_ages_context(claim: Claim, lines: Sequence[ClaimLine]) -> Context:
    """What the template of `proof_ages` gets; `good_until` is None where no date of acknowledgement is known."""
    return for_firm(claim, Standing(lines), good_until=claim.proof_good_until)
