"""Mails of deadlines: each is complete in itself, reads right for its kind, and says why that date."""

import html
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries

from arbitration.acts.approve import approve
from arbitration.acts.ask import request_information
from claims import clock, due, mails
from claims.acts.comment import comment
from claims.acts.drafts import start_draft
from claims.mails import context
from claims.models import Claim, Deadline
from claims.remedies import REMEDIES
from claims.words import DeadlineKind, Outcome, Reason
from cpor_portal.accounts.models import StaffRole
from tests.claims.mails.reading import SUNDAY, all_say, link_of, mails_of, only, running
from tests.support.factories import make_person, make_staff, make_workload
from tests.support.stories import make_customer, make_draft, make_side, make_submitted, make_under_review

pytestmark = pytest.mark.django_db
BUDAPEST = "Europe/Budapest"


@pytest.fixture(autouse=True)
def _sunday() -> Iterator[None]:
    with time_machine.travel(SUNDAY, tick=False):
        yield


def started(claim: Claim, kind: DeadlineKind) -> Deadline:
    """A deadline of a kind that begins now."""
    deadline = clock.forecast(kind, claim, timezone.now(), about="case:1")
    deadline.save()
    return deadline


def make_partly_asked() -> Claim:
    """A claim with one product approved and one asked about, and talk on it since."""
    rita, teams, intune = make_staff(), make_workload(name="Teams"), make_workload(name="Intune")
    claim = make_under_review(rita, make_submitted(make_side(), make_customer(teams, intune), teams, intune))
    approve(reference=claim.reference, by=rita, line_ids=[claim.lines.get(product=teams).pk])
    asked = request_information(
        reference=claim.reference, by=rita, reasons=[Reason.PROOF_MISSING], text="Where is the <signed> paper?"
    )
    comment(reference=claim.reference, by=rita, body="By the way, thank you.")
    return asked


def test_the_reminder_of_an_answer_repeats_all_that_was_asked() -> None:
    claim = make_partly_asked()
    deadline = running(claim, DeadlineKind.PARTNER_ANSWER)
    mails.deadline_near(claim=claim, deadline=deadline, recipients=[claim.submitted_by])
    mail = only("deadline_near_partner")
    assert mail.subject.endswith(": answer due 30 November 2026")
    all_say(
        mail,
        "your answer has not come yet",
        str(Reason.PROOF_MISSING.label),
        str(REMEDIES[Reason.PROOF_MISSING]),
        "Teams: Associated",
        "Answer by Monday 30 November 2026",
        "Only resubmitting counts as an answer.",
        link_of("claims:detail", claim),
    )
    assert "- Intune\n" in mail.text
    assert "- Teams\n" not in mail.text
    assert "    Where is the <signed> paper?" in mail.text
    assert "Where is the &lt;signed&gt; paper?" in mail.html
    assert "thank you" not in mail.text


def test_a_request_names_the_products_it_asks_about_and_where_the_others_stand() -> None:
    make_partly_asked()
    mail = only("information_requested")
    assert "- Intune\n" in mail.text
    all_say(mail, "The other products of this claim stand as follows:", "Teams: Associated")


def test_the_reminder_of_evidence_asks_for_proof_and_not_for_an_answer() -> None:
    claim = make_under_review(make_staff())
    claim.lines.update(outcome=Outcome.VERIFIED)
    deadline = started(claim, DeadlineKind.EVIDENCE)
    mails.deadline_near(claim=claim, deadline=deadline, recipients=[claim.submitted_by])
    mail = only("evidence_near")
    assert ": time for evidence ends 30 November 2026" in mail.subject
    all_say(
        mail, "You can add newer proof and a statement until Monday 30 November 2026", "All sides have the same time."
    )
    assert "Answer by" not in mail.text
    assert claim.lines.get().product.name in mail.text


@pytest.mark.parametrize(
    ("kind", "subject", "words"),
    [
        (DeadlineKind.REVIEW, ": decision due", "Take it or see that somebody does"),
        (DeadlineKind.RULING, ": ruling due", "Give the ruling by"),
        (DeadlineKind.DISPUTE_RULING, ": ruling on the dispute due", "Give the ruling on the dispute by"),
    ],
)
def test_what_microsoft_owes_is_named_by_its_kind(kind: DeadlineKind, subject: str, words: str) -> None:
    claim, arbiter = make_submitted(), make_staff(StaffRole.ARBITER)
    deadline = running(claim, kind) if kind == DeadlineKind.REVIEW else started(claim, kind)
    mails.deadline_near(claim=claim, deadline=deadline, recipients=[arbiter])
    mail = only("deadline_near_review" if kind == DeadlineKind.REVIEW else "ruling_near")
    assert subject in mail.subject
    all_say(mail, words, "5 business days are counted after 22 November 2026")


@pytest.mark.parametrize("kind", [DeadlineKind.RULING, DeadlineKind.DISPUTE_RULING])
def test_a_missed_ruling_does_not_read_like_a_missed_review(kind: DeadlineKind) -> None:
    claim, arbiter = make_submitted(), make_staff(StaffRole.ARBITER)
    mails.escalated(claim=claim, deadline=started(claim, kind), recipients=[arbiter])
    mail = only("ruling_escalated")
    assert mail.subject.endswith(": deadline of the ruling missed, an arbiter is needed")
    all_say(mail, "the claim waits until an arbiter rules", "Give the ruling, or see that an arbiter does")
    assert "review deadline" not in mail.text


@pytest.mark.parametrize("kind", [DeadlineKind.DISPUTE_WINDOW, DeadlineKind.CUSTOMER_WINDOW, DeadlineKind.DRAFT_EXPIRY])
def test_nobody_is_reminded_of_a_window(kind: DeadlineKind) -> None:
    claim, rita = make_submitted(), make_staff()
    with pytest.raises(ValueError, match="nobody is reminded"):
        mails.deadline_near(claim=claim, deadline=started(claim, kind), recipients=[rita])


def test_the_day_in_a_subject_is_the_day_of_whoever_owes_it() -> None:
    rita, claim = make_staff(), make_submitted()
    rita.time_zone = "Pacific/Auckland"
    mails.deadline_near(claim=claim, deadline=running(claim, DeadlineKind.REVIEW), recipients=[rita])
    assert only("deadline_near_review").subject.endswith(": decision due 30 November 2026")
    all_say(only("deadline_near_review"), "In your own time zone that is Tuesday 1 December 2026, 20:59 (NZDT).")


def test_both_mails_of_a_missed_review_read_the_lines_once(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    claim = make_under_review(make_staff())
    claim = Claim.objects.select_related("firm", "reviewer").get(pk=claim.pk)
    deadline = running(claim, DeadlineKind.REVIEW)
    with django_assert_num_queries(1):
        mails.deadline_missed(claim=claim, deadline=deadline, recipients=[])
        mails.escalated(claim=claim, deadline=deadline, recipients=[])


def make_warned() -> tuple[Claim, Deadline]:
    """A draft of a firm in Budapest whose time runs out, with a product."""
    teams, side = make_workload(name="Teams"), make_side()
    side.firm.country, side.firm.time_zone = "HU", BUDAPEST
    side.firm.save()
    draft = make_draft(side, make_customer(teams), [teams])
    clock.keep_draft(draft, timezone.now())
    return draft, running(draft, DeadlineKind.DRAFT_EXPIRY)


def test_a_draft_is_warned_of_with_what_it_is_when_it_goes_and_how_to_keep_it() -> None:
    draft, deadline = make_warned()
    mails.draft_expires(claim=draft, deadline=deadline, recipients=[draft.created_by])
    mail = only("draft_expires")
    assert (
        mail.subject
        == f"{draft.customer_display_name} · {draft.reference}: draft will be deleted after 20 February 2027"
    )
    all_say(
        mail,
        "Nobody has changed this draft since 22 November 2026, so it will soon be deleted with its documents.",
        "Teams",
        f"{draft.created_by.name} started it on 22 November 2026.",
        "To keep it, open it and save any of its steps by Saturday 20 February 2027, 23:59 (CET).",
        "Why this date? A draft that nobody edits for 90 days is deleted. This one was last edited on 22 November 2026"
        " (time zone Europe/Budapest); each edit lets the time begin anew.",
        "Open the draft",
        link_of("claims:detail", draft),
    )
    assert "business day" not in mail.text
    assert "Weekends" not in mail.text


def test_a_draft_without_a_customer_or_products_is_warned_of_too() -> None:
    draft = start_draft(by=make_side().person)
    deadline = running(draft, DeadlineKind.DRAFT_EXPIRY)
    mails.draft_expires(claim=draft, deadline=deadline, recipients=[draft.created_by])
    mail = only("draft_expires")
    assert mail.subject.startswith(f"{draft.reference}: draft will be deleted after ")
    assert "Customer:" not in mail.text
    assert "Products:" not in mail.text


def test_a_draft_that_was_kept_is_warned_of_again_for_its_new_date() -> None:
    draft, deadline = make_warned()
    mails.draft_expires(claim=draft, deadline=deadline, recipients=[draft.created_by])
    clock.keep_draft(draft, timezone.now() + timedelta(days=85))
    moved = running(draft, DeadlineKind.DRAFT_EXPIRY)
    assert moved.pk == deadline.pk
    for _time in range(2):
        mails.draft_expires(claim=draft, deadline=moved, recipients=[draft.created_by])
    assert len(mails_of("draft_expires")) == 2


def test_a_warning_that_came_late_says_that_the_date_was_moved() -> None:
    draft, deadline = make_warned()
    deadline.due_at = datetime(2027, 3, 3, 23, 59, 59, tzinfo=ZoneInfo(BUDAPEST))
    mails.draft_expires(claim=draft, deadline=deadline, recipients=[draft.created_by])
    all_say(only("draft_expires"), "by Wednesday 3 March 2027, 23:59 (CET)")
    all_say(only("draft_expires"), "nothing is deleted sooner than 7 days after it")


def test_one_reader_never_gets_anothers_language_or_time_zone_of_a_shared_date() -> None:
    claim = make_submitted()
    people = [
        make_person(None, language=language, time_zone=zone)
        for language, zone in [("en", BUDAPEST), ("hu", BUDAPEST), ("en", "America/Los_Angeles"), ("en", BUDAPEST)]
    ]
    mails.deadline_near(claim=claim, deadline=running(claim, DeadlineKind.REVIEW), recipients=people)
    first, hungarian, there, again = (only("deadline_near_review", person).text for person in people)
    assert "In your own time zone that is Tuesday 1 December 2026, 08:59 (CET)." in first
    assert "In your own time zone" not in there
    assert "2026. december 1., kedd 08:59 (CET)" in hungarian
    assert "Miért ez a dátum?" in hungarian
    assert "Why this date?" not in hungarian
    assert again.partition("\n")[2] == first.partition("\n")[2]


def make_sides_deadline(kind: DeadlineKind) -> tuple[Claim, Deadline]:
    """A deadline of a firm in Hungary in the week of an exchanged day: 8 August 2026 is worked for 21 August."""
    side = make_side()
    side.firm.country, side.firm.time_zone = "HU", BUDAPEST
    side.firm.save()
    with time_machine.travel(datetime(2026, 8, 5, 9, tzinfo=ZoneInfo("UTC")), tick=False):
        claim = make_submitted(side)
        return claim, running(claim, kind) if kind == DeadlineKind.REVIEW else started(claim, kind)


@pytest.mark.parametrize("kind", [DeadlineKind.REVIEW, DeadlineKind.EVIDENCE, DeadlineKind.DRAFT_EXPIRY])
@pytest.mark.parametrize("language", ["en", "hu"])
@pytest.mark.parametrize("is_partner", [True, False])
def test_a_mail_gives_the_very_reasons_of_the_pages(kind: DeadlineKind, language: str, is_partner: bool) -> None:
    _claim, deadline = make_sides_deadline(kind)
    told = context.due(deadline, is_partner=is_partner)
    assert told
    with translation.override(language), timezone.override("Europe/Budapest"):
        reasons = due.why(deadline, is_partner=is_partner)
        assert reasons in " ".join(told.why_text.split())
        assert reasons in html.unescape(" ".join(told.why_html.split()))


def test_a_mail_names_a_weekend_day_that_is_worked_and_speaks_to_each_side_in_its_words() -> None:
    _claim, deadline = make_sides_deadline(DeadlineKind.EVIDENCE)
    partner, staff = (context.due(deadline, is_partner=is_partner) for is_partner in (True, False))
    assert partner
    assert staff
    assert "8 August 2026 is a working day there, although it falls on a weekend." in partner.why_text
    assert "in your firm's calendar" in partner.why_text
    assert "in the partner firm's calendar" in staff.why_text


def test_a_date_that_all_sides_of_a_case_share_is_told_as_theirs() -> None:
    _claim, deadline = make_sides_deadline(DeadlineKind.EVIDENCE)
    deadline.due_at += timedelta(days=2)
    told = due.why(deadline, is_partner=True)
    assert "All sides have the same time: the date is the latest that their calendars give." in told
    assert "fixed" not in told


def test_reasons_are_put_into_words_once_for_all_who_share_the_dates() -> None:
    claim, deadline = make_sides_deadline(DeadlineKind.EVIDENCE)
    due.why(deadline, is_partner=True)
    misses = due._why.cache_info().misses
    for _another in range(20):
        due.why(Deadline.objects.get(pk=deadline.pk), is_partner=True)
    assert due._why.cache_info().misses == misses
    assert claim.pk == deadline.claim_id
