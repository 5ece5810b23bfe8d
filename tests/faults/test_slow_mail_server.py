"""A mail server that takes seconds for a mail, and many acts that ask for delivery: no deadline waits for it."""

import time

import pytest
import redis
from kombu import Connection

from cpor_portal.notifications import tasks
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
    _ask_for_delivery(broker)
    worker = machine.worker()
    wait_until(lambda: smtp.talks == CONCURRENCY, "every process sends mail", worker)
    due = scenes.missed_reviews(people, 1)
    rung, began = _rings(worker), time.monotonic()
    wait_until(lambda: not checks.left(), "the deadline is enforced", worker, moves=lambda: len(smtp.received))
    took, rung = time.monotonic() - began, _rings(worker) - rung
    assert rung <= RINGS_AT_MOST
    assert _requests(broker) > REQUESTS // 2, "requests were waiting all the time"
    assert len(smtp.received) < 200, "mail was waiting all the time"
    checks.each_was_enforced_once([due])
    figures(f"enforced after {rung} rings, {took / minute:.2f} minutes (a minute of {minute} s)")


def _ask_for_delivery(broker: OwnServer) -> None:
    """As many acts have done. These do not expire: nothing but a queue of its own can bring the sweep to its turn."""
    with Connection(f"{broker.address}/0") as link, link.Producer() as producer:
        for _each in range(REQUESTS):
            tasks.deliver_mail.apply_async(producer=producer, retry=False)


def _requests(broker: OwnServer) -> int:
    with redis.Redis.from_url(broker.address) as client:
        return int(client.llen("celery"))


def _rings(worker: Process) -> int:
    return worker.output.count("Sending due task enforce-deadlines")
