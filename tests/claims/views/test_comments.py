"""Posting a comment: who may, what is refused with the text kept, and what reviewers alone can choose."""

import pytest

from arbitration.acts.approve import approve
from claims.acts.withdraw import withdraw
from claims.models import Comment
from claims.words import Audience
from cpor_portal.accounts.models import PartnerRole, User
from tests.claims.views.pages import attributes, signed_in, text_of
from tests.support.factories import make_person, make_staff, make_workload
from tests.support.stories import Side, make_customer, make_draft, make_side, make_submitted, make_under_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def side() -> Side:
    return make_side()


@pytest.fixture
def reviewer() -> User:
    return make_staff()


@pytest.mark.parametrize("role", PartnerRole)
def test_every_partner_role_may_comment(side: Side, role: str) -> None:
    claim = make_submitted(side)
    response = signed_in(make_person(side.firm, role)).post(
        f"/claims/{claim.reference}/comments/", {"body": "The pilot ended."}
    )
    assert (response.status_code, response["Location"]) == (302, f"/claims/{claim.reference}/")
    assert Comment.objects.get().audience == Audience.PARTNER


@pytest.mark.parametrize(
    ("body", "code"), [("", "comment_required"), ("  \n ", "comment_required"), ("x" * 10_001, "comment_too_long")]
)
def test_a_refused_comment_comes_back_with_its_code_and_its_text(side: Side, body: str, code: str) -> None:
    claim = make_submitted(side)
    response = signed_in(side.person).post(f"/claims/{claim.reference}/comments/", {"body": body})
    assert response.status_code == 422
    assert code in attributes(response, "data-code")
    assert body.strip() in text_of(response)
    assert not Comment.objects.exists()


def test_a_text_that_the_database_could_not_take_is_refused(side: Side) -> None:
    claim = make_submitted(side)
    response = signed_in(side.person).post(f"/claims/{claim.reference}/comments/", {"body": "a\x00b"})
    assert response.status_code == 422


def test_a_partner_can_write_nothing_internal(side: Side) -> None:
    claim = make_submitted(side)
    data = {"body": "Secret", "audience": "internal"}
    response = signed_in(side.person).post(f"/claims/{claim.reference}/comments/", data)
    assert response.status_code == 403
    assert "Secret" in text_of(response)
    assert not Comment.objects.exists()


def test_an_audience_that_is_none_is_refused(side: Side, reviewer: User) -> None:
    claim = make_submitted(side)
    data = {"body": "Hello", "audience": "everybody"}
    for person in (side.person, reviewer):
        assert signed_in(person).post(f"/claims/{claim.reference}/comments/", data).status_code == 422
    assert not Comment.objects.exists()


def test_a_reviewer_chooses_the_audience_and_comes_back_to_the_workspace(side: Side, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_submitted(side))
    client, address = signed_in(reviewer), f"/claims/{claim.reference}/comments/"
    for audience in Audience:
        assert client.post(address, {"body": "Hello", "audience": audience}).status_code == 302
    assert [comment.audience for comment in Comment.objects.all()] == list(Audience)
    refused = client.post(address, {"body": "", "audience": "internal"})
    assert refused.status_code == 422
    assert 'value="internal"' in text_of(refused)


def test_a_draft_has_no_comments_and_the_conflict_keeps_what_was_typed(side: Side) -> None:
    draft = make_draft(side, make_customer(), [make_workload()])
    response = signed_in(side.person).post(f"/claims/{draft.reference}/comments/", {"body": "Too early"})
    assert response.status_code == 409
    assert "Too early" in text_of(response)


def test_a_closed_claim_still_takes_comments(side: Side, reviewer: User) -> None:
    approved = make_under_review(reviewer, make_submitted(side))
    approve(reference=approved.reference, by=reviewer)
    withdrawn = make_submitted(side)
    withdraw(reference=withdrawn.reference, by=side.person)
    for claim in (approved, withdrawn):
        response = signed_in(side.person).post(f"/claims/{claim.reference}/comments/", {"body": "Thank you"})
        assert response.status_code == 302


def test_markup_in_a_comment_is_text(side: Side) -> None:
    claim = make_submitted(side)
    client = signed_in(side.person)
    client.post(f"/claims/{claim.reference}/comments/", {"body": "<b>bold</b> & <script>x</script>"})
    page = text_of(client.get(f"/claims/{claim.reference}/"))
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; &lt;script&gt;" in page


def test_the_address_answers_no_get(side: Side) -> None:
    claim = make_submitted(side)
    assert signed_in(side.person).get(f"/claims/{claim.reference}/comments/").status_code == 405
