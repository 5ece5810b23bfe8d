"""Conflicts of interest, and many claims that change hands at once: who may not, and that it is all or nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from arbitration.acts.approve import approve
from arbitration.acts.assign import NotAllCan, assign, assign_many
from arbitration.acts.bars import declare_bar, declare_conflict, lift_bar
from arbitration.acts.hand_back import hand_back
from arbitration.acts.reject import reject
from arbitration.acts.start import start_review
from arbitration.acts.take import take_next
from arbitration.models import Bar
from arbitration.permissions import who_may_rule
from claims.history import sentence
from claims.models import Claim, Comment
from claims.words import Audience, Reason
from cpor_portal.accounts.models import StaffRole, User
from cpor_portal.faults import Fault
from cpor_portal.notifications.models import OutboxMail
from tests.support.factories import make_staff, make_workload
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


# --- Conflicts of interest ---------------------------------------------------------------------------------

REJECTION: dict[str, Any] = {"reasons": [Reason.PROOF_MISSING], "text": "It is about another customer."}


def test_whoever_hands_a_claim_back_is_not_given_it_again_but_may_take_it_over(robin: User, sam: User) -> None:
    first, second = make_submitted(), make_submitted()
    taken = take_next(by=robin)
    assert taken == first
    hand_back(reference=first.reference, by=robin, note="I do not know this product.")
    assert take_next(by=robin) == second
    assert take_next(by=robin) is None
    assert take_next(by=sam) == first
    hand_back(reference=first.reference, by=sam, note="Nor do I.")
    assert start_review(reference=first.reference, by=robin).reviewer == robin


def test_a_conflict_on_a_claim_hands_it_back_and_leaves_the_firms_other_claims_free(robin: User) -> None:
    side, workload = make_side(), make_workload()
    claim = make_under_review(robin, make_submitted(side, make_customer(workload), workload))
    data = {"reason": "I sold them <this>."}
    assert desk_of(robin).post(f"/review/{claim.reference}/conflict/", data).status_code == 302
    bar = Bar.objects.get()
    assert (bar.person, bar.claim, bar.firm, bar.reason) == (robin, claim, side.firm, "I sold them <this>.")
    assert again(claim).reviewer is None
    said = sentence(claim.events.get(verb="hand_back"), reader=robin)
    assert said == "Robin Reviewer has a conflict of interest, so the claim went back to the queue."
    other = make_submitted(side, make_customer(workload), workload)
    assert take_next(by=robin) == other
    page = desk_of(robin).get(f"/review/{claim.reference}/").content.decode()
    assert "You have a conflict of interest here" in page
    buttons = ("start", "decide", "approve", "hand-back", "conflict", "cells")
    assert not [name for name in buttons if f'action="/review/{claim.reference}/{name}/"' in page]
    assert f'action="/review/{claim.reference}/comment/"' in page


def test_whoever_is_barred_neither_starts_nor_decides_nor_is_given_the_claim(arbiter: User, robin: User) -> None:
    claim = make_submitted()
    for person in (robin, arbiter):
        declare_conflict(reference=claim.reference, by=person, reason="My brother works there.")
        assert code_of(start_review, reference=claim.reference, by=person) == "conflict_of_interest"
    lead = make_staff(StaffRole.ARBITER)
    for person in (robin, arbiter):
        given = {"reference": claim.reference, "by": lead, "reviewer_email": person.email, "despite_load": True}
        assert code_of(assign, **given) == "reviewer_barred"
    make_under_review(make_staff(), claim)
    for act, arguments in ((approve, {}), (reject, REJECTION)):
        assert code_of(act, reference=claim.reference, by=arbiter, **arguments) == "conflict_of_interest"
    assert who_may_rule(claim, [arbiter, lead]) == [lead]
    form = desk_of(lead).get(f"/review/{claim.reference}/").content.decode().partition('id="act-assign"')[2]
    assert robin.email not in form.partition("</details>")[0]


def test_a_bar_from_a_firm_sends_all_of_its_open_claims_back_and_the_person_is_told(arbiter: User, robin: User) -> None:
    side, workload = make_side(), make_workload()
    held = [make_submitted(side, make_customer(workload), workload) for _claim in range(2)]
    make_under_review(robin, held[0])
    make_asked(robin, held[1])
    other = make_under_review(robin)
    _bar, claims = declare_bar(by=arbiter, person=robin, firm=side.firm, reason="Robin worked there.")
    assert set(claims) == set(held)
    assert [again(claim).reviewer for claim in (*held, other)] == [None, None, robin]
    assert told("returned") == []
    mail = OutboxMail.objects.get(kind="returned_many")
    assert mail.recipient == robin.email
    assert f"has noted a conflict of interest for you and {side.firm.name}. 2 claims, which you had," in mail.text
    assert all(claim.reference in mail.text for claim in held)
    assert "Robin worked there." in mail.text


def test_one_bar_is_enough_and_nobody_lifts_their_own(arbiter: User, robin: User) -> None:
    firm = make_side().firm
    bar, _claims = declare_bar(by=arbiter, person=arbiter, firm=firm, reason="I own shares.")
    again_ = {"by": arbiter, "person": arbiter, "firm": firm}
    assert code_of(declare_bar, **again_, reason="Still.") == "already_barred"
    assert code_of(declare_bar, by=arbiter, person=robin, firm=firm, reason=" ") == "reason_required"
    assert code_of(declare_bar, by=robin, person=arbiter, firm=firm, reason="Gossip.") == "arbiters_only"
    assert code_of(lift_bar, by=arbiter, bar_id=bar.pk) == "own_bar"
    assert code_of(lift_bar, by=robin, bar_id=bar.pk) == "arbiters_only"
    lead = make_staff(StaffRole.ARBITER)
    assert lift_bar(by=lead, bar_id=bar.pk).lifted_by == lead
    assert code_of(lift_bar, by=lead, bar_id=bar.pk) == "bar_is_lifted"
    assert declare_bar(by=arbiter, person=arbiter, firm=firm, reason="Again.")


# --- Many at once ------------------------------------------------------------------------------------------


def test_many_claims_change_hands_at_once_or_none_does(arbiter: User, robin: User, sam: User) -> None:
    first, second, third = make_submitted(), make_under_review(sam), make_asked(sam)
    closed = approve(reference=make_under_review(sam).reference, by=sam)
    declare_conflict(reference=first.reference, by=robin, reason="A friend.")
    wanted = [claim.reference for claim in (first, second, third, closed)] + ["C-22222222"]
    with pytest.raises(NotAllCan) as excinfo:
        assign_many(references=wanted, by=arbiter, reviewer_email=robin.email)
    codes = {reference: fault.code for reference, fault in excinfo.value.faults.items()}
    assert codes == {
        first.reference: "reviewer_barred",
        closed.reference: "claim_has_moved_on",
        "C-22222222": "draft_gone",
    }
    assert [again(claim).reviewer for claim in (first, second, third)] == [None, sam, sam]
    given = assign_many(
        references=[third.reference, second.reference], by=arbiter, reviewer_email=robin.email, note="Sam moved on."
    )
    assert given == [second, third]
    assert [again(claim).reviewer for claim in (second, third)] == [robin, robin]
    assert (told("assigned_many"), told("unassigned_many")) == ([robin.email], [sam.email])
    assert (told("assigned"), told("unassigned")) == ([], [])
    for mail in OutboxMail.objects.filter(kind__endswith="_many"):
        assert all(claim.reference in mail.text for claim in given)
    assert Comment.objects.filter(body="Sam moved on.", audience=Audience.INTERNAL).count() == 2


def test_whoever_gives_or_loses_one_claim_among_many_reads_of_that_one(arbiter: User, robin: User, sam: User) -> None:
    taken = [make_under_review(person) for person in (robin, robin, sam)]
    lead = make_staff(StaffRole.ARBITER)
    assign_many(references=[claim.reference for claim in taken], by=arbiter, reviewer_email=lead.email)
    assert [told(kind) for kind in ("assigned_many", "unassigned_many", "unassigned")] == [
        [lead.email],
        [robin.email],
        [sam.email],
    ]
    mail = OutboxMail.objects.get(kind="unassigned_many")
    assert (taken[0].reference in mail.text, taken[2].reference in mail.text) == (True, False)


def test_many_claims_together_may_be_too_many_for_one_desk(arbiter: User, robin: User, settings: Settings) -> None:
    settings.REVIEWER_LOAD_LIMIT = 2
    claims = [make_submitted() for _claim in range(3)]
    wanted: dict[str, Any] = {"references": [claim.reference for claim in claims], "by": arbiter}
    assert code_of(assign_many, **wanted, reviewer_email=robin.email) == "load_limit_reached"
    assert not Claim.objects.filter(reviewer=robin).exists()
    assert len(assign_many(**wanted, reviewer_email=robin.email, despite_load=True)) == 3


def test_with_nobody_chosen_they_go_back_to_the_queue(arbiter: User, robin: User, sam: User) -> None:
    claims = [make_under_review(robin), make_under_review(sam)]
    free = make_submitted()
    references = [claim.reference for claim in claims]
    with pytest.raises(NotAllCan) as excinfo:
        assign_many(references=[*references, free.reference], by=arbiter, reviewer_email="")
    assert [fault.code for fault in excinfo.value.faults.values()] == ["nobody_has_it"]
    assign_many(references=references, by=arbiter, reviewer_email="", note="A new week.")
    assert not Claim.objects.exclude(reviewer=None).exists()
    assert told("returned") == sorted([robin.email, sam.email])
    more = [make_under_review(robin).reference for _claim in range(31)]
    assign_many(references=more, by=arbiter, reviewer_email="", note="Another week.")
    mail = OutboxMail.objects.get(kind="returned_many")
    assert (mail.recipient, mail.text.count("\n- ")) == (robin.email, 30)
    assert "And 1 more claim." in mail.text
    assert "Another week." in mail.text


def test_only_arbiters_move_many_claims_and_at_least_one(arbiter: User, robin: User) -> None:
    claim = make_submitted()
    wanted: dict[str, Any] = {"references": [claim.reference], "reviewer_email": robin.email}
    assert code_of(assign_many, **wanted, by=robin) == "arbiters_only"
    assert code_of(assign_many, **{**wanted, "references": [" "]}, by=arbiter) == "no_claims"
    many = [f"C-{number:08d}" for number in range(101)]
    assert code_of(assign_many, **{**wanted, "references": many}, by=arbiter) == "too_many_claims"
    assert code_of(assign_many, **{**wanted, "reviewer_email": "x@y.example"}, by=arbiter) == "reviewer_unknown"
