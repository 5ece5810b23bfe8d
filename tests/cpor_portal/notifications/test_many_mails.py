"""One piece of news for many people, and a sweep with many pieces of news."""

import pytest
from django.db import transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from claims.mails.kinds import KINDS
from cpor_portal.accounts.models import User
from cpor_portal.notifications import outbox, tasks
from cpor_portal.notifications.models import OutboxMail
from cpor_portal.notifications.outbox import asking_seldom, queue_mails
from tests.support.factories import make_person

pytestmark = pytest.mark.django_db
KIND = next(kind for kind in KINDS if kind.code == "escalated")


def _tell(*people: User, key: str = "deadline-1:escalated") -> dict[str, OutboxMail]:
    with transaction.atomic():
        queue_mails(kind=KIND.code, event_key=key, to=people, context=KIND.sample())
    return {mail.recipient: mail for mail in OutboxMail.objects.filter(event_key=key)}


def test_everybody_is_greeted_by_their_own_name() -> None:
    ann, bob = make_person(name="Ann <b>Arbiter</b>"), make_person(name="Bob & Co")
    mails = _tell(ann, bob)
    assert mails[ann.email].text.startswith("Hello Ann <b>Arbiter</b>,")
    assert "Hello Ann &lt;b&gt;Arbiter&lt;/b&gt;," in mails[ann.email].html
    assert mails[bob.email].text.startswith("Hello Bob & Co,")
    assert "Hello Bob &amp; Co," in mails[bob.email].html
    assert "Ann" not in mails[bob.email].text + mails[bob.email].html
    assert mails[ann.email].message_id != mails[bob.email].message_id


def test_a_name_can_add_no_line() -> None:
    person = make_person(name="Ann\r\nBcc: everybody@partner.example")
    assert _tell(person)[person.email].text.startswith("Hello Ann Bcc: everybody@partner.example,\n")


def test_each_reads_their_own_language_and_their_own_time() -> None:
    people = [
        make_person(language="en", time_zone="UTC"),
        make_person(language="en", time_zone="Asia/Tokyo"),
        make_person(language="hu", time_zone="UTC"),
    ]
    mails = _tell(*people)
    assert [mails[person.email].language for person in people] == ["en", "en", "hu"]
    alike = {mail.text.replace(person.name, "") for person in people if (mail := mails[person.email])}
    assert len(alike) == 3


def test_many_mails_are_one_statement(django_assert_num_queries: pytest.FixtureRequest) -> None:
    people = [make_person() for _number in range(30)]
    with transaction.atomic(), django_assert_num_queries(1):  # type: ignore[operator]
        queue_mails(kind=KIND.code, event_key="1:escalated", to=people, context=KIND.sample())
    assert OutboxMail.objects.count() == 30


def test_a_sweep_asks_for_delivery_at_its_beginning_and_at_its_end(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    asked: list[dict[str, object]] = []
    monkeypatch.setattr(tasks.deliver_mail, "apply_async", lambda **options: asked.append(options))
    monkeypatch.setattr(outbox, "SECONDS_BETWEEN_ASKS", 60.0)
    person = make_person()
    with asking_seldom():
        for number in range(5):
            with django_capture_on_commit_callbacks(execute=True):
                _tell(person, key=f"{number}:escalated")
        assert len(asked) == 1
    assert len(asked) == 2


def test_a_sweep_that_told_nothing_asks_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(tasks.deliver_mail, "apply_async", lambda **options: asked.append(options))
    with asking_seldom():
        pass
    assert asked == []
