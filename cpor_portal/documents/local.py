"""A stored file as a file on this machine, for programs that want a path."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.files.base import File
from django.db.models.fields.files import FieldFile

CHUNK = 64 * 1024


@contextmanager
def local_copy(stored: FieldFile) -> Iterator[Path]:
    """A temporary copy of a stored file, streamed from whatever storage; for its owner's eyes alone, gone at the end.

    Raises FileNotFoundError where the storage has lost it, and OSError where it is away.
    """
    with TemporaryDirectory(prefix="cpor-document-") as folder:
        path = Path(folder) / "document"
        with opened(stored) as file, path.open("wb") as copy:
            for chunk in file.chunks(CHUNK):
                copy.write(chunk)
        yield path


@contextmanager
def opened(stored: FieldFile) -> Iterator[File[bytes]]:
    """The stored file, open for reading on a handle of its own. Raises as `local_copy`."""
    with stored.storage.open(stored.name or "", "rb") as file:
        yield file
