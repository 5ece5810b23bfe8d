"""The first command, for real: one portal on a state folder of its own, from start to stop."""

import ast
import json
import os
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import psycopg
import pytest
import redis
from django.db import connection

from devtools.environment import ROOT
from devtools.processes import Leftovers
from tests.support import run
from tests.support.portal import RunningPortal, dev, still_running


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[RunningPortal]:
    """An empty portal; ended after the test whatever the test did."""
    running = RunningPortal(tmp_path / "state", "--empty")
    yield running
    if running.process.poll() is None:
        running.stop()


def test_a_portal_answers_refuses_a_second_one_and_leaves_nothing_behind(portal: RunningPortal) -> None:
    with urllib.request.urlopen(f"{portal.address}healthz") as answer:  # noqa: S310 - our own address
        assert answer.status == 200
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


def test_an_empty_portal_has_the_product_catalogue_and_nothing_else(portal: RunningPortal) -> None:
    count = "from {0} import {1}; print({1}.objects.count())"
    models = {"cpor_portal.directory.models": ("Product", "Tenant"), "cpor_portal.accounts.models": ("User",)}
    code = "; ".join(count.format(home, name) for home, names in models.items() for name in names)
    products, *others = portal.manage("shell", "--no-imports", "--command", code).split()
    catalogue = json.loads((ROOT / "cpor_portal/directory/data/catalogue.json").read_text(encoding="utf-8"))
    assert int(products) == len(catalogue["products"])
    assert others == ["0", "0"]


def test_a_worker_that_dies_ends_the_portal_and_is_named(portal: RunningPortal) -> None:
    processes = portal.processes()
    os.killpg(_process_of(portal, "worker"), signal.SIGKILL)
    last_words, _ = portal.process.communicate(timeout=20)
    assert portal.process.returncode != 0
    assert "The process “worker” ended" in last_words
    assert still_running(processes) == []


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
