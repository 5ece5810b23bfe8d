"""What every test process has: the run's servers, browser and virus scanner, and which tests are meant."""

import os
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection
from django.utils import translation
from pytest_django import DjangoDbBlocker

from devtools import environment
from tests.support import clamd, run, servers
from tests.support.browser import browser, page
from tests.support.scanner import clamd_daemon, scanner

__all__ = ["browser", "clamd_daemon", "page", "scanner"]

# What takes long is begun first, so that in the end no process of the run is left alone with it. The tests that start
# processes of the portal follow one another in one process of the run: two at once would make each other slow.
_WITH_PROCESSES = ("tests/faults/", "tests/test_dev.py")
_LONG = (
    "tests/arbitration/test_plans.py",
    "tests/test_what_always_holds.py",
    "tests/arbitration/test_races.py",
    "tests/arbitration/test_demo.py",
    "tests/cpor_portal/notifications/test_digest.py",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--long`: the repetitions in full."""
    parser.addoption("--long", action="store_true", help="run the tests marked long, too")


def pytest_configure() -> None:
    """A run of pytest alone speaks Hungarian too, as it stands in the catalogue now."""
    environment.compile_catalogues()


def pytest_report_header() -> list[str]:
    """Which servers the run stands on, with their versions."""
    return [*(f"{server.name}: {server.description}" for server in run.used), f"ClamAV: {clamd.at_hand()}"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what this run is not meant to hold; nothing is skipped because something is missing.

    But for the virus scanner, on machines that are not CI: where it cannot be installed its tests say so.
    """
    left_out = {"long"} if not config.getoption("--long") else set()
    left_out |= {"postgres_only"} if run.is_on_sqlite() else set()
    left_out |= {"browser"} if run.is_opted_out("chromium") else set()
    deselected = [item for item in items if any(item.get_closest_marker(name) for name in left_out)]
    if deselected:
        config.hook.pytest_deselected(items=deselected)
        out = set(deselected)
        items[:] = [item for item in items if item not in out]
    items[:] = _longest_first(items)


def _longest_first(items: list[pytest.Item]) -> list[pytest.Item]:
    """The long ones at the head of each half: with two processes, pytest-xdist begins with one half in each."""
    processes = [item for item in items if item.nodeid.startswith(_WITH_PROCESSES)]
    long = [item for item in items if item.nodeid.startswith(_LONG)]
    others = [item for item in items if not item.nodeid.startswith((*_WITH_PROCESSES, *_LONG))]
    middle = max(0, len(items) // 2 - len(processes))
    return [*processes, *others[:middle], *long, *others[middle:]]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests have measured, each under its name."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "figures":
                terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]}: {value}")


def pytest_unconfigure() -> None:
    """The run is over, by Ctrl-C too: its servers end with it."""
    servers.stop_all()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The run's database, which can be dropped at the end: a browser's last request may have its session open yet."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Every test begins in English: a request leaves its reader's language behind in the thread."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def process_environment(transactional_db: None) -> dict[str, str]:
    """The environment for a portal process of its own (a worker, a command) on this test's database."""
    database = connection.settings_dict
    address = f"sqlite:///{database['NAME']}"
    if connection.vendor == "postgresql":
        base = os.environ["DATABASE_URL"].rpartition("/")[0]
        address = f"{base}/{database['NAME']}"
    own = {"DJANGO_SETTINGS_MODULE": "cpor_portal.settings", "DATABASE_URL": address}
    return {**os.environ, **own, "STATE_DIR": str(settings.STATE_DIR)}
