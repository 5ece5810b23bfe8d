"""PDF: whether it can be used, its text, and its pages as pictures."""

import time
from typing import Any, BinaryIO

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]

from . import limits
from .faults import Broken, Fault
from .pdf_streams import check_streams
from .text import clean

_FEW = 8
"""Pages that are looked at when a PDF comes in; the others are met when it is read."""
_LOOKING_SECONDS = 1.5


def inspect(file: BinaryIO) -> tuple[dict[str, int], bytes]:
    """Whether the PDF opens, and its number of pages. Raises Broken. Nothing in it is run."""
    document = _opened(file)
    check_streams(file)
    began = time.process_time()
    for number in range(min(len(document), _FEW)):
        _page(document, number).close()
        if time.process_time() - began > _LOOKING_SECONDS:
            break
    return {"page_count": len(document)}, b""


def extract(file: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """The text of each page with the fields that stand on it, and whether a signature field is signed."""
    from .pdf_text import Careful

    document = _opened(file)
    careful = Careful(file, is_encrypted=_is_encrypted(document))
    pages = []
    for number in range(len(document)):
        text = clean(careful.text_of(number)) or clean(_quick_text(document, number))
        fields = clean(careful.fields_of(number))
        pages.append("\n".join(part for part in (text, fields) if part)[: limits.CHARACTERS])
    return {"pages": pages, "has_signature_field": careful.has_signature_field}, b""


def draw(file: BinaryIO, page: int, width: int) -> tuple[None, bytes]:
    """One page (from 1 on) as PNG, `width` pixels wide, with what its form fields hold."""
    from .pictures import as_png

    document = _opened(file)
    if not 1 <= page <= len(document):
        raise Broken(Fault.NO_SUCH_PAGE)
    document.init_forms()
    shown = _page(document, page - 1)
    wide, high = shown.get_size()
    if wide < 1 or high < 1:
        raise Broken(Fault.BROKEN, "no area")
    scale = min(width / wide, limits.DRAWN_SIDE / high)
    return None, as_png(shown.render(scale=scale).to_pil())


def _opened(file: BinaryIO) -> pdfium.PdfDocument:
    """The PDF. Raises Broken: encrypted, broken, too_many_pages."""
    try:
        document = pdfium.PdfDocument(file.read(), password=None)
    except pdfium.PdfiumError as fault:
        is_locked = fault.err_code in {pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY}
        raise Broken(Fault.ENCRYPTED if is_locked else Fault.BROKEN) from fault
    if not len(document):
        raise Broken(Fault.BROKEN, "no pages")
    if len(document) > limits.PAGES:
        raise Broken(Fault.TOO_MANY_PAGES, str(len(document)))
    return document


def _is_encrypted(document: pdfium.PdfDocument) -> bool:
    return bool(pdfium_c.FPDF_GetSecurityHandlerRevision(document) >= 0)


def _page(document: pdfium.PdfDocument, number: int) -> pdfium.PdfPage:
    """Raises Broken where the page is not there, though the PDF says so."""
    try:
        return document[number]
    except pdfium.PdfiumError as fault:
        raise Broken(Fault.BROKEN, f"page {number + 1}") from fault


def _quick_text(document: pdfium.PdfDocument, number: int) -> str:
    """What PDFium reads on the page; nothing where the page is broken."""
    try:
        return str(document[number].get_textpage().get_text_bounded())
    except pdfium.PdfiumError:
        return ""
