"""Sending a mail again: by Microsoft's staff, to where the person reads mail now."""

from datetime import UTC, datetime
from functools import partial

import pytest
from django.test import TestCase

from cpor_portal.accounts.models import StaffRole
from cpor_portal.faults import Conflict, Fault, NotAllowed, Refused
from cpor_portal.notifications.delivery import deliver_due
from cpor_portal.notifications.models import ErrorKind, MailState, OutboxMail
from cpor_portal.notifications.resending import resend
from tests.cpor_portal.notifications.conftest import QueuedMail
from tests.support.factories import make_firm, make_person, make_staff
from tests.support.smtp import MailServer
from tests.support.together import at_once

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def dead(queued: QueuedMail) -> QueuedMail:
    """Makes a dead letter."""
    return partial(
        queued, state=MailState.FAILED, attempts=10, error_kind=ErrorKind.SERVER_BUSY, last_error="Try again later"
    )


def refused(mail: OutboxMail) -> Fault:
    with pytest.raises(Fault) as caught:
        resend(mail.pk, by=make_staff(), now=NOW)
    return caught.value


@pytest.mark.sqlite_too
@pytest.mark.parametrize("role", list(StaffRole))
def test_staff_send_a_dead_letter_again_and_it_arrives(smtp: MailServer, dead: QueuedMail, role: str) -> None:
    mail, rita = dead(), make_staff(role)
    with TestCase.captureOnCommitCallbacks() as asked:
        resend(mail.pk, by=rita, now=NOW)
    assert [act.__name__ for act in asked] == ["ask_for_delivery"]
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.error_kind, mail.last_error) == (MailState.WAITING, 0, "", "")
    assert (mail.resent_by, mail.resent_at, mail.next_attempt_at) == (rita, NOW, NOW)
    assert deliver_due(NOW).sent == 1
    assert smtp.received[0][1]["Message-ID"] == mail.message_id


def test_a_mail_that_was_sent_can_go_out_once_more(smtp: MailServer, queued: QueuedMail) -> None:
    mail = queued(next_attempt_at=NOW)
    deliver_due(NOW)
    resend(mail.pk, by=make_staff(), now=NOW)
    deliver_due(NOW)
    assert smtp.copies[mail.message_id] == 2


def test_it_goes_to_the_address_that_was_put_right(smtp: MailServer, dead: QueuedMail) -> None:
    anna = make_person(make_firm(), email="anna@new.example")
    mail = dead("anna@old.example", person=anna)
    resend(mail.pk, by=make_staff(), now=NOW)
    deliver_due(NOW)
    assert smtp.recipients == ["anna@new.example"]


def test_it_does_not_go_where_the_same_mail_went_already(dead: QueuedMail, queued: QueuedMail) -> None:
    anna = make_person(email="anna@new.example")
    mail = dead("anna@old.example", person=anna)
    queued("anna@new.example", event_key=mail.event_key)
    assert refused(mail).code == "told_there"


def test_partners_cannot(dead: QueuedMail) -> None:
    mail = dead()
    with pytest.raises(NotAllowed):
        resend(mail.pk, by=make_person(make_firm()), now=NOW)
    mail.refresh_from_db()
    assert mail.state == MailState.FAILED


def test_a_mail_that_waits_already_is_a_conflict(queued: QueuedMail) -> None:
    fault = refused(queued())
    assert isinstance(fault, Conflict)
    assert fault.code == "already_waiting"


@pytest.mark.parametrize(
    "state", [MailState.HELD, MailState.DIGESTED, MailState.SILENCED, MailState.SUPERSEDED], ids=str
)
def test_what_was_not_sent_by_itself_stays_so(queued: QueuedMail, state: MailState) -> None:
    assert refused(queued(state=state)).code == "not_sent_by_itself"


def test_a_link_that_was_not_kept_must_be_asked_for_anew(dead: QueuedMail) -> None:
    fault = refused(dead(kind="account_password_reset_key", text="", html=""))
    assert isinstance(fault, Refused)
    assert fault.code == "text_gone"
    assert "ask for a new one" in str(fault.text)


def test_whoever_left_gets_no_mail_again(dead: QueuedMail) -> None:
    assert refused(dead(person=make_person(is_active=False))).code == "person_left"


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_once_send_it_once(smtp: MailServer, dead: QueuedMail) -> None:
    mail, rita, otto = dead(), make_staff(), make_staff()
    results = at_once(*(partial(resend, mail.pk, by=who, now=NOW) for who in (rita, otto)))
    assert sorted(isinstance(result, Conflict) for result in results) == [False, True]
    assert deliver_due(NOW).sent == 1
