"""What a partner may ask to have put right on a claim under way, judged as at submission (domain.md, "Statuses").

The solution area stays: another area would be about other products (docs/decisions/corrections.md).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.utils.translation import gettext_lazy as _

from claims.checks.activity import check_activities
from claims.checks.contacts import REVENUE, check_revenue
from claims.checks.faults import faults_in, raise_all
from claims.checks.mpn import check_enrolment, check_mpn
from claims.models import Claim
from claims.refusals import refused
from claims.words import Activity
from cpor_portal.accounts.models import MpnLocation
from cpor_portal.faults import Refused

LONGEST_REASON = 4_000
T = TypeVar("T")


@dataclass(frozen=True)
class CorrectionAnswer:
    """MPN location, activities and the three facts of a revenue association as they are to be."""

    location: MpnLocation
    activities: tuple[str, ...]
    facts: Mapping[str, str]
    reason: str = ""

    def changes(self, claim: Claim) -> list[str]:
        """The columns of the claim that would say something else than now."""
        changed = [] if claim.location_id == self.location.pk else ["location"]
        if set(claim.activities) != set(self.activities):
            changed.append("activities")
        return changed + [name for name in REVENUE if getattr(claim, name) != self.facts[name]]


def check_correction(
    claim: Claim,
    *,
    mpn_id: str | None,
    activities: Sequence[str],
    facts: Mapping[str, str | None],
    reason: str,
    today: date,
) -> CorrectionAnswer:
    """What is asked for, tidied. What is None, and no activity at all, stays as the claim has it.

    `today` is a calendar day at the review site. Raises Refused or ManyRefused, each fault at its field: those of the
    activity and MPN steps, contact_required and contact_too_long for the facts of a revenue association,
    reason_required, reason_too_long, nothing_to_correct.
    """
    wanted = _in_order(activities or claim.activities)
    found = _Faults()
    found.of(lambda: check_activities(claim.solution_area, wanted))
    location = found.of(lambda: check_mpn(_mpn_of(claim) if mpn_id is None else mpn_id, claim.firm))
    told = found.of(lambda: _facts(claim, wanted, facts))
    if location and not found.faults:
        found.of(lambda: require_enrolled(location, claim, wanted, today))
    text = found.of(lambda: _reason(reason)) or ""
    raise_all(found.faults)
    if location is None or told is None:
        raise ValueError("what was not refused is there")
    answer = CorrectionAnswer(location, wanted, told, text)
    if not answer.changes(claim):
        raise Refused(
            "nothing_to_correct",
            _("This is what the claim says already. Change the MPN location or the activity, or go back."),
        )
    return answer


def require_enrolled(location: MpnLocation, claim: Claim, activities: Sequence[str], today: date) -> None:
    """Whether `location` may stand on the claim for `activities` on `today`. Raises Refused not_enrolled."""
    try:
        check_enrolment(location, claim.solution_area, activities, today)
    except Refused as fault:
        facts = {name: value for name, value in fault.facts.items() if name != "variant"}
        raise refused(fault.code, field=fault.field, variant="correction", **facts) from fault


class _Faults:
    """Collects what several checks refuse, so that a page names all of it at once."""

    def __init__(self) -> None:
        self.faults: list[Refused] = []

    def of(self, check: Callable[[], T]) -> T | None:
        """What the check answers; None where it refused."""
        try:
            return check()
        except Refused as fault:
            self.faults.extend(faults_in(fault))
            return None


def _in_order(activities: Sequence[str]) -> tuple[str, ...]:
    """Each once, in the order of the domain; what is no activity comes last, for the check to refuse."""
    known = [activity.value for activity in Activity]
    return tuple(sorted(set(activities), key=lambda code: (known.index(code) if code in known else len(known), code)))


def _mpn_of(claim: Claim) -> str:
    return claim.location.mpn_id if claim.location else ""


def _facts(claim: Claim, activities: Sequence[str], facts: Mapping[str, str | None]) -> dict[str, str]:
    if Activity.REVENUE_ASSOCIATION not in activities:
        return dict.fromkeys(REVENUE, "")
    sent = {name: facts.get(name) for name in REVENUE}
    return check_revenue({name: str(getattr(claim, name)) if text is None else text for name, text in sent.items()})


def _reason(text: str) -> str:
    tidied = text.strip()
    if not tidied:
        raise Refused("reason_required", _("Say what was wrong, so that the reviewer can decide."), field="reason")
    if len(tidied) > LONGEST_REASON:
        raise Refused("reason_too_long", _("The reason can have up to 4,000 characters."), field="reason")
    return tidied
