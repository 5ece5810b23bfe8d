"""The virus scan of documents: verdicts, the quarantine, and what is seen of both."""

import io
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.conf import LazySettings
from django.core.files.storage import default_storage
from pypdf import PdfWriter
from structlog.testing import capture_logs

from arbitration.acts.start import start_review
from claims.acts import scanning
from claims.acts.drafts import delete_draft
from claims.acts.editing import add_documents, remove_document
from claims.acts.submit import NotComplete, submit
from claims.checks.faults import Step
from claims.models import Claim, Document, DocumentPage, Finding, ProofCell, TextBand
from claims.permissions import HeldBack, held_back, visible_documents
from claims.proof.words import Column, Element, ReadState, ScanState, Source, Verdict
from cpor_portal.accounts.models import PartnerRole
from cpor_portal.documents import clamd
from devtools.environment import ROOT
from tests.claims.mails.reading import mails_of, only, parts, recipients
from tests.claims.views.pages import signed_in, text_of
from tests.support.clamd import EICAR
from tests.support.factories import make_person, make_staff, make_workload
from tests.support.scanner_double import scanner_double
from tests.support.servers import OwnServer, free_port
from tests.support.stories import PDF, Side, make_customer, make_draft, make_side, make_submitted, pdf
from tests.support.together import at_once

FOUND = "Eicar-Test-Signature.UNOFFICIAL"
Commits = Callable[..., AbstractContextManager[object]]


def _pdf_with(attachment: bytes) -> bytes:
    writer, file = PdfWriter(), io.BytesIO()
    writer.add_blank_page(595, 842)
    writer.add_attachment("note.txt", attachment)
    writer.write(file)
    return file.getvalue()


INFECTED = _pdf_with(EICAR)


@pytest.fixture
def side() -> Side:
    return make_side()


def _draft(side: Side, proof: bytes = PDF) -> Claim:
    product = make_workload()
    return make_draft(side, make_customer(product), [product], proof=proof)


def _scan_all(claim: Claim) -> None:
    for document in claim.documents.all():
        scanning.scan_one(document.pk)


def _address(document: Document) -> str:
    return f"/claims/{document.claim.reference}/documents/{document.pk}/"


def _quarantined() -> set[str]:
    try:
        return set(default_storage.listdir(scanning.QUARANTINE)[1])
    except FileNotFoundError:
        return set()


@pytest.mark.django_db
def test_a_document_waits_for_its_scan_and_then_everybody_may_read_it(side: Side, scanner: OwnServer) -> None:
    claim, reviewer = make_submitted(side), make_staff()
    document = claim.documents.get()
    assert document.scan_state == ScanState.WAITING
    for reader, name in ((side.person, True), (reviewer, False)):
        answer = signed_in(reader).get(_address(document))
        assert (answer.status_code, answer["Retry-After"]) == (409, "60")
        assert 'data-code="document_waits"' in text_of(answer)
        assert list(visible_documents(reader, claim)) == ([document] if name else [])
    assert held_back(reviewer, claim) == HeldBack(waiting=1)
    assert not held_back(side.person, claim)
    assert scanning.scan_one(document.pk)
    document.refresh_from_db()
    assert document.scan_state == ScanState.CLEAN
    assert document.scanned_at is not None
    for reader in (side.person, reviewer):
        assert b"".join(signed_in(reader).get(_address(document))) == PDF
    assert not held_back(reviewer, claim)
    assert mails_of("document_infected") == []


@pytest.mark.django_db
def test_an_infected_document_is_moved_and_nobody_gets_it(
    side: Side, scanner: OwnServer, django_capture_on_commit_callbacks: Commits
) -> None:
    claim, reviewer = make_submitted(side, None), make_staff()
    _scan_all(claim)
    add_documents(reference=claim.reference, by=side.person, files=[pdf("order form.pdf", INFECTED)])
    document = claim.documents.get(name="order form.pdf")
    before, version, events = document.file.name, Claim.objects.get().version, claim.events.count()
    with django_capture_on_commit_callbacks(execute=True):
        assert scanning.scan_one(document.pk)
    document.refresh_from_db()
    assert (document.scan_state, document.threat) == (ScanState.INFECTED, FOUND)
    assert document.file.name.startswith("quarantine/")
    assert claim.reference not in document.file.name
    assert default_storage.exists(document.file.name)
    assert not default_storage.exists(before)
    for reader in (side.person, reviewer):
        assert signed_in(reader).get(_address(document)).status_code == 404
    assert [one.name for one in visible_documents(reviewer, claim)] == ["proof.pdf"]
    assert len(visible_documents(side.person, claim)) == 2
    assert held_back(reviewer, claim) == HeldBack(quarantined=1)
    assert (Claim.objects.get().version, claim.events.count()) == (version, events)


@pytest.mark.django_db
def test_what_was_read_in_an_infected_document_goes_and_its_cells_are_empty(
    side: Side, django_capture_on_commit_callbacks: Commits
) -> None:
    claim = _draft(side)
    document, product = claim.documents.get(), claim.lines.get().product
    Document.objects.update(read_state=ReadState.READ, page_count=1, text_signature=b"x" * 256)
    DocumentPage.objects.create(document=document, number=1, text="Alpine Ski House")
    TextBand.objects.create(document=document, band=0, value=1)
    Finding.objects.create(document=document, element=Element.CUSTOMER, verdict=Verdict.HOLDS, page=1)
    for column, source in ((Column.TIED, Source.FOUND), (Column.DATED, Source.PARTNER)):
        ProofCell.objects.create(
            claim=claim, product=product, column=column, document=document, page=1, source=source, words="Ski"
        )
    scanning.note_verdict(document_id=document.pk, threat="Win.Test")
    document.refresh_from_db()
    assert (document.page_count, document.text_signature) == (None, None)
    assert not document.pages.exists()
    assert not document.findings.exists()
    assert not document.bands.exists()
    assert {(cell.is_empty, cell.page, cell.words) for cell in claim.cells.all()} == {(True, None, "")}


@pytest.mark.django_db
def test_the_firm_is_told_once_and_what_to_do(side: Side) -> None:
    adder = make_person(side.firm, PartnerRole.INCENTIVES_USER)
    claim = _draft(side)
    Document.objects.update(uploaded_by=adder)
    document = claim.documents.get()
    for _time in range(2):
        scanning.note_verdict(document_id=document.pk, threat="Win.Test")
    assert recipients("document_infected") == {side.person.email, adder.email}
    assert len(mails_of("document_infected")) == 2
    for part in parts(only("document_infected", adder)):
        assert "“Win.Test” in the document “proof.pdf”" in part
        assert "It was the only document" in part
        assert "add the new document" in part
        assert "reviewer" not in part


@pytest.mark.django_db
def test_the_mail_says_what_can_be_done_where_the_claim_stands(side: Side) -> None:
    submitted, reviewed = make_submitted(side), make_submitted(side)
    start_review(reference=reviewed.reference, by=make_staff())
    for claim in (submitted, reviewed):
        scanning.note_verdict(document_id=claim.documents.get().pk, threat="Win.Test")
    at_submitted, under_review = mails_of("document_infected", side.person)
    assert "The reviewer cannot see it" in at_submitted.text
    assert "add the new document" in at_submitted.text
    assert "Documents cannot be added at the moment" in under_review.text
    assert "add the new document" not in under_review.text


@pytest.mark.django_db
def test_a_claim_whose_documents_are_all_quarantined_has_no_proof(side: Side) -> None:
    claim = _draft(side)
    document = claim.documents.get()
    scanning.note_verdict(document_id=document.pk, threat="Win.Test")
    with pytest.raises(NotComplete) as refused:
        submit(reference=claim.reference, by=side.person)
    assert [(one.step, one.fault.code) for one in refused.value.faults] == [(Step.PROOF, "proof_quarantined")]
    add_documents(reference=claim.reference, by=side.person, files=[pdf("new.pdf", _pdf_with(b"clean"))])
    submit(reference=claim.reference, by=side.person)


@pytest.mark.django_db
def test_a_quarantined_document_of_a_filed_claim_may_be_taken_off_with_its_file(
    side: Side, django_capture_on_commit_callbacks: Commits
) -> None:
    claim, kept = make_submitted(side), _quarantined()
    add_documents(reference=claim.reference, by=side.person, files=[pdf("new.pdf", _pdf_with(b"clean"))])
    document = claim.documents.get(name="proof.pdf")
    with django_capture_on_commit_callbacks(execute=True):
        scanning.note_verdict(document_id=document.pk, threat="Win.Test")
        remove_document(reference=claim.reference, by=side.person, document_id=document.pk)
    assert [one.name for one in claim.documents.all()] == ["new.pdf"]
    assert _quarantined() == kept


@pytest.mark.django_db
def test_a_verdict_only_gets_worse(side: Side) -> None:
    document = _draft(side).documents.get()
    for threat, state in (
        ("", ScanState.NOT_SCANNED),  # nobody asked for a scan
        ("Win.First", ScanState.INFECTED),
        ("Win.Second", ScanState.INFECTED),
        ("", ScanState.INFECTED),
    ):
        scanning.note_verdict(document_id=document.pk, threat=threat)
        document.refresh_from_db()
        assert document.scan_state == state
    assert document.threat == "Win.First"


@pytest.mark.django_db
def test_a_silent_scanner_keeps_documents_waiting_until_it_speaks(
    side: Side, scanner: OwnServer, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = _draft(side, INFECTED).documents.get()
    monkeypatch.setattr(clamd, "SECONDS_TO_SCAN", 0.2)
    with scanner_double(None) as double, capture_logs() as logs:
        settings.CLAMD_ADDRESS = double.address
        assert not scanning.scan_one(document.pk)
    assert [line["event"] for line in logs] == ["scanner_silent"]
    document.refresh_from_db()
    assert document.scan_state == ScanState.WAITING
    monkeypatch.undo()
    settings.CLAMD_ADDRESS = scanner.address
    assert scanning.scan_due(10) == 1
    document.refresh_from_db()
    assert document.is_quarantined


@pytest.mark.django_db
def test_a_document_that_the_scanner_cannot_digest_keeps_no_other_waiting(
    side: Side, settings: LazySettings, scanner: OwnServer
) -> None:
    claim = _draft(side)
    files = [pdf(f"{number}.pdf", _pdf_with(b"%d" % number)) for number in range(3)]
    add_documents(reference=claim.reference, by=side.person, files=files)
    with scanner_double(lambda stream: b"oops ERROR\0" if stream == PDF else b"stream: OK\0") as double:
        settings.CLAMD_ADDRESS = double.address
        assert scanning.scan_due(10) == 3
        assert scanning.scan_due(10) == 0
    assert [one.name for one in Document.objects.to_scan()] == ["proof.pdf"]


@pytest.mark.django_db
def test_a_sweep_ends_at_once_where_no_scanner_listens(side: Side, settings: LazySettings, scanner: OwnServer) -> None:
    for _number in range(3):
        _draft(side)
    settings.CLAMD_ADDRESS = f"127.0.0.1:{free_port()}"
    with capture_logs() as logs:
        assert scanning.scan_due(10) == 0
    assert [line["event"] for line in logs] == ["scanner_away"]
    assert Document.objects.to_scan().count() == 3


@pytest.mark.django_db
def test_where_the_scanner_was_switched_off_nothing_waits_for_it(
    side: Side, settings: LazySettings, scanner: OwnServer
) -> None:
    document = _draft(side).documents.get()
    settings.CLAMD_ADDRESS = ""
    assert scanning.scan_due(10) == 1
    document.refresh_from_db()
    assert (document.scan_state, document.scanned_at) == (ScanState.NOT_SCANNED, None)


@pytest.mark.django_db
def test_a_file_that_the_storage_has_lost_has_no_verdict(side: Side, scanner: OwnServer) -> None:
    document = _draft(side).documents.get()
    default_storage.delete(document.file.name)
    assert not scanning.scan_one(document.pk)
    document.refresh_from_db()
    assert document.scan_state == ScanState.WAITING


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("threat", ["", "Win.Test"])
def test_a_draft_that_is_deleted_under_its_scan_leaves_nothing(
    side: Side, settings: LazySettings, scanner: OwnServer, threat: str
) -> None:
    claim, kept = _draft(side), _quarantined()
    document = claim.documents.get()

    def answer(_stream: bytes) -> bytes:
        (done,) = at_once(lambda: delete_draft(reference=claim.reference, by=side.person))
        assert done is None
        return b"stream: " + (f"{threat} FOUND".encode() if threat else b"OK") + b"\0"

    with scanner_double(answer) as double:
        settings.CLAMD_ADDRESS = double.address
        assert scanning.scan_one(document.pk)
    assert not Document.objects.exists()
    assert _quarantined() == kept
    assert mails_of("document_infected") == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_with_one_infected_document_quarantine_it_once(side: Side, scanner: OwnServer) -> None:
    document, kept = _draft(side, INFECTED).documents.get(), _quarantined()
    assert at_once(*[lambda: scanning.scan_one(document.pk)] * 4) == [True] * 4
    document.refresh_from_db()
    assert {f"quarantine/{name}" for name in _quarantined() - kept} == {document.file.name}
    assert len(mails_of("document_infected")) == 1
    assert default_storage.listdir(document.claim.reference)[1] == []


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
def test_a_draft_deleted_and_quarantined_at_once_ends_deleted(side: Side) -> None:
    claims, kept = [_draft(side) for _number in range(4)], _quarantined()
    acts = []
    for claim in claims:
        document_id = claim.documents.get().pk
        acts.append(lambda claim=claim: delete_draft(reference=claim.reference, by=side.person))
        acts.append(lambda pk=document_id: scanning.note_verdict(document_id=pk, threat="Win.Test"))
    assert at_once(*acts) == [None] * len(acts)
    assert not Claim.objects.exists()
    assert _quarantined() == kept


SCAN = "import django; django.setup(); from claims.acts import scanning; scanning.scan_one({})"


@pytest.mark.postgres_only
def test_a_worker_that_is_killed_in_the_middle_of_a_scan_leaves_the_document_waiting(
    process_environment: dict[str, str], side: Side, scanner: OwnServer
) -> None:
    document = _draft(side, INFECTED).documents.get()
    with scanner_double(None) as double:
        environment = {**process_environment, "CLAMD_ADDRESS": double.address}
        worker = subprocess.Popen([sys.executable, "-c", SCAN.format(document.pk)], cwd=ROOT, env=environment)
        assert double.has_read.wait(30)
        worker.kill()
        worker.wait()
    document.refresh_from_db()
    assert document.scan_state == ScanState.WAITING
    assert scanning.scan_due(10) == 1
    document.refresh_from_db()
    assert document.threat == FOUND
