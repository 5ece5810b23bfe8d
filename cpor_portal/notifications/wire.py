"""A mail as bytes. The standard library takes longer to write one than the mail server takes to accept it, and of its
many rules the portal's mails need few: a text and perhaps an HTML part, both in UTF-8, and headers of one line.
Measured against Django's: docs/decisions/writing-mails.md.
"""

import base64
import re
from email.message import Message
from email.utils import formatdate
from functools import lru_cache

from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import BadHeaderError, sanitize_address

# RFC 5322, 2.1.1: what no line may exceed, without its end.
LONGEST_LINE = 998
CRLF = "\r\n"
LONGEST_PLAIN = 70
# Each at most four bytes, and 44 bytes make 60 characters.
LETTERS_PER_WORD = 11
PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")


class Letter(EmailMultiAlternatives):
    """A mail of the portal, to one person: written faster than Django's, for the backends the same."""

    def message(self, **_options: object) -> "Written":  # type: ignore[override]
        """The mail as it goes over the wire. Raises ValueError for what cannot be written as a mail."""
        return Written(str(self.extra_headers["Message-ID"]), self._content())

    def _content(self) -> bytes:
        html = str(self.alternatives[0][0]) if self.alternatives else ""
        if not html:
            return self._head() + _part("plain", str(self.body))
        # The same for each attempt, and unknown to whoever writes a text.
        boundary = "=_" + str(self.extra_headers["Message-ID"]).strip("<>").partition("@")[0]
        kind = f'Content-Type: multipart/alternative; boundary="{boundary}"{CRLF}{CRLF}'
        line = f"{CRLF}--{boundary}".encode()
        parts = (_part("plain", str(self.body)), _part("html", html))
        return b"".join([self._head(), kind.encode(), *(line + b"\r\n" + part for part in parts), line + b"--\r\n"])

    def _head(self) -> bytes:
        headers = {
            "MIME-Version": "1.0",
            "Subject": _encoded(str(self.subject)),
            "From": _own_address(str(self.from_email)),
            "To": _recipient(self.to[0]),
            "Reply-To": ", ".join(map(_own_address, self.reply_to)),
            "Date": formatdate(),
            **self.extra_headers,
        }
        return "".join(f"{name}: {_checked(value)}{CRLF}" for name, value in headers.items() if value).encode("ascii")


class Written(Message):
    """What Django's backends ask of a message: its bytes, and its Message-ID."""

    def __init__(self, message_id: str, content: bytes) -> None:
        super().__init__()
        self["Message-ID"] = message_id
        self._content = content

    def as_bytes(self, *_options: object, linesep: str = "\n") -> bytes:
        """The whole message with these line ends."""
        return self._content if linesep == CRLF else self._content.replace(b"\r\n", linesep.encode())


def _part(kind: str, text: str) -> bytes:
    plain = text.replace(CRLF, "\n").replace("\r", "\n").removesuffix("\n") + "\n"
    content = plain.replace("\n", CRLF).encode()
    encoding = "7bit" if content.isascii() else "8bit"
    if max(map(len, content.split(b"\r\n"))) > LONGEST_LINE:
        encoding, content = "base64", base64.encodebytes(content).replace(b"\n", b"\r\n")
    head = f'Content-Type: text/{kind}; charset="utf-8"{CRLF}Content-Transfer-Encoding: {encoding}{CRLF}{CRLF}'
    return head.encode() + content


def _encoded(value: str) -> str:
    """A header for people to read, in ASCII, folded where it is long (RFC 2047: words of at most 75 characters)."""
    # What looks like an encoded word would be read as one.
    if value.isascii() and len(value) < LONGEST_PLAIN and "=?" not in value:
        return value
    _checked(value)
    words = [value[start : start + LETTERS_PER_WORD] for start in range(0, len(value), LETTERS_PER_WORD)]
    return f"{CRLF} ".join(f"=?utf-8?b?{base64.b64encode(word.encode()).decode()}?=" for word in words)


def _recipient(address: str) -> str:
    """The address as servers want it; nearly all are so already, and taking one apart takes long."""
    return address if PLAIN_ADDRESS.fullmatch(address) else str(sanitize_address(address, "utf-8"))


@lru_cache(maxsize=64)
def _own_address(address: str) -> str:
    return str(sanitize_address(address, "utf-8"))


def _checked(value: str) -> str:
    """No value can begin a header of its own: a line break is followed by a blank, or refused."""
    unfolded = value.replace(CRLF + " ", "")
    if "\r" in unfolded or "\n" in unfolded:
        raise BadHeaderError("a header has one line")
    return value
