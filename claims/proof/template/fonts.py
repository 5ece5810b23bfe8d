"""The letter's fonts: Noto Sans, and FiraGO for scripts that Noto Sans lacks. Decoded once per process.

The writer of PDF reads fonts from files, the fonts come inside a package: they are put into a folder of their own
that goes when the process ends.
"""

import io
import unicodedata
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

REGULAR, BOLD, OTHER = "NotoSans_Regular", "NotoSans_Bold", "FiraGO_Regular"
# What stands for a letter that no font of ours can draw.
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


@cache
def _folder() -> "TemporaryDirectory[str]":
    return TemporaryDirectory(prefix="cpor-fonts-")


@cache
def font_file(name: str) -> Path:
    """The font (REGULAR, BOLD or OTHER) as a file of this process."""
    font = TTFont(io.BytesIO(font_bytes(name)), recalcTimestamp=False)
    if "TTFA" in font:  # the hinter's own notes: nobody can subset them
        del font["TTFA"]
    path = Path(_folder().name) / f"{name}.ttf"
    font.save(path)
    return path


def font_bytes(name: str) -> bytes:
    """The font as it comes in its package."""
    return bytes(import_module(f"pymupdf_fonts.{name}").fontbuffer)


@cache
def letters_of(name: str) -> frozenset[int]:
    """The code points that the font can draw."""
    return frozenset(TTFont(io.BytesIO(font_bytes(name)), lazy=True).getBestCmap())


def printable(text: str) -> str:
    """`text` as it can be drawn: composed, without invisible characters, REPLACEMENT for what no font has."""
    kept = (char for char in unicodedata.normalize("NFC", text) if unicodedata.category(char) not in {"Cc", "Cf", "Cs"})
    return "".join(char if _is_drawn(char) else REPLACEMENT for char in kept)


def needs_other_font(text: str) -> bool:
    """Whether `text`, once printable, holds letters that Noto Sans lacks."""
    return any(ord(char) not in letters_of(REGULAR) for char in text)


def _is_drawn(char: str) -> bool:
    """Scripts that run from right to left would come out reversed: an honest gap is better than a wrong name."""
    if ord(char) in letters_of(REGULAR):
        return unicodedata.bidirectional(char) not in {"R", "AL"}
    return unicodedata.bidirectional(char) == "L" and ord(char) in letters_of(OTHER)
