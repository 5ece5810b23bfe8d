"""Who else stands on a claim's products. For reviewers alone: no partner ever reads another's name."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from claims.models import ClaimLine
from claims.words import Outcome


@dataclass(frozen=True)
class Rival:
    """Another firm's line on the same target."""

    firm: str
    reference: str
    claim_status: str
    outcome: str

    @property
    def holds(self) -> bool:
        """Whether that firm is the partner of record now, not merely a claimant."""
        return self.outcome == Outcome.ASSOCIATED


def rivals_of(lines: Sequence[ClaimLine]) -> dict[int, list[Rival]]:
    """Other firms' open lines and associations on the targets of the undecided `lines`, by line id; one query."""
    wanted = {line.target_id: line for line in lines if line.target_id and line.is_undecided}
    found: dict[int, list[Rival]] = defaultdict(list)
    others = ClaimLine.objects.occupying().filter(target__in=wanted).select_related("claim", "firm").order_by("id")
    for other in others:
        mine = wanted.get(other.target_id or 0)
        if mine is not None and other.firm_id != mine.firm_id:
            found[mine.pk].append(Rival(other.firm.name, other.claim.reference, other.claim.status, other.outcome))
    return dict(found)
