"""Ordinary documents: what is read in them, how they are drawn, and what happens when no child can help."""

import io
import re
import socket
from pathlib import Path

import pytest
from docx import Document as WordDocument
from docx.enum.text import WD_BREAK
from fpdf import FPDF
from PIL import Image
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from cpor_portal.documents import Fault, Inspection, TooMuch, Unusable, child, draw, extract, inspect
from cpor_portal.documents.inside.text import clean
from cpor_portal.documents.inside.word import extract as extract_docx
from tests.cpor_portal.documents.hostile_pdf import PAGE, page_with, stream
from tests.support.papers import small_docx, small_pdf, small_picture

PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where a test puts its document."""
    return tmp_path / "document"


def _put(place: Path, content: bytes) -> Path:
    place.write_bytes(content)
    return place


def _word(content: bytes) -> list[str]:
    """Pages of a DOCX; read in this process, as it is our own."""
    told, _ = extract_docx(io.BytesIO(content))
    pages: list[str] = told["pages"]
    return pages


def _paragraph(text: str, before: str = "") -> str:
    return f"<w:p>{before}<w:r><w:t>{text}</w:t></w:r></w:p>"


def _body(*parts: str) -> list[str]:
    return _word(small_docx("".join(parts).encode()))


# --- PDF ---------------------------------------------------------------------------------------------------


def test_the_text_of_a_pdf_comes_page_by_page(place: Path) -> None:
    pdf = FPDF()
    pdf.set_font("Helvetica")
    for text in ("Statement of work", "12.11.2026", "Acknowledged"):
        pdf.add_page()
        pdf.cell(text=text)
    _put(place, bytes(pdf.output()))
    assert inspect(place, PDF) == Inspection(3)
    told = extract(place, PDF)
    assert told.pages == ["Statement of work", "", "Acknowledged"]
    assert not told.has_signature_field


def test_form_fields_are_read_on_the_page_they_stand_on_and_a_signed_field_is_told(place: Path) -> None:
    page = PAGE.replace(b"/Contents", b"/Annots[6 0 R 7 0 R 8 0 R]/Contents")
    catalogue = b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R 7 0 R 8 0 R]>>>>"
    content = page_with(
        stream(b""),
        b"<</Subtype/Widget/FT/Tx/Rect[9 9 99 20]/TU(Customer domain)/T(d)/V(contoso.com)>>",
        b"<</Subtype/Widget/FT/Btn/Rect[9 30 99 40]/T(Agreed)/V/Off>>",
        b"<</Subtype/Widget/FT/Sig/Rect[9 50 99 60]/T(Signature)/V<</Type/Sig/Filter/Adobe.PPKLite>>>>",
        page=page,
        catalogue=catalogue,
    )
    text = extract(_put(place, content), PDF)
    assert text.pages == ["Customer domain: contoso.com"]
    assert text.has_signature_field


def test_a_page_that_the_careful_reader_cannot_read_is_read_by_the_quick_one(place: Path) -> None:
    small = small_pdf("Acknowledged")
    content = re.sub(rb"/Length \d+", b"/Length 99999999", small)
    with pytest.raises(PyPdfError):
        PdfReader(io.BytesIO(content)).pages[0].extract_text()
    assert extract(_put(place, content), PDF).pages == ["Acknowledged"]


def test_a_page_is_drawn_as_wide_as_it_was_asked_for(place: Path) -> None:
    picture = Image.open(io.BytesIO(draw(_put(place, small_pdf()), PDF, 1, 300)))
    assert (picture.format, picture.size) == ("PNG", (300, 425))
    with pytest.raises(Exception, match="no_such_page"):
        draw(place, PDF, 2, 300)


# --- Pictures ----------------------------------------------------------------------------------------------


def test_a_picture_is_drawn_upright_and_without_what_came_with_it(place: Path) -> None:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "where it was taken"
    Image.new("RGB", (400, 200), "red").save(out, "JPEG", exif=exif)
    drawn = draw(_put(place, out.getvalue()), JPEG, 1, 100)
    assert Image.open(io.BytesIO(drawn)).size == (100, 200)
    assert b"where it was taken" not in drawn


def test_a_picture_has_no_text(place: Path) -> None:
    assert inspect(_put(place, small_picture("PNG")), PNG) == Inspection(1)
    assert extract(place, PNG).pages == [""]


# --- DOCX --------------------------------------------------------------------------------------------------


def test_a_word_document_is_read_with_tables_headers_and_pages() -> None:
    document = WordDocument()
    document.sections[0].header.paragraphs[0].text = "Fabrikam"
    document.sections[0].footer.paragraphs[0].text = "Confidential"
    document.add_paragraph("Products")
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ("Product", "Users", "Teams", "250"), strict=True):
        cell.text = text
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    document.add_paragraph("Signed")
    out = io.BytesIO()
    document.save(out)
    assert _word(out.getvalue()) == ["Fabrikam\nProducts\nProduct\tUsers\nTeams\t250", "Signed\nConfidential"]


def test_content_controls_and_text_boxes_are_read_and_placeholders_are_not() -> None:
    control = "<w:sdt><w:sdtPr>{}</w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    box = "<w:p><w:r><w:t>Before </w:t></w:r><w:r><AlternateContent><Choice>{0}</Choice><Fallback>{0}</Fallback>"
    box += "</AlternateContent></w:r><w:r><w:t>after</w:t></w:r></w:p>"
    pages = _body(
        control.format("", _paragraph("Contoso")),
        control.format("<w:showingPlcHdr/>", _paragraph("Click here to enter a date")),
        box.format(f"<w:txbxContent>{_paragraph('In a box')}</w:txbxContent>"),
    )
    assert pages == ["Contoso\nBefore after\nIn a box"]


def test_what_word_does_not_show_is_not_read() -> None:
    hidden = "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>Hidden</w:t></w:r><w:r><w:t>Shown</w:t></w:r></w:p>"
    deleted = "<w:p><w:del><w:r><w:delText>Gone</w:delText></w:r></w:del><w:ins><w:r><w:t>New</w:t></w:r></w:ins></w:p>"
    assert _body(hidden, deleted) == ["Shown\nNew"]


def test_a_page_break_is_counted_once_though_word_notes_it_twice() -> None:
    noted, explicit = "<w:r><w:lastRenderedPageBreak/></w:r>", '<w:r><w:br w:type="page"/></w:r>'
    before, section = "<w:pPr><w:pageBreakBefore/></w:pPr>", '<w:pPr><w:sectPr><w:type w:val="{}"/></w:sectPr></w:pPr>'
    pages = _body(
        _paragraph("One"),
        f"<w:p>{explicit}</w:p>",
        _paragraph("Two", noted),
        _paragraph("Three", before + noted),
        _paragraph("still three", section.format("continuous")),
        _paragraph("and three", section.format("nextPage")),
        _paragraph("Four", noted),
        _paragraph("Five", noted),
    )
    assert pages == ["One", "Two", "Three\nstill three\nand three", "Four", "Five"]


def test_a_row_is_read_whole_on_the_page_where_most_of_it_stands() -> None:
    cell = "<w:tc>" + _paragraph("{}", "<w:r><w:lastRenderedPageBreak/></w:r>") + "</w:tc>"
    rows = f"<w:tr>{cell.format('a')}{cell.format('b')}</w:tr>"
    assert _body(_paragraph("One"), f"<w:tbl>{rows}</w:tbl>") == ["One", "a\tb"]


def test_nobody_is_called_by_a_document_that_names_somebody(place: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        address = b"http://127.0.0.1:%d/a.dotm" % server.getsockname()[1]
        sheet = (
            b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>'
        )
        kinds = (b"attachedTemplate", b"header", b"image")
        listed = b"".join(
            b'<Relationship Id="r%d" TargetMode="External" Type="http://x/%s" Target="%s"/>' % (number, kind, address)
            for number, kind in enumerate(kinds)
        )
        content = small_docx(**{"word/_rels/document.xml.rels": sheet % listed})
        assert extract(_put(place, content), DOCX).pages == ["Proof of execution"]
        with pytest.raises(TimeoutError):
            server.accept()


# --- The child ---------------------------------------------------------------------------------------------


def test_text_is_cleaned_of_what_a_database_refuses() -> None:
    assert clean("a\x00b\ud800c\r\nd") == "abc\nd"
    assert clean("12.11.2026 –") == ""
    assert len(clean("x" * 30_000)) == 20_000


def test_a_child_that_cannot_be_started_is_no_fault_of_the_file(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _put(place, small_pdf("cannot be started"))
    monkeypatch.setattr("sys.executable", str(place / "nowhere"))
    with pytest.raises(Unusable) as fault:
        inspect(place, PDF)
    assert fault.value.code == Fault.GIVEN_UP
    monkeypatch.undo()
    assert inspect(place, PDF) == Inspection(1)


def test_a_child_is_ended_when_its_time_is_up(place: Path) -> None:
    with pytest.raises(TooMuch, match="time"):
        child.run("inspect", _put(place, small_pdf("slow")), seconds=0.005, content_type=PDF)


def test_a_child_knows_nothing_of_the_portals_environment(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(place.parent))
    (place.parent / "PIL.py").write_text("raise SystemExit('the environment was heard')")
    assert inspect(_put(place, small_picture("PNG", (61, 41))), PNG) == Inspection(1)
