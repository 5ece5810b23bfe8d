"""Second readings: which rounds are sampled, who may read them, and what comes of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.http import Http404
from django.utils import timezone

from arbitration.acts.approve import approve
from arbitration.acts.ask import request_information
from arbitration.acts.assign import assign
from arbitration.acts.decide import decide
from arbitration.models import Bar, LineDecision, Review, SecondReading
from arbitration.permissions import who_may_rule
from arbitration.second_reading.access import open_reading, reading_for, waiting_for
from arbitration.second_reading.acts import Judgement, judge, put_back, take_next
from arbitration.second_reading.results import counts, disagreements, result_of
from arbitration.second_reading.sampling import is_sampled
from arbitration.verdicts import Part, Verdict
from claims.acts.comment import comment
from claims.acts.resubmit import resubmit
from claims.models import Claim, Event
from claims.words import Reason
from cpor_portal.accounts.models import StaffRole, User
from cpor_portal.faults import Conflict, NotAllowed, Refused
from tests.support.cells import lines_of, make_filed
from tests.support.factories import make_staff
from tests.support.stories import make_side, make_submitted, make_under_review

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _all_are_sampled(settings: Any) -> None:
    settings.SECOND_READING_SHARE = 100


@pytest.fixture
def first() -> User:
    return make_staff()


def make_sampled(first: User, claim: Claim | None = None, number: int = 1) -> SecondReading:
    """A round that `first` approved, and that waits to be read again."""
    claim = make_under_review(first, claim)
    approve(reference=claim.reference, by=first)
    return SecondReading.objects.get(review__claim=claim, review__round=number)


def agreeing(reading: SecondReading) -> dict[int, Judgement]:
    return {int(line): Judgement("approve") for line in reading.first}


# --- The sample ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("share", "low", "high"), [(0, 0, 0), (5, 60, 140), (50, 900, 1100), (100, 2000, 2000)])
def test_about_as_many_rounds_are_sampled_as_the_share_says(share: int, low: int, high: int) -> None:
    hits = sum(is_sampled(f"C-{number:08d}", 1, share) for number in range(2000))
    assert low <= hits <= high


def test_the_same_round_is_always_answered_alike_and_a_larger_share_contains_a_smaller_one() -> None:
    references = [f"C-{number:08d}" for number in range(300)]
    few = {one for one in references if is_sampled(one, 1, 10)}
    assert few == {one for one in references if is_sampled(one, 1, 10)}
    assert few < {one for one in references if is_sampled(one, 1, 40)}
    assert few != {one for one in references if is_sampled(one, 2, 10)}


def test_who_does_not_know_the_portals_secret_cannot_tell_which_rounds_are_read_again(settings: Any) -> None:
    references = [f"C-{number:08d}" for number in range(300)]
    here = {one for one in references if is_sampled(one, 1, 10)}
    settings.SECRET_KEY = "another-secret-of-another-portal"
    assert here != {one for one in references if is_sampled(one, 1, 10)}


def test_a_round_is_sampled_with_its_first_decision_and_once(first: User) -> None:
    claim = make_under_review(first, make_filed(2))
    one, other = lines_of(claim)
    approve(reference=claim.reference, by=first, line_ids=[one.pk])
    reading = SecondReading.objects.get()
    assert reading.sampled_at == Review.objects.get().decided_at
    approve(reference=claim.reference, by=first, line_ids=[other.pk])
    assert SecondReading.objects.get() == reading


def test_nothing_is_sampled_where_the_share_is_nought(first: User, settings: Any) -> None:
    settings.SECOND_READING_SHARE = 0
    claim = make_under_review(first)
    approve(reference=claim.reference, by=first)
    assert not SecondReading.objects.exists()


# --- Who may -------------------------------------------------------------------------------------------------------


def _commented(claim: Claim, by: User) -> None:
    comment(reference=claim.reference, by=by, body="I would ask.", audience="internal")


def _was_given_it(claim: Claim, by: User) -> None:
    Claim.objects.filter(pk=claim.pk).update(reviewer=by)


def _reviewed_an_earlier_round(claim: Claim, by: User) -> None:
    Review.objects.create(claim=claim, round=9, reviewer=by, started_at=timezone.now())


def _decided_a_product(claim: Claim, by: User) -> None:
    LineDecision.objects.filter(review__claim=claim).update(by=by)


def _is_barred_from_the_firm(claim: Claim, by: User) -> None:
    Bar.objects.create(person=by, firm=claim.firm, reason="Worked there.", declared_by=by)


def _is_barred_from_the_claim(claim: Claim, by: User) -> None:
    Bar.objects.create(person=by, firm=claim.firm, claim=claim, reason="Family.", declared_by=by)


@pytest.mark.parametrize(
    "bias",
    [
        _commented,
        _was_given_it,
        _reviewed_an_earlier_round,
        _decided_a_product,
        _is_barred_from_the_firm,
        _is_barred_from_the_claim,
    ],
)
def test_nobody_reads_again_what_they_had_to_do_with(first: User, bias: Callable[[Claim, User], None]) -> None:
    reading, reader = make_sampled(first), make_staff()
    assert list(waiting_for(reader)) == [reading]
    bias(reading.review.claim, reader)
    assert list(waiting_for(reader)) == []
    assert take_next(by=reader) is None


def test_a_bar_on_another_claim_of_the_firm_or_one_that_was_lifted_bars_nobody(first: User) -> None:
    side = make_side()
    reading, reader = make_sampled(first, make_submitted(side)), make_staff()
    Bar.objects.create(person=reader, firm=side.firm, claim=make_submitted(side), reason="x", declared_by=reader)
    Bar.objects.create(
        person=reader, firm=side.firm, reason="x", declared_by=reader, lifted_at=timezone.now(), lifted_by=reader
    )
    assert take_next(by=reader) == reading


def test_who_has_read_one_round_and_seen_the_result_does_not_read_the_next(first: User) -> None:
    claim, reader = make_under_review(first), make_staff()
    request_information(reference=claim.reference, by=first, reasons=[Reason.PROOF_MISSING], text="Send the proof.")
    reading = take_next(by=reader)
    judge(reading_id=reading.pk, by=reader, judgements=agreeing(reading))
    resubmit(reference=claim.reference, by=claim.submitted_by)
    make_sampled(first, claim, 2)
    assert take_next(by=reader) is None
    assert take_next(by=make_staff()).review.round == 2


def test_the_first_reviewer_is_never_the_second(first: User) -> None:
    make_sampled(first)
    assert take_next(by=first) is None


def test_an_arbiter_who_gave_the_claim_to_somebody_is_no_second_reader(first: User) -> None:
    arbiter, claim = make_staff(StaffRole.ARBITER), make_submitted()
    assign(reference=claim.reference, by=arbiter, reviewer_email=first.email)
    make_sampled(first, claim)
    assert take_next(by=arbiter) is None


def test_an_arbiter_who_has_judged_the_proof_again_rules_on_no_contest_of_the_claim(first: User) -> None:
    reader, other = make_staff(StaffRole.ARBITER), make_staff(StaffRole.ARBITER)
    reading = make_sampled(first)
    claim = reading.review.claim
    taken = take_next(by=reader)
    assert who_may_rule(claim, [reader, other]) == [reader, other]
    judge(reading_id=reading.pk, by=reader, judgements=agreeing(taken))
    assert who_may_rule(claim, [reader, other]) == [other]


def test_a_portal_admin_and_a_partner_read_nothing(first: User) -> None:
    reading = make_sampled(first)
    for person in (make_staff(StaffRole.PORTAL_ADMIN), reading.review.claim.submitted_by):
        with pytest.raises(NotAllowed):
            take_next(by=person)


# --- Taking --------------------------------------------------------------------------------------------------------


def test_the_round_that_waits_longest_comes_first_and_nobody_has_two(first: User) -> None:
    older, newer = make_sampled(first), make_sampled(first)
    reader, other = make_staff(), make_staff()
    assert take_next(by=reader) == older
    assert take_next(by=reader) == older
    assert take_next(by=other) == newer
    assert take_next(by=make_staff()) is None


def test_what_somebody_has_who_left_is_free_again(first: User) -> None:
    reading, leaver = make_sampled(first), make_staff()
    take_next(by=leaver)
    leaver.is_active = False
    leaver.save()
    assert take_next(by=make_staff()) == reading


def test_put_back_it_waits_for_others_again(first: User) -> None:
    reading, reader = make_sampled(first), make_staff()
    take_next(by=reader)
    with pytest.raises(NotAllowed):
        put_back(reading_id=reading.pk, by=make_staff())
    put_back(reading_id=reading.pk, by=reader)
    assert open_reading(reader) is None
    take_next(by=reader)
    put_back(reading_id=reading.pk, by=make_staff(StaffRole.ARBITER))
    assert open_reading(reader) is None


# --- Judging -------------------------------------------------------------------------------------------------------


def test_a_reading_changes_nothing_on_the_claim(first: User) -> None:
    reading, reader = make_sampled(first), make_staff()
    claim = reading.review.claim
    before = (Claim.objects.values().get(pk=claim.pk), Event.objects.count(), list(claim.lines.values()))
    take_next(by=reader)
    reading.refresh_from_db()
    judge(reading_id=reading.pk, by=reader, judgements=agreeing(reading))
    assert before == (Claim.objects.values().get(pk=claim.pk), Event.objects.count(), list(claim.lines.values()))
    reading.refresh_from_db()
    assert reading.agrees is True
    assert reading.read_at is not None


def test_two_who_decide_a_product_differently_disagree(first: User) -> None:
    claim = make_under_review(first, make_filed(2))
    one, other = lines_of(claim)
    parts = [
        Part(Verdict.APPROVE, [one.pk]),
        Part(Verdict.ASK, [other.pk], reasons=[Reason.DATES_MISSING_OR_OLD], text="Add the date."),
    ]
    decide(reference=claim.reference, by=first, parts=parts)
    reader = make_staff()
    reading = take_next(by=reader)
    assert reading is not None
    judgements = {one.pk: Judgement("approve"), other.pk: Judgement("reject", [Reason.PRODUCT_MISSING])}
    assert judge(reading_id=reading.pk, by=reader, judgements=judgements, text=" Look at page 2. ").agrees is False
    result = result_of(reading)
    assert [(line.product, line.agrees) for line in result.lines] == [
        (one.product.name, True),
        (other.product.name, False),
    ]
    (differing,) = result.differing
    assert (differing.first, differing.second) == ("asked", "rejected")
    assert list(differing.first_reasons) == [Reason.DATES_MISSING_OR_OLD]
    assert list(differing.second_reasons) == [Reason.PRODUCT_MISSING]
    assert result.reading.text == "Look at page 2."


def test_other_reasons_for_the_same_decision_are_no_disagreement(first: User) -> None:
    claim = make_under_review(first)
    request_information(reference=claim.reference, by=first, reasons=[Reason.PROOF_MISSING], text="Send the proof.")
    reader = make_staff()
    reading = take_next(by=reader)
    judgements = {claim.lines.get().pk: Judgement("ask", [Reason.WORK_DESCRIPTION_MISSING])}
    assert judge(reading_id=reading.pk, by=reader, judgements=judgements).agrees is True


def test_what_was_decided_after_the_reading_was_taken_is_not_part_of_it(first: User) -> None:
    claim = make_under_review(first, make_filed(2))
    one, other = lines_of(claim)
    approve(reference=claim.reference, by=first, line_ids=[one.pk])
    reader = make_staff()
    reading = take_next(by=reader)
    approve(reference=claim.reference, by=first, line_ids=[other.pk])
    assert judge(reading_id=reading.pk, by=reader, judgements={one.pk: Judgement("approve")}).agrees is True
    assert [line.product for line in result_of(reading).lines] == [one.product.name]


@pytest.mark.parametrize(
    ("judgement", "code", "field"),
    [
        (None, "verdict_required", "verdict"),
        (Judgement("perhaps"), "verdict_required", "verdict"),
        (Judgement("ask"), "reasons_required", "reasons"),
        (Judgement("reject", ["no_partner_response"]), "reasons_required", "reasons"),
    ],
)
def test_a_verdict_is_needed_for_every_product_and_reasons_where_it_is_not_accepted(
    first: User, judgement: Judgement | None, code: str, field: str
) -> None:
    reading, reader = make_sampled(first), make_staff()
    take_next(by=reader)
    line = reading.review.claim.lines.get().pk
    with pytest.raises(Refused) as refused:
        judge(reading_id=reading.pk, by=reader, judgements={line: judgement} if judgement else {})
    assert (refused.value.code, refused.value.field) == (code, f"{field}_{line}")
    assert open_reading(reader) == reading


def test_a_product_is_removed_for_the_partners_request_alone(first: User) -> None:
    reading, reader = make_sampled(first), make_staff()
    take_next(by=reader)
    line = reading.review.claim.lines.get().pk
    judge(reading_id=reading.pk, by=reader, judgements={line: Judgement("remove", ["proof_missing"])})
    reading.refresh_from_db()
    assert reading.reasons == {str(line): ["partner_request"]}


def test_who_is_late_is_told_and_nothing_is_written_over(first: User) -> None:
    reading, reader = make_sampled(first), make_staff()
    take_next(by=reader)
    reading.refresh_from_db()
    put_back(reading_id=reading.pk, by=make_staff(StaffRole.ARBITER))
    with pytest.raises(Conflict, match="reading_is_gone"):
        judge(reading_id=reading.pk, by=reader, judgements=agreeing(reading))
    take_next(by=reader)
    judge(reading_id=reading.pk, by=reader, judgements=agreeing(reading))
    with pytest.raises(Conflict, match="reading_is_done"):
        judge(reading_id=reading.pk, by=reader, judgements=agreeing(reading))


def test_a_conflict_of_interest_that_is_declared_meanwhile_ends_the_reading(first: User) -> None:
    reading, reader = make_sampled(first), make_staff()
    take_next(by=reader)
    reading.refresh_from_db()
    _is_barred_from_the_firm(reading.review.claim, reader)
    with pytest.raises(NotAllowed):
        judge(reading_id=reading.pk, by=reader, judgements=agreeing(reading))


# --- What was found ------------------------------------------------------------------------------------------------


def test_the_numbers_of_a_period_count_what_was_answered_in_it(first: User) -> None:
    now = timezone.now()
    for verdict in ("approve", "approve", "reject"):
        make_sampled(first)
        reader = make_staff()
        reading = take_next(by=reader)
        judgements = {int(line): Judgement(verdict, ["proof_missing"]) for line in reading.first}
        judge(reading_id=reading.pk, by=reader, judgements=judgements, at=now)
    make_sampled(first)
    told = counts(now - timedelta(days=1), now + timedelta(seconds=1))
    assert (told.read, told.agreed, told.disagreed, told.waiting) == (3, 2, 1, 1)
    assert counts(now - timedelta(days=1), now).read == 0
    (found,) = disagreements(now - timedelta(days=1), now + timedelta(seconds=1))
    assert [(line.first, line.second) for line in found.lines] == [("approved", "rejected")]


def test_a_list_of_disagreements_costs_three_queries_however_long_it_is(
    first: User, django_assert_num_queries: Any
) -> None:
    now = timezone.now()
    for _round in range(4):
        make_sampled(first)
        reader = make_staff()
        reading = take_next(by=reader)
        judgements = {int(line): Judgement("reject", ["proof_missing"]) for line in reading.first}
        judge(reading_id=reading.pk, by=reader, judgements=judgements, at=now)
    with django_assert_num_queries(3):
        found = disagreements(now - timedelta(days=1), now + timedelta(days=1))
        assert len([line for one in found for line in one.lines]) == 4
    assert found[0].reading.reader is not None


def test_a_reading_exists_for_whoever_has_it_and_its_result_for_both_readers_and_arbiters(first: User) -> None:
    reading, reader, arbiter = make_sampled(first), make_staff(), make_staff(StaffRole.ARBITER)
    take_next(by=reader)
    reading.refresh_from_db()
    assert reading_for(reader, reading.pk) == reading
    for other in (first, arbiter, make_staff()):
        with pytest.raises(Http404):
            reading_for(other, reading.pk)
    judge(reading_id=reading.pk, by=reader, judgements=agreeing(reading))
    for one in (first, arbiter, reader):
        assert reading_for(one, reading.pk) == reading
    with pytest.raises(Http404):
        reading_for(make_staff(), reading.pk)
