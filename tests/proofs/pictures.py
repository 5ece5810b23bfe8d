"""Papers as a scanner or a camera leaves them: pictures, with no text to read."""

from contextlib import closing
from io import BytesIO

import pypdfium2  # type: ignore[import-untyped]
from fpdf import FPDF
from PIL import Image

DPI = 60  # nobody reads them


def scan(printed: bytes) -> bytes:
    """A printed PDF as a PDF of pictures."""
    sheet = FPDF()
    with closing(pypdfium2.PdfDocument(printed)) as document:
        for page in document:
            sheet.add_page()
            sheet.image(_picture(page), x=0, y=0, w=sheet.w)
    return bytes(sheet.output())


def png(printed: bytes) -> bytes:
    """The first page of a printed PDF as a picture."""
    into = BytesIO()
    with closing(pypdfium2.PdfDocument(printed)) as document:
        _picture(document[0]).save(into, "PNG")
    return into.getvalue()


def _picture(page: pypdfium2.PdfPage) -> Image.Image:
    picture: Image.Image = page.render(scale=DPI / 72, grayscale=True).to_pil()
    return picture
