"""A claim's place in the queue as its reader filtered it: the claims before and after, from whatever row one came."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from arbitration.filtering import ALL
from arbitration.positions import Neighbours, Place, neighbours
from arbitration.queue import Filters, page_of
from claims.models import Claim
from claims.words import Status
from cpor_portal.accounts.models import User
from tests.support.factories import make_staff
from tests.support.queues import make_claims

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_too]

MONDAY = datetime(2026, 11, 2, 10, tzinfo=UTC)


@pytest.fixture
def reviewer() -> User:
    return make_staff()


def around(reviewer: User, url: str) -> Neighbours:
    """The neighbours of the claim to which an address of the queue or of a neighbour leads."""
    sent = parse_qs(urlsplit(url).query, keep_blank_values=True)
    return neighbours(reviewer, sent["in"][0], sent["at"][0], MONDAY)


def named(place: Place | None) -> str:
    return place.reference if place else ""


@pytest.mark.parametrize("filters", [Filters(), Filters(status=ALL), Filters(area="microsoft_365"), Filters(q="a")])
def test_the_neighbours_lead_through_the_queue_and_back(reviewer: User, filters: Filters) -> None:
    make_claims(4)
    Claim.objects.filter(pk=Claim.objects.earliest("pk").pk).update(due_at=None)
    Claim.objects.update(customer_display_name="A customer")
    rows = page_of(reviewer, filters, now=MONDAY).rows
    there, url = [rows[0].reference], rows[0].url
    while following := around(reviewer, url).after:
        there.append(following.reference)
        url = following.url
    back = [there[-1]]
    while before := around(reviewer, url).before:
        back.append(before.reference)
        url = before.url
    assert there == [row.reference for row in rows]
    assert back == there[::-1]


def test_a_place_holds_although_its_claim_has_been_decided(reviewer: User) -> None:
    first, second, third = make_claims(3)
    url = page_of(reviewer, Filters(), now=MONDAY).rows[1].url
    Claim.objects.filter(pk=second.pk).update(status=Status.APPROVED, due_at=None)
    found = around(reviewer, url)
    assert (named(found.before), named(found.after)) == (first.reference, third.reference)


def test_neighbours_stand_in_the_same_filters(reviewer: User) -> None:
    claims = make_claims(4)
    Claim.objects.filter(pk__in=[claims[1].pk, claims[2].pk]).update(customer_country="HU")
    rows = page_of(reviewer, Filters(country="US"), now=MONDAY).rows
    found = around(reviewer, rows[0].url)
    assert named(found.after) == claims[3].reference
    assert found.filters == "country=US"


@pytest.mark.parametrize("at", ["", "nonsense", "-", "99999999T-1", "\x00"])
def test_a_place_that_nobody_gave_out_has_no_neighbours(reviewer: User, at: str) -> None:
    make_claims(2)
    assert neighbours(reviewer, "area=microsoft_365", at, MONDAY) == Neighbours(None, None, "area=microsoft_365")


def test_filters_that_make_no_sense_filter_nothing(reviewer: User) -> None:
    make_claims(2)
    rows = page_of(reviewer, Filters(), now=MONDAY).rows
    at = parse_qs(urlsplit(rows[0].url).query)["at"][0]
    found = neighbours(reviewer, "status=nonsense&country=XX&what=1&q=%00", at, MONDAY)
    assert (named(found.after), found.filters) == (rows[1].reference, "")


def test_neighbours_cost_three_queries_however_many_claims_there_are(reviewer: User) -> None:
    for number in (3, 30):
        make_claims(number)
        url = page_of(reviewer, Filters(), now=MONDAY).rows[1].url
        with CaptureQueriesContext(connection) as captured:
            around(reviewer, url)
        # One on each side, and one for what the reader is reading blindly.
        assert len(captured) == 3


def test_a_row_leads_to_its_claim_and_the_page_knows_the_claims_around_it(client: Client, reviewer: User) -> None:
    first, _second, third = make_claims(3)
    client.force_login(reviewer)
    row = page_of(reviewer, Filters(), now=MONDAY).rows[1]
    page = client.get(row.url)
    assert page.status_code == 200
    for neighbour in (first, third):
        assert f"/review/{neighbour.reference}/?in=" in page.content.decode()
