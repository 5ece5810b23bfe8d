"""Two people at the same moment, on real PostgreSQL: one act wins, the other hears what happened.

design.md, "What always holds" 1 and 4. With `--long` each race is run fifty times, for a race that is lost once
in fifty is lost every week; day by day six times, which over the days comes to more.
"""

import random
from functools import partial
from typing import Any

import pytest

from arbitration.acts.approve import approve
from arbitration.acts.ask import request_information
from arbitration.acts.check import check_cells
from arbitration.acts.reject import reject
from arbitration.acts.start import start_review
from arbitration.acts.take import take_next
from arbitration.models import CellCheck
from claims.acts.drafts import delete_draft
from claims.acts.editing import save_mpn, save_products
from claims.acts.resubmit import resubmit
from claims.acts.submit import submit
from claims.acts.withdraw import withdraw
from claims.checks.products import LineAnswer, ProductsAnswer
from claims.models import Association, Claim, ClaimLine, Deadline, Event
from claims.proof.words import Column
from claims.words import Outcome, Reason, Status
from cpor_portal.accounts.models import PartnerRole, Programme, StaffRole
from cpor_portal.faults import Conflict, Fault
from cpor_portal.notifications.models import OutboxMail
from tests.support.factories import make_location, make_person, make_staff, make_workload
from tests.support.stories import make_customer, make_draft, make_side, make_submitted, make_under_review
from tests.support.together import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres_only]


@pytest.fixture
def times(pytestconfig: pytest.Config) -> range:
    """How often each race is run: often enough to be met day by day, and fifty times with `--long`."""
    return range(50 if pytestconfig.getoption("--long") else 6)


REJECTION: dict[str, Any] = {"reasons": [Reason.PROOF_MISSING], "text": "The document is about another customer."}


def test_rival_claims_submitted_at_once_are_both_filed_and_both_marked_contested(times: range) -> None:
    one, other, workload = make_side(), make_side(), make_workload()
    for _time in times:
        tenant = make_customer(workload)
        drafts = [make_draft(side, tenant, [workload]) for side in (one, other)]
        at_once(*(partial(submit, reference=draft.reference, by=draft.created_by) for draft in drafts))
        lines = ClaimLine.objects.filter(claim__in=drafts)
        assert [line.outcome for line in lines] == [Outcome.CONTESTED, Outcome.CONTESTED]
        assert {claim.status for claim in Claim.objects.filter(pk__in=[d.pk for d in drafts])} == {Status.SUBMITTED}
        # Whoever came second was told at the submission; whoever came first hears nothing yet.
        assert sorted(line.told_contested for line in lines) == [False, True]


def test_claims_that_cross_on_two_products_do_not_wait_for_each_other(times: range) -> None:
    one, other, first, second = make_side(), make_side(), make_workload(), make_workload()
    for _time in times:
        tenant = make_customer(first, second)
        drafts = [make_draft(one, tenant, [first, second]), make_draft(other, tenant, [second, first])]
        results = at_once(*(partial(submit, reference=draft.reference, by=draft.created_by) for draft in drafts))
        assert all(isinstance(result, Claim) for result in results), results
        assert set(ClaimLine.objects.filter(claim__in=drafts).values_list("outcome", flat=True)) == {Outcome.CONTESTED}


def test_amendments_that_cross_on_two_products_do_not_wait_for_each_other(times: range) -> None:
    one, other, first, second = make_side(), make_side(), make_workload(), make_workload()
    for _time in times:
        tenant = make_customer(first, second)
        claims = [make_submitted(one, tenant, first), make_submitted(other, tenant, second)]
        both = [LineAnswer(first, "", None), LineAnswer(second, "", None)]
        results = at_once(
            *(
                partial(save_products, reference=claim.reference, by=claim.submitted_by, answer=ProductsAnswer(both))
                for claim in claims
            )
        )
        assert all(isinstance(result, Claim) for result in results), results
        outcomes = set(ClaimLine.objects.filter(claim__in=claims).values_list("outcome", flat=True))
        assert outcomes == {Outcome.CONTESTED}
        assert ClaimLine.objects.filter(claim__in=claims).count() == 4


def test_a_draft_that_is_deleted_while_a_colleague_saves_or_submits_breaks_nothing(times: range) -> None:
    side, workload = make_side(), make_workload()
    colleague = make_person(side.firm, PartnerRole.GLOBAL_ADMIN)
    for _time in times:
        draft = make_draft(side, make_customer(workload), [workload])
        reference = draft.reference
        results = at_once(
            partial(delete_draft, reference=reference, by=side.person),
            partial(save_mpn, reference=reference, by=colleague, location=side.location),
            partial(submit, reference=reference, by=colleague),
        )
        faults = {result.code for result in results if isinstance(result, Fault)}
        assert faults <= {"draft_gone", "claim_has_moved_on", "not_complete"}, faults
        stored = Claim.objects.filter(pk=draft.pk).first()
        assert stored is None or stored.status == Status.SUBMITTED


def test_no_order_of_acts_gives_two_associations(times: range) -> None:
    one, other, workload = make_side(), make_side(), make_workload()
    reviewers = [make_staff(), make_staff()]
    chance = random.Random(20261122)  # noqa: S311 - an order of acts, not a secret
    for _time in times:
        tenant = make_customer(workload)
        drafts = [make_draft(side, tenant, [workload]) for side in (one, other)]
        steps = []
        for draft, reviewer in zip(drafts, reviewers, strict=True):
            reference, person = draft.reference, draft.created_by
            acts = [
                partial(submit, reference=reference, by=person),
                partial(start_review, reference=reference, by=reviewer),
                partial(approve, reference=reference, by=reviewer),
                partial(request_information, reference=reference, by=reviewer, **REJECTION),
                partial(resubmit, reference=reference, by=person),
                partial(withdraw, reference=reference, by=person, reason=""),
                partial(reject, reference=reference, by=reviewer, **REJECTION),
            ]
            steps.append([*acts[:3], *chance.choices(acts[1:], k=5), acts[2]])
        at_once(*(partial(_all_of, acts) for acts in steps))
        assert Association.objects.open().filter(target__tenant_id=tenant.tenant_id).count() <= 1
    assert Association.objects.exists()


def _all_of(acts: "list[partial[Claim]]") -> list[object]:
    results: list[object] = []
    for act in acts:
        try:
            results.append(act())
        except Fault as fault:
            results.append(fault)
    return results


def test_two_reviewers_who_approve_and_reject_at_once_one_wins_and_the_other_gets_the_conflict(times: range) -> None:
    reviewer, arbiter = make_staff(), make_staff(StaffRole.ARBITER)
    side, workload = make_side(), make_workload()
    for _time in times:
        claim = make_under_review(reviewer, make_submitted(side, make_customer(workload), workload))
        mails_before = OutboxMail.objects.filter(claim_reference=claim.reference).count()
        approved, rejected = at_once(
            partial(approve, reference=claim.reference, by=reviewer, version=claim.version),
            partial(reject, reference=claim.reference, by=arbiter, version=claim.version, **REJECTION),
        )
        lost = [result for result in (approved, rejected) if isinstance(result, Conflict)]
        assert len(lost) == 1, (approved, rejected)
        stored = Claim.objects.get(pk=claim.pk)
        assert stored.status == (Status.APPROVED if lost == [rejected] else Status.REJECTED)
        assert Association.objects.filter(line__claim=claim).count() == (1 if stored.status == Status.APPROVED else 0)
        assert Event.objects.filter(claim=claim, verb__in=("approve", "reject")).count() == 1
        assert OutboxMail.objects.filter(claim_reference=claim.reference).count() == mails_before + 1
        assert not Deadline.objects.owed().filter(claim=claim).exists()
        windows = Deadline.objects.running().filter(claim=claim).count()
        assert windows == (0 if stored.status == Status.APPROVED else 1)  # the time to dispute


def test_two_reviewers_who_start_one_review_at_once_one_has_it(times: range) -> None:
    one, other, side, workload = make_staff(), make_staff(), make_side(), make_workload()
    for _time in times:
        claim = make_submitted(side, make_customer(workload), workload)
        results = at_once(*(partial(start_review, reference=claim.reference, by=who) for who in (one, other)))
        assert sum(isinstance(result, Conflict) for result in results) == 1
        assert Claim.objects.get(pk=claim.pk).reviews.count() == 1


def test_reviewers_who_take_the_next_claim_at_once_never_get_the_same(times: range) -> None:
    reviewers = [make_staff() for _number in range(4)]
    side, workload = make_side(), make_workload()
    for _time in times:
        claims = {make_submitted(side, make_customer(workload), workload).reference for _number in range(4)}
        taken = at_once(*(partial(take_next, by=reviewer) for reviewer in reviewers))
        assert {claim.reference for claim in taken if claim} == claims


def test_colleagues_who_submit_one_draft_at_once_file_it_once(times: range) -> None:
    side, workload = make_side(), make_workload()
    colleague = make_person(side.firm, PartnerRole.GLOBAL_ADMIN)
    for _time in times:
        draft = make_draft(side, make_customer(workload), [workload])
        results = at_once(*(partial(submit, reference=draft.reference, by=who) for who in (side.person, colleague)))
        assert sum(isinstance(result, Conflict) for result in results) == 1, results
        assert Event.objects.filter(claim=draft, verb="submit").count() == 1


def test_colleagues_who_submit_two_drafts_for_one_product_at_once_file_one(times: range) -> None:
    side, workload = make_side(), make_workload()
    for _time in times:
        tenant = make_customer(workload)
        drafts = [make_draft(side, tenant, [workload]) for _draft in range(2)]
        results = at_once(*(partial(submit, reference=draft.reference, by=side.person) for draft in drafts))
        faults = [result.code for result in results if isinstance(result, Fault)]
        assert faults in (["already_claimed"], ["not_complete"]), results
        assert ClaimLine.objects.occupying().filter(claim__in=drafts).count() == 1


def test_an_edit_that_meets_the_start_of_the_review_is_saved_before_it_or_not_at_all(times: range) -> None:
    side, workload, reviewer = make_side(), make_workload(), make_staff()
    second_office = make_location(side.firm, *Programme)
    for _time in times:
        claim = make_submitted(side, make_customer(workload), workload)
        saved, started = at_once(
            partial(save_mpn, reference=claim.reference, by=side.person, location=second_office),
            partial(start_review, reference=claim.reference, by=reviewer),
        )
        stored = Claim.objects.get(pk=claim.pk)
        assert isinstance(started, Claim)
        assert stored.location == (side.location if isinstance(saved, Conflict) else second_office)
        assert stored.snapshots.count() == (1 if isinstance(saved, Conflict) else 2)


def test_a_withdrawal_that_meets_an_approval_leaves_an_association_or_none(times: range) -> None:
    side, workload, reviewer = make_side(), make_workload(), make_staff()
    for _time in times:
        claim = make_under_review(reviewer, make_submitted(side, make_customer(workload), workload))
        at_once(
            partial(withdraw, reference=claim.reference, by=side.person, reason="We no longer work there."),
            partial(approve, reference=claim.reference, by=reviewer),
        )
        stored = Claim.objects.get(pk=claim.pk)
        held = Association.objects.open().filter(line__claim=claim).exists()
        assert (stored.status, held) in ((Status.APPROVED, True), (Status.WITHDRAWN, False))


def test_ticks_of_a_reviewer_and_an_arbiter_at_once_are_those_of_one_of_them() -> None:
    reviewer, arbiter = make_staff(), make_staff(StaffRole.ARBITER)
    claim = make_under_review(reviewer)
    line = claim.lines.get()
    keys = [f"{line.pk}:{column}" for column in Column]
    for _time in range(10):
        results = at_once(
            partial(check_cells, reference=claim.reference, by=reviewer, held=keys),
            partial(check_cells, reference=claim.reference, by=arbiter, missing=keys),
        )
        assert all(isinstance(result, Claim) for result in results), results
        ticked = list(CellCheck.objects.values_list("holds", "by"))
        assert len(ticked) == len(keys)
        assert len(set(ticked)) == 1
