"""The template as it comes back from a customer: filled in and signed. For demo data and tests alone."""

import io
from collections.abc import Iterator, Mapping
from datetime import date
from typing import cast

from babel.dates import format_date
from fpdf import FPDF
from fpdf.enums import MethodReturnValue
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NumberObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

from claims.models import Claim
from claims.proof.template.fonts import REGULAR, font_file, printable
from claims.proof.template.form import written
from claims.proof.template.letter import letter_of
from claims.proof.template.pdf import write_pdf
from claims.proof.template.sheet import ACCENT, INK
from claims.proof.template.word import write_docx

# Day, month in words, year: as the letter asks for it.
DATE_FORM = {"en": "d MMMM y", "hu": "y. MMMM d."}
SIZES = (10, 9, 8, 7, 6)
PAD = 3.0


def answers_of(language: str, *, work: str, signer: str, title: str, on: date) -> dict[str, str]:
    """What a customer writes into the blanks, by their names; the signature is the signer's name once more."""
    signed_on = format_date(on, DATE_FORM[language], locale=language)
    return {"work": work, "signer_name": signer, "signer_title": title, "signed_on": signed_on, "signature": signer}


def filled_docx(claim: Claim, language: str, *, work: str, signer: str, title: str, on: date) -> bytes:
    """The Word template of `claim`, filled in and dated on the calendar day `on`."""
    return write_docx(letter_of(claim, language), answers_of(language, work=work, signer=signer, title=title, on=on))


def filled_pdf(claim: Claim, language: str, *, work: str, signer: str, title: str, on: date) -> bytes:
    """The PDF template of `claim`, its fields filled in, dated on `on` and signed.

    The signature looks like ink and fills the signature field, but proves nothing: it has no certificate.
    """
    answers = answers_of(language, work=work, signer=signer, title=title, on=on)
    return fill(write_pdf(letter_of(claim, language)), answers)


def fill(pdf: bytes, answers: Mapping[str, str]) -> bytes:
    """A PDF of ours with `answers` in the fields of these names, drawn so that every viewer shows them."""
    writer = PdfWriter(clone_from=io.BytesIO(pdf))
    fields = [cast(DictionaryObject, annotation.get_object()) for annotation in _annotations(writer)]
    filled = [field for field in fields if answers.get(str(field.get("/T", "")))]
    drawn = _drawn(filled, answers)
    for field, page in zip(filled, drawn.pages, strict=True):
        field[NameObject("/V")] = _value(field, answers[str(field["/T"])])
        field[NameObject("/AP")] = DictionaryObject({NameObject("/N"): _look(writer, page)})
    form = cast(DictionaryObject, writer.root_object["/AcroForm"])
    form[NameObject("/SigFlags")] = NumberObject(1)
    return written(writer)


def _value(field: DictionaryObject, answer: str) -> PdfObject:
    if str(field["/FT"]) == "/Tx":
        return TextStringObject(answer)
    return DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Sig"),
            NameObject("/Filter"): NameObject("/Sample"),
            NameObject("/Name"): TextStringObject(answer),
        }
    )


def _annotations(writer: PdfWriter) -> Iterator[PdfObject]:
    for page in writer.pages:
        yield from cast("list[PdfObject]", page.get("/Annots", ArrayObject()))


def _numbers(box: object) -> list[float]:
    return [float(number) for number in cast("list[float]", box)]


def _size(field: DictionaryObject) -> tuple[float, float]:
    left, bottom, right, top = _numbers(field["/Rect"])
    return right - left, top - bottom


def _drawn(fields: list[DictionaryObject], answers: Mapping[str, str]) -> PdfReader:
    """A page as large as its field for each answer, with the answer on it."""
    sheet = FPDF(unit="pt")
    sheet.add_font("Letter", "", str(font_file(REGULAR)))
    sheet.set_margin(0)
    sheet.c_margin = 0
    sheet.set_auto_page_break(False)
    for field in fields:
        sheet.add_page(format=_size(field))
        _answer(sheet, field, _printable(answers[str(field["/T"])]))
    return PdfReader(io.BytesIO(sheet.output()))


def _printable(text: str) -> str:
    """`text` as it can be drawn, its lines kept."""
    return "\n".join(printable(line) for line in text.splitlines())


def _answer(sheet: FPDF, field: DictionaryObject, text: str) -> None:
    width, height = _size(field)
    if str(field["/FT"]) == "/Sig":
        _ink(sheet, text, height)
        return
    sheet.set_text_color(*INK)
    for size in SIZES:
        sheet.set_font("Letter", "", size)
        needed = _lines(sheet, text, width, size, dry_run=True)
        if needed <= height - PAD:
            break
    is_line = not int(field.get("/Ff", 0))
    sheet.set_xy(PAD, max((height - needed) / 2, 0) if is_line else PAD)
    _lines(sheet, text, width, size)


def _lines(sheet: FPDF, text: str, width: float, size: float, *, dry_run: bool = False) -> float:
    output = MethodReturnValue.HEIGHT
    height = sheet.multi_cell(width - 2 * PAD, size * 1.3, text, align="L", dry_run=dry_run, output=output)
    return cast(float, height)


def _ink(sheet: FPDF, name: str, height: float) -> None:
    """A signature: the name, sloping, over a stroke of the pen."""
    sheet.set_text_color(*ACCENT)
    sheet.set_draw_color(*ACCENT)
    sheet.set_font("Letter", "", 15)
    with sheet.skew(ax=14, ay=3, x=PAD, y=height / 2):
        sheet.text(PAD + 4, height * 0.6, name)
    sheet.set_line_width(0.8)
    end = PAD + 8 + sheet.get_string_width(name)
    sheet.bezier([(PAD + 2, height * 0.75), (end / 2, height * 0.62), (end * 0.7, height * 0.95), (end, height * 0.7)])


def _look(writer: PdfWriter, page: DictionaryObject) -> IndirectObject:
    """The drawn page as the appearance of a field."""
    contents = cast(StreamObject, page["/Contents"].get_object())
    resources = cast(DictionaryObject, page["/Resources"].get_object())
    stream = DecodedStreamObject()
    stream.set_data(b"/Tx BMC q " + contents.get_data() + b" Q EMC")
    box = _numbers(page["/MediaBox"])
    stream.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Form"),
            NameObject("/BBox"): ArrayObject(FloatObject(number) for number in box),
            NameObject("/Resources"): resources.clone(writer),
        }
    )
    return writer._add_object(stream.flate_encode())
