"""Queueing a mail: with its act, once, in the recipient's language and time."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from socket import socket
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import TestCase

from cpor_portal.accounts.models import MailPace, User
from cpor_portal.notifications.kinds import MailKind, kind_of, register
from cpor_portal.notifications.models import MailState, OutboxMail
from cpor_portal.notifications.outbox import one_line, queue_mail, render
from tests.cpor_portal.notifications.conftest import QueuedMail
from tests.support.factories import make_person

NEW_YEARS_EVE = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("trial_templates")


def queue(to: User, *, event_key: str = "1:trial", customer: str = "Contoso") -> None:
    context = {"customer": customer, "at": NEW_YEARS_EVE}
    queue_mail(kind="trial", event_key=event_key, to=to, context=context, claim_reference="C-7K3M9Q2X")


@pytest.mark.sqlite_too
@pytest.mark.django_db
def test_a_queued_mail_waits_ready_to_be_sent() -> None:
    queue(make_person(email="anna@partner.example"))
    mail = OutboxMail.objects.get()
    assert (mail.recipient, mail.kind, mail.claim_reference) == ("anna@partner.example", "trial", "C-7K3M9Q2X")
    assert (mail.state, mail.attempts, mail.event_key) == (MailState.WAITING, 0, "1:trial")
    assert mail.message_id.startswith("<")
    assert mail.message_id.endswith("@127.0.0.1>")


@pytest.mark.sqlite_too
@pytest.mark.parametrize(
    ("pace", "never_silenced", "state"),
    [
        (MailPace.AT_ONCE, False, MailState.WAITING),
        (MailPace.AT_ONCE, True, MailState.WAITING),
        (MailPace.DIGEST, False, MailState.HELD),
        (MailPace.DIGEST, True, MailState.WAITING),
        (MailPace.NEEDS_ACTION, False, MailState.SILENCED),
        (MailPace.NEEDS_ACTION, True, MailState.WAITING),
    ],
)
@pytest.mark.django_db
def test_a_mail_begins_by_what_its_reader_chose_unless_it_is_never_silenced(
    make_kind: Callable[..., object], pace: MailPace, never_silenced: bool, state: MailState
) -> None:
    make_kind("trial", never_silenced=never_silenced)
    anna = make_person(mail_pace=pace)
    with TestCase.captureOnCommitCallbacks() as asked:
        queue(anna)
    assert OutboxMail.objects.values_list("state", "person").get() == (state, anna.pk)
    assert len(asked) == (state == MailState.WAITING)


@pytest.mark.django_db
def test_a_kind_that_nobody_knows_is_not_queued() -> None:
    with pytest.raises(ValueError, match="no kind of mail is called nonesuch"):
        kind_of("nonesuch")
    anna = make_person()
    with pytest.raises(Exception, match="nonesuch"):
        queue_mail(kind="nonesuch", event_key="1", to=anna, context={})
    assert not OutboxMail.objects.exists()


def test_two_kinds_can_not_have_the_same_code(make_kind: Callable[..., MailKind]) -> None:
    kind = make_kind("trial")
    register(kind)
    with pytest.raises(ValueError):
        register(replace(kind, never_silenced=True))


@pytest.mark.django_db
def test_a_mail_can_be_rendered_without_being_stored() -> None:
    anna = User(email="anna@partner.example", name="Anna", language="hu", time_zone="Europe/Budapest")
    mail = render("trial", anna, {"customer": "Contoso", "at": NEW_YEARS_EVE})
    assert "2027. január 1." in mail.text
    assert not OutboxMail.objects.exists()


@pytest.mark.sqlite_too
@pytest.mark.django_db
def test_the_same_event_is_told_to_a_person_once_and_to_each_person() -> None:
    anna, bela = make_person(), make_person()
    for person in (anna, anna, bela):
        queue(person)
    queue(anna, event_key="2:trial")
    assert sorted(OutboxMail.objects.values_list("event_key", "recipient")) == sorted(
        [("1:trial", anna.email), ("1:trial", bela.email), ("2:trial", anna.email)]
    )


def test_the_database_itself_refuses_a_second_mail_for_an_event(queued: QueuedMail) -> None:
    queued(event_key="1:trial")
    with pytest.raises(IntegrityError), transaction.atomic():
        queued(event_key="1:trial")


@pytest.mark.sqlite_too
@pytest.mark.django_db(transaction=True)
def test_an_act_that_is_rolled_back_leaves_no_mail() -> None:
    anna = make_person()

    def act() -> None:
        with transaction.atomic():
            queue(anna)
            raise RuntimeError("the act failed after its mail was queued")

    with pytest.raises(RuntimeError):
        act()
    assert not OutboxMail.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_mail_outside_of_a_transaction_is_a_mistake() -> None:
    anna = make_person()
    with pytest.raises(transaction.TransactionManagementError):
        queue(anna)
    assert not OutboxMail.objects.exists()


@pytest.mark.django_db
def test_delivery_is_asked_for_only_after_the_commit() -> None:
    with TestCase.captureOnCommitCallbacks() as callbacks:
        queue(make_person())
    assert [callback.__name__ for callback in callbacks] == ["ask_for_delivery"]


@pytest.mark.django_db
def test_an_act_of_many_mails_asks_for_delivery_once() -> None:
    people = [make_person() for _number in range(4)]
    with TestCase.captureOnCommitCallbacks() as callbacks, transaction.atomic():
        for person in people[:2]:
            queue(person)
        with transaction.atomic():
            queue(people[2])
        queue(people[3])
    assert len(callbacks) == 1


@pytest.mark.django_db
def test_what_is_undone_does_not_ask_for_what_stays() -> None:
    anna, bela = make_person(), make_person()
    with TestCase.captureOnCommitCallbacks() as callbacks, transaction.atomic():
        with suppress(RuntimeError), transaction.atomic():
            queue(anna)
            raise RuntimeError("undone")
        queue(bela)
    assert len(callbacks) == 1


@pytest.mark.parametrize(
    ("language", "time_zone", "expected"),
    [
        ("en", "Europe/Budapest", "Friday 1 January 2027, 00:30 (CET)"),
        ("hu", "Europe/Budapest", "2027. január 1., péntek 00:30 (CET)"),
        ("hu", "America/Los_Angeles", "2026. december 31., csütörtök 15:30 (PST)"),
        ("en", "Mars/Olympus", "Thursday 31 December 2026, 23:30 (UTC)"),
    ],
)
@pytest.mark.django_db
def test_a_mail_speaks_the_recipients_language_and_keeps_their_time(
    language: str, time_zone: str, expected: str
) -> None:
    queue(make_person(language=language, time_zone=time_zone))
    mail = OutboxMail.objects.get()
    assert expected in mail.text
    assert expected in mail.html
    assert (mail.language, language) == (language, mail.text.splitlines()[-1])


@pytest.mark.django_db
def test_names_with_line_breaks_add_neither_headers_nor_lines() -> None:
    evil = "Contoso\r\nBcc: everybody@example.com\u2028X: y\u202e"
    queue(make_person(name="Anna\r\n\r\nSent by Microsoft"), customer=evil)
    mail = OutboxMail.objects.get()
    assert mail.subject == "Contoso Bcc: everybody@example.com X: y: trial"
    assert mail.text.startswith("Anna Sent by Microsoft, ")


@pytest.mark.django_db
def test_a_text_mail_is_not_escaped_and_an_html_mail_is() -> None:
    queue(make_person(), customer="Fish & <b>Chips</b>")
    mail = OutboxMail.objects.get()
    assert mail.subject == "Fish & <b>Chips</b>: trial"
    assert "Fish & <b>Chips</b>" in mail.text
    assert "Fish &amp; &lt;b&gt;Chips&lt;/b&gt;" in mail.html


@pytest.mark.django_db
def test_text_mails_have_no_gaps_and_subjects_fit() -> None:
    queue(make_person(), customer="x" * 1000)
    mail = OutboxMail.objects.get()
    assert "\n\n\n" not in mail.text
    assert mail.text.endswith("en\n")
    assert len(mail.subject) == 300


def test_one_line_keeps_the_letters_of_every_script() -> None:
    assert one_line("  Árvíztűrő\ttükörfúrógép \n Kft.\x00 ") == "Árvíztűrő tükörfúrógép Kft."


SCRIPT = """
import time, django
django.setup()
from django.db import transaction
from django.urls import reverse
from cpor_portal.accounts.models import User
from cpor_portal.notifications.outbox import queue_mail
reverse("home")  # reads all addresses, as every process has long done when somebody acts
anna = User.objects.get()
facts = {"customer": "Contoso", "reference": "C-7K3M9Q2X", "lines": [], "link": "http://127.0.0.1:8000/"}
began = time.monotonic()
for number in range(5):
    with transaction.atomic():
        queue_mail(kind="withdrawn", event_key=str(number), to=anna, context=facts)
print(time.monotonic() - began)
"""


@pytest.mark.parametrize(("is_silent", "seconds"), [(False, 2), (True, 4)], ids=["refuses", "silent"])
@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_neither_fails_an_act_nor_holds_it_up(
    process_environment: dict[str, Any], is_silent: bool, seconds: int
) -> None:
    make_person()
    with closing(socket()) as broker:
        broker.bind(("127.0.0.1", 0))
        if is_silent:
            broker.listen()
        address = f"redis://127.0.0.1:{broker.getsockname()[1]}/0"
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={**process_environment, "REDIS_URL": address},
            capture_output=True,
            text=True,
        )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < seconds
    assert "job_waits_for_sweep" in done.stderr
    assert OutboxMail.objects.filter(state=MailState.WAITING).count() == 5
