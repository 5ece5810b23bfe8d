"""Claims in the states that tests need, written as rows: for tests of what reads them, not of the acts."""

from typing import Any
from uuid import UUID

from django.utils import timezone

from claims.models import Association, Claim, ClaimLine, Target
from claims.words import Outcome, Status
from cpor_portal.accounts.models import MpnLocation, PartnerFirm
from cpor_portal.directory.models import Product, Tenant
from tests.support.factories import make_firm, make_location, make_person


def make_draft(firm: PartnerFirm | None = None, **fields: Any) -> Claim:
    """An empty draft."""
    firm = firm or make_firm()
    return Claim.objects.create(**({"firm": firm, "created_by": make_person(firm)} | fields))


def make_filed_line(
    firm: PartnerFirm,
    tenant: Tenant,
    product: Product,
    subscription_id: UUID | None = None,
    outcome: str = Outcome.PENDING,
    location: MpnLocation | None = None,
) -> ClaimLine:
    """A line of a claim of its own that was submitted, with the outcome given; associated: with its association."""
    now = timezone.now()
    claim = make_draft(
        firm,
        status=Status.APPROVED if outcome == Outcome.ASSOCIATED else Status.SUBMITTED,
        tenant_id=tenant.tenant_id,
        location=location or make_location(firm),
        submitted_at=now,
    )
    target, _made = Target.objects.get_or_create(
        tenant_id=tenant.tenant_id, product=product, subscription_id=subscription_id
    )
    line = ClaimLine.objects.create(
        claim=claim,
        firm=firm,
        product=product,
        target=target,
        subscription_id=subscription_id,
        outcome=outcome,
        submitted_at=now,
    )
    if outcome == Outcome.ASSOCIATED:
        Association.objects.create(target=target, firm=firm, line=line, started_at=now)
    return line
