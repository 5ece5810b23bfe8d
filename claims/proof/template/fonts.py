"""The letter's fonts: Noto Sans, and FiraGO for scripts that Noto Sans lacks. Decoded once per process.

The writer of PDF reads fonts from files, the fonts come inside a package: they are put into a folder of their own
that goes when the process ends.
"""

import atexit
import io
import unicodedata
from functools import cache
from importlib import import_module
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from threading import Lock

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

REGULAR, BOLD, OTHER = "NotoSans_Regular", "NotoSans_Bold", "FiraGO_Regular"
# What stands for a letter that no font of ours can draw.
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


_files: dict[str, Path] = {}
_one_at_a_time = Lock()


def font_file(name: str) -> Path:
    """The font (REGULAR, BOLD or OTHER) as a file; decoded anew where a cleaner of temporary files took it away."""
    with _one_at_a_time:
        if name not in _files or not _files[name].exists():
            _files[name] = _decoded(name)
        return _files[name]


def _decoded(name: str) -> Path:
    folder = mkdtemp(prefix="cpor-font-")
    atexit.register(rmtree, folder, ignore_errors=True)
    font = TTFont(io.BytesIO(font_bytes(name)), recalcTimestamp=False)
    if "TTFA" in font:  # the hinter's own notes: nobody can subset them
        del font["TTFA"]
    path = Path(folder) / f"{name}.ttf"
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
