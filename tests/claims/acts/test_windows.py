"""Windows and unused drafts: nobody owes anything, and they run out by themselves (docs/decisions/windows.md)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.storage import default_storage

from arbitration.acts.approve import approve
from arbitration.acts.reject import reject
from arbitration.enforcement import enforce
from arbitration.keeping import Step
from claims import clock
from claims.acts.drafts import start_draft
from claims.acts.editing import add_documents, save_activity
from claims.acts.ground import begin, chosen, conclude, lock_lines, set_outcome
from claims.acts.resubmit import resubmit
from claims.acts.submit import submit
from claims.acts.windows import tell_customer
from claims.acts.withdraw import withdraw
from claims.clock import due_for_all
from claims.models import Claim, Deadline, Event
from claims.transitions import Act
from claims.words import DeadlineKind, Outcome, Reason, Status
from cpor_portal.accounts.models import PartnerFirm, PartnerRole, StaffRole, User
from cpor_portal.directory.models import Product
from cpor_portal.notifications.models import MailState, OutboxMail
from tests.support.factories import make_person, make_staff, make_workload
from tests.support.ground_acts import do
from tests.support.stories import (
    make_asked,
    make_customer,
    make_draft,
    make_side,
    make_submitted,
    make_under_review,
    pdf,
)

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_too]
A_MOMENT = timedelta(seconds=1)
NEW_YORK = ZoneInfo("America/New_York")  # where the firms of the factories are
SUNDAY = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def reviewer() -> User:
    return make_staff()


def _running(claim: Claim) -> list[str]:
    return sorted(claim.deadlines.running().values_list("kind", flat=True))


def _approved(reviewer: User, *products: Product) -> tuple[Claim, Event]:
    wanted = products or (make_workload(),)
    claim = make_under_review(reviewer, make_submitted(make_side(), make_customer(*wanted), *wanted))
    approve(reference=claim.reference, by=reviewer)
    claim.refresh_from_db()
    return claim, claim.events.get(verb=Act.APPROVE)


def _told(claim: Claim, decision: Event, at: datetime) -> Deadline:
    tell_customer(reference=claim.reference, decision=decision, at=at)
    return claim.deadlines.get(kind=DeadlineKind.CUSTOMER_WINDOW)


def _give_up(claim: Claim, act: Act, outcome: Outcome) -> None:
    """An act on all lines, through the ground that every act stands on."""
    doing = begin(reference=claim.reference, act=act, by=claim.submitted_by if act == Act.RELEASE else None)
    lines = chosen(doing, lock_lines(doing.claim), ())
    set_outcome(doing, lines, outcome, decided=True)
    conclude(doing)


def _mails(kind: str) -> list[str]:
    return sorted(OutboxMail.objects.filter(kind=kind).values_list("recipient", flat=True))


def _warned(at: datetime) -> None:
    """The mail server takes what waits."""
    OutboxMail.objects.filter(state=MailState.WAITING).update(state=MailState.SENT, sent_at=at)


# --- The customer ------------------------------------------------------------------------------------------


def test_the_customers_time_begins_when_the_link_was_delivered_not_with_the_approval(reviewer: User) -> None:
    claim, decision = _approved(reviewer)
    assert _running(claim) == []
    window = _told(claim, decision, SUNDAY)
    assert (window.party, window.days, window.started_at) == ("customer", 7, SUNDAY)
    # Seven full days and the rest of the seventh, as it ends at the review site.
    assert window.due_at == datetime(2026, 11, 29, 23, 59, 59, tzinfo=ZoneInfo("America/Los_Angeles"))
    assert Claim.objects.get(pk=claim.pk).due_at is None  # nobody owes it


def test_what_the_customer_did_not_decline_is_confirmed_when_the_window_ends(reviewer: User) -> None:
    claim, decision = _approved(reviewer)
    window = _told(claim, decision, SUNDAY)
    assert len(enforce(now=window.due_at)) == 0
    for _sweep in range(2):
        enforce(now=window.due_at + A_MOMENT)
    window.refresh_from_db()
    event = claim.events.get(verb=Act.CONFIRM)
    assert (window.met_at, window.breached_at) == (window.due_at + A_MOMENT, None)
    assert (event.actor, event.data["lines"]) == (None, [claim.lines.get().pk])
    assert Claim.objects.get(pk=claim.pk).status == Status.APPROVED


def test_each_batch_of_approved_products_has_a_window_of_its_own(reviewer: User) -> None:
    first, second = make_workload(), make_workload()
    claim = make_under_review(reviewer, make_submitted(make_side(), make_customer(first, second), first, second))
    decisions = []
    for product in (first, second):
        approve(reference=claim.reference, by=reviewer, line_ids=[claim.lines.get(product=product).pk])
        decisions.append(claim.events.filter(verb=Act.APPROVE).latest("pk"))
    tell_customer(reference=claim.reference, decision=decisions[0], at=SUNDAY)
    tell_customer(reference=claim.reference, decision=decisions[1], at=SUNDAY + timedelta(days=2))
    early, late = claim.deadlines.filter(kind=DeadlineKind.CUSTOMER_WINDOW).order_by("due_at")
    enforce(now=early.due_at + A_MOMENT)
    assert list(claim.deadlines.running()) == [late]
    assert claim.events.get(verb=Act.CONFIRM).data["lines"] == decisions[0].data["lines"]


def test_a_window_about_products_that_are_all_gone_is_cancelled(reviewer: User) -> None:
    claim, decision = _approved(reviewer)
    window = _told(claim, decision, SUNDAY)
    _give_up(claim, Act.END_SUBSCRIPTION, Outcome.ENDED)
    window.refresh_from_db()
    assert (window.met_at, window.cancelled_at is not None) == (None, True)
    assert len(enforce(now=window.due_at + A_MOMENT)) == 0


def test_a_customer_who_declined_everything_lets_the_window_end_without_a_confirmation(reviewer: User) -> None:
    claim, decision = _approved(reviewer)
    window = _told(claim, decision, SUNDAY)
    _give_up(claim, Act.DECLINE_IN_WINDOW, Outcome.DECLINED)
    assert _running(claim) == ["customer_window"]  # the product stays reserved until then
    report = enforce(now=window.due_at + A_MOMENT)
    window.refresh_from_db()
    assert (report.failed, window.met_at) == ([], window.due_at + A_MOMENT)
    assert not claim.events.filter(verb=Act.CONFIRM).exists()
    assert len(enforce(now=window.due_at + A_MOMENT)) == 0


# --- A dispute ---------------------------------------------------------------------------------------------


def test_a_rejection_can_be_disputed_for_thirty_days_of_the_firms_own(reviewer: User) -> None:
    with time_machine.travel(SUNDAY, tick=False):
        claim = make_under_review(reviewer)
        reject(reference=claim.reference, by=reviewer, reasons=[Reason.PROOF_MISSING], text="Another customer's.")
    window = claim.deadlines.running().get()
    assert (window.kind, window.party, window.days) == (DeadlineKind.DISPUTE_WINDOW, "partner", 30)
    assert window.due_at == datetime(2026, 12, 22, 23, 59, 59, tzinfo=NEW_YORK)
    assert len(enforce(now=window.due_at)) == 0
    report = enforce(now=window.due_at + A_MOMENT)
    assert report.of(Step.DISPUTE_CLOSED) == [claim.reference]
    assert _running(claim) == []
    window.refresh_from_db()
    assert (window.breached_at, window.cancelled_at) == (None, None)


# --- A case ------------------------------------------------------------------------------------------------


def _in_a_case(reviewer: User, *products: Product) -> Claim:
    """A claim of verified products, with a rival on each; a case is open about the first."""
    tenant = make_customer(*products)
    make_submitted(make_side(), tenant, *products)
    claim = make_under_review(reviewer, make_submitted(make_side(), tenant, *products))
    do(Act.VERIFY, reference=claim.reference, by=reviewer)
    first = claim.lines.get(product=products[0])
    return do(Act.OPEN_CASE, reference=claim.reference, by=None, about="case:1", line_ids=[first.pk])


def test_a_side_that_stays_silent_in_a_case_is_judged_on_what_it_filed(reviewer: User) -> None:
    claim = _in_a_case(reviewer, make_workload())
    evidence = claim.deadlines.running().get(kind=DeadlineKind.EVIDENCE)
    assert claim.due_at == evidence.due_at
    report = enforce(now=evidence.due_at + A_MOMENT)
    assert report.of(Step.EVIDENCE_CLOSED) == [claim.reference]
    evidence.refresh_from_db()
    assert evidence.breached_at is not None
    assert _running(claim) == []  # no ruling is due before every side is closed
    do(Act.AWAIT_RULING, reference=claim.reference, by=None, about="case:1")
    ruling = claim.deadlines.running().get()
    assert (ruling.kind, ruling.party, ruling.about) == (DeadlineKind.RULING, "microsoft", "case:1")


def test_all_sides_of_a_case_have_the_same_time_the_latest_of_their_calendars(reviewer: User) -> None:
    workload = make_workload()
    american, hungarian = make_submitted(None, None, workload), make_submitted(None, None, workload)
    PartnerFirm.objects.filter(pk=hungarian.firm_id).update(country="HU", time_zone="Europe/Budapest")
    hungarian.refresh_from_db()
    at = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    due_at = due_for_all(DeadlineKind.EVIDENCE, [american, hungarian], at)
    # Thanksgiving is none of Hungary's holidays; the American side needs it, so both have it.
    assert due_at == datetime(2026, 12, 1, 23, 59, 59, tzinfo=NEW_YORK)
    doing = begin(reference=hungarian.reference, act=Act.COMMENT, by=hungarian.submitted_by, at=at)
    forecast = clock.forecast(DeadlineKind.EVIDENCE, doing.claim, at, due_at=due_at)
    assert forecast.due_at == due_at


def test_who_withdraws_a_product_owes_its_case_nothing_though_another_goes_on(reviewer: User) -> None:
    claim = _in_a_case(reviewer, make_workload(), make_workload())
    other = claim.lines.order_by("pk").last()
    do(Act.OPEN_CASE, reference=claim.reference, by=None, about="case:2", line_ids=[other.pk])
    do(Act.CLOSE_EVIDENCE, reference=claim.reference, by=None, about="case:1")
    do(Act.AWAIT_RULING, reference=claim.reference, by=None, about="case:1")
    assert _running(claim) == ["evidence", "ruling"]
    withdraw(reference=claim.reference, by=claim.submitted_by, line_ids=[claim.lines.order_by("pk").first().pk])
    assert [(deadline.kind, deadline.about) for deadline in claim.deadlines.running()] == [("evidence", "case:2")]
    withdraw(reference=claim.reference, by=claim.submitted_by)
    assert _running(claim) == []
    assert enforce(now=SUNDAY + timedelta(days=60)).failed == []


def test_a_holder_who_wins_or_whose_case_closes_waits_for_no_ruling(reviewer: User) -> None:
    claim, _decision = _approved(reviewer)
    arbiter = make_staff(StaffRole.ARBITER)
    for number, act in enumerate((Act.RULE_FOR, Act.CLOSE_CASE)):
        about = f"case:{number}"
        do(Act.OPEN_CASE, reference=claim.reference, by=None, about=about)
        do(Act.CLOSE_EVIDENCE, reference=claim.reference, by=claim.submitted_by, about=about)
        do(Act.AWAIT_RULING, reference=claim.reference, by=None, about=about)
        assert _running(claim) == ["ruling"]
        do(act, reference=claim.reference, by=arbiter, about=about)
        assert _running(claim) == []
    assert claim.lines.get().outcome == Outcome.ASSOCIATED


def test_a_ruling_is_asked_of_those_who_decided_nothing_before() -> None:
    decided, free = make_staff(StaffRole.ARBITER), make_staff(StaffRole.ARBITER)
    claim = make_under_review(decided)
    reject(reference=claim.reference, by=decided, reasons=[Reason.PROOF_MISSING], text="Another customer's.")
    do(Act.DISPUTE, reference=claim.reference, by=claim.submitted_by)
    ruling = claim.deadlines.running().get(kind=DeadlineKind.DISPUTE_RULING)
    enforce(now=ruling.remind_at)
    enforce(now=ruling.due_at + A_MOMENT)
    assert (_mails("ruling_near"), _mails("ruling_escalated")) == ([free.email], [free.email])
    assert _mails("deadline_missed") == []


def test_where_no_arbiter_may_rule_the_portal_admins_are_told() -> None:
    decided, admin = make_staff(StaffRole.ARBITER), make_staff(StaffRole.PORTAL_ADMIN)
    claim = make_under_review(decided)
    reject(reference=claim.reference, by=decided, reasons=[Reason.PROOF_MISSING], text="Another customer's.")
    do(Act.DISPUTE, reference=claim.reference, by=claim.submitted_by)
    ruling = claim.deadlines.running().get(kind=DeadlineKind.DISPUTE_RULING)
    enforce(now=ruling.due_at + A_MOMENT)
    assert _mails("ruling_escalated") == [admin.email]


def test_an_answer_after_its_time_counts_but_is_late(reviewer: User) -> None:
    claim = make_asked(reviewer)
    deadline = claim.deadlines.get(kind=DeadlineKind.PARTNER_ANSWER)
    with time_machine.travel(deadline.due_at + timedelta(days=2), tick=False):
        resubmit(reference=claim.reference, by=claim.submitted_by)
    deadline.refresh_from_db()
    assert (deadline.met_at, deadline.breached_at) == (deadline.due_at + timedelta(days=2),) * 2


# --- Drafts ------------------------------------------------------------------------------------------------


def test_an_unused_draft_is_warned_of_after_83_days_and_deleted_after_90_with_its_documents() -> None:
    side = make_side()
    with time_machine.travel(SUNDAY, tick=False):
        draft = start_draft(by=side.person)
        add_documents(reference=draft.reference, by=side.person, files=[pdf("proof.pdf")])
    name = draft.documents.get().file.name
    end = draft.deadlines.get()
    assert end.due_at == datetime(2027, 2, 20, 23, 59, 59, tzinfo=NEW_YORK)
    assert end.remind_at == datetime(2027, 2, 13, 8, 0, tzinfo=NEW_YORK)
    assert len(enforce(now=end.remind_at - A_MOMENT)) == 0
    for _sweep in range(2):
        enforce(now=end.remind_at)
    assert _mails("draft_expires") == [side.person.email]
    assert len(enforce(now=end.due_at)) == 0
    assert default_storage.exists(name)


@pytest.mark.django_db(transaction=True)
def test_the_documents_of_a_deleted_draft_go_with_it() -> None:
    side = make_side()
    draft = start_draft(by=side.person)
    add_documents(reference=draft.reference, by=side.person, files=[pdf("proof.pdf")])
    name, end = draft.documents.get().file.name, draft.deadlines.get()
    enforce(now=end.remind_at)
    _warned(end.remind_at)
    report = enforce(now=end.due_at + A_MOMENT)
    assert report.of(Step.DRAFT_DELETED) == [draft.reference]
    assert not Claim.objects.filter(pk=draft.pk).exists()
    assert not Event.objects.exists()
    assert not default_storage.exists(name)
    left = OutboxMail.objects.get()
    assert (left.claim_reference, left.subject, left.text, left.html) == ("", "", "", "")


def test_a_draft_is_not_deleted_while_its_warning_has_not_left() -> None:
    draft = start_draft(by=make_side().person)
    end = draft.deadlines.get()
    enforce(now=end.remind_at)  # the mail server is away
    assert len(enforce(now=end.due_at + A_MOMENT)) == 0
    moved = draft.deadlines.get().due_at
    assert moved >= end.due_at + timedelta(days=7)
    _warned(moved - timedelta(days=1))
    assert len(enforce(now=moved + A_MOMENT)) == 0
    last = draft.deadlines.get().due_at
    assert last >= moved + timedelta(days=6)
    assert enforce(now=last + A_MOMENT).of(Step.DRAFT_DELETED) == [draft.reference]


def test_an_edit_begins_the_time_of_a_draft_anew() -> None:
    side = make_side()
    with time_machine.travel(SUNDAY, tick=False):
        draft = start_draft(by=side.person)
    end = draft.deadlines.get()
    enforce(now=end.remind_at)
    with time_machine.travel(end.remind_at + timedelta(days=1), tick=False):
        save_activity(reference=draft.reference, by=side.person, area="microsoft_365", activities=["usage"])
    assert len(enforce(now=end.due_at + A_MOMENT)) == 0
    moved = draft.deadlines.get()
    assert (moved.reminded_at, moved.due_at > end.due_at + timedelta(days=80)) == (None, True)


def test_a_warning_that_is_late_still_gives_a_week() -> None:
    side = make_side()
    draft = start_draft(by=side.person)
    late = draft.deadlines.get().due_at + timedelta(days=3)  # the machine was off
    report = enforce(now=late)
    assert report.of(Step.DRAFT_WARNED) == [draft.reference]
    end = draft.deadlines.get()
    assert end.due_at >= late + timedelta(days=7)
    _warned(late)
    assert len(enforce(now=end.due_at)) == 0
    assert enforce(now=end.due_at + A_MOMENT).of(Step.DRAFT_DELETED) == [draft.reference]


def test_whoever_edited_the_draft_last_is_warned_too() -> None:
    side = make_side()
    colleague = make_person(side.firm, PartnerRole.INCENTIVES_USER)
    draft = start_draft(by=side.person)
    save_activity(reference=draft.reference, by=colleague, area="microsoft_365", activities=["usage"])
    enforce(now=draft.deadlines.get().remind_at)
    assert _mails("draft_expires") == sorted([side.person.email, colleague.email])


def test_a_submitted_claim_is_no_draft_any_more() -> None:
    side, workload = make_side(), make_workload()
    draft = make_draft(side, make_customer(workload), [workload])
    assert _running(draft) == [DeadlineKind.DRAFT_EXPIRY]
    submit(reference=draft.reference, by=side.person)
    assert [deadline.kind for deadline in draft.deadlines.all()] == [DeadlineKind.REVIEW]


def test_a_dry_run_tells_a_warning_from_a_deletion_and_writes_nothing() -> None:
    draft = start_draft(by=make_side().person)
    end = draft.deadlines.get()
    report = enforce(now=end.due_at + A_MOMENT, dry_run=True)
    assert report.of(Step.DRAFT_WARNED) == [draft.reference]
    enforce(now=end.remind_at)
    later = enforce(now=end.due_at + A_MOMENT, dry_run=True)
    assert later.of(Step.DRAFT_DELETED) == [draft.reference]
    assert Claim.objects.filter(pk=draft.pk).exists()
