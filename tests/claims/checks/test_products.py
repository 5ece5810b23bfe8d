"""The products step: every product judged on the directory's facts, and what firms hold already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pytest
from pytest_django import DjangoAssertNumQueries

from claims.checks import ManyRefused
from claims.checks.products import (
    HeldByFirm,
    LineAnswer,
    ProductsAnswer,
    check_products,
    contested_products,
    held_by,
)
from claims.models import Claim
from claims.words import OCCUPYING_OUTCOMES, Outcome
from cpor_portal.accounts.models import PartnerFirm
from cpor_portal.directory.local import LocalDirectory
from cpor_portal.directory.models import Product, Tenant
from cpor_portal.directory.source import DirectoryUnreachable
from cpor_portal.faults import Refused
from tests.support.claims import make_draft, make_filed_line
from tests.support.factories import make_firm, make_product, make_subscription, make_tenant, make_workload

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)


@dataclass
class Case:
    """A firm before a customer who has one subscription of Sales."""

    firm: PartnerFirm
    tenant: Tenant
    sales: Product
    subscription_id: UUID

    def check(
        self,
        *codes: str,
        entered: Mapping[str, str] | None = None,
        area: str = "business_applications",
        except_claim: Claim | None = None,
    ) -> ProductsAnswer:
        """Check as a view would."""
        return check_products(
            codes=codes,
            entered=entered or {},
            area=area,
            firm=self.firm,
            tenant_id=self.tenant.tenant_id,
            source=LocalDirectory(),
            except_claim=except_claim,
            today=TODAY,
        )

    def refusal(self, *codes: str, area: str = "business_applications") -> Refused:
        """The one fault with which the check ends."""
        with pytest.raises(Refused) as refusal:
            self.check(*codes, area=area)
        return refusal.value


@pytest.fixture
def case(db: None) -> Case:
    tenant, sales = make_tenant(), make_product("sales")
    subscription = make_subscription(tenant, sales)
    return Case(make_firm(), tenant, sales, subscription.subscription_id)


def test_a_product_is_matched_silently_and_a_workload_needs_no_subscription(case: Case) -> None:
    assert case.check("sales").lines == [LineAnswer(case.sales, "", case.subscription_id)]
    exchange = make_workload("exchange")
    make_subscription(case.tenant, exchange, channel="csp")
    answer = case.check("exchange", entered={"exchange": "typed in vain"}, area="microsoft_365")
    assert answer.lines == [LineAnswer(exchange, "", None)]


def test_a_product_chosen_twice_is_one_line(case: Case) -> None:
    assert len(case.check("sales", "sales").lines) == 1


def test_what_was_typed_is_kept_with_the_subscription_that_it_names(case: Case) -> None:
    typed = f"  {case.subscription_id}  ".upper()
    assert case.check("sales", entered={"sales": typed}).lines == [LineAnswer(case.sales, typed, case.subscription_id)]


def test_every_products_fault_is_told_at_once(case: Case) -> None:
    make_product("finance")
    make_subscription(case.tenant, make_product("service"), is_trial=True)
    with pytest.raises(ManyRefused) as refusal:
        case.check("finance", "sales", "service")
    faults = [(fault.code, fault.field) for fault in refusal.value.faults]
    assert faults == [("product_not_on_tenant", "subscription_finance"), ("trial", "subscription_service")]
    assert refusal.value.code == "product_not_on_tenant"


def test_a_choice_that_the_catalogue_does_not_carry_is_refused(case: Case) -> None:
    make_product("old", valid_to=date(2026, 11, 21))
    make_product("coming", valid_from=date(2026, 11, 23))
    make_workload("exchange")
    assert case.refusal().code == "products_required"
    assert case.refusal("nothing-like-it").code == "product_unknown"
    assert case.refusal("exchange").code == "product_wrong_area"
    assert case.refusal("sales", area="microsoft_365").code == "product_wrong_area"
    for code in ("old", "coming"):
        assert (case.refusal(code).code, case.refusal(code).facts["variant"]) == ("product_unknown", "expired")


def test_the_first_and_the_last_day_of_a_product_count(case: Case) -> None:
    one_day = make_product("one-day", valid_from=TODAY, valid_to=TODAY)
    make_subscription(case.tenant, one_day)
    assert [line.product for line in case.check("one-day").lines] == [one_day]


def test_a_silent_directory_is_nobodys_fault(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(_self: LocalDirectory, _tenant_id: UUID) -> Sequence[object]:
        raise DirectoryUnreachable

    monkeypatch.setattr(LocalDirectory, "subscriptions_of", silent)
    assert (case.refusal("sales").code, case.refusal("sales").field) == ("directory_unreachable", "")


def test_another_customers_subscription_is_not_on_the_tenant(case: Case) -> None:
    foreign = make_subscription(make_tenant(), case.sales)
    for guid in (foreign.subscription_id, foreign.commerce_subscription_id, foreign.tenant_id):
        with pytest.raises(Refused) as refusal:
            case.check("sales", entered={"sales": str(guid)})
        assert refusal.value.code == "product_not_on_tenant"


def test_ten_products_cost_as_many_queries_as_one(
    case: Case, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    codes = ["sales"]
    for number in range(9):
        product = make_product(f"more-{number}")
        make_subscription(case.tenant, product)
        codes.append(product.code)
    for chosen in (codes[:1], codes):
        with django_assert_num_queries(5):
            case.check(*chosen)


# --- What firms hold ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", list(Outcome))
def test_only_an_undecided_or_associated_line_of_the_own_firm_occupies(case: Case, outcome: Outcome) -> None:
    line = make_filed_line(case.firm, case.tenant, case.sales, case.subscription_id, outcome)
    if outcome not in OCCUPYING_OUTCOMES:
        assert case.check("sales").lines
        return
    refusal = case.refusal("sales")
    assert (refusal.code, refusal.facts["existing"]) == ("already_claimed", line.claim.reference)


def test_a_claim_does_not_stand_in_its_own_way(case: Case) -> None:
    line = make_filed_line(case.firm, case.tenant, case.sales, case.subscription_id)
    assert case.check("sales", except_claim=line.claim).lines


def test_a_colleagues_draft_occupies_nothing(case: Case) -> None:
    draft = make_draft(case.firm, tenant_id=case.tenant.tenant_id)
    draft.lines.create(firm=case.firm, product=case.sales, subscription_id=case.subscription_id)
    assert case.check("sales").lines


def test_what_the_firm_holds_elsewhere_does_not_count(case: Case) -> None:
    make_filed_line(case.firm, make_tenant(), case.sales, case.subscription_id)
    assert held_by(case.firm, case.tenant.tenant_id) == HeldByFirm({})


@pytest.mark.parametrize("outcome", [Outcome.PENDING, Outcome.ASKED, Outcome.ASSOCIATED])
def test_another_firms_product_can_be_claimed_and_is_contested(case: Case, outcome: Outcome) -> None:
    make_filed_line(make_firm(), case.tenant, case.sales, case.subscription_id, outcome)
    answer = case.check("sales")
    assert contested_products(case.firm, case.tenant.tenant_id, answer.lines) == {"sales"}


@pytest.mark.parametrize("outcome", [Outcome.WITHDRAWN, Outcome.REJECTED, Outcome.ENDED])
def test_what_another_firm_has_no_longer_is_not_contested(case: Case, outcome: Outcome) -> None:
    make_filed_line(make_firm(), case.tenant, case.sales, case.subscription_id, outcome)
    assert contested_products(case.firm, case.tenant.tenant_id, case.check("sales").lines) == set()


def test_only_the_same_product_of_the_same_subscription_and_customer_is_contested(case: Case) -> None:
    rival, service = make_firm(), make_product("service")
    other = make_subscription(case.tenant, case.sales).subscription_id
    make_filed_line(rival, case.tenant, case.sales, other)
    make_filed_line(rival, case.tenant, service, case.subscription_id)
    make_filed_line(rival, make_tenant(), case.sales, case.subscription_id)
    make_filed_line(case.firm, case.tenant, case.sales, case.subscription_id)
    wanted = [LineAnswer(case.sales, "", case.subscription_id)]
    assert contested_products(case.firm, case.tenant.tenant_id, wanted) == set()


def test_a_workload_is_contested_for_the_tenant_as_a_whole(case: Case) -> None:
    exchange = make_workload("exchange")
    make_filed_line(make_firm(), case.tenant, exchange)
    wanted = [LineAnswer(exchange, "", None), LineAnswer(case.sales, "", case.subscription_id)]
    assert contested_products(case.firm, case.tenant.tenant_id, wanted) == {"exchange"}
