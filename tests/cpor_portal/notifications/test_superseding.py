"""After an outage everybody gets the newest state of each claim, once; in ordinary operation every mail goes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st

from cpor_portal.notifications.delivery import deliver_due
from cpor_portal.notifications.models import MailState, OutboxMail
from tests.cpor_portal.notifications.conftest import QueuedMail
from tests.support.factories import make_person
from tests.support.smtp import MailServer

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
OUTAGE = timedelta(hours=7)


@pytest.fixture
def news(queued: QueuedMail, make_kind: Callable[..., object]) -> QueuedMail:
    """Makes a mail of kind `state`, which replaces `state` and `receipt`, or of another kind."""
    make_kind("receipt")
    make_kind("state", never_silenced=True, replaces=frozenset({"state", "receipt"}))
    make_kind("comment")
    return partial(queued, kind="state", queued_at=NOW - OUTAGE, next_attempt_at=NOW)


def states() -> list[str]:
    return list(OutboxMail.objects.order_by("pk").values_list("state", flat=True))


@pytest.mark.sqlite_too
def test_after_an_outage_the_newest_state_of_a_claim_goes_and_the_older_ones_are_replaced(
    smtp: MailServer, news: QueuedMail
) -> None:
    news(subject="first")
    news(subject="second")
    news(subject="third", queued_at=NOW)
    report = deliver_due(NOW)
    assert (report.sent, report.superseded) == (1, 2)
    assert [message["Subject"] for _who, message in smtp.received] == ["third"]
    assert states() == [MailState.SUPERSEDED, MailState.SUPERSEDED, MailState.SENT]


def test_within_the_hour_every_mail_goes(smtp: MailServer, news: QueuedMail) -> None:
    for _number in range(3):
        news(queued_at=NOW - timedelta(minutes=59))
    assert deliver_due(NOW).sent == 3


@pytest.mark.parametrize(
    "other",
    [
        {"claim_reference": "C-OTHER111"},
        {"recipient": "bela@partner.example"},
        {"kind": "comment"},
        {"kind": "trial"},
        {"state": MailState.FAILED},
        {"state": MailState.SILENCED},
    ],
    ids=str,
)
def test_only_newer_news_of_the_same_claim_for_the_same_person_replaces(
    smtp: MailServer, news: QueuedMail, other: dict[str, str]
) -> None:
    old = news()
    news(**other)
    deliver_due(NOW)
    old.refresh_from_db()
    assert old.state == MailState.SENT


@pytest.mark.parametrize("state", [MailState.SENT, MailState.WAITING], ids=str)
@pytest.mark.parametrize("older", ["state", "receipt"])
def test_news_that_went_or_will_go_by_itself_replaces(
    smtp: MailServer, news: QueuedMail, older: str, state: MailState
) -> None:
    news(kind=older)
    news(state=state, next_attempt_at=NOW + OUTAGE)
    assert (deliver_due(NOW).superseded, smtp.received) == (1, [])


@pytest.mark.parametrize("state", [MailState.HELD, MailState.DIGESTED], ids=str)
@pytest.mark.parametrize(("older", "superseded"), [("receipt", 1), ("state", 0)])
def test_news_of_a_digest_replaces_only_what_may_wait_for_one_too(
    smtp: MailServer, news: QueuedMail, older: str, superseded: int, state: MailState
) -> None:
    news(kind=older)
    news(state=state)
    report = deliver_due(NOW)
    assert (report.superseded, report.sent) == (superseded, 1 - superseded)


@pytest.mark.parametrize(("state", "superseded"), [(MailState.SENT, 1), (MailState.DIGESTED, 1), (MailState.HELD, 0)])
def test_within_the_hour_news_is_not_sent_after_its_successor_was_told(
    smtp: MailServer, news: QueuedMail, state: MailState, superseded: int
) -> None:
    news(kind="receipt", queued_at=NOW - timedelta(minutes=21))
    news(state=state, queued_at=NOW - timedelta(minutes=11))
    assert deliver_due(NOW).superseded == superseded


@pytest.mark.sqlite_too
@pytest.mark.parametrize("age", [timedelta(0), OUTAGE], ids=str)
def test_whoever_may_no_longer_sign_in_gets_no_mail_about_claims(
    smtp: MailServer, news: QueuedMail, age: timedelta
) -> None:
    left, there = make_person(is_active=False), make_person()
    mail = news(left.email, person=left, queued_at=NOW - age)
    news(there.email, person=there)
    assert deliver_due(NOW).sent == 1
    mail.refresh_from_db()
    assert (mail.state, smtp.recipients) == (MailState.SILENCED, [there.email])


def test_a_mail_about_an_account_goes_to_its_address(smtp: MailServer, news: QueuedMail) -> None:
    left = make_person(is_active=False)
    news(left.email, kind="account_password_reset_key", claim_reference="")
    assert deliver_due(NOW).sent == 1


def test_those_who_left_do_not_end_the_round(smtp: MailServer, news: QueuedMail) -> None:
    left = make_person(is_active=False)
    for number in range(25):
        news(left.email, person=left, claim_reference=f"C-{number}")
    news()
    assert deliver_due(NOW).sent == 1


def test_a_comment_is_never_replaced(smtp: MailServer, news: QueuedMail) -> None:
    news(kind="comment")
    news()
    assert deliver_due(NOW).sent == 2


def test_mails_about_no_claim_are_never_replaced(smtp: MailServer, news: QueuedMail) -> None:
    for _number in range(2):
        news(claim_reference="")
    assert deliver_due(NOW).sent == 2


def test_a_mail_that_is_sent_again_by_hand_goes_though_there_is_newer_news(smtp: MailServer, news: QueuedMail) -> None:
    again = news(comes_anyway=True)
    news(state=MailState.SENT)
    deliver_due(NOW)
    again.refresh_from_db()
    assert again.state == MailState.SENT


def test_the_replaced_mails_of_a_long_outage_do_not_end_the_round(smtp: MailServer, news: QueuedMail) -> None:
    for _number in range(45):
        news()
    report = deliver_due(NOW)
    assert (report.sent, report.superseded) == (1, 44)


@pytest.mark.django_db
@trials(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from("xy"), st.sampled_from(["state", "comment"]))))
def test_whatever_waited_each_person_hears_the_newest_of_each_claim_and_every_comment(
    smtp: MailServer, news: QueuedMail, waited: list[tuple[str, str, str]]
) -> None:
    OutboxMail.objects.all().delete()
    smtp.received.clear()
    for number, (claim, who, kind) in enumerate(waited):
        facts = {"claim_reference": f"C-{claim}", "kind": kind, "subject": str(number)}
        news(f"{who}@partner.example", **facts)
    deliver_due(NOW)
    newest = {(claim, who): number for number, (claim, who, kind) in enumerate(waited) if kind == "state"}
    comments = {number for number, (_claim, _who, kind) in enumerate(waited) if kind == "comment"}
    assert {int(message["Subject"]) for _who, message in smtp.received} == comments | set(newest.values())


@pytest.mark.postgres_only
def test_one_statement_finds_a_batch_and_what_is_outdated_in_it(smtp: MailServer, news: QueuedMail) -> None:
    for number in range(19):
        news(f"person{number % 7}@partner.example")
    with CaptureQueriesContext(connection) as seen:
        deliver_due(NOW)
    finding = [query["sql"] for query in seen if "SKIP LOCKED" in query["sql"]]
    assert len(finding) == 2  # the batch, and that there is no other
    assert len([query for query in seen if query["sql"].startswith("SELECT")]) == 2
