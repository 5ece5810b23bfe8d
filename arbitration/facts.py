"""The live checks of the workspace: what the directory and the enrolments say now, against what was submitted.

They read and answer; they block nothing and change nothing. A directory that does not answer is said so, and
nothing is concluded from it (domain.md, "Identities").
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.timezone import localdate

from arbitration.findings import Finding, finding
from claims.checks.judging import is_for
from claims.checks.mpn import check_enrolment
from claims.checks.products import HeldByFirm, held_by, judge
from claims.checks.tenant import check_tenant
from claims.countries import country_name
from claims.models import Claim, ClaimLine
from cpor_portal.directory.models import Channel, Product, SubscriptionStatus
from cpor_portal.directory.source import Directory, DirectoryUnreachable, SubscriptionFacts, TenantFacts
from cpor_portal.faults import Refused

UNREACHABLE = "directory_unreachable"
# What differs without speaking against an approval.
NO_FAILURE = frozenset(
    {
        UNREACHABLE,
        "tenant_name_changed",
        "tenant_country_changed",
        "tenant_is_public_sector",
        "tenant_is_not_public_sector",
    }
)


@dataclass(frozen=True)
class SubscriptionNow:
    """One subscription that carries a line, as the directory describes it at this moment."""

    part_number: str
    status: str
    channel: str
    plans: tuple[str, ...]
    is_trial: bool


@dataclass(frozen=True)
class LineCheck:
    """Whether a line's product could be claimed now. `finding` is None where it could."""

    finding: Finding | None
    subscriptions: tuple[SubscriptionNow, ...] = ()

    @property
    def is_unknown(self) -> bool:
        """The directory did not answer."""
        return self.finding is not None and self.finding.code == UNREACHABLE


@dataclass(frozen=True)
class LiveChecks:
    """Everything that was looked up at the instant `at`. `verdicts` are by the id of the line."""

    at: datetime
    tenant: tuple[Finding, ...] = ()
    enrolment: tuple[Finding, ...] = ()
    verdicts: Mapping[int, LineCheck] = field(default_factory=dict)

    @property
    def is_unreachable(self) -> bool:
        """Whether the directory left a question open."""
        return any(one.code == UNREACHABLE for one in self.tenant) or any(
            verdict.is_unknown for verdict in self.verdicts.values()
        )

    @property
    def differences(self) -> int:
        """How many answers differ from the submission; what could not be looked up is none."""
        found = [*self.tenant, *self.enrolment, *(verdict.finding for verdict in self.verdicts.values())]
        return sum(1 for one in found if one is not None and one.code != UNREACHABLE)

    def failures(self, line_ids: Iterable[int]) -> list[str]:
        """The codes of what speaks against approving these lines, each once.

        What the directory cannot say now is no failure, and neither is a new name of the customer.
        """
        verdicts = (self.verdicts[pk].finding for pk in line_ids if pk in self.verdicts)
        found = [one for one in (*self.tenant, *self.enrolment, *verdicts) if one is not None]
        return list(dict.fromkeys(one.code for one in found if one.code not in NO_FAILURE))


def look_up(claim: Claim, lines: Sequence[ClaimLine], source: Directory, now: datetime) -> LiveChecks:
    """Look every fact of a filed claim up again; `now` is an aware instant.

    The claim's own lines do not count as claimed already. Asks `source` three times at the most.
    """
    return LiveChecks(
        at=now,
        tenant=_tenant_findings(claim, source),
        enrolment=_enrolment_findings(claim, localdate(now, ZoneInfo(settings.REVIEW_TIME_ZONE))),
        verdicts=_verdicts(claim, lines, source),
    )


# --- Tenant and enrolment ----------------------------------------------------------------------------------


def _tenant_findings(claim: Claim, source: Directory) -> tuple[Finding, ...]:
    try:
        answer = check_tenant(str(claim.tenant_id), claim.domain, source)
    except Refused as fault:
        return (finding(fault.code),)
    return tuple(_changes(claim, answer.facts))


def _changes(claim: Claim, facts: TenantFacts) -> list[Finding]:
    found = []
    if facts.display_name != claim.customer_display_name:
        names = {"now": facts.display_name, "then": claim.customer_display_name}
        found.append(finding("tenant_name_changed", names))
    if facts.country != claim.customer_country:
        countries = {"now": country_name(facts.country), "then": country_name(claim.customer_country)}
        found.append(finding("tenant_country_changed", countries))
    if facts.public_sector != claim.public_sector:
        found.append(finding("tenant_is_public_sector" if facts.public_sector else "tenant_is_not_public_sector"))
    return found


def _enrolment_findings(claim: Claim, today: date) -> tuple[Finding, ...]:
    if claim.location is None:
        return ()
    try:
        check_enrolment(claim.location, claim.solution_area, claim.activities, today)
    except Refused as fault:
        return (finding(fault.code, fault.facts),)
    return ()


# --- Lines -------------------------------------------------------------------------------------------------


def _verdicts(claim: Claim, lines: Sequence[ClaimLine], source: Directory) -> dict[int, LineCheck]:
    if claim.tenant_id is None:
        return {}
    try:
        subscriptions = source.subscriptions_of(claim.tenant_id)
    except DirectoryUnreachable:
        return {line.pk: LineCheck(finding(UNREACHABLE)) for line in lines}
    held = held_by(claim.firm, claim.tenant_id, except_claim=claim)
    catalogue = list(Product.objects.all())
    return {line.pk: _verdict(claim, line, held, subscriptions, catalogue) for line in lines}


def _verdict(
    claim: Claim,
    line: ClaimLine,
    held: HeldByFirm,
    subscriptions: Sequence[SubscriptionFacts],
    catalogue: Sequence[Product],
) -> LineCheck:
    named = str(line.subscription_id) if line.subscription_id else ""
    shown = tuple(_now(line.product, one) for one in subscriptions if _carries(line, one))
    if claim.tenant_id is None:
        return LineCheck(None, shown)
    try:
        judge(line.product, named, held, subscriptions, claim.tenant_id, catalogue)
    except Refused as fault:
        return LineCheck(finding(fault.code, fault.facts), shown)
    return LineCheck(None, shown)


def _carries(line: ClaimLine, subscription: SubscriptionFacts) -> bool:
    if line.subscription_id is None:
        return is_for(line.product, subscription)
    return subscription.has_id(line.subscription_id)


def _now(product: Product, subscription: SubscriptionFacts) -> SubscriptionNow:
    own = {plan.lower() for plan in product.service_plans}
    states = (f"{plan}: {state}" for plan, state in subscription.plans.items() if plan.lower() in own)
    return SubscriptionNow(
        part_number=subscription.sku_part_number,
        status=str(dict(SubscriptionStatus.choices).get(subscription.status, subscription.status)),
        channel=str(dict(Channel.choices).get(subscription.channel, subscription.channel)),
        plans=tuple(states),
        is_trial=subscription.is_trial,
    )
