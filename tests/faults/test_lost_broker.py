"""Redis goes, comes back empty, or loses everything while it runs: the database is the truth."""

import time
from itertools import count

import pytest
import redis

from claims.models import Claim
from claims.words import Status
from tests.faults import checks, scenes
from tests.faults.conftest import Figures
from tests.faults.processes import Machine, Process, wait_until
from tests.faults.seeding import copies, no_mail_waits
from tests.faults.visitors import Visitor
from tests.support.servers import OwnServer, free_port
from tests.support.smtp import MailServer
from tests.support.stories import make_under_review

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres_only]
# A person who waits longer believes that the button does not work.
SECONDS_FOR_AN_ACT = 4


class Desk:
    """A reviewer who goes on asking partners, claim by claim."""

    def __init__(self, people: scenes.People, port: int, number: int) -> None:
        claim = make_under_review(people.reviewer, people.submitted())
        self._claims = [claim, *copies(claim, number - 1)]
        no_mail_waits()
        self._told = scenes.told("information_requested", people.admins)
        self._visitor = Visitor(port, people.reviewer)
        self._events_before, self._numbers, self.slowest = claim.events.count(), count(), 0.0
        self.asked: list[Claim] = []

    def ask(self) -> None:
        """Ask about one more claim."""
        claim, began = self._claims[next(self._numbers)], time.monotonic()
        assert self._visitor.ask(claim.reference) == 302
        self.slowest = max(self.slowest, time.monotonic() - began)
        self.asked.append(claim)

    def as_scene(self) -> scenes.Due:
        """What must have come of it."""
        status = Status.PARTNER_ACTION_REQUIRED
        return scenes.Due("asked", self.asked, "request_information", status, self._told, self._events_before)


def test_redis_that_stops_and_comes_back_empty_loses_nothing(
    machine: Machine, smtp: MailServer, broker: OwnServer, is_long: bool, figures: Figures
) -> None:
    people, port, seconds = scenes.People(), free_port(), 60 if is_long else 4
    web, worker = machine.web(port), machine.worker()
    desk = Desk(people, port, 2 * seconds + 20)
    desk.ask()
    checks.all_mail_is_sent(worker, web)
    broker.stop()
    due = scenes.everything(people, 5)
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        desk.ask()
        time.sleep(0.5)
    assert worker.is_running, worker.output[-6000:]
    broker.start()
    desk.ask()
    _nothing_was_lost([*due, desk.as_scene()], smtp, worker, web)
    assert desk.slowest < SECONDS_FOR_AN_ACT
    figures(f"{seconds} s without Redis, {len(desk.asked)} acts in the web, the slowest took {desk.slowest:.1f} s")


def test_redis_that_loses_everything_while_it_runs_stops_neither_acts_nor_the_sweep(
    machine: Machine, smtp: MailServer, broker: OwnServer
) -> None:
    people, port = scenes.People(), free_port()
    web, worker = machine.web(port), machine.worker()
    desk = Desk(people, port, 10)
    desk.ask()
    checks.all_mail_is_sent(worker, web)
    redis.Redis.from_url(broker.address).flushall()
    due = scenes.everything(people, 5)
    desk.ask()
    _nothing_was_lost([*due, desk.as_scene()], smtp, worker, web)


def _nothing_was_lost(due: list[scenes.Due], smtp: MailServer, worker: Process, web: Process) -> None:
    wait_until(checks.nothing_is_due, "all that was due is done", worker)
    checks.all_mail_is_sent(worker, web)
    assert worker.is_running, worker.output[-6000:]
    checks.each_was_enforced_once(due)
    checks.every_mail_arrived(smtp, at_most_twice=0)
    assert "Traceback" not in web.output
