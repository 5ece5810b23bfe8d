"""Taking the next claim, handing it back, taking a round over: who gets what, and who hears of it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from arbitration.acts.absence import declare_absence
from arbitration.acts.approve import approve
from arbitration.acts.assign import assign
from arbitration.acts.bars import declare_bar
from arbitration.acts.hand_back import hand_back
from arbitration.acts.limits import set_load_limit
from arbitration.acts.start import start_review
from arbitration.acts.take import PORTION, take_next
from arbitration.models import Desk, Review
from claims.acts.resubmit import resubmit
from claims.acts.withdraw import withdraw
from claims.history import sentence
from claims.models import Claim, ClaimLine, Comment
from claims.permissions import visible_comments, visible_events
from claims.words import Audience, Outcome, Status
from cpor_portal.accounts.models import StaffRole, User
from cpor_portal.faults import Conflict, Fault, NotAllowed
from cpor_portal.notifications.models import OutboxMail
from tests.support.factories import make_person, make_staff, make_workload
from tests.support.stories import make_asked, make_customer, make_side, make_submitted, make_under_review

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as moving:
        yield moving


@pytest.fixture
def arbiter() -> User:
    return make_staff(StaffRole.ARBITER, name="Ari Arbiter")


@pytest.fixture
def robin() -> User:
    return make_staff(name="Robin Reviewer")


@pytest.fixture
def sam() -> User:
    return make_staff(name="Sam Second")


def again(claim: Claim) -> Claim:
    return Claim.objects.get(pk=claim.pk)


def told(kind: str) -> list[str]:
    return sorted(OutboxMail.objects.filter(kind=kind).values_list("recipient", flat=True))


def desk_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def code_of(act: Any, **arguments: Any) -> str:
    with pytest.raises(Fault) as excinfo:
        act(**arguments)
    return excinfo.value.code


# --- The next claim ----------------------------------------------------------------------------------------


def test_the_next_claim_is_what_is_due_first_whether_nobody_has_it_or_it_is_ones_own(
    robin: User, sam: User, clock: time_machine.Traveller
) -> None:
    asked = make_asked(robin)
    first = make_submitted()
    clock.shift(timedelta(days=1))
    resubmit(reference=asked.reference, by=asked.submitted_by)
    clock.shift(timedelta(days=1))
    last = make_submitted()
    assert [take_next(by=robin) for _time in range(4)] == [first, asked, last, None]
    assert not take_next(by=sam)


def test_what_a_colleague_left_behind_is_taken_with_its_round(robin: User, sam: User) -> None:
    claim = make_under_review(sam)
    hand_back(reference=claim.reference, by=sam, note="I know nothing of Teams.")
    taken = take_next(by=robin)
    assert taken == claim
    assert (again(claim).reviewer, again(claim).status) == (robin, Status.UNDER_REVIEW)
    assert [review.reviewer for review in Review.objects.filter(claim=claim)] == [sam]
    assert approve(reference=claim.reference, by=robin).status == Status.APPROVED


@pytest.mark.parametrize("change", [{"is_active": False}, {"staff_role": StaffRole.PORTAL_ADMIN}, {"staff_role": ""}])
def test_what_somebody_had_who_left_is_free_for_all(robin: User, sam: User, change: dict[str, Any]) -> None:
    claims = {make_under_review(sam), make_submitted()}
    assign(reference=max(claims, key=lambda claim: claim.pk).reference, by=_arbiter(), reviewer_email=sam.email)
    assert take_next(by=robin) is None
    User.objects.filter(pk=sam.pk).update(**change)
    assert {take_next(by=robin), take_next(by=robin)} == claims
    assert take_next(by=robin) is None


def _arbiter() -> User:
    return make_staff(StaffRole.ARBITER)


def test_a_round_that_waits_for_a_rival_alone_is_nobodys_next_claim(robin: User, sam: User) -> None:
    claim = make_under_review(sam)
    hand_back(reference=claim.reference, by=sam, note="It waits for its rival.")
    ClaimLine.objects.filter(claim=claim).update(outcome=Outcome.VERIFIED)
    assert take_next(by=robin) is None


def test_claims_that_bar_a_reviewer_are_passed_over_however_many_they_are(robin: User) -> None:
    """More than one portion of them, made by copying one row: what is next stands behind them all."""
    barred, workload = make_submitted(), make_workload()
    free = make_submitted(make_side(), make_customer(workload), workload)
    _copies(barred, PORTION + 10, before=free)
    declare_bar(by=robin, person=robin, firm=barred.firm, reason="My sister works there.")
    assert take_next(by=robin) == free
    assert take_next(by=robin) is None


def _copies(claim: Claim, count: int, *, before: Claim) -> None:
    assert before.due_at is not None
    values = {field.attname: getattr(claim, field.attname) for field in Claim._meta.concrete_fields}
    values.pop("id")
    made = Claim.objects.bulk_create(
        Claim(**{**values, "reference": f"C-222222{number:02d}", "due_at": before.due_at - timedelta(days=1)})
        for number in range(22, 22 + count)
    )
    ClaimLine.objects.bulk_create(
        ClaimLine(claim=copy, firm=copy.firm, product=claim.lines.get().product, outcome=Outcome.PENDING)
        for copy in made
    )


def test_taking_costs_the_same_whether_one_claim_waits_or_thirty(
    robin: User, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    side, workload = make_side(), make_workload()
    make_submitted(side, make_customer(workload), workload)
    take_next(by=robin)  # makes the desk
    counts = []
    for number in (1, 30):
        for _claim in range(number):
            make_submitted(side, make_customer(workload), workload)
        with django_assert_max_num_queries(60) as asked:
            assert take_next(by=robin) is not None
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_nobody_but_reviewers_and_arbiters_takes(arbiter: User) -> None:
    claim = make_submitted()
    for person in (claim.submitted_by, make_staff(StaffRole.PORTAL_ADMIN), make_person()):
        assert person is not None
        with pytest.raises(NotAllowed):
            take_next(by=person)
    assert take_next(by=arbiter) == claim


# --- Limits ------------------------------------------------------------------------------------------------


def test_beyond_the_limit_nobody_takes_or_starts_and_the_page_says_what_helps(robin: User, settings: Settings) -> None:
    settings.REVIEWER_LOAD_LIMIT = 1
    make_under_review(robin)
    waiting = make_submitted()
    assert code_of(take_next, by=robin) == "load_limit_reached"
    assert code_of(start_review, reference=waiting.reference, by=robin) == "load_limit_reached"
    answer = desk_of(robin).post("/review/take-next/")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'data-code="load_limit_reached"' in page
    assert "Decide one or hand one back, or ask an arbiter for a higher limit." in page
    assert again(waiting).reviewer is None


def test_what_waits_for_its_partner_is_no_load_and_ones_own_answers_come_in_spite_of_the_limit(
    robin: User, settings: Settings
) -> None:
    settings.REVIEWER_LOAD_LIMIT = 1
    asked = make_asked(robin)
    assert take_next(by=robin) is None
    make_under_review(robin)
    resubmit(reference=asked.reference, by=asked.submitted_by)
    assert take_next(by=robin) == asked
    assert code_of(take_next, by=robin) == "load_limit_reached"


def test_a_limit_of_ones_own_counts_more_than_everybodys(arbiter: User, robin: User, settings: Settings) -> None:
    settings.REVIEWER_LOAD_LIMIT = 1
    for limit, may_take in ((2, True), (2, True), (2, False), (0, True), (None, False), (3, False)):
        set_load_limit(by=arbiter, person=robin, load_limit=limit)
        make_submitted()
        if may_take:
            assert take_next(by=robin) is not None
        else:
            assert code_of(take_next, by=robin) == "load_limit_reached"


def test_a_limit_is_set_by_arbiters_within_reason(arbiter: User, robin: User) -> None:
    assert code_of(set_load_limit, by=robin, person=robin, load_limit=3) == "arbiters_only"
    for limit in (-1, 1_001):
        assert code_of(set_load_limit, by=arbiter, person=robin, load_limit=limit) == "load_limit_impossible"
    assert code_of(set_load_limit, by=arbiter, person=make_person(), load_limit=3) == "reviewers_only"
    assert not Desk.objects.exclude(load_limit=None).exists()


def test_whoever_has_enough_or_is_away_is_given_more_only_knowingly(
    arbiter: User, robin: User, sam: User, settings: Settings
) -> None:
    settings.REVIEWER_LOAD_LIMIT = 1
    make_under_review(robin)
    today = NOON.date()
    declare_absence(by=sam, person=sam, first_day=today, last_day=today)
    for person, code in ((robin, "load_limit_reached"), (sam, "reviewer_absent")):
        claim = make_submitted()
        answer = desk_of(arbiter).post(
            f"/review/{claim.reference}/assign/",
            {"reviewer": person.email, "note": "Kept.", "version": claim.version},
        )
        page = answer.content.decode()
        assert answer.status_code == 422
        assert f'data-code="{code}"' in page
        assert 'name="despite_load"' in page
        assert "Kept." in page
        data = {"reviewer": person.email, "despite_load": "on", "version": claim.version}
        assert desk_of(arbiter).post(f"/review/{claim.reference}/assign/", data).status_code == 302
        assert again(claim).reviewer == person


# --- Handing back ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [make_under_review, make_asked], ids=["under_review", "asked"])
def test_handing_back_moves_no_deadline_and_tells_the_firm_nothing(robin: User, make: Any) -> None:
    claim = make(robin)
    before, deadlines, mails = again(claim), list(claim.deadlines.values()), OutboxMail.objects.count()
    client = desk_of(claim.submitted_by)
    pages = [client.get(f"/claims/{claim.reference}/{part}").content for part in ("", "history/")]
    hand_back(reference=claim.reference, by=robin, note="  I am on another case.\n", version=claim.version)
    after = again(claim)
    assert (after.reviewer, after.status, after.version) == (None, before.status, before.version + 1)
    assert (after.edited_at, after.edited_by, after.due_at) == (before.edited_at, before.edited_by, before.due_at)
    assert list(claim.deadlines.values()) == deadlines
    said = Comment.objects.filter(claim=claim).latest("pk")
    assert (said.body, said.audience) == ("I am on another case.", Audience.INTERNAL)
    event = claim.events.get(verb="hand_back")
    assert (event.audience, event.data["why"]) == (Audience.INTERNAL, "note")
    assert sentence(event, reader=robin) == "Robin Reviewer handed the claim back to the queue."
    assert OutboxMail.objects.count() == mails
    assert not visible_events(claim.submitted_by, claim).filter(verb="hand_back").exists()
    assert not visible_comments(claim.submitted_by, claim).filter(pk=said.pk).exists()
    now = [client.get(f"/claims/{claim.reference}/{part}").content for part in ("", "history/")]
    assert [b"another case" in page for page in now] == [False, False]
    assert [len(page) for page in now] == [len(page) for page in pages]


def test_a_partner_s_page_stays_good_when_a_claim_changes_hands(robin: User, sam: User) -> None:
    claim = make_asked(robin)
    hand_back(reference=claim.reference, by=robin, note="Somebody else, please.")
    assert resubmit(reference=claim.reference, by=claim.submitted_by, version=claim.version)
    reviewed = make_under_review(robin)
    hand_back(reference=reviewed.reference, by=robin, note="Somebody else, please.")
    start_review(reference=reviewed.reference, by=sam)
    assert withdraw(reference=reviewed.reference, by=reviewed.submitted_by, version=reviewed.version)


def test_a_reviewer_says_why_and_an_arbiter_who_takes_a_claim_away_has_it_told(
    arbiter: User, robin: User, sam: User
) -> None:
    claim = make_under_review(robin)
    assert code_of(hand_back, reference=claim.reference, by=robin, note=" \n") == "note_required"
    assert code_of(hand_back, reference=claim.reference, by=sam, note="Mine.") == "somebody_else_has_it"
    assert code_of(hand_back, reference=claim.reference, by=robin, note="x" * 10_001) == "comment_too_long"
    assert again(claim).version == claim.version
    hand_back(reference=claim.reference, by=arbiter, note="Robin has enough.")
    assert told("returned") == [robin.email]
    mail = OutboxMail.objects.get(kind="returned")
    assert "Ari Arbiter has put this claim, which you had, back into the queue." in mail.text
    assert "Robin has enough." in mail.text
    said = sentence(claim.events.get(verb="hand_back"), reader=sam)
    assert said == "Ari Arbiter put the claim back into the queue; before, Robin Reviewer had it."
    assert code_of(hand_back, reference=claim.reference, by=arbiter, note="") == "nobody_has_it"


def test_handing_back_from_an_old_page_is_a_conflict_and_what_was_typed_is_kept(
    arbiter: User, robin: User, sam: User
) -> None:
    claim = make_under_review(robin)
    assign(reference=claim.reference, by=arbiter, reviewer_email=sam.email)
    data = {"note": "Kept text.", "version": claim.version}
    answer = desk_of(robin).post(f"/review/{claim.reference}/hand-back/", data)
    assert answer.status_code == 409
    assert "Kept text." in answer.content.decode()
    assert again(claim).reviewer == sam


def test_a_claim_is_handed_back_in_the_workspace_and_taken_over_there_by_somebody_else(robin: User, sam: User) -> None:
    claim = make_under_review(robin)
    page = desk_of(robin).get(f"/review/{claim.reference}/").content.decode()
    assert f'action="/review/{claim.reference}/hand-back/"' in page
    empty = desk_of(robin).post(f"/review/{claim.reference}/hand-back/", {"note": "", "version": claim.version})
    assert empty.status_code == 422
    assert 'data-code="note_required"' in empty.content.decode()
    data = {"note": "I read no Hungarian.", "version": claim.version}
    assert desk_of(robin).post(f"/review/{claim.reference}/hand-back/", data).status_code == 302
    page = desk_of(sam).get(f"/review/{claim.reference}/").content.decode()
    assert "Take the claim over" in page
    assert "I read no Hungarian." in page
    version = again(claim).version
    assert desk_of(sam).post(f"/review/{claim.reference}/start/", {"version": version}).status_code == 302
    assert again(claim).reviewer == sam
    event = claim.events.get(verb="take")
    assert (event.audience, sentence(event, reader=sam)) == (Audience.INTERNAL, "Sam Second took the claim over.")


def test_a_round_that_a_colleague_has_is_not_taken_over(robin: User, sam: User) -> None:
    claim = make_under_review(robin)
    with pytest.raises(Conflict, match="claim_has_moved_on"):
        start_review(reference=claim.reference, by=sam)
    assert start_review(reference=claim.reference, by=robin).version == claim.version
