"""Word documents that somebody made to do harm, or that are none."""

import io
import struct
import zipfile
from collections.abc import Callable

from tests.support.papers import RELATIONSHIPS, TYPES, WORDS, small_docx, zipped

MIB = 1024 * 1024
CONTAINER = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4088)
MAIN = b"wordprocessingml.document.main+xml"


def _with(name: str, content: bytes) -> bytes:
    return small_docx(**{name: content})


def _typed(kind: bytes) -> bytes:
    return _with(
        "[Content_Types].xml", TYPES.replace(b"</Types>", b'<Override PartName="/x" ContentType="%s"/></Types>' % kind)
    )


def _large(name: str, size: int, begin: bytes = b"") -> bytes:
    """A document with a part of that size, which is never whole while it is made."""
    out = io.BytesIO(small_docx())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive, archive.open(name, "w") as part:
        part.write(begin)
        for _ in range(size // MIB):
            part.write(b" " * MIB)
    return out.getvalue()


def _large_body() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", RELATIONSHIPS)
        with archive.open("word/document.xml", "w") as part:
            part.write(b'<w:document xmlns:w="%s">' % WORDS)
            for _ in range(60):
                part.write(b"<w:p/>" * (MIB // 6))
    return out.getvalue()


def _nested(depth: int) -> bytes:
    inner = zipped({"a.txt": b"a" * 100})
    for level in range(depth):
        inner = zipped({f"{level}.zip": inner})
    return _with("word/embeddings/a.zip", inner)


def _overlapping() -> bytes:
    """Many entries of the directory that all lead to the same packed megabyte."""
    whole = _large("word/media/a.bin", 8 * MIB)
    end = whole.rindex(b"PK\x05\x06")
    count, size, offset = struct.unpack("<HII", whole[end + 10 : end + 20])
    directory = whole[offset : offset + size]
    last = directory[directory.rindex(b"PK\x01\x02") :]
    copies = b"".join(last.replace(b"a.bin", b"%05d" % number) for number in range(300))
    length = len(directory) + len(copies)
    tail = struct.pack("<HHIIH", count + 300, count + 300, length, offset, 0)
    return whole[:offset] + directory + copies + whole[end : end + 8] + tail


def _lying() -> bytes:
    """The directory says that the body has ten bytes."""
    whole = _large_body()
    size = 60 * (MIB // 6) * 6 + len(b'<w:document xmlns:w="%s">' % WORDS)
    return whole.replace(struct.pack("<I", size), struct.pack("<I", 10))


def _locked_archive() -> bytes:
    """The bit that says that a password is needed, set for each file."""
    whole = bytearray(small_docx())
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = whole.find(sign)
        while place >= 0:
            whole[place + at] |= 1
            place = whole.find(sign, place + 4)
    return bytes(whole)


def _body(xml: bytes, before: bytes = b"") -> bytes:
    return _with(
        "word/document.xml", before + b'<w:document xmlns:w="%s"><w:body>%s</w:body></w:document>' % (WORDS, xml)
    )


def _entities() -> bytes:
    laughs = b"".join(b'<!ENTITY a%d "%s">' % (n + 1, b"&a%d;" % n * 10) for n in range(9))
    return _body(b"<w:p><w:r><w:t>&a9;</w:t></w:r></w:p>", b'<!DOCTYPE x [<!ENTITY a0 "ha">%s]>' % laughs)


def _outside(kind: bytes, target: bytes) -> bytes:
    relation = b'<Relationship Id="r9" TargetMode="External" Type="http://x/%s" Target="%s"/>' % (kind, target)
    sheet = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>'
    return _with("word/_rels/document.xml.rels", sheet % relation)


def _damaged() -> bytes:
    """A few bytes of the packed body are others."""
    whole = small_docx()
    at = whole.index(b"word/document.xml") + 60
    return whole[:at] + b"\xff\x00\xff" + whole[at + 3 :]


def _typed_alone(kind: bytes) -> bytes:
    return zipped({"[Content_Types].xml": b'<Types><Override ContentType="%s"/></Types>' % kind})


DOCUMENTS: dict[str, Callable[[], bytes]] = {
    "far too much": lambda: _large("word/media/a.bmp", 300 * MIB),
    "tight and large": lambda: _large("word/media/a.bmp", 40 * MIB),
    "endless body": _large_body,
    "many parts": lambda: zipped({"[Content_Types].xml": TYPES, **{f"{n}": b"" for n in range(30_000)}}),
    "archives in archives": lambda: _nested(5),
    "bomb as embedded document": lambda: _with("word/embeddings/a.docx", _large("a.bin", 300 * MIB)),
    "overlapping parts": _overlapping,
    "body larger than said": _lying,
    "macros": lambda: _with("word/vbaProject.bin", b"\xd0\xcf\x11\xe0"),
    "macros elsewhere": lambda: _with("custom/VBAPROJECT.BIN", b"\xd0\xcf\x11\xe0"),
    "macros by their type": lambda: _typed(b"application/vnd.ms-office.vbaProject"),
    "docm by another name": lambda: _with(
        "[Content_Types].xml",
        TYPES.replace(b"openxmlformats-officedocument." + MAIN, b"ms-word.document.macroEnabled.main+xml"),
    ),
    "workbook with macros inside": lambda: _with("word/embeddings/a.xlsm", zipped({"xl/vbaProject.bin": b"x"})),
    "password": lambda: CONTAINER + "EncryptedPackage".encode("utf-16-le") + bytes(4096),
    "document of 1999": lambda: CONTAINER + "WordDocument".encode("utf-16-le") + bytes(4096),
    "locked archive": _locked_archive,
    "entities by the billion": _entities,
    "entity from outside": lambda: _body(b"&x;", b'<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
    "document type alone": lambda: _body(b"<w:p/>", b"<!DOCTYPE x>"),
    "template from the net": lambda: _outside(b"attachedTemplate", b"http://127.0.0.1:9/a.dotm"),
    "picture from the net": lambda: _outside(b"image", b"http://127.0.0.1:9/a.png"),
    "header from the net": lambda: _outside(b"header", b"file:///etc/passwd"),
    "cut off": lambda: small_docx()[:-200],
    "no body": lambda: zipped({"[Content_Types].xml": TYPES, "_rels/.rels": RELATIONSHIPS}),
    "unclosed body": lambda: _with("word/document.xml", b'<w:document xmlns:w="%s"><w:body>' % WORDS),
    "damaged body": _damaged,
    "deep tables": lambda: _body(b"<w:tbl><w:tr><w:tc>" * 50_000),
    "paths as names": lambda: _with("../../../etc/cron.d/job", b"* * * * * root true"),
    "workbook": lambda: _typed_alone(b"spreadsheetml.sheet.main+xml"),
    "archive": lambda: zipped({"a.txt": b"words"}),
    "archive's first bytes": lambda: b"PK\x03\x04" + bytes(500),
    "zero byte in the text": lambda: _body(b"<w:p><w:r><w:t>Pro\0of</w:t></w:r></w:p>"),
    "half a character": lambda: _body(b"<w:p><w:r><w:t>&#xd800;</w:t></w:r></w:p>"),
}
