"""PDF forms: blanks that are fields, one of them for a signature."""

from io import BytesIO

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

LINE_HEIGHT = 14
SIGNED_ON = "D:20261003110455+01'00'"


def form(printed: bytes, *, fields: dict[str, str], is_signed: bool) -> bytes:
    """A printed PDF with text fields of these names and values, and a field for a signature, on its last page."""
    writer = PdfWriter(PdfReader(BytesIO(printed)))
    texts = [_field("Tx", name, {"/V": TextStringObject(value)}) for name, value in fields.items()]
    signature = _field("Sig", "signature", {"/V": _signed()} if is_signed else {})
    kids = ArrayObject()
    for number, field in enumerate((*texts, signature)):
        field[NameObject("/Rect")] = _rect(number)
        kids.append(writer._add_object(field))
    writer.pages[-1][NameObject("/Annots")] = kids
    acro_form = DictionaryObject({NameObject("/Fields"): kids, NameObject("/SigFlags"): NumberObject(3)})
    writer.root_object[NameObject("/AcroForm")] = acro_form
    into = BytesIO()
    writer.write(into)
    return into.getvalue()


def _field(kind: str, name: str, more: dict[str, object]) -> DictionaryObject:
    known = {
        NameObject("/Type"): NameObject("/Annot"),
        NameObject("/Subtype"): NameObject("/Widget"),
        NameObject("/FT"): NameObject(f"/{kind}"),
        NameObject("/T"): TextStringObject(name),
    }
    return DictionaryObject(known | {NameObject(key): value for key, value in more.items()})


def _rect(number: int) -> ArrayObject:
    top = 400 - number * 2 * LINE_HEIGHT
    return ArrayObject(FloatObject(side) for side in (200, top - LINE_HEIGHT, 400, top))


def _signed() -> DictionaryObject:
    """A signature's dictionary; the bytes in it are nobody's: the portal does not verify them."""
    return DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Sig"),
            NameObject("/Filter"): NameObject("/Adobe.PPKLite"),
            NameObject("/SubFilter"): NameObject("/adbe.pkcs7.detached"),
            NameObject("/Name"): TextStringObject("Jane Doe"),
            NameObject("/M"): TextStringObject(SIGNED_ON),
            NameObject("/ByteRange"): ArrayObject(NumberObject(place) for place in (0, 10, 20, 10)),
            NameObject("/Contents"): ByteStringObject(b"\x30\x03\x02\x01\x00"),
        }
    )
