"""What the portal asks about a document. Each answer comes from a child process (see `cpor_portal.documents.child`)."""

import hashlib
import tempfile
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.core.files.base import File
from django.core.files.uploadedfile import TemporaryUploadedFile

from cpor_portal.documents import child
from cpor_portal.documents.inside import limits
from cpor_portal.documents.inside.faults import Broken, Fault, TooMuch, Unusable

MAX_PAGES = limits.PAGES

_KEPT = 512
"""Answers of `inspect` that are kept: a form that was refused for one file comes back with the others."""


@dataclass(frozen=True)
class Inspection:
    """A document that can be used. `page_count` is None for DOCX, which has no pages before somebody shows it."""

    page_count: int | None


@dataclass(frozen=True)
class Text:
    """The text of each page; "" where there are no letters to read. At most 300 pages of 20,000 characters.

    `has_signature_field` says that a field for a signature was signed, not by whom and not whether it holds.
    """

    pages: list[str]
    has_signature_field: bool


_Answer = Inspection | tuple[Fault, str]
_kept: OrderedDict[tuple[str, str], _Answer] = OrderedDict()
"""By what tells documents apart: their SHA-256 and what they begin like. The files themselves are not kept."""


def inspect(source: Path | File[bytes], content_type: str, *, sha256: str = "") -> Inspection:
    """Whether a file that begins like `content_type` can be used, in less than ten seconds.

    A file that was uploaded is not held in memory. Raises Unusable with its Fault: encrypted, broken, macros, bomb,
    too_many_pages, picture_too_large (`detail`: width × height), other_type (`detail`: what it is), given_up. The same
    bytes are looked at once, unless they were given up.
    """
    key = sha256 or _sha256_of(source), content_type
    found = _kept.get(key) or _inspected(source, content_type)
    _keep(key, found)
    if isinstance(found, Inspection):
        return found
    raise Unusable(*found)


def extract(path: Path, content_type: str) -> Text:
    """The text of a document, values of form fields with it. Raises Broken, TooMuch."""
    told, _ = child.run("extract", path, content_type=content_type)
    return Text(told["pages"], told["has_signature_field"])


def draw(path: Path, content_type: str, page: int, width: int) -> bytes:
    """One page (from 1 on) of a PDF, or a picture, as PNG of at most `width` pixels. Raises Broken, TooMuch."""
    return child.run("draw", path, content_type=content_type, page=page, width=width)[1]


def _keep(key: tuple[str, str], found: _Answer) -> None:
    _kept[key] = found
    while len(_kept) > _KEPT:
        _kept.popitem(last=False)


def _inspected(source: Path | File[bytes], content_type: str) -> _Answer:
    """The answer or the fault. Raises Unusable for what is not kept."""
    try:
        with _opened(source) as file:
            told, _ = child.run_on("inspect", file, seconds=limits.INSPECT_SECONDS, content_type=content_type)
    except Broken as fault:
        return fault.code, fault.detail
    except TooMuch as fault:
        raise Unusable(Fault.GIVEN_UP, str(fault)) from fault
    return Inspection(told["page_count"])


@contextmanager
def _opened(source: Path | File[bytes]) -> Iterator[IO[bytes]]:
    """The source as a file of the operating system; what an upload holds in memory is small and written to one."""
    path = Path(source.temporary_file_path()) if isinstance(source, TemporaryUploadedFile) else source
    if isinstance(path, Path):
        with path.open("rb") as file:
            yield file
        return
    with tempfile.TemporaryFile() as copy:
        for chunk in path.chunks():
            copy.write(chunk)
        copy.flush()
        yield copy


def _sha256_of(source: Path | File[bytes]) -> str:
    with _opened(source) as file:
        file.seek(0)
        return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
