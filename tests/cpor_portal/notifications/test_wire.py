"""Mails as bytes: the standard library must read back what was written, whatever people have typed."""

from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import BadHeaderError
from hypothesis import given
from hypothesis import strategies as st

from cpor_portal.notifications.wire import CRLF, Letter

# Control characters do not reach a subject (outbox.one_line); texts are kept as people typed them.
SUBJECTS = st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "), max_size=300).map(
    lambda words: " ".join(words.split())
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=2000) | st.text("ő x", max_size=5000)


def letter(subject: str = "Approved", text: str = "Hello\n", html: str = "<p>Hello</p>", **headers: str) -> Letter:
    made = Letter(
        subject,
        text,
        from_email="CPOR portal <portal@portal.example>",
        to=["anna@partner.example"],
        reply_to=["support@portal.example"],
        headers={"Message-ID": "<0123456789abcdef@portal.example>", **headers},
    )
    if html:
        made.attach_alternative(html, "text/html")
    return made


def read(made: Letter) -> EmailMessage:
    return message_from_bytes(made.message().as_bytes(linesep=CRLF), EmailMessage, policy=policy.default)


def text_of(message: EmailMessage, kind: str) -> str:
    return str(message.get_body((kind,)).get_content())


def plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


@given(SUBJECTS)
def test_every_subject_arrives_as_it_was_written(subject: str) -> None:
    message = read(letter(subject=subject))
    assert str(message["Subject"] or "").replace("\r\n", "") == subject
    assert len(message.defects) == 0


@pytest.mark.parametrize("subject", ["=?utf-8?q?Paid?=", "Contoso =?x", "a=?utf-8?b?QQ==?= b", "=?", "?=", "ő =?ő"])
def test_a_subject_that_looks_encoded_is_read_as_it_was_typed(subject: str) -> None:
    assert str(read(letter(subject=subject))["Subject"]) == subject


@given(SUBJECTS | st.text("=?utf-8bQ ő", max_size=200).map(lambda words: " ".join(words.split())), TEXTS, TEXTS)
def test_both_of_the_librarys_parsers_read_back_what_djangos_own_writer_would_have_said(
    subject: str, text: str, html: str
) -> None:
    # Django leaves an empty text out, and writes an empty subject; the portal's mails have neither.
    made = letter(subject=subject, text=text or "Hello", html=html or "<p>")
    ours = made.message().as_bytes(linesep=CRLF)
    old = message_from_bytes(ours)
    assert str(make_header(decode_header(old["Subject"] or ""))) == subject
    assert old.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in old.walk()][1:] == ["text/plain", "text/html"]
    theirs = message_from_bytes(EmailMultiAlternatives.message(made).as_bytes())
    assert {name.lower() for name in old} | {"subject"} == {name.lower() for name in theirs}
    for mine, djangos in zip(list(old.walk())[1:], list(theirs.walk())[1:], strict=True):
        assert _content(mine) == _content(djangos)


def _content(part: Message) -> str:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return plain(content.decode()).removesuffix("\n")


@given(TEXTS, TEXTS)
def test_every_text_arrives_as_it_was_written(text: str, html: str) -> None:
    message = read(letter(text=text, html=html or "<p>"))
    for kind, wanted in (("plain", text), ("html", html or "<p>")):
        assert plain(text_of(message, kind)).removesuffix("\n") == plain(wanted).removesuffix("\n")


@given(SUBJECTS, TEXTS)
def test_no_line_is_longer_than_mail_allows(subject: str, text: str) -> None:
    content = letter(subject=subject, text=text).message().as_bytes(linesep=CRLF)
    assert max(len(line) for line in content.split(b"\r\n")) <= 998
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_a_mail_without_html_is_a_plain_text() -> None:
    message = read(letter(html=""))
    assert (message.get_content_type(), message.get_content().strip()) == ("text/plain", "Hello")


def test_the_files_of_the_embedded_portal_have_plain_line_ends() -> None:
    message = letter().message()
    assert b"\r" not in message.as_bytes()
    assert message["Message-ID"] == "<0123456789abcdef@portal.example>"


@pytest.mark.parametrize("value", ["a\nBcc: everybody@example.com", "a\r\nBcc: x", "a\rBcc: x"])
def test_no_header_can_carry_another(value: str) -> None:
    with pytest.raises(BadHeaderError):
        letter(subject=value).message()
    with pytest.raises(BadHeaderError):
        letter(**{"X-CPOR-Claim": value}).message()


def test_an_international_address_is_written_as_servers_want_it() -> None:
    made = letter()
    made.to = ["anna@bücher.example"]
    assert read(made)["To"] == "anna@xn--bcher-kva.example"


def test_a_message_cannot_be_written_for_an_address_that_is_none() -> None:
    made: Any = letter()
    made.to = ["anna@partner.example\nBcc: everybody@example.com"]
    with pytest.raises(ValueError):
        made.message()
