"""Why a subscription is refused: the table of domain.md, every pair in order, and what holds for any tenant."""

from collections import Counter
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.checks.judging import CODES_IN_ORDER, Eligible, HeldByFirm, judge
from cpor_portal.directory.models import Channel, ProductKind, SolutionArea
from cpor_portal.directory.source import SubscriptionFacts
from cpor_portal.faults import Refused
from tests.claims.checks.tables import read, rows_of
from tests.support.factories import product_row, subscription_facts

TENANT = UUID("11111111-1111-4111-8111-111111111111")
OTHER_TENANT = UUID("22222222-2222-4222-8222-222222222222")

SALES = product_row("sales", name="Dynamics 365 Sales", service_plans=["SALES_PLAN", "SALES_PLAN_TWO"])
SERVICE = product_row("service", name="Dynamics 365 Customer Service")
EXCHANGE = product_row("exchange", name="Exchange", solution_area=SolutionArea.MICROSOFT_365, kind=ProductKind.WORKLOAD)
UNLISTED = product_row("unlisted")
CATALOGUE = [SALES, SERVICE, EXCHANGE]
PRODUCTS = {"Sales": SALES, "Service": SERVICE, "Exchange": EXCHANGE, "Unlisted": UNLISTED}

# What a word of the table changes in a subscription that is otherwise in order. Plans are the first plan's status.
FIELDS: dict[str, dict[str, Any]] = {
    "Web-Direct": {"channel": Channel.WEB_DIRECT},
    "CSP": {"channel": Channel.CSP},
    "education channel": {"channel": "education"},
    "no channel": {"channel": ""},
    "created by a partner": {"owner_tenant_id": OTHER_TENANT},
    "trial": {"is_trial": True},
    "in grace": {"status": "Warning"},
    "suspended": {"status": "Suspended"},
    "locked": {"status": "LockedOut"},
    "deleted": {"status": "Deleted"},
    "unknown status": {"status": "Tomorrow"},
    "other SKU ID": {"sku_id": UUID(int=1)},
    "other part number": {"sku_part_number": "SOMETHING_ELSE"},
    "no plan": {"plans": {}},
    "only a foreign plan": {"plans": {"EXCHANGE_S_FOUNDATION": "Success"}},
}
PROVISIONING = {
    "pending activation": "PendingActivation",
    "pending input": "PendingInput",
    "pending provisioning": "PendingProvisioning",
    "disabled plan": "Disabled",
    "error": "Error",
    "a state of tomorrow": "Tomorrow",
}
ENTRIES: dict[str, str] = {
    "": "",
    "blanks": " \u00a0\t",
    "e-mail address": "anna@contoso.com",
    "tenant ID": str(TENANT),
    "another tenant's ID": str(OTHER_TENANT),
    "SKU ID": str(SALES.sku_ids[0]),
    "SKU ID of Exchange": str(EXCHANGE.sku_ids[0]),
    "SKU part number": "DYN365_ENTERPRISE_SALES",
    "part number of the catalogue": str(SALES.sku_part_numbers[0]),
    "order number": "Order no. 4500012345",
    "domain": "contoso.com",
    "MPN ID": "1234567",
    "zero GUID": "00000000-0000-0000-0000-000000000000",
    "unknown GUID": "33333333-3333-4333-8333-333333333333",
    "two IDs": "33333333-3333-4333-8333-333333333333 44444444-4444-4444-8444-444444444444",
    "link without ID": "https://admin.microsoft.com/Adminportal/Home#/subscriptions",
    "words": "the one that we bought in spring",
}


@dataclass
class World:
    """A tenant as a row of the table tells it."""

    named: list[SubscriptionFacts] = field(default_factory=list)
    on_tenant: list[SubscriptionFacts] = field(default_factory=list)
    held: dict[tuple[str, UUID | None], str] = field(default_factory=dict)


def _subscription(words: list[str]) -> SubscriptionFacts:
    product = PRODUCTS[words[0]]
    facts = subscription_facts(product)
    for word in words[1:]:
        if word in PROVISIONING:
            facts = replace(facts, plans={product.service_plans[0]: PROVISIONING[word]})
        elif word == "one of two plans":
            first, second = product.service_plans
            facts = replace(facts, plans={first: "PendingProvisioning", second: "Success"})
        elif word == "capitals changed":
            plans = {plan.swapcase(): state for plan, state in facts.plans.items()}
            facts = replace(facts, plans=plans, sku_part_number=facts.sku_part_number.swapcase(), sku_id=UUID(int=1))
        elif word not in ("ours", "theirs", "elsewhere"):
            facts = replace(facts, **FIELDS[word])
    return facts


def _world(chosen: str, text: str) -> World:
    world = World()
    for one in filter(None, text.split(" | ")):
        words = one.split(", ")
        facts = _subscription(words)
        world.named.append(facts)
        if "elsewhere" not in words:
            world.on_tenant.append(facts)
        if "ours" in words:
            target = None if PRODUCTS[chosen].kind == ProductKind.WORKLOAD else facts.subscription_id
            world.held[chosen.lower(), target] = "C-OURS2345"
    return world


def _entered(world: World, text: str) -> str:
    if text == "second ID":
        return str(world.named[1].subscription_id)
    if text == "its ID":
        return str(world.named[0].subscription_id)
    if text == "its commerce ID":
        return str(world.named[0].commerce_subscription_id)
    if text == "its ID in capitals and braces":
        return f"{{{world.named[0].subscription_id}}}".upper()
    return ENTRIES[text]


@pytest.mark.parametrize("row", rows_of("refusals"))
def test_the_first_cause_that_applies_is_the_answer(row: dict[str, str]) -> None:
    chosen = row["product chosen"]
    world = _world(chosen, row["subscriptions on the tenant"])
    arguments = (PRODUCTS[chosen], _entered(world, row["entered"]), HeldByFirm(world.held))
    if row["answer"] == "match tenant":
        assert judge(*arguments, world.on_tenant, TENANT, CATALOGUE) == Eligible(None)
    elif row["answer"].startswith("match "):
        wanted = world.named[int(row["answer"].removeprefix("match ")) - 1]
        assert judge(*arguments, world.on_tenant, TENANT, CATALOGUE) == Eligible(wanted)
    else:
        with pytest.raises(Refused) as refusal:
            judge(*arguments, world.on_tenant, TENANT, CATALOGUE)
        assert (refusal.value.code, refusal.value.facts["variant"]) == (row["answer"], row["message"])


def test_the_table_holds_every_pair_of_the_eight_causes() -> None:
    pairs = {row["what"]: row["answer"] for row in read("refusals") if row["what"].startswith("pair:")}
    answers = Counter(pairs.values())
    assert [answers[code] for code in CODES_IN_ORDER] == [7, 6, 5, 4, 3, 2, 1, 0]


def test_a_refusal_names_the_products_own_field() -> None:
    with pytest.raises(Refused) as refusal:
        judge(SALES, "", HeldByFirm(), [], TENANT)
    assert refusal.value.field == "subscription_sales"
    with pytest.raises(Refused) as refusal:
        judge(EXCHANGE, "", HeldByFirm(), [], TENANT)
    assert refusal.value.field == "products"


def test_the_own_claim_is_named_so_that_it_can_be_opened() -> None:
    mine = subscription_facts(SALES)
    with pytest.raises(Refused) as refusal:
        judge(SALES, "", HeldByFirm({("sales", mine.subscription_id): "C-7K3M9Q2X"}), [mine], TENANT)
    assert refusal.value.facts["existing"] == "C-7K3M9Q2X"


def test_another_tenants_subscription_is_answered_word_for_word_as_an_unknown_id() -> None:
    foreign, unknown = subscription_facts(SALES), "33333333-3333-4333-8333-333333333333"
    texts = []
    for entered in (str(foreign.subscription_id), unknown, str(OTHER_TENANT)):
        with pytest.raises(Refused) as refusal:
            judge(SALES, entered, HeldByFirm(), [subscription_facts(SALES)], TENANT, CATALOGUE)
        texts.append((refusal.value.code, str(refusal.value.text).replace(entered, "ID")))
    assert len(set(texts)) == 1


def test_an_id_that_is_one_subscriptions_id_and_anothers_commerce_id_means_the_first() -> None:
    wanted = subscription_facts(SALES)
    other = subscription_facts(SALES, commerce_subscription_id=wanted.subscription_id)
    for order in ([wanted, other], [other, wanted]):
        assert judge(SALES, str(wanted.subscription_id), HeldByFirm(), order, TENANT) == Eligible(wanted)


def test_a_very_long_entry_is_no_subscription_id() -> None:
    with pytest.raises(Refused) as refusal:
        judge(SALES, "a" * 100_000, HeldByFirm(), [], TENANT, CATALOGUE)
    assert refusal.value.code == "not_a_subscription_id"


# --- For any tenant at all ---------------------------------------------------------------------------------

IDS = [UUID(int=number) for number in range(1, 7)]
STATES = ["Success", "PendingActivation", "PendingInput", "PendingProvisioning", "Disabled", "Error", "Tomorrow"]
subscriptions = st.lists(
    st.builds(
        SubscriptionFacts,
        subscription_id=st.sampled_from(IDS),
        commerce_subscription_id=st.sampled_from(IDS),
        sku_id=st.sampled_from([UUID(product.sku_ids[0]) for product in PRODUCTS.values()]),
        sku_part_number=st.sampled_from([product.sku_part_numbers[0] for product in PRODUCTS.values()]),
        channel=st.sampled_from([*Channel.values, "education", ""]),
        status=st.sampled_from(["Enabled", "Enabled", "Warning", "Suspended", "LockedOut", "Deleted", "Tomorrow"]),
        is_trial=st.booleans(),
        owner_tenant_id=st.sampled_from([None, None, OTHER_TENANT]),
        next_lifecycle_at=st.none(),
        plans=st.dictionaries(
            st.sampled_from([*SALES.service_plans, *EXCHANGE.service_plans]), st.sampled_from(STATES)
        ),
    ),
    max_size=5,
    unique_by=lambda facts: facts.subscription_id,
)
entries = st.one_of(st.sampled_from(["", " ", *map(str, IDS), *ENTRIES.values()]), st.text())
holdings = st.dictionaries(
    st.tuples(st.sampled_from(["sales", "exchange"]), st.sampled_from([None, *IDS])), st.just("C-OURS2345")
)


def _answer(
    chosen: str, entered: str, held: dict[tuple[str, UUID | None], str], facts: list[SubscriptionFacts]
) -> tuple[object, ...]:
    try:
        found = judge(PRODUCTS[chosen], entered, HeldByFirm(held), facts, TENANT, CATALOGUE)
    except Refused as refusal:
        return refusal.code, refusal.text, refusal.field, dict(refusal.facts)
    return (found,)


@given(st.sampled_from(["Sales", "Exchange"]), entries, holdings, subscriptions)
def test_the_answer_is_eligible_or_one_known_code(
    chosen: str, entered: str, held: dict[tuple[str, UUID | None], str], facts: list[SubscriptionFacts]
) -> None:
    first = _answer(chosen, entered, held, facts)[0]
    assert isinstance(first, Eligible) or first in {*CODES_IN_ORDER, "subscription_required"}


@given(st.sampled_from(["Sales", "Exchange"]), entries, holdings, subscriptions, st.randoms())
def test_the_order_of_the_subscriptions_does_not_matter(
    chosen: str,
    entered: str,
    held: dict[tuple[str, UUID | None], str],
    facts: list[SubscriptionFacts],
    random: Random,
) -> None:
    shuffled = list(facts)
    random.shuffle(shuffled)
    assert _answer(chosen, entered, held, shuffled) == _answer(chosen, entered, held, facts)


@given(entries, holdings, subscriptions)
def test_what_is_matched_is_of_the_product_active_paid_provisioned_and_not_ones_own(
    entered: str, held: dict[tuple[str, UUID | None], str], facts: list[SubscriptionFacts]
) -> None:
    found = _answer("Sales", entered, held, facts)[0]
    if isinstance(found, Eligible) and found.subscription:
        matched = found.subscription
        assert matched.channel in ("volume_licensing", "web_direct")
        assert matched.owner_tenant_id is None
        assert not matched.is_trial
        assert matched.status in ("Enabled", "Warning")
        assert "Success" in {matched.plans.get(plan) for plan in SALES.service_plans}
        assert ("sales", matched.subscription_id) not in held


@given(st.sampled_from(["Sales", "Exchange"]), holdings, subscriptions)
def test_one_more_foreign_subscription_changes_nothing(
    chosen: str, held: dict[tuple[str, UUID | None], str], facts: list[SubscriptionFacts]
) -> None:
    foreign = subscription_facts(UNLISTED)
    ours = [one for one in facts if one.sku_part_number != UNLISTED.sku_part_numbers[0]]
    assert _answer(chosen, "", held, [*ours, foreign]) == _answer(chosen, "", held, ours)
