"""Mails about who reviews a claim, and the neutral notice of a case."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine

from arbitration.acts.assign import assign
from claims import clock, mails
from claims.models import Claim, Deadline
from claims.words import DeadlineKind, Outcome
from cpor_portal.accounts.models import StaffRole, User
from tests.claims.mails.reading import SUNDAY, all_say, link_of, mails_of, only
from tests.support.factories import make_staff, make_workload
from tests.support.stories import make_asked, make_customer, make_side, make_submitted, make_under_review

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sunday() -> Iterator[None]:
    with time_machine.travel(SUNDAY, tick=False):
        yield


def test_whoever_gets_a_claim_reads_from_whom_with_which_note_and_by_when() -> None:
    rita, anna, claim = make_staff(), make_staff(StaffRole.ARBITER), make_submitted()
    assign(reference=claim.reference, by=anna, reviewer_email=rita.email, note="Look at the <dates> first.")
    mail = only("assigned")
    assert mail.recipient == rita.email
    assert mail.subject.endswith(": assigned to you, decision due 30 November 2026")
    all_say(
        mail,
        f"{anna.name} has given you this claim to review.",
        claim.firm.name,
        "Decide it by Monday 30 November 2026, 23:59 (PST)",
        "Why this date?",
        link_of("arbitration:workspace", claim),
    )
    assert "    Look at the <dates> first." in mail.text
    assert "Look at the &lt;dates&gt; first." in mail.html
    assert mails_of("unassigned") == []


@pytest.mark.parametrize("holds_another", [False, True])
def test_whoever_gets_a_contested_claim_reads_that_it_cannot_be_approved_before_arbitration(
    holds_another: bool,
) -> None:
    rita, anna = make_staff(), make_staff(StaffRole.ARBITER)
    teams, intune = make_workload(name="Teams"), make_workload(name="Intune")
    tenant = make_customer(teams, intune)
    make_submitted(make_side(), tenant, teams)
    claim = make_submitted(make_side(), tenant, *([teams, intune] if holds_another else [teams]))
    assign(reference=claim.reference, by=anna, reviewer_email=rita.email)
    if holds_another:
        said = "Contested products cannot be approved before arbitration (Teams); the other products can."
    else:
        said = "All products that are still to be decided are contested: they cannot be approved before arbitration."
    all_say(only("assigned"), said)


def test_whoever_had_the_claim_reads_that_it_is_no_longer_theirs() -> None:
    rita, paul, anna = make_staff(), make_staff(), make_staff(StaffRole.ARBITER)
    claim = make_under_review(rita)
    assign(reference=claim.reference, by=anna, reviewer_email=paul.email)
    mail = only("unassigned")
    assert mail.recipient == rita.email
    all_say(
        mail, f"{anna.name} has given this claim, which you had, to somebody else.", "There is nothing you have to do"
    )
    assert only("assigned").recipient == paul.email
    assert "The note to you" not in only("assigned").text


@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"staff_role": StaffRole.PORTAL_ADMIN}, {"staff_role": ""}], ids=str
)
def test_whoever_reviews_no_longer_is_not_told_that_their_claim_is_gone(change: dict[str, object]) -> None:
    rita, paul, anna = make_staff(), make_staff(), make_staff(StaffRole.ARBITER)
    claim = make_under_review(rita)
    User.objects.filter(pk=rita.pk).update(**change)
    assign(reference=claim.reference, by=anna, reviewer_email=paul.email)
    assert mails_of("unassigned") == []
    assert only("assigned").recipient == paul.email


def test_an_arbiter_who_takes_a_claim_is_not_told_of_it() -> None:
    anna, claim = make_staff(StaffRole.ARBITER), make_submitted()
    assign(reference=claim.reference, by=anna, reviewer_email=anna.email)
    assert mails_of("assigned") == []


def test_a_claim_that_waits_for_the_partner_is_given_without_a_date() -> None:
    paul, anna, claim = make_staff(), make_staff(StaffRole.ARBITER), make_asked(make_staff())
    assign(reference=claim.reference, by=anna, reviewer_email=paul.email)
    mail = only("assigned")
    assert mail.subject.endswith(": assigned to you")
    all_say(mail, "Nothing is due from Microsoft at the moment.")


def test_a_claim_that_is_given_after_its_deadline_reads_as_overdue() -> None:
    rita, anna, claim = make_staff(), make_staff(StaffRole.ARBITER), make_submitted()
    with time_machine.travel(SUNDAY + timedelta(days=10), tick=False):
        assign(reference=claim.reference, by=anna, reviewer_email=rita.email)
    mail = only("assigned")
    assert mail.subject.endswith(": assigned to you, decision was due 30 November 2026")
    all_say(mail, "It was due Monday 30 November 2026, 23:59 (PST), and that deadline was missed. Decide it now")


def contest(claim: Claim) -> Deadline:
    """A case about all of the claim's products, whose time for evidence begins now."""
    claim.lines.update(outcome=Outcome.CONTESTED)
    deadline = clock.forecast(DeadlineKind.EVIDENCE, claim, SUNDAY, about="case:1")
    deadline.save()
    event = claim.events.latest("id")
    mails.contested(claim=claim, event=event, lines=list(claim.lines.select_related("product")), deadline=deadline)
    return deadline


def test_every_side_gets_the_same_notice_of_a_case_and_nobody_reads_of_another() -> None:
    rita, teams = make_staff(), make_workload(name="Teams")
    tenant, alpha, beta = make_customer(teams), make_side("Alpha Ltd"), make_side("Beta Ltd")
    claims = [make_under_review(rita, make_submitted(side, tenant, teams)) for side in (alpha, beta)]
    for claim in claims:
        contest(claim)
    first, second = (only("contested", side.person) for side in (alpha, beta))
    all_say(
        first,
        "More than one partner claims the products below, and only one can hold each of them.",
        "Teams",
        "You can add newer proof of execution and a statement until Monday 30 November 2026",
        "a side that adds nothing is judged on what it filed before",
        link_of("claims:detail", claims[0]),
    )
    for own, other, mine, theirs in ((alpha, beta, first, second), (beta, alpha, second, first)):
        everything = mine.subject + mine.text + mine.html
        assert other.firm.name not in everything
        assert other.person.name not in everything
        assert rita.name not in everything
        assert own.person.name in mine.text
        assert theirs.claim_reference not in everything
    assert neutral(first.text, alpha.person.name, claims[0]) == neutral(second.text, beta.person.name, claims[1])


def neutral(text: str, name: str, claim: Claim) -> str:
    """A mail without what is its reader's own."""
    return text.replace(name, "NAME").replace(claim.reference, "CLAIM")
