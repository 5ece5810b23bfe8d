"""The list of claims: what it shows, in which order, what it finds, and that it costs the same for many rows."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from arbitration.enforcement import enforce
from claims.listing import Wanted, listing
from claims.models import Claim, ClaimLine
from claims.words import Status
from cpor_portal.accounts.models import PartnerRole, StaffRole
from tests.claims.views.pages import attributes, queries_for, signed_in, text_of
from tests.support.factories import make_location, make_person, make_product, make_staff, make_workload
from tests.support.stories import (
    Side,
    make_asked,
    make_customer,
    make_draft,
    make_side,
    make_submitted,
    make_under_review,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def side() -> Side:
    return make_side()


def _drafts(side: Side, number: int) -> list[Claim]:
    """Drafts with two products each, without the detour over the wizard."""
    products = [make_workload(), make_workload()]
    claims = [
        Claim.objects.create(
            firm=side.firm, created_by=side.person, location=side.location, customer_display_name=f"Customer {n}"
        )
        for n in range(number)
    ]
    for claim in claims:
        for product in products:
            ClaimLine.objects.create(claim=claim, firm=side.firm, product=product)
    return claims


def test_each_row_says_status_customer_products_and_who_must_act_by_when(side: Side) -> None:
    claim = make_submitted(side)
    page = text_of(signed_in(side.person).get("/claims/"))
    assert claim.reference in page
    assert claim.customer_display_name in page
    assert claim.lines.get().product.name in page
    assert side.location.mpn_id in page
    assert 'data-status="submitted"' in page
    assert "Microsoft" in page
    assert "due in" in page


def test_what_needs_the_partner_stands_first_then_drafts_then_what_microsoft_has(side: Side) -> None:
    reviewer = make_staff()
    submitted = make_submitted(side)
    draft = _drafts(side, 1)[0]
    asked = make_asked(reviewer, make_submitted(side))
    response = signed_in(side.person).get("/claims/")
    rows = [row.reference for row in response.context["listing"].page]
    assert rows == [asked.reference, draft.reference, submitted.reference]


def test_claims_with_the_same_standing_are_sorted_by_what_is_due_first(side: Side) -> None:
    late, early = make_submitted(side), make_submitted(side)
    Claim.objects.filter(pk=early.pk).update(due_at=timezone.now() - timedelta(days=2))
    response = signed_in(side.person).get("/claims/")
    assert [row.reference for row in response.context["listing"].page] == [early.reference, late.reference]
    assert "days overdue" in text_of(response)


def test_another_firms_claims_are_not_there_and_not_found(side: Side) -> None:
    foreign = make_submitted(make_side())
    client = signed_in(side.person)
    for query in ({}, {"q": foreign.reference}, {"q": str(foreign.tenant_id)}, {"mpn": foreign.location.mpn_id}):
        page = client.get("/claims/", query)
        assert foreign.customer_display_name not in text_of(page)
        assert page.context["listing"].total == 0


def test_filters_narrow_by_status_and_location_and_the_counts_follow_the_other_filters(side: Side) -> None:
    other = make_location(side.firm)
    _drafts(side, 2)
    here = make_submitted(side)
    there = _drafts(side, 1)[0]
    Claim.objects.filter(pk=there.pk).update(location=other)
    client = signed_in(side.person)
    everything = client.get("/claims/").context["listing"]
    assert everything.counts == {"editing": 3, "submitted": 1}
    submitted = client.get("/claims/", {"status": "submitted"}).context["listing"]
    assert [row.reference for row in submitted.page] == [here.reference]
    assert submitted.counts == {"editing": 3, "submitted": 1}
    elsewhere = client.get("/claims/", {"mpn": other.mpn_id}).context["listing"]
    assert [row.reference for row in elsewhere.page] == [there.reference]
    assert elsewhere.counts == {"editing": 1}


def _spellings(claim: Claim) -> list[str]:
    tenant = str(claim.tenant_id)
    return [
        claim.reference,
        claim.reference.lower(),
        claim.reference.removeprefix("C-"),
        claim.reference[:5],
        f" {claim.reference[:6]} {claim.reference[6:]} ",
        claim.customer_display_name.upper(),
        claim.customer_display_name[2:],
        claim.domain,
        f"https://{claim.domain}/about",
        f"someone@{claim.domain}",
        tenant,
        tenant.upper(),
        f"{{{tenant}}}",
        tenant.replace("-", ""),
        f"urn:uuid:{tenant}",
        str(claim.lines.get().subscription_id),
        str(claim.lines.get().subscription_id).upper(),
    ]


def test_a_claim_is_found_however_its_keys_are_spelled(side: Side) -> None:
    product = make_product()
    claim = make_submitted(side, make_customer(product), product)
    make_submitted(side)
    client = signed_in(side.person)
    for spelling in _spellings(claim):
        found = [row.reference for row in client.get("/claims/", {"q": spelling}).context["listing"].page]
        assert found == [claim.reference], spelling


@pytest.mark.parametrize("query", [{"q": str(uuid4())}, {"q": "%"}, {"status": "nonsense"}, {"mpn": "99999999"}])
def test_what_fits_nothing_says_so(side: Side, query: dict[str, str]) -> None:
    make_submitted(side)
    response = signed_in(side.person).get("/claims/", query)
    assert response.status_code == 200
    assert "No claim fits" in text_of(response)


def test_a_search_that_the_database_could_not_take_is_refused_and_not_an_error(side: Side) -> None:
    make_submitted(side)
    for query in ({"q": "a\x00b"}, {"q": "x" * 201}, {"mpn": "\x00"}, {"status": "\x00"}):
        assert signed_in(side.person).get("/claims/", query).status_code == 422


@pytest.mark.parametrize(
    ("page", "shown"), [("1", 25), ("2", 5), ("99", 5), ("nonsense", 25), ("-1", 5), ("9" * 30, 5)]
)
def test_pages_have_25_rows_and_a_page_that_is_not_there_shows_the_nearest(side: Side, page: str, shown: int) -> None:
    _drafts(side, 30)
    response = signed_in(side.person).get("/claims/", {"page": page})
    assert len(response.context["listing"].page.object_list) == shown
    assert ('rel="next"' in text_of(response)) == (shown == 25)
    assert ('rel="prev"' in text_of(response)) == (shown == 5)


def test_the_list_costs_the_same_queries_for_1_and_for_30_claims(side: Side) -> None:
    client = signed_in(side.person)
    _drafts(side, 1)
    one = queries_for(client, "/claims/")
    _drafts(side, 29)
    assert queries_for(client, "/claims/") == one
    assert queries_for(client, "/claims/", q="Customer", status="editing", mpn=side.location.mpn_id) == one


@pytest.mark.parametrize("role", PartnerRole)
def test_every_partner_role_is_offered_to_start_a_claim(side: Side, role: str) -> None:
    person = make_person(side.firm, role)
    empty = signed_in(person).get("/claims/")
    assert 'action="/claims/new/"' in text_of(empty)
    assert "no claims yet" in text_of(empty)
    make_draft(side, make_customer(), [make_workload()])
    assert 'action="/claims/new/"' in text_of(signed_in(person).get("/claims/"))


@pytest.mark.parametrize(
    ("role", "home"),
    [(StaffRole.REVIEWER, "/review/"), (StaffRole.ARBITER, "/review/"), (StaffRole.PORTAL_ADMIN, "/admin/")],
)
@pytest.mark.parametrize("path", ["/claims/", "/associations/"])
def test_staff_are_sent_to_their_own_start_page(role: str, home: str, path: str) -> None:
    response = signed_in(make_staff(role)).get(path)
    assert (response.status_code, response["Location"]) == (302, home)


def test_somebody_without_a_firm_sees_an_empty_list_and_can_start_nothing() -> None:
    response = signed_in(make_person()).get("/claims/")
    assert response.status_code == 200
    assert 'action="/claims/new/"' not in text_of(response)


def test_no_outcome_and_no_name_of_a_reviewer_shows_in_the_list(side: Side) -> None:
    reviewer = make_staff(name="Riley Reviewer")
    make_under_review(reviewer, make_submitted(side))
    page = signed_in(side.person).get("/claims/")
    assert "Riley" not in text_of(page)
    assert attributes(page, "data-status") == [Status.UNDER_REVIEW]


def test_what_was_enforced_as_missed_is_overdue_in_the_list_before_its_time() -> None:
    side = make_side()
    claim = make_submitted(side)
    assert claim.due_at
    enforce(now=claim.due_at + timedelta(minutes=1))
    page = listing(side.person, Wanted(), "1").page
    assert [(row.is_overdue, row.due_words) for row in page.object_list] == [(True, "overdue")]
