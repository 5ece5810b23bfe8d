"""How much the streams of a PDF unpack to, found without trusting its structure."""

import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from . import limits
from .faults import Broken, Fault

_STREAM = re.compile(rb">>\s{0,20}stream\r?\n")
_HEAD = 2048
"""Bytes before a stream in which its dictionary is looked for; those of pictures and texts have a hundred."""
_CHUNK = 64 * 1024
_NUMBERED = re.compile(rb"#([0-9A-Fa-f]{2})")
_WIDTH = re.compile(rb"/Width\s+(\d{1,9})")
_HEIGHT = re.compile(rb"/Height\s+(\d{1,9})")
_PICTURE_PIXELS = limits.PIXELS * 10
"""A plan on A0 in black and white has half a billion; it is drawn small and line by line."""


def check_streams(file: BinaryIO) -> None:
    """Raises Broken (bomb, picture_too_large) where a stream, or all together, unpack to far too much.

    Every place that looks like the beginning of a stream is tried, whether the PDF mentions it or not. Pictures are
    left packed: what they will need stands in their dictionary. What hides from this (an encrypted stream, a rare
    filter) meets the child's limits when it is opened.
    """
    file.seek(0)
    data = memoryview(file.read())
    left = limits.STREAMS_BYTES
    for found in _STREAM.finditer(data):
        head = _dictionary(bytes(data[max(0, found.start() - _HEAD) : found.start()]))
        if re.search(rb"/Subtype\s*/Image\b", head):
            _check_picture(head)
        elif b"Flate" in head or b"/Fl" in head:
            left -= _unpacked(data, found.end(), max(1, head.count(b"/Fl")))
            if left < 0:
                raise Broken(Fault.BOMB, "streams")


def _dictionary(before: bytes) -> bytes:
    """What stands between the beginning of the object and its stream, with signs that were written as numbers."""
    return _NUMBERED.sub(lambda sign: bytes.fromhex(sign[1].decode()), before[before.rfind(b" obj") + 1 :])


def _check_picture(head: bytes) -> None:
    wide, high = _WIDTH.search(head), _HEIGHT.search(head)
    if wide and high and int(wide[1]) * int(high[1]) > _PICTURE_PIXELS:
        raise Broken(Fault.PICTURE_TOO_LARGE, f"{int(wide[1])} × {int(high[1])}")


def _unpacked(data: memoryview, begin: int, layers: int) -> int:
    """How many bytes the stream makes, layer for layer; a broken one makes what it made until there."""
    made, stages = 0, [zlib.decompressobj() for _ in range(min(layers, 4))]
    for at in range(begin, len(data), _CHUNK):
        try:
            for piece in _through(stages, bytes(data[at : at + _CHUNK])):
                made += piece
                if made > limits.STREAM_BYTES:
                    raise Broken(Fault.BOMB, "stream")
        except zlib.error:
            break
        if stages[0].eof:
            break
    return made


def _through(stages: list["zlib._Decompress"], packed: bytes) -> Iterator[int]:
    """Lengths of what comes out of the stages, piece for piece, so that nothing large is ever held."""
    first, rest = stages[0], stages[1:]
    while packed:
        piece = first.decompress(packed, _CHUNK)
        packed = first.unconsumed_tail
        yield len(piece)
        if rest and piece:
            yield from _through(rest, piece)
        if not piece or first.eof:
            break
