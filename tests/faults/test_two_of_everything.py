"""Two beats and two workers at once, as after a hasty move to another machine: no harm is done."""

import pytest
from django.utils import timezone

from arbitration.enforcement import Report, enforce
from tests.faults import checks, scenes
from tests.faults.processes import Machine, Process, wait_until
from tests.support.smtp import MailServer
from tests.support.together import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres_only]


def test_two_beats_and_two_workers_do_everything_once(machine: Machine, smtp: MailServer, is_long: bool) -> None:
    workers = [machine.worker("one"), machine.worker("other")]
    _wait_for_both(workers, sweeps=1)
    due = scenes.everything(scenes.People(), 20 if is_long else 8)
    sweeps = max(worker.finished("enforce_deadlines") for worker in workers)
    checks.all_is_done(*workers)
    _wait_for_both(workers, sweeps=sweeps + 1)
    checks.all_mail_is_sent(smtp, *workers)
    checks.each_was_enforced_once(due)
    checks.every_mail_arrived(smtp, at_most_twice=0)


def _wait_for_both(workers: list[Process], *, sweeps: int) -> None:
    """Until each of the workers has brought so many sweeps to an end."""

    def finished() -> list[int]:
        return [worker.finished("enforce_deadlines") for worker in workers]

    wait_until(lambda: min(finished()) >= sweeps, "both take part", *workers, moves=finished, pause=0.2)


def test_two_sweeps_of_the_same_deadlines_share_them_and_tell_nobody_twice(is_long: bool) -> None:
    due = scenes.everything(scenes.People(), 60 if is_long else 25)
    in_all, now = sum(len(scene.claims) for scene in due), timezone.now()

    def sweep() -> Report:
        return enforce(now=now)

    reports: list[Report] = at_once(sweep, sweep)
    assert [report.failed for report in reports] == [[], []]
    assert sum(len(report) for report in reports) == in_all
    assert min(len(report) for report in reports) > in_all // 20, "both have done part of the work"
    assert checks.left() == 0
    checks.each_was_enforced_once(due)
