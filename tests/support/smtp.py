"""A mail server on loopback that does as it is told: accepts, refuses for good, is busy, or hangs up."""

import socketserver
import threading
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
    connections: int = 0
    received: list[tuple[str, EmailMessage]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """For EMAIL_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def recipients(self) -> list[str]:
        """Whom a message was taken for, in the order of arrival."""
        return [recipient for recipient, _message in self.received]

    def answer_to_recipient(self, recipient: str) -> str:
        """The answer to RCPT TO."""
        if recipient in self.refuse:
            return REFUSED
        return BUSY if recipient in self.busy else "250 2.1.5 OK"


class _Handler(socketserver.StreamRequestHandler):
    """One connection, as far as RFC 5321 is needed by smtplib."""

    def handle(self) -> None:
        orders: MailServer = self.server.orders  # type: ignore[attr-defined]
        orders.connections += 1
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
            lines.append(line[1:] if line.startswith(b".") else line)
        if recipient in orders.refuse_content_of:
            self._say("554 5.6.0 Not such a message")
            return True
        message = message_from_bytes(b"".join(lines), EmailMessage, policy=policy.default)
        orders.received.append((recipient, message))
        if recipient in orders.drop_after_data:
            return False
        self._say("250 2.0.0 taken")
        return True

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class _Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    orders: MailServer


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A server that accepts everything until it is told otherwise; gone when the block ends."""
    with _Listener(("127.0.0.1", 0), _Handler) as listener:
        orders = listener.orders = MailServer(port=listener.server_address[1])
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield orders
        finally:
            listener.shutdown()
            thread.join()
