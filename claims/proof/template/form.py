"""Fields on the pages of a PDF: so that the letter can be filled in by any reader of PDF."""

import io
from collections.abc import Sequence

from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from claims.proof.template.letter import Kind, Letter
from claims.proof.template.sheet import Placed
from claims.proof.template.typing_font import typing_font

POINTS = 72 / 25.4
FONT = "/LetterForm"
MULTILINE, PRINT = 1 << 12, 1 << 2
# 0: as large as lets the whole text show (PDF 32000-1, 12.7.3.3).
SIZE = {Kind.TEXT: 0, Kind.LINE: 10.5, Kind.SIGNATURE: 10.5}


def with_fields(pdf: io.BytesIO, placed: Sequence[Placed], letter: Letter) -> bytes:
    """The PDF with a field at every place; screen readers hear the label, the tab key follows the reading order."""
    writer = PdfWriter(clone_from=pdf)
    font = writer._add_object(typing_font(writer))
    fields = [_add_field(writer, place, _rect(writer, place)) for place in placed]
    resources = DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject(FONT): font})})
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject(
        {
            NameObject("/Fields"): ArrayObject(fields),
            NameObject("/DR"): resources,
            NameObject("/DA"): TextStringObject(_appearance(Kind.LINE)),
            NameObject("/NeedAppearances"): BooleanObject(False),
        }
    )
    for page in writer.pages:
        page[NameObject("/Tabs")] = NameObject("/R")
    writer.root_object[NameObject("/ViewerPreferences")] = DictionaryObject(
        {NameObject("/DisplayDocTitle"): BooleanObject(True)}
    )
    writer.metadata = {"/Title": f"{letter.title} · {letter.claim}"}
    return written(writer)


def written(writer: PdfWriter) -> bytes:
    """The file's bytes."""
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _appearance(kind: Kind) -> str:
    return f"{FONT} {SIZE[kind]} Tf 0.106 0.153 0.2 rg"


def _rect(writer: PdfWriter, place: Placed) -> list[float]:
    height = float(writer.pages[place.page].mediabox.height)
    left, top, right, bottom = (length * POINTS for length in place.box)
    return [left + 1, height - bottom + 1, right - 1, height - top - 1]


def _add_field(writer: PdfWriter, place: Placed, rect: list[float]) -> IndirectObject:
    blank, page = place.blank, writer.pages[place.page]
    label = f"{blank.label} ({blank.hint})" if blank.hint else blank.label
    field = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Widget"),
            NameObject("/FT"): NameObject("/Sig" if blank.kind == Kind.SIGNATURE else "/Tx"),
            NameObject("/T"): TextStringObject(blank.name),
            NameObject("/TU"): TextStringObject(label),
            NameObject("/F"): NumberObject(PRINT),
            NameObject("/Rect"): ArrayObject(FloatObject(round(number, 2)) for number in rect),
            NameObject("/P"): page.indirect_reference,
        }
    )
    if blank.kind != Kind.SIGNATURE:
        field[NameObject("/DA")] = TextStringObject(_appearance(blank.kind))
        field[NameObject("/Ff")] = NumberObject(MULTILINE if blank.kind == Kind.TEXT else 0)
        field[NameObject("/AP")] = DictionaryObject({NameObject("/N"): writer._add_object(_nothing(rect))})
    reference = writer._add_object(field)
    page.setdefault(NameObject("/Annots"), ArrayObject()).append(reference)
    return reference


def _nothing(rect: list[float]) -> StreamObject:
    """What an empty field looks like: as the page below it."""
    stream = DecodedStreamObject()
    stream.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Form"),
            NameObject("/BBox"): ArrayObject(
                FloatObject(round(number, 2)) for number in (0, 0, rect[2] - rect[0], rect[3] - rect[1])
            ),
        }
    )
    stream.set_data(b"/Tx BMC EMC")
    return stream
