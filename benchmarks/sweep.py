"""How fast deadlines are enforced, against plain psycopg doing the same statements: see README.md."""

import itertools
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import django

from benchmarks.stage import Run, Stage, options, rate, say, stage, start, tell, together, told_of_memory

MODULE = "benchmarks.sweep"
MIX = "missed=40,reminded=20,partner=20,expired=20"
IDLE_SWEEPS = 200


def main() -> None:
    """Make the claims, enforce their deadlines both ways, and report."""
    parser = options(__doc__)
    parser.add_argument("--mix", default=MIX, help=f"shares of the kinds (default: {MIX})")
    given = parser.parse_args()
    if given.part:
        django.setup()
        _PARTS[given.part](json.loads(given.json))
        return
    with stage(durable=not given.not_durable) as here:
        _measure(here, given)


def _measure(here: Stage, given: Any) -> None:
    say(f"PostgreSQL: {here.postgresql.description}, {'not ' if given.not_durable else ''}durable")
    here.database("seeded")
    began = time.monotonic()
    start(MODULE, "seed", here.environment("seeded"), mix=given.mix, total=given.n, seed=given.seed).wait()
    say(f"{given.n} due deadlines ({given.mix}) made in {time.monotonic() - began:.0f} s")
    here.database("portal", like="seeded")
    here.database("plain", like="seeded")
    portal = _part(here, "portal", given.workers, "portal")
    plain = _part(here, "plain", given.workers, "plain", texts=here.address_of("portal"))
    of_both = [("the portal", portal), ("plain psycopg", plain)]
    for name, runs in of_both:
        each = sum(run.told["statements"] for run in runs) / sum(run.told["done"] for run in runs)
        say(f"{name}: {rate(runs):.0f} deadlines/s with {len(runs)} process(es), {each:.1f} statements for each")
        for run in runs:
            say(f"    memory: {told_of_memory(run)}")
    say(f"ratio: {rate(portal) / rate(plain):.3f}")
    _compare(portal, plain)
    idle = start(MODULE, "idle", here.environment("portal")).wait().told
    say(
        f"idle sweep, around its {idle['statements']} statements: median {idle['median']:.2f} ms,"
        f" first {idle['first']:.2f} ms, slowest of the others {idle['slowest']:.2f} ms"
    )


def _part(here: Stage, part: str, workers: int, database: str, **given: Any) -> list[Run]:
    environment = here.environment(database)
    return together([start(MODULE, part, environment, worker=n, workers=workers, **given) for n in range(workers)])


def _compare(portal: list[Run], plain: list[Run]) -> None:
    """Both must have written as much; the portal's rows are what counts."""
    for table in portal[0].told["written"]:
        ours, theirs = (runs[-1].told["written"][table] for runs in (portal, plain))
        say(f"    {table}: {ours} and {theirs}{'' if ours == theirs else '  <-- not the same'}")


def _seed(given: dict[str, Any]) -> None:
    import random

    from django.conf import settings
    from django.core.management import call_command

    # Nobody signs in here, and hashing hundreds of passwords well takes minutes.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    random.seed(given["seed"])
    call_command("migrate", verbosity=0)
    from benchmarks.seeding import seed

    mix = {name: int(share) for name, _equals, share in (part.partition("=") for part in given["mix"].split(","))}
    seed(mix, given["total"])
    tell()


def _portal(given: dict[str, Any]) -> None:
    from django.db import connection

    from arbitration.enforcement import enforce
    from benchmarks.plain import written
    from benchmarks.seeding import NOW

    statements = itertools.count()

    def counted(execute: Callable[..., Any], *call: Any) -> Any:
        next(statements)
        return execute(*call)

    began = time.monotonic()
    with connection.execute_wrapper(counted):
        report = enforce(now=NOW, limit=sys.maxsize)
    ended = time.monotonic()
    assert not report.failed, report.failed[:5]
    with connection.cursor() as cursor:
        tell(began=began, ended=ended, done=len(report), statements=next(statements), written=written(cursor))


def _plain(given: dict[str, Any]) -> None:
    from benchmarks.plain import enforce_plainly

    tell(**enforce_plainly(os.environ["DATABASE_URL"], given["texts"]))


def _idle(given: dict[str, Any]) -> None:
    """The time around the statements of a sweep that finds nothing: the database's own, and the way there."""
    from django.db import connection

    from arbitration.enforcement import enforce
    from benchmarks.seeding import NOW

    spent: list[float] = []

    def timed(execute: Callable[..., Any], *call: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(*call)
        finally:
            spent.append(time.perf_counter() - began)

    connection.ensure_connection()
    sweeps = []
    with connection.execute_wrapper(timed):
        for _number in range(IDLE_SWEEPS):
            spent.clear()
            assert not len(enforce(now=NOW))
            sweeps.append(sum(spent) * 1000)
    first, *others = sweeps
    tell(first=first, median=statistics.median(others), slowest=max(others), statements=len(spent))


_PARTS: dict[str, Callable[[dict[str, Any]], None]] = {"seed": _seed, "portal": _portal, "plain": _plain, "idle": _idle}


if __name__ == "__main__":
    main()
