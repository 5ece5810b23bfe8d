"""The portal's processes as an operator runs them: worker, beat, web; each may be killed at any moment."""

import contextlib
import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import psutil

from devtools.environment import ROOT
from devtools.processes import die_with_parent

CONCURRENCY = 2
# A wait fails when nothing has moved for so long; a machine that has much else to do is merely slow.
SECONDS_OF_STILLNESS = 60.0
SECONDS_AT_MOST = 600.0
SECONDS_BETWEEN_LOOKS = 1.0


class Process:
    """One process of the portal with whatever it starts itself. Its output goes into a file."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str], folder: Path) -> None:
        self.name = name
        self._log = folder / f"{name}.log"
        with self._log.open("ab") as log:
            self._begins = log.tell()
            self._process = subprocess.Popen(
                [sys.executable, "-m", *command],
                env=environment,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGKILL),
            )

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    @property
    def output(self) -> str:
        """What it has said."""
        with self._log.open("rb") as log:
            log.seek(self._begins)
            return log.read().decode(errors="replace")

    def wait_until_ready(self) -> None:
        """Until a worker takes tasks: who looks for what it does often, need not do so before."""
        wait_until(lambda: " ready." in self.output, f"{self.name} is ready", self)

    def finished(self, task: str) -> int:
        """How many tasks of that name it has brought to an end."""
        return len(re.findall(rf"Task [\w.]*\.{task}\[[\w-]+\] succeeded", self.output))

    @property
    def broken_tasks(self) -> int:
        """How many of its tasks ended with an error."""
        return self.output.count("raised unexpected")

    def kill(self) -> None:
        """End it and its children at once, as a power cut does: none can do anything about it."""
        self._signal_all(signal.SIGKILL)
        self._process.wait()

    def kill_a_child(self) -> None:
        """End the busier one of a worker's own processes, as the kernel does when memory runs out.

        For a worker without beat, which would be a child among the others.
        """
        children = psutil.Process(self._process.pid).children()
        max(children, key=lambda child: sum(child.cpu_times())).kill()

    def stop(self) -> None:
        """Ask it to end, in good order, and end it where it does not."""
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(15)
        self.kill()

    def _signal_all(self, sign: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, sign)


class Machine:
    """Where the portal's processes run: they share settings, and none outlives the machine."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        settings = {"DJANGO_SETTINGS_MODULE": "tests.faults.settings", "PYTHONPATH": str(ROOT), "LOG_LEVEL": "INFO"}
        self.environment = {**environment, **settings, "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "ignore"}
        self._folder = folder
        self._processes: list[Process] = []

    def worker(self, name: str = "worker", *, with_beat: bool = True) -> Process:
        """A Celery worker with the options of `dev.py run`; with beat it keeps the schedule, too."""
        command = ["celery", "--quiet", "--app", "cpor_portal.celery:app", "worker", "--concurrency", str(CONCURRENCY)]
        command += ["--without-gossip", "--without-mingle", "--loglevel", "info", "--hostname", f"{name}@%h"]
        if with_beat:
            command += ["--beat", "--schedule", str(self._folder / f"{name}-schedule")]
        return self._start(name, command)

    def beat(self, name: str = "beat") -> Process:
        """Beat alone, as production runs it."""
        schedule = str(self._folder / f"{name}-schedule")
        command = ["celery", "--quiet", "--app", "cpor_portal.celery:app", "beat", "--schedule", schedule]
        return self._start(name, [*command, "--pidfile=", "--loglevel", "info"])

    def web(self, port: int) -> Process:
        """The pages, at `port`; returns when they answer."""
        command = ["gunicorn", "cpor_portal.wsgi:application", "--bind", f"127.0.0.1:{port}", "--no-control-socket"]
        web = self._start("web", [*command, "--workers", "1", "--threads", "4", "--log-level", "warning"])
        wait_until(lambda: answers(port, "/healthz"), "web answers", web)
        return web

    def _start(self, name: str, command: Sequence[str]) -> Process:
        process = Process(name, command, self.environment, self._folder)
        self._processes.append(process)
        return process

    def switch_off(self) -> None:
        """End everything, without a warning."""
        while self._processes:
            self._processes.pop().kill()


def answers(port: int, path: str) -> bool:
    """Whether the web process answers 200 there."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    with contextlib.suppress(OSError, http.client.HTTPException), closing(link):
        link.request("GET", path)
        return link.getresponse().status == 200
    return False


def wait_until(
    has_happened: Callable[[], bool],
    what: str,
    *processes: Process,
    moves: Callable[[], object] = lambda: None,
    pause: float = 0.1,
) -> None:
    """Wait for something that the processes bring about.

    Fails with their output when nothing has moved for SECONDS_OF_STILLNESS: `moves` tells how far they are.
    """
    began = looked_at = moved_at = time.monotonic()
    seen = moves()
    while not has_happened():
        now = time.monotonic()
        if now - looked_at > SECONDS_BETWEEN_LOOKS:
            looked_at, before, seen = now, seen, moves()
            moved_at = moved_at if seen == before else now
        if now - moved_at > SECONDS_OF_STILLNESS or now - began > SECONDS_AT_MOST:
            outputs = "\n".join(f"--- {process.name}\n{process.output[-4000:]}" for process in processes)
            raise AssertionError(f"{now - began:.0f} s, of which {now - moved_at:.0f} s still: {what}\n{outputs}")
        time.sleep(pause)
