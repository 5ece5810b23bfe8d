"""Mail of the embedded default: every message is a file in STATE_DIR/mail, readable with any mail program."""

import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage as ParsedMessage
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

STAMP = "%Y%m%dT%H%M%S%fZ"


class EmlFileBackend(BaseEmailBackend):
    """Writes each mail into `settings.MAILBOX_DIR` as `<UTC timestamp>-<hash of the Message-ID>.eml`.

    A file is complete from the moment that it has its name, and its owner alone may read it.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Store the messages; returns how many. Raises OSError unless told to fail silently."""
        try:
            for message in email_messages:
                _store(message)
        except OSError:
            if not self.fail_silently:
                raise
            return 0
        return len(email_messages)


@dataclass(frozen=True)
class Letter:
    """One stored mail. `name` is its file's name without the ending, `sent_at` is in UTC."""

    name: str
    sent_at: datetime
    message: ParsedMessage

    @property
    def to(self) -> str:
        """The recipients as the header names them."""
        return str(self.message["To"] or "").strip()

    @property
    def subject(self) -> str:
        """The subject, decoded."""
        return str(self.message["Subject"] or "").strip()

    @property
    def headers(self) -> list[tuple[str, str]]:
        """All headers of the message, decoded, in their order."""
        return [(name, str(value)) for name, value in self.message.items()]

    @property
    def text(self) -> str:
        """The text part; empty where there is none."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The HTML part; empty where there is none."""
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return str(part.get_content()) if part is not None else ""


def letter_names(*, to: str = "") -> list[str]:
    """The names of all stored mails, newest first; with `to` only those whose recipient contains it."""
    names = sorted((path.stem for path in _folder().glob("[0-9]*-*.eml")), reverse=True)
    wanted = to.strip().lower()
    return [letter.name for letter in letters(names) if wanted in letter.to.lower()] if wanted else names


def letters(names: Iterable[str]) -> list[Letter]:
    """The stored mails of these names; what has gone meanwhile is left out."""
    return [letter for name in names if (letter := find_letter(name))]


def find_letter(name: str) -> Letter | None:
    """The stored mail of that name; None where there is none."""
    path = _folder() / f"{Path(name).name}.eml"
    try:
        sent_at = datetime.strptime(name.partition("-")[0], STAMP).replace(tzinfo=UTC)
        content = path.read_bytes()
    except (ValueError, FileNotFoundError):
        return None
    message = message_from_bytes(content, ParsedMessage, policy=policy.default)
    return Letter(name=name, sent_at=sent_at, message=message)


def _folder() -> Path:
    return Path(settings.MAILBOX_DIR or settings.STATE_DIR / "mail")


def _store(message: EmailMessage) -> None:
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    content = message.message()
    key = hashlib.sha256(str(content["Message-ID"]).encode()).hexdigest()[:16]
    name = f"{datetime.now(UTC).strftime(STAMP)}-{key}"
    unfinished = folder / f".{name}.part"
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content.as_bytes())
        file.flush()
        # The outbox says "sent" next: the file must be as safe as that word.
        os.fsync(file.fileno())
    unfinished.replace(folder / f"{name}.eml")
