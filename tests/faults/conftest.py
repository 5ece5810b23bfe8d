"""What every fault test stands on: a broker, a mail server and processes of its own; none is shared with another."""

import faulthandler
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection

from tests.faults.processes import Machine
from tests.support import servers
from tests.support.servers import OwnServer
from tests.support.smtp import MailServer, mail_server

Figures = Callable[[str], None]
"""Says what a test has measured; it stands in the run's summary."""

TIMES, TIMES_IN_FULL = 2, 20


@pytest.fixture
def is_long(pytestconfig: pytest.Config) -> bool:
    """Whether the run is the long one, with everything in full."""
    if pytestconfig.getoption("--long"):
        faulthandler.cancel_dump_traceback_later()  # twenty kills take longer than a test that hangs
        return True
    return False


@pytest.fixture
def times(is_long: bool) -> int:
    """How often a worker is killed."""
    return TIMES_IN_FULL if is_long else TIMES


@pytest.fixture
def figures(record_property: Callable[[str, object], None]) -> Figures:
    """For the figures that the long run is made for."""
    return lambda text: record_property("figures", text)


@pytest.fixture
def broker() -> Iterator[OwnServer]:
    """A Redis of the test's own, to be stopped and started again."""
    server = servers.own_redis()
    yield server
    server.remove()


@pytest.fixture
def smtp() -> Iterator[MailServer]:
    """The mail server that the processes send through."""
    with mail_server() as server:
        yield server


@pytest.fixture
def database(transactional_db: None) -> Iterator[OwnServer]:
    """A PostgreSQL of the test's own, to be stopped and started again; the test itself stands on it, too.

    What it has confirmed is safe when it is stopped at once: the machine goes on, so only fsync can be done without.
    """
    server = servers.own_postgresql("fsync=off", "full_page_writes=off")
    usual = {**connection.settings_dict}
    connection.close()
    address = urlsplit(server.address)
    connection.settings_dict.update(NAME="cpor", USER=address.username, HOST=address.hostname, PORT=address.port)
    with connection._nodb_cursor() as cursor:
        cursor.execute("CREATE DATABASE cpor")
    call_command("migrate", verbosity=0)
    yield server
    connection.close()
    connection.settings_dict.update(usual)
    ContentType.objects.clear_cache()
    server.remove()


@pytest.fixture
def machine(
    process_environment: dict[str, str], broker: OwnServer, smtp: MailServer, tmp_path: Path
) -> Iterator[Machine]:
    """Where the portal's processes run, on this test's database."""
    addresses = {"REDIS_URL": f"{broker.address}/0", "EMAIL_URL": smtp.url}
    machine = Machine({**process_environment, **addresses}, tmp_path)
    yield machine
    machine.switch_off()
