"""A stand-in for the virus scanner that misbehaves as it is told; the real one is tests/support/clamd.py."""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Answer = Callable[[bytes], bytes | None]
"""What to say about a stream; None: nothing, and keep the line open."""


@dataclass
class ScannerDouble:
    """Reads a whole stream as clamd would, and then says what `answer` says."""

    address: str
    answer: Answer
    streams: list[bytes] = field(default_factory=list)
    has_read: threading.Event = field(default_factory=threading.Event)
    is_over: threading.Event = field(default_factory=threading.Event)

    def talk(self, link: socket.socket) -> None:
        """One connection."""
        with link, contextlib.suppress(OSError, struct.error):
            file = link.makefile("rb")
            file.read(len(b"zINSTREAM\0"))
            stream = b"".join(_pieces(file.read))
            self.streams.append(stream)
            self.has_read.set()
            said = self.answer(stream)
            if said is None:
                self.is_over.wait(30)
            else:
                link.sendall(said)


def _pieces(read: Callable[[int], bytes]) -> Iterator[bytes]:
    while length := struct.unpack("!L", read(4))[0]:
        yield read(length)


@contextmanager
def scanner_double(answer: Answer | bytes | None) -> Iterator[ScannerDouble]:
    """A double on loopback; `answer` is what it always says, or a function of the stream."""
    says = answer if callable(answer) else lambda _stream: answer
    with socket.create_server(("127.0.0.1", 0)) as listener:
        double = ScannerDouble(f"127.0.0.1:{listener.getsockname()[1]}", says)
        threads = [threading.Thread(target=_serve, args=(listener, double))]
        threads[0].start()
        try:
            yield double
        finally:
            double.is_over.set()
            listener.shutdown(socket.SHUT_RDWR)
            threads[0].join(10)


def _serve(listener: socket.socket, double: ScannerDouble) -> None:
    with contextlib.suppress(OSError):
        while True:
            link, _address = listener.accept()
            threading.Thread(target=double.talk, args=(link,), daemon=True).start()
