"""The proof step beside the upload: the documents' states, what follows from them, and what the check page warns of."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from arbitration.acts.approve import approve
from claims.acts.cells import set_cells
from claims.acts.submit import submit
from claims.models import Claim, Document, Finding, ProofCell
from claims.proof.keys import cells_of
from claims.proof.words import Column, Element, ReadState, ScanState, Verdict
from tests.claims.wizard.driving import Driver, codes, sign_in, text_of
from tests.support.factories import make_staff, make_workload
from tests.support.papers import small_pdf
from tests.support.stories import make_customer, make_draft, make_side, make_under_review, pdf

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 4, 18, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def person() -> Driver:
    side, workloads = make_side(), [make_workload(name="Alpha"), make_workload(name="Beta")]
    return sign_in(side.person, make_draft(side, make_customer(*workloads), workloads))


def _document(person: Driver, **state: object) -> Document:
    person.claim.documents.update(**state)
    return person.claim.documents.get()


def _fill(claim: Claim, *columns: Column, on: date = date(2026, 2, 10)) -> None:
    keys = [key for key, (_product, column) in cells_of(claim).items() if column in columns]
    document = claim.documents.order_by("id")[0]
    set_cells(reference=claim.reference, by=claim.created_by, document_id=document.pk, page=1, keys=keys, dated_on=on)


READ: dict[str, Any] = {"read_state": ReadState.READ, "judged_at": NOON, "page_count": 3}


def _another(claim: Claim, name: str) -> None:
    """One more document, read, without the file."""
    what: dict[str, Any] = {"name": name, "sha256": name, "content_type": "application/pdf", "size": 1}
    Document.objects.create(claim=claim, uploaded_by=claim.created_by, **what, **READ)


@pytest.mark.parametrize(
    ("state", "words", "is_busy"),
    [
        ({"read_state": ReadState.WAITING}, "Being read…", True),
        ({"scan_state": ScanState.WAITING}, "Waiting for the virus scan", True),
        ({"scan_state": ScanState.CLEAN} | READ, "No virus found", False),
        (READ, "Read: 3 pages", False),
        (READ | {"page_count": 1}, "Read: 1 page", False),
        (READ | {"judged_at": None}, "being compared with the claim", True),
        ({"read_state": ReadState.NO_TEXT, "judged_at": NOON}, "No text to read: a scan", False),
        ({"read_state": ReadState.UNREADABLE, "judged_at": NOON}, "Could not be read by the portal", False),
        ({"scan_state": ScanState.INFECTED, "threat": "Eicar-Test"}, "found “Eicar-Test” in it", False),
    ],
)
def test_each_state_is_said_in_words(person: Driver, state: dict[str, object], words: str, is_busy: bool) -> None:
    _document(person, **state)
    _another(person.claim, "other.pdf")
    page = person.open("proof")
    assert words in text_of(page)
    assert ("data-busy" in page.content.decode()) is is_busy
    assert ("Look again" in text_of(page)) is is_busy


def test_a_quarantined_document_cannot_be_opened_and_does_not_count(person: Driver) -> None:
    document = _document(person, scan_state=ScanState.INFECTED, threat="Eicar-Test")
    page = person.open("proof").content.decode()
    assert f"/documents/{document.pk}/" not in page
    assert f'name="remove" value="{document.pk}"' in page
    assert person.open("check").headers["Location"] == person.url("proof")


def test_the_template_comes_first_while_there_is_no_document(person: Driver) -> None:
    assert "Begin with the template" not in text_of(person.open("proof"))
    Document.objects.all().delete()
    page = text_of(person.open("proof"))
    assert page.index("Begin with the template") < page.index("What the proof must show") < page.index("Add documents")


def test_a_script_that_sends_one_file_after_another_is_led_back_to_the_step(person: Driver) -> None:
    response = person.save("proof", {"documents": [pdf("one.pdf", small_pdf("one"))], "stay": "1"})
    assert (response.status_code, response.headers["Location"]) == (302, person.url("proof"))
    assert 'data-room="8"' in person.open("proof").content.decode()
    refused = person.save("proof", {"documents": [pdf("one.pdf", small_pdf("one"))], "stay": "1"})
    assert (refused.status_code, codes(refused)) == (422, {"document_duplicate"})


def test_of_several_files_with_a_faulty_one_the_page_says_that_none_was_added(person: Driver) -> None:
    files = [pdf("good.pdf", small_pdf("good")), pdf("broken.pdf", b"GIF89a"), pdf("other.pdf", small_pdf("other"))]
    refused = person.save("proof", {"documents": files})
    assert "None of the 3 documents was added" in text_of(refused)
    assert person.claim.documents.count() == 1
    refused = person.save("proof", {"documents": files[1:2]})
    assert refused.status_code == 422
    assert 'data-notice="none-added"' not in refused.content.decode()


def test_the_proof_of_an_approved_claim_speaks_of_no_review_that_is_to_come(person: Driver) -> None:
    submit(reference=person.reference, by=person.claim.created_by)
    assert "the deadline does not move" in text_of(person.open("proof"))
    reviewer = make_staff()
    make_under_review(reviewer, person.claim)
    approve(reference=person.reference, by=reviewer)
    page = text_of(person.open("proof"))
    assert "kept beside the proof that was accepted" in page
    assert "the deadline does not move" not in page
    assert "Save and go to the claim" in page


def test_files_sent_one_by_one_to_a_filed_claim_leave_the_word_that_nothing_is_handed_in_to_the_button(
    person: Driver,
) -> None:
    submit(reference=person.reference, by=person.claim.created_by)
    response = person.save("proof", {"documents": [pdf("one.pdf", small_pdf("one"))], "stay": "1"})
    assert response.headers["Location"] == person.url("proof")
    assert "Your change has been saved" not in text_of(person.open("proof"))
    assert person.save("proof").headers["Location"] == f"/claims/{person.reference}/"
    assert "Your change has been saved" in text_of(person.client.get(f"/claims/{person.reference}/"))


def test_the_matrix_says_of_each_cell_where_it_is_shown(person: Driver) -> None:
    _document(person, **READ)
    _fill(person.claim, Column.DATED, Column.TIED)
    page = person.open("proof")
    assert "6 of 10 cells are empty" in text_of(page)
    html = page.content.decode()
    assert html.count('data-state="entered"') == 4
    assert html.count('data-state="empty"') == 6
    assert "10 Feb 2026" in text_of(page)
    assert "Good until 10 February 2027" in text_of(page)


def test_what_was_found_stands_with_its_place_and_words_and_what_was_not_with_what_to_do(person: Driver) -> None:
    document = _document(person, **READ)
    where = {"document": document, "page": 2}
    Finding.objects.create(**where, element=Element.TENANT, verdict=Verdict.HOLDS, words="Tenant ID: 1234")
    Finding.objects.create(**where, element=Element.DATE, verdict=Verdict.OLD, on=date(2024, 1, 5))
    html = person.open("proof").content.decode()
    states = dict(re.findall(r'data-element="([a-z_]+)" data-found="([a-z_]+)"', html))
    assert (states["tenant"], states["date"], states["signature"]) == ("found", "old", "missing")
    assert f'href="/claims/{person.reference}/proof/?document={document.pk}&amp;page=2">proof.pdf, page 2</a>' in html
    assert "Tenant ID: 1234" in html
    assert "older than 12 months: have the customer sign and date it anew" in html


def test_nothing_is_called_missing_while_a_document_is_being_read(person: Driver) -> None:
    page = person.open("proof")
    assert "What it finds appears here" in text_of(page)
    assert "data-found" not in page.content.decode()


def test_of_documents_without_text_one_sentence_says_that_the_portal_cannot_tell(person: Driver) -> None:
    _document(person, read_state=ReadState.NO_TEXT, judged_at=NOON)
    page = person.open("proof")
    assert text_of(page).count("There is no text in the document that the portal can read") == 1
    assert "data-found" not in page.content.decode()
    _another(person.claim, "letter.pdf")
    letter = person.claim.documents.get(name="letter.pdf")
    Finding.objects.create(document=letter, page=1, element=Element.CUSTOMER, verdict=Verdict.HOLDS, words="Named")
    page = person.open("proof")
    assert text_of(page).count("look yourself in the other documents") == 1
    assert page.content.decode().count('data-found="cannot_tell"') == 1


@pytest.mark.parametrize("step", ["proof", "check"])
def test_an_empty_cell_is_not_known_before_the_portal_has_looked(person: Driver, step: str) -> None:
    page = text_of(person.open(step))
    assert "Not shown yet" not in page
    assert page.count("Not known yet") == 10 + 1, "each cell, and the legend"
    _document(person, **READ)
    page = text_of(person.open(step))
    assert "Not known yet" not in page
    assert page.count("Not shown yet") == 10


@pytest.mark.parametrize("step", ["proof", "check"])
def test_what_waits_for_its_scan_is_not_called_being_read(person: Driver, step: str) -> None:
    _document(person, scan_state=ScanState.WAITING)
    page = text_of(person.open(step)).lower()
    for untrue in ("still reading", "being read", "still works"):
        assert untrue not in page, untrue
    assert "has not read" in page


def test_the_check_page_names_what_is_empty_and_lets_the_claim_through(person: Driver) -> None:
    _document(person, **READ)
    _fill(person.claim, Column.NAMED, Column.TIED, Column.DESCRIBED, Column.DATED)
    page = person.open("check")
    assert "The proof does not seem to show everything" in text_of(page)
    assert "Alpha: Acknowledged" in text_of(page)
    assert f'href="{person.url("proof")}"' in page.content.decode()
    assert person.submit().headers["Location"] == f"/claims/{person.reference}/"


def test_a_full_matrix_is_said_and_not_warned_of(person: Driver) -> None:
    _document(person, **READ)
    _fill(person.claim, *Column)
    for element in (Element.CUSTOMER, Element.PARTNER):
        Finding.objects.create(
            document=person.claim.documents.get(), page=1, element=element, verdict=Verdict.HOLDS, words="Named"
        )
    page = person.open("check")
    assert "Every cell of the proof matrix says" in text_of(page)
    assert 'data-notice="empty-cells"' not in page.content.decode()


def test_a_party_that_the_proof_does_not_name_is_warned_of_though_the_matrix_is_full(person: Driver) -> None:
    document = _document(person, **READ)
    _fill(person.claim, *Column)
    Finding.objects.create(document=document, page=1, element=Element.CUSTOMER, verdict=Verdict.HOLDS, words="Named")
    page = text_of(person.open("check"))
    assert f"name: Not found. Add a document that names the partner: {person.claim.firm.name}." in page
    assert page.count("name: Not found") == 1
    assert "Every cell of the proof matrix says" not in page
    assert person.submit().headers["Location"] == f"/claims/{person.reference}/"


def test_documents_that_are_still_read_are_said_and_hold_nothing_up(person: Driver) -> None:
    page = person.open("check")
    assert "has not read 1 document yet" in text_of(page)
    assert "Submit the claim" in text_of(page)
    assert person.submit().status_code == 302


@pytest.mark.parametrize(
    ("on", "notice"),
    [
        (date(2026, 2, 10), "proof-good"),
        (date(2025, 3, 6), "proof-ends-soon"),
        (date(2025, 3, 3), "proof-old"),
    ],
)
def test_the_check_page_says_how_long_the_proof_is_good(person: Driver, on: date, notice: str) -> None:
    _document(person, **READ)
    _fill(person.claim, Column.DATED, on=on)
    html = person.open("check").content.decode()
    assert [kind for kind in ("proof-good", "proof-ends-soon", "proof-old") if f'data-notice="{kind}"' in html] == [
        notice
    ]


@pytest.mark.parametrize("step", ["proof", "check"])
def test_ten_documents_cost_no_more_queries_than_one(
    person: Driver, step: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    _document(person, **READ)
    with django_assert_max_num_queries(100) as one:
        person.open(step)
    claim = person.claim
    for number in range(9):
        _another(claim, f"{number}.pdf")
        ProofCell.objects.create(
            claim=claim, product=make_workload(), column=Column.TIED, document=claim.documents.first(), page=1
        )
    with django_assert_max_num_queries(len(one)):
        assert person.open(step).status_code == 200
