"""`dev.py run`: broker, web, worker with beat under one supervisor, all state in one folder."""

import fcntl
import http.client
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devtools import environment
from devtools.broker import Broker
from devtools.environment import PYTHON, ROOT, SetUpError
from devtools.processes import Child, ChildEndedError, Leftovers, Restarts, StoppedError, Supervisor

DEFAULT_PORT = 8000
SECONDS_TO_ANSWER = 60
LAST_LINES = 15
LONGEST_REQUEST_LINE = "8190"  # gunicorn's maximum: a long search is answered by the portal, not by a bare page
AS_IT_SHOULD_BE = (
    "ignore:No directory at:UserWarning",  # static files are served from where they lie, nothing is collected
    "ignore:You're running the worker with superuser",  # in a container people are root
)


def run(*, port: int | None, state: str | None, with_demo_data: bool) -> int:
    """Run the portal until Ctrl-C or SIGTERM (exit code 0), or until one of its processes dies (its code).

    Raises SetUpError where the port or the state folder is taken.
    """
    port = _usable_port(port)
    folder = Path(state or os.environ.get("STATE_DIR") or ROOT / "var").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with _alone_in(folder, port):
        environment.ensure("run")
        environment.compile_catalogues()
        os.chdir(ROOT)
        return Portal(folder, port).run(with_demo_data=with_demo_data)


def _usable_port(port: int | None) -> int:
    wanted = DEFAULT_PORT if port is None else port
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except (OSError, OverflowError) as fault:
            raise SetUpError(f"port {wanted} cannot be used ({fault}); choose another with --port N.") from fault
        return int(probe.getsockname()[1])


@contextmanager
def _alone_in(folder: Path, port: int) -> Iterator[None]:
    """One portal per state folder; the lock ends with the process, however that ends."""
    with (folder / "portal.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise SetUpError(
                f"a portal already runs on the state folder {folder} ({file.read().strip()}). "
                "Stop it first, or choose another folder with --state DIR."
            ) from None
        file.truncate(0)
        file.write(f"process {os.getpid()}, http://127.0.0.1:{port}/")
        file.flush()
        yield


class Portal:
    """The processes of one portal on one state folder."""

    def __init__(self, folder: Path, port: int) -> None:
        self._folder = folder
        self._port = port
        self._leftovers = Leftovers(folder / "processes.json")
        self._supervisor = Supervisor(self._leftovers)
        self._restarts = Restarts()
        self._environment = {
            "PORTAL_URL": f"http://127.0.0.1:{port}",
            "LOG_LEVEL": "WARNING",
            "PYTHONWARNINGS": ",".join(AS_IT_SHOULD_BE),
            **os.environ,
            "STATE_DIR": str(folder),
            "PYTHONUNBUFFERED": "1",
        }

    def run(self, *, with_demo_data: bool) -> int:
        """Start everything, say so, watch it, stop it; returns the exit code."""
        self._supervisor.listen_for_signals()
        if self._leftovers.end():
            print("Ended what an earlier portal on this state folder had left running.", flush=True)
        try:
            self._start(with_demo_data=with_demo_data)
            while True:
                self._supervisor.watch()
        except StoppedError:
            print("Stopping …", flush=True)
            return 0
        except ChildEndedError as ended:
            return self._report(ended.child)
        finally:
            for name in ("broker.url", "portal.url"):
                (self._folder / name).unlink(missing_ok=True)
            self._supervisor.stop()

    def _start(self, *, with_demo_data: bool) -> None:
        self._start_broker()
        # Web imports the portal while the database is prepared; nobody asks it anything before that is done.
        self._start_web()
        said = self._prepare(with_demo_data=with_demo_data)
        self._start_jobs()
        self._wait_until_healthy()
        for line in said:
            print(line)
        print(f"Portal ready at http://127.0.0.1:{self._port}/", flush=True)

    def _start_broker(self) -> None:
        if not self._environment.get("REDIS_URL"):
            broker = Broker(self._folder / "broker", _usable_port(0), self._supervisor, self._environment)
            self._environment["REDIS_URL"] = broker.address
            broker.start()
        self._leave_word("broker.url", self._environment["REDIS_URL"])
        self._leave_word("portal.url", self._environment["PORTAL_URL"])

    def _leave_word(self, name: str, address: str) -> None:
        """For `manage.py` on the same state folder: where the portal that runs there is found."""
        path = self._folder / name
        path.touch(mode=0o600)
        path.write_text(address + "\n")

    def _prepare(self, *, with_demo_data: bool) -> list[str]:
        """Bring the database up to date, with demo data; returns the demo sign-ins as lines."""
        arguments = ["--demo-data"] if with_demo_data else []
        command = [str(PYTHON), "-m", "devtools.prepare", *arguments]
        child = self._supervisor.start("prepare", command, self._environment, is_quiet=True, is_meant_to_end=True)
        if self._supervisor.finish(child):
            raise ChildEndedError(child)
        return list(child.lines)

    def _start_web(self) -> None:
        command = [str(PYTHON), "-m", "gunicorn", "cpor_portal.wsgi:application"]
        command += ["--bind", f"127.0.0.1:{self._port}", "--workers", "2", "--threads", "4", "--preload"]
        command += ["--graceful-timeout", "3", "--no-control-socket", "--log-level", "warning"]
        command += ["--limit-request-line", LONGEST_REQUEST_LINE]
        self._supervisor.start("web", command, self._environment)

    def _start_jobs(self) -> None:
        """Worker and beat; beat rides on the worker here, which spares every start the loading of a fourth Django."""
        command = [str(PYTHON), "-m", "celery", "--quiet", "--app", "cpor_portal.celery:app", "worker", "--beat"]
        command += ["--schedule", str(self._folder / "beat-schedule"), "--concurrency", "2"]
        command += ["--without-gossip", "--without-mingle", "--loglevel", "warning"]
        self._supervisor.start("worker", command, self._environment, on_end=self._jobs_again)

    def _jobs_again(self, child: Child) -> None:
        """No deadline waits for a person to notice: a worker that ended is started again, unless it keeps ending."""
        words = f"The worker ended with code {child.process.returncode}; it is started again."
        self._restarts.wait(child, self._supervisor, words)
        self._start_jobs()

    def _wait_until_healthy(self) -> None:
        until = time.monotonic() + SECONDS_TO_ANSWER
        while time.monotonic() < until:
            if _is_healthy(self._port):
                return
            self._supervisor.watch(0.05)
        raise SetUpError(f"/healthz does not answer 200 within {SECONDS_TO_ANSWER} s; see the lines above.")

    def _report(self, child: Child) -> int:
        code = child.process.returncode
        print(f"The process “{child.name}” ended with code {code}; the others are stopped. Its last lines:")
        for line in list(child.lines)[-LAST_LINES:]:
            print(f"  {line}")
        sys.stdout.flush()
        return code if code > 0 else 1


def _is_healthy(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
