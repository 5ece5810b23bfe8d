"""Sending again from the pages at /outbox/: one mail, or what an outage left behind."""

import re
from html import unescape

import pytest
from django.core import mail as sent_mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cpor_portal.accounts.models import StaffRole, User
from cpor_portal.notifications.delivery import deliver_due
from cpor_portal.notifications.desk import listing, views
from cpor_portal.notifications.forgetting import forget
from cpor_portal.notifications.models import ErrorKind, MailState, OutboxMail
from cpor_portal.notifications.resending import resend
from tests.cpor_portal.notifications.conftest import QueuedMail
from tests.support.factories import make_firm, make_person, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita(client: Client) -> User:
    """A reviewer who has signed in."""
    rita = make_staff(name="Rita Reviewer")
    client.force_login(rita)
    return rita


@pytest.fixture
def dead(queued: QueuedMail) -> OutboxMail:
    """A mail to Anna that could not be delivered."""
    anna = make_person(make_firm(), email="anna@partner.example")
    return queued(state=MailState.FAILED, attempts=10, error_kind=ErrorKind.SERVER_BUSY, person=anna)


def form_of(client: Client, mail: OutboxMail) -> dict[str, str]:
    """What the button on the mail's page would send."""
    page = client.get(reverse("outbox:mail", args=[mail.pk])).content.decode()
    found = re.search(r'name="seen" value="([^"]*)"', page)
    assert found is not None, "the page offers no button"
    return {"seen": unescape(found[1])}


def press(client: Client, mail: OutboxMail, form: dict[str, str]) -> tuple[int, str]:
    """Status and text of the page that the button leads to."""
    answer = client.post(reverse("outbox:resend", args=[mail.pk]), form, follow=True)
    return answer.status_code, answer.content.decode()


# --- One mail -----------------------------------------------------------------------------------------------


def test_a_dead_letter_is_sent_again_and_the_page_says_by_whom(client: Client, rita: User, dead: OutboxMail) -> None:
    status, page = press(client, dead, form_of(client, dead))
    assert status == 200
    assert "The mail waits to be sent again" in page
    assert "Queued to send an earlier mail again, by Rita Reviewer" in " ".join(page.split())
    first = client.get(reverse("outbox:mail", args=[dead.pk])).content.decode()
    assert "Sent again as a new mail, by Rita Reviewer" in first
    again = OutboxMail.objects.get(resends=dead)
    assert f'href="{reverse("outbox:mail", args=[again.pk])}"' in first
    assert f'href="{reverse("outbox:mail", args=[dead.pk])}"' in page
    assert 'name="seen"' not in first + page
    assert (again.state, again.asked_by) == (MailState.WAITING, rita)
    assert deliver_due().sent == 1
    assert [message.to for message in sent_mail.outbox] == [["anna@partner.example"]]


def test_the_button_names_the_corrected_address_and_the_mail_goes_there(
    client: Client, rita: User, dead: OutboxMail
) -> None:
    User.objects.filter(pk=dead.person_id).update(email="anna.kovacs@partner.example")
    page = client.get(reverse("outbox:mail", args=[dead.pk])).content.decode()
    assert "Send to anna.kovacs@partner.example" in page
    assert "last time it went to anna@partner.example" in page
    assert press(client, dead, form_of(client, dead))[0] == 200
    assert OutboxMail.objects.get(resends=dead).recipient == "anna.kovacs@partner.example"


def test_an_address_that_changed_since_the_page_was_opened_is_a_conflict(
    client: Client, rita: User, dead: OutboxMail
) -> None:
    form = form_of(client, dead)
    User.objects.filter(pk=dead.person_id).update(email="somebody.else@partner.example")
    status, page = press(client, dead, form)
    assert status == 409
    assert "This mail has moved on" in page
    assert OutboxMail.objects.get().state == MailState.FAILED


def test_whoever_presses_second_is_told_who_was_first(client: Client, rita: User, dead: OutboxMail) -> None:
    form = form_of(client, dead)
    ada = make_staff(StaffRole.ARBITER, name="Ada Arbiter")
    resend(dead.pk, by=ada)
    status, page = press(client, dead, form)
    assert status == 409
    assert "Ada Arbiter" in page
    assert f'href="{reverse("outbox:mail", args=[dead.pk])}"' in page
    assert OutboxMail.objects.get(resends=dead).asked_by == ada


def test_an_old_page_does_not_send_a_second_time_what_has_been_sent_meanwhile(
    client: Client, rita: User, dead: OutboxMail
) -> None:
    form = form_of(client, dead)
    resend(dead.pk, by=make_staff())
    assert deliver_due().sent == 1
    assert press(client, dead, form)[0] == 409
    assert OutboxMail.objects.get(resends=dead).state == MailState.SENT
    assert len(sent_mail.outbox) == 1


@pytest.mark.parametrize("form", [{}, {"seen": ""}, {"seen": "failed"}])
def test_a_post_that_did_not_see_the_page_changes_nothing(
    client: Client, rita: User, dead: OutboxMail, form: dict[str, str]
) -> None:
    assert press(client, dead, form)[0] == 409
    assert OutboxMail.objects.get().state == MailState.FAILED


def test_a_mail_that_was_sent_can_be_sent_again_with_a_warning(client: Client, rita: User, queued: QueuedMail) -> None:
    mail = queued(state=MailState.SENT, attempts=1, sent_at=timezone.now())
    assert "may get it twice" in client.get(reverse("outbox:mail", args=[mail.pk])).content.decode()
    assert press(client, mail, form_of(client, mail))[0] == 200
    assert OutboxMail.objects.get(resends=mail).state == MailState.WAITING


def test_news_that_came_since_is_listed_before_an_old_mail_is_sent_again(
    client: Client, rita: User, dead: OutboxMail, queued: QueuedMail
) -> None:
    address = reverse("outbox:mail", args=[dead.pk])
    queued(dead.recipient, claim_reference="C-ABCDEFGH")
    queued("somebody.else@partner.example")
    assert "moved on since" not in client.get(address).content.decode()
    form = form_of(client, dead)
    newer = [queued(dead.recipient, subject="Contoso: rejected"), queued("anna.old@x.example", person=dead.person)]
    page = client.get(address).content.decode()
    assert "The claim has moved on since" in page
    listed = page.partition("data-newer")[2].partition("</ul>")[0]
    assert re.findall(r'href="/outbox/(\d+)/"', listed) == [str(mail.pk) for mail in reversed(newer)]
    assert press(client, dead, form)[0] == 409
    assert press(client, dead, form_of(client, dead))[0] == 200


def test_a_copy_of_older_news_is_no_newer_news(
    client: Client, rita: User, queued: QueuedMail, dead: OutboxMail
) -> None:
    second = queued(dead.recipient, state=MailState.SENT, sent_at=timezone.now())
    resend(dead.pk, by=rita)
    assert "moved on since" not in client.get(reverse("outbox:mail", args=[second.pk])).content.decode()


def test_a_mail_about_a_draft_that_is_gone_is_not_sent_again(client: Client, rita: User, dead: OutboxMail) -> None:
    form = form_of(client, dead)
    forget(dead.claim_reference)
    assert 'name="seen"' not in client.get(reverse("outbox:mail", args=[dead.pk])).content.decode()
    status, page = press(client, dead, form)
    assert status == 422
    assert 'data-code="text_gone"' in page
    assert OutboxMail.objects.count() == 1


def test_a_link_that_is_gone_is_not_offered_and_the_page_says_why(
    client: Client, rita: User, queued: QueuedMail
) -> None:
    mail = queued(
        state=MailState.FAILED, kind="account_password_reset_key", text="", html="", error_kind=ErrorKind.SERVER_BUSY
    )
    page = client.get(reverse("outbox:mail", args=[mail.pk])).content.decode()
    assert "they ask for a new one" in page
    assert 'name="seen"' not in page


def test_a_person_who_has_left_gets_no_button_and_a_refusal(client: Client, rita: User, dead: OutboxMail) -> None:
    form = form_of(client, dead)
    User.objects.filter(pk=dead.person_id).update(is_active=False)
    page = client.get(reverse("outbox:mail", args=[dead.pk])).content.decode()
    assert "may no longer sign in" in page
    assert 'name="seen"' not in page
    status, page = press(client, dead, form)
    assert status == 422
    assert 'data-code="person_left"' in page


def test_a_refused_address_says_who_can_correct_it_and_where(client: Client, rita: User, dead: OutboxMail) -> None:
    OutboxMail.objects.update(error_kind=ErrorKind.ADDRESS_REFUSED)
    address = reverse("outbox:mail", args=[dead.pk])
    people = reverse("admin:accounts_user_change", args=[dead.person_id])
    page = client.get(address).content.decode()
    assert "A portal admin can correct" in page
    assert people not in page
    client.force_login(make_staff(StaffRole.PORTAL_ADMIN))
    assert f'href="{people}"' in client.get(address).content.decode()
    assert client.get(people).status_code == 200
    User.objects.filter(pk=dead.person_id).update(email="anna.kovacs@partner.example")
    assert people not in client.get(address).content.decode()


def test_a_refused_address_that_is_nobodys_says_so(client: Client, rita: User, queued: QueuedMail) -> None:
    mail = queued("nobody@x.example", state=MailState.FAILED, error_kind=ErrorKind.ADDRESS_REFUSED)
    page = client.get(reverse("outbox:mail", args=[mail.pk])).content.decode()
    assert "Nobody whom the portal knows has this address" in page


# --- Many ---------------------------------------------------------------------------------------------------


def button_of(client: Client, **filters: str) -> dict[str, str] | None:
    """The hidden fields of the button for many; None where the list has none."""
    page = client.get("/outbox/", filters).content.decode()
    form = re.search(r'<form class="outbox-many".*?</form>', page, re.S)
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[0])) if form else None


def make_outage(queued: QueuedMail) -> dict[str, list[int]]:
    """Dead letters of every kind of error, two each, and others that are none."""
    kinds = [*ErrorKind.values, ""]
    made = {kind: [queued(state=MailState.FAILED, error_kind=kind).pk for _one in range(2)] for kind in kinds}
    queued(state=MailState.FAILED, error_kind=ErrorKind.SERVER_BUSY, kind="account_reset", text="", html="")
    queued(state=MailState.SENT, error_kind=ErrorKind.SERVER_BUSY)
    return made


def waiting() -> set[int]:
    """The mails of which a copy waits to be sent."""
    return set(OutboxMail.objects.filter(state=MailState.WAITING).values_list("resends", flat=True))


def test_what_an_outage_left_behind_is_sent_again_by_one_button(client: Client, rita: User, queued: QueuedMail) -> None:
    made = make_outage(queued)
    assert button_of(client) is None
    form = button_of(client, state="failed")
    assert form is not None
    assert "Send all 4 again" in client.get("/outbox/", {"state": "failed"}).content.decode()
    answer = client.post(reverse("outbox:resend_many"), form, follow=True)
    assert answer.redirect_chain == [("/outbox/?state=failed", 302)]
    assert "4 mails wait to be sent again." in answer.content.decode()
    assert waiting() == {*made[ErrorKind.SERVER_BUSY], *made[ErrorKind.SERVER_GONE]}
    assert button_of(client, state="failed") is None
    page = client.get("/outbox/", {"state": "failed"}).content.decode()
    assert page.count("It was sent again as a new mail.") == 4
    assert 'data-dead-letters="9"' in client.get("/outbox/").content.decode()


def test_only_what_the_filters_show_is_sent_again(client: Client, rita: User, queued: QueuedMail) -> None:
    make_outage(queued)
    busy = {"state": MailState.FAILED, "error_kind": ErrorKind.SERVER_BUSY}
    berta = queued("berta@partner.example", **busy)
    form = button_of(client, state="failed", recipient="Berta")
    assert form is not None
    answer = client.post(reverse("outbox:resend_many"), form, follow=True)
    assert "1 mail waits to be sent again." in answer.content.decode()
    assert waiting() == {berta.pk}
    refused = button_of(client, state="failed", error="address_refused")
    assert refused is None
    client.post(reverse("outbox:resend_many"), {"error": "address_refused"})
    assert waiting() == {berta.pk}


def test_at_most_so_many_are_sent_again_at_a_time_the_newest_news_first(
    client: Client, rita: User, queued: QueuedMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (listing, views):
        monkeypatch.setattr(module, "RESEND_AT_MOST", 3)
    made = [queued(state=MailState.FAILED, error_kind=ErrorKind.SERVER_BUSY).pk for _number in range(5)]
    assert "Send 3 of them again" in client.get("/outbox/", {"state": "failed"}).content.decode()
    client.post(reverse("outbox:resend_many"), {"state": "failed"})
    assert waiting() == set(made[2:])
    client.post(reverse("outbox:resend_many"), {"state": "failed"})
    assert waiting() == set(made)


def test_a_second_press_of_the_button_for_many_says_that_nothing_is_left(
    client: Client, rita: User, dead: OutboxMail
) -> None:
    for words in ("1 mail waits to be sent again.", "There was nothing left"):
        answer = client.post(reverse("outbox:resend_many"), {"state": "failed"}, follow=True)
        assert words in answer.content.decode()
    assert listing.RESEND_AT_MOST == 500


def test_among_many_whoever_has_left_is_passed_over(client: Client, rita: User, dead: OutboxMail) -> None:
    User.objects.filter(pk=dead.person_id).update(is_active=False)
    answer = client.post(reverse("outbox:resend_many"), {"state": "failed"}, follow=True)
    assert "There was nothing left" in answer.content.decode()
    assert waiting() == set()
