"""A mail server on loopback that does as it is told: accepts, refuses for good, is busy, slow, hangs up, or is gone."""

import contextlib
import socket
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

REFUSED = "550 5.1.1 No such person"
BUSY = "451 4.3.0 Try again later"


@dataclass
class MailServer:
    """What the server is told to do, and what it has seen. Recipients in lower case."""

    port: int = 0
    refuse: set[str] = field(default_factory=set)
    busy: set[str] = field(default_factory=set)
    # Takes the whole message, keeps it, and hangs up without a word: the sender can not know.
    drop_after_data: set[str] = field(default_factory=set)
    refuse_content_of: set[str] = field(default_factory=set)
    refuse_sender: bool = False
    # How long it lets the sender wait before it confirms a message that it has kept: `slow` ones for ever.
    seconds_to_confirm: float = 0
    slow: set[str] = field(default_factory=set)
    connections: int = 0
    # How many senders it is talking with.
    talks: int = 0
    received: list[tuple[str, EmailMessage]] = field(default_factory=list)
    _listener: "_Listener | None" = field(default=None, repr=False)
    _answers_left: int | None = field(default=None, repr=False)
    _speaks: threading.Event = field(default_factory=threading.Event, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def fall_silent(self, *, after: int) -> None:
        """Give so many answers more, and then none: every sender waits where it is, until `speak`."""
        with self._lock:
            self._answers_left = after
            self._speaks.clear()

    @property
    def is_silent(self) -> bool:
        """Whether a sender waits for an answer that does not come."""
        return self._answers_left is not None and self._answers_left < 0

    def speak(self) -> None:
        """Go on answering."""
        with self._lock:
            self._answers_left = None
            self._speaks.set()

    def may_answer(self) -> bool:
        """Wait until the next answer may be given; True then."""
        with self._lock:
            if self._answers_left is None:
                return True
            self._answers_left -= 1
            if self._answers_left >= 0:
                return True
        return self._speaks.wait()

    def count_talk(self, change: int) -> None:
        """A sender has come (1) or gone (-1)."""
        with self._lock:
            self.talks += change
            self.connections += change > 0

    @property
    def url(self) -> str:
        """For EMAIL_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def recipients(self) -> list[str]:
        """Whom a message was taken for, in the order of arrival."""
        return [recipient for recipient, _message in self.received]

    @property
    def copies(self) -> Counter[str]:
        """How often each message was taken, by its Message-ID."""
        return Counter(str(message["Message-ID"]) for _recipient, message in self.received)

    def answer_to_recipient(self, recipient: str) -> str:
        """The answer to RCPT TO."""
        if recipient in self.refuse:
            return REFUSED
        return BUSY if recipient in self.busy else "250 2.1.5 OK"

    def come(self) -> None:
        """Listen, at the same port as before."""
        self._listener = _Listener(("127.0.0.1", self.port), self)
        self.port = self._listener.server_address[1]
        threading.Thread(target=self._listener.serve_forever, kwargs={"poll_interval": 0.02}).start()

    def go(self) -> None:
        """Refuse connections, and end those that there are, until it comes again."""
        listener, self._listener = self._listener, None
        self.speak()
        if listener is not None:
            listener.shutdown()
            listener.server_close()
            listener.hang_up()


class _Handler(socketserver.StreamRequestHandler):
    """One connection, as far as RFC 5321 is needed by smtplib."""

    def handle(self) -> None:
        orders: MailServer = self.server.orders  # type: ignore[attr-defined]
        orders.count_talk(1)
        try:
            with contextlib.suppress(ConnectionError):  # the sender was killed, or the server has gone
                self._talk(orders)
        finally:
            orders.count_talk(-1)

    def _talk(self, orders: MailServer) -> None:
        self._say("220 loopback ready")
        recipient = ""
        for line in iter(self.rfile.readline, b""):
            command, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
            match command.upper():
                case "EHLO" | "HELO" | "RSET" | "NOOP":
                    self._say("250 loopback")
                case "MAIL":
                    self._say("553 5.7.1 Not from you" if orders.refuse_sender else "250 2.1.0 OK")
                case "RCPT":
                    recipient = rest.partition("<")[2].partition(">")[0].lower()
                    self._say(orders.answer_to_recipient(recipient))
                case "DATA":
                    if not self._take(orders, recipient):
                        return
                case "QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("502 not known here")

    def _take(self, orders: MailServer, recipient: str) -> bool:
        """Read the message; False where the connection is dropped."""
        self._say("354 go on")
        lines = []
        for line in iter(self.rfile.readline, b".\r\n"):
            if not line:  # the sender has gone in the middle: this is no message
                return False
            lines.append(line[1:] if line.startswith(b".") else line)
        if recipient in orders.refuse_content_of:
            self._say("554 5.6.0 Not such a message")
            return True
        message = message_from_bytes(b"".join(lines), EmailMessage, policy=policy.default)
        orders.received.append((recipient, message))
        if recipient in orders.drop_after_data:
            return False
        if recipient in orders.slow:
            self.rfile.read()  # until the sender has hung up
            return False
        time.sleep(orders.seconds_to_confirm)
        self._say("250 2.0.0 taken")
        return True

    def _say(self, text: str) -> None:
        orders: MailServer = self.server.orders  # type: ignore[attr-defined]
        orders.may_answer()
        self.wfile.write(f"{text}\r\n".encode())


class _Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], orders: MailServer) -> None:
        super().__init__(address, _Handler)
        self.orders = orders
        self._links: set[socket.socket] = set()

    def process_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]
        self._links.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket) -> None:  # type: ignore[override]
        self._links.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End the connections that there are."""
        for link in list(self._links):
            with contextlib.suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A server that accepts everything until it is told otherwise; gone when the block ends."""
    server = MailServer()
    server.come()
    try:
        yield server
    finally:
        server.go()
