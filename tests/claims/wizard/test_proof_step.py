"""The proof step: several documents, typed by content, removed again."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from claims.models import Document
from tests.claims.wizard.driving import Driver, codes, sign_in, text_of
from tests.support.factories import make_workload
from tests.support.stories import PDF, make_customer, make_draft, make_side, pdf

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_too]


@pytest.fixture
def person() -> Driver:
    side, workload = make_side(), make_workload()
    return sign_in(side.person, make_draft(side, make_customer(workload), [workload]))


def test_several_documents_are_added_at_once(person: Driver) -> None:
    sent = {"documents": [pdf("one.pdf", PDF + b"1"), pdf("two.pdf", PDF + b"2")]}
    response = person.save("proof", sent)
    assert response.status_code == 302
    assert response.headers["Location"] == person.url("check")
    assert person.claim.documents.count() == 3
    assert "one.pdf" in text_of(person.open("proof"))


def test_without_a_file_it_goes_on_when_there_is_proof_already(person: Driver) -> None:
    assert person.save("proof").headers["Location"] == person.url("check")


def test_without_any_proof_it_is_refused(person: Driver) -> None:
    Document.objects.all().delete()
    response = person.save("proof")
    assert response.status_code == 422
    assert codes(response) == {"proof_required"}
    assert person.open("check").headers["Location"] == person.url("proof")


@pytest.mark.parametrize(
    ("content", "code"), [(b"GIF89a nothing", "document_type"), (b"", "document_empty"), (PDF, "document_duplicate")]
)
def test_a_file_that_can_not_be_proof_is_refused(person: Driver, content: bytes, code: str) -> None:
    response = person.save("proof", {"documents": [SimpleUploadedFile("x.pdf", content)]})
    assert response.status_code == 422
    assert codes(response) == {code}
    assert person.claim.documents.count() == 1


def test_sizes_and_numbers_are_said_before_and_held(person: Driver, settings: Settings) -> None:
    settings.DOCUMENT_MAX_BYTES = 1024 * 1024
    settings.DOCUMENTS_PER_CLAIM = 2
    page = text_of(person.open("proof"))
    assert "at most 1.0 MB each and 2 documents in a claim" in page
    too_large = person.save("proof", {"documents": [pdf("big.pdf", PDF + b"0" * 1024 * 1024)]})
    assert codes(too_large) == {"document_too_large"}
    too_many = person.save("proof", {"documents": [pdf(f"{n}.pdf", PDF + bytes([n])) for n in (1, 2)]})
    assert codes(too_many) == {"too_many_documents"}
    assert person.claim.documents.count() == 1


def test_a_document_is_removed_by_its_button(person: Driver) -> None:
    document = person.claim.documents.get()
    response = person.save("proof", {"remove": document.pk})
    assert response.headers["Location"] == person.url("proof")
    assert not person.claim.documents.exists()


def test_removing_twice_is_a_conflict_that_says_so(person: Driver) -> None:
    document = person.claim.documents.get()
    person.save("proof", {"remove": document.pk})
    response = person.save("proof", {"remove": document.pk})
    assert response.status_code == 409
    assert "removed already" in text_of(response)


@pytest.mark.parametrize("number", ["9" * 5000, "9" * 19, "²", "-1", "x"])
def test_a_number_that_no_document_can_have_removes_nothing(person: Driver, number: str) -> None:
    assert person.save("proof", {"remove": number}).status_code == 302
    assert person.claim.documents.count() == 1


def test_another_claims_document_is_not_touched(person: Driver) -> None:
    side, workload = make_side(), make_workload()
    other = make_draft(side, make_customer(workload), [workload]).documents.get()
    assert person.save("proof", {"remove": other.pk}).status_code == 409
    assert Document.objects.filter(pk=other.pk).exists()


def test_what_the_proof_must_show_is_listed(person: Driver) -> None:
    page = text_of(person.open("proof"))
    for words in ("The parties", "acknowledgement", "twelve months", "What your firm did", "The products claimed"):
        assert words in page


def test_a_public_sector_customer_in_the_us_must_acknowledge_the_association(person: Driver) -> None:
    assert "public sector" not in text_of(person.open("proof"))
    claim = person.claim
    claim.public_sector, claim.customer_country = True, "PR"
    claim.save(update_fields=["public_sector", "customer_country"])
    assert "This customer is in the public sector" in text_of(person.open("proof"))


def test_without_room_there_is_no_field_and_the_way_on(person: Driver, settings: Settings) -> None:
    settings.DOCUMENTS_PER_CLAIM = 1
    page = person.open("proof")
    assert 'type="file"' not in page.content.decode()
    assert "which is all that a claim can have" in text_of(page)
    assert "Remove one to make room for another" in text_of(page)
    assert f'href="{person.url("check")}"' in page.content.decode()
