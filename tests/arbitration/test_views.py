"""The reviewer's posts: what they change, what they refuse, and that nothing typed is lost."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from arbitration.acts.approve import approve
from claims.acts.resubmit import resubmit
from claims.models import Association, Claim, Comment
from claims.words import Outcome, Status
from cpor_portal.accounts.models import StaffRole, User
from cpor_portal.directory.models import Subscription, SubscriptionStatus
from tests.support.factories import make_staff, make_workload
from tests.support.stories import make_asked, make_customer, make_draft, make_side, make_submitted, make_under_review

pytestmark = pytest.mark.django_db

ACTS = ("start", "request-information", "approve", "reject", "assign", "comment")
VERDICTS = {"request-information": "ask", "reject": "reject"}
WORDS = {"reasons": ["proof_missing", "product_missing"], "text": "Please send a page that names <Teams> & Exchange."}


@pytest.fixture
def reviewer() -> User:
    return make_staff()


@pytest.fixture
def desk(client: Client, reviewer: User) -> Client:
    """The reviewer's browser."""
    client.force_login(reviewer)
    return client


def post(desk: Client, claim: Claim, act: str, data: Mapping[str, Any] | None = None) -> Any:
    """The answer to a post of `act` on `claim`."""
    return desk.post(f"/review/{claim.reference}/{act}/", data or {})


def status_of(claim: Claim) -> str:
    return Claim.objects.get(pk=claim.pk).status


# --- Take next ---------------------------------------------------------------------------------------------


def test_take_next_gives_the_most_urgent_claim_and_starts_its_review(desk: Client, reviewer: User) -> None:
    monday = datetime(2026, 11, 2, 10, tzinfo=UTC)
    with time_machine.travel(monday + timedelta(days=3), tick=False):
        later = make_submitted()
    with time_machine.travel(monday, tick=False):
        first = make_submitted()
    response = desk.post("/review/take-next/")
    assert response.headers["Location"] == f"/review/{first.reference}/"
    first.refresh_from_db()
    assert (first.status, first.reviewer) == (Status.UNDER_REVIEW, reviewer)
    assert status_of(later) == Status.SUBMITTED


def test_take_next_leaves_a_resubmitted_claim_to_the_reviewer_who_asked(desk: Client) -> None:
    colleague = make_staff()
    claim = make_asked(colleague)
    resubmit(reference=claim.reference, by=claim.submitted_by)
    response = desk.post("/review/take-next/", follow=True)
    assert response.redirect_chain == [("/review/", 302)]
    assert "No claim waits for a reviewer" in response.content.decode()
    desk.force_login(colleague)
    assert desk.post("/review/take-next/").headers["Location"] == f"/review/{claim.reference}/"


# --- Acts that go through ----------------------------------------------------------------------------------


def test_a_review_is_started_from_the_workspace(desk: Client, reviewer: User) -> None:
    claim = make_submitted()
    response = post(desk, claim, "start", {"version": claim.version})
    assert response.headers["Location"] == f"/review/{claim.reference}/"
    claim.refresh_from_db()
    assert (claim.status, claim.reviewer) == (Status.UNDER_REVIEW, reviewer)


def test_information_is_requested(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer)
    assert post(desk, claim, "request-information", {**WORDS, "version": claim.version}).status_code == 302
    assert status_of(claim) == Status.PARTNER_ACTION_REQUIRED
    said = Comment.objects.get()
    assert (said.body, said.reasons, said.audience) == (WORDS["text"], WORDS["reasons"], "partner")


def test_everything_that_is_pending_is_approved_where_no_product_is_named(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer)
    assert post(desk, claim, "approve").status_code == 302
    assert status_of(claim) == Status.APPROVED
    assert Association.objects.open().count() == 1


def test_one_product_is_approved_and_the_others_go_on(desk: Client, reviewer: User) -> None:
    first, second = make_workload(), make_workload()
    claim = make_under_review(reviewer, make_submitted(make_side(), make_customer(first, second), first, second))
    line = claim.lines.get(product=first)
    assert post(desk, claim, "approve", {"lines": [line.pk], "version": claim.version}).status_code == 302
    assert status_of(claim) == Status.UNDER_REVIEW
    assert [one.product for one in claim.lines.filter(outcome=Outcome.PENDING)] == [second]


def test_a_claim_is_rejected(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer)
    assert post(desk, claim, "reject", WORDS).status_code == 302
    assert status_of(claim) == Status.REJECTED


def test_one_product_is_rejected(desk: Client, reviewer: User) -> None:
    first, second = make_workload(), make_workload()
    claim = make_under_review(reviewer, make_submitted(make_side(), make_customer(first, second), first, second))
    assert post(desk, claim, "reject", {**WORDS, "lines": [claim.lines.get(product=first).pk]}).status_code == 302
    assert status_of(claim) == Status.UNDER_REVIEW


@pytest.mark.parametrize("audience", ["partner", "internal"])
def test_a_comment_has_the_audience_that_was_chosen(desk: Client, reviewer: User, audience: str) -> None:
    claim = make_submitted()
    assert post(desk, claim, "comment", {"body": "Good work.", "audience": audience}).status_code == 302
    assert Comment.objects.get().audience == audience


def test_a_partner_never_reads_an_internal_comment_written_here(desk: Client, reviewer: User) -> None:
    claim = make_submitted()
    post(desk, claim, "comment", {"body": "Doubtful signature.", "audience": "internal"})
    assert claim.submitted_by is not None
    desk.force_login(claim.submitted_by)
    for address in (f"/claims/{claim.reference}/", f"/claims/{claim.reference}/history/"):
        assert "Doubtful" not in desk.get(address).content.decode()


def test_an_arbiter_decides_a_claim_that_a_reviewer_has(client: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer)
    client.force_login(make_staff(StaffRole.ARBITER))
    assert post(client, claim, "approve").status_code == 302
    assert status_of(claim) == Status.APPROVED


# --- Refusals: 422, with everything typed ------------------------------------------------------------------


@pytest.mark.parametrize("act", ["request-information", "reject"])
def test_without_a_reason_the_text_is_kept(desk: Client, reviewer: User, act: str) -> None:
    claim = make_under_review(reviewer)
    response = post(desk, claim, act, {"text": WORDS["text"]})
    page = response.content.decode()
    assert response.status_code == 422
    assert 'data-code="reasons_required"' in page
    assert "names &lt;Teams&gt; &amp; Exchange." in page
    # Once in the summary on top, and once at the field; each names the verdict that it is about.
    asked, rejected = "for what you ask the partner.", "for the rejection."
    assert page.count(f"Choose at least one reason {asked if act == 'request-information' else rejected}") == 2
    # The decision form stands there with what was sent: about every product, with the text in one piece.
    assert response.context["refused"].lines_with(VERDICTS[act]) == [claim.lines.get().pk]
    assert status_of(claim) == Status.UNDER_REVIEW


@pytest.mark.parametrize("act", ["request-information", "reject"])
def test_without_a_text_the_reasons_and_products_are_kept(desk: Client, reviewer: User, act: str) -> None:
    claim = make_under_review(reviewer)
    line = claim.lines.get()
    response = post(desk, claim, act, {"reasons": WORDS["reasons"], "text": "  \n ", "lines": [line.pk]})
    page = response.content.decode()
    assert response.status_code == 422
    assert 'data-code="text_required"' in page
    form = response.context["refused"]
    assert form.lines_with(VERDICTS[act]) == [line.pk]
    assert form[f"{VERDICTS[act]}_reasons"].value() == WORDS["reasons"]
    assert page.partition('id="decide"')[2].partition("</form>")[0].count(" checked") == 3


@pytest.mark.parametrize("reason", ["no_partner_response", "nonsense", ""])
def test_reasons_that_are_not_the_reviewers_are_refused(desk: Client, reviewer: User, reason: str) -> None:
    claim = make_under_review(reviewer)
    response = post(desk, claim, "reject", {"reasons": [reason], "text": "No."})
    assert response.status_code == 422
    assert 'data-code="reasons_required"' in response.content.decode()


def test_a_contested_product_is_not_approved_and_the_page_says_why(desk: Client, reviewer: User) -> None:
    workload, free = make_workload(), make_workload()
    tenant = make_customer(workload, free)
    make_submitted(make_side(), tenant, workload)
    claim = make_under_review(reviewer, make_submitted(make_side(), tenant, workload, free))
    contested = claim.lines.get(product=workload)
    response = post(desk, claim, "approve", {"lines": [contested.pk], "version": claim.version})
    assert response.status_code == 422
    summary = response.content.decode().partition("error-summary")[2].partition("</ul>")[0]
    assert 'data-code="contested"' in summary
    assert status_of(claim) == Status.UNDER_REVIEW
    assert not Association.objects.exists()
    assert post(desk, claim, "approve", {"version": claim.version}).status_code == 302
    assert Association.objects.get().line.product == free


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"body": "", "audience": "partner"}, "comment_required"),
        ({"body": "Kept text.", "audience": ""}, "audience_unknown"),
        ({"body": "Kept text.", "audience": "everybody"}, "audience_unknown"),
        ({"body": "Kept text.", "audience": "x\x00"}, "null_characters_not_allowed"),
        ({"body": "Kept text." + "x" * 10_000, "audience": "internal"}, "comment_too_long"),
    ],
)
def test_a_comment_that_does_not_hold_is_kept(desk: Client, data: dict[str, str], code: str) -> None:
    response = post(desk, make_submitted(), "comment", data)
    page = response.content.decode()
    assert response.status_code == 422
    assert f'data-code="{code}"' in page
    assert data["body"][:10] in page
    assert not Comment.objects.exists()


@pytest.mark.parametrize("lines", [["x"], ["-1"], ["9" * 30], ["1 OR 1"]])
def test_line_ids_that_are_none_are_refused(desk: Client, reviewer: User, lines: list[str]) -> None:
    assert post(desk, make_under_review(reviewer), "approve", {"lines": lines}).status_code == 422


# --- Conflicts: 409, with everything typed -----------------------------------------------------------------


def test_the_second_of_two_decisions_gets_a_page_that_says_what_happened(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer)
    arbiter = make_staff(StaffRole.ARBITER, name="Ari Arbiter")
    approve(reference=claim.reference, by=arbiter)
    response = post(desk, claim, "reject", {**WORDS, "version": claim.version})
    page = response.content.decode()
    assert response.status_code == 409
    assert "Ari Arbiter" in page
    assert "names &lt;Teams&gt; &amp; Exchange." in page
    assert f'href="/review/{claim.reference}/"' in page
    assert status_of(claim) == Status.APPROVED


def test_a_page_that_is_out_of_date_decides_nothing(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer)
    response = post(desk, claim, "approve", {"version": claim.version - 1})
    assert response.status_code == 409
    assert status_of(claim) == Status.UNDER_REVIEW


def test_a_product_that_has_been_decided_meanwhile_is_a_conflict(desk: Client, reviewer: User) -> None:
    first, second = make_workload(), make_workload()
    claim = make_under_review(reviewer, make_submitted(make_side(), make_customer(first, second), first, second))
    line = claim.lines.get(product=first)
    approve(reference=claim.reference, by=reviewer, line_ids=[line.pk])
    assert post(desk, claim, "approve", {"lines": [line.pk]}).status_code == 409


def test_another_claims_products_cannot_be_named(desk: Client, reviewer: User) -> None:
    claim, other = make_under_review(reviewer), make_under_review(reviewer)
    assert post(desk, claim, "approve", {"lines": [other.lines.get().pk]}).status_code == 409
    assert status_of(other) == Status.UNDER_REVIEW


@pytest.mark.parametrize("act", ["approve", "reject", "request-information"])
def test_a_colleagues_claim_is_not_decided(desk: Client, act: str) -> None:
    claim = make_under_review(make_staff(name="Robin Reviewer"))
    response = post(desk, claim, act, WORDS)
    assert response.status_code == 409
    assert "Robin Reviewer" in response.content.decode()
    assert status_of(claim) == Status.UNDER_REVIEW


def test_a_review_that_a_colleague_has_started_cannot_be_started_again(desk: Client) -> None:
    claim = make_submitted()
    make_under_review(make_staff(name="Robin Reviewer"), claim)
    response = post(desk, claim, "start")
    assert response.status_code == 409
    assert "Robin Reviewer" in response.content.decode()


def test_starting_twice_is_harmless(desk: Client, reviewer: User) -> None:
    claim = make_submitted()
    assert post(desk, claim, "start", {"version": claim.version}).status_code == 302
    assert post(desk, claim, "start", {"version": claim.version}).status_code == 302


# --- Who ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ACTS)
def test_for_everybody_else_the_acts_do_not_exist(client: Client, act: str, reviewer: User) -> None:
    claim = make_under_review(reviewer)
    for person in (claim.submitted_by, make_side().person, make_staff(StaffRole.PORTAL_ADMIN)):
        assert person is not None
        client.force_login(person)
        assert post(client, claim, act, {**WORDS, "body": "x", "audience": "internal"}).status_code == 404
    assert not Comment.objects.exists()
    assert status_of(claim) == Status.UNDER_REVIEW
    client.logout()
    assert post(client, claim, act).status_code in (302, 403)


@pytest.mark.parametrize("act", ACTS)
def test_acts_on_drafts_and_unknown_claims_are_not_found(desk: Client, act: str) -> None:
    workload = make_workload()
    draft = make_draft(make_side(), make_customer(workload), [workload])
    assert post(desk, draft, act, WORDS).status_code == 404
    assert desk.post(f"/review/C-ZZZZZZZZ/{act}/").status_code == 404


@pytest.mark.parametrize("address", ["take-next/", *(f"{{}}/{act}/" for act in ACTS)])
def test_acts_are_posts(desk: Client, address: str) -> None:
    assert desk.get("/review/" + address.format(make_submitted().reference)).status_code == 405


# --- Facts that no longer hold -----------------------------------------------------------------------------


def suspended(reviewer: User) -> Claim:
    """A claim under review whose subscription is no longer active."""
    claim = make_under_review(reviewer)
    Subscription.objects.filter(tenant__tenant_id=claim.tenant_id).update(status=SubscriptionStatus.SUSPENDED)
    return claim


def test_the_confirmation_is_offered_only_where_a_fact_fails(desk: Client, reviewer: User) -> None:
    for claim, offered in ((make_under_review(reviewer), False), (suspended(reviewer), True)):
        page = desk.get(f"/review/{claim.reference}/").content.decode()
        assert ('name="despite_facts"' in page) is offered


def test_an_approval_against_the_facts_is_refused_with_its_code_until_it_is_confirmed(
    desk: Client, reviewer: User
) -> None:
    claim = suspended(reviewer)
    refused = post(desk, claim, "approve", {"version": claim.version})
    page = refused.content.decode()
    assert refused.status_code == 422
    assert 'data-code="facts_do_not_verify"' in page
    assert 'href="#decide_despite_facts"' in page
    assert 'id="decide_despite_facts"' in page
    assert status_of(claim) == Status.UNDER_REVIEW
    assert post(desk, claim, "approve", {"version": claim.version, "despite_facts": "on"}).status_code == 302
    assert status_of(claim) == Status.APPROVED
    assert "although not every fact held" in desk.get(f"/review/{claim.reference}/").content.decode()


# --- Who was first -----------------------------------------------------------------------------------------


def test_whoever_was_first_themselves_is_not_told_of_somebody(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer)
    approve(reference=claim.reference, by=reviewer)
    page = post(desk, claim, "approve", {"version": claim.version})
    assert page.status_code == 409
    assert "<h1>This claim has moved on</h1>" in page.content.decode()
    arbiter = make_staff(StaffRole.ARBITER)
    desk.force_login(arbiter)
    page = post(desk, claim, "approve", {"version": claim.version})
    assert page.status_code == 409
    assert "<h1>Somebody was first</h1>" in page.content.decode()
