"""The letter as PDF: drawn by fpdf2, then made fillable."""

import io
from dataclasses import replace

from claims.proof.template.fonts import REPLACEMENT, needs_other_font, printable
from claims.proof.template.form import with_fields
from claims.proof.template.letter import Blank, Fact, Kind, Letter, Section, Table
from claims.proof.template.sheet import ACCENT, INK, MARGIN, QUIET, RULE, TINT, Sheet

LABEL = 46.0  # the column of labels
HEADING = 11.5  # a section's heading with the space above it
GAP = 6.0  # between two blanks side by side
WORK_HEIGHT, WORK_MOST = 34.0, 120.0
SIGNATURE_HEIGHT, LINE_HEIGHT = 15.0, 8.0


def write_pdf(letter: Letter) -> bytes:
    """The letter as a PDF whose blanks are fields of a form; printed and signed by hand it does as well."""
    letter, has_gaps = _drawable(letter)
    sheet = Sheet(letter, with_other_font=needs_other_font(_names(letter)))
    sheet.set_title(f"{letter.title} · {letter.claim}")
    sheet.set_lang(letter.language)
    _head(sheet, letter)
    if has_gaps:
        sheet.type(9, QUIET)
        sheet.block(letter.letters_missing, 4.6)
    *_before, work, last = letter.sections
    after = _signature_height(sheet, last)
    for section in letter.sections:
        if section is work:
            # The customer signs below the work: the two sections stay on one page.
            sheet.keep(_work_height(sheet, work) + after)
        _section(sheet, section, after=after)
    return with_fields(io.BytesIO(sheet.output()), sheet.placed, letter)


def _drawable(letter: Letter) -> tuple[Letter, bool]:
    """The letter with names as they can be printed, and whether letters of them are missing."""
    sections = tuple(
        replace(section, facts=tuple(replace(fact, value=printable(fact.value)) for fact in section.facts))
        for section in letter.sections
    )
    drawable = replace(letter, sections=sections, head=printable(letter.head))
    return drawable, REPLACEMENT in _names(drawable)


def _names(letter: Letter) -> str:
    return "".join(fact.value for section in letter.sections for fact in section.facts)


def _head(sheet: Sheet, letter: Letter) -> None:
    sheet.type(9.5, ACCENT, bold=True)
    sheet.block(letter.claim, 5)
    sheet.type(20, INK, bold=True)
    sheet.block(letter.title, 10)
    sheet.ln(1)
    sheet.type(10, QUIET)
    sheet.block(" ".join(letter.lead), 5)


def _section(sheet: Sheet, section: Section, *, after: float) -> None:
    """Draws a section; `after` is the height of the last one, for which the box of the work leaves room."""
    is_last = section.number == 4
    sheet.keep(after if is_last else 30)
    sheet.ln(4.5)
    sheet.start_section(section.heading)
    sheet.type(12.5, ACCENT, bold=True)
    sheet.cell(7, 7, str(section.number))
    sheet.type(12.5, INK, bold=True)
    sheet.block(section.heading, 7, x=MARGIN + 7)
    for fact in section.facts:
        _fact(sheet, fact)
    if section.table:
        (_table if len(section.table.heads) > 1 else _list)(sheet, section.table)
    _words(sheet, section)
    if is_last:
        _signature(sheet, section)
    else:
        for blank in section.blanks:
            _blank(sheet, blank, after=after)


def _fact(sheet: Sheet, fact: Fact) -> None:
    sheet.type(10.5)
    width = sheet.width - LABEL
    height = sheet.text_height(fact.value or "x", 5, width) + 1.4
    sheet.keep(height)
    top = sheet.y
    sheet.type(9, QUIET)
    sheet.set_xy(MARGIN, top + 0.7)
    sheet.cell(LABEL, 5, fact.label)
    sheet.type(10.5)
    if fact.value:
        sheet.set_y(top + 0.7)
        sheet.block(fact.value, 5, x=MARGIN + LABEL, width=width)
    else:
        sheet.set_y(top + 0.4)
        sheet.blank(Blank(fact.name, fact.label), MARGIN + LABEL, width, 5.6)
    sheet.set_y(top + height)
    sheet.rule(RULE)


def _list(sheet: Sheet, table: Table) -> None:
    """The names of products, two in a row beside their label."""
    width = (sheet.width - LABEL) / 2
    names = [name for (name,) in table.rows]
    for number in range(0, len(names), 2):
        pair = names[number : number + 2]
        sheet.type(10.5)
        height = max(sheet.text_height(name, 5, width - 2) for name in pair) + 1.4
        sheet.keep(height)
        top = sheet.y
        if number == 0:
            sheet.type(9, QUIET)
            sheet.set_xy(MARGIN, top + 0.7)
            sheet.cell(LABEL, 5, table.heads[0])
        sheet.type(10.5)
        for place, name in enumerate(pair):
            sheet.set_y(top + 0.7)
            sheet.block(name, 5, x=MARGIN + LABEL + place * width, width=width - 2)
        sheet.set_y(top + height)
    sheet.rule(RULE)


def _table(sheet: Sheet, table: Table) -> None:
    sheet.ln(1.5)
    sheet.keep(14)
    sheet.type(9, QUIET)
    _row(sheet, table.heads)
    for row in table.rows:
        sheet.type(10)
        _row(sheet, row)


def _row(sheet: Sheet, cells: tuple[str, ...]) -> None:
    widths = (sheet.width - 84, 84)
    height = max(sheet.text_height(cell, 4.8, width - 2) for cell, width in zip(cells, widths, strict=True)) + 1.4
    sheet.keep(height)
    top, x = sheet.y, MARGIN
    for cell, width in zip(cells, widths, strict=True):
        sheet.set_y(top + 0.7)
        sheet.block(cell, 4.8, x=x, width=width - 2)
        x += width
    sheet.set_y(top + height)
    sheet.rule(RULE)


def _words(sheet: Sheet, section: Section) -> None:
    sheet.type(10)
    if section.paragraphs:
        sheet.block(" ".join(section.paragraphs), 5)
    sheet.type(9.5, QUIET)
    for prompt in section.prompts:
        sheet.set_x(MARGIN + 1)
        sheet.cell(4, 4.8, "•")
        sheet.block(prompt, 4.8, x=MARGIN + 5)
    if section.marked:
        _marked(sheet, *section.marked)
    if section.closing:
        sheet.ln(1.5)
        sheet.type(9, QUIET)
        sheet.block(" ".join(section.closing), 4.6)


def _marked(sheet: Sheet, title: str, text: str) -> None:
    """A paragraph that stands out: a bar at its side and a tint below it."""
    sheet.ln(2)
    sheet.type(10)
    x, top = MARGIN + 4.5, sheet.y
    height = sheet.text_height(text, 5, sheet.width - 8) + 9
    sheet.set_fill_color(*TINT)
    sheet.rect(MARGIN, top, sheet.width, height, style="F")
    sheet.set_fill_color(*ACCENT)
    sheet.rect(MARGIN, top, 1, height, style="F")
    sheet.set_y(top + 1.8)
    sheet.type(9, ACCENT, bold=True)
    sheet.block(title, 5, x=x)
    sheet.type(10)
    sheet.block(text, 5, x=x, width=sheet.width - 8)
    sheet.set_y(top + height)


def _blank(sheet: Sheet, blank: Blank, *, after: float) -> None:
    """A blank over the whole width: one line, or for the work as much as leaves the last section on this page."""
    sheet.ln(2)
    sheet.type(8.5, QUIET)
    sheet.keep(14)
    sheet.block(blank.label, 4.8)
    height = min(sheet.room - after, WORK_MOST) if blank.kind == Kind.TEXT else LINE_HEIGHT
    sheet.blank(blank, MARGIN, sheet.width, height)
    sheet.set_y(sheet.y + height)


def _signature(sheet: Sheet, section: Section) -> None:
    """The signature block: its blanks two by two, the second pair high enough to sign by hand."""
    width = (sheet.width - GAP) / 2
    for number in range(0, len(section.blanks), 2):
        height = SIGNATURE_HEIGHT if number else LINE_HEIGHT
        sheet.ln(2.2)
        top = sheet.y
        for place, blank in enumerate(section.blanks[number : number + 2]):
            x = MARGIN + place * (width + GAP)
            sheet.set_y(top)
            _label(sheet, blank, x, width)
            sheet.blank(blank, x, width, height)
        sheet.set_y(top + 4.6 + height)


def _label(sheet: Sheet, blank: Blank, x: float, width: float) -> None:
    sheet.type(8.5, QUIET)
    sheet.block(f"{blank.label} ({blank.hint})" if blank.hint else blank.label, 4.6, x=x, width=width)


def _work_height(sheet: Sheet, section: Section) -> float:
    """The least room that the section of the work takes, drawn as `_section` does."""
    sheet.type(10)
    height = HEADING + sheet.text_height(" ".join(section.paragraphs), 5, sheet.width)
    sheet.type(9.5)
    height += sum(sheet.text_height(prompt, 4.8, sheet.width - 5) for prompt in section.prompts)
    return height + 2 + 4.8 + WORK_HEIGHT


def _signature_height(sheet: Sheet, section: Section) -> float:
    """How much room the last section takes, drawn as `_section` does."""
    sheet.type(10)
    height = HEADING + sheet.text_height(" ".join(section.paragraphs), 5, sheet.width)
    if section.marked:
        height += 11 + sheet.text_height(section.marked[1], 5, sheet.width - 8)
    sheet.type(9)
    height += 1.5 + sheet.text_height(" ".join(section.closing), 4.6, sheet.width)
    return height + 2 * (2.2 + 4.6) + LINE_HEIGHT + SIGNATURE_HEIGHT + 1
