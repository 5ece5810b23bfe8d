"""An SMTP server on loopback that takes every message and forgets it; it prints its port. Standard library alone."""

import asyncio
import sys

ANSWERS = {b"EHLO": b"250 loopback\r\n", b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}


class Swallow(asyncio.Protocol):
    """One connection. A message ends with a dot on a line of its own."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._seen, self._in_message = transport, b"", False
        transport.write(b"220 loopback ready\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer each command, and each message."""
        self._seen += data
        while self._in_message or b"\r\n" in self._seen:
            if self._in_message:
                if not self._seen.endswith(b"\r\n.\r\n"):
                    return
                self._seen, self._in_message = b"", False
                self._transport.write(b"250 2.0.0 taken\r\n")
            else:
                line, _end, self._seen = self._seen.partition(b"\r\n")
                command = line[:4].upper()
                self._transport.write(ANSWERS.get(command, b"250 OK\r\n"))
                self._in_message = command == b"DATA"


async def main() -> None:
    """Listen until killed."""
    server = await asyncio.get_running_loop().create_server(Swallow, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
