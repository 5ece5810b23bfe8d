"""What lies in the storage for a document: the file itself, and the pictures of its pages that were made from it."""

import shutil
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

import structlog
from django.core.files.storage import default_storage

PICTURES = "pictures"

log = structlog.get_logger(__name__)


class StorageUnreachable(OSError):
    """The object storage did not answer, or would not do what was asked. A local disk raises other OSErrors."""


def pictures_of(name: str) -> str:
    """Where the pictures of the stored file `name` are kept: below this."""
    return f"{PICTURES}/{PurePosixPath(name).name}"


def delete_with_pictures(names: Iterable[str]) -> None:
    """Remove stored files, and everything below their pictures' folders; for `transaction.on_commit`.

    A storage that is away is logged and no more: what was committed holds, and nothing refers to the files by then.
    Whoever pressed the button waits for one failure and not for one of each file.
    """
    left = [name for name in names if name]
    try:
        while left:
            default_storage.delete(left[0])
            _delete_below(pictures_of(left[0]))
            left.pop(0)
    except OSError as fault:
        log.error("files_left_behind", files=left, fault=str(fault))


def _delete_below(folder: str) -> None:
    try:
        path = Path(default_storage.path(folder))
    except NotImplementedError:  # Django's way to say that files are not on this machine
        default_storage.delete_below(folder)  # type: ignore[attr-defined]  # cpor_portal.object_storage
        return
    if path.exists():
        shutil.rmtree(path)
