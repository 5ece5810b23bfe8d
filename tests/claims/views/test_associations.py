"""The list of what the firm holds."""

import pytest
from django.utils import timezone

from arbitration.acts.approve import approve
from claims.models import Association, Claim
from tests.claims.views.pages import attributes, queries_for, signed_in, text_of
from tests.support.factories import make_product, make_staff, make_workload
from tests.support.stories import Side, make_customer, make_side, make_submitted, make_under_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def side() -> Side:
    return make_side()


def _approved(claim: Claim) -> Claim:
    reviewer = make_staff()
    make_under_review(reviewer, claim)
    return approve(reference=claim.reference, by=reviewer)


def test_it_shows_customer_product_subscription_claim_and_state(side: Side) -> None:
    product = make_product()
    claim = _approved(make_submitted(side, make_customer(product), product))
    page = signed_in(side.person).get("/associations/")
    assert claim.customer_display_name in text_of(page)
    assert product.name in text_of(page)
    assert f'href="/claims/{claim.reference}/"' in text_of(page)
    assert attributes(page, "data-subscription-id") == [str(claim.lines.get().subscription_id)]
    assert attributes(page, "data-outcome") == ["associated"]


def test_one_that_has_ended_stays_in_the_list_as_ended(side: Side) -> None:
    _approved(make_submitted(side))
    Association.objects.update(ended_at=timezone.now())
    page = signed_in(side.person).get("/associations/")
    assert attributes(page, "data-outcome") == ["ended"]


def test_what_another_firm_holds_is_not_there(side: Side) -> None:
    _approved(make_submitted(make_side()))
    page = signed_in(side.person).get("/associations/")
    assert "holds no association yet" in text_of(page)


def test_it_costs_the_same_queries_for_1_and_for_30_rows(side: Side) -> None:
    client = signed_in(side.person)
    _approved(make_submitted(side))
    one = queries_for(client, "/associations/")
    workloads = [make_workload() for _n in range(29)]
    _approved(make_submitted(side, make_customer(*workloads), *workloads))
    assert queries_for(client, "/associations/") == one
    assert 'rel="next"' in text_of(client.get("/associations/"))
