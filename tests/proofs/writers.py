"""Papers written as the files that partners upload: PDF and DOCX, all in memory."""

import atexit
from functools import cache
from io import BytesIO
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import pymupdf_fonts  # type: ignore[import-untyped]
from docx import Document
from docx.document import Document as Word
from docx.enum.text import WD_ALIGN_PARAGRAPH
from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from tests.proofs.papers import Block, Paper

FONT = "Paper"
LINE = 5.2  # millimetres


def pdf(paper: Paper) -> bytes:
    """The paper as a PDF with a text layer, as a word processor prints it."""
    sheet = _Sheet(paper)
    for blocks in paper.pages:
        sheet.add_page()
        for block in blocks:
            sheet.put(block)
    return bytes(sheet.output())


def docx(paper: Paper) -> bytes:
    """The paper as a Word document, tables as tables."""
    document = Document()
    section = document.sections[0]
    section.header.paragraphs[0].text = paper.header
    section.footer.paragraphs[0].text = paper.footer
    for number, blocks in enumerate(paper.pages):
        if number:
            document.add_page_break()  # type: ignore[no-untyped-call]
        for block in blocks:
            _put(document, block)
    into = BytesIO()
    document.save(into)
    return into.getvalue()


@cache
def font_file() -> str:
    """A font with Hungarian letters, typographic signs and ligatures, unpacked once in a run.

    Cut down to them: the whole of it takes longer to read than a paper to write.
    """
    font = TTFont(BytesIO(pymupdf_fonts.myfont("notos")), recalcTimestamp=False)
    del font["TTFA"]  # the hinter's own notes, which cannot be cut
    cutter = Subsetter(Options(layout_features=[], hinting=False, notdef_outline=True))
    cutter.populate(unicodes=(*range(0x20, 0x180), *range(0x2000, 0x2100), 0x20AC, 0x2610, 0x2612, 0xFB01, 0xFB02))
    cutter.subset(font)
    folder = mkdtemp(prefix="cpor-papers-")
    atexit.register(rmtree, folder, ignore_errors=True)
    path = Path(folder) / "paper.ttf"
    font.save(path)
    return str(path)


class _Sheet(FPDF):
    """A4 paper with the running header and footer of one paper."""

    def __init__(self, paper: Paper) -> None:
        super().__init__()
        self.paper, self.count = paper, len(paper.pages)
        self.add_font(FONT, fname=font_file())
        self.set_auto_page_break(True, margin=18)

    def header(self) -> None:
        self._running(self.paper.header, 8)

    def footer(self) -> None:
        self._running(self.paper.footer, -14)

    def put(self, block: Block) -> None:
        """One block, and a little room below it."""
        self.set_font(FONT, size=13 if block.kind == "heading" else 9.5)
        if block.kind == "table":
            self._table(block)
        else:
            for line in block.lines:
                self._line(line, "R" if block.kind == "right" else "L")
        self.ln(2.5)

    def _line(self, line: str, align: str) -> None:
        self.multi_cell(0, LINE, line, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _table(self, block: Block) -> None:
        with self.table(first_row_as_headings=False, line_height=LINE) as table:
            for cells in block.rows:
                row = table.row()
                for cell in cells:
                    row.cell(cell)

    def _running(self, words: str, y: int) -> None:
        self.set_font(FONT, size=7.5)
        self.set_y(y)
        self._line(words.replace("{page}", str(self.page_no())).replace("{pages}", str(self.count)), "L")
        self.ln(3)


def _put(document: Word, block: Block) -> None:
    if block.kind == "table":
        table = document.add_table(0, max(map(len, block.rows)))
        for cells in block.rows:
            for cell, words in zip(table.add_row().cells, cells, strict=False):
                cell.text = words
    elif block.kind == "heading":
        document.add_heading("\n".join(block.lines), level=1)
    else:
        paragraph = document.add_paragraph("\n".join(block.lines))
        if block.kind == "right":
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
