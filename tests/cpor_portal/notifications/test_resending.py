"""Sending a mail again: by Microsoft's staff, to where the person reads mail now."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from cpor_portal.accounts.models import StaffRole
from cpor_portal.faults import Conflict, Fault, NotAllowed, Refused
from cpor_portal.notifications import resending, tasks
from cpor_portal.notifications.delivery import deliver_due
from cpor_portal.notifications.models import ErrorKind, MailState, OutboxMail
from cpor_portal.notifications.resending import PORTION, REPEATED, resend, resend_many
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
        again = resend(mail.pk, by=rita, now=NOW)
    assert [act.__name__ for act in asked] == ["ask_for_delivery"]
    again.refresh_from_db()
    assert (again.state, again.attempts, again.error_kind, again.last_error) == (MailState.WAITING, 0, "", "")
    assert (again.resends, again.asked_by, again.queued_at, again.next_attempt_at) == (mail, rita, NOW, NOW)
    assert [getattr(again, name) for name in REPEATED] == [getattr(mail, name) for name in REPEATED]
    assert deliver_due(NOW).sent == 1
    assert smtp.received[0][1]["Message-ID"] == again.message_id


@pytest.mark.parametrize("state", [MailState.FAILED, MailState.SENT], ids=str)
def test_the_first_mail_stays_as_it_was_and_the_new_one_has_a_message_id_of_its_own(
    queued: QueuedMail, state: MailState
) -> None:
    anna = make_person(make_firm(), email="anna@new.example")
    facts = {"attempts": 3, "error_kind": ErrorKind.SERVER_BUSY, "last_error": "Later", "sent_at": NOW}
    mail = queued("anna@old.example", person=anna, state=state, **facts)
    before = OutboxMail.objects.values().get(pk=mail.pk)
    again = resend(mail.pk, by=make_staff(), now=NOW + timedelta(hours=1))
    assert OutboxMail.objects.values().get(pk=mail.pk) == before
    assert again.message_id != mail.message_id
    assert (again.recipient, again.event_key) == ("anna@new.example", f"resend:{mail.pk}:1")


def test_the_newest_copy_can_be_sent_again_and_none_before_it(dead: QueuedMail) -> None:
    first, rita = dead(), make_staff()
    second = resend(first.pk, by=rita, now=NOW)
    assert refused(second).code == "already_waiting"
    OutboxMail.objects.filter(pk=second.pk).update(state=MailState.FAILED)
    fault = refused(first)
    assert isinstance(fault, Conflict)
    assert (fault.code, fault.facts["by"], fault.facts["at"]) == ("sent_again", rita, NOW)
    third = resend(second.pk, by=rita, now=NOW)
    assert (third.resends, third.event_key) == (first, f"resend:{first.pk}:2")
    assert len({mail.message_id for mail in OutboxMail.objects.all()}) == 3


def test_a_mail_that_was_sent_can_go_out_once_more(smtp: MailServer, queued: QueuedMail) -> None:
    mail = queued(next_attempt_at=NOW)
    deliver_due(NOW)
    resend(mail.pk, by=make_staff(), now=NOW)
    deliver_due(NOW)
    assert sorted(smtp.copies.values()) == [1, 1]


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


def test_a_text_that_was_forgotten_is_not_said_to_have_been_a_link(dead: QueuedMail) -> None:
    fault = refused(dead(text="", html=""))
    assert (fault.code, str(fault.text)) == ("text_gone", "The text of this mail is not kept any more.")


# --- Many ---------------------------------------------------------------------------------------------------


@pytest.fixture
def news(dead: QueuedMail, make_kind: Callable[..., object]) -> QueuedMail:
    """Makes a dead letter that tells where its claim stands."""
    make_kind("state", replaces=frozenset({"state"}))
    return partial(dead, kind="state")


def states() -> list[str]:
    """The states of what was sent again, in the order of the first mails."""
    return list(OutboxMail.objects.exclude(resends=None).order_by("resends_id").values_list("state", flat=True))


@pytest.mark.sqlite_too
@pytest.mark.parametrize("told", [MailState.SENT, MailState.WAITING, MailState.HELD, MailState.DIGESTED], ids=str)
def test_of_many_what_newer_news_has_overtaken_is_not_sent(news: QueuedMail, told: MailState) -> None:
    request = news()
    news(state=told)
    assert resend_many([request.pk], by=make_staff(), now=NOW) == 0
    assert states() == [MailState.SUPERSEDED]
    request.refresh_from_db()
    assert request.state == MailState.FAILED


def test_of_many_about_one_claim_the_newest_is_sent_though_they_are_queued_together(
    smtp: MailServer, news: QueuedMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    mails = [news(subject=f"Number {number}") for number in range(5)]
    for portion in (PORTION, 2):
        monkeypatch.setattr(resending, "PORTION", portion)
        ids = [mail.pk for mail in OutboxMail.objects.filter(state=MailState.FAILED)]
        assert resend_many(ids, by=make_staff(), now=NOW) == 1
        assert states() == [MailState.SUPERSEDED] * 4 + [MailState.WAITING]
        deliver_due(NOW)
        OutboxMail.objects.exclude(resends=None).delete()
    assert [message["Subject"] for _to, message in smtp.received] == [mails[-1].subject] * 2


def test_what_was_sent_again_is_no_newer_than_what_it_repeats(smtp: MailServer, news: QueuedMail) -> None:
    request = news()
    rejection = news(state=MailState.WAITING, queued_at=NOW - timedelta(hours=3), next_attempt_at=NOW)
    resend(request.pk, by=make_staff(), now=NOW)
    deliver_due(NOW)
    rejection.refresh_from_db()
    assert rejection.state == MailState.SENT


def test_one_by_hand_goes_though_newer_news_was_sent_and_however_long_it_waits(
    smtp: MailServer, news: QueuedMail
) -> None:
    request = news()
    news(state=MailState.SENT)
    again = resend(request.pk, by=make_staff(), now=NOW)
    deliver_due(NOW + timedelta(days=2))
    again.refresh_from_db()
    assert again.state == MailState.SENT


def test_of_many_one_that_waits_long_is_replaced_like_any_other(smtp: MailServer, news: QueuedMail) -> None:
    resend_many([news().pk], by=make_staff(), now=NOW)
    news(state=MailState.SENT)
    deliver_due(NOW + timedelta(hours=2))
    assert states() == [MailState.SUPERSEDED]


@pytest.mark.django_db(transaction=True)
def test_many_cost_a_few_statements_and_ask_for_delivery_now_and_then(
    dead: QueuedMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(tasks.deliver_mail, "apply_async", lambda **options: asked.append(options))
    ids, rita = [dead().pk for _number in range(PORTION + 50)], make_staff()
    with CaptureQueriesContext(connection) as captured:
        assert resend_many(ids, by=rita, now=NOW) == PORTION + 50
    assert len(captured) <= 2 * 12
    assert len(asked) == 2


def test_partners_cannot_send_many_again(dead: QueuedMail) -> None:
    with pytest.raises(NotAllowed):
        resend_many([dead().pk], by=make_person(make_firm()), now=NOW)


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
def test_two_who_send_many_again_at_once_send_each_once(smtp: MailServer, dead: QueuedMail) -> None:
    ids = [dead().pk for _number in range(30)]
    results = at_once(*(partial(resend_many, ids, by=who, now=NOW) for who in (make_staff(), make_staff())))
    assert sum(results) == 30
    assert deliver_due(NOW).sent == 30


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_once_send_it_once(smtp: MailServer, dead: QueuedMail) -> None:
    mail, rita, otto = dead(), make_staff(), make_staff()
    results = at_once(*(partial(resend, mail.pk, by=who, now=NOW) for who in (rita, otto)))
    assert sorted(isinstance(result, Conflict) for result in results) == [False, True]
    assert deliver_due(NOW).sent == 1
