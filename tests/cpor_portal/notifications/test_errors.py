"""Why a mail could not be sent, and how long it waits then."""

import smtplib
from datetime import timedelta
from smtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPDataError,
    SMTPException,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpor_portal.notifications.errors import (
    NEVER_GIVEN_UP,
    PAUSES,
    ends_round,
    kind_at_opening,
    kind_at_sending,
    pause_after,
    words_of,
)
from cpor_portal.notifications.models import ErrorKind

ADDRESS, CONTENT = ErrorKind.ADDRESS_REFUSED, ErrorKind.CONTENT_REFUSED
BUSY, GONE, PORTAL = ErrorKind.SERVER_BUSY, ErrorKind.SERVER_GONE, ErrorKind.PORTAL_REFUSED
ANNA = "anna@partner.example"


def recipient(code: int, text: bytes = b"no") -> SMTPRecipientsRefused:
    return SMTPRecipientsRefused({ANNA: (code, text)})


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (recipient(550, b"5.1.1 No such person"), ADDRESS),
        (recipient(553), ADDRESS),
        (recipient(450, b"4.2.0 Greylisted"), BUSY),
        (recipient(452), BUSY),
        (recipient(421), GONE),
        (recipient(530, b"5.7.0 Authentication required"), PORTAL),
        (recipient(554, b"5.7.1 Relay access denied"), PORTAL),
        (recipient(550, b"5.7.1 Unable to relay"), PORTAL),
        (recipient(550, b"5.7.1 Client does not have permissions"), PORTAL),
        (recipient(550, b"relay not permitted"), PORTAL),
        (recipient(553, b"Relaying denied. Proper authentication required."), PORTAL),
        (recipient(554, b"anna@partner.example: Relay Access Denied"), PORTAL),
        (recipient(550, b"We do not relay"), PORTAL),
        (recipient(550, b"5.1.1 User unknown in relay recipient table"), ADDRESS),
        (recipient(550, b"relay7.example.net said: no such user"), ADDRESS),
        (recipient(550, b"relay.denied.example: mailbox unavailable"), ADDRESS),
        (recipient(550, b"relaying.example says 5.1.1"), ADDRESS),
        (recipient(550, b"5.1.1 10.5.7.1 does not know this person"), ADDRESS),
        (recipient(550, b"5.7.10 or 5.7.13: mailbox disabled"), ADDRESS),
        (SMTPSenderRefused(553, b"Not from you", "a@b.example"), PORTAL),
        (SMTPSenderRefused(552, b"Too large", "a@b.example"), CONTENT),
        (SMTPSenderRefused(451, b"Later", "a@b.example"), BUSY),
        (SMTPDataError(554, b"Not such a message"), CONTENT),
        (SMTPDataError(554, b"Content may not speak of relays"), CONTENT),
        (SMTPDataError(451, b"Later"), BUSY),
        (SMTPDataError(421, b"Closing"), GONE),
        (SMTPNotSupportedError("SMTPUTF8 not supported"), ADDRESS),
        (SMTPServerDisconnected("Connection unexpectedly closed"), GONE),
        (TimeoutError("timed out"), GONE),
        (ConnectionResetError(), GONE),
        (ValueError("not to be written"), CONTENT),
    ],
)
def test_an_error_while_sending_tells_whose_trouble_it_is(error: Exception, kind: ErrorKind) -> None:
    assert kind_at_sending(error) is kind


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ConnectionRefusedError(), GONE),
        (TimeoutError(), GONE),
        (SMTPServerDisconnected("closed"), GONE),
        (SMTPConnectError(421, b"Too many connections"), GONE),
        (SMTPConnectError(554, b"No service for you"), PORTAL),
        (SMTPAuthenticationError(535, b"Bad credentials"), PORTAL),
        (SMTPAuthenticationError(454, b"Try later"), GONE),
        (SMTPNotSupportedError("STARTTLS extension not supported by server."), PORTAL),
        (SMTPException("No suitable authentication method found."), PORTAL),
    ],
)
def test_an_error_before_any_mail_is_never_a_mails_fault(error: OSError, kind: ErrorKind) -> None:
    assert kind_at_opening(error) is kind


@given(st.integers(400, 599), st.binary(max_size=40), st.integers(1, 200))
def test_whatever_a_server_says_a_mail_is_tried_again_or_given_up(code: int, text: bytes, attempts: int) -> None:
    for error in (recipient(code, text), SMTPSenderRefused(code, text, ANNA), SMTPDataError(code, text)):
        kind = kind_at_sending(error)
        pause = pause_after(kind, attempts)
        assert (kind in NEVER_GIVEN_UP) <= (pause is not None)
        assert (kind in (ADDRESS, CONTENT)) == (pause_after(kind, 1) is None)
        assert pause is None or pause >= timedelta(minutes=1)


@pytest.mark.parametrize("kind", list(ErrorKind))
def test_pauses_grow(kind: ErrorKind) -> None:
    assert list(PAUSES[kind]) == sorted(PAUSES[kind])


def test_a_mail_that_is_not_at_fault_is_tried_for_ever_in_bearable_pauses() -> None:
    assert pause_after(GONE, 10_000) == timedelta(minutes=15)
    assert pause_after(PORTAL, 10_000) == timedelta(minutes=60)


def test_a_busy_server_is_asked_for_about_three_days() -> None:
    assert timedelta(days=3) < sum(PAUSES[BUSY], timedelta()) < timedelta(days=3, hours=6)
    assert pause_after(BUSY, len(PAUSES[BUSY]) + 1) is None


def test_a_refused_recipient_ends_no_round_but_a_refused_sender_and_silence_do() -> None:
    relay = recipient(554, b"Relay access denied")
    assert not ends_round(relay, kind_at_sending(relay))
    sender = SMTPSenderRefused(553, b"Not from you", "a@b.example")
    assert ends_round(sender, kind_at_sending(sender))
    assert ends_round(TimeoutError(), GONE)
    assert not ends_round(ConnectionResetError(), GONE)
    assert ends_round(_silence(), GONE)


def _silence() -> smtplib.SMTPServerDisconnected:
    """As smtplib raises it when no answer came in time."""
    try:
        try:
            raise TimeoutError("timed out")
        except OSError as error:
            raise SMTPServerDisconnected(f"Connection unexpectedly closed: {error}")  # noqa: B904
    except SMTPServerDisconnected as error:
        return error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (recipient(550, b"5.1.1 No such\n5.1.1 person"), "550 5.1.1 No such 5.1.1 person"),
        (SMTPDataError(552, "túl nagy\x00".encode()), "552 túl nagy"),
        (SMTPSenderRefused(530, b"sign in", "portal@x.example"), "530 sign in"),
        (SMTPServerDisconnected("Connection unexpectedly closed"), "Connection unexpectedly closed"),
        (ConnectionRefusedError(111, "Connection refused"), "Connection refused"),
        (TimeoutError(), "TimeoutError"),
    ],
    ids=str,
)
def test_what_went_wrong_is_written_in_words_without_python(error: Exception, words: str) -> None:
    assert words_of(error) == words
