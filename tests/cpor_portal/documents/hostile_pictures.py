"""Pictures that somebody made to do harm, and files that call themselves pictures."""

import io
import struct
import zlib
from collections.abc import Callable
from functools import partial

from PIL import Image

from tests.cpor_portal.documents.hostile_pdf import MIB, packed
from tests.support.papers import small_pdf, small_picture, zipped

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG with its sum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *chunks: bytes, data: bytes | None = None, colour: int = 2) -> bytes:
    """A PNG of this size, written by hand; `colour` 2 is RGB, 6 with transparency. It is black."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0))
    rows = zlib.compressobj(9)
    row = bytes(1 + width * (4 if colour == 6 else 3))
    body = data if data is not None else b"".join(rows.compress(row) for _ in range(height)) + rows.flush()
    return SIGNATURE + head + b"".join(chunks) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def _jpeg_of(width: int, height: int) -> bytes:
    """A small JPEG that says that it is large."""
    whole = small_picture("JPEG")
    frame = whole.index(b"\xff\xc0")
    return whole[: frame + 5] + struct.pack(">HH", height, width) + whole[frame + 9 :]


def _animated() -> bytes:
    out, frames = io.BytesIO(), [Image.new("RGB", (40, 40), colour) for colour in ("red", "green", "blue")]
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    return out.getvalue()


def _of_many_scans() -> bytes:
    """Progressive: the same refinement of a large picture, over and over again."""
    out = io.BytesIO()
    Image.new("RGB", (6000, 6000), "white").save(out, "JPEG", progressive=True)
    whole = out.getvalue()
    last = whole.rindex(b"\xff\xda")
    return whole[:-2] + whole[last:-2] * 400 + whole[-2:]


def _with_exif(exif: bytes) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 40)).save(out, "JPEG", exif=b"Exif\x00\x00" + exif)
    return out.getvalue()


WHITE, PHOTO = small_picture("PNG"), small_picture("JPEG")
PROFILE = chunk(b"iCCP", b"a\x00\x00" + packed(64 * MIB))
NOTE = chunk(b"zTXt", b"a\x00\x00" + packed(64 * MIB))

PICTURES: dict[str, Callable[[], bytes]] = {
    "web page": lambda: b"<!DOCTYPE html><html><script>alert(1)</script></html>",
    "web page without a head": lambda: b"  <script>alert(1)</script>",
    "drawing with a script": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "GIF": lambda: small_picture("GIF"),
    "program": lambda: b"\x7fELF\x02\x01\x01" + bytes(500),
    "plain text": lambda: "Szerződés a teljesítésről".encode(),
    "nothing": lambda: b"",
    "too many bytes": lambda: WHITE + bytes(20 * MIB),
    "web page behind it": lambda: WHITE + b"<html><script>alert(1)</script></html>",
    "web page in a note": lambda: png(9, 9, chunk(b"tEXt", b"a\x00<script>alert(1)</script>")),
    "archive behind it": lambda: PHOTO + zipped({"run.js": b"alert(1)"}),
    "PDF behind it": lambda: PHOTO + small_pdf(),
    "2,500 million pixels": lambda: png(50_000, 50_000, data=packed(64 * MIB)),
    "very wide": lambda: png(2_000_000_000, 1, data=b"x"),
    "a JPEG's most": partial(_jpeg_of, 65_500, 65_500),
    "JPEG larger than its data": partial(_jpeg_of, 7000, 7000),
    "half a PNG": lambda: WHITE[:50],
    "head of a PNG": lambda: SIGNATURE,
    "half a JPEG": lambda: small_picture("JPEG", (600, 400))[:1500],
    "no pixels": lambda: png(0, 0),
    "wrong sums": lambda: WHITE[:40] + b"\xff" + WHITE[41:],
    "noise as data": lambda: png(100, 100, data=bytes(range(256))),
    "data that unpack to far more": lambda: png(100, 100, data=packed(1024 * MIB)),
    "bomb as profile": lambda: png(9, 9, PROFILE),
    "bomb as note": lambda: png(9, 9, NOTE),
    "animation": _animated,
    "PNG around a JPEG": lambda: SIGNATURE + PHOTO,
    "nonsense about the camera": lambda: _with_exif(b"MM\x00*\xff\xff\xff\xff" + bytes(40)),
    "as large as may be": lambda: png(7000, 7000, colour=6),
    "JPEG of many scans": _of_many_scans,
}
