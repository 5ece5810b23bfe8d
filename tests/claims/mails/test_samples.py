"""Every template is complete: what it names is in its context, in both languages, for its sample and its variants."""

import dataclasses
import html
import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.template import Engine
from django.utils import translation

from claims.mails import deadlines, decisions, documents, samples, talk
from claims.mails.context import Context, Standing, for_review
from claims.mails.kinds import KINDS
from claims.models import ClaimLine
from claims.words import DeadlineKind, Outcome, Reason, Status
from cpor_portal.accounts.models import User
from cpor_portal.notifications import outbox
from cpor_portal.notifications.kinds import kind_of
from cpor_portal.notifications.models import OutboxMail

MISSING = "~nothing is called so~"


@pytest.fixture(autouse=True)
def _missing_names_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Engine.get_default(), "string_if_invalid", MISSING)


def by_case(context: Context, kind: DeadlineKind) -> Context:
    """The same context with the deadline of another kind."""
    return {**context, "due": dataclasses.replace(context["due"], kind=kind)}


VARIANTS: dict[str, tuple[str, Callable[[], Context]]] = {
    "rejected for silence": (
        "rejected",
        lambda: decisions.rejected_context(
            samples._claim(),
            samples._standing(Outcome.REJECTED, Outcome.REJECTED),
            [Reason.NO_PARTNER_RESPONSE],
            "",
            samples._dispute_window(),
        ),
    ),
    "rejected when the time to dispute is over": ("rejected", lambda: {**samples.rejected(), "dispute": None}),
    "approved whole": (
        "approved",
        lambda: decisions.approved_context(samples._claim(), Standing(samples._lines(Outcome.ASSOCIATED))),
    ),
    "dispute ruling near": (
        "ruling_near",
        lambda: by_case(samples.deadline_near_review(), DeadlineKind.DISPUTE_RULING),
    ),
    "nobody's review near": (
        "deadline_near_review",
        lambda: deadlines.review_deadline_context(
            samples._claim(), samples._lines(Outcome.PENDING), samples._deadline()
        ),
    ),
    "nobody's review missed": (
        "escalated",
        lambda: deadlines.review_deadline_context(
            samples._claim(), samples._lines(Outcome.PENDING), samples._deadline()
        ),
    ),
    "dispute ruling escalated": (
        "ruling_escalated",
        lambda: by_case(samples.ruling_escalated(), DeadlineKind.DISPUTE_RULING),
    ),
    "colleague's comment": (
        "comment_posted",
        lambda: talk.comment_context(
            samples._claim(),
            samples._comment(samples._submitter(), is_staff=False),
            samples._deadline(DeadlineKind.PARTNER_ANSWER),
        ),
    ),
    "comment on a closed claim": (
        "comment_posted_review",
        lambda: talk.comment_review_context(
            samples._claim(), samples._comment(samples._reviewer(), is_staff=True), None
        ),
    ),
    "comment on a late claim that nobody has": (
        "comment_posted_review",
        lambda: talk.comment_review_context(
            samples._claim(), samples._comment(samples._submitter(), is_staff=False), None, samples._deadline()
        ),
    ),
    "given after its deadline": ("assigned", lambda: {**samples.assigned(), "is_over": True}),
    "nothing due": ("assigned", lambda: {**samples.assigned(), "due": None, "text": ""}),
    "resubmitted without a date": ("resubmitted", lambda: {**samples.resubmitted(), "due": None}),
    "resubmitted review without a date": (
        "resubmitted_review",
        lambda: {**samples.resubmitted_review(), "due": None},
    ),
    "draft without a customer": ("draft_expires", lambda: {**samples.draft_expires(), "customer": "", "lines": []}),
}
CONTESTS = {
    "all contested": lambda: samples._lines(Outcome.CONTESTED, Outcome.CONTESTED),
    "one contested": lambda: samples._lines(Outcome.CONTESTED, Outcome.PENDING),
}
OF_REVIEWS = ("assigned", "deadline_near_review", "deadline_missed", "escalated", "resubmitted_review")


def contested(kind: str, lines: Callable[[], list[ClaimLine]]) -> tuple[str, Callable[[], Context]]:
    """The sample of a kind, for a claim whose products are contested."""
    return kind, lambda: {**kind_of(kind).sample(), **for_review(samples._taken(), lines())}


def quarantined(status: Status) -> tuple[str, Callable[[], Context]]:
    """The mail about the only document of a claim in that status."""
    claim = samples._claim(status=status)
    return "document_infected", lambda: documents.infected_context(claim, samples._document(), is_only=True)


VARIANTS["contested, given after its deadline"] = (
    "assigned",
    lambda: {**VARIANTS["assigned, all contested"][1](), "is_over": True},
)
VARIANTS |= {f"only document of a claim that is {status}": quarantined(status) for status in Status}
VARIANTS |= {f"{kind}, {name}": contested(kind, lines) for kind in OF_REVIEWS for name, lines in CONTESTS.items()}
CASES = {**{kind.code: (kind.code, kind.sample) for kind in KINDS}, **VARIANTS}


def rendered(case: str, language: str) -> OutboxMail:
    """The mail of a case as somebody of that language would get it."""
    kind, make = CASES[case]
    reader = User(name="Robin Reader", email="robin@example.com", language=language, time_zone="Europe/Budapest")
    with translation.override(language):
        context = make()
    return outbox.render(kind, reader, context)


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
@pytest.mark.parametrize("case", CASES)
def test_a_template_finds_all_that_it_names(case: str, language: str) -> None:
    mail = rendered(case, language)
    for part in (mail.subject, mail.text, mail.html):
        assert MISSING not in part
        assert "None" not in part
        assert not {"{", "}"} & set(part)


@pytest.mark.parametrize("case", CASES)
def test_a_mail_says_the_same_as_text_and_as_html(case: str) -> None:
    mail = rendered(case, "en")
    shown = html.unescape(re.sub(r"<[^>]*>", " ", mail.html.partition("<body")[2].partition(">")[2]))
    assert _words(shown) == _words(mail.text)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", re.sub(r"http\S+", "", text))


@pytest.mark.parametrize("kind", OF_REVIEWS)
def test_whoever_is_to_decide_reads_that_contested_products_cannot_be_approved_yet(kind: str) -> None:
    said = "cannot be approved before arbitration"
    assert said not in rendered(kind, "en").text
    for name in CONTESTS:
        assert said in rendered(f"{kind}, {name}", "en").text
    assert "approve, reject" not in rendered(f"{kind}, all contested", "en").text


def test_every_kind_is_known_to_the_outbox() -> None:
    assert [kind_of(kind.code) for kind in KINDS] == list(KINDS)


def test_what_asks_for_action_and_every_decision_is_never_silenced() -> None:
    receipts = {"submitted", "resubmitted", "withdrawn", "withdrawn_in_part"}
    may_wait = receipts | {
        "unassigned",
        "returned",
        "unassigned_many",
        "returned_many",
        "comment_posted",
        "comment_posted_review",
        "proof_ages",
    }
    assert {kind.code for kind in KINDS if not kind.never_silenced} == may_wait


def test_a_mail_says_how_to_get_fewer_or_why_it_always_comes() -> None:
    for kind in KINDS:
        mail = rendered(kind.code, "en")
        assert "/settings/" in mail.text
        assert ("It always comes at once" in mail.text) == kind.never_silenced
