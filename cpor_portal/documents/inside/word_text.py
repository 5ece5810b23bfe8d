"""The text of a DOCX, page for page: its body with what stands before it in headers, after it in notes and footers."""

import zipfile

from . import limits
from .text import clean
from .word_parts import main_part, parts_beside
from .word_walk import Walk


class WordText:
    """Reads the parts in the order in which a person meets them. Raises Broken."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        main = main_part(archive)
        pages = _pages(archive, main)[: limits.PAGES]
        pages[0] = "\n".join([*_plain(archive, main, "header"), pages[0]])
        pages[-1] = "\n".join([pages[-1], *_plain(archive, main, "footnotes", "endnotes", "footer")])
        self.pages = [clean(page) for page in pages]


def _pages(archive: zipfile.ZipFile, name: str) -> list[str]:
    walk = Walk()
    walk.read(archive, name)
    return walk.pages


def _plain(archive: zipfile.ZipFile, main: str, *kinds: str) -> list[str]:
    """The text of the parts of these kinds; pages mean nothing in them."""
    names = [name for kind in kinds for name in parts_beside(archive, main, kind)]
    texts = ["\n".join(_pages(archive, name)) for name in names]
    return [text for text in texts if text.strip()]
