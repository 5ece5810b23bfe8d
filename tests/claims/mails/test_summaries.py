"""What a digest tells of each kind of mail that may wait for it: what happened, and whose turn it is by when."""

from collections.abc import Iterator

import pytest
import time_machine
from django.conf import settings

from arbitration.acts.assign import assign
from claims.acts.comment import comment
from claims.acts.resubmit import resubmit
from claims.acts.withdraw import withdraw
from claims.mails.kinds import KINDS
from claims.words import Audience
from cpor_portal.accounts.models import MailPace, PartnerRole, StaffRole
from cpor_portal.notifications.kinds import kind_of
from tests.claims.mails.reading import SUNDAY, only
from tests.claims.mails.test_samples import MISSING, VARIANTS, _missing_names_show, rendered
from tests.support.factories import make_person, make_staff
from tests.support.stories import make_asked, make_side, make_submitted, make_under_review

DUE = "Monday 30 November 2026, 23:59 (PST)"
MAY_WAIT = [kind.code for kind in KINDS if not kind.never_silenced]
CASES = [*MAY_WAIT, *(name for name, (kind, _make) in VARIANTS.items() if kind in MAY_WAIT)]

missing_names_show = _missing_names_show


@pytest.fixture(autouse=True)
def _sunday() -> Iterator[None]:
    with time_machine.travel(SUNDAY, tick=False):
        yield


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
@pytest.mark.parametrize("case", CASES)
def test_what_may_wait_says_in_one_line_what_happened(case: str, language: str) -> None:
    summary = rendered(case, language).summary
    assert len(summary) > 40
    assert MISSING not in summary
    assert "\n" not in summary
    assert not {"{", "}"} & set(summary)


def test_what_always_comes_at_once_costs_no_summary() -> None:
    assert {rendered(kind.code, "en").summary for kind in KINDS if kind_of(kind.code).never_silenced} == {""}


@pytest.mark.django_db
def test_receipts_say_who_did_it_and_by_when_it_is_decided() -> None:
    side = make_side()
    claim = make_asked(make_staff(), make_submitted(side))
    resubmit(reference=claim.reference, by=side.person, body="Here it is.")
    product = claim.lines.get().product.name
    withdraw(reference=claim.reference, by=side.person, reason="Wrong\nlocation.")
    name = side.person.name
    assert only("submitted").summary == (
        f"{name} has submitted the claim. It is Microsoft's turn: a reviewer decides it by {DUE}."
    )
    assert only("resubmitted").summary == (
        f"{name} has answered the information request. It is Microsoft's turn: a reviewer decides the claim by {DUE}."
    )
    assert only("withdrawn").summary == (
        f"{name} has withdrawn {product} for your firm, for this reason: “Wrong location.”"
        " There is nothing you have to do."
    )


@pytest.mark.django_db
def test_of_a_comment_its_beginning_is_told_and_whose_turn_it_is() -> None:
    rita, side = make_staff(), make_side()
    colleague = make_person(side.firm, PartnerRole.INCENTIVES_ADMIN, mail_pace=MailPace.DIGEST)
    claim = make_under_review(rita, make_submitted(side))
    comment(reference=claim.reference, by=side.person, body="Is <Teams> enough?\n\n" + "And more. " * 50)
    told = only("comment_posted", colleague).summary
    assert told.startswith(f"{side.person.name} of your firm has written: “Is <Teams> enough? And more.")
    assert told.endswith(f"…” It is Microsoft's turn: the claim is to be decided by {DUE}.")
    asked = only("comment_posted_review", rita).summary
    assert asked.startswith(f"{side.person.name} ({side.firm.name}) has written: “Is <Teams> enough?")
    assert asked.endswith(f"It is your turn: the claim is to be decided by {DUE}.")


@pytest.mark.django_db
def test_a_summary_for_the_firm_names_no_reviewer_and_tells_of_no_internal_comment() -> None:
    rita, anna, side = make_staff(), make_staff(StaffRole.ARBITER), make_side()
    claim = make_under_review(rita, make_submitted(side))
    comment(reference=claim.reference, by=anna, body="Look at the dates.", audience=Audience.INTERNAL)
    assert "has written an internal comment: “Look at the dates.”" in only("comment_posted_review").summary
    comment(reference=claim.reference, by=rita, body="Is this the right tenant?")
    told = only("comment_posted").summary
    assert told.startswith("Microsoft has written: “Is this the right tenant?”")
    assert rita.name not in told


@pytest.mark.django_db
def test_on_an_open_request_a_comments_summary_says_that_it_is_the_firms_turn() -> None:
    side, rita = make_side(), make_staff()
    claim = make_asked(rita, make_submitted(side))
    comment(reference=claim.reference, by=rita, body="Please hurry.")
    assert "It is your firm's turn: the answer to the information request is due by" in only("comment_posted").summary


@pytest.mark.django_db
def test_whoever_loses_a_claim_reads_who_gave_it_away() -> None:
    rita, paul, anna = make_staff(), make_staff(), make_staff(StaffRole.ARBITER)
    claim = make_under_review(rita)
    assign(reference=claim.reference, by=anna, reviewer_email=paul.email)
    assert only("unassigned").summary.startswith(f"{anna.name} has given this claim, which you had, to somebody else.")
