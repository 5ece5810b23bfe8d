"""What a reviewer's acts write, and what they refuse."""

from typing import Any

import pytest

from arbitration.acts.approve import approve
from arbitration.acts.ask import request_information
from arbitration.acts.reject import reject
from arbitration.acts.start import start_review
from arbitration.acts.take import take_next
from arbitration.models import Review, ReviewDecision
from claims.acts.resubmit import resubmit
from claims.history import sentence
from claims.models import Association, Claim
from claims.words import DeadlineKind, Outcome, Reason, Status
from cpor_portal.accounts.models import EnrolmentState, StaffRole, User
from cpor_portal.directory.local import LocalDirectory
from cpor_portal.directory.models import Subscription, SubscriptionStatus
from cpor_portal.directory.source import DirectoryUnreachable
from cpor_portal.faults import Conflict, NotAllowed, Refused
from cpor_portal.notifications.models import OutboxMail
from tests.support.factories import make_product, make_staff, make_workload
from tests.support.stories import make_asked, make_customer, make_side, make_submitted, make_under_review

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_too]
WORDS: dict[str, Any] = {
    "reasons": [Reason.PROOF_MISSING, Reason.DATES_MISSING_OR_OLD],
    "text": "Please send a signed page.",
}


@pytest.fixture
def reviewer() -> User:
    return make_staff()


def test_approval_makes_the_firm_partner_of_record(reviewer: User) -> None:
    claim = approve(reference=make_under_review(reviewer).reference, by=reviewer)
    association = Association.objects.open().get()
    assert claim.status == Status.APPROVED
    assert (association.firm, association.line.outcome) == (claim.firm, Outcome.ASSOCIATED)
    assert not claim.deadlines.running().exists()
    assert claim.deadlines.get(kind=DeadlineKind.REVIEW).met_at is not None
    assert claim.due_at is None
    assert OutboxMail.objects.filter(kind="approved").count() == 1


def test_the_subscription_is_known_after_approval(reviewer: User) -> None:
    sales = make_product()
    tenant = make_customer(sales)
    side = make_side()
    claim = make_submitted(side, tenant, sales)
    approve(reference=make_under_review(reviewer, claim).reference, by=reviewer)
    target = Association.objects.get().target
    assert target.subscription_id == tenant.subscriptions.get().subscription_id


def test_some_products_are_approved_while_others_go_on(reviewer: User) -> None:
    first, second = make_workload(), make_workload()
    claim = make_under_review(reviewer, make_submitted(make_side(), make_customer(first, second), first, second))
    claim = approve(reference=claim.reference, by=reviewer, line_ids=[claim.lines.get(product=first).pk])
    assert claim.status == Status.UNDER_REVIEW
    assert claim.deadlines.running().get().kind == DeadlineKind.REVIEW
    claim = request_information(reference=claim.reference, by=reviewer, **WORDS)
    assert claim.status == Status.PARTNER_ACTION_REQUIRED
    assert {line.product: line.outcome for line in claim.lines.all()} == {
        first: Outcome.ASSOCIATED,
        second: Outcome.ASKED,
    }


def test_a_product_that_another_firm_holds_can_not_be_approved(reviewer: User) -> None:
    workload = make_workload()
    tenant = make_customer(workload)
    holder = make_side()
    approve(reference=make_under_review(reviewer, make_submitted(holder, tenant, workload)).reference, by=reviewer)
    challenger = make_under_review(reviewer, make_submitted(make_side(), tenant, workload))
    with pytest.raises(Refused, match="contested") as caught:
        approve(reference=challenger.reference, by=reviewer)
    assert workload.name in str(caught.value.text)
    assert holder.firm.name not in str(caught.value.text)
    assert Association.objects.open().get().firm == holder.firm


def test_the_free_products_of_a_contested_claim_can_be_approved(reviewer: User) -> None:
    free, wanted = make_workload(), make_workload()
    tenant = make_customer(free, wanted)
    make_submitted(make_side(), tenant, wanted)
    claim = make_under_review(reviewer, make_submitted(make_side(), tenant, free, wanted))
    claim = approve(reference=claim.reference, by=reviewer)
    assert claim.status == Status.UNDER_REVIEW
    assert {line.product: line.outcome for line in claim.lines.all()} == {
        free: Outcome.ASSOCIATED,
        wanted: Outcome.CONTESTED,
    }
    with pytest.raises(Refused, match="contested"):
        approve(reference=claim.reference, by=reviewer, line_ids=[claim.lines.get(product=wanted).pk])


def test_facts_that_fell_after_the_submission_are_approved_only_knowingly(reviewer: User) -> None:
    claim = make_under_review(reviewer)
    Subscription.objects.filter(tenant_id=claim.tenant_id).update(status=SubscriptionStatus.SUSPENDED)
    claim.location.enrolments.update(state=EnrolmentState.INACTIVE)
    with pytest.raises(Refused, match="facts_do_not_verify") as caught:
        approve(reference=claim.reference, by=reviewer)
    assert set(caught.value.facts["codes"]) == {"not_enrolled", "not_active"}
    approved = approve(reference=claim.reference, by=reviewer, despite_facts=True)
    assert approved.status == Status.APPROVED
    told = sentence(approved.events.get(verb="approve"), reader=reviewer)
    assert "although not every fact held" in told
    assert "not_active" in told


def test_facts_of_a_contested_product_do_not_hold_up_the_free_ones(reviewer: User) -> None:
    free, wanted = make_workload(), make_workload()
    tenant = make_customer(free, wanted)
    make_submitted(make_side(), tenant, wanted)
    claim = make_under_review(reviewer, make_submitted(make_side(), tenant, free, wanted))
    fallen = Subscription.objects.filter(tenant=tenant, sku_part_number__in=wanted.sku_part_numbers)
    assert fallen.update(status=SubscriptionStatus.SUSPENDED) == 1
    approve(reference=claim.reference, by=reviewer)
    assert {line.product: line.outcome for line in claim.lines.all()} == {
        free: Outcome.ASSOCIATED,
        wanted: Outcome.CONTESTED,
    }


def test_a_silent_directory_does_not_hold_up_an_approval(reviewer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*_arguments: object) -> None:
        raise DirectoryUnreachable

    claim = make_under_review(reviewer)
    for question in ("find_tenant", "tenant_of_domain", "subscriptions_of"):
        monkeypatch.setattr(LocalDirectory, question, silent)
    assert approve(reference=claim.reference, by=reviewer).status == Status.APPROVED


def test_asking_hands_the_claim_to_the_partner_with_frozen_words(reviewer: User) -> None:
    claim = make_under_review(reviewer)
    claim = request_information(reference=claim.reference, by=reviewer, **WORDS)
    comment = claim.comments.get()
    assert claim.status == Status.PARTNER_ACTION_REQUIRED
    assert (comment.body, comment.reasons, comment.audience) == (
        "Please send a signed page.",
        ["proof_missing", "dates_missing_or_old"],
        "partner",
    )
    assert claim.deadlines.running().get().kind == DeadlineKind.PARTNER_ANSWER
    assert Review.objects.get().decision == ReviewDecision.ASKED


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"reasons": [], "text": "Why"}, "reasons_required"),
        ({"reasons": ["no_such_reason"], "text": "Why"}, "reasons_required"),
        ({"reasons": [Reason.LOST_ARBITRATION], "text": "Why"}, "reasons_required"),
        ({"reasons": [Reason.PROOF_MISSING], "text": "  "}, "text_required"),
        ({"reasons": [Reason.PROOF_MISSING], "text": "x" * 10_001}, "text_too_long"),
    ],
)
def test_a_request_or_rejection_needs_known_reasons_and_words(reviewer: User, words: dict[str, Any], code: str) -> None:
    claim = make_under_review(reviewer)
    for act in (request_information, reject):
        with pytest.raises(Refused, match=code):
            act(reference=claim.reference, by=reviewer, **words)
    assert Claim.objects.get(pk=claim.pk).version == claim.version


def test_rejection_frees_the_product_for_the_rival(reviewer: User) -> None:
    workload = make_workload()
    tenant = make_customer(workload)
    claim = make_under_review(reviewer, make_submitted(make_side(), tenant, workload))
    rival = make_submitted(make_side(), tenant, workload)
    claim = reject(reference=claim.reference, by=reviewer, **WORDS)
    assert claim.status == Status.REJECTED
    assert rival.lines.get().outcome == Outcome.PENDING
    rival = start_review(reference=rival.reference, by=reviewer)
    assert approve(reference=rival.reference, by=reviewer).status == Status.APPROVED


def test_only_whoever_has_the_claim_or_an_arbiter_decides(reviewer: User) -> None:
    claim = make_under_review(reviewer)
    with pytest.raises(Conflict, match="somebody_else_has_it") as caught:
        approve(reference=claim.reference, by=make_staff())
    assert reviewer.name in str(caught.value.text)
    arbiter = make_staff(StaffRole.ARBITER)
    assert approve(reference=claim.reference, by=arbiter).status == Status.APPROVED


def test_partners_and_portal_admins_decide_nothing(reviewer: User) -> None:
    claim = make_under_review(reviewer)
    for person in (claim.submitted_by, make_staff(StaffRole.PORTAL_ADMIN)):
        with pytest.raises(NotAllowed):
            approve(reference=claim.reference, by=person)
        with pytest.raises(NotAllowed):
            take_next(by=person)


def test_a_stale_page_is_told_what_happened_and_by_whom(reviewer: User) -> None:
    claim = make_under_review(reviewer)
    arbiter = make_staff(StaffRole.ARBITER)
    reject(reference=claim.reference, by=arbiter, **WORDS)
    with pytest.raises(Conflict, match="claim_has_moved_on") as caught:
        approve(reference=claim.reference, by=reviewer, version=claim.version)
    assert arbiter.name in str(caught.value.text)


def test_starting_again_is_harmless_for_whoever_started(reviewer: User) -> None:
    claim = make_under_review(reviewer)
    assert start_review(reference=claim.reference, by=reviewer).version == claim.version
    with pytest.raises(Conflict):
        start_review(reference=claim.reference, by=make_staff())


def test_an_arbiter_may_start_the_round_of_a_colleague_and_a_reviewer_may_not() -> None:
    colleague = make_staff()
    asked = make_asked(colleague)
    resubmit(reference=asked.reference, by=asked.submitted_by)
    with pytest.raises(Conflict, match="somebody_else_has_it"):
        start_review(reference=asked.reference, by=make_staff())
    arbiter = make_staff(StaffRole.ARBITER)
    assert start_review(reference=asked.reference, by=arbiter).reviewer == arbiter


@pytest.mark.parametrize("change", [{"is_active": False}, {"staff_role": StaffRole.PORTAL_ADMIN}])
def test_a_claim_does_not_wait_for_a_reviewer_who_left(reviewer: User, change: dict[str, object]) -> None:
    colleague = make_staff()
    first, second = make_asked(colleague), make_asked(colleague)
    for asked in (first, second):
        resubmit(reference=asked.reference, by=asked.submitted_by)
    User.objects.filter(pk=colleague.pk).update(**change)
    assert start_review(reference=second.reference, by=reviewer).reviewer == reviewer
    taken = take_next(by=reviewer)
    assert taken is not None
    assert taken.reference == first.reference


def test_the_next_claim_is_the_one_that_is_due_first_and_not_a_colleagues(reviewer: User) -> None:
    colleague = make_staff()
    asked = make_asked(colleague)
    resubmit(reference=asked.reference, by=asked.submitted_by)
    older, newer = make_submitted(), make_submitted()
    Claim.objects.filter(pk=newer.pk).update(due_at=older.due_at.replace(year=2020))
    taken = [take_next(by=reviewer), take_next(by=reviewer), take_next(by=reviewer)]
    assert [claim and claim.reference for claim in taken] == [newer.reference, older.reference, None]
    back = take_next(by=colleague)
    assert back is not None
    assert (back.reference, back.round) == (asked.reference, 2)
    assert Review.objects.filter(claim=back).count() == 2
