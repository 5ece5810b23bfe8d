"""An arbiter gives a claim to a reviewer: who then has it, who is told, and what a partner never learns of it."""

import re
from functools import partial

import pytest
from django.test import Client
from django.utils import timezone

from arbitration.acts.approve import approve
from arbitration.acts.assign import assign
from arbitration.acts.start import start_review
from arbitration.acts.take import take_next
from arbitration.load import loads
from arbitration.models import Review
from claims.acts.resubmit import resubmit
from claims.acts.withdraw import withdraw
from claims.history import sentence
from claims.models import Claim, Comment, Event
from claims.permissions import visible_comments, visible_events
from claims.words import Audience, Status
from cpor_portal.accounts.models import StaffRole, User
from cpor_portal.faults import Conflict, NotAllowed, Refused
from cpor_portal.notifications.models import OutboxMail
from tests.support.factories import make_person, make_staff, make_workload
from tests.support.stories import make_asked, make_customer, make_side, make_submitted, make_under_review
from tests.support.together import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def times(pytestconfig: pytest.Config) -> range:
    """How often each race is run: a few times day by day, and fifty with `--long`."""
    return range(50 if pytestconfig.getoption("--long") else 6)


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
    """Who has a mail of this kind in the outbox."""
    return sorted(OutboxMail.objects.filter(kind=kind).values_list("recipient", flat=True))


def code_of(excinfo: pytest.ExceptionInfo[Refused]) -> tuple[str, str]:
    return excinfo.value.code, excinfo.value.field


# --- What it changes ---------------------------------------------------------------------------------------


def test_a_submitted_claim_stays_submitted_and_waits_for_its_reviewer_alone(arbiter: User, robin: User) -> None:
    claim, colleague = make_submitted(), make_staff()
    assign(reference=claim.reference, by=arbiter, reviewer_email=robin.email)
    assert (again(claim).status, again(claim).reviewer) == (Status.SUBMITTED, robin)
    assert take_next(by=colleague) is None
    with pytest.raises(Conflict, match="somebody_else_has_it"):
        start_review(reference=claim.reference, by=colleague)
    assert take_next(by=robin) == claim


def test_a_claim_under_review_changes_hands_and_the_round_stays_whose_it_was(
    arbiter: User, robin: User, sam: User
) -> None:
    claim = make_under_review(robin)
    assign(reference=claim.reference, by=arbiter, reviewer_email=sam.email)
    with pytest.raises(Conflict, match="somebody_else_has_it"):
        approve(reference=claim.reference, by=robin)
    assert approve(reference=claim.reference, by=sam).status == Status.APPROVED
    review = Review.objects.get(claim=claim)
    assert (review.reviewer, review.decision) == (robin, "approved")
    assert claim.events.get(verb="approve").actor == sam


def test_the_answer_of_an_asked_partner_goes_to_the_new_reviewer(arbiter: User, robin: User, sam: User) -> None:
    claim = make_asked(robin)
    assign(reference=claim.reference, by=arbiter, reviewer_email=sam.email)
    assert again(claim).status == Status.PARTNER_ACTION_REQUIRED
    resubmit(reference=claim.reference, by=claim.submitted_by)
    assert take_next(by=robin) is None
    assert take_next(by=sam) == claim
    assert [review.reviewer for review in Review.objects.filter(claim=claim)] == [robin, sam]


def test_no_deadline_moves_and_there_is_one_internal_event(arbiter: User, robin: User) -> None:
    claim = make_submitted()
    deadlines = list(claim.deadlines.values())
    assign(reference=claim.reference, by=arbiter, reviewer_email=robin.email, version=claim.version)
    assert list(claim.deadlines.values()) == deadlines
    assert again(claim).due_at == claim.due_at
    event = claim.events.get(verb="assign")
    assert (event.actor, event.audience, event.status_before, event.status_after) == (
        arbiter,
        Audience.INTERNAL,
        Status.SUBMITTED,
        Status.SUBMITTED,
    )
    assert sentence(event, reader=arbiter) == "Ari Arbiter assigned the claim to Robin Reviewer."


def test_the_history_says_who_had_it_before(arbiter: User, robin: User, sam: User) -> None:
    claim = make_under_review(robin)
    assign(reference=claim.reference, by=arbiter, reviewer_email=sam.email)
    said = sentence(claim.events.get(verb="assign"), reader=sam)
    assert said == "Ari Arbiter assigned the claim to Sam Second; before, Robin Reviewer had it."


def test_an_arbiter_can_be_given_a_claim_and_take_it_themselves(arbiter: User, robin: User) -> None:
    claim = make_under_review(robin)
    assign(reference=claim.reference, by=arbiter, reviewer_email=arbiter.email)
    assert again(claim).reviewer == arbiter


def test_an_address_may_be_written_in_capitals_and_with_blanks(arbiter: User, robin: User) -> None:
    claim = make_submitted()
    assign(reference=claim.reference, by=arbiter, reviewer_email=f"  {robin.email.upper()} ")
    assert again(claim).reviewer == robin


# --- Who is told -------------------------------------------------------------------------------------------


def test_the_new_reviewer_and_the_one_before_are_told_and_the_firm_is_not(
    arbiter: User, robin: User, sam: User
) -> None:
    claim = make_under_review(robin)
    before = OutboxMail.objects.count()
    assign(reference=claim.reference, by=arbiter, reviewer_email=sam.email, note="Robin is away until May.")
    assert (told("assigned"), told("unassigned")) == ([sam.email], [robin.email])
    assert OutboxMail.objects.count() == before + 2
    assert "Robin is away until May." in OutboxMail.objects.get(kind="assigned").text


def test_the_note_is_an_internal_comment(arbiter: User, robin: User) -> None:
    claim = make_submitted()
    assign(reference=claim.reference, by=arbiter, reviewer_email=robin.email, note="  You know this customer.\n")
    said = Comment.objects.get()
    assert (said.body, said.audience, said.author) == ("You know this customer.", Audience.INTERNAL, arbiter)
    assert not visible_comments(claim.submitted_by, claim).exists()


def test_a_partner_sees_nothing_of_it(client: Client, arbiter: User, robin: User) -> None:
    claim = make_submitted()
    client.force_login(claim.submitted_by)
    pages = [f"/claims/{claim.reference}/", f"/claims/{claim.reference}/history/", "/claims/"]
    tokens = re.compile(r'(nonce|value|content)="[A-Za-z0-9+/=_-]{20,}"')
    before = [tokens.sub("", client.get(page).content.decode()) for page in pages]
    assign(reference=claim.reference, by=arbiter, reviewer_email=robin.email, note="A secret word.")
    now = [tokens.sub("", client.get(page).content.decode()) for page in pages]
    # The page's own version apart, which is a number in a hidden field.
    assert now == before
    assert not visible_events(claim.submitted_by, claim).filter(verb="assign").exists()


def test_a_page_that_the_partner_has_open_stays_good(arbiter: User, robin: User, sam: User) -> None:
    asked, submitted = make_asked(robin), make_submitted()
    for claim in (asked, submitted):
        assign(reference=claim.reference, by=arbiter, reviewer_email=sam.email)
    assert resubmit(reference=asked.reference, by=asked.submitted_by, version=asked.version)
    assert withdraw(reference=submitted.reference, by=submitted.submitted_by, version=submitted.version)


# --- What is refused ---------------------------------------------------------------------------------------


def test_only_a_reviewer_who_can_sign_in_can_be_given_a_claim(arbiter: User) -> None:
    claim = make_submitted()
    nobodys = ["", "nobody@microsoft.example", claim.submitted_by.email, make_staff(StaffRole.PORTAL_ADMIN).email]
    nobodys += [make_staff(is_active=False).email, make_person().email]
    for address in nobodys:
        with pytest.raises(Refused) as excinfo:
            assign(reference=claim.reference, by=arbiter, reviewer_email=address)
        assert code_of(excinfo) == ("reviewer_unknown", "reviewer")
    assert again(claim).reviewer is None
    assert not claim.events.filter(verb="assign").exists()


def test_whoever_has_the_claim_is_not_given_it_again_even_from_an_old_page(arbiter: User, robin: User) -> None:
    claim = make_submitted()
    assign(reference=claim.reference, by=arbiter, reviewer_email=robin.email, version=claim.version)
    for version in (None, claim.version, again(claim).version):
        with pytest.raises(Refused) as excinfo:
            assign(reference=claim.reference, by=arbiter, reviewer_email=robin.email, version=version)
        assert code_of(excinfo) == ("reviewer_has_it", "reviewer")
        assert str(excinfo.value.text) == "Robin Reviewer has this claim already."
    assert told("assigned") == [robin.email]


def test_a_note_that_is_too_long_changes_nothing(arbiter: User, robin: User) -> None:
    claim = make_submitted()
    with pytest.raises(Refused) as excinfo:
        assign(reference=claim.reference, by=arbiter, reviewer_email=robin.email, note="x" * 10_001)
    assert code_of(excinfo) == ("comment_too_long", "note")
    assert again(claim).reviewer is None


def test_a_page_that_is_out_of_date_gives_the_claim_to_nobody(arbiter: User, robin: User, sam: User) -> None:
    claim = make_submitted()
    assign(reference=claim.reference, by=make_staff(StaffRole.ARBITER), reviewer_email=robin.email)
    with pytest.raises(Conflict) as excinfo:
        assign(reference=claim.reference, by=arbiter, reviewer_email=sam.email, version=claim.version)
    assert "assigned the claim to Robin Reviewer" in str(excinfo.value.text)
    assert again(claim).reviewer == robin


def test_nobody_but_arbiters_assigns(robin: User, sam: User) -> None:
    claim = make_submitted()
    for person in (robin, claim.submitted_by, make_staff(StaffRole.PORTAL_ADMIN), make_person()):
        with pytest.raises(NotAllowed):
            assign(reference=claim.reference, by=person, reviewer_email=sam.email)


def test_a_closed_claim_is_given_to_nobody(arbiter: User, robin: User, sam: User) -> None:
    claim = make_under_review(robin)
    approve(reference=claim.reference, by=robin)
    with pytest.raises(Conflict):
        assign(reference=claim.reference, by=arbiter, reviewer_email=sam.email)


# --- In the workspace --------------------------------------------------------------------------------------


def desk_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_arbiters_choose_among_those_who_review_with_what_each_has(arbiter: User, robin: User, sam: User) -> None:
    claim = make_under_review(robin)
    make_under_review(sam)
    make_asked(sam)
    approve(reference=make_under_review(sam).reference, by=sam)
    make_staff(name="Gone Away", is_active=False)
    page = desk_of(arbiter).get(f"/review/{claim.reference}/").content.decode()
    form = page.partition('id="act-assign"')[2].partition("</details>")[0]
    assert re.findall(r"<option[^>]*>\s*([^<]+?)\s*</option>", form) == [
        "Choose a person",
        "Ari Arbiter (0 open claims)",
        "Sam Second (2 open claims)",
    ]


def test_counting_the_claims_of_thirty_reviewers_costs_as_much_as_of_one(
    django_assert_num_queries: object,
) -> None:
    make_under_review(make_staff())
    for number in (1, 30):
        while len(loads(timezone.now())) < number:
            make_staff()
        with django_assert_num_queries(4):  # type: ignore[operator]
            loads(timezone.now())


def test_reviewers_have_no_such_form(robin: User) -> None:
    page = desk_of(robin).get(f"/review/{make_under_review(robin).reference}/").content.decode()
    assert "act-assign" not in page


def test_a_claim_is_assigned_from_the_workspace(arbiter: User, robin: User) -> None:
    claim = make_submitted()
    data = {"reviewer": robin.email, "note": "Please be quick.", "version": claim.version}
    answer = desk_of(arbiter).post(f"/review/{claim.reference}/assign/", data)
    assert (answer.status_code, answer["Location"]) == (302, f"/review/{claim.reference}/")
    assert again(claim).reviewer == robin
    page = desk_of(robin).get(f"/review/{claim.reference}/").content.decode()
    assert "The claim waits for its reviewer" in page
    assert "The partner has answered" not in page
    assert "Please be quick." in page


@pytest.mark.parametrize("address", ["", "nobody@microsoft.example", "x" * 300])
def test_an_address_that_is_nobodys_comes_back_with_the_note(arbiter: User, address: str) -> None:
    claim = make_submitted()
    data = {"reviewer": address, "note": "Please <be> quick.", "version": claim.version}
    answer = desk_of(arbiter).post(f"/review/{claim.reference}/assign/", data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Please &lt;be&gt; quick." in page
    assert 'id="act-assign" open>' in page
    if len(address) < 255:
        assert 'data-code="reviewer_unknown"' in page
        assert 'href="#assign_reviewer"' in page
    assert again(claim).reviewer is None


def test_the_second_of_two_arbiters_gets_the_page_that_says_who_was_first(
    arbiter: User, robin: User, sam: User
) -> None:
    claim = make_submitted()
    assign(reference=claim.reference, by=arbiter, reviewer_email=robin.email)
    data = {"reviewer": sam.email, "note": "Kept text.", "version": claim.version}
    answer = desk_of(make_staff(StaffRole.ARBITER)).post(f"/review/{claim.reference}/assign/", data)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Ari Arbiter assigned the claim to Robin Reviewer." in page
    assert "Kept text." in page


def test_the_page_of_a_conflict_labels_what_was_typed_and_names_people_and_zones(
    arbiter: User, robin: User, sam: User
) -> None:
    claim = make_submitted()
    assign(reference=claim.reference, by=arbiter, reviewer_email=robin.email)
    data = {"reviewer": sam.email, "note": "Kept text.", "version": claim.version}
    late = make_staff(StaffRole.ARBITER, time_zone="America/Los_Angeles")
    page = desk_of(late).post(f"/review/{claim.reference}/assign/", data).content.decode()
    assert "Sam Second</pre>" in page
    assert sam.email not in page
    assert re.findall(r">\s*(Reviewer|Note|reviewer|note)\s*<", page) == ["Reviewer", "Note"]
    assert re.search(r"The last thing that happened on this claim, [^<]*\(P[SD]T\): Ari", page)


def test_reviewers_who_post_all_the_same_are_told_that_they_may_not(robin: User, sam: User) -> None:
    claim = make_under_review(robin)
    answer = desk_of(robin).post(f"/review/{claim.reference}/assign/", {"reviewer": sam.email})
    assert answer.status_code == 403
    assert "Only arbiters can do this." in answer.content.decode()
    assert again(claim).reviewer == robin


# --- At the same moment ------------------------------------------------------------------------------------


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
def test_two_arbiters_who_assign_at_once_one_wins_and_the_other_hears_of_it(times: range) -> None:
    arbiters = [make_staff(StaffRole.ARBITER) for _one in range(2)]
    reviewers, side, workload = [make_staff(), make_staff()], make_side(), make_workload()
    for _time in times:
        claim = make_submitted(side, make_customer(workload), workload)
        results = at_once(
            *(
                partial(assign, reference=claim.reference, by=by, reviewer_email=reviewer.email, version=claim.version)
                for by, reviewer in zip(arbiters, reviewers, strict=True)
            )
        )
        lost = [isinstance(result, Conflict) for result in results]
        assert sorted(lost) == [False, True], results
        assert again(claim).reviewer == reviewers[lost.index(False)]
        assert claim.events.filter(verb="assign").count() == 1
        assert OutboxMail.objects.filter(claim_reference=claim.reference, kind="assigned").count() == 1
        assert not OutboxMail.objects.filter(claim_reference=claim.reference, kind="unassigned").exists()


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
def test_a_decision_that_meets_an_assignment_comes_before_it_or_not_at_all(times: range) -> None:
    arbiter, reviewer, other = make_staff(StaffRole.ARBITER), make_staff(), make_staff()
    side, workload = make_side(), make_workload()
    for _time in times:
        claim = make_under_review(reviewer, make_submitted(side, make_customer(workload), workload))
        approved, assigned = at_once(
            partial(approve, reference=claim.reference, by=reviewer, version=claim.version),
            partial(assign, reference=claim.reference, by=arbiter, reviewer_email=other.email, version=claim.version),
        )
        stored = again(claim)
        assert isinstance(approved, Conflict) != isinstance(assigned, Conflict), (approved, assigned)
        if isinstance(assigned, Conflict):
            assert (stored.status, stored.reviewer) == (Status.APPROVED, reviewer)
        else:
            assert (stored.status, stored.reviewer) == (Status.UNDER_REVIEW, other)
        assert Event.objects.filter(claim=claim, verb__in=("approve", "assign")).count() == 1


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
def test_a_claim_that_is_taken_while_it_is_assigned_has_one_reviewer_and_one_review(times: range) -> None:
    arbiter, reviewer, other = make_staff(StaffRole.ARBITER), make_staff(), make_staff()
    side, workload = make_side(), make_workload()
    for _time in times:
        claim = make_submitted(side, make_customer(workload), workload)
        taken, assigned = at_once(
            partial(take_next, by=other),
            partial(assign, reference=claim.reference, by=arbiter, reviewer_email=reviewer.email),
        )
        assert isinstance(assigned, Claim)
        assert again(claim).reviewer == reviewer
        assert claim.reviews.count() == (1 if taken else 0)
