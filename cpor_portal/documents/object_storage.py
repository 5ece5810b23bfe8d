"""S3-compatible storage whose troubles are all one: StorageUnreachable, an OSError as a disk's own would be."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from s3transfer.exceptions import RetriesExceededError
from storages.backends.s3 import S3Storage

from cpor_portal.documents.stored import StorageUnreachable


class ObjectStorage(S3Storage):  # type: ignore[misc]  # django-storages has no types
    """django-storages' own, with files that have arrived when they are opened, and folders that can be emptied."""

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        """Fetches the whole file into a temporary one: what goes wrong does so before a first byte is passed on.

        Raises FileNotFoundError, and StorageUnreachable for whatever else.
        """
        with _said_in_one_way():
            file: File[bytes] = super()._open(name, mode)
            if "r" in mode:
                with ExitStack() as undo:
                    undo.callback(file.close)
                    file.open()
                    undo.pop_all()
            return file

    def _save(self, name: str, content: File[bytes]) -> str:
        with _said_in_one_way():
            stored: str = super()._save(name, content)
            return stored

    def delete(self, name: str) -> None:
        """Raises StorageUnreachable; a file that is not there is no error."""
        with _said_in_one_way():
            super().delete(name)

    def exists(self, name: str) -> bool:
        """Whether there is such a file. Raises StorageUnreachable."""
        with _said_in_one_way():
            return bool(super().exists(name))

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """The folders and files right below `path`. Raises StorageUnreachable."""
        with _said_in_one_way():
            folders, files = super().listdir(path)
            return folders, files

    def delete_below(self, folder: str) -> None:
        """Remove all that lies below `folder`, a thousand files a request. Raises StorageUnreachable."""
        prefix = self._normalize_name(folder).rstrip("/") + "/"
        with _said_in_one_way():
            self.bucket.objects.filter(Prefix=prefix).delete()


@contextmanager
def _said_in_one_way() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError, Boto3Error, RetriesExceededError) as fault:
        if isinstance(fault, ClientError) and fault.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
            raise FileNotFoundError(str(fault)) from fault
        raise StorageUnreachable(f"{type(fault).__name__}: {fault}") from fault
