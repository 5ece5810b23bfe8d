"""ClamAV's daemon: what it says of a stream of bytes.

The protocol is clamd's own INSTREAM (man clamd, "COMMANDS"): chunks with their length in front, an empty one at the
end, one line as the answer. Only `stream: OK` means clean; whatever else is not understood means nothing at all.
"""

import re
import socket
import struct
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.conf import settings

from cpor_portal.clamd_address import clamd_address

SECONDS_TO_CONNECT = 3.0
SECONDS_TO_PING = 1.0
# A sweep may begin one at its end, and must end before the broker gives it to another worker (`visibility_timeout`).
SECONDS_TO_SCAN = 30.0
CHUNK = 64 * 1024
LONGEST_ANSWER = 4096
LONGEST_THREAT = 200
UNNAMED = "?"
_LENGTH = struct.Struct("!L")
_CLEAN = b"stream: OK"
# Debian's settings have it add hash and size of what matched.
_FOUND = re.compile(rb"stream: (?P<threat>.*?\S.*?)(\([0-9a-f]+:\d+\))? FOUND", re.DOTALL)


@dataclass(frozen=True)
class Scan:
    """A verdict: what was found, by the scanner's name for it; empty where nothing was."""

    threat: str

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found."""
        return not self.threat


class ScannerSilent(Exception):
    """There is no verdict: the scanner did not answer in time, or said what is no verdict. `str()` says what."""


class ScannerAway(ScannerSilent):
    """Nothing listens at CLAMD_ADDRESS: there is no verdict on other documents either."""


def scan(chunks: Iterable[bytes]) -> Scan:
    """Have the scanner look at what the chunks are together; never more than one of them is held.

    Raises ScannerSilent and ScannerAway, never guesses; errors of the chunks themselves pass.
    """
    with _Talk(SECONDS_TO_SCAN) as talk:
        talk.send(b"zINSTREAM\0")
        for piece in _pieces(chunks):
            talk.send(_LENGTH.pack(len(piece)) + piece)
        talk.send(_LENGTH.pack(0))
        return _understood(talk.answer())


def answers() -> bool:
    """Whether a scanner answers at CLAMD_ADDRESS, within a second; for /readyz."""
    try:
        with _Talk(SECONDS_TO_PING) as talk:
            talk.send(b"zPING\0")
            return talk.answer() == b"PONG"
    except ScannerSilent:
        return False


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces that clamd takes. None is empty: that would say that this was all."""
    for chunk in chunks:
        for start in range(0, len(chunk), CHUNK):
            yield chunk[start : start + CHUNK]


def _understood(answer: bytes) -> Scan:
    if answer == _CLEAN:
        return Scan("")
    found = _FOUND.fullmatch(answer)
    if found is None:
        raise ScannerSilent(f"the scanner said: {_readable(answer)!r}")
    return Scan(_readable(found["threat"])[:LONGEST_THREAT].strip() or UNNAMED)


@dataclass
class _Talk:
    """One connection, which must come to its end in `seconds`, however slowly the other side talks."""

    seconds: float
    _until: float = field(init=False)
    _link: socket.socket = field(init=False)

    def __enter__(self) -> "_Talk":
        self._until = time.monotonic() + self.seconds
        try:
            self._link = _connected(min(self.seconds, SECONDS_TO_CONNECT))
        except OSError as fault:
            raise ScannerAway(f"nothing answers at CLAMD_ADDRESS: {fault}") from fault
        return self

    def __exit__(self, *_what: object) -> None:
        self._link.close()

    def send(self, data: bytes) -> None:
        """Raises ScannerSilent, with the scanner's last words where it hung up on us."""
        try:
            with self._in_time():
                self._link.sendall(data)
        except ConnectionError as fault:
            raise ScannerSilent(f"the scanner hung up: {self._last_words()!r}") from fault

    def answer(self) -> bytes:
        """The one line that it says at the end. Raises ScannerSilent."""
        said = b""
        try:
            while b"\0" not in said and len(said) <= LONGEST_ANSWER:
                with self._in_time():
                    more = self._link.recv(LONGEST_ANSWER)
                if not more:
                    break
                said += more
        except ConnectionError as fault:
            raise ScannerSilent("the scanner hung up without an answer") from fault
        line, end, _rest = said.partition(b"\0")
        if not end:
            raise ScannerSilent(f"the scanner's answer has no end: {_readable(said)!r}")
        return line

    def _last_words(self) -> str:
        try:
            return _readable(self.answer())
        except ScannerSilent:
            return ""

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        left = self._until - time.monotonic()
        if left <= 0:
            raise ScannerSilent(f"the scanner took more than {self.seconds:g} seconds")
        self._link.settimeout(left)
        try:
            yield
        except TimeoutError as fault:
            raise ScannerSilent(f"the scanner took more than {self.seconds:g} seconds") from fault


def _connected(seconds: float) -> socket.socket:
    address = clamd_address(settings.CLAMD_ADDRESS)
    if not isinstance(address, str):
        return socket.create_connection(address, seconds)
    link = socket.socket(socket.AF_UNIX)
    link.settimeout(seconds)
    try:
        link.connect(address)
    except OSError:
        link.close()
        raise
    return link


def _readable(said: bytes) -> str:
    """As text without control characters: a name of a threat is shown to people."""
    text = said[:LONGEST_ANSWER].decode("utf-8", "replace")
    return "".join(char if char.isprintable() else " " for char in text).strip()
