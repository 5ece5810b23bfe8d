"""What a claim's pages say of its time: the bar and its words, every deadline's state, and why its date."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.utils import timezone, translation

from arbitration.acts.approve import approve
from arbitration.acts.reject import reject
from arbitration.acts.start import start_review
from arbitration.enforcement import enforce
from claims import clock, due
from claims.acts.drafts import start_draft
from claims.acts.resubmit import resubmit
from claims.acts.windows import tell_customer
from claims.deadlines_shown import ShownDeadline, State, is_over, shown_deadlines
from claims.ledger import Awaited, Ledger, Stretch
from claims.ledger_shown import UNFOLDED, shown_ledger
from claims.models import Claim, Deadline
from claims.panels import next_panel
from claims.time_shown import time_of
from claims.transitions import Act
from claims.words import DeadlineKind, Reason
from cpor_portal.accounts.models import CalendarException, DayKind, User
from tests.claims.views.pages import queries_for, signed_in
from tests.support.factories import make_staff
from tests.support.stories import Side, make_asked, make_side, make_submitted, make_under_review

pytestmark = pytest.mark.django_db
MONDAY = datetime(2027, 2, 1, 20, tzinfo=UTC)


@pytest.fixture
def side() -> Side:
    return make_side()


@pytest.fixture
def reviewer() -> User:
    return make_staff(name="Riley Reviewer")


def words_of(page: str) -> str:
    """The page as it is read, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def days(awaited: Awaited, first: int, last: int, count: int) -> Stretch:
    return Stretch(awaited, datetime(2027, 2, first).date(), datetime(2027, 2, last).date(), count)  # noqa: DTZ001


ALL_KINDS = Ledger(
    (
        days(Awaited.REVIEW, 1, 3, 3),
        days(Awaited.PARTNER_ANSWER, 4, 5, 2),
        days(Awaited.OTHER_SIDE, 8, 9, 2),
        days(Awaited.RULING, 10, 10, 1),
        days(Awaited.NOTHING, 11, 12, 2),
    ),
    MONDAY,
)


# --- The bar -----------------------------------------------------------------------------------------------


def test_the_same_days_are_told_in_the_partners_and_in_the_reviewers_words() -> None:
    partner, reviewer = (shown_ledger(ALL_KINDS, MONDAY, is_partner=mine) for mine in (True, False))
    assert partner.in_words == "Microsoft: 4 days; Your firm: 2 days; The other side: 2 days; Nobody: 2 days"
    assert reviewer.in_words == "Microsoft: 4 days; The partner: 2 days; The other side: 2 days; Nobody: 2 days"
    assert partner.total == "10 business days since the claim was submitted"
    assert [stretch.who for stretch in partner.stretches] == [
        "Microsoft",
        "Your firm",
        "The other side",
        "Microsoft",
        "Nobody",
    ], "as the bar is read"
    assert partner.is_long
    assert len(ALL_KINDS.stretches) > UNFOLDED


def test_the_bar_is_as_long_as_its_days_in_whatever_language() -> None:
    with translation.override("hu"):
        segments = shown_ledger(ALL_KINDS, MONDAY, is_partner=True).segments
    assert [(segment.middle, segment.number) for segment in segments[:2]] == [("15.000%", 3), ("40.000%", 2)]
    assert [(segment.holder, segment.x, segment.width) for segment in segments] == [
        ("microsoft", "0.000%", "30.000%"),
        ("partner", "30.000%", "20.000%"),
        ("other_side", "50.000%", "20.000%"),
        ("microsoft", "70.000%", "10.000%"),
        ("nobody", "80.000%", "20.000%"),
    ]


def test_a_piece_that_is_too_narrow_for_it_has_no_number() -> None:
    ledger = Ledger((days(Awaited.REVIEW, 1, 1, 1), days(Awaited.PARTNER_ANSWER, 2, 28, 19)), MONDAY)
    assert [one.number for one in shown_ledger(ledger, MONDAY, is_partner=True).segments] == [None, 19]


@pytest.mark.parametrize("awaited", Awaited)
def test_whatever_is_awaited_has_its_words_for_both_sides(awaited: Awaited) -> None:
    ledger = Ledger((days(awaited, 1, 3, 3),), MONDAY)
    for is_partner in (True, False):
        told = shown_ledger(ledger, MONDAY, is_partner=is_partner)
        assert told.stretches[0].reason
        assert told.in_words.endswith("3 days")


def test_a_closed_claims_total_says_that_it_is_over() -> None:
    told = shown_ledger(ALL_KINDS, MONDAY + timedelta(days=1), is_partner=True)
    assert told.total == "The claim took 10 business days, from its submission to its end."


def test_both_sides_read_the_bar_and_its_words_on_the_claim(side: Side, reviewer: User) -> None:
    with time_machine.travel(MONDAY, tick=False):
        claim = make_asked(reviewer, make_submitted(side))
    with time_machine.travel(MONDAY + timedelta(days=2), tick=False):
        page = signed_in(side.person).get(f"/claims/{claim.reference}/").content.decode()
        desk = signed_in(reviewer).get(f"/review/{claim.reference}/").content.decode()
    assert 'role="img" aria-label="Your firm: 2 days"' in page
    assert 'role="img" aria-label="The partner: 2 days"' in desk
    for answer in (page, desk):
        assert 'class="ledger-ground ledger-partner" x="0.000%" width="100.000%"' in answer
        assert "2 business days since the claim was submitted" in words_of(answer)
        assert " style=" not in answer


def test_a_claim_of_today_has_no_bar_yet_and_a_draft_no_ledger(side: Side) -> None:
    with time_machine.travel(MONDAY, tick=False):
        claim = make_submitted(side)
        page = signed_in(side.person).get(f"/claims/{claim.reference}/").content.decode()
        draft = start_draft(by=side.person)
        of_draft = signed_in(side.person).get(f"/claims/{draft.reference}/").content.decode()
    assert "No business day has begun since the claim was submitted." in words_of(page)
    assert "ledger-bar" not in page
    assert "Time so far" not in of_draft


# --- Deadlines ---------------------------------------------------------------------------------------------


def shown(claim: Claim, *, is_partner: bool = True) -> dict[str, ShownDeadline]:
    rows = list(Deadline.objects.filter(claim=claim))
    return {row.kind: row for row in shown_deadlines(rows, timezone.now(), is_partner=is_partner)}


def test_a_deadline_is_running_reminded_missed_and_done_late(side: Side, reviewer: User) -> None:
    with time_machine.travel(MONDAY, tick=False):
        claim = make_submitted(side)
        assert shown(claim)["review"].state == State.RUNNING
    with time_machine.travel(MONDAY + timedelta(days=6), tick=False):
        enforce(now=timezone.now())
        assert shown(claim, is_partner=False)["review"].state == State.REMINDED
        assert shown(claim)["review"].state == State.RUNNING, "whom Microsoft reminds is its own affair"
    with time_machine.travel(MONDAY + timedelta(days=8), tick=False):
        assert shown(claim)["review"].state == State.MISSED, "missed before the portal has noticed"
        enforce(now=timezone.now())
        missed = shown(claim)["review"]
        page = signed_in(side.person).get(f"/claims/{claim.reference}/").content.decode()
        assert f"/deadlines/{missed.id}.ics" not in page, "nobody notes a date that is past"
        assert (missed.state, missed.is_running, missed.since) == (State.MISSED, True, None)
        start_review(reference=claim.reference, by=reviewer)
        approve(reference=claim.reference, by=reviewer)
        late = shown(claim)["review"]
        assert (late.state, late.is_running, late.is_done_late) == (State.MISSED, False, True)
        page = signed_in(side.person).get(f"/claims/{claim.reference}/").content.decode()
        assert "Done late, on 9 Feb 2027" in words_of(page)


def test_a_deadline_that_was_kept_is_met_and_one_that_is_no_longer_owed_is_cancelled(
    side: Side, reviewer: User
) -> None:
    with time_machine.travel(MONDAY, tick=False):
        claim = make_asked(reviewer, make_submitted(side))
        resubmit(reference=claim.reference, by=side.person, body="Here it is.")
        assert shown(claim)["partner_answer"].state == State.MET
        row = Deadline.objects.running().get(claim=claim, kind="review")
        clock.stop(row, at=timezone.now(), kept=False)
        rows = list(Deadline.objects.filter(claim=claim))
        states = [one.state for one in shown_deadlines(rows, timezone.now(), is_partner=True)]
        assert states == [State.CANCELLED, State.MET, State.MET]


def test_one_that_another_took_the_place_of_is_replaced(side: Side) -> None:
    claim = make_submitted(side)
    old = claim.deadlines.get()
    at = old.started_at + timedelta(days=1)
    clock.stop(old, at=at, kept=False)
    clock.forecast(DeadlineKind.REVIEW, claim, at).save()
    states = {row.id: row.state for row in shown_deadlines(list(claim.deadlines.all()), at, is_partner=True)}
    assert states.pop(old.pk) == State.REPLACED
    assert list(states.values()) == [State.RUNNING]


def test_a_silent_partners_deadline_is_missed_and_no_longer_runs(side: Side, reviewer: User) -> None:
    with time_machine.travel(MONDAY, tick=False):
        claim = make_asked(reviewer, make_submitted(side))
    with time_machine.travel(MONDAY + timedelta(days=9), tick=False):
        enforce(now=timezone.now())
        answer = shown(claim)["partner_answer"]
    assert (answer.state, answer.is_running, answer.is_done_late) == (State.MISSED, False, False)


def test_a_window_that_has_run_out_reads_as_ended_and_not_as_met(side: Side, reviewer: User) -> None:
    with time_machine.travel(MONDAY, tick=False):
        claim = make_under_review(reviewer, make_submitted(side))
        reject(reference=claim.reference, by=reviewer, reasons=[Reason.PROOF_MISSING], text="It is missing.")
        assert shown(claim)["dispute_window"].state == State.RUNNING
    with time_machine.travel(MONDAY + timedelta(days=31), tick=False):
        before = shown(claim)["dispute_window"]
        enforce(now=timezone.now())
        after = shown(claim)["dispute_window"]
        assert before.state == after.state == State.ENDED
        assert before.since == after.since == after.due_at
        assert all(is_over(row, timezone.now()) for row in claim.deadlines.all())
        page = words_of(signed_in(side.person).get(f"/claims/{claim.reference}/").content.decode())
        assert "Time to dispute Ended" in page


def test_the_page_lists_every_deadline_with_its_owner_and_a_file_for_what_runs(side: Side, reviewer: User) -> None:
    with time_machine.travel(MONDAY, tick=False):
        claim = make_asked(reviewer, make_submitted(side))
        page = signed_in(side.person).get(f"/claims/{claim.reference}/").content.decode()
        desk = signed_in(reviewer).get(f"/review/{claim.reference}/").content.decode()
    running, met = claim.deadlines.get(kind="partner_answer"), claim.deadlines.get(kind="review")
    assert page.count("Why this date?") == 3
    for answer in (page, desk):
        assert f"/claims/{claim.reference}/deadlines/{running.pk}.ics" in answer
        assert f"/deadlines/{met.pk}.ics" not in answer
    assert "Your firm's answer Running Who acts Your firm By when 8 Feb 2027, 23:59 EST" in words_of(page)
    assert "Partner's answer Running Who acts The partner By when 8 Feb 2027, 23:59 EST" in words_of(desk)


def test_a_page_asks_the_database_as_often_for_one_deadline_as_for_many(side: Side, reviewer: User) -> None:
    with time_machine.travel(MONDAY, tick=False):
        claim = make_asked(reviewer, make_submitted(side))
        once = queries_for(signed_in(side.person), f"/claims/{claim.reference}/")
        for _again in range(3):
            resubmit(reference=claim.reference, by=side.person)
            make_asked(reviewer, claim)
    with time_machine.travel(MONDAY + timedelta(days=3), tick=False):
        assert queries_for(signed_in(side.person), f"/claims/{claim.reference}/") == once
        assert len(time_of(Claim.objects.get(pk=claim.pk), side.person).deadlines) == 8


# --- Why this date? ----------------------------------------------------------------------------------------


def test_a_dispute_window_says_that_it_counts_calendar_days(side: Side, reviewer: User) -> None:
    with time_machine.travel(MONDAY, tick=False):
        claim = make_under_review(reviewer, make_submitted(side))
        reject(reference=claim.reference, by=reviewer, reasons=[Reason.PROOF_MISSING], text="It is missing.")
    window = claim.deadlines.get(kind="dispute_window")
    assert due.why(window, is_partner=True) == (
        "30 calendar days are counted after the decision of 1 February 2027, in your firm's time zone"
        " (America/New_York); the time ends with the last of them."
    )
    assert "the partner firm's time zone" in due.why(window, is_partner=False)


def test_a_customers_window_says_from_when_it_counts_and_stands_in_the_panel(side: Side, reviewer: User) -> None:
    with time_machine.travel(MONDAY, tick=False):
        claim = make_under_review(reviewer, make_submitted(side))
        approve(reference=claim.reference, by=reviewer)
        assert next_panel(claim, side.person).due is None
        claim = tell_customer(reference=claim.reference, decision=claim.events.get(verb=Act.APPROVE), at=timezone.now())
        window = claim.deadlines.get(kind="customer_window")
        panel = next_panel(claim, side.person)
    assert due.why(window, is_partner=True) == (
        "7 calendar days are counted after 1 February 2027, when the customer was told, in the time zone of"
        " Microsoft's review site (America/Los_Angeles); the time ends with the last of them."
    )
    assert (panel.due, panel.who) == (window.due_at, "The customer, who may decline")
    assert panel.ics == f"/claims/{claim.reference}/deadlines/{window.pk}.ics"
    after = next_panel(claim, reviewer, now=window.due_at + timedelta(seconds=1))
    assert (after.due, after.who) == (None, "Nobody has to act")


def test_a_draft_says_when_it_is_deleted_and_why(side: Side) -> None:
    with time_machine.travel(MONDAY, tick=False):
        draft = start_draft(by=side.person)
        panel = next_panel(draft, side.person)
        page = words_of(signed_in(side.person).get(f"/claims/{draft.reference}/").content.decode())
    expiry = draft.deadlines.get()
    assert "If nobody edits it, it is deleted at the end of 2 May 2027." in panel.text
    assert panel.due is None
    assert "Deletion of an unused draft Running Who acts Your firm By when 2 May 2027, 23:59 EDT" in page
    assert due.why(expiry, is_partner=True) == (
        "A draft that nobody edits for 90 days is deleted. This one was last edited on 1 February 2027 (time zone"
        " America/New_York); each edit lets the time begin anew."
    )
    expiry.due_at += timedelta(days=4)
    assert "nothing is deleted sooner than 7 days after it" in due.why(expiry, is_partner=True)


def test_closures_and_worked_holidays_of_the_day_when_it_was_set_are_told(side: Side, reviewer: User) -> None:
    CalendarException.objects.create(firm=side.firm, day="2027-02-03", kind=DayKind.CLOSED, reason="Moving house")
    CalendarException.objects.create(firm=side.firm, day="2027-02-06", kind=DayKind.WORKED, reason="Inventory")
    CalendarException.objects.create(firm=side.firm, day="2027-02-15", kind=DayKind.WORKED, reason="Deadline")
    with time_machine.travel(datetime(2027, 2, 2, 20, tzinfo=UTC), tick=False):
        claim = make_asked(reviewer, make_submitted(side))
    with time_machine.travel(datetime(2027, 2, 12, 20, tzinfo=UTC), tick=False):
        other = make_asked(reviewer, make_submitted(side))
    CalendarException.objects.all().delete()
    told = due.why(claim.deadlines.get(kind="partner_answer"), is_partner=True)
    assert "3 February 2027 (closed)" in told
    assert "6 February 2027 is a working day there, although it falls on a weekend." in told
    later = due.why(other.deadlines.get(kind="partner_answer"), is_partner=True)
    assert "15 February 2027 is a working day there, although it would otherwise be a day off." in later
    assert "fixed when the time began" not in told + later
