"""Pictures of a document's pages: drawn once in a limited child process, kept in the storage, then streamed.

Why the portal draws them itself: docs/decisions/viewer.md. Who may see one is asked before anything here.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from os import SEEK_END

import structlog
from django.core.cache import cache
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage

from claims.models import Document
from cpor_portal.documents import MAX_PAGES, Broken, NotBegun, TooMuch, draw, local_copy
from cpor_portal.documents.stored import pictures_of

log = structlog.get_logger(__name__)

PNG_END = b"IEND\xaeB`\x82"
"""How a PNG ends that was written to its end."""
"""Why a child was given up before it had seen the page."""
# A file that is broken stays so; one that took too long may have met a busy machine.
BROKEN_FOR, TOO_MUCH_FOR = 24 * 3600, 600


class Size(IntEnum):
    """How wide a picture is, in pixels."""

    LARGE = 1400
    SMALL = 150


class NoPicture(Exception):
    """There is no picture of this page, and there will be none soon."""


class Busy(Exception):
    """Too many pages are being drawn at the moment; ask again in `RETRY_AFTER` seconds."""


RETRY_AFTER = 2


class _Easel:
    """Lets one page at a time be drawn in this process and one more wait for it; whoever else comes is Busy.

    A web process has few threads: the thumbnails of a long document must not take them all.
    """

    def __init__(self, wait: float) -> None:
        self._wait = wait
        self._places, self._turn = threading.BoundedSemaphore(2), threading.Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the turn, `wait` seconds at most. Raises Busy."""
        if not self._places.acquire(blocking=False):
            raise Busy
        try:
            if not self._turn.acquire(timeout=self._wait):
                raise Busy
            try:
                yield
            finally:
                self._turn.release()
        finally:
            self._places.release()


# Two children at once in a process at most; and no crowd of thumbnails keeps anybody from the page itself.
EASELS = {Size.LARGE: _Easel(wait=6), Size.SMALL: _Easel(wait=3)}


def picture(document: Document, page: int, size: Size) -> File[bytes]:
    """The picture of a page as an open PNG file, drawn now if it never was. The caller closes it.

    Raises NoPicture where the document has no such page, is none that can be drawn or is not to be shown;
    Busy when too many are being drawn.
    """
    if not _can_be_drawn(document, page):
        raise NoPicture
    name = _name(document, page, size)
    if kept := _kept(name):
        return kept
    if is_spoilt(document, page):
        raise NoPicture
    with EASELS[size].turn():
        # Somebody else may have drawn it while this one waited.
        return _kept(name) or _drawn(document, page, size, name)


def _can_be_drawn(document: Document, page: int) -> bool:
    return document.is_showable and document.has_pictures and 1 <= page <= (document.page_count or MAX_PAGES)


def is_spoilt(document: Document, page: int) -> bool:
    """Whether drawing this page failed a short while ago."""
    return bool(cache.get(_spoilt(document, page)))


def _name(document: Document, page: int, size: Size) -> str:
    return f"{pictures_of(document.file.name or '')}/{page}-{size.value}.png"


def _spoilt(document: Document, page: int) -> str:
    return f"no-picture:{document.pk}:{page}"


def _kept(name: str) -> File[bytes] | None:
    """The kept picture, rewound; None if there is none, or one that is not written to its end (yet)."""
    try:
        file = default_storage.open(name, "rb")
    except FileNotFoundError:
        return None
    if file.size >= len(PNG_END):
        file.seek(-len(PNG_END), SEEK_END)
        if file.read(len(PNG_END)) == PNG_END:
            file.seek(0)
            return file
    file.close()
    return None


def _drawn(document: Document, page: int, size: Size, name: str) -> File[bytes]:
    try:
        with local_copy(document.file) as path:
            png = draw(path, document.content_type, page, size.value)
    except FileNotFoundError as lost:
        log.error("document_lost", document=document.pk)
        raise NoPicture from lost
    except (Broken, TooMuch) as fault:
        if isinstance(fault, NotBegun):
            raise Busy from fault
        log.warning("page_not_drawn", document=document.pk, page=page, why=repr(fault))
        cache.set(_spoilt(document, page), True, TOO_MUCH_FOR if isinstance(fault, TooMuch) else BROKEN_FOR)
        raise NoPicture from fault
    try:
        _keep(document, name, png)
    except OSError as fault:
        # Keeping spares the next drawing and no more: a full disk or a storage that is away costs nobody the page.
        log.error("picture_not_kept", document=document.pk, fault=str(fault))
    return ContentFile(png, name)


def _keep(document: Document, name: str, png: bytes) -> None:
    """Store the picture for the next reader, unless the document went or was quarantined while it was drawn."""
    default_storage.delete(name)  # one that is not whole: its process was killed
    stored = default_storage.save(name, ContentFile(png))
    if stored != name or not _is_still_there(document):
        default_storage.delete(stored)


def _is_still_there(document: Document) -> bool:
    """Whether the document still lies where it lay; asked after storing, so that removing it meanwhile wins."""
    return Document.objects.filter(pk=document.pk, file=document.file.name).exists()
