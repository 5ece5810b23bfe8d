"""A worker that is killed with -9, again and again, in the middle of its work."""

from random import SystemRandom
from time import sleep

import pytest

from tests.faults import checks, scenes
from tests.faults.conftest import Figures
from tests.faults.processes import CONCURRENCY, Machine, wait_until
from tests.faults.seeding import let_time_pass, waiting_mails
from tests.support.smtp import MailServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres_only]
chance = SystemRandom()
# From connecting to the end of a mail; the mails after it save the greeting.
ANSWERS_PER_MAIL = 4


def test_a_worker_killed_in_mid_sweep_enforces_every_deadline_once(
    machine: Machine, smtp: MailServer, times: int, is_long: bool, figures: Figures
) -> None:
    people, kills, tries = scenes.People(), 0, 0
    due = scenes.windows(people, 2 if is_long else 1)
    in_mid_sweep = times if is_long else 1
    while kills < in_mid_sweep:
        tries += 1
        assert tries < 3 * times, "kills come in the middle of a sweep"
        due += scenes.everything(people, 12 if is_long else 8)
        worker, before = machine.worker(), checks.left()
        worker.wait_until_ready()
        mark = before - chance.randint(1, before // 2)
        wait_until(lambda: checks.left() <= mark, "the sweep goes on", worker, moves=checks.left, pause=0.01)  # noqa: B023
        sleep(chance.uniform(0, 0.03))
        worker.kill()
        # On a busy machine the sweep may have ended first: that is no kill in the middle of one.
        kills += 0 < checks.left() < before
    worker = machine.worker()
    checks.all_is_done(worker)
    checks.all_mail_is_sent(smtp, worker)
    worker.kill()
    checks.each_was_enforced_once(due)
    copies = checks.every_mail_arrived(smtp, at_most_twice=tries * CONCURRENCY)
    in_all = sum(len(scene.claims) for scene in due)
    figures(f"{kills} kills, {in_all} deadlines, {len(smtp.received)} mails, {copies} copies")


def test_a_worker_killed_in_mid_delivery_loses_no_mail_and_repeats_only_what_was_in_flight(
    machine: Machine, smtp: MailServer, times: int, figures: Figures
) -> None:
    in_all = 30 * (times + 1)
    waiting_mails(in_all)
    beat, worker, in_flight = machine.beat(), machine.worker(with_beat=False), 0
    for number in range(times):
        # It comes to a stop at any of the steps in which a mail is handed over, and can not finish before the kill.
        smtp.fall_silent(after=chance.randint(1, 10 * ANSWERS_PER_MAIL))
        wait_until(lambda: smtp.is_silent, "mails go out", worker, moves=lambda: len(smtp.received), pause=0.01)
        sleep(chance.uniform(0, 0.03))
        if number % 2:  # one of its processes, which it replaces by itself
            worker.kill_a_child()
            in_flight += 1
            smtp.speak()
        else:
            worker.kill()
            in_flight += CONCURRENCY
            smtp.speak()
            let_time_pass(checks.LONGER_THAN_A_LEASE)
            worker = machine.worker(with_beat=False)
    checks.all_mail_is_sent(smtp, beat, worker)
    copies = checks.every_mail_arrived(smtp, at_most_twice=in_flight)
    assert len(smtp.copies) == in_all
    figures(f"{times} kills, {in_all} mails, {copies} of them twice, none lost")
