"""A mail as bytes. The standard library takes longer to write one than the mail server takes to accept it, and of its
many rules the portal's mails need few: a text and perhaps an HTML part, both in UTF-8, and headers of one line.
"""

import base64
from email.header import Header
from email.message import Message
from email.utils import formatdate
from functools import lru_cache

from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import BadHeaderError, sanitize_address

# RFC 5322, 2.1.1: what no line may exceed, without its end.
LONGEST_LINE = 998
CRLF = "\r\n"


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
            "Subject": _encoded("Subject", str(self.subject)),
            "From": _address(str(self.from_email)),
            "To": sanitize_address(self.to[0], "utf-8"),
            "Reply-To": ", ".join(map(_address, self.reply_to)),
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
    lines = text.replace(CRLF, "\n").replace("\r", "\n").removesuffix("\n").split("\n")
    content = "".join(line + CRLF for line in lines).encode()
    encoding = "7bit" if content.isascii() else "8bit"
    if any(len(line) > LONGEST_LINE for line in content.split(b"\r\n")):
        encoding, content = "base64", base64.encodebytes(content).replace(b"\n", b"\r\n")
    head = f'Content-Type: text/{kind}; charset="utf-8"{CRLF}Content-Transfer-Encoding: {encoding}{CRLF}{CRLF}'
    return head.encode() + content


def _encoded(name: str, value: str) -> str:
    """A header for people to read, in ASCII (RFC 2047), folded where it is long."""
    if value.isascii() and len(value) < 70:
        return value
    _checked(value)
    return Header(value, None if value.isascii() else "utf-8", header_name=name).encode(linesep=CRLF)


@lru_cache(maxsize=64)
def _address(address: str) -> str:
    return str(sanitize_address(address, "utf-8"))


def _checked(value: str) -> str:
    """No value can begin a header of its own: a line break is followed by a blank, or refused."""
    unfolded = value.replace(CRLF + " ", "")
    if "\r" in unfolded or "\n" in unfolded:
        raise BadHeaderError("a header has one line")
    return value
