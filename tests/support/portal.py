"""A portal of its own, started the way a person starts one: `dev.py run` on a state folder."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil

from devtools.environment import ROOT

_OF_THE_TESTS = ("DATABASE_URL", "REDIS_URL", "STATE_DIR", "SECRET_KEY", "PORTAL_URL", "DJANGO_SETTINGS_MODULE")


def without_the_tests_settings() -> dict[str, str]:
    """The environment that a person would have."""
    return {name: value for name, value in os.environ.items() if name not in _OF_THE_TESTS}


def dev(*arguments: str) -> subprocess.Popen[str]:
    """Start `dev.py` as a person would, with nothing of the tests' own settings."""
    command = [sys.executable, str(ROOT / "dev.py"), *arguments]
    environment = without_the_tests_settings()
    return subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


class RunningPortal:
    """A portal that `dev.py run` has said to be ready."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.process = dev("run", "--port", "0", "--state", str(folder), *options)
        self.said: list[str] = []
        self.address = self._wait_until_ready()

    def _wait_until_ready(self) -> str:
        return self.wait_for_line("Portal ready at ").removeprefix("Portal ready at ").strip()

    def wait_for_line(self, beginning: str) -> str:
        """The next line it says that begins like that; fails where it ends before."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.rstrip())
            if line.startswith(beginning):
                return self.said[-1]
        raise AssertionError("\n".join(self.said))

    def processes(self) -> list[psutil.Process]:
        """The supervisor and everything below it."""
        supervisor = psutil.Process(self.process.pid)
        return [supervisor, *supervisor.children(recursive=True)]

    def manage(self, *arguments: str) -> str:
        """Run a management command on this portal's state, as its operator would; returns what it printed."""
        environment = without_the_tests_settings()
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        ended = subprocess.run(
            command, env={**environment, "STATE_DIR": str(self.folder)}, text=True, capture_output=True, check=True
        )
        return ended.stdout

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Signal the supervisor; returns its exit code and its last words."""
        self.process.send_signal(sign)
        last_words, _ = self.process.communicate(timeout=20)
        return self.process.returncode, last_words


def still_running(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that have not ended; a process id that another took does not count."""
    return [process for process in processes if process.is_running() and process.status() != "zombie"]
