"""Old mail waits for a sweep of deadlines, which may write what replaces it; but not for ever."""

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from io import StringIO
from typing import Any

import pytest
from django.core import mail as outgoing
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from arbitration import enforcement
from arbitration.tasks import enforce_deadlines
from cpor_portal.notifications.delivery import deliver_due
from cpor_portal.notifications.models import MailState, OutboxMail
from cpor_portal.notifications.sweeps import PATIENCE, RECENT, note_sweep
from cpor_portal.notifications.tasks import deliver_mail
from tests.cpor_portal.notifications.conftest import QueuedMail

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
A_MINUTE = timedelta(minutes=1)
A_WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def _noon(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def old(queued: QueuedMail) -> QueuedMail:
    """Makes a mail that is due and was queued two hours ago."""
    return partial(queued, queued_at=NOW - timedelta(hours=2), next_attempt_at=NOW - timedelta(hours=2))


def by_task() -> None:
    deliver_mail.apply(throw=True)


def by_command() -> None:
    call_command("deliver_mail", stdout=StringIO())


both_ways = pytest.mark.parametrize("deliver", [by_task, by_command])


@both_ways
@pytest.mark.sqlite_too
def test_old_mail_waits_for_a_sweep_and_goes_after_it(old: QueuedMail, deliver: Callable[[], None]) -> None:
    old()
    deliver()
    assert outgoing.outbox == []
    note_sweep(timezone.now())
    deliver()
    assert len(outgoing.outbox) == 1


@both_ways
def test_new_mail_waits_for_no_sweep(old: QueuedMail, deliver: Callable[[], None]) -> None:
    old(queued_at=NOW - timedelta(minutes=59))
    deliver()
    assert len(outgoing.outbox) == 1


def test_a_sweep_of_long_ago_does_not_count(old: QueuedMail) -> None:
    note_sweep(NOW - RECENT - A_MINUTE)
    old()
    by_task()
    assert outgoing.outbox == []


@pytest.mark.parametrize("sweep", [enforce_deadlines.apply, partial(call_command, "enforce_deadlines")])
def test_beats_sweep_and_the_one_by_hand_both_count(old: QueuedMail, sweep: Callable[[], object]) -> None:
    old()
    sweep()
    by_task()
    assert len(outgoing.outbox) == 1


@pytest.mark.parametrize(
    "options", [{"dry_run": True}, {"now": "2026-11-20T00:00:00+00:00"}, {"limit": 0}], ids=lambda options: str(options)
)
def test_a_sweep_that_did_not_do_all_that_is_due_does_not_count(old: QueuedMail, options: dict[str, Any]) -> None:
    old()
    call_command("enforce_deadlines", stdout=StringIO(), **options)
    by_task()
    assert outgoing.outbox == []


def test_when_no_sweep_succeeds_old_mail_goes_after_a_quarter_of_an_hour_and_the_log_says_so(
    old: QueuedMail, time_machine: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(enforcement, "_portions", _broken)
    old()
    for passed in range(15):
        time_machine.move_to(NOW + passed * A_MINUTE, tick=False)
        enforce_deadlines.apply()
        by_task()
    assert (outgoing.outbox, _errors(caplog)) == ([], 0)
    time_machine.move_to(NOW + PATIENCE, tick=False)
    by_task()
    assert (len(outgoing.outbox), _errors(caplog)) == (1, 1)


def _broken(*_arguments: object) -> None:
    raise RuntimeError("no sweep succeeds")


def _errors(caplog: pytest.LogCaptureFixture) -> int:
    told = [record for record in caplog.records if record.levelno == logging.ERROR]
    return sum("old_mail_without_sweep" in json.dumps(record.msg, default=str) for record in told)


def test_time_in_which_nothing_was_delivered_is_no_time_without_a_sweep(old: QueuedMail, time_machine: Any) -> None:
    by_task()  # misses a sweep, and then the machine goes off
    time_machine.move_to(NOW + A_WEEK, tick=False)
    old()
    by_task()
    assert outgoing.outbox == []


def test_after_a_sweep_the_quarter_of_an_hour_begins_anew(old: QueuedMail, time_machine: Any) -> None:
    by_task()
    note_sweep(NOW + A_MINUTE)
    old()
    for passed in range(7, 21):
        time_machine.move_to(NOW + passed * A_MINUTE, tick=False)
        by_task()
    assert outgoing.outbox == []


@pytest.mark.postgres_only
def test_a_backlog_that_is_left_alone_is_not_looked_through(old: QueuedMail) -> None:
    _many_like(old(), 5000)
    fresh = old(queued_at=NOW)
    with CaptureQueriesContext(connection) as seen:
        assert deliver_due(NOW, old_too=False).sent == 1
    fresh.refresh_from_db()
    assert fresh.state == MailState.SENT
    finding = next(query["sql"] for query in seen if "SKIP LOCKED" in query["sql"])
    assert _rows_looked_at(finding) < 50


def _many_like(mail: OutboxMail, number: int) -> None:
    values = {field.attname: getattr(mail, field.attname) for field in OutboxMail._meta.concrete_fields}
    values.pop("id")
    own = [{"event_key": f"many-{one}", "message_id": f"<many-{one}@portal.example>"} for one in range(number)]
    OutboxMail.objects.bulk_create(OutboxMail(**(values | facts)) for facts in own)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE notifications_outboxmail")


def _rows_looked_at(statement: str) -> int:
    """How many rows of the outbox PostgreSQL reads for it."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}")
        plan = cursor.fetchone()[0]
    return _rows_in(plan[0]["Plan"])


def _rows_in(node: dict[str, Any]) -> int:
    of_own = 0
    if node.get("Relation Name") == OutboxMail._meta.db_table:
        of_own = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
    return of_own + sum(_rows_in(part) for part in node.get("Plans", ()))
