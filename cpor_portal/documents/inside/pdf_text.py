"""The text of a PDF as pypdf reads it: carefully, slowly, and not always to the end."""

import signal
import struct
import time
import zlib
from collections.abc import Callable, Iterator
from types import FrameType
from typing import BinaryIO, TypeVar

from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, PdfObject

from . import limits

T = TypeVar("T")

_FAULTS = (
    PyPdfError,
    DependencyError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    MemoryError,
    struct.error,
    zlib.error,
)
"""What broken PDFs make pypdf raise."""

_FIELDS = 500
"""Form fields of one page, and the levels above one of them, that are looked at."""
_LEVELS = 20


class _OutOfTime(BaseException):
    """Raised in the midst of whatever runs; no reader's own handling of exceptions keeps it."""


class Careful:
    """One PDF. Every question has an answer, an empty one where pypdf fails or its time is used up."""

    def __init__(self, file: BinaryIO, *, is_encrypted: bool) -> None:
        self.has_signature_field = False
        self._left = limits.CAREFUL_SECONDS
        self._reader: PdfReader | None = None
        signal.signal(signal.SIGPROF, _stop)
        self._reader = self._guarded(lambda: PdfReader(file, password="" if is_encrypted else None), None)
        self._guarded(self._count, 0)

    def text_of(self, number: int) -> str:
        """The text of the page; the first is 0."""
        reader = self._reader
        return self._guarded(lambda: reader.pages[number].extract_text(), "") if reader else ""

    def fields_of(self, number: int) -> str:
        """The values of the form fields that stand on the page, one "label: value" a line."""
        reader = self._reader
        return self._guarded(lambda: "\n".join(self._lines(reader.pages[number])), "") if reader else ""

    def _count(self) -> int:
        return len(self._reader.pages) if self._reader else 0

    def _lines(self, page: DictionaryObject) -> Iterator[str]:
        for annotation in list(_array(page.get("/Annots")))[:_FIELDS]:
            widget = annotation.get_object()
            if isinstance(widget, DictionaryObject) and widget.get("/Subtype") == "/Widget":
                yield from self._line(widget)

    def _line(self, widget: DictionaryObject) -> Iterator[str]:
        value = _inherited(widget, "/V")
        if str(_inherited(widget, "/FT")) == "/Sig":
            self.has_signature_field = self.has_signature_field or isinstance(value, DictionaryObject)
            return
        shown = _shown(value)
        if shown:
            label = str(_inherited(widget, "/TU") or _inherited(widget, "/T") or "")
            yield f"{label}: {shown}" if label else shown

    def _guarded(self, work: Callable[[], T], otherwise: T) -> T:
        """What `work` returns, within the page's time and what is left of the whole."""
        if self._left <= 0:
            return otherwise
        began = time.process_time()
        try:
            try:
                signal.setitimer(signal.ITIMER_PROF, min(limits.PAGE_SECONDS, self._left), 0.2)
                return work()
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)
        except _OutOfTime:
            signal.setitimer(signal.ITIMER_PROF, 0)
            return otherwise
        except MemoryError:
            self._reader = None  # what it has kept is needed by the quick reader
            return otherwise
        except _FAULTS:
            return otherwise
        finally:
            self._left -= time.process_time() - began


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise _OutOfTime


def _array(found: PdfObject | None) -> ArrayObject:
    array = found.get_object() if found is not None else None
    return array if isinstance(array, ArrayObject) else ArrayObject()


def _inherited(widget: DictionaryObject, key: str) -> PdfObject | None:
    """The entry of a field, or of those above it, resolved."""
    field: PdfObject | None = widget
    for _level in range(_LEVELS):
        if not isinstance(field, DictionaryObject):
            return None
        if key in field:
            return field[key].get_object()
        field = field["/Parent"].get_object() if "/Parent" in field else None
    return None


def _shown(value: PdfObject | None) -> str:
    """A field's value in words: nothing for what is empty or a box that is not ticked."""
    if isinstance(value, ArrayObject):
        return ", ".join(str(part) for part in value)
    if value is None or isinstance(value, DictionaryObject) or str(value) == "/Off":
        return ""
    return str(value).removeprefix("/").strip()
