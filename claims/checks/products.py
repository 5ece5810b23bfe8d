"""The products step: every chosen product judged against the directory, once per call (domain.md)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from django.db.models import Q

from claims.checks.faults import raise_all
from claims.checks.judging import CODES_IN_ORDER, Eligible, HeldByFirm, is_something, judge
from claims.models import Association, Claim, ClaimLine
from claims.refusals import refused
from cpor_portal.accounts.models import PartnerFirm
from cpor_portal.directory.models import Product, ProductKind
from cpor_portal.directory.source import Directory, DirectoryUnreachable, SubscriptionFacts
from cpor_portal.faults import Refused

__all__ = [
    "CODES_IN_ORDER",
    "Eligible",
    "HeldByFirm",
    "LineAnswer",
    "ProductsAnswer",
    "check_products",
    "contested_products",
    "held_by",
    "judge",
]


@dataclass(frozen=True)
class LineAnswer:
    """One product that can be claimed, what was typed for it, and the subscription found (None for a workload)."""

    product: Product
    entered: str
    subscription_id: UUID | None


@dataclass(frozen=True)
class ProductsAnswer:
    """Every chosen product, in the order in which they were chosen."""

    lines: list[LineAnswer]


class Wanted(Protocol):
    """A line of a claim or of an answer: what it wants of the customer."""

    @property
    def product(self) -> Product:
        """The product or workload."""

    @property
    def subscription_id(self) -> UUID | None:
        """The subscription, or None for a workload."""


def check_products(
    *,
    codes: Sequence[str],
    entered: Mapping[str, str],
    area: str,
    firm: PartnerFirm,
    tenant_id: UUID,
    source: Directory,
    except_claim: Claim | None,
    today: date,
) -> ProductsAnswer:
    """The lines for the products `codes`, each with its subscription, as `firm` could claim them on `today`.

    The directory is asked once. Raises Refused (products_required, directory_unreachable) or the refusal of
    every product that does not hold: one as itself, several as ManyRefused. What `except_claim` occupies
    does not count as claimed already. `today` is a calendar day at the review site.
    """
    wanted = list(dict.fromkeys(codes))
    if not wanted:
        raise refused("products_required", field="products")
    catalogue = {product.code: product for product in Product.objects.all()}
    claimable = set(Product.objects.claimable_on(today).values_list("code", flat=True))
    subscriptions = _subscriptions(source, tenant_id)
    held = held_by(firm, tenant_id, except_claim)

    lines: list[LineAnswer] = []
    faults: list[Refused] = []
    for code in wanted:
        typed = entered.get(code, "")
        try:
            product = _product(code, catalogue, claimable, area)
            found = judge(product, typed, held, subscriptions, tenant_id, catalogue.values())
        except Refused as fault:
            faults.append(fault)
        else:
            lines.append(_line(product, typed, found))
    raise_all(faults)
    return ProductsAnswer(lines)


def held_by(firm: PartnerFirm, tenant_id: UUID, except_claim: Claim | None = None) -> HeldByFirm:
    """What `firm` occupies on the tenant: its open lines and its open associations, with their claims' references."""
    lines = ClaimLine.objects.occupying().filter(firm=firm, target__tenant_id=tenant_id)
    associations = Association.objects.of_firm(firm).open().filter(target__tenant_id=tenant_id)
    if except_claim is not None:
        lines = lines.exclude(claim=except_claim)
        associations = associations.exclude(line__claim=except_claim)
    target = ("target__product__code", "target__subscription_id")
    rows = [
        *associations.values_list(*target, "line__claim__reference"),
        *lines.values_list(*target, "claim__reference"),
    ]
    return HeldByFirm({(code, subscription_id): reference for code, subscription_id, reference in rows})


def contested_products(firm: PartnerFirm, tenant_id: UUID, lines: Iterable[Wanted]) -> set[str]:
    """The codes of those products that another firm holds or has an open claim for: they go to arbitration.

    Names nobody and counts nobody: the partner is only told that there is somebody (domain.md, "Competing claims").
    """
    wanted = {(line.product.code, line.subscription_id): line.product.code for line in lines}
    on_tenant = Q(target__tenant_id=tenant_id) & ~Q(firm=firm)
    target = ("target__product__code", "target__subscription_id")
    taken = {
        *ClaimLine.objects.occupying().filter(on_tenant).values_list(*target),
        *Association.objects.open().filter(on_tenant).values_list(*target),
    }
    # Where the firm itself stands the answer would tell it of whoever came after it, and when.
    own = ClaimLine.objects.occupying().filter(firm=firm, target__tenant_id=tenant_id).values_list(*target)
    return {code for key, code in wanted.items() if key in taken - set(own)}


def _subscriptions(source: Directory, tenant_id: UUID) -> tuple[SubscriptionFacts, ...]:
    try:
        return source.subscriptions_of(tenant_id)
    except DirectoryUnreachable as down:
        raise refused("directory_unreachable") from down


def _product(code: str, catalogue: Mapping[str, Product], claimable: set[str], area: str) -> Product:
    product = catalogue.get(code)
    if product is None:
        raise refused("product_unknown", field="products", product=code[:60], product_code=code[:60])
    named = {"field": "products", "product": product.name, "product_code": code}
    if product.solution_area != area:
        raise refused("product_wrong_area", **named)
    if code not in claimable:
        raise refused("product_unknown", variant="expired", **named)
    return product


def _line(product: Product, typed: str, found: Eligible) -> LineAnswer:
    """What was typed for a workload is dropped, for it has no subscription to enter, and so are mere blanks."""
    if product.kind == ProductKind.WORKLOAD or found.subscription is None:
        return LineAnswer(product, "", None)
    return LineAnswer(product, typed if is_something(typed) else "", found.subscription.subscription_id)
