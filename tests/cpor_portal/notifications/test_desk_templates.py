"""Every kind of mail as staff see it: both languages, with sample data, and nothing left of the templates."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from cpor_portal.accounts.models import StaffRole
from cpor_portal.notifications.account_mails import ACCOUNT_MAILS, AccountMail
from cpor_portal.notifications.desk.frames import TALL, frame_class
from cpor_portal.notifications.desk.gallery import Kind, kinds, sample_in, samples_of
from cpor_portal.notifications.kinds import all_kinds
from cpor_portal.notifications.models import OutboxMail
from tests.support.factories import make_staff

KINDS = pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.code)
LANGUAGES = pytest.mark.parametrize("language", dict(settings.LANGUAGES))
LINK = re.compile(r'\b(?:href|src)="([^"]*)"|(https?://[^\s<>"]+)')
LEFT_OF_A_TEMPLATE = re.compile(r"\{\{|\}\}|\{%|%\}|%\(\w+\)s|\bNone\b|&amp;(?:amp|lt|gt|#)")


def parts_of(mail: OutboxMail) -> list[str]:
    """Mails about an account are plain texts."""
    return [mail.subject, mail.text, *([] if mail.is_secret else [mail.html])]


@KINDS
@LANGUAGES
def test_every_mail_renders_whole_without_the_database(kind: Kind, language: str) -> None:
    mail = sample_in(kind, language)
    for part in parts_of(mail):
        assert part.strip()
        assert not LEFT_OF_A_TEMPLATE.search(part), part
    assert mail.pk is None
    assert (mail.language, mail.kind) == (language, kind.code)


@KINDS
@LANGUAGES
def test_every_link_of_a_mail_leads_to_the_portal(kind: Kind, language: str) -> None:
    mail = sample_in(kind, language)
    links = [link for part in (mail.text, mail.html) for pair in LINK.findall(part) for link in pair if link]
    assert any(link.startswith(settings.PORTAL_URL) for link in links)
    astray = [link for link in links if not link.startswith((settings.PORTAL_URL, "mailto:"))]
    assert astray == []


@KINDS
@LANGUAGES
def test_no_text_shows_where_its_template_had_a_tag(kind: Kind, language: str) -> None:
    text = sample_in(kind, language).text
    assert text.strip() + "\n" == text.rstrip("\n") + "\n"
    assert "\n\n\n" not in text
    assert not re.search(r"[ \t]\n|[^\n ] {2,}\S", text), text


@KINDS
def test_every_mail_reads_differently_in_each_language(kind: Kind) -> None:
    english, hungarian = (sample.mail for sample in samples_of(kind))
    assert english.subject != hungarian.subject
    assert english.text != hungarian.text
    if not english.is_secret:
        assert english.html != hungarian.html
        assert 'lang="hu"' in hungarian.html


@KINDS
@pytest.mark.django_db
def test_staff_see_each_kind_in_both_languages(client: Client, kind: Kind) -> None:
    client.force_login(make_staff(StaffRole.PORTAL_ADMIN))
    listed = client.get(reverse("outbox:templates")).content.decode()
    address = reverse("outbox:template", args=[kind.code])
    assert f'href="{address}"' in listed
    page = client.get(address).content.decode()
    for language in dict(settings.LANGUAGES) if not isinstance(kind, AccountMail) else ():
        part = reverse("outbox:template_html", args=[kind.code, language])
        assert f'src="{part}"' in page
        html = client.get(part).content.decode()
        assert f'<html lang="{language}"' in html
    assert page.count('sandbox="allow-popups allow-popups-to-escape-sandbox"') == 2 * (
        not isinstance(kind, AccountMail)
    )
    assert OutboxMail.objects.count() == 0


@pytest.mark.django_db
def test_the_list_says_which_mails_nobody_can_silence(client: Client) -> None:
    client.force_login(make_staff())
    page = client.get(reverse("outbox:templates")).content.decode()
    rows = dict(re.findall(r'href="/outbox/templates/(\w+)/".*?data-silenced="([\w-]+)"', page, re.S))
    account = {mail.code: "never" for mail in ACCOUNT_MAILS}
    assert rows == {kind.code: "never" if kind.never_silenced else "by-choice" for kind in all_kinds()} | account
    assert {"never", "by-choice"} == set(rows.values())


@pytest.mark.django_db
@pytest.mark.parametrize("mail", ACCOUNT_MAILS, ids=lambda mail: mail.code)
def test_the_link_of_a_sample_lets_nobody_in(client: Client, mail: AccountMail) -> None:
    link = re.search(r"https?://\S+", mail.sample_in("en", "sample@partner.example").text)
    assert link is not None
    page = client.get(link[0].removeprefix(settings.PORTAL_URL), follow=True).content.decode()
    assert 'name="password1"' not in page
    assert client.get(reverse("account_change_password")).status_code == 302


@pytest.mark.django_db
def test_a_sample_reads_as_the_mail_that_is_sent(client: Client) -> None:
    rita = make_staff(language="hu")
    client.post(reverse("account_reset_password"), {"email": rita.email})
    sent = OutboxMail.objects.get()
    kind = next(mail for mail in ACCOUNT_MAILS if mail.code == sent.kind)
    sample = kind.sample_in("hu", rita.email)
    assert sample.subject == sent.subject
    assert re.sub(r"https?://\S+", "", sample.text) == re.sub(r"https?://\S+", "", sent.text)


def test_what_links_into_the_review_is_for_reviewers_and_nothing_else_is() -> None:
    into_review = {kind.code for kind in all_kinds() if f"{settings.PORTAL_URL}/review/" in sample_in(kind, "en").text}
    assert into_review == {kind.code for kind in all_kinds() if kind.is_for_reviewers}


@KINDS
@pytest.mark.django_db
def test_a_sample_leads_to_no_claim_that_was_made_up(client: Client, kind: Kind) -> None:
    client.force_login(make_staff())
    page = client.get(reverse("outbox:template", args=[kind.code])).content.decode()
    assert f'href="{settings.PORTAL_URL}' not in page
    if not isinstance(kind, AccountMail):
        assert "href=" not in client.get(reverse("outbox:template_html", args=[kind.code, "en"])).content.decode()


@KINDS
@LANGUAGES
def test_the_samples_have_one_cast_and_nobody_hears_of_themselves_as_of_somebody_else(
    kind: Kind, language: str
) -> None:
    mail = sample_in(kind, language)
    assert "Sample" not in mail.text
    assert "Fabrikam ·" not in mail.text
    assert "Anna Arbiter" not in mail.text
    if not isinstance(kind, AccountMail):
        greeted = re.search("Ines Incentives|R(?:ita|oy) Reviewer|Ada Arbiter", mail.text)
        assert greeted is not None
        assert mail.text.count(greeted[0]) == 1


@KINDS
@LANGUAGES
def test_the_frame_of_a_mail_has_a_height_that_the_style_sheet_knows(kind: Kind, language: str) -> None:
    styles = Path("static/css/outbox.css").read_text()
    assert f".{frame_class(sample_in(kind, language))} {{" in styles
    assert {f"--tall: {tall}rem" for tall in TALL} <= set(re.findall(r"--tall: \d+rem", styles))


def test_a_longer_mail_has_a_taller_frame() -> None:
    mails = [OutboxMail(text="A line of a mail.\n" * lines) for lines in range(0, 120, 5)]
    heights = [int(frame_class(mail).rpartition("-")[2]) for mail in mails]
    assert heights == sorted(heights)
    assert (heights[0], heights[-1]) == (TALL[0], TALL[-1])


@pytest.mark.django_db
def test_the_page_scrolls_and_no_table_in_it_hides_its_end(client: Client) -> None:
    client.force_login(make_staff())
    assert 'class="table-region table-whole"' in client.get(reverse("outbox:templates")).content.decode()
    assert re.search(r"\.table-region\.table-whole {\s*max-height: none;", Path("static/css/outbox.css").read_text())
