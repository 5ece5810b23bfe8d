"""Why one product of one customer can not be claimed: pure rules over the directory's facts.

The law is domain.md, "Why a subscription is refused": exactly one cause at a time, the first that applies.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from claims.refusals import refused
from cpor_portal.directory.identifiers import LooksLike, Malformed, read_subscription_id
from cpor_portal.directory.models import Channel, Product, ProductKind, SolutionArea, SubscriptionStatus
from cpor_portal.directory.pasted import DECORATION, MAX_TYPED, tidy
from cpor_portal.directory.source import SubscriptionFacts
from cpor_portal.faults import Refused

CODES_IN_ORDER = (
    "not_a_subscription_id",
    "product_not_on_tenant",
    "not_dynamics",
    "csp",
    "trial",
    "not_provisioned",
    "not_active",
    "already_claimed",
)
CLAIMABLE_CHANNELS = frozenset({Channel.VOLUME_LICENSING, Channel.WEB_DIRECT})
CLAIMABLE_STATUSES = frozenset({SubscriptionStatus.ENABLED, SubscriptionStatus.WARNING})


@dataclass(frozen=True)
class HeldByFirm:
    """What one's own firm has on this tenant already: a claim's reference by product code and subscription ID.

    The ID is None for a workload.
    """

    references: Mapping[tuple[str, UUID | None], str] = field(default_factory=dict)

    def claim_for(self, product: Product, subscription_id: UUID | None) -> str:
        """The reference of the claim that occupies this target; empty when none does."""
        return self.references.get((product.code, subscription_id), "")


@dataclass(frozen=True)
class Eligible:
    """The product can be claimed: with this subscription, or (a workload) for the tenant as a whole."""

    subscription: SubscriptionFacts | None


@dataclass(frozen=True)
class _Cause:
    """Why one subscription will not do. Compared by its place in the domain's table, then by its variant."""

    code: str
    variant: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def nearness(self) -> tuple[int, int, str]:
        """How near to a cure, so that the answer does not hang on the order in which subscriptions come."""
        return CODES_IN_ORDER.index(self.code), _VARIANTS.index(self.variant), str(sorted(self.facts.items()))


# Of two subscriptions with the same code, the later variant is the nearer to a cure.
_VARIANTS = ("other_channel", "", "broken", "activate", "wait")


def judge(
    product: Product,
    entered: str,
    held: HeldByFirm,
    subscriptions: Sequence[SubscriptionFacts],
    tenant_id: UUID,
    catalogue: Collection[Product] = (),
) -> Eligible:
    """Whether `product` can be claimed on the tenant that has `subscriptions` (all of them, and no other's).

    `entered` is what the partner typed as the subscription ID, or empty; `catalogue` tells a SKU ID from a
    subscription ID. Raises Refused with one of the codes in order, or subscription_required. What another firm
    holds is eligible: the claim goes to arbitration.
    """
    context = _Context(product, held, tenant_id, catalogue)
    if product.kind == ProductKind.WORKLOAD:
        return _judge_workload(context, subscriptions)
    if is_something(entered):
        return _judge_entered(context, entered, subscriptions)
    return _judge_unnamed(context, subscriptions)


def is_something(entered: str) -> bool:
    """Whether anything that can be read was typed: blanks of whatever kind are nothing."""
    return bool(tidy(entered[:MAX_TYPED]).strip())


def is_for(product: Product, subscription: SubscriptionFacts) -> bool:
    """Whether the subscription's SKU stands in the catalogue row, by ID or part number, in whatever case."""
    return str(subscription.sku_id).lower() in _lower(product.sku_ids) or (
        subscription.sku_part_number.lower() in _lower(product.sku_part_numbers)
    )


@dataclass(frozen=True)
class _Context:
    product: Product
    held: HeldByFirm
    tenant_id: UUID
    catalogue: Collection[Product]

    def refusal(self, cause: _Cause) -> Refused:
        """The cause as the fault that a page shows at the product's own field."""
        product = self.product
        is_workload = product.kind == ProductKind.WORKLOAD
        return refused(
            cause.code,
            field="products" if is_workload else f"subscription_{product.code}",
            variant=cause.variant,
            product=product.name,
            product_code=product.code,
            tenant_id=self.tenant_id,
            **cause.facts,
        )


def _judge_workload(context: _Context, subscriptions: Sequence[SubscriptionFacts]) -> Eligible:
    """One subscription of the workload that is in order is enough, whatever its channel."""
    mine = [one for one in subscriptions if is_for(context.product, one)]
    causes = [_cause_for_workload(context, one) for one in mine]
    if None in causes:
        return Eligible(None)
    raise context.refusal(_nearest(causes))


def _judge_entered(context: _Context, entered: str, subscriptions: Sequence[SubscriptionFacts]) -> Eligible:
    wanted = _read_id(context, entered)
    found = [one for one in subscriptions if one.has_id(wanted)]
    if not found:
        raise context.refusal(_Cause("product_not_on_tenant", "id", {"entered": str(wanted)}))
    # An ID is an `id` before it is a commerce ID, should it ever be both.
    subscription = min(found, key=lambda one: (one.subscription_id != wanted, one.subscription_id))
    cause = _wrong_product(context, subscription) or _cause_for_subscription(context, subscription)
    if cause:
        raise context.refusal(cause)
    return Eligible(subscription)


def _judge_unnamed(context: _Context, subscriptions: Sequence[SubscriptionFacts]) -> Eligible:
    """One eligible subscription is matched silently; of several the partner must name one."""
    mine = [one for one in subscriptions if is_for(context.product, one)]
    causes = [_cause_for_subscription(context, one) for one in mine]
    eligible = [one for one, cause in zip(mine, causes, strict=True) if cause is None]
    if not eligible:
        raise context.refusal(_nearest(causes))
    if len(eligible) > 1:
        raise context.refusal(_Cause("subscription_required"))
    return Eligible(eligible[0])


def _nearest(causes: Iterable[_Cause | None]) -> _Cause:
    """Of several subscriptions and none eligible: the code that stands latest in the table."""
    found = [cause for cause in causes if cause is not None]
    return max(found, key=lambda cause: cause.nearness, default=_Cause("product_not_on_tenant"))


# --- What was entered --------------------------------------------------------------------------------------


def _read_id(context: _Context, entered: str) -> UUID:
    try:
        wanted = read_subscription_id(entered)
    except Malformed as malformed:
        raise context.refusal(_Cause("not_a_subscription_id", _kind(context, entered, malformed))) from malformed
    # Only this tenant's own ID and the public SKU list are looked at: no word on other tenants.
    if wanted == context.tenant_id:
        raise context.refusal(_Cause("not_a_subscription_id", LooksLike.TENANT_ID))
    if any(str(wanted) in _lower(product.sku_ids) for product in context.catalogue):
        raise context.refusal(_Cause("not_a_subscription_id", "sku_id"))
    return wanted


def _kind(context: _Context, entered: str, malformed: Malformed) -> str:
    """What was entered instead: a part number of the catalogue, else what its form looks like."""
    bare = tidy(entered[:MAX_TYPED]).strip(DECORATION)
    if any(bare in _lower(product.sku_part_numbers) for product in context.catalogue):
        return LooksLike.SKU_PART_NUMBER
    return malformed.looks_like


def _wrong_product(context: _Context, subscription: SubscriptionFacts) -> _Cause | None:
    if is_for(context.product, subscription):
        return None
    # A SKU that the catalogue does not know may be Dynamics all the same: only what is known is said.
    areas = {product.solution_area for product in context.catalogue if is_for(product, subscription)}
    return _Cause("not_dynamics", "other_area" if areas == {SolutionArea.MICROSOFT_365} else "")


# --- One subscription --------------------------------------------------------------------------------------


def _bought_elsewhere(_context: _Context, subscription: SubscriptionFacts) -> _Cause | None:
    """Only Volume Licensing and Web-Direct can be claimed; a filled owner means that a partner created it."""
    if subscription.channel == Channel.CSP or subscription.owner_tenant_id is not None:
        return _Cause("csp")
    return None if subscription.channel in CLAIMABLE_CHANNELS else _Cause("csp", "other_channel")


def _trial(_context: _Context, subscription: SubscriptionFacts) -> _Cause | None:
    return _Cause("trial") if subscription.is_trial else None


def _not_provisioned(context: _Context, subscription: SubscriptionFacts) -> _Cause | None:
    """The product's own plans decide: one Success is enough; a plan that the directory does not name yet is awaited."""
    own = _lower(context.product.service_plans)
    states = {state.lower() for plan, state in subscription.plans.items() if plan.lower() in own}
    if "success" in states:
        return None
    if "pendingactivation" in states:
        return _Cause("not_provisioned", "activate")
    is_broken = bool(states) and states <= {"disabled", "error"}
    return _Cause("not_provisioned", "broken" if is_broken else "wait")


def _not_active(_context: _Context, subscription: SubscriptionFacts) -> _Cause | None:
    if subscription.status in CLAIMABLE_STATUSES:
        return None
    labels = dict(SubscriptionStatus.choices)
    return _Cause("not_active", facts={"state": str(labels.get(subscription.status, subscription.status))})


def _already_claimed(context: _Context, subscription: SubscriptionFacts) -> _Cause | None:
    is_workload = context.product.kind == ProductKind.WORKLOAD
    target = None if is_workload else subscription.subscription_id
    existing = context.held.claim_for(context.product, target)
    return _Cause("already_claimed", facts={"existing": existing}) if existing else None


_Rule = Callable[[_Context, SubscriptionFacts], _Cause | None]
_FOR_WORKLOADS: tuple[_Rule, ...] = (_trial, _not_provisioned, _not_active, _already_claimed)
_FOR_SUBSCRIPTIONS: tuple[_Rule, ...] = (_bought_elsewhere, *_FOR_WORKLOADS)


def _cause_for_workload(context: _Context, subscription: SubscriptionFacts) -> _Cause | None:
    return _first(_FOR_WORKLOADS, context, subscription)


def _cause_for_subscription(context: _Context, subscription: SubscriptionFacts) -> _Cause | None:
    return _first(_FOR_SUBSCRIPTIONS, context, subscription)


def _first(rules: Iterable[_Rule], context: _Context, subscription: SubscriptionFacts) -> _Cause | None:
    causes = (rule(context, subscription) for rule in rules)
    return next((cause for cause in causes if cause), None)


def _lower(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)
