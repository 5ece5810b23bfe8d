"""The letter as a Word file: real headings and tables, and empty cells to write in."""

import io
from collections.abc import Mapping

from django.utils import timezone
from docx import Document
from docx.document import Document as Word
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table as WordTable
from docx.table import _Cell as Cell
from docx.text.paragraph import Paragraph

from claims.proof.template.letter import Blank, Kind, Letter, Section, Table
from claims.proof.template.sheet import ACCENT, INK, QUIET

PAPERS = {"A4": (Mm(210), Mm(297)), "Letter": (Mm(215.9), Mm(279.4))}
LOCALES = {"en": "en-GB", "hu": "hu-HU"}
HEIGHTS = {Kind.LINE: Mm(8), Kind.TEXT: Mm(60), Kind.SIGNATURE: Mm(18)}
LABEL, FONT = Mm(46), "Calibri"
RULE, TINT, LINE = "CDD6E0", "F3F6FA", "6E7C8A"


def write_docx(letter: Letter, answers: Mapping[str, str] | None = None) -> bytes:
    """The letter as a DOCX. `answers` fills blanks by their names; the others stay empty cells."""
    word, answers = Document(), answers or {}
    _set_up(word, letter)
    _foot(word, letter)
    _quiet(word.add_paragraph(), letter.claim, ACCENT, bold=True)
    word.add_heading(letter.title, 0)
    _quiet(word.add_paragraph(), " ".join(letter.lead))
    for section in letter.sections:
        _section(word, section, answers)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def _set_up(word: Word, letter: Letter) -> None:
    """Paper, type, language and properties; nobody of ours is named as the author."""
    page = word.sections[0]
    page.page_width, page.page_height = PAPERS[letter.paper]
    page.left_margin = page.right_margin = Mm(20)
    page.top_margin, page.bottom_margin = Mm(16), Mm(16)
    for name, size, above in (("Normal", 10.5, 0), ("Title", 20, 0), ("Heading 1", 13, 14), ("List Bullet", 10, 0)):
        _type(word, name, size, above)
    defaults = word.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    defaults.set(qn("w:val"), LOCALES[letter.language])
    properties = word.core_properties
    properties.title, properties.language = f"{letter.title} · {letter.claim}", LOCALES[letter.language]
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.created = properties.modified = timezone.now()


def _type(word: Word, name: str, size: float, above: float) -> None:
    style = word.styles.get_by_id(word.styles[name].style_id, WD_STYLE_TYPE.PARAGRAPH)
    style.font.name, style.font.size, style.font.color.rgb = FONT, Pt(size), RGBColor(*INK)
    # The theme's fonts would win over the name otherwise.
    for attribute in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        style.element.rPr.rFonts.attrib.pop(qn(attribute), None)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(above), Pt(4)
    if name == "Title":
        for border in style.element.pPr.findall(qn("w:pBdr")):
            style.element.pPr.remove(border)


def _foot(word: Word, letter: Letter) -> None:
    """The claim and the number of the page, which Word counts."""
    paragraph = word.sections[0].footer.paragraphs[0]
    _quiet(paragraph, letter.foot + " · ")
    before, between_and_after = letter.page_of.split("%(page)s")
    between, after = between_and_after.split("%(pages)s")
    for text, field in ((before, "PAGE"), (between, "NUMPAGES"), (after, "")):
        _quiet(paragraph, text)
        if field:
            _field(paragraph, field)


def _field(paragraph: Paragraph, code: str) -> None:
    element = OxmlElement("w:fldSimple")
    element.set(qn("w:instr"), code)
    paragraph._p.append(element)
    run = paragraph.add_run("1")
    run.font.size, run.font.color.rgb = Pt(9), RGBColor(*QUIET)
    element.append(run._r)


def _quiet(paragraph: Paragraph, text: str, colour: tuple[int, int, int] = QUIET, *, bold: bool = False) -> Paragraph:
    run = paragraph.add_run(text)
    run.font.size, run.font.color.rgb, run.bold = Pt(9), RGBColor(*colour), bold
    return paragraph


def _section(word: Word, section: Section, answers: Mapping[str, str]) -> None:
    word.add_heading(f"{section.number}. {section.heading}", 1)
    if section.facts:
        _pairs(word, [(fact.label, fact.value or answers.get(fact.name, ""), not fact.value) for fact in section.facts])
    if section.table:
        word.add_paragraph().paragraph_format.space_after = Pt(0)
        _products(word, section.table)
    if section.paragraphs:
        word.add_paragraph(" ".join(section.paragraphs))
    for prompt in section.prompts:
        word.add_paragraph(prompt, "List Bullet").paragraph_format.space_after = Pt(0)
    if section.marked:
        _marked(word, *section.marked)
    if section.closing:
        _quiet(word.add_paragraph(), " ".join(section.closing))
    _blanks(word, section.blanks, answers)


def _pairs(word: Word, pairs: list[tuple[str, str, bool]]) -> None:
    """A table of a label and a value in each row; the third says that the value is to be written in."""
    table = _grid(word, len(pairs), (LABEL, _width(word) - LABEL))
    for (label, value, is_blank), row in zip(pairs, table.rows, strict=True):
        _write(row.cells[0], label, quiet=True)
        _write(row.cells[1], value)
        if is_blank:
            _to_fill_in(row.cells[1])


def _products(word: Word, table: Table) -> None:
    width = _width(word) // len(table.heads)
    grid = _grid(word, len(table.rows) + 1, (width,) * len(table.heads))
    heading = grid.rows[0]._tr.get_or_add_trPr()
    heading.append(OxmlElement("w:tblHeader"))
    for row, texts in zip(grid.rows, (table.heads, *table.rows), strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            _write(cell, text, quiet=texts is table.heads)


def _marked(word: Word, title: str, text: str) -> None:
    cell = _grid(word, 1, (_width(word),)).cell(0, 0)
    _shade(cell)
    _quiet(cell.paragraphs[0], title, ACCENT, bold=True)
    cell.add_paragraph(text)
    word.add_paragraph().paragraph_format.space_after = Pt(0)


def _blanks(word: Word, blanks: tuple[Blank, ...], answers: Mapping[str, str]) -> None:
    """What is to be filled in: a long text below its label, the others beside theirs, kept on one page."""
    for blank in blanks:
        if blank.kind == Kind.TEXT:
            _quiet(word.add_paragraph(), blank.label).paragraph_format.keep_with_next = True
            row = _grid(word, 1, (_width(word),)).rows[0]
            _fill(row.cells[0], answers.get(blank.name, ""))
            row.height, row.height_rule = HEIGHTS[blank.kind], WD_ROW_HEIGHT_RULE.AT_LEAST
    beside = [blank for blank in blanks if blank.kind != Kind.TEXT]
    if not beside:
        return
    table = _grid(word, len(beside), (LABEL, _width(word) - LABEL))
    for blank, row in zip(beside, table.rows, strict=True):
        _write(row.cells[0], f"{blank.label} ({blank.hint})" if blank.hint else blank.label, quiet=True)
        _fill(row.cells[1], answers.get(blank.name, ""))
        row.height, row.height_rule = HEIGHTS[blank.kind], WD_ROW_HEIGHT_RULE.AT_LEAST
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = blank is not beside[-1]


def _width(word: Word) -> int:
    page = word.sections[0]
    margins = int(page.left_margin or 0) + int(page.right_margin or 0)
    return int(page.page_width or 0) - margins


def _grid(word: Word, rows: int, widths: tuple[int, ...]) -> WordTable:
    table: WordTable = word.add_table(rows, len(widths))
    table.autofit = False
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width
            _line_below(cell, RULE)
    return table


def _write(cell: Cell, text: str, *, quiet: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
    if quiet:
        _quiet(paragraph, text)
    elif text:
        paragraph.add_run(text)


def _fill(cell: Cell, text: str) -> None:
    """Writes an answer, a paragraph for each of its lines, into a cell that looks like a blank."""
    _to_fill_in(cell)
    first, *others = text.splitlines() or [""]
    _write(cell, first)
    for line in others:
        cell.add_paragraph(line)


def _to_fill_in(cell: Cell) -> None:
    _shade(cell)
    _line_below(cell, LINE)


def _shade(cell: Cell) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", TINT)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _line_below(cell: Cell, colour: str) -> None:
    properties = cell._tc.get_or_add_tcPr()
    for known in properties.findall(qn("w:tcBorders")):
        properties.remove(known)
    borders, bottom = OxmlElement("w:tcBorders"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", colour)):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    # Word wants these in the schema's order: width, borders, shade.
    shade = properties.find(qn("w:shd"))
    if shade is None:
        properties.append(borders)
    else:
        shade.addprevious(borders)
