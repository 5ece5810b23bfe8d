"""The pages at /outbox/: who comes in, what they see of one mail, and what nobody sees."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cpor_portal.accounts.models import PartnerRole, StaffRole, User
from cpor_portal.accounts.permissions import is_staff_of_microsoft
from cpor_portal.notifications.delivery import deliver_due
from cpor_portal.notifications.models import ErrorKind, MailState, OutboxMail
from cpor_portal.notifications.resending import resend
from tests.cpor_portal.notifications.conftest import QueuedMail
from tests.support.factories import make_firm, make_person, make_staff

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
HTML = '<p style="color: red">Hello</p><script>alert(1)</script>'


@pytest.fixture
def rita(client: Client) -> User:
    """A reviewer who has signed in."""
    rita = make_staff(time_zone="UTC")
    client.force_login(rita)
    return rita


def page_of(client: Client, mail: OutboxMail) -> str:
    return client.get(reverse("outbox:mail", args=[mail.pk])).content.decode()


def doors(mail: OutboxMail) -> list[str]:
    """Every address of these pages that can be looked at."""
    return [
        reverse("outbox:list"),
        reverse("outbox:mail", args=[mail.pk]),
        reverse("outbox:mail_html", args=[mail.pk]),
        reverse("outbox:templates"),
        reverse("outbox:template", args=["submitted"]),
        reverse("outbox:template_html", args=["submitted", "hu"]),
    ]


# --- Who comes in -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", StaffRole.values)
def test_everybody_at_microsoft_sees_the_outgoing_mail(client: Client, queued: QueuedMail, role: str) -> None:
    mail = queued()
    client.force_login(make_staff(role))
    assert [client.get(door).status_code for door in doors(mail)] == [200] * 6
    home = client.get(reverse("outbox:list")).content.decode()
    assert re.search(r'<a[^>]*href="/outbox/"[^>]*aria-current="page"', home)


@pytest.mark.parametrize("role", [*PartnerRole.values, ""])
def test_for_partners_and_people_without_a_role_the_pages_do_not_exist(
    client: Client, queued: QueuedMail, role: str
) -> None:
    mail = queued(state=MailState.FAILED)
    person = make_person(make_firm(), role) if role else make_person()
    client.force_login(person)
    assert [client.get(door).status_code for door in doors(mail)] == [404] * 6
    assert client.post(reverse("outbox:resend", args=[mail.pk])).status_code == 404
    assert client.post(reverse("outbox:resend_many")).status_code == 404
    assert OutboxMail.objects.get().state == MailState.FAILED
    assert 'href="/outbox/"' not in client.get(reverse("home"), follow=True).content.decode()


def test_somebody_who_may_no_longer_sign_in_is_nobody_of_microsofts() -> None:
    assert is_staff_of_microsoft(make_staff())
    assert not is_staff_of_microsoft(make_staff(is_active=False))


@pytest.mark.parametrize("number", [1, 10**30])
def test_a_mail_that_there_is_not_is_not_found(client: Client, rita: User, number: int) -> None:
    for name in ("mail", "mail_html", "resend"):
        assert client.get(reverse(f"outbox:{name}", args=[number])).status_code == 404
    assert client.post(reverse("outbox:resend", args=[number])).status_code == 404


def test_a_kind_or_a_language_that_there_is_not_is_not_found(client: Client, rita: User) -> None:
    assert client.get(reverse("outbox:template", args=["nonsense"])).status_code == 404
    assert client.get(reverse("outbox:template_html", args=["nonsense", "en"])).status_code == 404
    assert client.get(reverse("outbox:template_html", args=["submitted", "xx"])).status_code == 404


# --- One mail -----------------------------------------------------------------------------------------------


def test_a_mail_shows_its_facts_its_text_escaped_and_its_html_in_a_sandbox(
    client: Client, rita: User, queued: QueuedMail
) -> None:
    mail = queued(subject="<b>Contoso</b>", text="See http://portal.example/claims/ & <i>rejoice</i>", kind="submitted")
    page = page_of(client, mail)
    assert "&lt;b&gt;Contoso&lt;/b&gt;" in page
    assert '<a href="http://portal.example/claims/"' in page
    assert "&lt;i&gt;rejoice&lt;/i&gt;" in page
    assert "Claim submitted" in page
    assert mail.recipient in page
    assert mail.message_id.strip("<>") in page
    frame = re.search(r"<iframe[^>]*>", page)
    assert frame is not None
    assert f'src="{reverse("outbox:mail_html", args=[mail.pk])}"' in frame[0]
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in frame[0]


def test_the_html_is_served_under_a_policy_that_lets_it_do_nothing(
    client: Client, rita: User, queued: QueuedMail
) -> None:
    own = client.get(reverse("outbox:mail_html", args=[queued(html=HTML).pk]))
    assert own.content.decode() == HTML
    for answer in (own, client.get(reverse("outbox:template_html", args=["submitted", "en"]))):
        policy = answer["Content-Security-Policy"]
        assert policy.startswith("sandbox ")
        assert "default-src 'none'" in policy
        assert not re.search("allow-scripts|allow-same-origin|allow-forms", policy)


def test_a_mail_without_html_has_no_frame(client: Client, rita: User, queued: QueuedMail) -> None:
    mail = queued(html="")
    assert "<iframe" not in page_of(client, mail)
    assert client.get(reverse("outbox:mail_html", args=[mail.pk])).status_code == 404


@pytest.mark.parametrize("role", StaffRole.values)
def test_nobody_reads_a_link_that_lets_its_reader_in(client: Client, queued: QueuedMail, role: str) -> None:
    link = "http://portal.example/accounts/password/reset/key/abc/"
    mail = queued(kind="account_password_reset_key", subject="A new password", text=link, html=f"<a href='{link}'>")
    client.force_login(make_staff(role))
    page = page_of(client, mail)
    assert "A new password" in page
    assert "The text is not shown" in page
    assert "reset/key" not in page
    assert "<iframe" not in page
    assert "reset/key" not in client.get(reverse("outbox:list")).content.decode()
    assert client.get(reverse("outbox:mail_html", args=[mail.pk])).status_code == 404


def test_a_draft_stays_its_firms_own_though_a_mail_tells_of_it(client: Client, rita: User, queued: QueuedMail) -> None:
    mail = queued(kind="draft_expires", subject="Woodgrove: your draft", text="Woodgrove", html="<p>Woodgrove</p>")
    for page in (page_of(client, mail), client.get(reverse("outbox:list")).content.decode()):
        assert "Woodgrove" not in page
        assert "About a draft" in page
        assert reverse("arbitration:workspace", args=[mail.claim_reference]) not in page
    assert client.get(reverse("outbox:mail_html", args=[mail.pk])).status_code == 404


INTERNAL = {"subject": "Contoso: secret word", "text": "secret word", "html": "<p>secret word</p>"}


@pytest.mark.parametrize("role", StaffRole.values)
def test_what_goes_to_reviewers_is_read_by_reviewers_alone(client: Client, queued: QueuedMail, role: str) -> None:
    rita = make_staff()
    mails = [
        queued(rita.email, person=rita, kind="comment_posted_review", **INTERNAL),
        queued(rita.email, person=rita, kind="digest", claim_reference="", **INTERNAL),
    ]
    client.force_login(make_staff(role))
    is_closed = role == StaffRole.PORTAL_ADMIN
    listed = client.get(reverse("outbox:list")).content.decode()
    assert ("secret word" not in listed) == is_closed
    for mail in mails:
        page = page_of(client, mail)
        assert ("secret word" not in page) == is_closed
        assert ("for reviewers and arbiters" in page) == is_closed
        assert rita.email in page
        assert "Waiting to be sent" in page
        html = client.get(reverse("outbox:mail_html", args=[mail.pk]))
        assert html.status_code == (404 if is_closed else 200)


def test_portal_admins_read_what_goes_to_a_firm(client: Client, queued: QueuedMail) -> None:
    client.force_login(make_staff(StaffRole.PORTAL_ADMIN))
    anna = make_person(make_firm())
    for kind in ("comment_posted", "digest"):
        assert "rejoice" in page_of(client, queued(anna.email, person=anna, kind=kind, text="rejoice"))


def test_reviewers_get_to_the_claim_and_portal_admins_only_read_its_reference(
    client: Client, rita: User, queued: QueuedMail
) -> None:
    mail = queued()
    workspace = f'href="{reverse("arbitration:workspace", args=[mail.claim_reference])}"'
    addresses = (reverse("outbox:list"), reverse("outbox:mail", args=[mail.pk]))
    assert all(workspace in client.get(address).content.decode() for address in addresses)
    client.force_login(make_staff(StaffRole.PORTAL_ADMIN))
    for address in addresses:
        page = client.get(address).content.decode()
        assert workspace not in page
        assert mail.claim_reference in page


def test_portal_admins_are_led_to_no_page_that_does_not_exist_for_them(client: Client, queued: QueuedMail) -> None:
    link = "http://portal.example/claims/C-7K3M9Q2X/"
    mail = queued(text=f"See {link}", html=f'<p><a href="{link}" title="a > b">Open</a> <abbr>x</abbr></p>')
    part = reverse("outbox:mail_html", args=[mail.pk])
    client.force_login(make_staff(StaffRole.PORTAL_ADMIN))
    page = page_of(client, mail)
    assert link in page
    assert f'href="{link}"' not in page
    assert "Its links are not active here" in page
    assert client.get(part).content.decode() == '<p><a title="a > b">Open</a> <abbr>x</abbr></p>'
    client.force_login(make_staff())
    assert f'href="{link}"' in page_of(client, mail)
    assert f'href="{link}"' in client.get(part).content.decode()


def test_nothing_is_changed_by_looking(client: Client, rita: User, queued: QueuedMail) -> None:
    mail = queued(state=MailState.FAILED, error_kind=ErrorKind.SERVER_BUSY)
    before = OutboxMail.objects.values().get()
    for door in [*doors(mail), reverse("outbox:resend", args=[mail.pk]), reverse("outbox:resend_many")]:
        assert client.get(door).status_code in (200, 302)
    assert OutboxMail.objects.values().get() == before
    for door in doors(mail):
        assert client.post(door).status_code == 405


# --- Its life -----------------------------------------------------------------------------------------------


def life_of(client: Client, mail: OutboxMail) -> str:
    """The timeline as text."""
    found = re.search(r'<ol class="timeline">(.*?)</ol>', page_of(client, mail), re.S)
    assert found is not None
    return " ".join(re.sub("<[^>]+>", " ", found[1]).split())


@time_machine.travel(NOW, tick=False)
def test_a_mail_that_waits_says_what_went_wrong_and_when_it_is_tried_next(
    client: Client, rita: User, queued: QueuedMail
) -> None:
    soon = NOW + timedelta(minutes=15)
    mail = queued(attempts=2, error_kind=ErrorKind.SERVER_GONE, last_error="refused", next_attempt_at=soon)
    life = life_of(client, mail)
    assert re.search(r"Queued Monday 23 November 2026, 15:00 .* 2 attempts The mail server could not be", life)
    assert re.search(r"Next attempt Monday 23 November 2026, 15:15", life)


def test_a_mail_that_was_given_up_says_why_and_what_cures_it(client: Client, rita: User, queued: QueuedMail) -> None:
    facts = {"error_kind": ErrorKind.ADDRESS_REFUSED, "last_error": "550 5.1.1 Who?", "next_attempt_at": NOW}
    mail = queued(state=MailState.FAILED, attempts=1, **facts)
    page = page_of(client, mail)
    assert "What the mail server said last" in page
    assert "The address was refused" in page
    assert "Have the address corrected, then send the mail again." in page
    assert "550 5.1.1 Who?" in page
    given_up = r"Given up after 1 attempt Monday 23 November 2026, 15:00 \(UTC\) The address was refused"
    assert re.search(given_up, life_of(client, mail))


def test_what_no_server_said_is_not_put_into_its_mouth(client: Client, rita: User, queued: QueuedMail) -> None:
    page = page_of(client, queued(attempts=1, error_kind=ErrorKind.SERVER_GONE, last_error="Connection refused"))
    assert "What went wrong last" in page
    assert "What the mail server said" not in page


@time_machine.travel(NOW, tick=False)
def test_a_mail_that_was_sent_again_says_by_whom(client: Client, rita: User, queued: QueuedMail) -> None:
    ada = make_staff(StaffRole.ARBITER, name="Ada Arbiter")
    hour = timedelta(hours=1)
    mail = queued(state=MailState.SENT, attempts=1, sent_at=NOW + hour, queued_at=NOW)
    again = resend(mail.pk, by=ada, now=NOW + 2 * hour)
    life = "Queued .* Handed to the mail server .* Sent again as a new mail, by Ada Arbiter .* Waiting to be sent"
    assert re.search(life, life_of(client, mail))
    assert re.search("Queued to send an earlier mail again, by Ada Arbiter .* Next attempt", life_of(client, again))
    deliver_due(NOW + 2 * hour)
    assert life_of(client, mail).endswith("Sent")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (MailState.HELD, "Kept for the recipient&#x27;s next daily digest"),
        (MailState.SILENCED, "the recipient wants only what needs action"),
        (MailState.SUPERSEDED, "newer news about the same claim replaced it"),
    ],
)
def test_a_mail_that_is_not_sent_says_why_not(
    client: Client, rita: User, queued: QueuedMail, state: MailState, words: str
) -> None:
    mail = queued(state=state)
    assert words in life_of(client, mail)
    assert f'data-state="{state}"' in page_of(client, mail)
    assert "Send to" not in page_of(client, mail)


def test_a_mail_and_the_digest_that_told_of_it_lead_to_each_other(
    client: Client, rita: User, queued: QueuedMail
) -> None:
    digest = queued(kind="digest", subject="Your day", state=MailState.SENT, sent_at=timezone.now())
    told = queued(state=MailState.DIGESTED, digest=digest, subject="Contoso: submitted")
    assert f'href="{reverse("outbox:mail", args=[digest.pk])}"' in page_of(client, told)
    page = page_of(client, digest)
    assert f'href="{reverse("outbox:mail", args=[told.pk])}"' in page
    assert "Contoso: submitted" in page


def test_the_pages_speak_hungarian(client: Client, queued: QueuedMail) -> None:
    client.force_login(make_staff(language="hu"))
    mail = queued(state=MailState.FAILED, error_kind=ErrorKind.SERVER_BUSY)
    for address in doors(mail):
        if not address.endswith("html/"):
            page = client.get(address).content.decode()
            assert '<html lang="hu">' in page
            assert "Kimenő levelek" in page
    assert "nem sikerült kézbesíteni" in client.get(reverse("outbox:list")).content.decode()


def test_djangos_admin_has_no_second_way_to_the_mails(client: Client) -> None:
    client.force_login(make_staff(StaffRole.PORTAL_ADMIN))
    assert "outboxmail" not in client.get(reverse("admin:index")).content.decode()
