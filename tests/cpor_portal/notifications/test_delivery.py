"""Delivery against a real mail server on loopback that accepts, refuses, is busy or hangs up."""

import re
import smtplib
from datetime import UTC, datetime, timedelta
from functools import partial
from io import StringIO
from typing import Any

import pytest
from django.core.mail.backends.smtp import EmailBackend
from django.core.management import call_command
from pytest_django import Settings

from cpor_portal import settings as portal_settings
from cpor_portal.notifications import delivery
from cpor_portal.notifications.batches import LEASE, STEPS_OF_ONE_MAIL, take_batch
from cpor_portal.notifications.delivery import deliver_due
from cpor_portal.notifications.errors import PAUSES
from cpor_portal.notifications.models import ErrorKind, MailState, OutboxMail
from cpor_portal.notifications.tasks import deliver_mail
from cpor_portal.notifications.unsubscribing import person_of
from tests.cpor_portal.notifications.conftest import QueuedMail
from tests.support.factories import make_person
from tests.support.smtp import MailServer
from tests.support.together import at_once

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
A_MOMENT = timedelta(seconds=1)
LIST_UNSUBSCRIBE = re.compile(
    r"<http://127\.0\.0\.1:8000/mail/unsubscribe/([^/]+)/>,\s*<mailto:support@cpor-portal\.example\?subject=unsubscribe>"
)
BUSY = PAUSES[ErrorKind.SERVER_BUSY]
GONE = PAUSES[ErrorKind.SERVER_GONE]
PORTAL_REFUSED = PAUSES[ErrorKind.PORTAL_REFUSED]


@pytest.fixture
def waiting(queued: QueuedMail) -> QueuedMail:
    """Makes a mail that is due at NOW."""
    return partial(queued, queued_at=NOW, next_attempt_at=NOW)


class DiesAfterSending(EmailBackend):
    """The process ends between the server's "taken" and the row's "sent"."""

    def send_messages(self, email_messages: Any) -> int:
        super().send_messages(email_messages)
        raise KeyboardInterrupt


class TakesLong(EmailBackend):
    """A server that takes a minute and a half for each mail."""

    SPAN = timedelta(seconds=90)
    clock: Any

    def send_messages(self, email_messages: Any) -> int:
        sent = super().send_messages(email_messages)
        self.clock.shift(self.SPAN)
        return sent


@pytest.mark.sqlite_too
def test_a_due_mail_is_sent_once_and_marked(smtp: MailServer, waiting: QueuedMail) -> None:
    mail = waiting()
    assert deliver_due(NOW).sent == 1
    assert deliver_due(NOW + LEASE * 2).handled == 0
    mail.refresh_from_db()
    assert (mail.state, mail.sent_at, mail.attempts, mail.last_error) == (MailState.SENT, NOW, 1, "")
    assert smtp.recipients == ["anna@partner.example"]


def test_a_mail_carries_its_headers_and_both_parts(smtp: MailServer, waiting: QueuedMail, settings: Settings) -> None:
    mail = waiting(subject="Árvíztűrő Kft. · C-7K3M9Q2X: jóváhagyva", text="Üdvözöljük!\n.\nVége\n", language="hu")
    deliver_due(NOW)
    _recipient, message = smtp.received[0]
    assert message["Message-ID"] == mail.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-CPOR-Claim"] == "C-7K3M9Q2X"
    assert message["In-Reply-To"] == message["References"] == "<claim-C-7K3M9Q2X@127.0.0.1>"
    assert message["From"] == settings.DEFAULT_FROM_EMAIL
    assert message["Reply-To"] == settings.SUPPORT_ADDRESS
    assert message["Content-Language"] == "hu"
    assert message["Subject"].strip() == mail.subject  # folded headers keep a blank
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().replace("\r\n", "\n") == "Üdvözöljük!\n.\nVége\n"
    assert html.get_content().strip() == "<p>Hello</p>"


def test_a_mail_that_is_not_due_yet_waits(smtp: MailServer, waiting: QueuedMail) -> None:
    waiting(next_attempt_at=NOW + A_MOMENT)
    assert deliver_due(NOW).handled == 0
    assert smtp.connections == 0


def test_a_refused_recipient_fails_at_once_and_stops_nobody(smtp: MailServer, waiting: QueuedMail) -> None:
    smtp.refuse = {"gone@partner.example"}
    gone, _fine = waiting("gone@partner.example"), waiting()
    report = deliver_due(NOW)
    gone.refresh_from_db()
    assert (report.failed, report.sent) == (1, 1)
    assert (gone.state, gone.attempts) == (MailState.FAILED, 1)
    assert re.fullmatch(r"55\d .*No such person", gone.last_error)
    assert gone.next_attempt_at == NOW
    assert smtp.recipients == ["anna@partner.example"]


def test_refused_content_fails_at_once(smtp: MailServer, waiting: QueuedMail) -> None:
    smtp.refuse_content_of = {"anna@partner.example"}
    waiting()
    assert deliver_due(NOW).failed == 1


def test_a_refused_sender_is_our_own_fault_and_the_mail_waits(smtp: MailServer, waiting: QueuedMail) -> None:
    smtp.refuse_sender = True
    mail = waiting()
    assert deliver_due(NOW).postponed == 1
    smtp.refuse_sender = False
    assert deliver_due(NOW + PORTAL_REFUSED[0]).sent == 1
    mail.refresh_from_db()
    assert mail.state == MailState.SENT


def test_a_busy_server_is_tried_again_after_growing_pauses_and_given_up_after_three_days(
    smtp: MailServer, waiting: QueuedMail
) -> None:
    smtp.busy = {"anna@partner.example"}
    mail, now = waiting(), NOW
    for pause in BUSY:
        assert deliver_due(now).postponed == 1
        assert deliver_due(now + pause - A_MOMENT).handled == 0
        now += pause
    assert deliver_due(now).failed == 1
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (MailState.FAILED, len(BUSY) + 1)
    assert "Try again later" in mail.last_error
    assert timedelta(days=3) < now - NOW < timedelta(days=3, hours=6)
    assert list(BUSY) == sorted(BUSY)


def test_a_server_that_hangs_up_stops_nobody(smtp: MailServer, waiting: QueuedMail) -> None:
    smtp.drop_after_data = {"unlucky@partner.example"}
    unlucky = waiting("unlucky@partner.example")
    waiting()
    report = deliver_due(NOW)
    assert (report.postponed, report.sent, report.unreachable) == (1, 1, False)
    smtp.drop_after_data.clear()
    deliver_due(NOW + GONE[0])
    unlucky.refresh_from_db()
    assert unlucky.state == MailState.SENT
    # The server had taken it before it hung up: a second copy, and its Message-ID says so.
    copies = [message["Message-ID"] for who, message in smtp.received if who == unlucky.recipient]
    assert copies == [unlucky.message_id] * 2


def test_while_the_server_is_away_one_mail_tries_and_all_keep_waiting(
    waiting: QueuedMail, settings: Settings, smtp: MailServer
) -> None:
    settings.EMAIL_PORT = 9  # nobody listens there
    for number in range(3):
        waiting(f"person{number}@partner.example")
    report = deliver_due(NOW)
    assert (report.postponed, report.unreachable) == (1, True)
    settings.EMAIL_PORT = smtp.port
    assert deliver_due(NOW + GONE[0]).sent == 3


def test_a_crash_between_sending_and_marking_sends_twice_and_never_not_at_all(
    smtp: MailServer, waiting: QueuedMail, settings: Settings
) -> None:
    mail = waiting()
    settings.EMAIL_BACKEND = f"{__name__}.DiesAfterSending"
    with pytest.raises(KeyboardInterrupt):
        deliver_due(NOW)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert deliver_due(NOW + LEASE - A_MOMENT).handled == 0
    assert deliver_due(NOW + LEASE).sent == 1
    assert [message["Message-ID"] for _who, message in smtp.received] == [mail.message_id] * 2


def test_after_a_crash_only_the_mail_in_flight_goes_out_twice(
    smtp: MailServer, waiting: QueuedMail, settings: Settings
) -> None:
    first, *others = [waiting(f"person{number}@partner.example") for number in range(5)]
    settings.EMAIL_BACKEND = f"{__name__}.DiesAfterSending"
    with pytest.raises(KeyboardInterrupt):
        deliver_due(NOW)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert deliver_due(NOW + LEASE).sent == 5
    copies = smtp.copies
    assert copies[first.message_id] == 2
    assert [copies[mail.message_id] for mail in others] == [1] * 4


def test_a_busy_spell_begins_to_count_anew_after_an_outage(smtp: MailServer, waiting: QueuedMail) -> None:
    mail = waiting(attempts=500, error_kind=ErrorKind.SERVER_GONE)
    smtp.busy = {mail.recipient}
    assert deliver_due(NOW).postponed == 1
    mail.refresh_from_db()
    assert (mail.attempts, mail.error_kind) == (1, ErrorKind.SERVER_BUSY)


def test_a_server_that_was_gone_for_a_week_gets_the_mail_all_the_same(
    waiting: QueuedMail, settings: Settings, smtp: MailServer, pytestconfig: pytest.Config
) -> None:
    settings.EMAIL_PORT = 9  # nobody listens there
    mail, now, pauses = waiting(), NOW, []
    while now < NOW + timedelta(days=7):
        assert deliver_due(now).unreachable
        mail.refresh_from_db()
        pauses.append(mail.next_attempt_at - now)
        if len(pauses) == 20 and not pytestconfig.getoption("--long"):
            # The attempts of six days that fail just like these, without the hundreds of connections.
            mail.attempts += timedelta(days=6) // GONE[-1]
            mail.next_attempt_at += timedelta(days=6)
            mail.save()
        now = mail.next_attempt_at
    assert pauses == sorted(pauses)
    assert (max(pauses), mail.error_kind) == (GONE[-1], ErrorKind.SERVER_GONE)
    settings.EMAIL_PORT = smtp.port
    assert deliver_due(now).sent == 1


def test_when_the_server_is_gone_the_rest_of_the_batch_is_nobodys(
    waiting: QueuedMail, settings: Settings, smtp: MailServer
) -> None:
    settings.EMAIL_PORT = 9  # nobody listens there
    for number in range(3):
        waiting(f"person{number}@partner.example")
    deliver_due(NOW)
    settings.EMAIL_PORT = smtp.port
    # At once, without the lease or a pause: only one mail was tried.
    assert deliver_due(NOW).sent == 2


def test_a_server_that_takes_nothing_from_the_portal_is_asked_once_a_round(
    smtp: MailServer, waiting: QueuedMail
) -> None:
    smtp.refuse_sender = True
    for number in range(3):
        waiting(f"person{number}@partner.example")
    report = deliver_due(NOW)
    assert (report.postponed, report.unreachable) == (1, True)


def test_a_server_that_hangs_up_twice_in_a_row_is_left_alone(smtp: MailServer, waiting: QueuedMail) -> None:
    people = [f"person{number}@partner.example" for number in range(5)]
    smtp.drop_after_data = set(people)
    for person in people:
        waiting(person)
    report = deliver_due(NOW)
    assert (report.postponed, report.unreachable) == (2, True)


def test_a_server_that_does_not_answer_in_time_holds_nobody_up_twice(
    smtp: MailServer, waiting: QueuedMail, settings: Settings
) -> None:
    settings.EMAIL_TIMEOUT, smtp.seconds_to_confirm = 0.2, 2
    for number in range(3):
        waiting(f"person{number}@partner.example")
    report = deliver_due(NOW)
    assert (report.postponed, report.unreachable) == (1, True)


def test_an_address_that_can_not_be_written_fails_alone(smtp: MailServer, waiting: QueuedMail) -> None:
    broken = waiting("anna@partner.example\nBcc: everybody@example.com")
    waiting("bela@partner.example")
    report = deliver_due(NOW)
    broken.refresh_from_db()
    assert (report.failed, report.sent) == (1, 1)
    assert broken.state == MailState.FAILED
    assert smtp.recipients == ["bela@partner.example"]


def test_no_mail_is_begun_that_might_outlast_the_lease(
    smtp: MailServer, waiting: QueuedMail, settings: Settings, time_machine: Any
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.TakesLong"
    TakesLong.clock = time_machine
    mails = [waiting(f"person{number}@partner.example") for number in range(4)]
    time_machine.move_to(NOW, tick=False)
    worst_case = STEPS_OF_ONE_MAIL * timedelta(seconds=settings.EMAIL_TIMEOUT)
    begun_at = [NOW + number * TakesLong.SPAN for number in range(4)]
    in_time = [at for at in begun_at if at + worst_case <= NOW + LEASE]
    batch = take_batch(NOW, 20)
    this = delivery._Round(None, 20, old_too=True)
    delivery._deliver_batch(batch, this)
    this.server.close()
    assert 0 < len(in_time) < 4
    assert len(smtp.received) == len(in_time)
    rest = OutboxMail.objects.filter(pk__in=[mail.pk for mail in mails], state=MailState.WAITING)
    assert set(rest.values_list("next_attempt_at", flat=True)) == {NOW}, "the rest is given back"


def test_a_lease_lasts_for_the_last_mail_of_a_round_however_slow_the_server_is() -> None:
    one = STEPS_OF_ONE_MAIL * timedelta(seconds=portal_settings.EMAIL_TIMEOUT)
    assert timedelta(seconds=delivery.ROUND_SECONDS) + one <= LEASE


def test_one_connection_is_kept_for_a_round(smtp: MailServer, waiting: QueuedMail) -> None:
    for number in range(20):
        waiting(f"person{number}@partner.example")
    assert deliver_due(NOW).sent == 20
    assert smtp.connections == 1


def test_a_round_sends_no_more_than_its_limit_and_the_longest_due_first(smtp: MailServer, waiting: QueuedMail) -> None:
    waiting("late@partner.example")
    waiting("first@partner.example", next_attempt_at=NOW - A_MOMENT)
    assert deliver_due(NOW, limit=1).sent == 1
    assert smtp.recipients == ["first@partner.example"]


@pytest.mark.sqlite_too
def test_mails_about_claims_can_be_turned_down_with_one_click(smtp: MailServer, waiting: QueuedMail) -> None:
    person = make_person()
    waiting(person=person)
    waiting(kind="account_password_reset_key", claim_reference="", person=person)
    deliver_due(NOW)
    of_claim, of_account = (message for _recipient, message in smtp.received)
    address = LIST_UNSUBSCRIBE.fullmatch(of_claim["List-Unsubscribe"])
    assert person_of(address[1]) == person
    assert of_claim["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert of_claim["List-Id"] == "<claims.127.0.0.1>"
    assert not {"List-Unsubscribe", "List-Unsubscribe-Post", "List-Id", "Precedence"} & set(of_account.keys())


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
def test_two_deliverers_at_once_send_each_mail_once(smtp: MailServer, waiting: QueuedMail) -> None:
    for number in range(60):
        waiting(f"person{number}@partner.example")
    reports = at_once(*[partial(deliver_due, NOW)] * 3)
    assert sum(report.sent for report in reports) == 60
    assert sorted(smtp.recipients) == sorted(f"person{number}@partner.example" for number in range(60))
    assert set(OutboxMail.objects.values_list("state", "attempts")) == {(MailState.SENT, 1)}


def test_the_command_prints_how_it_went(smtp: MailServer, queued: QueuedMail) -> None:
    smtp.refuse, smtp.busy = {"gone@partner.example"}, {"busy@partner.example"}
    for recipient in ("anna@partner.example", "gone@partner.example", "busy@partner.example"):
        queued(recipient)
    output = StringIO()
    call_command("deliver_mail", stdout=output)
    assert output.getvalue() == "Sent: 1. To be tried again: 1. Failed: 1.\n"


def test_the_task_delivers_what_is_due(smtp: MailServer, queued: QueuedMail) -> None:
    queued()
    deliver_mail.apply(throw=True)
    assert OutboxMail.objects.get().state == MailState.SENT


def test_the_stand_in_server_really_refuses(smtp: MailServer) -> None:
    smtp.refuse = {"gone@partner.example"}
    with smtplib.SMTP("127.0.0.1", smtp.port) as client, pytest.raises(smtplib.SMTPRecipientsRefused):
        client.sendmail("a@portal.example", ["gone@partner.example"], "Subject: x\r\n\r\nx")
