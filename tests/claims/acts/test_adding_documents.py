"""How many documents there is room for, and taking one off while a job reads it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event as Moment
from typing import Any

import pytest
import time_machine
from django.db import connection

from arbitration.acts.approve import approve
from claims.acts import reading
from claims.acts.drafts import delete_draft
from claims.acts.editing import add_documents, remove_document
from claims.acts.resubmit import resubmit
from claims.acts.submit import submit
from claims.checks.proof import room_for
from claims.models import Claim, Document, DocumentPage
from claims.proof.words import ScanState
from cpor_portal import documents
from cpor_portal.faults import Refused
from tests.support.factories import make_staff, make_workload
from tests.support.papers import small_pdf
from tests.support.stories import make_asked, make_customer, make_draft, make_side, make_under_review, pdf

pytestmark = pytest.mark.django_db
BEGAN = datetime(2026, 3, 4, 18, tzinfo=UTC)


def _draft() -> Claim:
    product = make_workload()
    return make_draft(make_side(), make_customer(product), [product])


def _add(claim: Claim, count: int, name: str = "more") -> None:
    files = [pdf(f"{name}-{number}.pdf", small_pdf(f"{name} {number}")) for number in range(count)]
    add_documents(reference=claim.reference, by=claim.created_by, files=files)


def _room(claim: Claim) -> int:
    return room_for(Claim.objects.get(pk=claim.pk))


def test_a_claim_filed_with_ten_documents_can_be_answered_and_gets_newer_proof_each_year(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(documents, "inspect", lambda *_file, **_facts: documents.Inspection(1))
    reviewer = make_staff()
    with time_machine.travel(BEGAN, tick=False) as clock:
        draft = _draft()
        _add(draft, 9)
        assert _room(draft) == 0
        claim = submit(reference=draft.reference, by=draft.created_by)
        clock.shift(timedelta(hours=1))
        make_asked(reviewer, claim)
        _add(claim, 10, "answer")
        with pytest.raises(Refused) as refused:
            _add(claim, 1, "one more")
        assert refused.value.code == "too_many_documents"
        clock.shift(timedelta(hours=1))
        resubmit(reference=claim.reference, by=claim.created_by)
        make_under_review(reviewer, claim)
        approve(reference=claim.reference, by=reviewer)
        clock.shift(timedelta(days=30))
        _add(claim, 10, "newer")
        assert _room(claim) == 0
        clock.shift(timedelta(days=366))
        assert _room(claim) == 10


def test_what_is_in_quarantine_takes_no_room() -> None:
    draft = _draft()
    draft.documents.update(scan_state=ScanState.INFECTED)
    assert _room(draft) == 10


def test_too_many_files_are_refused_before_any_is_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = _draft()
    looked: list[object] = []
    monkeypatch.setattr(documents, "inspect", lambda *file, **_facts: looked.append(file))
    with pytest.raises(Refused) as refused:
        _add(draft, 60)
    assert (refused.value.code, looked) == ("too_many_documents", [])


def _removed(claim: Claim, document: Document) -> Callable[[], Any]:
    return partial(remove_document, reference=claim.reference, by=claim.created_by, document_id=document.pk)


def _deleted(claim: Claim, _document: Document) -> Callable[[], Any]:
    return partial(delete_draft, reference=claim.reference, by=claim.created_by)


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", [_removed, _deleted])
def test_a_document_that_goes_while_a_job_writes_down_what_it_read_is_no_fault(
    act: Callable[[Claim, Document], Callable[[], Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = _draft()
    document = claim.documents.get()
    is_writing, may_end = Moment(), Moment()
    create = DocumentPage.objects.bulk_create

    def slowly(*arguments: Any, **options: Any) -> Any:
        made = create(*arguments, **options)
        is_writing.set()
        assert may_end.wait(10)
        return made

    def job() -> bool:
        try:
            return reading.read_one(document.pk)
        finally:
            connection.close()

    monkeypatch.setattr(DocumentPage.objects, "bulk_create", slowly)
    with ThreadPoolExecutor(2) as pool:
        writes = pool.submit(job)
        assert is_writing.wait(20)
        acts = pool.submit(_closing(act(claim, document)))
        _until_somebody_waits_for_a_lock()
        may_end.set()
        assert writes.result(20)
        acts.result(20)
    assert not Document.objects.exists()
    assert not DocumentPage.objects.exists()


def _until_somebody_waits_for_a_lock() -> None:
    for _try in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*), pg_sleep(0.05) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
    pytest.fail("the act does not wait for the job")


def _closing(act: Callable[[], Any]) -> Callable[[], Any]:
    def run() -> Any:
        try:
            return act()
        finally:
            connection.close()

    return run
