"""allauth's mails: through the outbox, in the person's language, and readable by nobody but their recipient."""

import re
from pathlib import Path
from socket import socket

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from pytest_django import Settings

from cpor_portal.accounts.importing import import_partners
from cpor_portal.accounts.models import User
from cpor_portal.notifications.delivery import deliver_due
from cpor_portal.notifications.errors import PAUSES
from cpor_portal.notifications.mailbox import find_letter, letter_names
from cpor_portal.notifications.models import ErrorKind, MailState, OutboxMail
from tests.support.factories import PASSWORD
from tests.support.smtp import MailServer

pytestmark = pytest.mark.django_db

RITA = "rita@microsoft.example"
NEW_PASSWORD = "quite-another-password"
LINK = re.compile(r"https?://testserver(/accounts/password/reset/key/\S+)")


@pytest.fixture(autouse=True)
def mail_folder(settings: Settings, tmp_path: Path) -> None:
    """Mail goes into files of this test's own, unless it asks for a server."""
    settings.MAILBOX_DIR = tmp_path / "mail"
    settings.EMAIL_BACKEND = "cpor_portal.notifications.mailbox.EmlFileBackend"


@pytest.fixture
def rita() -> User:
    import_partners({"staff": [{"email": RITA, "name": "Rita", "password": PASSWORD, "role": "reviewer"}]})
    return User.objects.get(email=RITA)


def ask_for_a_new_password(client: Client, email: str) -> tuple[int, str]:
    answer = client.post(reverse("account_reset_password"), {"email": email})
    return answer.status_code, answer.headers.get("Location", "")


def without_a_mail_server(settings: Settings) -> None:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = probe.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"


@pytest.mark.sqlite_too
@pytest.mark.django_db(transaction=True)
def test_a_known_and_an_unknown_address_are_answered_alike_while_the_mail_server_is_down(
    client: Client, rita: User, settings: Settings
) -> None:
    without_a_mail_server(settings)
    known = ask_for_a_new_password(client, RITA)
    unknown = ask_for_a_new_password(client, "nobody@microsoft.example")
    assert known == unknown == (302, reverse("account_reset_password_done"))
    mail = OutboxMail.objects.get()
    assert (mail.recipient, mail.kind, mail.state) == (RITA, "account_password_reset_key", MailState.WAITING)


def test_the_link_that_arrives_lets_its_reader_choose_a_password(client: Client, rita: User) -> None:
    ask_for_a_new_password(client, RITA)
    assert deliver_due().sent == 1
    letter = find_letter(letter_names()[0])
    page = client.get(LINK.search(letter.text)[1], follow=True)
    client.post(page.request["PATH_INFO"], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    rita.refresh_from_db()
    assert rita.check_password(NEW_PASSWORD)


def test_each_request_is_a_mail_of_its_own(client: Client, rita: User) -> None:
    for _time in range(2):
        ask_for_a_new_password(client, RITA)
    assert OutboxMail.objects.count() == 2


def test_a_mail_about_an_account_speaks_its_owners_language(client: Client, rita: User) -> None:
    User.objects.update(language="hu")
    client.post("/language/", {"language": "en", "next": "/"})
    ask_for_a_new_password(client, RITA)
    mail = OutboxMail.objects.get()
    with translation.override("hu"):
        subject = gettext("Choose a new password")
    assert (mail.language, mail.subject) == ("hu", subject)


def test_a_link_goes_from_the_outbox_when_its_mail_was_sent(client: Client, rita: User) -> None:
    ask_for_a_new_password(client, RITA)
    assert LINK.search(OutboxMail.objects.get().text)
    deliver_due()
    mail = OutboxMail.objects.get()
    assert (mail.state, mail.text, mail.html) == (MailState.SENT, "", "")
    assert mail.subject


def test_a_link_goes_from_the_outbox_when_its_mail_is_given_up(client: Client, rita: User, smtp: MailServer) -> None:
    smtp.busy = {RITA}
    ask_for_a_new_password(client, RITA)
    OutboxMail.objects.update(attempts=len(PAUSES[ErrorKind.SERVER_BUSY]))
    assert deliver_due().failed == 1
    mail = OutboxMail.objects.get()
    assert (mail.state, mail.text) == (MailState.FAILED, "")
