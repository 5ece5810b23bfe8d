"""What every fault test stands on: a broker, a mail server and processes of its own; none is shared with another."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.processes import Machine
from tests.support import servers
from tests.support.servers import OwnServer
from tests.support.smtp import MailServer, mail_server

Figures = Callable[[str], None]
"""Says what a test has measured; it stands in the run's summary."""

TIMES, TIMES_IN_FULL = 3, 20


@pytest.fixture
def is_long(pytestconfig: pytest.Config) -> bool:
    """Whether the run is the long one, with everything in full."""
    return bool(pytestconfig.getoption("--long"))


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
def machine(
    process_environment: dict[str, str], broker: OwnServer, smtp: MailServer, tmp_path: Path
) -> Iterator[Machine]:
    """Where the portal's processes run, on this test's database."""
    addresses = {"REDIS_URL": f"{broker.address}/0", "EMAIL_URL": smtp.url}
    machine = Machine({**process_environment, **addresses}, tmp_path)
    yield machine
    machine.switch_off()
