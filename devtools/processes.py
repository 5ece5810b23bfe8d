"""Child processes that live exactly as long as their supervisor."""

import contextlib
import ctypes
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

SECONDS_TO_STOP = 6.0
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(sign: int = signal.SIGTERM) -> Callable[[], None]:
    """What a child does before it becomes the command: ask Linux for `sign` when its parent dies.

    That covers a parent killed with -9. Elsewhere it does nothing; `Leftovers` clears up at the next start.
    """
    parent = os.getpid()

    def ask() -> None:
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, sign)
            if os.getppid() != parent:  # it died before it was asked
                os._exit(1)

    return ask


@dataclass
class Child:
    """A running command, with its output passed on line by line and its last lines kept."""

    name: str
    process: subprocess.Popen[bytes]
    is_quiet: bool = False
    is_meant_to_end: bool = False
    on_end: Callable[["Child"], None] | None = None
    outlives_others: bool = False
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=200))
    unfinished: bytes = b""

    @property
    def output(self) -> IO[bytes]:
        """The pipe that carries both output and errors."""
        assert self.process.stdout is not None  # noqa: S101 - always made with a pipe
        return self.process.stdout

    def take(self, data: bytes) -> None:
        """Pass on the whole lines of `data`, each with the child's name in front."""
        *whole, self.unfinished = (self.unfinished + data).split(b"\n")
        for raw in whole:
            line = raw.decode(errors="replace").rstrip()
            self.lines.append(line)
            if not self.is_quiet:
                print(f"{self.name:<7}| {line}", flush=True)

    def signal_group(self, sign: int) -> None:
        """Signal the child and whatever it started itself."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, sign)


class StoppedError(Exception):
    """Ctrl-C or SIGTERM arrived."""


class ChildEndedError(Exception):
    """A child that should have gone on has ended."""

    def __init__(self, child: Child) -> None:
        super().__init__(child.name)
        self.child = child


class Restarts:
    """How long a child that has ended by itself waits before it is started again, and when it is given up."""

    PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0)
    SECONDS_TO_FORGET = 60

    def __init__(self) -> None:
        self._ends: list[float] = []

    def wait(self, child: "Child", supervisor: "Supervisor", words: str) -> None:
        """Say `words` and sit out the pause, watching the others.

        Raises ChildEndedError for a child that keeps ending, and StoppedError.
        """
        now = time.monotonic()
        self._ends = [*(end for end in self._ends if now - end < self.SECONDS_TO_FORGET), now]
        if len(self._ends) > len(self.PAUSES):
            raise ChildEndedError(child)
        print(words, flush=True)
        until = now + self.PAUSES[len(self._ends) - 1]
        while time.monotonic() < until:
            supervisor.watch(0.05)


class Supervisor:
    """Starts children, passes on their output, and stops all of them, whatever ends the supervision.

    It has no threads, so what a child does between fork and exec is safe.
    """

    def __init__(self, leftovers: "Leftovers") -> None:
        self._leftovers = leftovers
        self._children: list[Child] = []
        self._selector = selectors.DefaultSelector()
        self._is_stopping = False

    def listen_for_signals(self) -> None:
        """From now on Ctrl-C, SIGTERM and a closed terminal raise StoppedError in `watch` and `finish`."""
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, self._on_signal)

    def _on_signal(self, _sign: int, _frame: object) -> None:
        self._is_stopping = True

    def start(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        is_quiet: bool = False,
        is_meant_to_end: bool = False,
        on_end: Callable[[Child], None] | None = None,
        outlives_others: bool = False,
    ) -> Child:
        """Start a command in a process group of its own; a quiet one shows only its errors.

        One that is meant to end is for `finish`. `on_end` is called when the child ends by itself, instead of ending
        the supervision. At the stop a child that outlives the others is asked last.
        """
        process = subprocess.Popen(
            command,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=None if is_quiet else subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent(),
        )
        child = Child(name, process, is_quiet, is_meant_to_end, on_end, outlives_others)
        os.set_blocking(child.output.fileno(), False)
        self._selector.register(child.output, selectors.EVENT_READ, child)
        self._children.append(child)
        self._leftovers.remember([each.process.pid for each in self._children])
        return child

    def finish(self, child: Child) -> int:
        """Wait for a child that is meant to end; returns its exit code.

        Raises StoppedError, or ChildEndedError for another child.
        """
        while child.process.poll() is None:
            self.watch(0.05)
        self._pass_on(0)
        self._children.remove(child)
        return child.process.returncode

    def watch(self, seconds: float = 0.3) -> None:
        """Pass output on for at most that long. Raises StoppedError or ChildEndedError."""
        self._pass_on(seconds)
        if self._is_stopping:
            raise StoppedError
        for child in list(self._children):
            if not child.is_meant_to_end and child.process.poll() is not None:
                self._pass_on(0)
                self._ended(child)

    def _ended(self, child: Child) -> None:
        if child.on_end is None:
            raise ChildEndedError(child)
        if child in self._children:  # what it is replaced by may have been watched, and have ended, meanwhile
            self._children.remove(child)
            child.on_end(child)

    def _pass_on(self, seconds: float) -> None:
        for key, _events in self._selector.select(seconds):
            child: Child = key.data
            data = child.output.read()
            if data:
                child.take(data)
            elif data is not None:
                self._selector.unregister(child.output)

    def stop(self) -> None:
        """Ask every child to end, and make those that do not; the broker outlives its clients."""
        self._end([child for child in self._children if not child.outlives_others], SECONDS_TO_STOP)
        self._end([child for child in self._children if child.outlives_others], SECONDS_TO_STOP / 3)
        self._leftovers.forget()

    def _end(self, children: list[Child], seconds: float) -> None:
        for child in children:
            child.signal_group(signal.SIGTERM)
        self._wait(children, seconds)
        for child in children:
            child.signal_group(signal.SIGKILL)
        self._wait(children, 1)

    def _wait(self, children: list[Child], seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and any(each.process.poll() is None for each in children):
            self._pass_on(0.05)
        self._pass_on(0)


class Leftovers:
    """Remembers the process groups of a supervision in a file, so that a next one can end what a crash left.

    Linux ends them itself with their parent; this is for other systems, and for children of children.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def remember(self, groups: list[int]) -> None:
        """Write down the groups that run now, with when each began: a process id alone may be another's."""
        self._path.write_text(json.dumps({str(group): began_at(group) for group in groups}))

    def forget(self) -> None:
        """Nothing runs any more."""
        self._path.unlink(missing_ok=True)

    def end(self) -> int:
        """End what is left of an earlier supervision; returns how many groups that were."""
        found = json.loads(self._path.read_text() or "{}") if self._path.exists() else {}
        ended = [int(group) for group, began in found.items() if began and began_at(int(group)) == began]
        for group in ended:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(group, signal.SIGKILL)
        self.forget()
        return len(ended)


def began_at(pid: int) -> str:
    """When a process began, in the system's own words; empty when there is none with that id."""
    if _libc is not None:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
        return ""
    shown = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True)
    return shown.stdout.strip()
