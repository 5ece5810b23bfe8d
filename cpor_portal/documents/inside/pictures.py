"""PNG and JPEG: whether they can be shown, and the picture that is shown instead of them."""

import io
import struct
import warnings
import zlib
from typing import BinaryIO

from PIL import ExifTags, Image, ImageFile, PngImagePlugin, UnidentifiedImageError

from . import limits
from .faults import Broken, Fault

Image.MAX_IMAGE_PIXELS = None  # the limit of our own stands in `_opened`, with a code of its own
PngImagePlugin.MAX_TEXT_CHUNK = PngImagePlugin.MAX_TEXT_MEMORY = limits.MIB
_KINDS = ("PNG", "JPEG", "MPO")
"""MPO: what telephones call JPEG when they add a second picture for depth."""


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""How a picture is set upright, by the orientation that the camera noted in it."""
_ON_ITS_SIDE = {_TURNS[5], _TURNS[6], _TURNS[7], _TURNS[8]}


def inspect(file: BinaryIO) -> tuple[dict[str, int], bytes]:
    """Whether the picture can be decoded to its end. Raises Broken."""
    _decoded(_opened(file), 64)
    return {"page_count": 1}, b""


def extract(_file: BinaryIO) -> tuple[dict[str, object], bytes]:
    """A picture has one page without text."""
    return {"pages": [""], "has_signature_field": False}, b""


def draw(file: BinaryIO, page: int, width: int) -> tuple[None, bytes]:
    """The picture as PNG, upright, at most `width` pixels wide: nothing but its pixels is left of it."""
    if page != 1:
        raise Broken(Fault.NO_SUCH_PAGE)
    return None, as_png(_decoded(_opened(file), width))


def as_png(picture: Image.Image) -> bytes:
    """The picture's pixels on white, without anything that came with them."""
    seen = picture.convert("RGBA") if picture.mode in {"P", "PA", "LA"} or "transparency" in picture.info else picture
    plain = Image.new("RGB", seen.size, "white")
    plain.paste(seen.convert("RGB"), mask=seen.getchannel("A") if "A" in seen.getbands() else None)
    out = io.BytesIO()
    plain.save(out, "PNG", compress_level=3)
    return out.getvalue()


def _opened(file: BinaryIO) -> ImageFile.ImageFile:
    """The picture's head. Raises Broken where it is no picture or too large."""
    try:
        with warnings.catch_warnings(action="ignore"):
            picture = Image.open(file, formats=("PNG", "JPEG"))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, zlib.error) as fault:
        raise _fault_of(fault) from fault
    if picture.format not in _KINDS:
        raise Broken(Fault.BROKEN, str(picture.format))
    if picture.width * picture.height > limits.PIXELS:
        raise Broken(Fault.PICTURE_TOO_LARGE, f"{picture.width} × {picture.height}")
    return picture


def _decoded(picture: ImageFile.ImageFile, width: int) -> Image.Image:
    """The picture, upright and small enough. Raises Broken where its data end too soon or make no sense."""
    try:
        turn = _TURNS.get(picture.getexif().get(ExifTags.Base.Orientation, 1))
        size = _fitting(picture, width, is_on_its_side=turn in _ON_ITS_SIDE)
        picture.draft("RGB", size)  # JPEG can be decoded small; for PNG this does nothing
        picture.load()
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, struct.error, zlib.error) as fault:
        raise _fault_of(fault) from fault
    small = _reduced(picture, size)
    return small if turn is None else small.transpose(turn)


def _fitting(picture: Image.Image, width: int, *, is_on_its_side: bool) -> tuple[int, int]:
    """The size to decode to, before the picture is turned."""
    wide, high = (picture.height, picture.width) if is_on_its_side else (picture.width, picture.height)
    factor = min(width / wide, limits.DRAWN_SIDE / high, 1)
    return max(1, round(picture.width * factor)), max(1, round(picture.height * factor))


def _reduced(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """In two steps where Pillow would make a second picture of the full size to begin with."""
    if picture.mode in {"P", "PA", "RGBA", "LA"}:
        rough = (min(picture.width, size[0] * 2), min(picture.height, size[1] * 2))
        return picture.resize(rough, Image.Resampling.NEAREST).convert("RGBA").resize(size)
    if picture.mode.startswith("I"):  # sixteen bits of grey
        deep = picture.resize(size, Image.Resampling.NEAREST).convert("I")
        return deep.point(lambda value: value * (1 / 256)).convert("L")
    return picture if picture.size == size else picture.resize(size, Image.Resampling.LANCZOS)


def _fault_of(fault: Exception) -> Broken:
    is_bomb = "too large" in str(fault).lower() or "decompressed data" in str(fault).lower()
    return Broken(Fault.BOMB if is_bomb else Fault.BROKEN, type(fault).__name__)
