"""The smallest valid records for tests: people and firms, the directory, the catalogue.

Plain functions with a default for everything; a counter keeps what must be unique apart. Nothing is shared
between tests.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from cpor_portal.accounts.models import (
    Enrolment,
    EnrolmentState,
    Membership,
    MpnLocation,
    PartnerFirm,
    PartnerRole,
    Programme,
    StaffRole,
    User,
)
from cpor_portal.directory.models import (
    Channel,
    Product,
    ProductKind,
    SolutionArea,
    Subscription,
    SubscriptionStatus,
    Tenant,
    TenantDomain,
)
from cpor_portal.directory.source import SubscriptionFacts

PASSWORD = "correct-horse-battery"

_numbers = count(1)


def _next() -> int:
    return next(_numbers)


# --- People and firms --------------------------------------------------------------------------------------


def make_firm(name: str = "", **fields: Any) -> PartnerFirm:
    """A partner firm in the United States."""
    number = _next()
    values = {
        "name": name or f"Partner {number}",
        "country": "US",
        "time_zone": "America/New_York",
        "global_id": f"{9_000_000 + number}",
    }
    return PartnerFirm.objects.create(**(values | fields))


def make_location(firm: PartnerFirm | None = None, *enrolled_in: Programme, **fields: Any) -> MpnLocation:
    """A location of `firm`, enrolled in the programmes named."""
    number = _next()
    values = {"mpn_id": f"{1_000_000 + number}", "name": f"Office {number}", "firm": firm or make_firm()}
    location = MpnLocation.objects.create(**(values | fields))
    for programme in enrolled_in:
        make_enrolment(location, programme)
    return location


def make_enrolment(
    location: MpnLocation,
    programme: Programme = Programme.OSU_M365,
    state: str = EnrolmentState.ENROLLED,
    ends_on: date | None = None,
) -> Enrolment:
    """An enrolment without an end, unless one is given."""
    return Enrolment.objects.create(location=location, programme=programme, state=state, ends_on=ends_on)


def make_person(firm: PartnerFirm | None = None, role: str = PartnerRole.GLOBAL_ADMIN, **fields: Any) -> User:
    """A person of `firm` with `role`; without a firm, nobody's. The password is PASSWORD."""
    number = _next()
    values = {"email": f"person{number}@partner.example", "name": f"Person {number}", "password": PASSWORD}
    user = User.objects.create_user(**(values | fields))
    if firm is not None:
        Membership.objects.create(user=user, firm=firm, role=role)
    return user


def make_staff(role: str = StaffRole.REVIEWER, **fields: Any) -> User:
    """One of Microsoft's people. The password is PASSWORD."""
    number = _next()
    values = {"email": f"staff{number}@microsoft.example", "name": f"Staff {number}", "staff_role": role}
    return make_person(None, **(values | fields))


# --- The directory -----------------------------------------------------------------------------------------


def make_tenant(*domains: str, **fields: Any) -> Tenant:
    """A customer's tenant that owns `domains`, or one made-up domain."""
    number = _next()
    values = {"tenant_id": uuid4(), "display_name": f"Customer {number}", "country": "US"}
    tenant = Tenant.objects.create(**(values | fields))
    for name in domains or (f"customer{number}.example",):
        TenantDomain.objects.create(tenant=tenant, name=name)
    return tenant


def make_product(code: str = "", **fields: Any) -> Product:
    """A Business Applications product with one SKU and one service plan, stored."""
    product = product_row(code, **fields)
    product.save()
    return product


def make_workload(code: str = "", **fields: Any) -> Product:
    """A Microsoft 365 workload with one SKU and one service plan, stored."""
    workload = {"solution_area": SolutionArea.MICROSOFT_365, "kind": ProductKind.WORKLOAD}
    return make_product(code, **(workload | fields))


def product_row(code: str = "", **fields: Any) -> Product:
    """A catalogue row that is not stored: what the pure checks need."""
    number = _next()
    code = code or f"product-{number}"
    part = code.upper().replace("-", "_")
    values: dict[str, Any] = {
        "code": code,
        "name": f"Product {number}",
        "solution_area": SolutionArea.BUSINESS_APPLICATIONS,
        "kind": ProductKind.SUBSCRIPTION,
        "sku_ids": [str(UUID(int=0xD365 << 96 | number))],
        "sku_part_numbers": [f"{part}_SKU"],
        "service_plans": [f"{part}_PLAN"],
    }
    return Product(**(values | fields))


def make_subscription(tenant: Tenant, product: Product, **fields: Any) -> Subscription:
    """A subscription of `product` on `tenant`: Volume Licensing, active, provisioned. Stored."""
    plans = fields.pop("plans", dict.fromkeys(product.service_plans, "Success"))
    values: dict[str, Any] = {
        "subscription_id": uuid4(),
        "commerce_subscription_id": uuid4(),
        "tenant": tenant,
        "sku_id": UUID(product.sku_ids[0]),
        "sku_part_number": product.sku_part_numbers[0],
        "channel": Channel.VOLUME_LICENSING,
        "status": SubscriptionStatus.ENABLED,
        "service_status": [{"service_plan": plan, "provisioning_status": status} for plan, status in plans.items()],
    }
    return Subscription.objects.create(**(values | fields))


def subscription_facts(
    product: Product,
    *,
    subscription_id: UUID | None = None,
    commerce_subscription_id: UUID | None = None,
    channel: str = Channel.VOLUME_LICENSING,
    status: str = SubscriptionStatus.ENABLED,
    is_trial: bool = False,
    owner_tenant_id: UUID | None = None,
    next_lifecycle_at: datetime | None = None,
    plans: Mapping[str, str] | None = None,
    sku_part_number: str = "",
) -> SubscriptionFacts:
    """What a directory would answer about a claimable subscription of `product`."""
    return SubscriptionFacts(
        subscription_id=subscription_id or uuid4(),
        commerce_subscription_id=commerce_subscription_id or uuid4(),
        sku_id=UUID(product.sku_ids[0]),
        sku_part_number=sku_part_number or product.sku_part_numbers[0],
        channel=channel,
        status=status,
        is_trial=is_trial,
        owner_tenant_id=owner_tenant_id,
        next_lifecycle_at=next_lifecycle_at,
        plans=dict(plans) if plans is not None else provisioned(product.service_plans),
    )


def provisioned(service_plans: Sequence[str]) -> dict[str, str]:
    """Every plan with the status Success."""
    return dict.fromkeys(service_plans, "Success")
