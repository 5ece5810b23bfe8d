"""The mails of a claim: who gets which, and that each says what happened, what to do and by when."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings

from arbitration.acts.approve import approve
from arbitration.acts.reject import reject
from arbitration.enforcement import enforce
from claims import mails
from claims.acts.resubmit import resubmit
from claims.acts.withdraw import withdraw
from claims.models import Claim, Deadline
from claims.remedies import REMEDIES
from claims.words import DeadlineKind, Reason
from cpor_portal.accounts.models import PartnerRole, StaffRole, User
from cpor_portal.notifications.models import OutboxMail
from tests.claims.mails.reading import SUNDAY, all_say, link_of, mails_of, only, parts, recipients, running
from tests.support.factories import make_firm, make_person, make_product, make_staff, make_workload
from tests.support.stories import (
    make_asked,
    make_customer,
    make_side,
    make_submitted,
    make_under_review,
)

pytestmark = pytest.mark.django_db
SETTINGS = f"{settings.PORTAL_URL}/settings/"


@pytest.fixture(autouse=True)
def _sunday() -> Iterator[None]:
    with time_machine.travel(SUNDAY, tick=False):
        yield


@pytest.mark.sqlite_too
def test_a_submission_is_confirmed_with_the_deadline_and_why_that_date() -> None:
    side = make_side()
    workload = make_workload(name="Teams")
    claim = make_submitted(side, make_customer(workload), workload)
    mail = only("submitted")
    assert mail.recipient == side.person.email
    assert mail.subject == f"{claim.customer_display_name} · {claim.reference}: claim submitted"
    assert mail.claim_reference == claim.reference
    all_say(
        mail,
        f"Hello {side.person.name},",
        claim.reference,
        claim.customer_display_name,
        "Teams",
        "A reviewer decides it by Monday 30 November 2026, 23:59 (PST).",
        "In your own time zone that is Tuesday 1 December 2026, 07:59 (UTC).",
        "Why this date? 5 business days are counted after 22 November 2026, in the calendar of Microsoft's review site"
        " (United States, time zone America/Los_Angeles); the time ends with the last of them.",
        "26 November 2026 (Thanksgiving Day)",
        link_of("claims:detail", claim),
    )


def test_a_mail_links_to_its_claim_and_to_the_settings_alone() -> None:
    claim = make_submitted()
    mail = only("submitted")
    for part in (mail.text, mail.html):
        assert set(re.findall(r"http://[^\s\"<]+", part)) == {link_of("claims:detail", claim), SETTINGS}


def test_a_claims_mails_go_to_the_submitter_and_the_firms_incentives_admins() -> None:
    firm_side = make_side(role=PartnerRole.BILLING_ADMIN)
    incentives = make_person(firm_side.firm, PartnerRole.INCENTIVES_ADMIN)
    make_person(firm_side.firm, PartnerRole.GLOBAL_ADMIN)
    make_person(firm_side.firm, PartnerRole.INCENTIVES_USER)
    make_person(make_firm(), PartnerRole.INCENTIVES_ADMIN)
    make_submitted(firm_side)
    assert recipients("submitted") == {firm_side.person.email, incentives.email}


def test_only_whoever_was_second_reads_of_another_partner_and_never_its_name() -> None:
    workload = make_workload()
    first, second, tenant = make_side("Alpha Ltd"), make_side("Beta Ltd"), make_customer(workload)
    make_submitted(first, tenant, workload)
    make_submitted(second, tenant, workload)
    notice = (
        "Another partner holds or claims this product. Microsoft checks your facts and proof first. If they hold,"
        " arbitration decides which partner is associated."
    )
    all_say(only("submitted", second.person), notice)
    assert notice not in only("submitted", first.person).text
    assert "Alpha" not in "".join(parts(only("submitted", second.person)))
    assert "Beta" not in "".join(parts(only("submitted", first.person)))


@pytest.mark.sqlite_too
def test_a_request_says_what_is_asked_what_would_do_and_by_when() -> None:
    rita = make_staff()
    side = make_side()
    side.person.time_zone = "America/New_York"
    side.person.save()
    claim = make_asked(rita, make_submitted(side))
    mail = only("information_requested")
    assert mail.recipient == side.person.email
    assert mail.subject.endswith(": information requested, answer due 30 November 2026")
    all_say(
        mail,
        str(Reason.DATES_MISSING_OR_OLD.label),
        str(REMEDIES[Reason.DATES_MISSING_OR_OLD]),
        "Please add the date.",
        "Answer by Monday 30 November 2026, 23:59 (EST).",
        "in your firm's calendar (United States, time zone America/New_York)",
        link_of("claims:detail", claim),
    )
    assert rita.name not in mail.text + mail.html


def test_a_resubmission_is_confirmed_to_the_firm_and_told_to_the_reviewer_who_has_it() -> None:
    rita, _other = make_staff(), make_staff()
    side = make_side()
    claim = make_asked(rita, make_submitted(side))
    resubmit(reference=claim.reference, by=side.person, body="Here it is.")
    assert recipients("resubmitted") == {side.person.email}
    assert recipients("resubmitted_review") == {rita.email}
    all_say(only("resubmitted_review"), side.firm.name, link_of("arbitration:workspace", claim), "decide by")
    all_say(only("resubmitted"), "A reviewer decides it by", link_of("claims:detail", claim))


def test_receipts_tell_every_colleague_who_of_the_firm_did_it() -> None:
    side = make_side()
    side.person.name = "Flóra <Fazekas>"
    side.person.save()
    eszter = make_person(side.firm, PartnerRole.INCENTIVES_ADMIN, language="hu")
    claim = make_asked(make_staff(), make_submitted(side))
    resubmit(reference=claim.reference, by=side.person, body="Here it is.")
    withdraw(reference=claim.reference, by=side.person)
    for kind in ("submitted", "resubmitted", "withdrawn"):
        for mail in (only(kind, eszter), only(kind, side.person)):
            assert "Flóra <Fazekas>" in mail.text.partition("\n")[2]
            assert "Flóra &lt;Fazekas&gt;" in mail.html.partition("</p>")[2]


@pytest.mark.sqlite_too
def test_an_approval_names_the_products_with_their_subscriptions() -> None:
    rita, sales = make_staff(), make_product(name="Dynamics 365 Sales")
    claim = make_under_review(rita, make_submitted(make_side(), make_customer(sales), sales))
    approve(reference=claim.reference, by=rita)
    mail = only("approved")
    assert mail.subject.endswith(": approved")
    all_say(
        mail,
        "Dynamics 365 Sales",
        f"subscription ID {claim.lines.get().subscription_id}",
        "An association is not a payment approval",
        "The customer will be told, and can decline any of these products within 7 days of being told.",
        "Meanwhile there is nothing you have to do for these products.",
    )
    assert "no deadline" not in mail.text + mail.html
    assert "has been told" not in mail.text + mail.html
    assert rita.name not in mail.text + mail.html


def test_a_partial_approval_says_where_the_other_products_stand() -> None:
    rita, teams, intune = make_staff(), make_workload(name="Teams"), make_workload(name="Intune")
    claim = make_under_review(rita, make_submitted(make_side(), make_customer(teams, intune), teams, intune))
    approve(reference=claim.reference, by=rita, line_ids=[claim.lines.get(product=teams).pk])
    mail = only("approved")
    assert mail.subject.endswith(": approved in part")
    all_say(mail, "The other products of this claim stand as follows:", "Intune: Pending")


def test_a_firm_never_reads_that_a_rival_came_after_it() -> None:
    rita, teams, intune = make_staff(), make_workload(name="Teams"), make_workload(name="Intune")
    side, tenant = make_side("Alpha Ltd"), make_customer(teams, intune)
    claim = make_under_review(rita, make_submitted(side, tenant, teams, intune))
    make_submitted(make_side("Beta Ltd"), tenant, intune)
    approve(reference=claim.reference, by=rita, line_ids=[claim.lines.get(product=teams).pk])
    mail = only("approved")
    all_say(mail, "Intune: Pending")
    assert "ontested" not in mail.text + mail.html


@pytest.mark.sqlite_too
def test_a_rejection_gives_each_reason_the_reviewers_text_and_what_would_cure_it() -> None:
    rita, side = make_staff(), make_side()
    claim = make_under_review(rita, make_submitted(side))
    reasons = [Reason.PROOF_MISSING, Reason.ACKNOWLEDGEMENT_MISSING]
    reject(reference=claim.reference, by=rita, reasons=reasons, text="Wrong customer.\n\nAnd <b>unsigned</b>.")
    mail = only("rejected")
    assert mail.recipient == side.person.email
    all_say(
        mail,
        *(str(reason.label) for reason in reasons),
        *(str(REMEDIES[reason]) for reason in reasons),
        "You can dispute this decision until Tuesday 22 December 2026, 23:59 (EST).",
        f"Write to {settings.SUPPORT_ADDRESS}, name the claim {claim.reference},",
        "30 calendar days are counted after the decision of 22 November 2026, in your firm's time zone",
        "You can also file a new claim for these products",
        "filing a product anew gives up the dispute about it",
    )
    assert "    Wrong customer.\n\n    And <b>unsigned</b>." in mail.text
    assert "And &lt;b&gt;unsigned&lt;/b&gt;." in mail.html


def test_a_rejection_for_silence_tells_how_to_dispute_it_too() -> None:
    claim = make_asked(make_staff())
    enforce(now=running(claim, DeadlineKind.PARTNER_ANSWER).due_at + timedelta(seconds=30))
    window = running(claim, DeadlineKind.DISPUTE_WINDOW)
    # Swept when 1 December had begun in New York.
    assert window.due_at == datetime(2027, 1, 1, 4, 59, 59, tzinfo=UTC)
    all_say(
        only("rejected"),
        "was not answered by its deadline, so these products have been rejected",
        "You can dispute this decision until Thursday 31 December 2026, 23:59 (EST).",
        "filing a product anew gives up the dispute about it",
    )
    assert "at any time" not in only("rejected").text


def test_each_of_two_rejections_names_the_time_to_dispute_that_is_its_own() -> None:
    rita, teams, intune = make_staff(), make_workload(name="Teams"), make_workload(name="Intune")
    claim = make_under_review(rita, make_submitted(make_side(), make_customer(teams, intune), teams, intune))
    for days, product in enumerate((teams, intune)):
        with time_machine.travel(SUNDAY + timedelta(days=days), tick=False):
            line = claim.lines.get(product=product).pk
            reject(
                reference=claim.reference,
                by=rita,
                reasons=[Reason.PROOF_MISSING],
                text="It is missing.",
                line_ids=[line],
            )
    first, second = mails_of("rejected")
    all_say(first, "until Tuesday 22 December 2026")
    all_say(second, "until Wednesday 23 December 2026")


def test_a_rejection_for_silence_speaks_for_the_portal_and_quotes_nobody() -> None:
    claim = make_asked(make_staff())
    lines = list(claim.lines.all())
    event = claim.events.latest("id")
    mails.rejected(claim=claim, event=event, lines=lines, reasons=[Reason.NO_PARTNER_RESPONSE], text="Silence.")
    mail = only("rejected")
    all_say(mail, "was not answered by its deadline, so these products have been rejected")
    assert "In the reviewer's words" not in mail.text
    assert "A reviewer has rejected" not in mail.text


def test_a_withdrawal_is_confirmed_with_its_reason() -> None:
    side = make_side()
    claim = make_submitted(side)
    withdraw(reference=claim.reference, by=side.person, reason="Wrong MPN location")
    mail = only("withdrawn")
    assert mail.subject.endswith(": withdrawn")
    all_say(mail, "Wrong MPN location", "They are no longer claimed.")


def test_a_review_that_is_due_soon_is_told_to_whoever_can_act() -> None:
    claim = make_submitted()
    arbiter = make_staff(StaffRole.ARBITER)
    mails.deadline_near(claim=claim, deadline=claim.deadlines.get(), recipients=[arbiter])
    mail = only("deadline_near_review")
    assert mail.recipient == arbiter.email
    assert mail.event_key == f"deadline-{claim.deadlines.get().pk}:deadline_near_review"
    all_say(mail, "no reviewer has taken yet", claim.firm.name, link_of("arbitration:workspace", claim))


def test_an_answer_that_is_due_soon_is_told_to_the_firm() -> None:
    claim = make_asked(make_staff())
    deadline = running(claim, DeadlineKind.PARTNER_ANSWER)
    mails.deadline_near(claim=claim, deadline=deadline, recipients=[claim.submitted_by] if claim.submitted_by else [])
    all_say(only("deadline_near_partner"), "your answer has not come yet", link_of("claims:detail", claim))


def test_a_missed_review_is_told_to_whoever_has_the_claim_and_decides_nothing() -> None:
    rita = make_staff()
    claim = make_under_review(rita)
    mails.deadline_missed(claim=claim, deadline=running(claim, DeadlineKind.REVIEW), recipients=[rita])
    mail = only("deadline_missed", rita)
    all_say(mail, "The portal decides nothing by itself", "You have this claim. Decide it now.")


def test_an_arbiter_reads_who_has_a_missed_claim_and_what_an_arbiter_can_do() -> None:
    rita, arbiter = make_staff(), make_staff(StaffRole.ARBITER)
    claim = make_under_review(rita)
    mails.escalated(claim=claim, deadline=running(claim, DeadlineKind.REVIEW), recipients=[arbiter])
    mail = only("escalated")
    assert mail.subject.endswith(": review deadline missed, an arbiter is needed")
    all_say(
        mail,
        "It was due Monday 30 November 2026, 23:59 (PST).",
        f"{rita.name} has this claim. The review was started Sunday 22 November 2026, 18:00 (UTC).",
        "As an arbiter you can decide it yourself, or assign it to somebody who decides it now.",
        link_of("arbitration:workspace", claim),
    )


def test_an_arbiter_reads_that_nobody_has_a_missed_claim() -> None:
    claim, arbiter = make_submitted(), make_staff(StaffRole.ARBITER)
    mails.escalated(claim=claim, deadline=running(claim, DeadlineKind.REVIEW), recipients=[arbiter])
    all_say(only("escalated"), "No reviewer has this claim.")


def test_a_reviewer_who_has_left_does_not_have_the_claim() -> None:
    rita, arbiter = make_staff(), make_staff(StaffRole.ARBITER)
    claim = make_under_review(rita)
    User.objects.filter(pk=rita.pk).update(is_active=False)
    claim = Claim.objects.get(pk=claim.pk)
    mails.escalated(claim=claim, deadline=running(claim, DeadlineKind.REVIEW), recipients=[arbiter])
    all_say(only("escalated"), "No reviewer has this claim.")
    assert rita.name not in only("escalated").text


def test_a_partners_missed_deadline_is_no_escalation() -> None:
    claim = make_asked(make_staff())
    with pytest.raises(ValueError, match="only a review"):
        mails.deadline_missed(
            claim=claim, deadline=running(claim, DeadlineKind.PARTNER_ANSWER), recipients=[make_staff()]
        )


def test_a_reminder_is_queued_once_however_often_it_is_asked_for() -> None:
    claim, rita = make_submitted(), make_staff()
    for _time in range(2):
        mails.deadline_near(claim=claim, deadline=claim.deadlines.get(), recipients=[rita, rita])
    assert len(mails_of("deadline_near_review")) == 1


def test_each_colleague_reads_in_their_own_language_and_time_zone() -> None:
    side = make_side(role=PartnerRole.BILLING_ADMIN)
    eszter = make_person(
        side.firm, PartnerRole.INCENTIVES_ADMIN, language="hu", time_zone="Europe/Budapest", name="Eszter"
    )
    make_submitted(side)
    hungarian, english = only("submitted", eszter), only("submitted", side.person)
    all_say(hungarian, "2026. december 1., kedd 08:59 (CET)", "2026. november 30., hétfő 23:59 (PST)")
    assert 'lang="hu"' in hungarian.html
    assert hungarian.language == "hu"
    all_say(english, "Tuesday 1 December 2026, 07:59 (UTC)", "Monday 30 November 2026, 23:59 (PST)")


def test_a_date_that_the_calendar_no_longer_gives_is_said_to_be_fixed() -> None:
    claim = make_submitted()
    Deadline.objects.filter(claim=claim).update(due_at=SUNDAY + timedelta(days=20))
    mails.deadline_near(claim=claim, deadline=claim.deadlines.get(), recipients=[make_staff()])
    mail = only("deadline_near_review")
    assert "Saturday 12 December 2026, 10:00 (PST)" in mail.text
    all_say(mail, "The date was fixed when the time began; later changes of the calendar do not move it.")


def test_a_customers_name_adds_no_lines_and_no_markup() -> None:
    side, workload = make_side(), make_workload()
    tenant = make_customer(workload)
    tenant.display_name = "Contoso\r\nBcc: all@example.com <script>"
    tenant.save()
    make_submitted(side, tenant, workload)
    mail = only("submitted")
    assert mail.subject.startswith("Contoso Bcc: all@example.com <script> · C-")
    assert "Customer: Contoso Bcc: all@example.com <script>\n" in mail.text
    assert "<script>" not in mail.html


def test_every_reason_has_its_remedy() -> None:
    assert set(REMEDIES) == set(Reason)


def test_no_mail_leaves_template_code_or_gaps() -> None:
    rita, side = make_staff(), make_side()
    claim = make_asked(rita, make_submitted(side))
    claim = resubmit(reference=claim.reference, by=side.person)
    claim = make_under_review(rita, claim)
    mails.deadline_near(claim=claim, deadline=running(claim, DeadlineKind.REVIEW), recipients=[rita])
    mails.deadline_missed(claim=claim, deadline=running(claim, DeadlineKind.REVIEW), recipients=[rita])
    withdraw(reference=claim.reference, by=side.person, reason="")
    for mail in OutboxMail.objects.all():
        assert not {"{", "}"} & set(mail.subject + mail.text + mail.html)
        assert "None" not in mail.subject + mail.text + mail.html
        assert "\n\n\n" not in mail.text
        assert not [line for line in mail.text.splitlines() if line != line.rstrip()]
