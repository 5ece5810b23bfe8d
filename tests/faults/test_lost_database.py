"""PostgreSQL is stopped at once, in the middle of everything, and comes back."""

import time
from threading import Event as Signal
from threading import Thread

import pytest
from django.db import connection

from tests.faults import checks, scenes
from tests.faults.conftest import Figures
from tests.faults.processes import CONCURRENCY, Machine, answers, wait_until
from tests.faults.visitors import DONE, DONE_BEFORE, Desk
from tests.support.servers import OwnServer, free_port
from tests.support.smtp import MailServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres_only]
RESTARTS, RESTARTS_IN_FULL = 2, 10
SECONDS_AWAY = 1.0
# Beat rings each second here.
SECONDS_TO_GO_ON = 8


class BusyDesk:
    """A reviewer who presses one button after the other, and again where it was not done."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.statuses: list[int] = []
        self._is_over = Signal()
        self._thread = Thread(target=self._work, daemon=True)
        self._thread.start()

    def _work(self) -> None:
        while not self._is_over.is_set():
            self.statuses.append(self.desk.ask())
            time.sleep(0.1)

    def go_home(self) -> None:
        """No further button."""
        self._is_over.set()
        self._thread.join()


def test_a_database_that_is_restarted_under_load_loses_nothing(
    database: OwnServer, machine: Machine, smtp: MailServer, is_long: bool, figures: Figures
) -> None:
    machine.environment["DATABASE_URL"] = database.address
    restarts = RESTARTS_IN_FULL if is_long else RESTARTS
    people, port = scenes.People(), free_port()
    due = scenes.everything(people, 15 * (restarts + 1))
    web, desk = machine.web(port), BusyDesk(Desk(people, port, 200 * (restarts + 1)))
    in_all = sum(len(scene.claims) for scene in due)

    def done() -> int:
        return sum(scene.done() for scene in due)

    worker = machine.worker()
    for number in range(1, restarts + 1):
        mark = in_all * number // (restarts + 2)
        wait_until(lambda: done() >= mark, "the sweep goes on", worker, pause=0.005)  # noqa: B023 - waited for here
        _restart(database)
        assert done() < in_all, "every restart was to come in the middle of a sweep"
    wait_until(lambda: answers(port, "/readyz"), "web has found its database again", web)
    wait_until(lambda: desk.statuses[-1] == DONE, "acts are done again", web)
    desk.go_home()
    wait_until(checks.nothing_is_due, "all that was due is done", worker)
    checks.all_mail_is_sent(worker)
    assert worker.is_running
    checks.each_was_enforced_once([*due, desk.desk.as_scene()])
    copies = checks.every_mail_arrived(smtp, at_most_twice=restarts * CONCURRENCY)
    not_done = [status for status in desk.statuses if status not in (DONE, DONE_BEFORE)]
    assert not_done, "the restarts were to come under load"
    assert 0 not in not_done
    _restart(database)
    idle = scenes.everything(people, 1)
    wait_until(checks.nothing_is_due, "who was idle goes on at once", worker, seconds=SECONDS_TO_GO_ON)
    checks.each_was_enforced_once(idle)
    figures(
        f"{restarts} restarts, {in_all} deadlines, {len(desk.desk.done)} acts in the web, {len(not_done)} attempts "
        f"refused, the slowest answer after {desk.desk.slowest:.1f} s, {copies} mails twice"
    )


def _restart(database: OwnServer) -> None:
    connection.close()
    database.stop()
    time.sleep(SECONDS_AWAY)
    database.start()
