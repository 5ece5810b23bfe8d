"""The font of the form's fields: what people type into the letter is drawn with it."""

import io
from functools import cache

from fontTools import agl, subset  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, NumberObject

from claims.proof.template.fonts import REGULAR, font_bytes

# What is typed is drawn with a font of one byte a letter: Western letters where readers of PDF expect them, and in
# the places that are free there the other Latin letters of Central Europe, so that Hungarian names can be typed.
_EXTRA = "őŐűŰąĄćĆęĘłŁńŃśŚźŹżŻčČďĎěĚňŇřŘťŤůŮăĂșȘțȚđĐğĞıİ"
_FREE = [*range(1, 10), 11, 12, *range(14, 32), 127, 129, 141, 143, 144, 157]


@cache
def _codes() -> dict[int, str]:
    western = {code: bytes([code]).decode("cp1252", "ignore") for code in range(32, 256) if code not in _FREE}
    return {code: letter for code, letter in western.items() if letter} | dict(zip(_FREE, _EXTRA, strict=False))


@cache
def _typed_font() -> tuple[bytes, dict[int, int]]:
    """The font file with just those letters, and the width of each by its code (thousandths of the size)."""
    options = subset.Options(layout_features=[], glyph_names=False, notdef_outline=True, hinting=False)
    options.drop_tables += ["TTFA", "GSUB", "GPOS", "GDEF", "STAT", "meta"]
    font = TTFont(io.BytesIO(font_bytes(REGULAR)), recalcTimestamp=False)
    chooser = subset.Subsetter(options)
    chooser.populate(text="".join(_codes().values()))
    chooser.subset(font)
    glyphs, widths, scale = font.getBestCmap(), font["hmtx"], 1000 / font["head"].unitsPerEm
    out = io.BytesIO()
    font.save(out)
    return out.getvalue(), {
        code: round(widths[glyphs[ord(letter)]][0] * scale)
        for code, letter in _codes().items()
        if ord(letter) in glyphs
    }


def typing_font(writer: PdfWriter) -> DictionaryObject:
    """The font of the fields, embedded (PDF 32000-1, 9.6.3: a TrueType font with an encoding of its own)."""
    data, widths = _typed_font()
    file = DecodedStreamObject()
    file.set_data(data)
    file[NameObject("/Length1")] = NumberObject(len(data))
    descriptor = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/FontDescriptor"),
            NameObject("/FontName"): NameObject("/NotoSans"),
            NameObject("/Flags"): NumberObject(32),
            NameObject("/FontBBox"): ArrayObject(NumberObject(number) for number in (-621, -389, 2800, 1067)),
            NameObject("/ItalicAngle"): NumberObject(0),
            NameObject("/Ascent"): NumberObject(1069),
            NameObject("/Descent"): NumberObject(-293),
            NameObject("/CapHeight"): NumberObject(714),
            NameObject("/StemV"): NumberObject(80),
            NameObject("/FontFile2"): writer._add_object(file.flate_encode()),
        }
    )
    return DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/TrueType"),
            NameObject("/BaseFont"): NameObject("/NotoSans"),
            NameObject("/FirstChar"): NumberObject(0),
            NameObject("/LastChar"): NumberObject(255),
            NameObject("/Widths"): ArrayObject(NumberObject(widths.get(code, 0)) for code in range(256)),
            NameObject("/Encoding"): _encoding(),
            NameObject("/FontDescriptor"): writer._add_object(descriptor),
        }
    )


def _encoding() -> DictionaryObject:
    differences = ArrayObject()
    for code, letter in sorted(_codes().items()):
        if code in _FREE:
            differences += [
                NumberObject(code),
                NameObject("/" + (agl.UV2AGL.get(ord(letter)) or f"uni{ord(letter):04X}")),
            ]
    return DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Encoding"),
            NameObject("/BaseEncoding"): NameObject("/WinAnsiEncoding"),
            NameObject("/Differences"): differences,
        }
    )
