"""Mail as files, and the pages at /mailbox/."""

import re
import stat
from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from cpor_portal.notifications.delivery import deliver_due
from cpor_portal.notifications.mailbox import find_letter, letter_names
from cpor_portal.notifications.models import MailState, OutboxMail
from tests.cpor_portal.notifications.conftest import QueuedMail
from tests.support.factories import make_firm, make_person


@pytest.fixture(autouse=True)
def mail_folder(settings: Settings, tmp_path: Path) -> Path:
    """Mail goes into files of this test's own."""
    settings.MAILBOX_DIR = tmp_path / "mail"
    settings.EMAIL_BACKEND = "cpor_portal.notifications.mailbox.EmlFileBackend"
    return tmp_path / "mail"


def send(to: str = "anna@partner.example", subject: str = "Contoso: approved", html: str = "") -> str:
    """Store one mail; returns its name."""
    message = EmailMultiAlternatives(subject, "See http://127.0.0.1:8000/claims/ & <b>rejoice</b>", to=[to])
    if html:
        message.attach_alternative(html, "text/html")
    get_connection().send_messages([message])
    return letter_names()[0]


def test_each_mail_is_one_file_that_only_its_owner_reads(mail_folder: Path) -> None:
    send()
    send()
    files = list(mail_folder.iterdir())
    assert len(files) == 2
    for file in files:
        assert re.fullmatch(r"\d{8}T\d{12}Z-[0-9a-f]{16}\.eml", file.name)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(mail_folder.stat().st_mode) == 0o700


@pytest.mark.sqlite_too
def test_the_outbox_delivers_into_the_mailbox(queued: QueuedMail) -> None:
    mail = queued(subject="Árvíztűrő Kft.: jóváhagyva", text="Üdvözöljük!\n")
    assert deliver_due().sent == 1
    letter = find_letter(letter_names()[0])
    assert letter is not None
    assert (letter.to, letter.subject) == (mail.recipient, mail.subject)
    assert letter.text.strip() == "Üdvözöljük!"
    assert ("Message-ID", mail.message_id) in letter.headers


def test_a_full_disk_keeps_the_mail_waiting(queued: QueuedMail, mail_folder: Path) -> None:
    mail_folder.write_text("a file is where the folder should be")
    queued()
    assert deliver_due().postponed == 1
    assert OutboxMail.objects.get().state == MailState.WAITING


def test_the_newest_mail_stands_first() -> None:
    names = [send(subject=f"Number {number}") for number in range(3)]
    assert letter_names() == names[::-1]


@pytest.fixture
def client(db: None) -> Client:
    """Somebody who has signed in; who that is does not matter here."""
    client = Client()
    client.force_login(make_person(make_firm()))
    return client


@pytest.mark.django_db
def test_the_mailbox_is_not_read_without_signing_in() -> None:
    name = send()
    for path in ("/mailbox/", f"/mailbox/{name}/", f"/mailbox/{name}/html/"):
        assert Client().get(path).headers["Location"] == f"/accounts/login/?next={path}"


@pytest.mark.django_db
def test_the_mailbox_shows_everybodys_mail_newest_first(client: Client) -> None:
    send("anna@partner.example", "Contoso: approved")
    send("rita@microsoft.example", "Fabrikam: decision due")
    page = client.get(reverse("mailbox")).content.decode()
    assert page.index("Fabrikam: decision due") < page.index("Contoso: approved")
    assert "anna@partner.example" in page


@pytest.mark.django_db
def test_the_cells_carry_their_heading_where_the_screen_is_too_narrow_for_a_table(client: Client) -> None:
    client.force_login(make_person(make_firm()))
    send()
    page = client.get(reverse("mailbox")).content.decode()
    assert re.findall(r'data-label="([^"]+)"', page) == ["To", "Sent"]


def test_the_mailbox_can_be_narrowed_to_one_recipient(client: Client) -> None:
    send("anna@partner.example", "Contoso: approved")
    send("rita@microsoft.example", "Fabrikam: decision due")
    page = client.get(reverse("mailbox"), {"to": "ANNA@"}).content.decode()
    assert "Contoso: approved" in page
    assert "Fabrikam" not in page


@pytest.mark.django_db
def test_an_empty_mailbox_says_so(client: Client) -> None:
    assert "No mail yet" in client.get(reverse("mailbox")).content.decode()
    assert "No mail went to such an address" in client.get(reverse("mailbox"), {"to": "x"}).content.decode()


@pytest.mark.django_db
def test_a_long_mailbox_comes_in_pages(client: Client) -> None:
    for number in range(51):
        send(subject=f"Mail number {number}.")
    assert "Mail number 0." not in client.get(reverse("mailbox")).content.decode()
    assert "Mail number 0." in client.get(reverse("mailbox"), {"page": 2}).content.decode()


@pytest.mark.django_db
def test_a_mail_shows_its_text_escaped_with_links_and_its_headers(client: Client) -> None:
    name = send(subject="<script>alert(1)</script>", html="<p>Hello</p>")
    page = client.get(reverse("mailbox-message", args=[name])).content.decode()
    assert '<a href="http://127.0.0.1:8000/claims/"' in page
    assert "&lt;b&gt;rejoice&lt;/b&gt;" in page
    assert "<script>alert" not in page
    assert "Message-ID" in page
    assert reverse("mailbox-message-html", args=[name]) in page


@pytest.mark.django_db
def test_the_html_part_is_served_under_a_policy_that_lets_it_do_nothing(client: Client) -> None:
    name = send(html='<p style="color: red">Hello</p><script>alert(1)</script>')
    answer = client.get(reverse("mailbox-message-html", args=[name]))
    policy = answer["Content-Security-Policy"]
    assert answer.content.decode().startswith('<p style="color: red">')
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize("name", ["nothing", "20261122T120000000000Z-0000000000000000", "20261122T120000000000Z-.."])
@pytest.mark.django_db
def test_a_mail_that_is_not_there_is_not_found(client: Client, name: str) -> None:
    assert client.get(f"/mailbox/{name}/").status_code == 404
    assert client.get(f"/mailbox/{name}/html/").status_code == 404


@pytest.mark.django_db
def test_a_mail_without_html_has_no_html_page(client: Client) -> None:
    assert client.get(reverse("mailbox-message-html", args=[send()])).status_code == 404


@pytest.mark.django_db
def test_there_is_no_mailbox_where_mail_is_really_sent(admin_client: Client, settings: Settings) -> None:
    name = send()
    settings.MAILBOX_DIR = None
    assert admin_client.get("/mailbox/").status_code == 404
    assert admin_client.get(f"/mailbox/{name}/").status_code == 404
