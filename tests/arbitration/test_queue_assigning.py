"""Arbiters give many claims away from the rows of the queue: all or none, and nothing that was ticked is lost."""

import re

import pytest
from django.test import Client

from claims.models import Claim
from cpor_portal.accounts.models import StaffRole, User
from tests.support.factories import make_staff
from tests.support.queues import make_claims
from tests.support.stories import make_submitted, make_under_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer() -> User:
    return make_staff()


@pytest.fixture
def arbiter(client: Client) -> User:
    person = make_staff(StaffRole.ARBITER)
    client.force_login(person)
    return person


def ticked(page: str) -> set[str]:
    """The claims that are ticked on a page."""
    return set(re.findall(r'name="claims" value="([^"]+)"[^>]* checked', page))


def test_only_an_arbiter_has_boxes_and_the_bar(client: Client, reviewer: User, arbiter: User) -> None:
    claim = make_submitted()
    page = client.get("/review/").content.decode()
    assert f'name="claims" value="{claim.reference}"' in page
    assert 'action="/review/assign/"' in page
    client.force_login(reviewer)
    page = client.get("/review/").content.decode()
    assert 'name="claims"' not in page
    assert "/review/assign/" not in page
    answer = client.post("/review/assign/", {"claims": [claim.reference], "reviewer": reviewer.email})
    assert answer.status_code == 403
    assert Claim.objects.get(pk=claim.pk).reviewer is None


def test_the_ticked_claims_are_given_away_and_the_same_page_comes_back(
    client: Client, reviewer: User, arbiter: User
) -> None:
    claims = make_claims(3)
    sent = {"claims": [claim.reference for claim in claims[:2]], "reviewer": reviewer.email, "in": "area=microsoft_365"}
    answer = client.post("/review/assign/", {**sent, "after": "", "note": "Please take these"}, follow=True)
    assert answer.redirect_chain == [("/review/?area=microsoft_365", 302)]
    assert "2 claims have been assigned." in answer.content.decode()
    assert [Claim.objects.get(pk=claim.pk).reviewer for claim in claims] == [reviewer, reviewer, None]


def test_claims_go_back_to_the_queue_where_that_is_asked_for(client: Client, reviewer: User, arbiter: User) -> None:
    for sent in ({"reviewer": ""}, {"reviewer": reviewer.email, "back": "1"}):
        claim = make_under_review(reviewer)
        answer = client.post("/review/assign/", {"claims": [claim.reference], **sent}, follow=True)
        assert "1 claim is back in the queue." in answer.content.decode()
        assert Claim.objects.get(pk=claim.pk).reviewer is None


def test_nothing_goes_back_to_the_queue_because_nobody_was_chosen(
    client: Client, reviewer: User, arbiter: User
) -> None:
    claim = make_under_review(reviewer)
    answer = client.post("/review/assign/", {"claims": [claim.reference], "reviewer": "", "assign": "1"})
    assert answer.status_code == 422
    assert 'data-code="reviewer_required"' in answer.content.decode()
    assert ticked(answer.content.decode()) == {claim.reference}
    assert Claim.objects.get(pk=claim.pk).reviewer == reviewer


def test_what_cannot_be_given_is_named_and_the_rest_stays_ticked(client: Client, reviewer: User, arbiter: User) -> None:
    free, theirs = make_submitted(), make_under_review(reviewer)
    sent = {"claims": [free.reference, theirs.reference], "reviewer": reviewer.email, "note": "A <long> note"}
    answer = client.post("/review/assign/", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(rf'data-code="reviewer_has_it"><a[^>]*>{theirs.reference}</a>', page)
    assert 'data-code="not_all_can"' in page
    assert ticked(page) == {free.reference}
    assert "A &lt;long&gt; note" in page
    assert f'<option value="{reviewer.email}" selected>' in page
    assert Claim.objects.get(pk=free.pk).reviewer is None


def test_what_has_left_the_page_meanwhile_stays_ticked(client: Client, reviewer: User, arbiter: User) -> None:
    here, gone = make_submitted(), make_submitted()
    sent = {"claims": [here.reference, gone.reference], "reviewer": "nobody@example.com"}
    answer = client.post("/review/assign/", {**sent, "in": f"q={here.reference}"})
    assert answer.status_code == 422
    assert 'data-code="reviewer_unknown"' in answer.content.decode()
    assert ticked(answer.content.decode()) == {here.reference, gone.reference}


def test_nothing_ticked_is_refused(client: Client, reviewer: User, arbiter: User) -> None:
    make_submitted()
    answer = client.post("/review/assign/", {"reviewer": reviewer.email})
    assert answer.status_code == 422
    assert 'data-code="no_claims"' in answer.content.decode()
