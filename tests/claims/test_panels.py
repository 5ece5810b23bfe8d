"""What happens next, by when, who acts: for every status, and why the date is the date."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone, translation

from arbitration.acts.reject import reject
from arbitration.enforcement import enforce
from claims import due
from claims.models import Claim
from claims.panels import FOR_PARTNER, FOR_REVIEWER, next_panel
from claims.words import Reason, Status
from cpor_portal.accounts.models import PartnerRole, User
from tests.support.factories import make_person, make_staff
from tests.support.stories import Side, make_asked, make_side, make_submitted, make_under_review

pytestmark = pytest.mark.django_db

SUNDAY = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)


@pytest.fixture
def side() -> Side:
    return make_side("Contoso Partners")


@pytest.fixture
def reviewer() -> User:
    return make_staff(name="Riley Reviewer")


@pytest.mark.parametrize("words", [FOR_PARTNER, FOR_REVIEWER])
def test_every_status_has_its_words(words: dict[Status, object]) -> None:
    assert set(words) == set(Status)


@pytest.mark.parametrize("status", Status)
def test_every_status_has_a_panel_for_both_sides(side: Side, reviewer: User, status: Status) -> None:
    claim = make_submitted(side)
    claim.status = status
    for reader in (side.person, reviewer):
        panel = next_panel(claim, reader)
        assert panel.title
        assert panel.text
        assert panel.who


def test_while_microsoft_owes_the_decision_the_panel_says_so_and_until_when(side: Side, reviewer: User) -> None:
    submitted = make_submitted(side)
    for claim in (submitted, make_under_review(reviewer, submitted)):
        panel = next_panel(claim, side.person)
        assert (panel.who, panel.due) == ("Microsoft", claim.due_at)
        assert "Riley" not in panel.title + panel.text + panel.who


def test_the_reviewer_reads_who_has_the_claim_and_for_whom_it_waits(side: Side, reviewer: User) -> None:
    claim = make_submitted(side)
    assert next_panel(claim, reviewer).who == "Any reviewer"
    claim = make_under_review(reviewer, claim)
    assert next_panel(claim, make_staff()).who == "Riley Reviewer"
    assert next_panel(claim, reviewer).kind == "you"
    claim = make_asked(reviewer, make_submitted(side))
    assert next_panel(claim, reviewer).who == "Contoso Partners"


def test_the_partner_must_act_and_who_may_not_is_told_who_can(side: Side, reviewer: User) -> None:
    claim = make_asked(reviewer, make_submitted(side))
    panel = next_panel(claim, side.person)
    assert (panel.kind, panel.who, panel.due) == ("you", "Your firm", claim.due_at)
    helper = make_person(side.firm, PartnerRole.INCENTIVES_USER)
    assert "An admin of your firm" in next_panel(claim, helper).text


def test_a_missed_date_is_said_and_blamed_on_nobody_else(side: Side, reviewer: User) -> None:
    claim = make_submitted(side)
    assert claim.due_at
    panel = next_panel(claim, side.person, now=claim.due_at + timedelta(seconds=1))
    assert panel.kind == "overdue"
    assert "You need not do anything" in panel.text
    assert next_panel(claim, side.person, now=claim.due_at).kind == ""


def test_why_names_the_calendar_and_every_day_off() -> None:
    with time_machine.travel(SUNDAY, tick=False):
        claim = make_submitted()
    deadline = claim.deadlines.get()
    text = due.why(deadline, is_partner=True)
    assert "5 business days are counted after 22 November 2026" in text
    assert "Microsoft's review site (United States, time zone America/Los_Angeles)" in text
    assert "Weekends are not counted." in text
    assert "26 November 2026 (Thanksgiving Day)" in text
    with translation.override("hu"):
        assert "Egyesült Államok" in due.why(deadline, is_partner=True)


def test_a_date_that_came_from_no_calendar_takes_no_page_down(side: Side) -> None:
    deadline = make_submitted(side).deadlines.get()
    deadline.due_at = deadline.started_at - timedelta(days=2)
    assert due.why(deadline, is_partner=True).startswith("The date was fixed")


def test_why_speaks_of_the_firms_own_calendar_to_each_side_in_its_words(side: Side, reviewer: User) -> None:
    deadline = make_asked(reviewer, make_submitted(side)).deadlines.running().get()
    assert "in your firm's calendar" in due.why(deadline, is_partner=True)
    assert "in the partner firm's calendar" in due.why(deadline, is_partner=False)


@pytest.mark.parametrize(
    ("asked_on", "sentence"),
    [
        (5, "8 August 2026 is a working day there, although it falls on a weekend."),
        (18, "20 August 2026 (State Foundation Day); 21 August 2026 (a day off that is worked on 8 August 2026)."),
    ],
)
def test_days_that_hungary_exchanges_are_named(side: Side, reviewer: User, asked_on: int, sentence: str) -> None:
    side.firm.country, side.firm.time_zone = "HU", "Europe/Budapest"
    side.firm.save()
    with time_machine.travel(datetime(2026, 8, asked_on, 9, 0, tzinfo=UTC), tick=False):
        claim = make_asked(reviewer, make_submitted(side))
    assert sentence in due.why(claim.deadlines.running().get(), is_partner=True)


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(hours=1), "due today"),
        (timedelta(days=1), "due tomorrow"),
        (timedelta(days=4), "due in 4 days"),
        (timedelta(hours=-1), "overdue since today"),
        (timedelta(days=-1), "1 day overdue"),
        (timedelta(days=-3), "3 days overdue"),
    ],
)
def test_how_far_off_a_date_is(ahead: timedelta, words: str) -> None:
    now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    assert due.in_words(now + ahead, now, "UTC") == words


@pytest.mark.parametrize("readers", ["America/Los_Angeles", "Europe/Budapest"])
def test_how_far_off_a_date_is_counts_the_days_of_whoever_owes_it(readers: str) -> None:
    now = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
    end_of_day_in_seattle = datetime(2026, 11, 23, 7, 59, 59, tzinfo=UTC)
    with timezone.override(readers):
        assert due.in_words(end_of_day_in_seattle, now, "America/Los_Angeles") == "due today"
        assert due.in_words(end_of_day_in_seattle, now, "Europe/Budapest") == "due tomorrow"


@pytest.mark.parametrize(("readers", "elsewhere"), [("Europe/Budapest", True), ("America/Vancouver", False)])
def test_a_reader_in_another_time_zone_gets_the_owners_date_and_their_own_time(
    client: Client, side: Side, readers: str, elsewhere: bool
) -> None:
    User.objects.filter(pk=side.person.pk).update(time_zone=readers)
    with time_machine.travel(SUNDAY, tick=False):
        claim = make_submitted(side)
        client.force_login(side.person)
        page = client.get(f"/claims/{claim.reference}/").content.decode()
        row = client.get("/claims/").content.decode()
    assert "Monday 30 November 2026, 23:59 (PST)</time>" in page
    assert ("In your own time zone that is" in page) == elsewhere
    assert ("Tuesday 1 December 2026, 08:59 (CET)</time>." in page) == elsewhere
    assert "30 Nov 2026, 23:59 PST</time>" in row
    assert "due in 8 days" in row


def test_the_queue_shows_the_partners_deadline_in_the_partners_calendar(
    client: Client, side: Side, reviewer: User
) -> None:
    side.firm.country, side.firm.time_zone = "HU", "Europe/Budapest"
    side.firm.save()
    with time_machine.travel(SUNDAY, tick=False):
        make_asked(reviewer, make_submitted(side))
        client.force_login(reviewer)
        page = client.get("/review/?status=partner_action_required").content.decode()
    assert "27 Nov 2026, 23:59 CET</time>" in page


def test_the_panel_costs_at_most_two_queries(side: Side, reviewer: User, django_assert_max_num_queries: object) -> None:
    claim = Claim.objects.select_related("firm", "reviewer").get(
        pk=make_under_review(reviewer, make_submitted(side)).pk
    )
    next_panel(claim, side.person)
    with django_assert_max_num_queries(2):  # type: ignore[operator]
        next_panel(claim, side.person)


def test_what_was_enforced_as_missed_is_late_though_the_clock_has_not_come_that_far(side: Side, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_submitted(side))
    assert claim.due_at
    enforce(now=claim.due_at + timedelta(minutes=1))
    assert timezone.now() < claim.due_at
    for reader in (side.person, reviewer):
        panel = next_panel(claim, reader)
        assert (panel.kind, panel.title) == ("overdue", "The decision is late")


def test_an_answer_that_is_late_is_so_for_the_reviewer_too(side: Side, reviewer: User) -> None:
    claim = make_asked(reviewer, make_submitted(side))
    assert claim.due_at
    panel = next_panel(claim, reviewer, now=claim.due_at + timedelta(seconds=1))
    assert (panel.kind, panel.title) == ("overdue", "The partner's answer is late")


def test_a_rejection_says_until_when_and_how_it_can_be_disputed_and_what_gives_that_up(
    client: Client, side: Side, reviewer: User
) -> None:
    with time_machine.travel(SUNDAY, tick=False):
        claim = make_under_review(reviewer, make_submitted(side))
        reject(reference=claim.reference, by=reviewer, reasons=[Reason.PROOF_MISSING], text="It is missing.")
        claim = Claim.objects.get(pk=claim.pk)
        panel = next_panel(claim, side.person)
        helper = next_panel(claim, make_person(side.firm, PartnerRole.INCENTIVES_USER))
        desk = next_panel(claim, reviewer)
        client.force_login(side.person)
        page = client.get(f"/claims/{claim.reference}/").content.decode()
    window = claim.deadlines.get(kind="dispute_window")
    assert (panel.kind, panel.due, panel.who) == ("closed", window.due_at, "Your firm, which may dispute it")
    assert panel.why == due.why(window, is_partner=True)
    for words in (panel.text, page):
        assert "You can dispute the decision until the end of 22 December 2026" in words
        assert f"write to {settings.SUPPORT_ADDRESS}, name the claim {claim.reference}" in words
        assert "filing a product anew gives up the dispute about it" in words
    assert "An admin of your firm can dispute the decision until the end of 22 December 2026" in helper.text
    assert (desk.due, desk.who) == (window.due_at, "The partner, who may dispute it")


def test_when_the_time_to_dispute_is_over_a_rejection_speaks_of_it_no_more(side: Side, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_submitted(side))
    reject(reference=claim.reference, by=reviewer, reasons=[Reason.PROOF_MISSING], text="It is missing.")
    claim = Claim.objects.get(pk=claim.pk)
    after = claim.deadlines.get(kind="dispute_window").due_at + timedelta(seconds=1)
    for reader in (side.person, reviewer):
        panel = next_panel(claim, reader, now=after)
        assert (panel.due, panel.who) == (None, "Nobody has to act")
        assert "dispute" not in panel.text
