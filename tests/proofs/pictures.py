"""Papers as a scanner or a camera leaves them: pictures, with no text to read."""

from io import BytesIO

import pypdfium2
from fpdf import FPDF
from PIL import Image

DPI = 60  # nobody reads them


def scan(printed: bytes) -> bytes:
    """A printed PDF as a PDF of pictures."""
    sheet = FPDF()
    for page in pypdfium2.PdfDocument(printed):
        sheet.add_page()
        sheet.image(_picture(page), x=0, y=0, w=sheet.w)
    return bytes(sheet.output())


def png(printed: bytes) -> bytes:
    """The first page of a printed PDF as a picture."""
    into = BytesIO()
    _picture(pypdfium2.PdfDocument(printed)[0]).save(into, "PNG")
    return into.getvalue()


def _picture(page: pypdfium2.PdfPage) -> Image.Image:
    return page.render(scale=DPI / 72, grayscale=True).to_pil()
