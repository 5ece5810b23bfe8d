"""The first command, for real: one portal on a state folder of its own, from start to stop."""

import ast
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import psutil
import psycopg
import pytest
import redis
from django.db import connection

from devtools.environment import ROOT
from devtools.processes import Leftovers, Restarts
from tests.support import run
from tests.support.portal import RunningPortal, dev, still_running, without_the_tests_settings


@pytest.fixture
def first_portal(tmp_path: Path) -> Iterator[RunningPortal]:
    """An empty portal on no state at all; ended after the test whatever the test did."""
    with _running(tmp_path / "state") as portal:
        yield portal


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder as `dev.py run --empty` prepares it, by the same command: that takes longer than the start."""
    folder = tmp_path_factory.mktemp("prepared")
    command = [sys.executable, "-m", "devtools.prepare"]
    subprocess.run(command, env={**without_the_tests_settings(), "STATE_DIR": str(folder)}, cwd=ROOT, check=True)
    return folder


@pytest.fixture
def state(prepared: Path, tmp_path: Path) -> Path:
    """The state folder of a portal that has run before."""
    return Path(shutil.copytree(prepared, tmp_path / "state"))


@pytest.fixture
def portal(state: Path) -> Iterator[RunningPortal]:
    """An empty portal that has run before; ended after the test whatever the test did."""
    with _running(state) as portal:
        yield portal


@contextlib.contextmanager
def _running(folder: Path) -> Iterator[RunningPortal]:
    running = RunningPortal(folder, "--empty")
    yield running
    if running.process.poll() is None:
        running.stop()


def test_a_first_portal_answers_refuses_a_second_one_and_leaves_nothing_behind(first_portal: RunningPortal) -> None:
    portal = first_portal
    _has_the_product_catalogue_and_nothing_else(portal)
    with urllib.request.urlopen(f"{portal.address}healthz") as answer:  # noqa: S310 - our own address
        assert answer.status == 200
    with urllib.request.urlopen(f"{portal.address}claims/?q={'x' * 5000}") as answer:  # noqa: S310 - our own address
        assert answer.status == 200  # the sign-in page, asked for with all of it
    broker = (portal.folder / "broker.url").read_text().strip()
    with redis.Redis.from_url(broker) as client:
        assert client.ping()

    second, words = _refused("run", "--port", "0", "--state", str(portal.folder))
    assert second == 2
    assert "already runs on the state folder" in words
    assert portal.address in words
    port = portal.address.rstrip("/").rpartition(":")[2]
    third, words = _refused("run", "--port", port, "--state", f"{portal.folder}-of-another")
    assert third == 2
    assert f"port {port} cannot be used" in words

    processes = portal.processes()
    assert len(processes) > 4
    code, _words = portal.stop()
    assert code == 0
    assert still_running(processes) == []
    assert not (portal.folder / "broker.url").exists()


def _has_the_product_catalogue_and_nothing_else(portal: RunningPortal) -> None:
    count = "from {0} import {1}; print({1}.objects.count())"
    models = {"cpor_portal.directory.models": ("Product", "Tenant"), "cpor_portal.accounts.models": ("User",)}
    code = "; ".join(count.format(home, name) for home, names in models.items() for name in names)
    products, *others = portal.manage("shell", "--no-imports", "--command", code).split()
    catalogue = json.loads((ROOT / "cpor_portal/directory/data/catalogue.json").read_text(encoding="utf-8"))
    assert int(products) == len(catalogue["products"])
    assert others == ["0", "0"]


def _starts_a_worker_that_dies_again(portal: RunningPortal) -> None:
    worker = _process_of(portal, "worker")
    others = [each for each in portal.processes() if each.pid != worker and worker not in _parents(each)]
    os.killpg(worker, signal.SIGKILL)
    portal.wait_for_line("The worker ended with code -9; it is started again.")
    assert _within(10, lambda: _has_other(portal, "worker", worker))
    assert still_running(others) == others


def test_a_worker_that_dies_again_and_again_ends_the_portal_and_is_named(portal: RunningPortal) -> None:
    processes, began = portal.processes(), time.monotonic()
    while portal.process.poll() is None and time.monotonic() - began < 40:
        with contextlib.suppress(StopIteration, psutil.NoSuchProcess, ProcessLookupError):
            os.killpg(_process_of(portal, "worker"), signal.SIGKILL)
        time.sleep(0.05)
    last_words, _ = portal.process.communicate(timeout=20)
    assert portal.process.returncode != 0
    assert last_words.count("it is started again") == len(Restarts.PAUSES)
    assert "The process “worker” ended" in last_words
    assert still_running(processes) == []


def _parents(process: psutil.Process) -> set[int]:
    with contextlib.suppress(psutil.NoSuchProcess):
        return {parent.pid for parent in process.parents()}
    return set()


def _has_other(portal: RunningPortal, name: str, than: int) -> bool:
    with contextlib.suppress(StopIteration, psutil.NoSuchProcess):
        return _process_of(portal, name) != than
    return False


def test_the_portal_outlives_its_broker_the_worker_finds_the_new_one_and_is_itself_started_again(
    portal: RunningPortal,
) -> None:
    broker = _broker_of(portal)
    others = [each for each in portal.processes() if each.pid != broker]
    os.kill(broker, signal.SIGKILL)
    portal.wait_for_line("The broker ended with code -9; it is started again.")
    with redis.Redis.from_url((portal.folder / "broker.url").read_text().strip()) as client:
        assert _within(10, lambda: _answers(client))
        celery = "from cpor_portal.celery import app; app.send_task('cpor_portal.notifications.tasks.deliver_mail')"
        portal.manage("shell", "--no-imports", "--command", celery)
        assert _within(20, lambda: client.llen("celery") == 0 and client.client_list(_type="normal"))
    with urllib.request.urlopen(f"{portal.address}healthz") as answer:  # noqa: S310 - our own address
        assert answer.status == 200
    assert still_running(others) == others
    _starts_a_worker_that_dies_again(portal)
    assert portal.stop()[0] == 0


def test_a_broker_that_dies_again_and_again_is_given_up_by_name(portal: RunningPortal) -> None:
    began = time.monotonic()
    while portal.process.poll() is None and time.monotonic() - began < 30:
        with contextlib.suppress(StopIteration, psutil.NoSuchProcess, ProcessLookupError):
            os.kill(_broker_of(portal), signal.SIGKILL)
        time.sleep(0.05)
    last_words, _ = portal.process.communicate(timeout=20)
    assert portal.process.returncode != 0
    assert last_words.count("it is started again") == len(Restarts.PAUSES)
    assert "The process “broker” ended" in last_words


def test_a_broker_whose_data_are_damaged_starts_without_them(state: Path) -> None:
    damaged = state / "broker" / "appendonlydir"
    damaged.mkdir(parents=True)
    (damaged / "appendonly.aof.manifest").write_text("file appendonly.aof.1.incr.aof seq 1 type i\n")
    (damaged / "appendonly.aof.1.incr.aof").write_bytes(b"garbage" * 100)
    portal = RunningPortal(state, "--empty")
    assert any(line.startswith("The broker cannot read its data") for line in portal.said)
    (aside,) = state.glob("broker-damaged-*")
    assert (aside / "appendonlydir" / "appendonly.aof.1.incr.aof").read_bytes().startswith(b"garbage")
    assert portal.stop()[0] == 0


def test_links_of_commands_point_to_the_portal_that_runs(portal: RunningPortal) -> None:
    show = "from django.conf import settings; print(settings.PORTAL_URL, *settings.CSRF_TRUSTED_ORIGINS)"
    address = portal.address.rstrip("/")
    assert portal.manage("shell", "--no-imports", "--command", show).split() == [address, address]
    portal.stop()
    assert not (portal.folder / "portal.url").exists()
    assert portal.manage("shell", "--no-imports", "--command", show).split()[0] == "http://127.0.0.1:8000"


def test_a_killed_supervisor_leaves_nothing_that_the_next_start_meets(portal: RunningPortal) -> None:
    processes = portal.processes()
    portal.stop(signal.SIGKILL)
    again = RunningPortal(portal.folder, "--empty")
    assert still_running(processes) == []
    assert again.stop()[0] == 0


def test_leftovers_end_what_they_remember_and_nothing_else(tmp_path: Path) -> None:
    ours, another = (subprocess.Popen(["sleep", "60"], start_new_session=True) for _ in range(2))
    record = tmp_path / "processes.json"
    Leftovers(record).remember([ours.pid])
    record.write_text(record.read_text().replace("}", f', "{another.pid}": "began long ago"}}'))
    assert Leftovers(record).end() == 1
    assert ours.wait(5) == -signal.SIGKILL
    assert another.poll() is None
    another.kill()
    another.wait()


def test_the_run_lock_holds_every_package_that_the_portal_imports() -> None:
    """The tests have the dev lock's packages too, so a package locked there alone would fail at a newcomer's."""
    lock = (ROOT / "requirements" / "run.lock").read_text()
    locked = {_plain(line.partition("==")[0]) for line in lock.splitlines() if "==" in line}
    homes = packages_distributions()
    missing = {
        name
        for path in _portal_files()
        for name in _imported(path)
        if name in homes and not locked & {_plain(home) for home in homes[name]}
    }
    assert missing == set()


@pytest.mark.django_db
def test_the_tests_stand_on_the_servers_they_name() -> None:
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        assert client.ping()
    with connection.cursor() as cursor:
        assert cursor.connection is not None
        is_postgresql = isinstance(cursor.connection, psycopg.Connection)
    assert is_postgresql is not run.is_on_sqlite()


def _refused(*arguments: str) -> tuple[int, str]:
    process = dev(*arguments)
    words, _ = process.communicate(timeout=30)
    return process.returncode, words


def _process_of(portal: RunningPortal, name: str) -> int:
    return next(each.pid for each in portal.processes() if name in each.cmdline())


def _broker_of(portal: RunningPortal) -> int:
    """Valkey's process; it writes its own title over its command line."""
    return next(each.pid for each in portal.processes() if "valkey-server" in " ".join(each.cmdline()))


def _answers(client: redis.Redis) -> bool:
    with contextlib.suppress(redis.ConnectionError):
        return bool(client.ping())
    return False


def _within(seconds: float, happens: Callable[[], object]) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if happens():
            return True
        time.sleep(0.1)
    return False


def _portal_files() -> Iterator[Path]:
    for package in ("cpor_portal", "claims", "arbitration", "devtools"):
        yield from (ROOT / package).rglob("*.py")


def _imported(path: Path) -> Iterator[str]:
    """The top-level names that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def _plain(name: str) -> str:
    return name.strip().lower().replace("_", "-")
