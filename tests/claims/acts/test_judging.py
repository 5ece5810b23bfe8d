"""Comparing documents with their claims: with the facts as they are, and no document at the cost of another."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import OperationalError, connection
from structlog.testing import capture_logs

from arbitration.acts.start import start_review
from claims import tasks
from claims.acts import reading, scanning
from claims.acts.isolation import isolated
from claims.acts.resubmit import resubmit
from claims.acts.submit import submit
from claims.models import Claim, Document, Finding, TextBand
from claims.proof import alike
from claims.proof.checker import Facts, Found, PageText, findings_in
from claims.proof.clock import Clock, TooLong
from claims.proof.documents import in_work, shown_documents
from claims.proof.report import State, report
from claims.proof.words import Element, ReadState, ScanState, Verdict
from claims.words import Status
from cpor_portal import documents
from tests.support.factories import make_staff, make_workload
from tests.support.papers import small_docx
from tests.support.stories import make_asked, make_customer, make_draft, make_side
from tests.support.together import at_once

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)
STORY = (
    "Northwind Consulting sat beside the dispatchers of Adventure Works and listened. We threw out two folders of"
    " macros and drew the routing anew with chalk on a board, in Exchange and on paper. Every branch then learnt to"
    " keep its own rota. When snow closed the pass the planners phoned from home and nothing broke. The apprentices"
    " wrote small guides with screenshots and jokes. Old tapes were thrown away in June. Nobody misses the fax machine."
)


def paper(text: str = STORY) -> bytes:
    """A Word document with this text."""
    return small_docx(b"<w:p><w:r><w:t>%s</w:t></w:r></w:p>" % text.encode())


def draft(product: str = "Exchange", text: str = STORY) -> Claim:
    """A draft of Northwind Consulting for Adventure Works with one document that was read."""
    workload = make_workload(name=product)
    tenant = make_customer(workload)
    tenant.display_name = "Adventure Works"
    tenant.save()
    claim = make_draft(make_side("Northwind Consulting"), tenant, [workload], proof=paper(text))
    assert reading.read_one(claim.documents.get().pk)
    return claim


def filed() -> Claim:
    """The same, submitted and compared."""
    claim = draft()
    submit(reference=claim.reference, by=claim.created_by)
    tasks.look_at_documents()
    return claim


def rename(claim: Claim, name: str = "Wholly Other GmbH") -> None:
    """As an import of firms does, which knows no claims."""
    claim.firm.name = name
    claim.firm.save()


def names_partner(claim: Claim) -> bool:
    """Whether the partner's name was found in the claim's documents."""
    return Finding.objects.filter(document__claim=claim, element=Element.PARTNER, verdict=Verdict.HOLDS).exists()


# --- The signature of the text -----------------------------------------------------------------------------


def test_a_text_that_was_read_before_the_customer_was_known_is_signed_as_soon_as_it_is() -> None:
    claim = draft()
    Claim.objects.filter(pk=claim.pk).update(tenant_id=None)
    tasks.look_at_documents()
    document = claim.documents.get()
    assert (document.judged_at is not None, document.text_signature, document.facts_key) == (True, None, "")
    Claim.objects.filter(pk=claim.pk).update(tenant_id=claim.tenant_id)
    tasks.look_at_documents()
    document.refresh_from_db()
    assert document.text_signature is not None
    assert document.bands.count() == 16


def test_a_signature_leaves_out_the_names_that_the_claim_has_now() -> None:
    one, other = draft(), draft(text=STORY.replace("Adventure Works", "Fourth Coffee").replace("Northwind", "Trey"))
    tasks.look_at_documents()
    before = [bytes(claim.documents.get().text_signature) for claim in (one, other)]
    assert before[0] != before[1]
    Claim.objects.filter(pk=other.pk).update(customer_display_name="Fourth Coffee")
    rename(other, "Trey Consulting")
    tasks.look_at_documents()
    assert [bytes(claim.documents.get().text_signature) for claim in (one, other)] == [before[0], before[0]]
    assert len(set(TextBand.objects.values_list("band", "value"))) == 16


def test_a_text_is_not_signed_again_while_its_facts_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    claim = draft()
    tasks.look_at_documents()
    bands = list(TextBand.objects.order_by("pk").values())
    calls: list[object] = []
    monkeypatch.setattr(alike, "signature_of", lambda *given: calls.append(given))
    submit(reference=claim.reference, by=claim.created_by)
    tasks.look_at_documents()
    assert (claim.documents.get().judge_attempts, calls) == (0, [])
    assert list(TextBand.objects.order_by("pk").values()) == bands


# --- Facts that others change ------------------------------------------------------------------------------


def _product_renamed(claim: Claim) -> None:
    product = claim.lines.get().product
    product.name, product.aliases = "SharePoint", []
    product.save()


@pytest.mark.parametrize(
    ("change", "element"),
    [(rename, Element.PARTNER), (_product_renamed, Element.PRODUCT)],
    ids=["the firm's name", "a product's names"],
)
def test_findings_follow_facts_that_an_import_changes(change: Callable[[Claim], None], element: Element) -> None:
    claim = filed()
    holds = Finding.objects.filter(document__claim=claim, element=element, verdict=Verdict.HOLDS)
    assert holds.exists()
    change(claim)
    tasks.look_at_documents()
    assert not holds.exists()


def test_a_customer_that_was_read_again_is_looked_for_by_its_new_name() -> None:
    claim = draft()
    tasks.look_at_documents()
    Claim.objects.filter(pk=claim.pk).update(customer_display_name="Fourth Coffee")
    tasks.look_at_documents()
    assert not Finding.objects.filter(element=Element.CUSTOMER, verdict=Verdict.HOLDS).exists()


def test_handing_in_and_starting_a_review_compare_anew_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "LOOKED_AFTER", 0)  # the sweep has not come to it
    reviewer = make_staff()
    claim = make_asked(reviewer, filed())
    rename(claim, "Trey Research")
    tasks.look_at_documents()
    assert names_partner(claim)
    resubmit(reference=claim.reference, by=claim.created_by, body="Here it is.")
    assert in_work(claim.documents.get())
    tasks.look_at_documents()
    assert not names_partner(claim)
    rename(claim, "Northwind Consulting")
    start_review(reference=claim.reference, by=reviewer)
    tasks.look_at_documents()
    assert names_partner(claim)


def test_what_did_not_change_is_not_searched_again_and_the_sweep_goes_round(monkeypatch: pytest.MonkeyPatch) -> None:
    claims = [draft(f"Exchange {number}") for number in range(3)]
    with time_machine.travel(NOW, tick=False):
        tasks.look_at_documents()
    rename(claims[2])
    monkeypatch.setattr(reading, "findings_in", _none_may_be_searched)
    monkeypatch.setattr(tasks, "LOOKED_AFTER", 1)
    for minute in (1, 2):
        with time_machine.travel(NOW + timedelta(minutes=minute), tick=False):
            tasks.look_at_documents()
    assert names_partner(claims[2])
    monkeypatch.undo()
    tasks.look_at_documents()
    assert not names_partner(claims[2])


def _none_may_be_searched(*_given: object, **_more: object) -> list[Found]:
    raise AssertionError


def test_what_was_found_on_a_claim_that_is_over_stays() -> None:
    claim = filed()
    Claim.objects.filter(pk=claim.pk).update(status=Status.REJECTED)
    rename(claim)
    tasks.look_at_documents()
    assert names_partner(claim)


# --- One document and the others ---------------------------------------------------------------------------


def _poisoned(pages: Any, facts: Facts, **more: Any) -> list[Found]:
    if facts.products[0].names[0] == "Poison":
        raise ValueError("a date that is none")
    return findings_in(pages, facts, **more)


def test_a_document_that_ends_its_search_holds_up_no_other_and_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    poison, other = draft("Poison"), draft()
    monkeypatch.setattr(reading, "findings_in", _poisoned)
    with capture_logs() as logs:
        tasks.look_at_documents()
    assert [line["event"] for line in logs] == ["document_failed"]
    assert other.documents.get().judged_at is not None
    assert in_work(poison.documents.get())
    for _minute in range(3):
        tasks.look_at_documents()
    document = poison.documents.get()
    assert (document.is_given_up, in_work(document), document.findings.count()) == (True, False, 0)
    assert not Document.objects.to_judge().exists()
    tasks.look_at_documents()  # and it stays so
    assert poison.documents.get().is_given_up


def test_a_document_that_was_given_up_says_so_and_the_report_cannot_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SEARCH_SECONDS", -1.0)
    claim = draft()
    with capture_logs() as logs:
        tasks.look_at_documents()
    assert [line["event"] for line in logs] == ["document_takes_too_long"]
    document = claim.documents.get()
    assert "not compared with the claim" in shown_documents([document])[0].states[-1].text
    assert {row.state for row in report(claim, claim.created_by).rows} == {State.CANNOT_TELL}
    assert document.text_signature is None


def test_what_was_given_up_gets_another_chance_when_the_claim_is_handed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as slow:
        slow.setattr(reading, "SEARCH_SECONDS", -1.0)
        claim = filed()
    assert claim.documents.get().is_given_up
    reading.look_again(claim)
    tasks.look_at_documents()
    assert not claim.documents.get().is_given_up
    assert names_partner(claim)
    assert claim.documents.get().text_signature is not None


@pytest.mark.postgres_only
def test_a_text_that_the_database_refuses_is_given_up_and_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    side, workload = make_side(), make_workload()
    claims = [make_draft(side, make_customer(workload), [workload], proof=paper(text)) for text in ("one", "two")]
    broken = claims[0].documents.get()
    monkeypatch.setattr(reading, "_text_of", partial(_with_a_nought, broken.pk, reading._text_of))
    tasks.look_at_documents()
    assert claims[1].documents.get().read_state == ReadState.READ
    for _minute in range(3):
        tasks.look_at_documents()
    broken.refresh_from_db()
    assert broken.read_state == ReadState.UNREADABLE


def _with_a_nought(pk: int, text_of: Callable[[Document], documents.Text | None], document: Document) -> Any:
    text = text_of(document)
    return documents.Text(["\0"], has_signature_field=False) if document.pk == pk and text else text


def test_files_that_the_storage_does_not_give_out_hold_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    side, workload = make_side(), make_workload()
    claims = [make_draft(side, make_customer(workload), [workload]) for _number in range(5)]
    lost = {claim.documents.get().file.name for claim in claims[:3]}
    monkeypatch.setattr(tasks, "ROUND", 3)
    with monkeypatch.context() as storage, time_machine.travel(NOW, tick=False):
        storage.setattr(default_storage, "open", partial(_all_but, lost, default_storage.open))
        for _minute in range(2):
            tasks.look_at_documents()
    states = [claim.documents.get().read_state for claim in claims]
    assert states == [ReadState.WAITING] * 3 + [ReadState.READ] * 2
    with time_machine.travel(NOW + timedelta(minutes=2), tick=False):
        tasks.look_at_documents()
        assert Document.objects.to_read().count() == 3  # left alone for a while
    with time_machine.travel(NOW + reading.PAUSE, tick=False):
        tasks.look_at_documents()
        assert not Document.objects.to_read().exists()


def _all_but(lost: set[str], open_file: Callable[..., File[bytes]], name: str, *mode: str) -> File[bytes]:
    if name in lost:
        raise OSError("403")
    return open_file(name, *mode)


def test_a_scan_that_fails_comes_last_and_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    side, workload = make_side(), make_workload()
    claims = [make_draft(side, make_customer(workload), [workload]) for _number in range(3)]
    Document.objects.update(scan_state=ScanState.WAITING)  # the scanner was switched off since
    failing = claims[0].documents.get()
    monkeypatch.setattr(scanning, "_scan", partial(_fails_for, failing.pk, scanning._scan))
    monkeypatch.setattr(tasks, "ROUND", 1)
    with time_machine.travel(NOW, tick=False):
        for _minute in range(3):
            tasks.look_at_documents()
    assert [claim.documents.get().scan_state for claim in claims] == [
        ScanState.WAITING,
        ScanState.NOT_SCANNED,
        ScanState.NOT_SCANNED,
    ]
    failing.refresh_from_db()
    assert failing.look_again_at == NOW + reading.PAUSE


def _fails_for(pk: int, scan: Callable[[int], bool], document_id: int) -> bool:
    if document_id == pk:
        raise ValueError("a verdict that is none")
    return scan(document_id)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_gone_ends_the_round() -> None:
    def ends_its_connection(_document_id: int) -> None:
        connection.ensure_connection()
        connection.connection.close()
        Document.objects.exists()

    with pytest.raises(Exception, match="closed") as gone:
        isolated(ends_its_connection, 1)
    connection.close()
    assert gone.type.__module__ == OperationalError.__module__


# --- At once -----------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres_only
def test_two_workers_with_one_document_find_everything_once() -> None:
    claim = draft()
    document = claim.documents.get()
    reading.judge_one(document.pk)
    counted = (Finding.objects.count(), TextBand.objects.count())
    assert all(counted)
    for _time in range(10):
        reading.look_again(claim)
        Document.objects.update(facts_key="")
        results = at_once(*[partial(reading.judge_one, document.pk)] * 2)
        assert any(results)
        assert (Finding.objects.count(), TextBand.objects.count()) == counted
        document.refresh_from_db()
        assert (document.judged_at is not None, document.is_given_up) == (True, False)


def test_the_clock_ends_a_search_and_changes_nothing_of_what_it_finds() -> None:
    pages, facts = [PageText(number, STORY) for number in range(1, 4)], reading.facts_of(draft())
    assert facts is not None
    with pytest.raises(TooLong):
        findings_in(pages, facts, clock=Clock(-1))
    assert findings_in(pages, facts, clock=Clock(5)) == findings_in(pages, facts) != []
