"""Reading documents in the background: from the upload to the filled matrix, and whatever can go wrong on the way."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path

import pytest
import time_machine
from django.conf import LazySettings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils import timezone
from PIL import Image

from claims import tasks
from claims.acts import reading
from claims.acts.drafts import delete_draft
from claims.acts.editing import add_documents, save_activity, save_products
from claims.acts.submit import submit
from claims.checks.products import LineAnswer, ProductsAnswer
from claims.models import Claim, Document, DocumentPage, Finding, ProofCell, TextBand
from claims.proof.checker import findings_in
from claims.proof.matrix import matrix_of
from claims.proof.template.filling import filled_docx, filled_pdf
from claims.proof.words import Element, ReadState, ScanState, Verdict
from claims.words import Activity
from cpor_portal import documents
from cpor_portal.directory.models import SolutionArea
from tests.support.factories import make_workload
from tests.support.stories import make_customer, make_draft, make_side, make_submitted

pytestmark = pytest.mark.django_db
WORK = (
    "We planned the roll-out, moved 400 mailboxes over a weekend, trained the help desk in six courses and measured "
    "the use of the products every month until the end of the project."
)


def _draft(*names: str) -> Claim:
    products = [make_workload(name=name) for name in names or ("Exchange", "Teams")]
    tenant = make_customer(*products)
    tenant.display_name = "Adventure Works"
    tenant.save()
    return make_draft(make_side("Northwind Consulting"), tenant, products)


def _add(claim: Claim, name: str, content: bytes) -> Document:
    before = set(claim.documents.values_list("pk", flat=True))
    add_documents(reference=claim.reference, by=claim.created_by, files=[SimpleUploadedFile(name, content)])
    return claim.documents.exclude(pk__in=before).get()


def _signed_on() -> date:
    return timezone.localdate() - timedelta(days=30)


def _filled(claim: Claim, make: Callable[..., bytes] = filled_pdf, language: str = "en") -> bytes:
    return make(claim, language, work=WORK, signer="Jane Doe", title="Head of IT", on=_signed_on())


def _read_all(claim: Claim) -> None:
    for pk in claim.documents.values_list("pk", flat=True):
        tasks.look_at_document(pk)


@pytest.mark.parametrize(
    ("make", "language", "name"), [(filled_pdf, "en", "proof.pdf"), (filled_docx, "hu", "igazolás.docx")]
)
def test_the_filled_template_fills_the_whole_matrix(make: Callable[..., bytes], language: str, name: str) -> None:
    claim = _draft()
    document = _add(claim, name, _filled(claim, make, language))
    _read_all(claim)
    document.refresh_from_db()
    assert (document.read_state, document.judged_at is not None) == (ReadState.READ, True)
    assert document.page_count == document.pages.count() > 0
    matrix = matrix_of(claim, claim.created_by)
    assert matrix.is_full, [cell.key for cell in matrix.empty]
    assert {cell.document for cell in matrix.cells} == {document}
    assert {cell.dated_on for cell in matrix.cells if cell.dated_on} == {_signed_on()}
    claim.refresh_from_db()
    assert claim.proof_good_until is not None


def test_twice_and_late_is_harmless_and_the_sweep_makes_good_what_nobody_asked_for() -> None:
    claim = _draft()
    _add(claim, "proof.pdf", _filled(claim))
    tasks.look_at_documents()
    counted = [model.objects.count() for model in (DocumentPage, Finding, TextBand, ProofCell)]
    cells = list(ProofCell.objects.order_by("pk").values())
    tasks.look_at_documents()
    _read_all(claim)
    assert [model.objects.count() for model in (DocumentPage, Finding, TextBand, ProofCell)] == counted
    assert list(ProofCell.objects.order_by("pk").values()) == cells
    assert not Document.objects.to_read().exists()
    assert not Document.objects.to_judge().exists()


def test_another_product_is_looked_for_in_what_was_read_already() -> None:
    claim = _draft("Exchange")
    claim.documents.all().delete()
    _add(claim, "proof.pdf", _filled(claim))
    _read_all(claim)
    assert matrix_of(claim, claim.created_by).is_full
    chosen = [LineAnswer(line.product, "", None) for line in claim.lines.select_related("product")]
    added = LineAnswer(make_workload(name="SharePoint"), "", None)
    save_products(reference=claim.reference, by=claim.created_by, answer=ProductsAnswer([*chosen, added]))
    assert Document.objects.to_judge().exists()
    tasks.look_at_documents()
    empty = [(cell.product.name, cell.column) for cell in matrix_of(claim, claim.created_by).empty]
    assert empty == [("SharePoint", column) for column in ("named", "described", "acknowledged", "dated")]
    presales = [Activity.PRESALES]
    business = SolutionArea.BUSINESS_APPLICATIONS
    save_activity(reference=claim.reference, by=claim.created_by, area=business, activities=presales)
    assert Document.objects.to_judge().exists()


def test_reading_waits_for_the_virus_scan_and_never_for_submission(settings: LazySettings) -> None:
    settings.CLAMD_ADDRESS = "127.0.0.1:9"  # nobody is there
    claim = _draft()
    assert claim.documents.get().scan_state == ScanState.WAITING
    tasks.look_at_documents()
    assert claim.documents.get().read_state == ReadState.WAITING
    submit(reference=claim.reference, by=claim.created_by)


def _scan() -> bytes:
    out = BytesIO()
    Image.new("RGB", (300, 400), "white").save(out, "PNG")
    return out.getvalue()


def test_a_document_without_text_and_one_that_cannot_be_read_say_so() -> None:
    claim = _draft()
    claim.documents.all().delete()
    blank = _add(claim, "scan.png", _scan())
    lost = _add(claim, "proof.pdf", _filled(claim))
    default_storage.delete(lost.file.name or "")
    _read_all(claim)
    states = dict(claim.documents.values_list("pk", "read_state"))
    assert states == {blank.pk: ReadState.NO_TEXT, lost.pk: ReadState.UNREADABLE}
    assert not Document.objects.to_judge().exists()
    assert len(matrix_of(claim, claim.created_by).empty) == 10


def test_a_file_that_ends_its_worker_each_time_is_given_up() -> None:
    claim = _draft()
    document = _add(claim, "proof.pdf", _filled(claim))
    Document.objects.filter(pk=document.pk).update(read_attempts=reading.ATTEMPTS)  # began, and never came back
    assert reading.read_one(document.pk)
    document.refresh_from_db()
    assert document.read_state == ReadState.UNREADABLE


def test_a_reader_that_was_ended_for_want_of_time_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    claim = _draft()
    document = claim.documents.get()

    def too_slow(_path: Path, _content_type: str) -> documents.Text:
        raise documents.TooMuch("time")

    monkeypatch.setattr(documents, "extract", too_slow)
    assert [reading.read_one(document.pk) for _attempt in range(reading.ATTEMPTS)] == [False, False, True]
    document.refresh_from_db()
    assert document.read_state == ReadState.UNREADABLE


def test_a_machine_that_has_no_process_to_spare_is_no_fault_of_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    claim = _draft()
    document = claim.documents.get()

    def busy(_path: Path, _content_type: str) -> documents.Text:
        raise documents.NotBegun("busy")

    with monkeypatch.context() as machine:
        machine.setattr(documents, "extract", busy)
        assert [reading.read_one(document.pk) for _attempt in range(5)] == [False] * 5
    assert reading.read_one(document.pk)
    document.refresh_from_db()
    assert document.read_state == ReadState.READ


def test_a_storage_that_is_away_is_no_fault_of_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    claim = _draft()
    document = claim.documents.get()

    def away(*_arguments: object) -> None:
        raise OSError("away")

    with monkeypatch.context() as storage:
        storage.setattr(default_storage, "open", away)
        assert [reading.read_one(document.pk) for _attempt in range(5)] == [False] * 5
    assert reading.read_one(document.pk)


def test_a_draft_that_is_deleted_while_its_proof_is_read_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    claim = _draft()
    document = claim.documents.get()
    extract = documents.extract

    def meanwhile(path: Path, content_type: str) -> documents.Text:
        delete_draft(reference=claim.reference, by=claim.created_by)
        return extract(path, content_type)

    monkeypatch.setattr(documents, "extract", meanwhile)
    tasks.look_at_document(document.pk)
    assert not Document.objects.exists()
    assert not DocumentPage.objects.exists()
    assert not reading.judge_one(document.pk)


def test_facts_that_change_while_texts_are_searched_are_searched_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    claim = _draft("Exchange")
    _add(claim, "proof.pdf", _filled(claim))
    for pk in claim.documents.values_list("pk", flat=True):
        reading.read_one(pk)
    added = LineAnswer(make_workload(name="SharePoint"), "", None)
    search, calls = findings_in, []

    def meanwhile(*arguments: object, **facts: object) -> object:
        calls.append(1)
        if len(calls) == 1:
            save_products(reference=claim.reference, by=claim.created_by, answer=ProductsAnswer([added]))
        return search(*arguments, **facts)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "findings_in", meanwhile)
    assert [reading.judge_one(pk) for pk in claim.documents.order_by("pk").values_list("pk", flat=True)] == [True, True]
    assert not Finding.objects.filter(element=Element.PRODUCT).exists()
    assert [cell.column for cell in matrix_of(claim, claim.created_by).empty] == ["named"]


def test_a_paper_about_another_customer_is_tied_to_nothing() -> None:
    claim, other = _draft("Exchange"), _draft("Exchange")
    _add(claim, "proof.pdf", _filled(other))
    _read_all(claim)
    assert Finding.objects.filter(element=Element.TENANT, verdict=Verdict.OTHER).exists()
    assert "tied" in {cell.column for cell in matrix_of(claim, claim.created_by).empty}


def test_reading_moves_no_version_and_writes_no_history() -> None:
    claim = make_submitted()
    before = Claim.objects.values("version", "edited_at", "status").get(pk=claim.pk), claim.events.count()
    _read_all(claim)
    assert (Claim.objects.values("version", "edited_at", "status").get(pk=claim.pk), claim.events.count()) == before


def test_without_a_broker_a_command_does_what_the_sweep_does() -> None:
    claim = _draft()
    _add(claim, "proof.pdf", _filled(claim))
    told = StringIO()
    call_command("look_at_documents", stdout=told)
    assert told.getvalue().strip().endswith("0")
    assert matrix_of(claim, claim.created_by).is_full


def test_what_was_read_weeks_ago_is_measured_on_the_day_of_submission() -> None:
    began = datetime(2026, 3, 4, 18, tzinfo=UTC)
    with time_machine.travel(began, tick=False):
        claim = _draft()
        content = filled_pdf(claim, "en", work=WORK, signer="Jane Doe", title="Head of IT", on=date(2025, 3, 20))
        document = _add(claim, "proof.pdf", content)
        _read_all(claim)
        assert document.findings.get(element=Element.DATE).verdict == Verdict.HOLDS
    with time_machine.travel(began + timedelta(days=20), tick=False):
        submit(reference=claim.reference, by=claim.created_by)
        tasks.look_at_documents()
        assert document.findings.get(element=Element.DATE).verdict == Verdict.OLD
        assert "dated" in {cell.column for cell in matrix_of(claim, claim.created_by).empty}
