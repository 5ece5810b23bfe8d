"""Every kind of mail as staff see it: both languages, with sample data, and nothing left of the templates."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from cpor_portal.accounts.models import StaffRole
from cpor_portal.notifications.desk.gallery import sample_in, samples_of
from cpor_portal.notifications.kinds import MailKind, all_kinds
from cpor_portal.notifications.models import OutboxMail
from tests.support.factories import make_staff

KINDS = pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.code)
LANGUAGES = pytest.mark.parametrize("language", dict(settings.LANGUAGES))
LINK = re.compile(r'\b(?:href|src)="([^"]*)"|(https?://[^\s<>"]+)')
LEFT_OF_A_TEMPLATE = re.compile(r"\{\{|\}\}|\{%|%\}|%\(\w+\)s|\bNone\b|&amp;(?:amp|lt|gt|#)")


@KINDS
@LANGUAGES
def test_every_mail_renders_whole_without_the_database(kind: MailKind, language: str) -> None:
    mail = sample_in(kind, language)
    for part in (mail.subject, mail.text, mail.html):
        assert part.strip()
        assert not LEFT_OF_A_TEMPLATE.search(part), part
    assert mail.pk is None
    assert (mail.language, mail.kind) == (language, kind.code)


@KINDS
@LANGUAGES
def test_every_link_of_a_mail_leads_to_the_portal(kind: MailKind, language: str) -> None:
    mail = sample_in(kind, language)
    links = [link for part in (mail.text, mail.html) for pair in LINK.findall(part) for link in pair if link]
    assert any(link.startswith(settings.PORTAL_URL) for link in links)
    astray = [link for link in links if not link.startswith((settings.PORTAL_URL, "mailto:"))]
    assert astray == []


@KINDS
@LANGUAGES
def test_no_text_shows_where_its_template_had_a_tag(kind: MailKind, language: str) -> None:
    text = sample_in(kind, language).text
    assert text == text.strip() + "\n"
    assert "\n\n\n" not in text
    assert not re.search(r"[ \t]\n|[^\n ] {2,}\S", text), text


@KINDS
def test_every_mail_reads_differently_in_each_language(kind: MailKind) -> None:
    english, hungarian = (sample.mail for sample in samples_of(kind))
    assert english.subject != hungarian.subject
    assert english.text != hungarian.text
    assert english.html != hungarian.html
    assert 'lang="hu"' in hungarian.html


@KINDS
@pytest.mark.django_db
def test_staff_see_each_kind_in_both_languages(client: Client, kind: MailKind) -> None:
    client.force_login(make_staff(StaffRole.PORTAL_ADMIN))
    listed = client.get(reverse("outbox:templates")).content.decode()
    address = reverse("outbox:template", args=[kind.code])
    assert f'href="{address}"' in listed
    page = client.get(address).content.decode()
    for language in dict(settings.LANGUAGES):
        part = reverse("outbox:template_html", args=[kind.code, language])
        assert f'src="{part}"' in page
        html = client.get(part).content.decode()
        assert f'<html lang="{language}"' in html
    assert page.count('sandbox="allow-popups allow-popups-to-escape-sandbox"') == len(settings.LANGUAGES)
    assert OutboxMail.objects.count() == 0


@pytest.mark.django_db
def test_the_list_says_which_mails_nobody_can_silence(client: Client) -> None:
    client.force_login(make_staff())
    page = client.get(reverse("outbox:templates")).content.decode()
    rows = dict(re.findall(r'href="/outbox/templates/(\w+)/".*?data-silenced="([\w-]+)"', page, re.S))
    assert rows == {kind.code: "never" if kind.never_silenced else "by-choice" for kind in all_kinds()}
    assert {"never", "by-choice"} == set(rows.values())
