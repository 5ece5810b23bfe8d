"""PostgreSQL is stopped at once, in the middle of everything, and comes back."""

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
RESTARTS, RESTARTS_IN_FULL = 1, 10
SECONDS_BETWEEN_BUTTONS = 0.25
# Each of a worker's processes may find once that its connection has gone.
BROKEN_AT_MOST = CONCURRENCY
FEW = 10


class BusyDesk:
    """A reviewer who presses one button after the other, and again where it was not done."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.statuses: list[int] = []
        self._is_over = Signal()
        self._thread = Thread(target=self._work, daemon=True)
        self._thread.start()

    def _work(self) -> None:
        while not self._is_over.is_set() and not self.desk.is_empty:
            self.statuses.append(self.desk.ask())
            self._is_over.wait(SECONDS_BETWEEN_BUTTONS)

    @property
    def refused(self) -> list[int]:
        """The answers to what was not done."""
        return [status for status in self.statuses if status not in (DONE, DONE_BEFORE)]

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
    due = scenes.everything(people, 15 * restarts)
    web, desk = machine.web(port), BusyDesk(Desk(people, port, 50 * (restarts + 1)))
    worker, in_mid_sweep, tries = machine.worker(), 0, 0
    worker.wait_until_ready()
    while in_mid_sweep < restarts:
        tries += 1
        assert tries < 3 + 3 * restarts, "restarts come in the middle of a sweep"
        if checks.left() < FEW:  # the machine was busy, and the sweep faster than this test
            due += scenes.everything(people, FEW)
        mark = checks.left() * restarts // (restarts + 1)
        wait_until(lambda: checks.left() <= mark, "the sweep goes on", worker, moves=checks.left, pause=0.01)  # noqa: B023
        _restart(database, desk)
        in_mid_sweep += checks.left() > 0
    wait_until(lambda: answers(port, "/readyz"), "web has found its database again", web)
    wait_until(lambda: desk.statuses[-1] == DONE, "acts are done again", web)
    desk.go_home()
    checks.all_is_done(worker)
    checks.all_mail_is_sent(smtp, worker)
    assert worker.is_running
    checks.each_was_enforced_once([*due, desk.desk.as_scene()])
    copies = checks.every_mail_arrived(smtp, at_most_twice=tries * CONCURRENCY)
    assert 0 not in desk.refused
    _restart(database)
    broken, idle = worker.broken_tasks, scenes.everything(people, 1)
    checks.all_is_done(worker)
    checks.each_was_enforced_once(idle)
    assert worker.broken_tasks - broken <= BROKEN_AT_MOST, "who was idle goes on at once"
    figures(
        f"{tries} restarts, {sum(len(scene.claims) for scene in due)} deadlines, {len(desk.desk.done)} acts in the "
        f"web, {len(desk.refused)} attempts refused, the slowest answer after {desk.desk.slowest:.1f} s, {copies} "
        "mails twice"
    )


def _restart(database: OwnServer, desk: BusyDesk | None = None) -> None:
    """It stays away until somebody at the desk has missed it."""
    refused = len(desk.refused) if desk else 0
    connection.close()
    database.stop()
    if desk:
        wait_until(lambda: len(desk.refused) > refused, "somebody has missed the database")
    database.start()
