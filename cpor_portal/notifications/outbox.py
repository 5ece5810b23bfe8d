"""The one door to the mail: an act queues a mail as a row, and what sends it runs after the commit.

design.md, "What always holds" 5: written in the act's transaction, one per (event, recipient), sent after it.
"""

import re
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import escape

from cpor_portal import jobs
from cpor_portal.accounts.models import MailPace, User
from cpor_portal.notifications import tasks
from cpor_portal.notifications.kinds import MailKind, kind_of
from cpor_portal.notifications.letters import new_message_id
from cpor_portal.notifications.models import MailState, OutboxMail

LONGEST_SUBJECT = 300
NO_SUMMARY = "mail/summary.txt"
SECONDS_BETWEEN_ASKS = 1.0
# Stands for the reader's name while a mail is rendered; it can stand in nobody's text by chance.
NAME = secrets.token_hex(16)


def queue_mail(*, kind: str, event_key: str, to: User, context: Mapping[str, Any], claim_reference: str = "") -> None:
    """Write one mail into the outbox: `queue_mails`, for one person."""
    queue_mails(kind=kind, event_key=event_key, to=[to], context=context, claim_reference=claim_reference)


def queue_mails(
    *, kind: str, event_key: str, to: Iterable[User], context: Mapping[str, Any], claim_reference: str = ""
) -> None:
    """Write one mail for each of `to` into the outbox, rendered now, in the person's language and time zone.

    By the kind and by what the person chose it waits to be sent, is kept for the digest, or is only on record
    (docs/decisions/mail-preferences.md). A second mail for the same `event_key` and person is ignored. Raises
    ValueError for a kind that nobody registered, and TransactionManagementError outside of a transaction: a mail
    without the act that it tells of, or the act without its mail, must not be possible.
    """
    _require_transaction()
    words: dict[tuple[str, str], _Words] = {}
    mails = []
    for person in to:
        alike = (person.language, person.time_zone)
        if alike not in words:
            words[alike] = _words(kind, person, context)
        mail = _mail(kind, person, words[alike])
        mail.event_key = event_key
        mail.claim_reference = claim_reference
        mail.state = _first_state(kind_of(kind), person)
        mails.append(mail)
    _put(mails)


def render(kind: str, to: User, context: Mapping[str, Any]) -> OutboxMail:
    """A mail of `kind` as `to` would get it, in their language and time zone; it is not stored.

    Renders templates/mail/<folder of the kind>/{subject.txt,body.txt,body.html}, and for a kind that may wait for
    the digest summary.txt: in a sentence or two who did what, and whose turn it is by when.
    """
    return _mail(kind, to, _words(kind, to, context))


def _first_state(kind: MailKind, to: User) -> MailState:
    if kind.never_silenced or to.mail_pace == MailPace.AT_ONCE:
        return MailState.WAITING
    return MailState.HELD if to.mail_pace == MailPace.DIGEST else MailState.SILENCED


def queue_rendered(
    *, kind: str, event_key: str, recipient: str, language: str, subject: str, text: str, html: str = ""
) -> None:
    """Write a mail that is rendered already into the outbox; `recipient` need not be anybody whom the portal knows.

    For mails that another package writes (allauth's); acts use `queue_mail`. Otherwise the same: one mail for
    each (event, recipient), sent after the commit. Raises TransactionManagementError outside of a transaction.
    """
    _require_transaction()
    mail = OutboxMail(kind=kind, recipient=recipient, language=language, text=text, html=html)
    mail.subject = one_line(subject)[:LONGEST_SUBJECT]
    mail.message_id = new_message_id()
    mail.event_key = event_key
    _put([mail])


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a mail is queued in the transaction of its act")


_kept: ContextVar[list[OutboxMail] | None] = ContextVar("kept", default=None)


@contextmanager
def keeping_mails() -> Iterator[list[OutboxMail]]:
    """The mails that are queued inside, in their order; for a preview whose transaction is rolled back."""
    mails: list[OutboxMail] = []
    before = _kept.set(mails)
    try:
        yield mails
    finally:
        _kept.reset(before)


def _put(mails: Sequence[OutboxMail]) -> None:
    OutboxMail.objects.bulk_create(mails, ignore_conflicts=True)
    kept = _kept.get()
    if kept is not None:
        kept.extend(mails)
    if any(mail.state == MailState.WAITING for mail in mails) and not _is_asked_for():
        transaction.on_commit(ask_for_delivery)


def _is_asked_for() -> bool:
    """Whether this transaction asks for delivery already, unless all that is done here is undone, too."""
    here = set(connection.savepoint_ids)
    return any(entry[1] is ask_for_delivery and here >= entry[0] for entry in connection.run_on_commit)


def one_line(text: object) -> str:
    """`text` as a single line of visible characters: no name can add a header, a line or a hidden character."""
    words = " ".join(str(text).split())
    return "".join(character for character in words if character.isprintable())


def ask_for_delivery() -> None:
    """Ask a worker to send what is due now. A broker that is down is no fault: beat's sweep sends it later."""
    asker = _asker.get()
    if asker and asker.has_just_asked():
        return
    jobs.ask(tasks.deliver_mail)


@dataclass
class _SeldomAsker:
    again_at: float = 0.0
    is_owed: bool = False

    def has_just_asked(self) -> bool:
        self.is_owed = time.monotonic() < self.again_at
        if not self.is_owed:
            self.again_at = time.monotonic() + SECONDS_BETWEEN_ASKS
        return self.is_owed


_asker: ContextVar[_SeldomAsker | None] = ContextVar("asker", default=None)


@contextmanager
def asking_seldom() -> Iterator[None]:
    """For a sweep with thousands of commits: they ask for delivery now and then, and once at the end."""
    asker = _SeldomAsker()
    before = _asker.set(asker)
    try:
        yield
    finally:
        _asker.reset(before)
        if asker.is_owed:
            ask_for_delivery()


@dataclass(frozen=True)
class _Words:
    """What all who share language and time zone read alike, with NAME where each reads their own name."""

    subject: str
    text: str
    html: str
    summary: str


def _words(kind: str, to: User, context: Mapping[str, Any]) -> _Words:
    facts = {
        **context,
        "to": User(name=NAME),
        "language": to.language,
        "support_address": settings.SUPPORT_ADDRESS,
        "settings_link": f"{settings.PORTAL_URL}{reverse('settings')}",
        "always_comes": kind_of(kind).never_silenced,
    }
    folder = f"mail/{kind_of(kind).templates or kind}"
    with translation.override(to.language), timezone.override(zone_of(to)):
        subject = one_line(render_to_string(f"{folder}/subject.txt", facts))[:LONGEST_SUBJECT]
        text = _tidy(render_to_string(f"{folder}/body.txt", facts))
        html = render_to_string(f"{folder}/body.html", {**facts, "subject": subject})
        return _Words(subject, text, html, _summary(kind_of(kind), folder, facts))


def _summary(kind: MailKind, folder: str, facts: Mapping[str, Any]) -> str:
    """Nothing for what always comes at once: no digest tells it, and sweeps write thousands of them."""
    if kind.never_silenced:
        return ""
    return one_line(render_to_string([f"{folder}/summary.txt", NO_SUMMARY], facts))


def _mail(kind: str, to: User, words: _Words) -> OutboxMail:
    name = one_line(to.name)
    return OutboxMail(
        kind=kind,
        recipient=to.email,
        person_id=to.pk,
        language=to.language,
        subject=words.subject,
        text=words.text.replace(NAME, name),
        html=words.html.replace(NAME, escape(name)),
        summary=words.summary.replace(NAME, name),
        message_id=new_message_id(),
    )


def _tidy(text: str) -> str:
    """No blanks at the end of lines, and never two empty lines: what template tags leave behind."""
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t\r]+\n", "\n", text)).strip() + "\n"


def zone_of(person: User) -> ZoneInfo | None:
    """The person's time zone, or the portal's where this machine does not know it: the act must not fail."""
    try:
        return ZoneInfo(person.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return None
