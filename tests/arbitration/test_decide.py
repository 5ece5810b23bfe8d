"""Deciding a claim product by product in one act, and the mail as it is shown before."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection

from arbitration.acts.decide import decide
from arbitration.models import LineDecision, Review, ReviewDecision
from arbitration.previewing import mails_of
from arbitration.verdicts import Part, Verdict
from claims.models import Claim, ClaimLine
from claims.transitions import Act
from claims.words import DeadlineKind, Outcome, Reason, Status
from cpor_portal.accounts.models import User
from cpor_portal.faults import Conflict, NotAllowed, Refused
from cpor_portal.notifications.models import OutboxMail
from tests.support.factories import make_staff, make_workload
from tests.support.stories import make_customer, make_side, make_submitted, make_under_review

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_too]
DATES = str(Reason.DATES_MISSING_OR_OLD.value)
WISH = str(Reason.PARTNER_REQUEST.value)


@pytest.fixture
def reviewer() -> User:
    return make_staff()


@pytest.fixture
def claim(reviewer: User) -> Claim:
    """Four products under review."""
    products = [make_workload() for _one in range(4)]
    return make_under_review(reviewer, make_submitted(make_side(), make_customer(*products), *products))


def four(claim: Claim) -> list[ClaimLine]:
    return list(claim.lines.order_by("id"))


def parts_of(claim: Claim) -> list[Part]:
    """Ask about the first, approve the second, reject the third, remove the fourth; in no order."""
    asked, approved, rejected, removed = four(claim)
    return [
        Part(Verdict.ASK, [asked.pk], [DATES], "Which day was it?"),
        Part(Verdict.APPROVE, [approved.pk]),
        Part(Verdict.REJECT, [rejected.pk], [DATES], "It is from 2019."),
        Part(Verdict.REMOVE, [removed.pk], [WISH], "As you wrote on Monday."),
    ]


def outcomes(claim: Claim) -> list[str]:
    return [line.outcome for line in four(claim)]


def test_each_product_gets_its_own_decision_and_the_status_follows(claim: Claim, reviewer: User) -> None:
    claim = decide(reference=claim.reference, by=reviewer, parts=parts_of(claim), version=claim.version)
    assert outcomes(claim) == [Outcome.ASKED, Outcome.ASSOCIATED, Outcome.REJECTED, Outcome.REMOVED]
    assert claim.status == Status.PARTNER_ACTION_REQUIRED
    running = {deadline.kind for deadline in claim.deadlines.running()}
    assert running == {DeadlineKind.PARTNER_ANSWER, DeadlineKind.DISPUTE_WINDOW}
    verbs = list(claim.events.order_by("id").values_list("verb", flat=True))
    assert verbs[-4:] == [Act.APPROVE, Act.REJECT, Act.REMOVE, Act.REQUEST_INFORMATION]
    assert [event.status_after for event in claim.events.order_by("id")][-2:] == [
        Status.UNDER_REVIEW,
        Status.PARTNER_ACTION_REQUIRED,
    ]


def test_without_a_question_the_claim_is_decided_at_once(claim: Claim, reviewer: User) -> None:
    asked, *_rest = four(claim)
    others = [part for part in parts_of(claim) if part.verdict != Verdict.ASK]
    more = Part(Verdict.APPROVE, [asked.pk, *others[0].line_ids])
    claim = decide(reference=claim.reference, by=reviewer, parts=[others[1], more, others[2]])
    assert claim.status == Status.APPROVED
    assert claim.deadlines.get(kind=DeadlineKind.REVIEW).met_at is not None


def test_the_firm_gets_one_mail_that_tells_all_of_it(claim: Claim, reviewer: User) -> None:
    decide(reference=claim.reference, by=reviewer, parts=parts_of(claim))
    (mail,) = OutboxMail.objects.filter(recipient=claim.submitted_by.email).exclude(kind="submitted")
    assert mail.kind == "decided"
    assert all(line.product.name in mail.text for line in four(claim))
    assert all(words in mail.text for words in ("Which day was it?", "It is from 2019.", "As you wrote on Monday."))
    assert str(reviewer) not in mail.text


def test_what_is_decided_in_one_way_has_its_own_mail_but_for_what_is_removed(claim: Claim, reviewer: User) -> None:
    asked, approved, rejected, removed = parts_of(claim)
    for part in (approved, rejected, removed, asked):
        decide(reference=claim.reference, by=reviewer, parts=[part])
    kinds = list(OutboxMail.objects.exclude(kind="submitted").order_by("id").values_list("kind", flat=True))
    assert kinds == ["approved", "rejected", "decided", "information_requested"]


def test_the_round_keeps_what_was_decided_on_each_product_and_why(claim: Claim, reviewer: User) -> None:
    decide(reference=claim.reference, by=reviewer, parts=parts_of(claim))
    review = Review.objects.get(claim=claim)
    noted = {
        one.line_id: (one.decision, [row.reason for row in one.reasons.all()])
        for one in LineDecision.objects.filter(review=review, by=reviewer).prefetch_related("reasons")
    }
    asked, approved, rejected, removed = (line.pk for line in four(claim))
    assert noted == {
        asked: (ReviewDecision.ASKED, [DATES]),
        approved: (ReviewDecision.APPROVED, []),
        rejected: (ReviewDecision.REJECTED, [DATES]),
        removed: (ReviewDecision.REMOVED, [WISH]),
    }
    assert (review.decision, review.reasons) == (ReviewDecision.ASKED, [DATES, WISH])
    assert "It is from 2019." in review.text
    assert "Which day was it?" in review.text


def test_business_days_to_the_first_decision_leave_out_the_weekend_and_thanksgiving(reviewer: User) -> None:
    with time_machine.travel(datetime(2026, 11, 25, 18, tzinfo=UTC), tick=False):  # a Wednesday
        claim = make_under_review(reviewer, make_submitted())
    with time_machine.travel(datetime(2026, 11, 30, 18, tzinfo=UTC), tick=False):  # Monday, Thanksgiving between
        decide(reference=claim.reference, by=reviewer, parts=[Part(Verdict.APPROVE)])
    assert Review.objects.get(claim=claim).business_days == 2


def test_a_part_that_is_refused_undoes_the_whole(claim: Claim, reviewer: User) -> None:
    parts = [*parts_of(claim)[1:], Part(Verdict.ASK, parts_of(claim)[0].line_ids, [DATES], "  ")]
    with pytest.raises(Refused, match="text_required") as caught:
        decide(reference=claim.reference, by=reviewer, parts=parts)
    assert caught.value.facts["verdict"] == Verdict.ASK
    assert outcomes(claim) == [Outcome.PENDING] * 4
    assert not OutboxMail.objects.exclude(kind="submitted").exists()


def test_one_product_cannot_have_two_decisions(claim: Claim, reviewer: User) -> None:
    line = four(claim)[0].pk
    twice = [Part(Verdict.APPROVE, [line]), Part(Verdict.REJECT, [line], [DATES], "No.")]
    for parts in (twice, [Part(Verdict.APPROVE), Part(Verdict.REJECT, [line], [DATES], "No.")]):
        with pytest.raises(Refused, match="line_in_two_parts"):
            decide(reference=claim.reference, by=reviewer, parts=parts)


def test_nothing_chosen_is_refused(claim: Claim, reviewer: User) -> None:
    with pytest.raises(Refused, match="no_lines"):
        decide(reference=claim.reference, by=reviewer, parts=[])


@pytest.mark.parametrize("reasons", [[DATES], [WISH, DATES]])
def test_a_product_is_removed_only_where_the_partner_asked_for_it(
    claim: Claim, reviewer: User, reasons: list[str]
) -> None:
    part = Part(Verdict.REMOVE, [four(claim)[0].pk], reasons, "Out with it.")
    with pytest.raises(Refused, match="only_what_was_asked_for"):
        decide(reference=claim.reference, by=reviewer, parts=[part])


def test_a_removed_product_is_free_for_others_at_once_and_nobody_can_dispute_it(claim: Claim, reviewer: User) -> None:
    decide(reference=claim.reference, by=reviewer, parts=[parts_of(claim)[3]])
    assert not claim.deadlines.running().filter(kind=DeadlineKind.DISPUTE_WINDOW).exists()
    assert not ClaimLine.objects.occupying().filter(target=four(claim)[3].target).exists()


def test_a_claim_all_of_whose_products_are_removed_is_withdrawn(claim: Claim, reviewer: User) -> None:
    part = Part(Verdict.REMOVE, (), [WISH], "As you asked.")
    assert decide(reference=claim.reference, by=reviewer, parts=[part]).status == Status.WITHDRAWN


def test_a_stale_page_decides_nothing(claim: Claim, reviewer: User) -> None:
    decide(reference=claim.reference, by=reviewer, parts=[parts_of(claim)[1]])
    with pytest.raises(Conflict, match="claim_has_moved_on"):
        decide(reference=claim.reference, by=reviewer, parts=[parts_of(claim)[0]], version=claim.version)


def test_only_whoever_has_the_claim_decides(claim: Claim) -> None:
    with pytest.raises(Conflict, match="somebody_else_has_it"):
        decide(reference=claim.reference, by=make_staff(), parts=parts_of(claim))
    with pytest.raises(NotAllowed):
        decide(reference=claim.reference, by=claim.submitted_by, parts=parts_of(claim))


# --- The mail before it goes -------------------------------------------------------------------------------


def rows(claim: Claim) -> list[Any]:
    counted = (claim.events, claim.comments, claim.deadlines, LineDecision.objects, OutboxMail.objects)
    return [Claim.objects.values().get(pk=claim.pk), *(rows.count() for rows in counted)]


def test_the_mail_that_is_shown_is_the_mail_that_goes_and_nothing_has_happened(claim: Claim, reviewer: User) -> None:
    with time_machine.travel(datetime(2026, 11, 25, 18, tzinfo=UTC), tick=False):
        before = rows(claim)
        shown = mails_of(lambda: decide(reference=claim.reference, by=reviewer, parts=parts_of(claim)))
        assert rows(claim) == before
        decide(reference=claim.reference, by=reviewer, parts=parts_of(claim))
    sent = OutboxMail.objects.filter(kind="decided").order_by("id")
    told = [(mail.recipient, mail.language, mail.subject, mail.text, mail.html) for mail in shown]
    assert told == [(mail.recipient, mail.language, mail.subject, mail.text, mail.html) for mail in sent]
    assert len(told) >= 1


def test_a_preview_says_what_the_act_would_refuse_and_leaves_no_transaction_behind(
    claim: Claim, reviewer: User
) -> None:
    depth = len(connection.savepoint_ids)
    with pytest.raises(Refused, match="no_lines"):
        mails_of(lambda: decide(reference=claim.reference, by=reviewer, parts=[]))
    assert len(connection.savepoint_ids) == depth
    assert outcomes(claim) == [Outcome.PENDING] * 4


def test_nothing_is_asked_of_the_broker_for_a_preview(
    claim: Claim, reviewer: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        mails_of(lambda: decide(reference=claim.reference, by=reviewer, parts=parts_of(claim)))
    assert callbacks == []
