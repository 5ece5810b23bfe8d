"""How PostgreSQL would answer the portal's queries: which tables it reads from end to end, how many rows it meets."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

LARGE = 5_000
"""From so many rows on, reading a table from end to end is a fault."""


def large_tables() -> set[str]:
    """The tables that the planner takes for large."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples >= %s", [LARGE])
        return {name for (name,) in cursor.fetchall()}


def reads_of(work: Callable[[], object]) -> list[str]:
    """The SELECTs that `work` sends, with their values; what it writes is undone."""
    with CaptureQueriesContext(connection) as captured, transaction.atomic():
        work()
        transaction.set_rollback(True)
    return [query["sql"] for query in captured.captured_queries if query["sql"].startswith(("SELECT", "("))]


def nodes_of(query: str, *, run: bool = False) -> Iterator[dict[str, Any]]:
    """The steps of the query's plan; with `run` it is carried out, and the steps say what they met."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON{', ANALYZE' if run else ''}) {query.replace('%', '%%')}", ())
        (found,) = cursor.fetchone()
    plan = found if isinstance(found, list) else json.loads(found)
    yield from _below(plan[0]["Plan"])


def _below(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for one in node.get("Plans", ()):
        yield from _below(one)


def scanned(query: str, large: set[str]) -> set[str]:
    """The large tables that the query reads from end to end."""
    return {
        node["Relation Name"]
        for node in nodes_of(query)
        if node["Node Type"].endswith("Seq Scan") and node["Relation Name"] in large
    }


def looked_at(query: str) -> int:
    """How many rows the busiest step of the query looks at, taken or not."""
    return max(int(_met(node)) for node in nodes_of(query, run=True))


def _met(node: dict[str, Any]) -> float:
    removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return float((node["Actual Rows"] + removed) * node["Actual Loops"])
