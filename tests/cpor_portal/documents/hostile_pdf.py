"""PDFs that somebody made to do harm, or that went wrong on their way."""

import hashlib
import io
import zlib
from collections.abc import Callable, Iterable
from functools import partial

from fpdf import FPDF
from pypdf import PdfReader, PdfWriter

from tests.support.papers import put_together, small_pdf, zipped

NAMES = {
    "path": "../../../etc/passwd",
    "Windows path": "C:\\Windows\\System32\\drivers.pdf",
    "backwards": "proof\u202efdp.exe",
    "hidden signs": "pro\u200bof\ufeff.pdf",
    "300 letters": "x" * 300 + ".pdf",
    "only dots": ".....",
    "nothing but blanks": "   ",
    "reserved signs": 'a<b>:"c|d?*.pdf',
    "device": "CON.pdf",
    "zero byte": "proof.pdf\0.exe",
    "lines": "proof\r\nSet-Cookie: a=b.pdf",
    "blanks behind": "proof.pdf   ",
    "two endings": "proof.pdf.exe",
    "markup": "<img src=x onerror=alert(1)>.pdf",
}
"""What a browser, or something that is none, can call a PDF."""

MIB = 1024 * 1024
CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"
ONE_PAGE = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
WORDS = b"BT /F 12 Tf 72 720 Td (Proof of execution) Tj ET"


def packed(size: int) -> bytes:
    """So many blanks, deflated: one packed megabyte over and over again. Its sum is missing, nobody gets that far."""
    work = zlib.compressobj(9)
    head, block = (work.compress(b" " * MIB) + work.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return head + block * (size // MIB - 1)


def stream(data: bytes, dictionary: bytes = b"") -> bytes:
    """A stream object."""
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(data), dictionary, data)


def page_with(contents: bytes, *more: bytes, page: bytes = PAGE, catalogue: bytes = CATALOGUE) -> bytes:
    """A PDF of one page; `contents` is object 4, `more` begin at 6."""
    return put_together(catalogue, ONE_PAGE, page, contents, FONT, *more)


def _locked(user: str, owner: str, algorithm: str) -> bytes:
    writer, out = PdfWriter(clone_from=PdfReader(io.BytesIO(small_pdf()))), io.BytesIO()
    writer.encrypt(user, owner, algorithm=algorithm)
    writer.write(out)
    return out.getvalue()


def _pages(count: int) -> bytes:
    pdf = FPDF()
    pdf.set_font("Helvetica")
    for number in range(count):
        pdf.add_page()
        pdf.cell(text=f"Page {number + 1}")
    return bytes(pdf.output())


def _nested_forms(depth: int, times: int) -> bytes:
    """Each form draws the next one many times: two kilobytes that make billions of drawings."""
    head = b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]"
    forms = []
    for level in range(depth):
        resources = b"/Resources<</XObject<</X %d 0 R>>>>" % (7 + level)
        forms.append(stream(b"/X Do\n" * times, head + resources))
    forms.append(stream(b"0 0 9 9 re f", head))
    page = PAGE.replace(b"/Resources<<", b"/Resources<</XObject<</X 6 0 R>>")
    return page_with(stream(WORDS + b"\n/X Do"), *forms, page=page)


def _form_of_itself() -> bytes:
    form = stream(b"/X Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 6 0 R>>>>")
    page = PAGE.replace(b"/Resources<<", b"/Resources<</XObject<</X 6 0 R>>")
    return page_with(stream(WORDS + b"\n/X Do"), form, page=page)


def _action(action: bytes) -> bytes:
    return page_with(stream(WORDS), catalogue=CATALOGUE.replace(b">>", b"/OpenAction%s>>" % action))


def _picture(width: int, height: int) -> bytes:
    size = b"/Width %d/Height %d" % (width, height)
    picture = stream(b"x", b"/Type/XObject/Subtype/Image%s/ColorSpace/DeviceRGB/BitsPerComponent 8" % size)
    page = PAGE.replace(b"/Resources<<", b"/Resources<</XObject<</X 6 0 R>>")
    return page_with(stream(b"/X Do"), picture, page=page)


def _cmap(ranges: bytes) -> bytes:
    """A font whose characters stand for what `ranges` say."""
    table = b"begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange %s endcmap" % ranges
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>"
    return put_together(CATALOGUE, ONE_PAGE, PAGE, stream(WORDS), font, stream(table))


def _field(field: bytes) -> bytes:
    page = PAGE.replace(b"/Contents", b"/Annots[6 0 R]/Contents")
    catalogue = CATALOGUE.replace(b">>", b"/AcroForm<</Fields[6 0 R]>>>>")
    return page_with(stream(WORDS), field, page=page, catalogue=catalogue)


def _embedded_program() -> bytes:
    tree = b"/Names<</EmbeddedFiles<</Names[(run.exe) 6 0 R]>>>>"
    listed = b"<</Type/Filespec/F(run.exe)/EF<</F 7 0 R>>>>"
    return page_with(stream(WORDS), listed, stream(b"MZ" + bytes(99)), catalogue=CATALOGUE.replace(b">>", tree + b">>"))


def _many(streams: Iterable[bytes]) -> bytes:
    return page_with(stream(WORDS), *streams)


PDFS: dict[str, Callable[[], bytes]] = {
    "user password": partial(_locked, "secret", "owner", "AES-256"),
    "old user password": partial(_locked, "secret", "owner", "RC4-128"),
    "owner password": partial(_locked, "", "owner", "AES-256"),
    "old owner password": partial(_locked, "", "owner", "RC4-128"),
    "head alone": lambda: b"%PDF-1.7\n",
    "noise": lambda: b"%PDF-1.7\n" + hashlib.shake_256(b"noise").digest(50_000),
    "first half": lambda: _pages(20)[:9000],
    "first tenth of a page": lambda: small_pdf()[:120],
    "no pages": lambda: put_together(CATALOGUE, b"<</Type/Pages/Kids[]/Count 0>>"),
    "a page too many": partial(_pages, 301),
    "two billion pages": lambda: put_together(CATALOGUE, ONE_PAGE.replace(b"Count 1", b"Count 2000000000"), PAGE),
    "pages in a circle": lambda: put_together(CATALOGUE, b"<</Type/Pages/Kids[2 0 R]/Count 1>>"),
    "a missing page": lambda: put_together(CATALOGUE, ONE_PAGE),
    "flate bomb": lambda: page_with(stream(packed(1024 * MIB), b"/Filter/FlateDecode")),
    "bomb in a bomb": lambda: page_with(
        stream(zlib.compress(packed(1024 * MIB)), b"/Filter[/FlateDecode/FlateDecode]")
    ),
    "many small bombs": lambda: _many([stream(packed(40 * MIB), b"/Filter/FlateDecode")] * 30),
    "bomb as object stream": lambda: _many([stream(packed(512 * MIB), b"/Type/ObjStm/N 9/First 9/Filter/FlateDecode")]),
    "bomb under a disguised name": lambda: page_with(stream(packed(1024 * MIB), b"/Filter/#46#6cateDecode")),
    "run length bomb": lambda: page_with(stream(b"\x81 " * 2 * MIB, b"/Filter/RunLengthDecode")),
    "JavaScript": lambda: _action(b"<</S/JavaScript/JS(app.alert\\(1\\); while\\(true\\){})>>"),
    "launch": lambda: _action(b"<</S/Launch/F(/bin/sh)/Win<</F(cmd.exe)>>>>"),
    "link on opening": lambda: _action(b"<</S/URI/URI(http://127.0.0.1:9/)>>"),
    "embedded program": _embedded_program,
    "table in a circle": lambda: small_pdf().replace(b"/Root", b"/Prev %d/Root" % small_pdf().rindex(b"xref\n0")),
    "table far away": lambda: small_pdf().replace(b"/Size 6", b"/Size 2147483647"),
    "form that draws itself": _form_of_itself,
    "forms by the billion": partial(_nested_forms, 10, 10),
    "deep arrays": lambda: page_with(stream(b"[" * 500_000)),
    "deep dictionary": lambda: _field(b"<</A" * 200_000),
    "two million signs": lambda: page_with(stream(b"q\n" * 2_000_000)),
    "endless page": lambda: page_with(stream(WORDS), page=PAGE.replace(b"595 842", b"1 99999999")),
    "page of no size": lambda: page_with(stream(WORDS), page=PAGE.replace(b"595 842", b"0 0")),
    "huge picture": partial(_picture, 100_000, 100_000),
    "letters by the billion": lambda: _cmap(b"1 beginbfrange <00000000> <FFFFFFFF> <0000> endbfrange"),
    "no letters but halves": lambda: _cmap(b"2 beginbfchar <50> <D800> <72> <0000> endbfchar"),
    "field below itself": lambda: _field(b"<</Subtype/Widget/Rect[0 0 9 9]/T(Name)/Parent 6 0 R>>"),
    "web page before it": lambda: b"<html><script>alert(1)</script></html>" + small_pdf(),
    "blank lines before it": lambda: b"\n\r\n" + small_pdf(),
    "archive behind it": lambda: small_pdf() + zipped({"run.js": b"alert(1)"}),
}
