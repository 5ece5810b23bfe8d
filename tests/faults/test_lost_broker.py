"""Redis goes, comes back empty, or loses everything while it runs: the database is the truth."""

import time

import pytest
import redis

from tests.faults import checks, scenes
from tests.faults.conftest import Figures
from tests.faults.processes import Machine, Process, wait_until
from tests.faults.visitors import Desk
from tests.support.servers import OwnServer, free_port
from tests.support.smtp import MailServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres_only]
# A person who waits longer believes that the button does not work.
SECONDS_FOR_AN_ACT = 4


def test_redis_that_stops_and_comes_back_empty_loses_nothing(
    machine: Machine, smtp: MailServer, broker: OwnServer, is_long: bool, figures: Figures
) -> None:
    people, port, seconds = scenes.People(), free_port(), 60 if is_long else 3
    web, worker = machine.web(port), machine.worker()
    desk = Desk(people, port, 2 * seconds + 20)
    smtp.fall_silent(after=3)
    assert desk.ask() == 302
    usual = desk.slowest
    wait_until(lambda: smtp.is_silent, "a mail is under way", worker)
    broker.stop()  # while the worker has a task in hand
    smtp.speak()
    due = scenes.everything(people, 5)
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        assert desk.ask() == 302
        time.sleep(0.5)
    assert worker.is_running, worker.output[-6000:]
    broker.start()
    assert desk.ask() == 302
    _nothing_was_lost([*due, desk.as_scene()], smtp, worker, web)
    assert desk.slowest < usual + SECONDS_FOR_AN_ACT
    figures(f"{seconds} s without Redis, {len(desk.done)} acts in the web, the slowest took {desk.slowest:.1f} s")


def test_redis_that_loses_everything_while_it_runs_stops_neither_acts_nor_the_sweep(
    machine: Machine, smtp: MailServer, broker: OwnServer
) -> None:
    people, port = scenes.People(), free_port()
    web, worker = machine.web(port), machine.worker()
    desk = Desk(people, port, 10)
    assert desk.ask() == 302
    checks.all_mail_is_sent(smtp, worker, web)
    redis.Redis.from_url(broker.address).flushall()
    due = scenes.everything(people, 5)
    assert desk.ask() == 302
    _nothing_was_lost([*due, desk.as_scene()], smtp, worker, web)


def _nothing_was_lost(due: list[scenes.Due], smtp: MailServer, worker: Process, web: Process) -> None:
    checks.all_is_done(worker)
    checks.all_mail_is_sent(smtp, worker, web)
    assert worker.is_running, worker.output[-6000:]
    checks.each_was_enforced_once(due)
    checks.every_mail_arrived(smtp, at_most_twice=0)
    assert "Traceback" not in web.output
