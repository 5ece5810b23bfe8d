"""What one test run shares: its servers, started once, and what each test process is told of them.

With pytest-xdist the controlling process starts the servers and its workers inherit their addresses; each
worker has its own database (pytest-django's suffix), its own Redis database and its own state folder.
"""

import atexit
import os
import shutil
import signal
import tempfile
from pathlib import Path

from tests.support import servers
from tests.support.servers import Server, ServerMissingError

SQLITE = "sqlite"
_WORKER = "PYTEST_XDIST_WORKER"
_FOLDER = "TEST_FOLDER"
used: list[Server] = []


def is_worker() -> bool:
    """Whether this process is one of pytest-xdist's workers."""
    return _WORKER in os.environ


def is_on_sqlite() -> bool:
    """Whether the run is the short one on SQLite: TEST_DATABASE_URL=sqlite."""
    return os.environ.get("TEST_DATABASE_URL") == SQLITE


def is_opted_out(server: str) -> bool:
    """Whether a person does without that server: TEST_WITHOUT=chromium. Raises ServerMissingError in CI."""
    without = os.environ.get("TEST_WITHOUT", "").replace(",", " ").split()
    if without and os.environ.get("CI", "").lower() in {"true", "1"}:
        raise ServerMissingError("TEST_WITHOUT is set, but in CI no server may be missing.")
    return server in without


def portal_environment() -> dict[str, str]:
    """Start what is not there yet; returns this process's environment. Raises ServerMissingError."""
    if not is_worker():
        _start_servers()
    folder = Path(os.environ[_FOLDER]) / os.environ.get(_WORKER, "main")
    folder.mkdir(exist_ok=True)
    database = f"sqlite:///{folder / 'portal.sqlite3'}" if is_on_sqlite() else os.environ["TEST_DATABASE_URL"]
    return {
        "DATABASE_URL": database,
        "REDIS_URL": f"{os.environ['TEST_REDIS_URL']}/{_worker_number()}",
        "STATE_DIR": str(folder),
        "SECRET_KEY": "only-for-the-tests-and-long-enough-to-be-taken-as-a-key",
        "DEBUG": "false",
        "EMAIL_URL": "",
        "STORAGE_URL": "",
        "CLAMD_ADDRESS": "",
        "PORTAL_URL": "http://127.0.0.1:8000",
    }


def _start_servers() -> None:
    folder = tempfile.mkdtemp(prefix="cpor-tests-")
    os.environ[_FOLDER] = folder
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    # SIGTERM as Ctrl-C: pytest then ends in good order, and the servers' files go with them.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if is_on_sqlite():
        used.append(Server("Database", SQLITE, "SQLite, a file per test process"))
    else:
        used.append(servers.postgresql())
        os.environ["TEST_DATABASE_URL"] = used[-1].address
    used.append(servers.redis())
    os.environ["TEST_REDIS_URL"] = used[-1].address


def _worker_number() -> int:
    """0 for a process that runs alone, 1 for gw0, 2 for gw1 …"""
    return int(os.environ.get(_WORKER, "gw-1").removeprefix("gw")) + 1
