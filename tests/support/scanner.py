"""Pytest fixtures on the ClamAV daemon of tests/support/clamd.py."""

import os
from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from tests.support.clamd import own_clamd
from tests.support.servers import OwnServer, ServerMissingError


@pytest.fixture(scope="session")
def clamd_daemon() -> Iterator[OwnServer]:
    """One daemon for the whole test process. Where there is none: an error in CI, else a skip that says so."""
    try:
        daemon = own_clamd()
    except ServerMissingError as missing:
        if os.environ.get("CI", "").lower() in {"true", "1"}:
            raise
        pytest.skip(str(missing))
    yield daemon
    daemon.remove()


@pytest.fixture
def scanner(clamd_daemon: OwnServer, settings: LazySettings) -> OwnServer:
    """The daemon, and the portal set up to use it."""
    settings.CLAMD_ADDRESS = clamd_daemon.address
    return clamd_daemon
