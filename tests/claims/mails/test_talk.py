"""Who hears of a comment, and under which names they read it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine

from claims.acts.comment import comment
from claims.words import Audience
from cpor_portal.accounts.models import PartnerRole, StaffRole, User
from tests.claims.mails.reading import SUNDAY, all_say, link_of, mails_of, only, recipients
from tests.support.factories import make_firm, make_person, make_staff
from tests.support.stories import make_asked, make_side, make_submitted, make_under_review

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sunday() -> Iterator[None]:
    with time_machine.travel(SUNDAY, tick=False):
        yield


def test_a_partners_comment_is_told_to_the_reviewer_who_has_the_claim() -> None:
    rita, _other, side = make_staff(), make_staff(), make_side()
    claim = make_under_review(rita, make_submitted(side))
    comment(reference=claim.reference, by=side.person, body="The customer has a new domain.")
    assert recipients("comment_posted_review") == {rita.email}
    all_say(
        only("comment_posted_review"),
        f"{side.person.name} ({side.firm.name}) has written a comment on this claim:",
        "The customer has a new domain.",
        "No deadline has changed by it: decide the claim by Monday 30 November 2026, 23:59 (PST).",
        link_of("arbitration:workspace", claim),
    )


def test_a_partners_comment_is_told_to_its_firms_recipients_but_not_to_its_author() -> None:
    side = make_side()
    colleague = make_person(side.firm, PartnerRole.INCENTIVES_ADMIN)
    make_person(side.firm, PartnerRole.INCENTIVES_USER)
    make_person(make_firm(), PartnerRole.INCENTIVES_ADMIN)
    claim = make_submitted(side)
    comment(reference=claim.reference, by=side.person, body="I will add the proof tomorrow.")
    assert recipients("comment_posted") == {colleague.email}
    assert mails_of("comment_posted_review") == []
    all_say(only("comment_posted"), f"{side.person.name} of your firm has written", "I will add the proof tomorrow.")


def test_a_reviewers_comment_reaches_the_firm_without_the_reviewers_name() -> None:
    rita, side = make_staff(), make_side()
    claim = make_under_review(rita, make_submitted(side))
    comment(reference=claim.reference, by=rita, body="We look at it tomorrow.")
    mail = only("comment_posted")
    assert mail.recipient == side.person.email
    assert mails_of("comment_posted_review") == []
    all_say(mail, "Microsoft has written a comment on this claim:", "We look at it tomorrow.")
    assert rita.name not in mail.subject + mail.text + mail.html
    assert rita.email not in mail.text + mail.html


def test_an_internal_comment_is_told_to_the_reviewer_who_has_the_claim_and_to_no_partner() -> None:
    rita, anna, side = make_staff(), make_staff(StaffRole.ARBITER), make_side()
    claim = make_under_review(rita, make_submitted(side))
    comment(reference=claim.reference, by=anna, body="Look at the dates.", audience=Audience.INTERNAL)
    assert mails_of("comment_posted") == []
    mail = only("comment_posted_review")
    assert mail.recipient == rita.email
    all_say(mail, f"{anna.name} has written an internal comment, which the partner does not read:")


def test_a_visible_comment_of_an_arbiter_is_told_to_the_reviewer_too() -> None:
    rita, anna = make_staff(), make_staff(StaffRole.ARBITER)
    claim = make_under_review(rita)
    comment(reference=claim.reference, by=anna, body="Thank you for waiting.")
    all_say(only("comment_posted_review", rita), "which the partner reads, too:")
    assert recipients("comment_posted") == {claim.submitted_by.email}


@pytest.mark.parametrize("change", [{"is_active": False}, {"staff_role": ""}], ids=["left", "reviews no longer"])
def test_a_comment_waits_in_the_claim_when_its_reviewer_has_gone(change: dict[str, object]) -> None:
    rita, side = make_staff(), make_side()
    claim = make_under_review(rita, make_submitted(side))
    User.objects.filter(pk=rita.pk).update(**change)
    comment(reference=claim.reference, by=side.person, body="Is anybody there?")
    assert mails_of("comment_posted_review") == []


def test_a_partners_comment_on_a_late_claim_that_nobody_has_is_told_to_the_arbiters() -> None:
    anna, side = make_staff(StaffRole.ARBITER), make_side()
    claim = make_submitted(side)
    make_staff()
    comment(reference=claim.reference, by=side.person, body="In time.")
    assert mails_of("comment_posted_review") == []
    with time_machine.travel(SUNDAY + timedelta(days=10), tick=False):
        comment(reference=claim.reference, by=side.person, body="Does anybody look at this?")
    mail = only("comment_posted_review")
    assert mail.recipient == anna.email
    all_say(
        mail,
        "Does anybody look at this?",
        "No reviewer has this claim, and its review was due Monday 30 November 2026, 23:59 (PST).",
        "As an arbiter you can decide it yourself, or assign it",
    )


def test_a_late_claim_that_a_reviewer_has_and_a_colleagues_comment_are_no_matter_for_the_arbiters() -> None:
    rita, anna, side = make_staff(), make_staff(StaffRole.ARBITER), make_side()
    taken, nobodys = make_under_review(rita, make_submitted(side)), make_submitted()
    with time_machine.travel(SUNDAY + timedelta(days=10), tick=False):
        comment(reference=taken.reference, by=side.person, body="Does anybody look at this?")
        comment(reference=nobodys.reference, by=anna, body="Who takes it?", audience=Audience.INTERNAL)
    assert recipients("comment_posted_review") == {rita.email}


def test_a_comment_on_an_open_request_says_that_it_is_no_answer() -> None:
    side = make_side()
    colleague = make_person(side.firm, PartnerRole.INCENTIVES_ADMIN)
    claim = make_asked(make_staff(), make_submitted(side))
    comment(reference=claim.reference, by=side.person, body="It comes on Tuesday.")
    all_say(only("comment_posted", colleague), "A comment is no answer to the reviewer's information request.")


def test_acts_that_write_a_comment_have_mails_of_their_own() -> None:
    make_asked(make_staff())
    assert mails_of("comment_posted") == []
    assert mails_of("comment_posted_review") == []


def test_a_comment_adds_no_markup_and_no_headers() -> None:
    rita, side = make_staff(), make_side("Alpha\r\nBcc: all@example.com <b>")
    claim = make_under_review(rita, make_submitted(side))
    comment(reference=claim.reference, by=side.person, body="<script>alert(1)</script>\n\n-- \nMicrosoft")
    mail = only("comment_posted_review")
    assert "\n" not in mail.subject
    assert "(Alpha Bcc: all@example.com <b>) has written" in mail.text
    assert "<script>" not in mail.html
    assert "<b>" not in mail.html
    # Indented, so that nothing in it passes for the portal's own words or for the end of the mail.
    assert "    <script>alert(1)</script>\n\n    --\n    Microsoft\n" in mail.text
