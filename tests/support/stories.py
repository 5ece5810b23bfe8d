"""Claims at the point of their life where a test begins, reached by the real acts."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from arbitration.acts.ask import request_information
from arbitration.acts.start import start_review
from claims.acts.editing import add_documents
from claims.acts.submit import submit
from claims.models import Claim, ClaimLine
from claims.words import Activity, Reason
from cpor_portal.accounts.models import MpnLocation, PartnerFirm, PartnerRole, Programme, User
from cpor_portal.directory.models import Product, SolutionArea, Tenant
from tests.support.factories import make_firm, make_location, make_person, make_subscription, make_tenant, make_workload
from tests.support.papers import small_pdf

PDF = small_pdf()


@dataclass(frozen=True)
class Side:
    """A firm that can claim: somebody who may submit, and an enrolled location."""

    firm: PartnerFirm
    person: User
    location: MpnLocation


def make_side(name: str = "", role: str = PartnerRole.INCENTIVES_ADMIN) -> Side:
    """A firm with one person and one location enrolled in every programme."""
    firm = make_firm(name)
    return Side(firm, make_person(firm, role), make_location(firm, *Programme))


def make_customer(*products: Product) -> Tenant:
    """A tenant with one good subscription of each product."""
    tenant = make_tenant()
    for product in products:
        make_subscription(tenant, product)
    return tenant


def make_draft(side: Side, tenant: Tenant, products: Sequence[Product], *, proof: bytes = PDF) -> Claim:
    """A draft with every step filled, ready to be submitted."""
    now = timezone.now()
    area = products[0].solution_area
    is_business = area == SolutionArea.BUSINESS_APPLICATIONS
    claim = Claim.objects.create(
        firm=side.firm,
        created_by=side.person,
        tenant_entered=str(tenant.tenant_id),
        domain_entered=tenant.domains.get().name,
        tenant_id=tenant.tenant_id,
        domain=tenant.domains.get().name,
        customer_display_name=tenant.display_name,
        customer_country=tenant.country,
        tenant_verified_at=now,
        solution_area=area,
        activities=[Activity.USAGE],
        location=side.location,
        name="Roll-out 2026",
        customer_name="Casey Customer",
        customer_title="Head of IT",
        customer_email="casey@customer.example",
        technical_name="Terry Technical" if is_business else "",
        technical_title="Administrator" if is_business else "",
        technical_email="terry@customer.example" if is_business else "",
        partner_name=side.person.name,
        partner_email=side.person.email,
    )
    for product in products:
        ClaimLine.objects.create(
            claim=claim, firm=side.firm, product=product, subscription_id=_only_subscription(tenant, product)
        )
    add_documents(reference=claim.reference, by=side.person, files=[pdf("proof.pdf", proof)])
    return Claim.objects.get(pk=claim.pk)


def _only_subscription(tenant: Tenant, product: Product) -> UUID | None:
    if product.kind == "workload":
        return None
    return tenant.subscriptions.get(sku_part_number__in=product.sku_part_numbers).subscription_id


def pdf(name: str, content: bytes = PDF) -> SimpleUploadedFile:
    """An upload as the browser would send it."""
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def make_submitted(side: Side | None = None, tenant: Tenant | None = None, *products: Product) -> Claim:
    """A submitted claim; what is not given is made."""
    products = products or (make_workload(),)
    draft = make_draft(side or make_side(), tenant or make_customer(*products), products)
    return submit(reference=draft.reference, by=draft.created_by)


def make_under_review(reviewer: User, claim: Claim | None = None) -> Claim:
    """A claim whose review `reviewer` has started."""
    return start_review(reference=(claim or make_submitted()).reference, by=reviewer)


def make_asked(reviewer: User, claim: Claim | None = None) -> Claim:
    """A claim that waits for the partner's answer."""
    claim = make_under_review(reviewer, claim)
    return request_information(
        reference=claim.reference, by=reviewer, reasons=[Reason.DATES_MISSING_OR_OLD], text="Please add the date."
    )
