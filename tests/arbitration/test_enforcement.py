"""Deadlines are kept whatever happens: reminders, missed reviews, silent partners (domain.md, "Clocks")."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from arbitration.acts.start import start_review
from arbitration.enforcement import enforce
from arbitration.keeping import Step
from claims.acts.resubmit import resubmit
from claims.history import comment_text
from claims.models import Claim, Deadline, Event
from claims.words import DeadlineKind, Outcome, Reason, Status
from cpor_portal.accounts.models import StaffRole, User
from cpor_portal.notifications.models import OutboxMail
from tests.support.factories import make_staff, make_workload
from tests.support.stories import make_asked, make_customer, make_side, make_submitted, make_under_review

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_too]
A_MOMENT = timedelta(seconds=1)


@pytest.fixture
def reviewer() -> User:
    return make_staff()


def _mails(kind: str) -> list[str]:
    return sorted(OutboxMail.objects.filter(kind=kind).values_list("recipient", flat=True))


def test_nothing_is_due_before_its_time(reviewer: User) -> None:
    claim = make_asked(reviewer)
    deadline = claim.deadlines.running().get()
    assert len(enforce(now=deadline.remind_at - A_MOMENT)) == 0
    # The last second still belongs to the partner.
    enforce(now=deadline.due_at)
    assert Claim.objects.get(pk=claim.pk).status == Status.PARTNER_ACTION_REQUIRED


def test_a_partner_who_stays_silent_is_reminded_once_and_then_rejected(reviewer: User) -> None:
    claim = make_asked(reviewer)
    deadline = claim.deadlines.running().get()
    for _sweep in range(2):
        enforce(now=deadline.remind_at)
    assert _mails("deadline_near_partner") == [claim.submitted_by.email]
    for _sweep in range(2):
        enforce(now=deadline.due_at + A_MOMENT)
    claim = Claim.objects.get(pk=claim.pk)
    assert claim.status == Status.REJECTED
    assert claim.lines.get().outcome == Outcome.REJECTED
    assert claim.comments.last().reasons == [Reason.NO_PARTNER_RESPONSE]
    assert comment_text(claim.comments.last()) == "No answer to our questions came within the time given."
    assert _mails("rejected") == [claim.submitted_by.email]
    assert [deadline.kind for deadline in claim.deadlines.running()] == [DeadlineKind.DISPUTE_WINDOW]
    assert claim.deadlines.get(pk=deadline.pk).breached_at is not None
    assert [event.actor for event in claim.events.filter(verb="expire_partner_answer")] == [None]


def test_decided_products_survive_the_partners_silence(reviewer: User) -> None:
    from arbitration.acts.approve import approve
    from arbitration.acts.ask import request_information

    first, second = make_workload(), make_workload()
    claim = make_under_review(reviewer, make_submitted(make_side(), make_customer(first, second), first, second))
    approve(reference=claim.reference, by=reviewer, line_ids=[claim.lines.get(product=first).pk])
    claim = request_information(reference=claim.reference, by=reviewer, reasons=["proof_missing"], text="Please.")
    enforce(now=claim.due_at + A_MOMENT)
    assert Claim.objects.get(pk=claim.pk).status == Status.APPROVED


def test_an_answer_in_the_last_second_wins(reviewer: User) -> None:
    claim = make_asked(reviewer)
    due_at = claim.due_at
    resubmit(reference=claim.reference, by=claim.submitted_by)
    report = enforce(now=due_at + A_MOMENT)
    assert report.of(Step.ANSWER_EXPIRED) == []
    assert Claim.objects.get(pk=claim.pk).status == Status.SUBMITTED


def test_a_missed_review_is_escalated_and_decided_by_nobody(reviewer: User) -> None:
    arbiter = make_staff(StaffRole.ARBITER)
    claim = make_under_review(reviewer)
    for _sweep in range(3):
        enforce(now=claim.due_at + A_MOMENT)
    stored = Claim.objects.get(pk=claim.pk)
    assert stored.status == Status.UNDER_REVIEW
    assert stored.deadlines.running().get().breached_at is not None
    assert _mails("deadline_missed") == [reviewer.email]
    assert _mails("escalated") == [arbiter.email]
    assert Event.objects.filter(claim=claim, verb="deadline_missed").count() == 1


def test_arbiters_are_reminded_of_a_claim_that_nobody_took() -> None:
    arbiter = make_staff(StaffRole.ARBITER)
    claim = make_submitted()
    enforce(now=claim.deadlines.get().remind_at)
    assert _mails("deadline_near_review") == [arbiter.email]


@pytest.mark.parametrize("change", [{"is_active": False}, {"staff_role": StaffRole.PORTAL_ADMIN}])
def test_a_reviewer_who_left_is_not_reminded_but_the_arbiters_are(reviewer: User, change: dict[str, object]) -> None:
    arbiter = make_staff(StaffRole.ARBITER)
    claim = make_under_review(reviewer)
    User.objects.filter(pk=reviewer.pk).update(**change)
    enforce(now=claim.deadlines.get().remind_at)
    assert _mails("deadline_near_review") == [arbiter.email]


def test_what_an_earlier_run_missed_is_made_good_without_a_reminder_too_late(reviewer: User) -> None:
    claim = make_asked(reviewer)
    report = enforce(now=claim.due_at + timedelta(days=7))
    assert report.of(Step.ANSWER_EXPIRED) == [claim.reference]
    assert report.of(Step.REMINDED) == []


def test_one_claim_that_fails_does_not_hold_up_the_others(reviewer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    from arbitration import keeping
    from arbitration.acts.expire import expire_partner_answer

    broken, sound = make_asked(reviewer), make_asked(reviewer)

    def sometimes(deadline: Deadline, *, at: datetime, recipients: Sequence[User]) -> bool:
        if deadline.claim == broken:
            raise ValueError("a row that should not be")
        return expire_partner_answer(deadline, at=at, recipients=recipients)

    monkeypatch.setattr(keeping, "expire_partner_answer", sometimes)
    report = enforce(now=max(broken.due_at, sound.due_at) + A_MOMENT)
    assert (report.failed, report.of(Step.ANSWER_EXPIRED)) == ([broken.reference], [sound.reference])
    monkeypatch.undo()
    assert enforce(now=broken.due_at + A_MOMENT).of(Step.ANSWER_EXPIRED) == [broken.reference]


def test_the_command_says_what_it_would_do_and_does_nothing(reviewer: User) -> None:
    claim = make_asked(reviewer)
    out = StringIO()
    later = (claim.due_at + A_MOMENT).isoformat()
    call_command("enforce_deadlines", "--now", later, "--dry-run", stdout=out)
    assert f"would be rejected for want of an answer: 1 {claim.reference}" in out.getvalue()
    assert Claim.objects.get(pk=claim.pk).status == Status.PARTNER_ACTION_REQUIRED
    call_command("enforce_deadlines", "--now", later, stdout=out)
    assert Claim.objects.get(pk=claim.pk).status == Status.REJECTED


@pytest.mark.parametrize("instant", ["tomorrow", "2026-11-30T12:00:00"])
def test_the_command_wants_an_instant_with_an_offset(instant: str) -> None:
    with pytest.raises(CommandError, match="--now"):
        call_command("enforce_deadlines", "--now", instant)


@pytest.mark.parametrize("limit", ["0", "-3", "many"])
def test_the_command_wants_a_limit_that_leaves_something_to_do(limit: str) -> None:
    with pytest.raises(CommandError, match="from 1 on"):
        call_command("enforce_deadlines", f"--limit={limit}")


def test_beat_does_the_same(reviewer: User) -> None:
    from arbitration.tasks import enforce_deadlines

    claim = make_asked(reviewer)
    Deadline.objects.filter(claim=claim).update(due_at=datetime(2026, 1, 5, tzinfo=UTC))
    enforce_deadlines()
    assert Claim.objects.get(pk=claim.pk).status == Status.REJECTED
    assert timezone.now() > datetime(2026, 1, 5, tzinfo=UTC)


def test_a_review_can_still_be_decided_after_it_was_missed(reviewer: User) -> None:
    from arbitration.acts.approve import approve

    claim = make_submitted()
    enforce(now=claim.due_at + A_MOMENT)
    start_review(reference=claim.reference, by=reviewer)
    claim = approve(reference=claim.reference, by=reviewer)
    deadline = claim.deadlines.get()
    assert deadline.breached_at is not None
    assert deadline.met_at is not None


def test_what_changed_after_the_sweep_had_read_it_is_read_anew(reviewer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    from claims import mails

    claim = make_submitted()
    read_ahead = mails.read_ahead

    def while_somebody_takes_it(claims: Sequence[Claim]) -> None:
        read_ahead(claims)
        start_review(reference=claim.reference, by=reviewer)

    monkeypatch.setattr(mails, "read_ahead", while_somebody_takes_it)
    assert enforce(now=claim.due_at + A_MOMENT).of(Step.ESCALATED) == [claim.reference]
    assert _mails("deadline_missed") == [reviewer.email]


def test_an_answer_between_reading_and_locking_wins(reviewer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    from claims import mails

    claim = make_asked(reviewer)
    due_at = claim.due_at

    def while_the_partner_answers(claims: Sequence[Claim]) -> None:
        if Claim.objects.get(pk=claim.pk).status == Status.PARTNER_ACTION_REQUIRED:
            resubmit(reference=claim.reference, by=claim.submitted_by)

    monkeypatch.setattr(mails, "read_ahead", while_the_partner_answers)
    report = enforce(now=due_at + A_MOMENT)
    assert (report.of(Step.ANSWER_EXPIRED), report.passed_over) == ([], 1)
    assert Claim.objects.get(pk=claim.pk).status == Status.SUBMITTED
