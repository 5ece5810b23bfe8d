"""The smallest documents that are what they say: for tests that need a file and do not care what is written in it."""

import io
import zipfile
from functools import cache

from PIL import Image

TYPES = b"""<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>
</Types>"""
RELATIONSHIPS = b"""<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Target="word/document.xml"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/>
</Relationships>"""
WORDS = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@cache
def small_pdf(marker: str = "Proof of execution") -> bytes:
    """A PDF of one page on which `marker` (ASCII) stands. Another marker makes another file."""
    shown = marker.encode("ascii").replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")
    content = b"BT /F 12 Tf 72 720 Td (%s) Tj ET" % shown
    return put_together(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )


def put_together(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1 on; the first is the catalogue. `trailer` adds to the trailer."""
    written, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(written))
        written += b"%d 0 obj%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    ending = b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n"
    return written + ending % (size, table, size, trailer, len(written))


def small_picture(kind: str = "PNG", size: tuple[int, int] = (60, 40), colour: str = "white") -> bytes:
    """A picture of one colour; `kind` as Pillow calls it."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


def small_docx(body: bytes = b"<w:p><w:r><w:t>Proof of execution</w:t></w:r></w:p>", **parts: bytes) -> bytes:
    """A Word document with this body (WordprocessingML). `parts` are more files of the archive, or other ones."""
    document = b'<w:document xmlns:w="%s"><w:body>%s</w:body></w:document>' % (WORDS, body)
    files = {"[Content_Types].xml": TYPES, "_rels/.rels": RELATIONSHIPS, "word/document.xml": document, **parts}
    return zipped(files)


def zipped(files: dict[str, bytes]) -> bytes:
    """An archive with these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()
