"""The tables as files: CSV, one table each, and a workbook with all of them or one.

Names of people, firms and products are others' words: none of them may become a formula in a spreadsheet
(docs/decisions/figures.md).
"""

import csv
from collections.abc import Iterable
from io import BytesIO, StringIO

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from arbitration.figures.tables import Kind, Table, Value

# What spreadsheets begin a formula with, full-width forms included.
FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
BREAKS = ("\t", "\r", "\n")
TITLE_LENGTH = 31
NOT_IN_TITLES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
NUMBER_FORMATS = {Kind.COUNT: "#,##0", Kind.DAYS: "0.0", Kind.RATE: "0.00", Kind.SHARE: "0.0%"}
WIDEST = 60
BOLD = Font(bold=True)


def as_csv(table: Table) -> bytes:
    """The table as CSV in UTF-8, with the mark by which spreadsheets know it; shares are written 0 to 1."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow([harmless(column.label) for column in table.columns])
    writer.writerows([_plain(value) for value in row.values] for row in table.rows)
    return text.getvalue().encode("utf-8-sig")


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: where it could, an apostrophe stands before it."""
    begins = text.lstrip()[:1]
    return f"'{text}" if text.startswith(BREAKS) or (begins and begins in FORMULA_STARTS) else text


def _plain(value: Value) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, float):
        return round(value, 4)
    return harmless(value) if isinstance(value, str) else value


def as_workbook(tables: Iterable[Table]) -> bytes:
    """The tables as an XLSX workbook, a sheet for each; numbers are numbers, and texts are texts whatever they say."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for table in tables:
        _fill(book.create_sheet(_sheet_title(table.title)), table)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _sheet_title(title: str) -> str:
    """Sheets have short names, and some signs are not allowed in them; equal ones are numbered by the library."""
    return " ".join(title.translate(NOT_IN_TITLES).split())[: TITLE_LENGTH - 2]


def _fill(sheet: Worksheet, table: Table) -> None:
    sheet.freeze_panes = "B2"
    for number, width in enumerate(_widths(table), start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append([_cell(sheet, column.label, Kind.TEXT, bold=True) for column in table.columns])
    for row in table.rows:
        pairs = zip(table.columns, row.values, strict=True)
        sheet.append([_cell(sheet, value, column.kind, bold=row.is_sum) for column, value in pairs])


def _cell(sheet: Worksheet, value: Value, kind: Kind, *, bold: bool) -> Cell:
    cell = Cell(sheet, row=1, column=1)  # `append` gives it its place
    if isinstance(value, str):
        cell.value = _clean(value)
        cell.data_type = "s"  # the library makes a formula of a text that begins with "="
        cell.quotePrefix = harmless(value) != value
    else:
        cell.value = value
        cell.number_format = NUMBER_FORMATS.get(kind, cell.number_format)
    if bold:
        cell.font = BOLD
    return cell


def _clean(text: str) -> str:
    """Signs that cannot stand in a workbook are left out."""
    return ILLEGAL_CHARACTERS_RE.sub("", text)


def _widths(table: Table) -> list[int]:
    """For each column as many signs as its longest text has."""
    columns = zip(*([column.label for column in table.columns], *(row.values for row in table.rows)), strict=True)
    return [min(WIDEST, max(len(str(value)) for value in column if value is not None) + 2) for column in columns]
