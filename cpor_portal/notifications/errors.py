"""Why a mail could not be sent, told from the error alone, and how long to wait before the next attempt.

Two of the kinds are the mail's own fault and final at once; of a busy server the mail's recipient may be the cause,
so it is given up in the end. A server that is gone, or that does not take mail from the portal, says nothing about
the mail: it waits however long that takes.
"""

import re
import smtplib
from collections.abc import Mapping
from datetime import timedelta

from cpor_portal.notifications.models import ErrorKind


def _minutes(*pauses: int) -> tuple[timedelta, ...]:
    return tuple(timedelta(minutes=minutes) for minutes in pauses)


PAUSES: Mapping[ErrorKind, tuple[timedelta, ...]] = {
    ErrorKind.ADDRESS_REFUSED: (),
    ErrorKind.CONTENT_REFUSED: (),
    # About three days in all, as mail servers among themselves do it (RFC 5321, 4.5.4.1).
    ErrorKind.SERVER_BUSY: _minutes(1, 5, 15, 60, 240, 480, 720, 1440, 1440),
    ErrorKind.SERVER_GONE: _minutes(1, 2, 5, 10, 15),
    ErrorKind.PORTAL_REFUSED: _minutes(1, 5, 15, 30, 60),
}
"""The pauses after the first, second … attempt in a row that failed for the same kind of reason."""

NEVER_GIVEN_UP = frozenset({ErrorKind.SERVER_GONE, ErrorKind.PORTAL_REFUSED})
"""The last pause is repeated until somebody has cured the server or the settings."""

# "Closing transmission channel": whatever it was said to, the server does not serve just now.
CLOSING = 421
# The server wants a sign-in, or did not like the portal's, at whatever step it says so (RFC 4954, 6).
NOT_SIGNED_IN = frozenset({530, 534, 535, 538})
# Servers that do not carry mail onwards for the portal say so of the recipient: by the code for a want of permission
# (RFC 3463, X.7.1), else in words of which "relay" is one. The word alone says nothing: it is in names of tables and
# of servers, too, and a mail to an address that there is not would be tried for ever.
NO_PERMISSION = re.compile(r"(?<![\w.])5\.7\.1(?![\w.])")
NO_RELAY = re.compile(
    r"\brelay(ing)?( access)?( is)? (denied|prohibited|forbidden|not (permitted|allowed))\b"
    r"|\b(unable|not (permitted|allowed|authori[sz]ed)) to relay\b|\b(do not|don't|will not|cannot) relay\b",
    re.IGNORECASE,
)


def pause_after(kind: ErrorKind, attempts: int) -> timedelta | None:
    """How long a mail waits whose attempt number `attempts` (1 …) in a row failed for `kind`; None: it is given up."""
    pauses = PAUSES[kind]
    if attempts <= len(pauses):
        return pauses[attempts - 1]
    return pauses[-1] if kind in NEVER_GIVEN_UP else None


def kind_at_opening(error: OSError) -> ErrorKind:
    """Why the mail server could not be spoken to. No mail is at fault."""
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return ErrorKind.SERVER_GONE
    if isinstance(error, smtplib.SMTPResponseException):
        return ErrorKind.PORTAL_REFUSED if error.smtp_code >= 500 else ErrorKind.SERVER_GONE
    # What is left of smtplib's errors: no common way to sign in or to encrypt, which settings must cure.
    return ErrorKind.PORTAL_REFUSED if isinstance(error, smtplib.SMTPException) else ErrorKind.SERVER_GONE


def kind_at_sending(error: Exception) -> ErrorKind:
    """Why a mail was not taken: the server's answer (smtplib), a lost connection (OSError), or what cannot be
    written as a mail at all (ValueError, MessageError)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
        return _kind_of_answer(code, text, ErrorKind.ADDRESS_REFUSED)
    if isinstance(error, smtplib.SMTPSenderRefused):
        # 552: the size that was announced with the sender is more than the server takes.
        refused = ErrorKind.CONTENT_REFUSED if error.smtp_code == 552 else ErrorKind.PORTAL_REFUSED
        return _kind_of_answer(error.smtp_code, error.smtp_error, refused)
    if isinstance(error, smtplib.SMTPResponseException):
        return _kind_of_answer(error.smtp_code, error.smtp_error, ErrorKind.CONTENT_REFUSED)
    if isinstance(error, smtplib.SMTPNotSupportedError):  # an address in letters that this server can not carry
        return ErrorKind.ADDRESS_REFUSED
    return ErrorKind.SERVER_GONE if isinstance(error, OSError) else ErrorKind.CONTENT_REFUSED


def ends_round(error: Exception, kind: ErrorKind) -> bool:
    """Whether the next mail would fare no better: the server does not answer, or takes nothing from the portal.

    A connection that broke may have broken on this mail alone; a refused recipient says nothing of others.
    """
    if kind is ErrorKind.PORTAL_REFUSED:
        return not isinstance(error, smtplib.SMTPRecipientsRefused)
    # smtplib makes a time-out into a lost connection, and keeps what it was as the context.
    return kind is ErrorKind.SERVER_GONE and any(isinstance(each, TimeoutError) for each in (error, error.__context__))


def words_of(error: Exception) -> str:
    """What went wrong, for people: the server's answer with its code ("550 5.1.1 No such person"), else the error."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _answer_in_words(*next(iter(error.recipients.values())))
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer_in_words(error.smtp_code, error.smtp_error)
    said = (isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__
    return " ".join(said.replace("\x00", "").split())


def _answer_in_words(code: int, text: bytes | str) -> str:
    return " ".join([str(code), *_decoded(text).replace("\x00", "").split()])


def _decoded(text: bytes | str) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text


def _kind_of_answer(code: int, text: bytes | str, refused: ErrorKind) -> ErrorKind:
    """What an SMTP answer means; `refused` where it is a refusal for good of what was said last."""
    if code == CLOSING:
        return ErrorKind.SERVER_GONE
    if code in NOT_SIGNED_IN:
        return ErrorKind.PORTAL_REFUSED
    if code < 500:
        return ErrorKind.SERVER_BUSY
    words = _decoded(text)
    is_relay = refused is ErrorKind.ADDRESS_REFUSED and (NO_PERMISSION.search(words) or NO_RELAY.search(words))
    return ErrorKind.PORTAL_REFUSED if is_relay else refused
