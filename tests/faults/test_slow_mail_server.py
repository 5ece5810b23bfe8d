"""A mail server that takes seconds for a mail, and many acts that ask for delivery: no deadline waits for it."""

import time

import pytest
import redis
from kombu import Connection

from cpor_portal.notifications import tasks
from cpor_portal.notifications.outbox import SECONDS_TO_BE_TAKEN
from tests.faults import checks, scenes
from tests.faults.conftest import Figures
from tests.faults.processes import CONCURRENCY, Machine, Process, wait_until
from tests.faults.seeding import waiting_mails
from tests.support.servers import OwnServer
from tests.support.smtp import MailServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres_only]
SECONDS_FOR_A_MAIL = 3
REQUESTS = 60
# Of the sweeps that beat rings for after the deadline was over: one is taken when a process has ended its round.
RINGS_AT_MOST = 2


def test_a_slow_mail_server_keeps_no_deadline_waiting(
    machine: Machine, smtp: MailServer, broker: OwnServer, is_long: bool, figures: Figures
) -> None:
    minute = 60 if is_long else 5
    machine.environment["TEST_SECONDS_OF_A_MINUTE"] = str(minute)
    smtp.seconds_to_confirm = SECONDS_FOR_A_MAIL * minute / 60
    people = scenes.People()
    waiting_mails(200)
    with Connection(f"{broker.address}/0") as link:
        acts = BusyActs(link, redis.Redis.from_url(broker.address), minute / 60)
        acts.go_on()
        worker = machine.worker()
        wait_until(lambda: acts.go_on() and smtp.talks == CONCURRENCY, "every process sends mail", worker)
        due = scenes.missed_reviews(people, 1)
        rung, began = _rings(worker), time.monotonic()
        wait_until(
            lambda: acts.go_on() and not checks.left(),
            "the deadline is enforced",
            worker,
            moves=lambda: len(smtp.received),
        )
        took, rung = time.monotonic() - began, _rings(worker) - rung
    assert rung <= RINGS_AT_MOST
    assert len(smtp.received) < 200, "mail was waiting all the time"
    checks.each_was_enforced_once([due])
    figures(f"enforced after {rung} rings, {took / minute:.2f} minutes (a minute of {minute} s), {acts.asked} requests")


class BusyActs:
    """Acts that go on asking for delivery, faster than anybody delivers; `scale`: how long a minute is."""

    def __init__(self, link: Connection, broker: redis.Redis, scale: float) -> None:
        self.asked = 0
        self._link, self._redis, self._scale = link, broker, scale

    def go_on(self) -> bool:
        """Keep REQUESTS in the queue; True."""
        with self._link.Producer() as producer:
            for _each in range(REQUESTS - self._redis.llen("celery")):
                tasks.deliver_mail.apply_async(
                    producer=producer, retry=False, expires=SECONDS_TO_BE_TAKEN * self._scale
                )
                self.asked += 1
        return True


def _rings(worker: Process) -> int:
    return worker.output.count("Sending due task enforce-deadlines")
