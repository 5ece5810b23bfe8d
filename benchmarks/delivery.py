"""How fast the outbox is delivered, against a bare smtplib loop with and without the same SQL: see README.md."""

import json
import os
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from typing import Any

import django
import psycopg

from benchmarks.stage import Run, Stage, options, rate, say, stage, start, tell, together, told_of_memory

MODULE = "benchmarks.delivery"
SENDER = "portal@cpor-portal.example"
TAKE = """SELECT * FROM notifications_outboxmail WHERE state = 'waiting' AND next_attempt_at <= now()
    ORDER BY next_attempt_at, id LIMIT %s FOR UPDATE SKIP LOCKED"""
LEASE = "UPDATE notifications_outboxmail SET next_attempt_at = %s WHERE id = ANY(%s)"
SENT = """UPDATE notifications_outboxmail SET state = 'sent', sent_at = %s, attempts = %s, error_kind = '',
    last_error = '' WHERE id = %s"""


def main() -> None:
    """Fill the outbox, send its mails in three ways, and report."""
    given = options(__doc__).parse_args()
    if given.part:
        django.setup()
        _PARTS[given.part](json.loads(given.json))
        return
    with stage(durable=not given.not_durable) as here, _server() as port:
        _measure(here, given, port)


@contextmanager
def _server() -> Iterator[str]:
    server = subprocess.Popen([sys.executable, "-m", "benchmarks.swallow"], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout
        yield server.stdout.readline().strip()
    finally:
        server.kill()
        server.wait()


def _measure(here: Stage, given: Any, port: str) -> None:
    say(f"PostgreSQL: {here.postgresql.description}, {'not ' if given.not_durable else ''}durable")
    here.database("seeded")
    began = time.monotonic()
    start(MODULE, "seed", here.environment("seeded"), total=given.n).wait()
    say(f"{given.n} mails made in {time.monotonic() - began:.0f} s")
    for name in ("portal", "plain"):
        here.database(name, like="seeded")
    environment = {name: here.environment(name, EMAIL_URL=f"smtp://127.0.0.1:{port}") for name in ("portal", "plain")}
    portal = together([start(MODULE, "portal", environment["portal"]) for _number in range(given.workers)])
    bare = [start(MODULE, "bare", environment["plain"], port=port, total=given.n).wait()]
    with_sql = [start(MODULE, "with_sql", environment["plain"], port=port).wait()]
    _report(("the portal", portal), ("bare smtplib", bare), ("smtplib with the same SQL", with_sql))


def _report(*of_all: tuple[str, list[Run]]) -> None:
    for name, runs in of_all:
        done = sum(run.told["done"] for run in runs)
        say(f"{name}: {rate(runs):.0f} mails/s with {len(runs)} process(es), {done} sent")
        for run in runs:
            say(f"    memory: {told_of_memory(run)}")
    portal = rate(of_all[0][1])
    for name, runs in of_all[1:]:
        say(f"ratio to {name}: {portal / rate(runs):.3f}")


def _seed(given: dict[str, Any]) -> None:
    """Mails of every kind in both languages, as they are rendered for the gallery, copied until there are enough."""
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    from benchmarks.seeding import samples_of_mails
    from cpor_portal.notifications.models import OutboxMail

    OutboxMail.objects.bulk_create(samples_of_mails())
    names = [str(field.column) for field in OutboxMail._meta.concrete_fields if not field.primary_key]
    own = {
        "event_key": "p.event_key || '-' || i",
        "recipient": "i || p.recipient",
        "message_id": "'<' || md5(p.id || '-' || i) || '@cpor.example>'",
        "next_attempt_at": "now()",
        "queued_at": "now()",
        "claim_reference": "'C-' || lpad(upper(to_hex(i)), 8, 'X')",
    }
    values = ", ".join(own.get(name, f"p.{name}") for name in names)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), min(id), max(id) FROM notifications_outboxmail")
        samples, first, last = cursor.fetchone()
        cursor.execute(
            f"INSERT INTO notifications_outboxmail ({', '.join(names)}) SELECT {values}"  # noqa: S608
            " FROM generate_series(0, %s - 1) AS i JOIN notifications_outboxmail p ON p.id = %s + i %% %s ORDER BY i",
            [given["total"], first, samples],
        )
        cursor.execute("DELETE FROM notifications_outboxmail WHERE id <= %s", [last])
        cursor.execute("VACUUM ANALYZE")
    tell()


def _portal(given: dict[str, Any]) -> None:
    """Round after round, as beat asks for them, until nothing waits any more."""
    from cpor_portal.notifications.delivery import deliver_due

    began, done = time.monotonic(), 0
    while sent := deliver_due().sent:
        done += sent
    tell(began=began, ended=time.monotonic(), done=done)


def _bare(given: dict[str, Any]) -> None:
    """One connection, one message after the other; nobody writes anything down."""
    messages = cycle(_messages())
    with smtplib.SMTP("127.0.0.1", int(given["port"])) as server:
        began = time.monotonic()
        for recipient, message in islice(messages, given["total"]):
            server.sendmail(SENDER, [recipient], message)
        tell(began=began, ended=time.monotonic(), done=given["total"])


def _with_sql(given: dict[str, Any]) -> None:
    """The same, with mails taken from the outbox and marked there by the portal's statements and commits."""
    from cpor_portal.notifications.batches import MAILS_PER_BATCH

    messages, done = cycle(_messages()), 0
    with (
        smtplib.SMTP("127.0.0.1", int(given["port"])) as server,
        psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as link,
    ):
        began = time.monotonic()
        while True:
            with link.transaction():
                ids = [row[0] for row in link.execute(TAKE, [MAILS_PER_BATCH])]
                link.execute(LEASE, [datetime.now(UTC) + timedelta(minutes=3), ids])
            if not ids:
                break
            for pk, (recipient, message) in zip(ids, messages, strict=False):
                server.sendmail(SENDER, [recipient], message)
                link.execute(SENT, [datetime.now(UTC), 1, pk])
            done += len(ids)
        tell(began=began, ended=time.monotonic(), done=done)


def _messages() -> list[tuple[str, bytes]]:
    """The portal's own messages, ready to be sent: as many as there are kinds and languages."""
    from benchmarks.seeding import samples_of_mails
    from cpor_portal.notifications.letters import message_of

    return [(mail.recipient, message_of(mail).message().as_bytes(linesep="\r\n")) for mail in samples_of_mails()]


_PARTS: dict[str, Callable[[dict[str, Any]], None]] = {
    "seed": _seed,
    "portal": _portal,
    "bare": _bare,
    "with_sql": _with_sql,
}


if __name__ == "__main__":
    main()
