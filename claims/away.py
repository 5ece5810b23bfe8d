"""Who of those who review is away. Absences belong to the review desk, which says here how they are looked up.

Claims know no desk (the packages below do not import those above); without one, nobody is away.
"""

from collections.abc import Callable
from datetime import datetime

from claims.models import Claim
from claims.permissions import reviewer_of
from cpor_portal.accounts.models import User

LookUp = Callable[[User, datetime], bool]
_look_ups: list[LookUp] = []


def register(look_up: LookUp) -> None:
    """Have absences looked up by `look_up` (person, aware instant); harmless when it is registered twice."""
    if look_up not in _look_ups:
        _look_ups.append(look_up)


def reviewer_who_is_there(claim: Claim, at: datetime) -> User | None:
    """Whoever has the claim, still reviews and is not away `at` this instant (aware): who acts on what is mailed."""
    reviewer = reviewer_of(claim)
    if reviewer is None or any(is_away(reviewer, at) for is_away in _look_ups):
        return None
    return reviewer
