"""What the benchmarks stand on: servers of their own, a process for each measured part, and that process's memory."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psutil
import psycopg
from psycopg import sql

from devtools.environment import ROOT
from tests.support import servers

MEGABYTE = 1024 * 1024
SECONDS_BETWEEN_LOOKS = 0.2
# What the tests use: a crash of the machine may lose the database. Ordinary settings wait for the disk.
NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def options(description: str) -> argparse.ArgumentParser:
    """The options that all benchmarks share."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("-n", type=int, default=100_000, help="how many rows (default: 100,000)")
    parser.add_argument(
        "--workers", type=int, default=1, help="how many of the portal's processes at once (default: 1)"
    )
    parser.add_argument("--not-durable", action="store_true", help="PostgreSQL without fsync, as the tests run it")
    parser.add_argument("--seed", type=int, default=1, help="what random choices begin with")
    parser.add_argument("--part", help=argparse.SUPPRESS)
    parser.add_argument("--json", default="{}", help=argparse.SUPPRESS)
    return parser


@dataclass
class Stage:
    """PostgreSQL and Redis for one run, and the environment of the portal on them."""

    postgresql: servers.OwnServer
    redis: servers.OwnServer
    folder: str

    def database(self, name: str, *, like: str = "template1") -> None:
        """Make a database, as a copy of another one."""
        with psycopg.connect(self.address_of("postgres"), autocommit=True) as link:
            new, old = sql.Identifier(name), sql.Identifier(like)
            link.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(new, old))
            link.execute("CHECKPOINT")

    def address_of(self, name: str) -> str:
        """The address of the database called `name`."""
        return self.postgresql.address.rsplit("/", 1)[0].replace("postgres://", "postgresql://") + f"/{name}"

    def environment(self, database: str, **more: str) -> dict[str, str]:
        """The portal's settings on that database."""
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "cpor_portal.settings",
            "DATABASE_URL": self.address_of(database),
            "REDIS_URL": f"{self.redis.address}/0",
            "STATE_DIR": self.folder,
            "SECRET_KEY": "only-for-a-benchmark-and-long-enough-to-be-taken-as-a-key",
            "LOG_LEVEL": "WARNING",
            "DEBUG": "false",
            "PORTAL_URL": "https://cpor.example",
            **more,
        }


@contextmanager
def stage(*, durable: bool) -> Iterator[Stage]:
    """Servers on loopback that end with the block."""
    postgresql = servers.own_postgresql(*(() if durable else NOT_DURABLE))
    redis = servers.own_redis()
    try:
        with tempfile.TemporaryDirectory() as folder:
            yield Stage(postgresql, redis, folder)
    finally:
        redis.remove()
        postgresql.remove()


@dataclass
class Run:
    """One part in a process of its own: what it told, and how its memory went while it worked."""

    process: subprocess.Popen[str]
    memory: list[tuple[float, float]] = field(default_factory=list)
    told: dict[str, Any] = field(default_factory=dict)

    def wait(self) -> "Run":
        """Until the part has ended. Raises CalledProcessError where it failed."""
        watcher = threading.Thread(target=self._watch)
        watcher.start()
        output, _nothing = self.process.communicate()
        watcher.join()
        if self.process.returncode:
            raise subprocess.CalledProcessError(self.process.returncode, self.process.args)
        self.told = json.loads(output.splitlines()[-1])
        return self

    def _watch(self) -> None:
        watched = psutil.Process(self.process.pid)
        while self.process.returncode is None:
            try:
                self.memory.append((time.monotonic(), watched.memory_info().rss / MEGABYTE))
            except psutil.NoSuchProcess:
                return
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def memory_at(self, *parts: float) -> list[float]:
        """Resident megabytes at these parts (0 … 1) of the time in which the work was done."""
        began, ended = self.told["began"], self.told["ended"]
        instants = [began + (ended - began) * part for part in parts]
        return [min(self.memory, key=lambda seen: abs(seen[0] - instant))[1] for instant in instants]

    @property
    def most_memory(self) -> float:
        """The most resident megabytes while the work was done."""
        return max(size for at, size in self.memory if self.told["began"] <= at <= self.told["ended"] + 1)


def start(module: str, part: str, environment: Mapping[str, str], **given: Any) -> Run:
    """Start one part of the benchmark `module` in a process of its own."""
    command = [sys.executable, "-m", module, "--part", part, "--json", json.dumps(given)]
    return Run(subprocess.Popen(command, env=dict(environment), cwd=ROOT, stdout=subprocess.PIPE, text=True))


def together(runs: Sequence[Run]) -> list[Run]:
    """Wait for parts that work at the same time."""
    waiting = [threading.Thread(target=run.wait) for run in runs]
    for each in waiting:
        each.start()
    for each in waiting:
        each.join()
    if not all(run.told for run in runs):
        raise SystemExit("A part has failed; its output is above.")
    return list(runs)


def rate(runs: Sequence[Run]) -> float:
    """Rows a second of parts that worked at the same time."""
    began, ended = min(run.told["began"] for run in runs), max(run.told["ended"] for run in runs)
    return float(sum(run.told["done"] for run in runs) / (ended - began))


def tell(**facts: Any) -> None:
    """What a part hands to the process that started it."""
    print(json.dumps(facts), flush=True)


def say(text: str) -> None:
    """A line of the report."""
    print(text, flush=True)


def told_of_memory(run: Run) -> str:
    """The memory at the start, in the middle, at the end, and the most."""
    sizes = " / ".join(f"{size:.0f}" for size in run.memory_at(0.02, 0.5, 1))
    return f"{sizes} MB at the start / in the middle / at the end, at most {run.most_memory:.0f} MB"
