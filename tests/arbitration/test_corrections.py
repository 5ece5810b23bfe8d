"""Corrections of MPN location and activity: asked for, taken back, accepted, refused, and what they leave alone."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from arbitration.acts.absence import declare_absence
from arbitration.acts.approve import approve
from arbitration.acts.ask import request_information
from arbitration.acts.corrections import accept_correction, refuse_correction
from arbitration.acts.reject import reject
from arbitration.enforcement import enforce
from arbitration.models import Bar
from claims.acts.corrections import ask_correction, withdraw_correction
from claims.acts.editing import save_mpn
from claims.acts.resubmit import resubmit
from claims.acts.withdraw import withdraw
from claims.checks.faults import faults_in
from claims.corrections_shown import corrections_of
from claims.history import sentence
from claims.ledger_of import ledger_of
from claims.models import Claim, Correction, CorrectionState, Deadline
from claims.panels import next_panel
from claims.proof.matrix import needed_columns
from claims.proof.words import Column
from claims.transitions import Act
from claims.words import Activity, DeadlineKind, Reason, Status
from cpor_portal.accounts.models import EnrolmentState, MpnLocation, PartnerRole, Programme, StaffRole, User
from cpor_portal.faults import Conflict, NotAllowed, Refused
from tests.claims.mails.reading import all_say, link_of, mails_of, only, recipients
from tests.support.factories import make_firm, make_location, make_person, make_product, make_staff, make_workload
from tests.support.stories import Side, make_customer, make_side, make_submitted, make_under_review

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_too]
# Sunday before Thanksgiving: five business days later at the review site is Monday 30 November.
SUNDAY = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
LATE = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
WHY = "Our office in Debrecen did the work."
NO: dict[str, Any] = {"text": "The proof speaks of the office in Budapest alone."}
SELLER = {"seller_name": "Sam Seller", "revenue_customer_name": "Contoso Ltd.", "isv_solution": "Fieldwork 3"}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(SUNDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def side() -> Side:
    return make_side("Fabrikam")


@pytest.fixture
def reviewer() -> User:
    return make_staff(name="Rita Reviewer")


@pytest.fixture
def other(side: Side) -> MpnLocation:
    return make_location(side.firm, *Programme, name="Debrecen")


@pytest.fixture
def claim(side: Side, reviewer: User) -> Claim:
    """A Business Applications claim for usage, under review."""
    product = make_product()
    return make_under_review(reviewer, make_submitted(side, make_customer(product), product))


def ask(claim: Claim, **wanted: Any) -> Claim:
    return ask_correction(reference=claim.reference, by=_submitter(claim), **({"reason": WHY} | wanted))


def _submitter(claim: Claim) -> User:
    assert claim.submitted_by is not None
    return claim.submitted_by


def now(claim: Claim) -> Claim:
    return Claim.objects.get(pk=claim.pk)


def owed(claim: Claim) -> Deadline | None:
    return claim.deadlines.running().filter(kind=DeadlineKind.CORRECTION).first()


def codes(fault: Refused) -> list[tuple[str, str]]:
    return [(one.field, one.code) for one in faults_in(fault)]


# --- Asking ----------------------------------------------------------------------------------------------------


def test_asking_changes_nothing_but_lets_microsoft_owe_an_answer_in_five_business_days(
    claim: Claim, other: MpnLocation
) -> None:
    before = (claim.status, claim.location_id, claim.activities, claim.due_at, claim.snapshots.count())
    ask(claim, mpn_id=other.mpn_id)
    after = now(claim)
    assert (after.status, after.location_id, after.activities, after.due_at, after.snapshots.count()) == before
    assert after.correction_asked_at == SUNDAY
    deadline = owed(claim)
    assert deadline is not None
    assert (deadline.party, deadline.due_at) == ("microsoft", datetime(2026, 12, 1, 7, 59, 59, tzinfo=UTC))


def test_what_is_not_sent_is_to_stay(claim: Claim, other: MpnLocation) -> None:
    ask(claim, activities=[Activity.USAGE, Activity.PRESALES])
    correction = Correction.objects.get()
    assert correction.location == claim.location
    assert correction.activities == [Activity.PRESALES, Activity.USAGE]
    assert [change.name for change in corrections_of(now(claim), _submitter(claim)).waiting.changes] == ["activities"]


def test_the_reason_stands_among_the_comments_and_the_history_says_that_it_was_asked_for(
    claim: Claim, other: MpnLocation
) -> None:
    ask(claim, mpn_id=other.mpn_id)
    assert claim.comments.get().body == WHY
    event = claim.events.order_by("-id")[0]
    assert event.verb == Act.ASK_CORRECTION
    assert sentence(event, reader=None).endswith("asked for a correction.")


@pytest.mark.parametrize("role", [PartnerRole.INCENTIVES_USER, None])
def test_only_the_firms_admins_may_ask(claim: Claim, other: MpnLocation, side: Side, role: str | None) -> None:
    by = make_person(side.firm, role) if role else make_person(make_firm())
    with pytest.raises(NotAllowed):
        ask_correction(reference=claim.reference, by=by, mpn_id=other.mpn_id, reason=WHY)
    assert not Correction.objects.exists()


def test_before_a_reviewer_has_started_the_step_itself_is_changed(side: Side, other: MpnLocation) -> None:
    with pytest.raises(Conflict):
        ask(make_submitted(side), mpn_id=other.mpn_id)


def test_one_waits_at_a_time(claim: Claim, other: MpnLocation) -> None:
    ask(claim, mpn_id=other.mpn_id)
    with pytest.raises(Conflict) as caught:
        ask(claim, activities=[Activity.PRESALES])
    assert caught.value.code == "correction_waits"


def test_it_is_judged_as_at_submission(claim: Claim, side: Side) -> None:
    bare, foreign = make_location(side.firm), make_location(make_firm(), *Programme)
    revenue = [Activity.REVENUE_ASSOCIATION]
    cases: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
        ({}, [("", "nothing_to_correct")]),
        ({"mpn_id": claim.location.mpn_id if claim.location else ""}, [("", "nothing_to_correct")]),
        ({"mpn_id": bare.mpn_id}, [("mpn_id", "not_enrolled")]),
        ({"mpn_id": foreign.mpn_id}, [("mpn_id", "not_your_mpn")]),
        ({"mpn_id": side.firm.global_id}, [("mpn_id", "global_id")]),
        ({"mpn_id": "12"}, [("mpn_id", "mpn_id_malformed")]),
        ({"mpn_id": ""}, [("mpn_id", "mpn_required")]),
        ({"activities": ["walking"]}, [("activities", "activity_wrong_area")]),
        (
            {"activities": [*revenue, Activity.USAGE], "facts": SELLER},
            [("activities", "revenue_association_stands_alone")],
        ),
        ({"activities": revenue, "facts": SELLER | {"seller_name": " "}}, [("seller_name", "contact_required")]),
        ({"activities": [Activity.PRESALES], "reason": " "}, [("reason", "reason_required")]),
        ({"activities": [Activity.PRESALES], "reason": "x" * 4001}, [("reason", "reason_too_long")]),
        ({"mpn_id": "12", "reason": ""}, [("mpn_id", "mpn_id_malformed"), ("reason", "reason_required")]),
    ]
    for wanted, expected in cases:
        with pytest.raises(Refused) as caught:
            ask(claim, **wanted)
        assert codes(caught.value) == expected, wanted
    assert not Correction.objects.exists()
    assert now(claim).version == claim.version


def test_revenue_association_needs_no_enrolment_but_its_three_facts(claim: Claim, side: Side) -> None:
    bare = make_location(side.firm)
    ask(claim, mpn_id=bare.mpn_id, activities=[Activity.REVENUE_ASSOCIATION], facts=SELLER)
    accept_correction(reference=claim.reference, by=claim.reviewer or make_staff())
    after = now(claim)
    assert after.activities == [Activity.REVENUE_ASSOCIATION]
    assert (after.seller_name, after.revenue_customer_name, after.isv_solution) == tuple(SELLER.values())
    ask(after, mpn_id=side.location.mpn_id, activities=[Activity.USAGE])
    accept_correction(reference=claim.reference, by=claim.reviewer or make_staff())
    assert now(claim).seller_name == ""


# --- Answering -------------------------------------------------------------------------------------------------


def test_an_accepted_correction_is_what_the_claim_says_from_then_on(
    claim: Claim, other: MpnLocation, reviewer: User
) -> None:
    ask(claim, mpn_id=other.mpn_id, activities=[Activity.PRESALES, Activity.USAGE])
    kept = (claim.reference, claim.status, claim.round, claim.due_at, claim.review_started_at, claim.reviewer_id)
    documents = list(claim.documents.values_list("sha256", flat=True))
    accept_correction(reference=claim.reference, by=reviewer, text="Thank you.")
    after = now(claim)
    assert (after.location, after.activities) == (other, [Activity.PRESALES, Activity.USAGE])
    assert (
        after.reference,
        after.status,
        after.round,
        after.due_at,
        after.review_started_at,
        after.reviewer_id,
    ) == kept
    assert list(claim.documents.values_list("sha256", flat=True)) == documents
    assert after.correction_asked_at is None
    correction = Correction.objects.get()
    assert (correction.state, correction.decided_by, correction.answer) == ("accepted", reviewer, "Thank you.")
    met = claim.deadlines.get(kind=DeadlineKind.CORRECTION)
    assert (met.met_at, met.cancelled_at) == (SUNDAY, None)


def test_the_claim_as_corrected_is_kept_as_its_firms_word(claim: Claim, other: MpnLocation, reviewer: User) -> None:
    ask(claim, mpn_id=other.mpn_id)
    accept_correction(reference=claim.reference, by=reviewer)
    snapshot = claim.snapshots.order_by("-id")[0]
    assert (snapshot.verb, snapshot.facts["mpn_id"], snapshot.by) == (Act.CORRECT, other.mpn_id, _submitter(claim))
    assert snapshot.round == claim.round


def test_usage_that_comes_by_correction_must_be_shown_by_the_proof(side: Side, reviewer: User) -> None:
    product = make_product()
    claim = make_under_review(reviewer, make_submitted(side, make_customer(product), product))
    ask(claim, activities=[Activity.PRESALES])
    accept_correction(reference=claim.reference, by=reviewer)
    assert Column.NAMED not in needed_columns(now(claim))
    ask(claim, activities=[Activity.PRESALES, Activity.USAGE])
    accept_correction(reference=claim.reference, by=reviewer)
    assert Column.NAMED in needed_columns(now(claim))


def test_a_refused_correction_leaves_the_claim_as_it_was(claim: Claim, other: MpnLocation, reviewer: User) -> None:
    ask(claim, mpn_id=other.mpn_id)
    count = claim.snapshots.count()
    refuse_correction(reference=claim.reference, by=reviewer, **NO)
    after = now(claim)
    assert (after.location_id, after.status, after.correction_asked_at) == (claim.location_id, claim.status, None)
    assert claim.snapshots.count() == count
    assert claim.comments.order_by("-id")[0].body == NO["text"]


def test_a_refusal_says_why(claim: Claim, other: MpnLocation, reviewer: User) -> None:
    ask(claim, mpn_id=other.mpn_id)
    for text, code in ((" ", "text_required"), ("x" * 10_001, "text_too_long")):
        with pytest.raises(Refused) as caught:
            refuse_correction(reference=claim.reference, by=reviewer, text=text)
        assert (caught.value.code, caught.value.field) == (code, "text")
    assert Correction.objects.get().state == CorrectionState.ASKED


def test_an_enrolment_that_lapsed_meanwhile_keeps_it_from_being_accepted(
    claim: Claim, other: MpnLocation, reviewer: User
) -> None:
    ask(claim, mpn_id=other.mpn_id)
    other.enrolments.update(state=EnrolmentState.INACTIVE)
    with pytest.raises(Refused) as caught:
        accept_correction(reference=claim.reference, by=reviewer)
    assert caught.value.code == "not_enrolled"
    assert now(claim).location_id == claim.location_id


def test_an_approved_claim_is_corrected_too_by_any_reviewer(
    claim: Claim, other: MpnLocation, reviewer: User, clock: time_machine.Traveller
) -> None:
    approve(reference=claim.reference, by=reviewer)
    clock.shift(timedelta(days=60))
    ask(claim, mpn_id=other.mpn_id)
    deadline = owed(claim)
    assert deadline is not None
    assert now(claim).due_at == deadline.due_at
    accept_correction(reference=claim.reference, by=make_staff())
    after = now(claim)
    assert (after.status, after.location, after.due_at) == (Status.APPROVED, other, None)
    assert after.lines.get().outcome == "associated"


def test_on_an_open_claim_whoever_has_it_answers_or_an_arbiter(claim: Claim, other: MpnLocation) -> None:
    ask(claim, mpn_id=other.mpn_id)
    with pytest.raises(Conflict) as caught:
        accept_correction(reference=claim.reference, by=make_staff())
    assert caught.value.code == "somebody_else_has_it"
    accept_correction(reference=claim.reference, by=make_staff(StaffRole.ARBITER))
    assert now(claim).location == other


def test_whoever_has_a_conflict_of_interest_answers_nothing(claim: Claim, other: MpnLocation, reviewer: User) -> None:
    approve(reference=claim.reference, by=reviewer)
    ask(claim, mpn_id=other.mpn_id)
    barred = make_staff(StaffRole.ARBITER)
    Bar.objects.create(person=barred, firm=claim.firm, reason="Family", declared_by=barred, declared_at=timezone.now())
    with pytest.raises(NotAllowed):
        accept_correction(reference=claim.reference, by=barred)


def test_partners_and_portal_admins_answer_nothing(claim: Claim, other: MpnLocation) -> None:
    ask(claim, mpn_id=other.mpn_id)
    for person in (_submitter(claim), make_staff(StaffRole.PORTAL_ADMIN)):
        with pytest.raises(NotAllowed):
            accept_correction(reference=claim.reference, by=person)


def test_a_stale_page_accepts_nothing_that_its_reader_did_not_see(
    claim: Claim, other: MpnLocation, reviewer: User
) -> None:
    seen = ask(claim, mpn_id=other.mpn_id).version
    withdraw_correction(reference=claim.reference, by=_submitter(claim))
    ask(claim, activities=[Activity.PRESALES])
    with pytest.raises(Conflict):
        accept_correction(reference=claim.reference, by=reviewer, version=seen)
    assert now(claim).activities == [Activity.USAGE]


# --- Taking back, and the end of the claim -----------------------------------------------------------------------


def test_a_correction_that_is_taken_back_is_owed_no_answer(claim: Claim, other: MpnLocation, reviewer: User) -> None:
    ask(claim, mpn_id=other.mpn_id)
    withdraw_correction(reference=claim.reference, by=_submitter(claim))
    deadline = claim.deadlines.get(kind=DeadlineKind.CORRECTION)
    assert (deadline.met_at, deadline.cancelled_at) == (None, SUNDAY)
    with pytest.raises(Conflict) as caught:
        accept_correction(reference=claim.reference, by=reviewer)
    assert caught.value.code == "correction_gone"
    ask(claim, mpn_id=other.mpn_id)
    assert Correction.objects.count() == 2


@pytest.mark.parametrize("how", ["rejected", "withdrawn"])
def test_it_lapses_with_the_claim(claim: Claim, other: MpnLocation, reviewer: User, how: str) -> None:
    ask(claim, mpn_id=other.mpn_id)
    if how == "rejected":
        reject(reference=claim.reference, by=reviewer, reasons=[Reason.PROOF_MISSING], text="It is about others.")
    else:
        withdraw(reference=claim.reference, by=_submitter(claim))
    correction = Correction.objects.get()
    assert (correction.state, correction.decided_by, correction.decided_at) == ("lapsed", None, SUNDAY)
    assert owed(claim) is None
    assert now(claim).correction_asked_at is None
    with pytest.raises(Conflict):
        withdraw_correction(reference=claim.reference, by=_submitter(claim))


def test_it_goes_on_through_a_request_an_answer_and_an_approval(
    claim: Claim, other: MpnLocation, reviewer: User
) -> None:
    ask(claim, mpn_id=other.mpn_id)
    request_information(reference=claim.reference, by=reviewer, reasons=[Reason.PARTNER_REQUEST], text="Which office?")
    resubmit(reference=claim.reference, by=_submitter(claim))
    assert now(claim).status == Status.SUBMITTED
    make_under_review(reviewer, claim)
    approve(reference=claim.reference, by=reviewer)
    assert now(claim).correction_asked_at == SUNDAY
    accept_correction(reference=claim.reference, by=reviewer)
    assert now(claim).location == other


def test_while_it_waits_the_mpn_step_does_not_answer_the_same_question(
    claim: Claim, other: MpnLocation, reviewer: User, side: Side
) -> None:
    third = make_location(side.firm, *Programme)
    ask(claim, mpn_id=other.mpn_id)
    request_information(reference=claim.reference, by=reviewer, reasons=[Reason.PARTNER_REQUEST], text="Which office?")
    with pytest.raises(Refused) as caught:
        save_mpn(reference=claim.reference, by=side.person, location=third)
    assert (caught.value.code, caught.value.field) == ("correction_waits", "mpn_id")


def test_a_correction_of_the_activity_leaves_a_location_that_was_changed_since(
    claim: Claim, other: MpnLocation, reviewer: User, side: Side
) -> None:
    request_information(reference=claim.reference, by=reviewer, reasons=[Reason.PARTNER_REQUEST], text="Which office?")
    ask(claim, activities=[Activity.PRESALES])
    save_mpn(reference=claim.reference, by=side.person, location=other)
    accept_correction(reference=claim.reference, by=reviewer)
    after = now(claim)
    assert (after.location, after.activities) == (other, [Activity.PRESALES])
    (shown,) = corrections_of(after, reviewer).over
    assert [change.name for change in shown.changes] == ["activities"]


def test_the_difference_can_be_read_for_ever(claim: Claim, other: MpnLocation, reviewer: User, side: Side) -> None:
    ask(claim, mpn_id=other.mpn_id)
    accept_correction(reference=claim.reference, by=reviewer)
    ask(claim, mpn_id=side.location.mpn_id)
    accept_correction(reference=claim.reference, by=reviewer)
    newest, oldest = corrections_of(now(claim), side.person).over
    assert [(one.before, one.after) for one in oldest.changes] == [(str(side.location), str(other))]
    assert [(one.before, one.after) for one in newest.changes] == [(str(other), str(side.location))]
    assert newest.decided_by == "Microsoft"
    assert corrections_of(now(claim), reviewer).over[0].decided_by == "Rita Reviewer"


# --- Mails and clocks --------------------------------------------------------------------------------------------


def test_whoever_has_the_claim_is_told_with_the_difference_the_reason_and_the_date(
    claim: Claim, other: MpnLocation, reviewer: User
) -> None:
    make_staff(StaffRole.ARBITER)
    ask(claim, mpn_id=other.mpn_id, activities=[Activity.PRESALES])
    mail = only("correction_asked")
    assert mail.recipient == reviewer.email
    assert mail.subject.endswith(": correction asked for, answer due 30 November 2026")
    all_say(
        mail,
        f"MPN location: {claim.location} →",
        "Activity: Usage →",
        "Presales",
        str(other),
        WHY,
        "Accept or refuse it by Monday 30 November 2026, 23:59 (PST)",
        link_of("arbitration:workspace", claim),
    )


def test_the_arbiters_are_told_where_nobody_has_the_claim(claim: Claim, other: MpnLocation, reviewer: User) -> None:
    arbiter = make_staff(StaffRole.ARBITER)
    approve(reference=claim.reference, by=reviewer)
    Claim.objects.filter(pk=claim.pk).update(reviewer=None)
    ask(claim, mpn_id=other.mpn_id)
    assert recipients("correction_asked") == {arbiter.email}


def test_the_arbiters_are_told_where_whoever_has_the_claim_is_away(
    claim: Claim, other: MpnLocation, reviewer: User
) -> None:
    arbiter = make_staff(StaffRole.ARBITER)
    approve(reference=claim.reference, by=reviewer)
    today = SUNDAY.date()
    declare_absence(by=reviewer, person=reviewer, first_day=today, last_day=today, at=SUNDAY)
    ask(claim, mpn_id=other.mpn_id)
    assert recipients("correction_asked") == {arbiter.email}


@pytest.mark.parametrize("is_accepted", [True, False])
def test_the_firm_reads_the_answer_and_no_reviewers_name(
    claim: Claim, other: MpnLocation, reviewer: User, is_accepted: bool
) -> None:
    ask(claim, mpn_id=other.mpn_id)
    act = accept_correction if is_accepted else refuse_correction
    act(reference=claim.reference, by=reviewer, text="We looked at page 2.")
    mail = only("correction_accepted" if is_accepted else "correction_refused")
    assert mail.recipient == _submitter(claim).email
    assert mail.subject.endswith("correction accepted" if is_accepted else "correction refused")
    all_say(mail, str(other), str(claim.location), "We looked at page 2.", link_of("claims:detail", claim))
    assert reviewer.name not in mail.text + mail.html


def test_an_answer_that_is_due_is_reminded_of_once_and_one_that_is_late_goes_to_the_arbiters_too(
    claim: Claim, other: MpnLocation, reviewer: User, clock: time_machine.Traveller
) -> None:
    arbiter = make_staff(StaffRole.ARBITER)
    approve(reference=claim.reference, by=reviewer)
    ask(claim, mpn_id=other.mpn_id)
    clock.move_to(datetime(2026, 11, 28, 12, tzinfo=UTC))
    for _twice in range(2):
        enforce(now=timezone.now())
    assert [mail.recipient for mail in mails_of("correction_near")] == [reviewer.email]
    clock.move_to(LATE)
    for _twice in range(2):
        enforce(now=timezone.now())
    assert recipients("correction_missed") == {reviewer.email, arbiter.email}
    assert len(mails_of("correction_missed")) == 2
    missed = claim.events.get(verb="deadline_missed")
    assert "correction" in sentence(missed, reader=None)
    assert now(claim).correction_asked_at == SUNDAY
    accept_correction(reference=claim.reference, by=reviewer)
    deadline = claim.deadlines.get(kind=DeadlineKind.CORRECTION)
    assert (deadline.met_at, deadline.breached_at) == (LATE, LATE)


def test_the_panel_tells_of_it_only_where_nothing_else_is_owed(
    claim: Claim, other: MpnLocation, reviewer: User, clock: time_machine.Traveller
) -> None:
    ask(claim, mpn_id=other.mpn_id)
    partner = _submitter(claim)
    assert "correction" not in next_panel(now(claim), partner).text
    approve(reference=claim.reference, by=reviewer)
    panel = next_panel(now(claim), partner)
    assert (panel.who, panel.due) == ("Microsoft", datetime(2026, 12, 1, 7, 59, 59, tzinfo=UTC))
    assert "Microsoft answers the correction that you asked for." in panel.text
    assert "Accept or refuse it below." in next_panel(now(claim), reviewer).text
    clock.move_to(LATE)
    assert next_panel(now(claim), partner).kind == "overdue"


def test_it_leaves_the_time_so_far_alone(
    claim: Claim, other: MpnLocation, reviewer: User, clock: time_machine.Traveller
) -> None:
    approve(reference=claim.reference, by=reviewer)
    clock.move_to(datetime(2027, 2, 1, 12, tzinfo=UTC))
    ask(claim, mpn_id=other.mpn_id)
    told = ledger_of(now(claim), claim.deadlines.all(), timezone.now())
    assert told is not None
    assert told.elapsed == 0
    assert date(2027, 2, 1) not in {stretch.last for stretch in told.stretches}


def test_microsoft_365_knows_one_activity_so_only_its_location_is_corrected(side: Side, reviewer: User) -> None:
    workload, other = make_workload(), make_location(side.firm, *Programme)
    claim = make_under_review(reviewer, make_submitted(side, make_customer(workload), workload))
    with pytest.raises(Refused) as caught:
        ask(claim, activities=[Activity.PRESALES])
    assert caught.value.code == "activity_wrong_area"
    ask(claim, mpn_id=other.mpn_id, activities=[Activity.USAGE])
    assert Correction.objects.get().location == other
