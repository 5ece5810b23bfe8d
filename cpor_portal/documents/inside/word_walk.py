"""One walk through WordprocessingML: python-docx passes over content controls and text boxes, this does not."""

import zipfile
from dataclasses import dataclass, field

from . import limits
from .faults import Broken, Fault
from .word_parts import attribute, parse

_SIGNS = {"tab": "\t", "ptab": "\t", "cr": "\n", "noBreakHyphen": "-"}
_NOT_SHOWN = {"Fallback", "moveFrom", "del", "instrText", "delText"}
"""What Word does not show, or would show a second time."""
_NO = {"0", "false", "off"}
_SAME_PAGE = {"continuous", "nextColumn"}
_OPENS = {"p": "paragraph", "tr": "row", "tc": "cell", "txbxContent": "box"}
_DEEPEST = 200
"""Paragraphs, rows, cells and boxes inside each other; three tables deep makes ten."""


@dataclass
class _Open:
    """A paragraph, row, cell or box that is being read, or the page at the bottom. Boxes come after their paragraph."""

    kind: str
    pieces: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)


class Walk:
    """Reads one part. What is open is a stack, as tables and boxes stand inside each other at will.

    Pages end at explicit breaks and where Word noted that it broke the page when it last showed the document. It
    notes that after an explicit break, too: a noted break counts only if there was text since the one before. A break
    inside a row comes before the row, so that the row stays whole.
    """

    def __init__(self) -> None:
        self._pages: list[str] = []
        self._stack = [_Open("page")]
        self._room = 2 * limits.CHARACTERS
        self._skipped = 0
        self._is_text = self._is_hidden = self._in_properties = self._is_placeholder = False
        self._ends_section = self._breaks_row = self._has_text = False

    def read(self, archive: zipfile.ZipFile, name: str) -> None:
        """Walk through the part. Raises Broken."""
        parse(archive, name, self._start, end=self._end, text=self._text)

    @property
    def pages(self) -> list[str]:
        """What was read, page for page; at least one."""
        return [*self._pages, "\n".join(self._stack[0].pieces)]

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if self._skipped or tag in _NOT_SHOWN or (tag == "sdtContent" and self._is_placeholder):
            self._skipped += 1
        elif tag in _OPENS:
            self._open(_OPENS[tag])
        elif self._in_properties:
            self._note_property(tag, attributes)
        else:
            self._note(tag, attributes)

    def _open(self, kind: str) -> None:
        if len(self._stack) > _DEEPEST:
            raise Broken(Fault.BOMB, "nesting")
        self._stack.append(_Open(kind))

    def _note_property(self, tag: str, attributes: dict[str, str]) -> None:
        """What a paragraph says about itself."""
        value = attribute(attributes, "val")
        if tag == "pageBreakBefore" and value not in _NO and (self._pages or self._has_text):
            self._break_page()
        elif tag == "sectPr":
            self._ends_section = True
        elif tag == "type" and value in _SAME_PAGE:
            self._ends_section = False

    def _note(self, tag: str, attributes: dict[str, str]) -> None:
        match tag:
            case "t":
                self._is_text = True
            case "pPr":
                self._in_properties = True
            case "r":
                self._is_hidden = False
            case "vanish":
                self._is_hidden = attribute(attributes, "val") not in _NO
            case "sdt":
                self._is_placeholder = False
            case "showingPlcHdr":
                self._is_placeholder = attribute(attributes, "val") not in _NO
            case "br" | "lastRenderedPageBreak" if tag != "br" or attribute(attributes, "type") == "page":
                self._break_page(is_noted=tag != "br")
            case _:
                self._write(_SIGNS.get(tag, "\n" if tag == "br" else ""))

    def _end(self, tag: str) -> None:
        if self._skipped:
            self._skipped -= 1
        elif tag in _OPENS:
            self._close(self._stack.pop())
        elif tag == "t":
            self._is_text = False
        elif tag == "pPr":
            self._in_properties = False
        self._is_placeholder = self._is_placeholder and tag != "sdtContent"

    def _close(self, closed: _Open) -> None:
        below = self._stack[-1]
        match closed.kind:
            case "paragraph":
                below.pieces += ["".join(closed.pieces), *closed.after]
                self._end_section()
            case "cell":
                below.pieces.append(" ".join("\n".join(closed.pieces).split()))
            case "row":
                self._close_row(below, "\t".join(closed.pieces))
            case _:
                below.after += closed.pieces

    def _close_row(self, below: _Open, text: str) -> None:
        if self._breaks_row and below.kind == "page":
            self._breaks_row = False
            if any(piece.strip() for piece in below.pieces):
                self._finish_page()
        below.pieces.append(text)

    def _end_section(self) -> None:
        if self._ends_section:
            self._ends_section = False
            self._break_page()

    def _text(self, text: str) -> None:
        if self._is_text and not self._skipped and not self._is_hidden:
            self._has_text = self._has_text or not text.isspace()
            self._write(text)

    def _write(self, text: str) -> None:
        """Add to what is open; what no page could show is left out."""
        if text and self._room > 0 and len(self._pages) < limits.PAGES:
            self._room -= len(text)
            self._stack[-1].pieces.append(text)

    def _break_page(self, *, is_noted: bool = False) -> None:
        if any(opened.kind == "row" for opened in self._stack):
            self._breaks_row = True
        elif all(opened.kind in {"page", "paragraph"} for opened in self._stack) and (self._has_text or not is_noted):
            self._finish_page()

    def _finish_page(self) -> None:
        """The page ends here; the paragraph that is open goes on, on the next one."""
        pieces = list(self._stack[0].pieces)
        for opened in self._stack[1:]:
            if opened.kind == "paragraph":
                pieces.append("".join(opened.pieces))
                opened.pieces = []
        self._stack[0].pieces = []
        if len(self._pages) < limits.PAGES:
            self._pages.append("\n".join(pieces))
        self._room, self._has_text = 2 * limits.CHARACTERS, False
