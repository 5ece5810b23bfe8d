"""Two beats and two workers at once, as after a hasty move to another machine: no harm is done."""

import pytest

from tests.faults import checks, scenes
from tests.faults.processes import Machine, wait_until
from tests.support.smtp import MailServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres_only]


def test_two_beats_and_two_workers_do_everything_once(machine: Machine, smtp: MailServer) -> None:
    due = scenes.everything(scenes.People(), 25)
    workers = [machine.worker("one"), machine.worker("other")]
    wait_until(checks.nothing_is_due, "all that was due is done", *workers)
    checks.all_mail_is_sent(*workers)
    for worker in workers:
        wait_until(lambda: "enforce_deadlines" in worker.output, "both take part", worker)  # noqa: B023 - waited for
    checks.each_was_enforced_once(due)
    checks.every_mail_arrived(smtp, at_most_twice=0)
