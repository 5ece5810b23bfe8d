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
from claims.checks.proof import Upload, check_proof, check_room, clean_name, read_upload, read_uploads
from claims.models import Claim, Document
from claims.models.proof import DocumentType
from cpor_portal.faults import Refused
from tests.support.claims import make_draft
from tests.support.papers import small_picture, zipped

PNG, JPEG = small_picture("PNG"), small_picture("JPEG")


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


def _with_types(kind: bytes) -> bytes:
    return zipped({"[Content_Types].xml": b'<Types><Override ContentType="%s"/></Types>' % kind})


def _refusal(name: str, content: bytes) -> Refused:
    with pytest.raises(Refused) as refusal:
        read_upload(SimpleUploadedFile(name, content))
    return refusal.value


@pytest.mark.parametrize(
    ("name", "content", "content_type", "page_count"),
    [
        ("proof.pdf", _pdf(), DocumentType.PDF, 1),
        ("proof.docx", _docx(), DocumentType.DOCX, None),
        ("proof.png", PNG, DocumentType.PNG, 1),
        ("proof.jpg", JPEG, DocumentType.JPEG, 1),
        ("proof.JPEG", JPEG, DocumentType.JPEG, 1),
    ],
)
def test_the_four_types_are_told_by_their_content(
    name: str, content: bytes, content_type: DocumentType, page_count: int | None
) -> None:
    upload = read_upload(SimpleUploadedFile(name, content, content_type="application/x-whatever"))
    assert upload == Upload(name, content_type, len(content), hashlib.sha256(content).hexdigest(), page_count)


OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("name", "content", "variant"),
    [
        ("proof.pdf", b"MZ\x90\x00 a program", "program"),
        ("proof.pdf", b"<html><script>alert(1)</script></html>", "web_page"),
        ("proof.png", b"GIF89a" + bytes(20), "picture"),
        ("proof.png", b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "picture"),
        ("proof.docx", _zip("mimetype", "content.xml"), "archive"),
        ("sheet.docx", _with_types(b"spreadsheetml.sheet.main+xml"), "workbook"),
        ("slides.docx", _with_types(b"presentationml.presentation.main+xml"), "presentation"),
        ("form.docx", _with_types(b"wordprocessingml.template.main+xml"), "template"),
        ("letter.odt", zipped({"mimetype": b"application/vnd.oasis.opendocument.text"}), "open_document"),
        ("letter.docx", OLD_WORD, "old_office"),
        ("letter.docx", b"{\\rtf1 Dear Sirs}", "rich_text"),
        ("proof.txt", b"just words", "text"),
        ("proof.pdf", b"\x00", ""),
    ],
)
def test_what_is_none_of_them_is_refused_by_what_it_is_whatever_it_is_called(
    name: str, content: bytes, variant: str
) -> None:
    refusal = _refusal(name, content)
    assert (refusal.code, refusal.field) == ("document_type", "documents")
    assert refusal.facts["variant"] == variant
    assert name in str(refusal.text)


def test_a_password_is_told_from_an_old_document() -> None:
    locked = OLD_WORD + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    assert _refusal("locked.docx", locked).code == "document_encrypted"


def test_every_file_that_can_not_be_proof_is_named_at_once() -> None:
    files = [("a.pdf", b"words"), ("b.pdf", _pdf()), ("c.png", PNG[:50]), ("d.pdf", b"")]
    with pytest.raises(ManyRefused) as refusal:
        read_uploads([SimpleUploadedFile(name, content) for name, content in files])
    found = [(fault.facts["name"], fault.code) for fault in refusal.value.faults]
    assert found == [("a.pdf", "document_type"), ("c.png", "document_broken"), ("d.pdf", "document_empty")]


def test_a_wrong_ending_does_not_matter_and_gets_the_right_one_added() -> None:
    assert read_upload(SimpleUploadedFile("report.exe", _pdf())).name == "report.exe.pdf"
    assert read_upload(SimpleUploadedFile("scan", PNG)).name == "scan.png"


def test_size_is_counted_from_what_is_there(settings: Settings) -> None:
    settings.DOCUMENT_MAX_BYTES = 1000
    just_right, too_much = _padded(1000), _padded(1001)
    assert read_upload(SimpleUploadedFile("a.png", just_right)).size == 1000
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
        ("two\r\nlines.pdf", "two lines.pdf"),
        ("two%0D%0Alines%22.pdf", "two lines .pdf"),
        ("  igazolás   (1).pdf ", "igazolás (1).pdf"),
        ("", "document"),
        ("....", "document"),
        ("a<b>|c?.pdf", "a_b__c_.pdf"),
        ("nul\0byte.pdf", "nulbyte.pdf"),
        ("COM1.pdf", "_COM1.pdf"),
        ("contract.pdf", "contract.pdf"),
        ("proof.pdf . ", "proof.pdf"),
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
    assert not set('/\\\r\n\0<>:"|?*') & set(cleaned)
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
    with pytest.raises(Refused, match="document_duplicate") as refusal:
        check_room(claim, [_upload("two"), _upload("two")])
    assert "One of them is enough" in str(refusal.value.text)


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
