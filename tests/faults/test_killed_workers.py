"""A worker that is killed with -9, again and again, in the middle of its work."""

from random import SystemRandom
from time import sleep

import pytest

from claims.models import Event
from tests.faults import checks, scenes
from tests.faults.conftest import Figures
from tests.faults.processes import CONCURRENCY, Machine, wait_until
from tests.faults.seeding import let_time_pass, waiting_mails
from tests.support.smtp import MailServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres_only]
chance = SystemRandom()


def test_a_worker_killed_in_mid_sweep_enforces_every_deadline_once(
    machine: Machine, smtp: MailServer, times: int, figures: Figures
) -> None:
    due = scenes.everything(scenes.People(), 20 * times)
    in_all = sum(len(scene.claims) for scene in due)
    at_start, kills = Event.objects.count(), 0

    def done() -> int:
        return Event.objects.count() - at_start

    for kills_to_come in range(times, 0, -1):
        worker, before = machine.worker(), done()
        fair_share = (in_all - before) // (kills_to_come + 1)
        mark = before + chance.randint(1, fair_share // 2)
        wait_until(lambda: done() >= mark, "the sweep goes on", worker, pause=0.005)  # noqa: B023 - waited for here
        sleep(chance.uniform(0, 0.03))
        worker.kill()
        kills += before < done() < in_all
    assert kills == times, "every kill was to come in the middle of a sweep"
    worker = machine.worker()
    wait_until(checks.nothing_is_due, "all that was due is done", worker)
    checks.all_mail_is_sent(worker)
    worker.kill()
    checks.each_was_enforced_once(due)
    copies = checks.every_mail_arrived(smtp, at_most_twice=(kills + 1) * CONCURRENCY)
    figures(f"{kills} kills, {in_all} deadlines, {len(smtp.received)} mails, {copies} copies")


def test_a_worker_killed_in_mid_delivery_loses_no_mail_and_repeats_only_what_was_in_flight(
    machine: Machine, smtp: MailServer, times: int, figures: Figures
) -> None:
    in_all = 60 * (times + 1)
    waiting_mails(in_all)
    smtp.seconds_to_confirm = 0.01
    beat, worker, in_flight = machine.beat(), machine.worker(with_beat=False), 0
    for number in range(times):
        mark = len(smtp.received) + chance.randint(1, 30)
        wait_until(lambda: len(smtp.received) >= mark, "mails go out", worker, pause=0.002)  # noqa: B023
        sleep(chance.uniform(0, 0.03))
        if number % 2:  # one of its processes, which it replaces by itself
            worker.kill_a_child()
            in_flight += 1
        else:
            worker.kill()
            in_flight += CONCURRENCY
            let_time_pass(checks.LONGER_THAN_A_LEASE)
            worker = machine.worker(with_beat=False)
        assert len(smtp.received) < in_all, "every kill was to come in the middle of a delivery"
    checks.all_mail_is_sent(beat, worker)
    copies = checks.every_mail_arrived(smtp, at_most_twice=in_flight)
    assert len(smtp.copies) == in_all
    figures(f"{times} kills, {in_all} mails, {copies} of them twice, none lost")
