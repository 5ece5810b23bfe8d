"""S3-compatible storage for tests: moto's server, in a process of its own, whose memory is not the portal's."""

import contextlib
import http.client
import signal
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.storage import default_storage

from cpor_portal.object_storage import storage_from_url
from tests.support.servers import OwnServer, free_port, new_folder, started


@dataclass
class Bucket:
    """A bucket that the portal uses for this test."""

    server: OwnServer
    name: str

    @property
    def client(self) -> Any:
        """boto3's own client, for what the portal never asks."""
        return default_storage.connection.meta.client  # type: ignore[attr-defined]

    @property
    def keys(self) -> list[str]:
        """What lies in it."""
        return [found["Key"] for found in self.client.list_objects_v2(Bucket=self.name).get("Contents", [])]


@pytest.fixture(scope="session")
def object_storage() -> Iterator[OwnServer]:
    """One server for the whole test process."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = OwnServer(
        "Object storage",
        f"127.0.0.1:{port}",
        f"moto {version('moto')}",
        new_folder("cpor-s3-"),
        command,
        lambda: _answers(port),
        signal.SIGTERM,
    )
    yield started(server)
    server.remove()


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError, http.client.HTTPException):
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        try:
            link.request("GET", "/moto-api/")
            return link.getresponse().status == 200
        finally:
            link.close()
    return False


@pytest.fixture
def bucket(object_storage: OwnServer, settings: LazySettings) -> Iterator[Bucket]:
    """A new bucket, and the portal set up to keep its documents there."""
    name = f"documents-{uuid.uuid4().hex[:12]}"
    use(settings, object_storage.address, name)
    made = Bucket(object_storage, name)
    made.client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    client = made.client
    yield made
    client.close()


def use(settings: LazySettings, address: str, name: str) -> None:
    """Let the portal keep its documents at `address` (host:port), as STORAGE_URL would."""
    url = f"s3://KEY:S%2FECRET@{address}/{name}?region=eu-central-1&tls=0"
    settings.STORAGES = {**settings.STORAGES, "default": storage_from_url(url)}
