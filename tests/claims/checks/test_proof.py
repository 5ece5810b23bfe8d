"""The proof step: what a file is, by its content."""

import hashlib
import io
import unicodedata
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from docx import Document as WordDocument
from fpdf import FPDF
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from claims.checks import ManyRefused
from claims.checks.proof import Upload, check_proof, check_room, clean_name, read_upload
from claims.models import Claim, Document
from claims.models.proof import DocumentType
from cpor_portal.faults import Refused
from tests.support.claims import make_draft

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + bytes(17)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(32)


def _pdf() -> bytes:
    pdf = FPDF()
    pdf.add_page()
    return bytes(pdf.output())


def _docx() -> bytes:
    file = io.BytesIO()
    WordDocument().save(file)
    return file.getvalue()


def _zip(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "<xml/>")
    return file.getvalue()


def _refusal(name: str, content: bytes) -> Refused:
    with pytest.raises(Refused) as refusal:
        read_upload(SimpleUploadedFile(name, content))
    return refusal.value


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("proof.pdf", _pdf(), DocumentType.PDF),
        ("proof.docx", _docx(), DocumentType.DOCX),
        ("proof.png", PNG, DocumentType.PNG),
        ("proof.jpg", JPEG, DocumentType.JPEG),
        ("proof.JPEG", JPEG, DocumentType.JPEG),
    ],
)
def test_the_four_types_are_told_by_their_content(name: str, content: bytes, content_type: DocumentType) -> None:
    upload = read_upload(SimpleUploadedFile(name, content, content_type="application/x-whatever"))
    assert upload == Upload(name, content_type, len(content), hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("proof.pdf", b"MZ\x90\x00 a program"),
        ("proof.pdf", b"<html><script>alert(1)</script></html>"),
        ("proof.png", b"GIF89a" + bytes(20)),
        ("proof.docx", b"PK\x03\x04 broken"),
        ("proof.docx", _zip("mimetype", "content.xml")),
        ("sheet.docx", _zip("[Content_Types].xml", "xl/workbook.xml")),
        ("macros.docx", _zip("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")),
        ("locked.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        ("proof.txt", b"just words"),
        ("proof.pdf", b"\x00"),
    ],
)
def test_what_is_none_of_them_is_refused_whatever_it_is_called(name: str, content: bytes) -> None:
    refusal = _refusal(name, content)
    assert (refusal.code, refusal.field) == ("document_type", "documents")
    assert name in str(refusal.text)


def test_a_wrong_ending_does_not_matter_and_gets_the_right_one_added() -> None:
    assert read_upload(SimpleUploadedFile("report.exe", _pdf())).name == "report.exe.pdf"
    assert read_upload(SimpleUploadedFile("scan", PNG)).name == "scan.png"


def test_size_is_counted_from_what_is_there(settings: Settings) -> None:
    settings.DOCUMENT_MAX_BYTES = 100
    just_right, too_much = _padded(100), _padded(101)
    assert read_upload(SimpleUploadedFile("a.png", just_right)).size == 100
    assert _refusal("a.png", too_much).code == "document_too_large"
    assert _refusal("a.png", b"").code == "document_empty"


def _padded(size: int) -> bytes:
    return PNG + bytes(size - len(PNG))


def test_a_large_file_on_disk_is_read_in_chunks_and_left_at_its_start() -> None:
    content = PNG + bytes(300_000)
    with TemporaryUploadedFile("scan.png", "image/png", 0, None) as file:
        file.write(content)
        upload = read_upload(file)
        assert upload.sha256 == hashlib.sha256(content).hexdigest()
        assert file.read() == content


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("C:\\Users\\anna\\proof.pdf", "proof.pdf"),
        ("../../etc/passwd", "passwd"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("two\r\nlines.pdf", "twolines.pdf"),
        ("  igazolás   (1).pdf ", "igazolás (1).pdf"),
        ("", "document"),
        ("..", "document"),
        ("\u200b", "document"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_a_name_is_made_safe(name: str, cleaned: str) -> None:
    assert clean_name(name) == cleaned


@given(st.text(max_size=400))
def test_a_clean_name_is_a_name_and_stays_as_it_is(name: str) -> None:
    cleaned = clean_name(name)
    assert 0 < len(cleaned) <= 200
    assert not set("/\\\r\n\0") & set(cleaned)
    assert all(unicodedata.category(char) not in ("Cc", "Cf") for char in cleaned)
    assert clean_name(cleaned) == cleaned


# --- Room on the claim -------------------------------------------------------------------------------------


def _upload(content: str) -> Upload:
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    return Upload(f"{content}.pdf", DocumentType.PDF, len(content), sha256)


def _stored(claim: Claim, content: str) -> Document:
    upload = _upload(content)
    return Document.objects.create(
        claim=claim,
        file="somewhere",
        name=upload.name,
        content_type=upload.content_type,
        size=upload.size,
        sha256=upload.sha256,
        uploaded_by=claim.created_by,
    )


def _codes(claim: Claim, *contents: str) -> list[str]:
    try:
        check_room(claim, [_upload(content) for content in contents])
    except ManyRefused as many:
        return [fault.code for fault in many.faults]
    except Refused as fault:
        return [fault.code]
    return []


@pytest.mark.django_db
def test_the_same_content_is_not_taken_twice() -> None:
    claim = make_draft()
    _stored(claim, "one")
    _stored(make_draft(), "two")
    assert _codes(claim, "two", "three") == []
    assert _codes(claim, "one") == ["document_duplicate"]
    assert _codes(claim, "two", "two") == ["document_duplicate"]


@pytest.mark.django_db
def test_a_claim_takes_ten_documents_and_not_one_more() -> None:
    claim = make_draft()
    for number in range(8):
        _stored(claim, str(number))
    assert _codes(claim, "nine", "ten") == []
    assert _codes(claim, "nine", "ten", "eleven") == ["too_many_documents"]
    assert _codes(claim, "0", "ten", "eleven") == ["too_many_documents", "document_duplicate"]


@pytest.mark.django_db
def test_a_claim_without_documents_has_no_proof() -> None:
    claim = make_draft()
    with pytest.raises(Refused) as refusal:
        check_proof(claim)
    assert refusal.value.code == "proof_required"
    _stored(claim, "one")
    check_proof(claim)
