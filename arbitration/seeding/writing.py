"""Writing rows in bulk: COPY on PostgreSQL, INSERT on SQLite, inside the caller's transaction."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection
from psycopg import sql

from arbitration.seeding.tables import NUMBERED, TABLES, Row

# Below this many claims it costs more to build the indexes anew than to keep them up.
WORTH_BUILDING_ANEW = 5_000
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def is_postgresql() -> bool:
    """Whether this is PostgreSQL; SQLite otherwise."""
    return connection.vendor == "postgresql"


def last_ids() -> dict[str, int]:
    """The greatest number of each table, 0 where it is empty."""
    return {name: int(_fetch(f"SELECT COALESCE(MAX(id), 0) FROM {name}")[0][0]) for name in NUMBERED}  # noqa: S608


def write(table: str, rows: Sequence[Row]) -> None:
    """Store rows of `TABLES[table]`."""
    if is_postgresql():
        copy_in(table, TABLES[table].split(), rows)
    else:
        columns = TABLES[table].split()
        places = ", ".join(["%s"] * len(columns))
        with connection.cursor() as cursor:
            names = ", ".join(f'"{name}"' for name in columns)
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)  # noqa: S608


def copy_in(table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """COPY rows into any table (PostgreSQL)."""
    names = sql.SQL(", ").join(sql.Identifier(name) for name in columns)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    with connection.cursor() as cursor, cursor.copy(statement) as copying:
        copying.write("\n".join(["\t".join(map(_as_copied, row)) for row in rows]) + "\n")


def _as_copied(value: str | int | None) -> str:
    if value is None:
        return "\\N"
    if type(value) is int:
        return str(value)
    text = str(value)
    return text if text.isprintable() and "\\" not in text else text.translate(_ESCAPES)


@contextmanager
def indexes_aside(claims: int) -> Iterator[None]:
    """Take indexes and foreign keys off the tables and build them anew afterwards: several times as fast for many.

    They are read from the database's own catalogue, so they come back as they were; foreign keys are checked in full
    when they do. Nobody else can use the tables meanwhile, and a failure rolls everything back.
    """
    if not is_postgresql() or claims < WORTH_BUILDING_ANEW:
        yield
        return
    run(sql.SQL("SET CONSTRAINTS ALL IMMEDIATE"))  # what waits to be checked would forbid changing the tables
    keys, indexes = _constraints(), _indexes()
    for table, name, _definition in keys:
        run(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(sql.Identifier(table), sql.Identifier(name)))
    for name, _definition in indexes:
        run(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    yield
    run(sql.SQL("SET LOCAL maintenance_work_mem = '256MB'"))
    for _name, definition in indexes:
        run(sql.SQL(definition))
    for table, name, definition in keys:
        begin = sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} ").format(sql.Identifier(table), sql.Identifier(name))
        run(begin + sql.SQL(definition))


def _constraints() -> list[tuple[str, str, str]]:
    """Unique constraints before the foreign keys, which may lean on them."""
    return _fetch(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype IN ('f', 'u') AND conrelid::regclass::text = ANY(%s) AND NOT EXISTS ("
        "  SELECT 1 FROM pg_constraint other WHERE other.contype = 'f' AND other.confrelid = pg_constraint.conrelid"
        "  AND other.conindid = pg_constraint.conindid AND pg_constraint.contype = 'u')"
        " ORDER BY contype DESC, conname",
        list(TABLES),
    )


def _indexes() -> list[tuple[str, str]]:
    """Indexes that stand behind no constraint."""
    return _fetch(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid::regclass::text = ANY(%s) AND NOT indisprimary AND NOT EXISTS ("
        "  SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('u', 'p'))"
        " ORDER BY 1",
        list(TABLES),
    )


def settle_numbers() -> None:
    """Let the database's own numbering go on after the rows that are there (SQLite's does by itself)."""
    if not is_postgresql():
        return
    for table in NUMBERED:
        number = sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), GREATEST(MAX(id), 1)) FROM {}")
        run(number.format(sql.Literal(table), sql.Identifier(table)))


def let_the_planner_know(tables: Iterable[str] = TABLES) -> None:
    """Gather the planner's statistics, as the database itself would do within minutes.

    Outside a transaction PostgreSQL also notes which pages all may see: without it no index suffices for an answer.
    """
    if is_postgresql():
        work = sql.SQL("ANALYZE {}" if connection.in_atomic_block else "VACUUM (ANALYZE) {}")
        for table in tables:
            run(work.format(sql.Identifier(table)))
    else:
        run("ANALYZE")


def run(statement: Any, *values: Any) -> None:
    """Carry out one statement; it has places for values only where some are given."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)


def _fetch(statement: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
