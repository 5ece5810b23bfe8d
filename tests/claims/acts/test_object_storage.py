"""Documents in S3-compatible storage: their whole way, what is never held at once, and a storage that is away."""

import hashlib
import io
import os
import socket
import time
import tracemalloc
from collections.abc import Callable
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from botocore.config import Config
from django.conf import LazySettings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import FileResponse
from pypdf import PdfWriter

from claims.acts import reading, scanning
from claims.acts.drafts import delete_draft
from claims.acts.editing import add_documents, remove_document
from claims.models import Claim, Document
from claims.proof.words import ReadState, ScanState
from cpor_portal import object_storage as settings_of_storage
from cpor_portal.documents import local_copy
from cpor_portal.documents.stored import StorageUnreachable, delete_with_pictures, pictures_of
from cpor_portal.faults import Refused
from cpor_portal.object_storage import storage_from_url
from tests.claims.views.pages import signed_in, text_of
from tests.support.clamd import EICAR
from tests.support.factories import make_workload
from tests.support.object_storage import Bucket, bucket, object_storage, use
from tests.support.scanner_double import scanner_double
from tests.support.servers import OwnServer, free_port
from tests.support.stories import PDF, Side, make_customer, make_draft, make_side, pdf

__all__ = ["bucket", "object_storage"]

pytestmark = pytest.mark.django_db

MEBIBYTE = 1024 * 1024
# What may be held of a document of 20 MiB at any moment: some chunks, and what the libraries need for themselves.
ENOUGH = 6 * MEBIBYTE
Commits = Callable[..., AbstractContextManager[object]]


@pytest.fixture
def side() -> Side:
    return make_side()


def _draft(side: Side) -> Claim:
    product = make_workload()
    return make_draft(side, make_customer(product), [product])


def _address(document: Document) -> str:
    return f"/claims/{document.claim.reference}/documents/{document.pk}/"


def _large_pdf() -> bytes:
    writer, file = PdfWriter(), io.BytesIO()
    writer.add_blank_page(595, 842)
    writer.add_attachment("plan.bin", os.urandom(19 * MEBIBYTE))
    writer.write(file)
    return file.getvalue()


def _uploaded(content: bytes) -> TemporaryUploadedFile:
    """As Django keeps an upload of more than a megabyte: in a file."""
    file = TemporaryUploadedFile("large.pdf", "application/pdf", len(content), None)
    file.write(content)
    file.seek(0)
    return file


def test_a_document_comes_goes_and_is_read_by_the_portal_alone(
    side: Side, bucket: Bucket, django_capture_on_commit_callbacks: Commits
) -> None:
    claim = _draft(side)
    document = claim.documents.get()
    assert bucket.keys == [document.file.name]
    assert "proof" not in document.file.name
    head = bucket.client.head_object(Bucket=bucket.name, Key=document.file.name)
    assert head["ContentType"] == "application/octet-stream"
    grants = bucket.client.get_object_acl(Bucket=bucket.name, Key=document.file.name)["Grants"]
    assert [grant["Grantee"]["Type"] for grant in grants] == ["CanonicalUser"]  # its owner's, nobody else's
    response = signed_in(side.person).get(_address(document))
    assert isinstance(response, FileResponse)
    assert (b"".join(response), response["Content-Length"]) == (PDF, str(len(PDF)))
    with local_copy(document.file) as path:
        assert path.read_bytes() == PDF
    assert not path.exists()
    with django_capture_on_commit_callbacks(execute=True):
        remove_document(reference=claim.reference, by=side.person, document_id=document.pk)
    assert bucket.keys == []


def test_with_a_document_go_the_pictures_of_its_pages_and_no_others(side: Side, bucket: Bucket) -> None:
    names = [default_storage.save(name, io.BytesIO(b"x")) for name in ("C-1/abc", "C-1/abcd")]
    for name in names:
        for page in range(3):
            default_storage.save(f"{pictures_of(name)}/{page}-150.png", io.BytesIO(b"x"))
    delete_with_pictures([names[0], ""])
    assert set(bucket.keys) == {"C-1/abcd", *(f"pictures/abcd/{page}-150.png" for page in range(3))}


def test_pictures_on_a_disk_go_likewise() -> None:
    name = default_storage.save("C-1/abc", io.BytesIO(b"x"))
    folder = pictures_of(name)
    default_storage.save(f"{folder}/1-150.png", io.BytesIO(b"x"))
    delete_with_pictures([name])
    assert not default_storage.exists(name)
    assert not default_storage.exists(folder)
    delete_with_pictures([name])


def test_a_deleted_draft_leaves_nothing_in_the_bucket(
    side: Side, bucket: Bucket, django_capture_on_commit_callbacks: Commits
) -> None:
    claim = _draft(side)
    with django_capture_on_commit_callbacks(execute=True):
        delete_draft(reference=claim.reference, by=side.person)
    assert bucket.keys == []


def test_an_infected_document_is_moved_within_the_bucket(
    side: Side, bucket: Bucket, settings: LazySettings, django_capture_on_commit_callbacks: Commits
) -> None:
    document = _draft(side).documents.get()
    Document.objects.update(scan_state=ScanState.WAITING)
    with scanner_double(b"stream: Win.Test FOUND\0") as double, django_capture_on_commit_callbacks(execute=True):
        settings.CLAMD_ADDRESS = double.address
        assert scanning.scan_one(document.pk)
    assert double.streams == [PDF]
    document.refresh_from_db()
    assert bucket.keys == [document.file.name]
    assert document.file.name.startswith("quarantine/")
    assert signed_in(side.person).get(_address(document)).status_code == 404


def test_a_file_that_the_bucket_has_lost_is_404_and_gone_for_jobs_too(side: Side, bucket: Bucket) -> None:
    document = _draft(side).documents.get()
    bucket.client.delete_object(Bucket=bucket.name, Key=document.file.name)
    assert signed_in(side.person).get(_address(document)).status_code == 404
    with pytest.raises(FileNotFoundError), local_copy(document.file):
        pass


def test_a_large_document_is_never_held_whole_on_its_way_in_or_out(side: Side, bucket: Bucket) -> None:
    claim, content = _draft(side), _large_pdf()
    file, digest = _uploaded(content), hashlib.sha256(content).digest()
    client = signed_in(side.person)
    del content
    tracemalloc.start()
    try:
        with file:
            add_documents(reference=claim.reference, by=side.person, files=[file])
        held_on_the_way_in = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        response = client.get(_address(claim.documents.get(name="large.pdf")))
        received = hashlib.sha256()
        for chunk in response:
            received.update(chunk)
        held_on_the_way_out = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert received.digest() == digest
    assert held_on_the_way_in < ENOUGH
    assert held_on_the_way_out < ENOUGH


def test_a_storage_that_is_away_refuses_the_upload_in_words_and_keeps_the_draft(
    side: Side, bucket: Bucket, settings: LazySettings
) -> None:
    claim = _draft(side)
    use(settings, f"127.0.0.1:{free_port()}", bucket.name)
    with pytest.raises(Refused) as refused:
        add_documents(reference=claim.reference, by=side.person, files=[pdf("new.pdf", PDF + b"\n")])
    assert refused.value.code == "storage_unreachable"
    answer = signed_in(side.person).post(
        f"/claims/{claim.reference}/edit/proof/", {"documents": pdf("new.pdf", PDF + b"\n")}
    )
    assert answer.status_code == 422
    assert 'data-code="storage_unreachable"' in text_of(answer)
    assert claim.documents.count() == 1


def test_a_storage_that_is_away_is_said_so_and_nothing_that_was_decided_is_undone(
    side: Side, bucket: Bucket, settings: LazySettings, django_capture_on_commit_callbacks: Commits
) -> None:
    claim = _draft(side)
    document = claim.documents.get()
    use(settings, f"127.0.0.1:{free_port()}", bucket.name)
    answer = signed_in(side.person).get(_address(document))
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert 'data-code="storage_unreachable"' in text_of(answer)
    name = document.file.name
    with django_capture_on_commit_callbacks(execute=True):
        scanning.note_verdict(document_id=document.pk, threat="Win.Test")
    document.refresh_from_db()
    assert (document.is_quarantined, document.file.name) == (True, name)
    with django_capture_on_commit_callbacks(execute=True):
        delete_draft(reference=claim.reference, by=side.person)
    assert not Claim.objects.exists()


def test_a_storage_that_takes_connections_and_never_answers_is_given_up_soon(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasty = settings_of_storage.CLIENT.merge(Config(read_timeout=0.2, retries={"total_max_attempts": 1}))
    monkeypatch.setattr(settings_of_storage, "CLIENT", hasty)
    began = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        use(settings, f"127.0.0.1:{deaf.getsockname()[1]}", "documents")
        for act in (lambda: default_storage.open("C-1/abc"), lambda: default_storage.save("x", io.BytesIO(PDF))):
            with pytest.raises(StorageUnreachable):
                act()
    assert time.monotonic() - began < 8


def test_jobs_leave_a_document_waiting_while_the_storage_is_away(
    side: Side, bucket: Bucket, settings: LazySettings
) -> None:
    document = _draft(side).documents.get()
    use(settings, f"127.0.0.1:{free_port()}", bucket.name)
    assert not reading.read_one(document.pk)
    Document.objects.update(scan_state=ScanState.WAITING)
    with scanner_double(b"stream: OK\0") as double:
        settings.CLAMD_ADDRESS = double.address
        assert scanning.scan_due(10) == 0
    document.refresh_from_db()
    assert (document.scan_state, document.read_state) == (ScanState.WAITING, ReadState.WAITING)
    assert document.read_attempts == 0


class _Cutting(BaseHTTPRequestHandler):
    """Promises a hundred bytes, and hangs up after ten."""

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()

    def do_GET(self) -> None:
        self.do_HEAD()
        self.wfile.write(b"ten bytes.")

    def log_message(self, *_what: object) -> None:
        """Nothing on standard error."""


def test_a_file_that_arrives_in_part_is_not_taken_for_the_file(settings: LazySettings) -> None:
    with HTTPServer(("127.0.0.1", 0), _Cutting) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
        try:
            use(settings, f"127.0.0.1:{server.server_port}", "documents")
            with pytest.raises(StorageUnreachable):
                default_storage.open("C-1/abc")
        finally:
            server.shutdown()


def test_a_bucket_that_there_is_not_is_trouble_with_the_storage(bucket: Bucket, settings: LazySettings) -> None:
    use(settings, bucket.server.address, "another-bucket-that-there-is-not")
    with pytest.raises(OSError, match="NoSuchBucket"):
        default_storage.save("C-1/abc", io.BytesIO(PDF))


def test_a_disk_that_cannot_be_written_is_no_fault_of_the_partners(side: Side, settings: LazySettings) -> None:
    claim = _draft(side)
    settings.MEDIA_ROOT = "/dev/null/documents"
    with pytest.raises(Refused) as refused:
        add_documents(reference=claim.reference, by=side.person, files=[pdf("new.pdf", PDF + b"\n")])
    assert refused.value.code == "storage_unreachable"


def test_an_infected_file_in_the_bucket_is_found_by_the_real_scanner(
    side: Side, bucket: Bucket, scanner: OwnServer, django_capture_on_commit_callbacks: Commits
) -> None:
    claim = _draft(side)
    writer, file = PdfWriter(), io.BytesIO()
    writer.add_blank_page(595, 842)
    writer.add_attachment("note.txt", EICAR)
    writer.write(file)
    add_documents(reference=claim.reference, by=side.person, files=[pdf("new.pdf", file.getvalue())])
    with django_capture_on_commit_callbacks(execute=True):
        assert scanning.scan_due(10) == 2
    found = {one.name: (one.scan_state, one.file.name.partition("/")[0]) for one in claim.documents.all()}
    assert found == {"proof.pdf": ("clean", claim.reference), "new.pdf": ("infected", "quarantine")}


@pytest.mark.parametrize("address", ["s3://KEY:SECRET@storage.example", "https://storage.example/bucket", "bucket"])
def test_an_address_without_a_bucket_is_refused_at_the_start(address: str) -> None:
    with pytest.raises(ValueError, match="STORAGE_URL must look like"):
        storage_from_url(address)


def test_an_address_names_keys_place_and_bucket() -> None:
    options = storage_from_url("s3://KEY:S%2FECRET@[::1]:9000/documents?region=eu-central-1&tls=0")["OPTIONS"]
    told = [options[name] for name in ("access_key", "secret_key", "bucket_name", "region_name", "endpoint_url")]
    assert told == ["KEY", "S/ECRET", "documents", "eu-central-1", "http://[::1]:9000"]
