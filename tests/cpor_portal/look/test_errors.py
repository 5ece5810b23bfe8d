"""What people see when something does not go, and that nothing they typed is lost."""

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cpor_portal.faults import Refused
from tests.support.factories import make_firm, make_person, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.cpor_portal.look.urls")]


@pytest.fixture
def partner(client: Client) -> Client:
    client.force_login(make_person(make_firm(), time_zone="America/Los_Angeles"))
    return client


def test_conflict_page_says_what_happened_by_whom_and_when(partner: Client) -> None:
    answer = partner.post("/late/")
    assert answer.status_code == 409
    page = answer.content.decode()
    assert 'data-code="claim_has_moved_on"' in page
    assert "Robert approved this claim." in page
    assert "Tuesday 24 November 2026, 01:30 (PST)" in page


def test_conflict_page_hands_back_everything_that_was_typed(partner: Client) -> None:
    text = "First line\n<b>second</b>"
    page = partner.post("/late/", {"text": text, "reasons": ["a_reason", "another"]}).content.decode()
    assert "First line\n&lt;b&gt;second&lt;/b&gt;</pre>" in page
    assert "a_reason\nanother</pre>" in page


@pytest.mark.parametrize("address", ["nobody@nowhere.example", "x\x00"])
def test_conflict_page_hands_back_an_address_that_is_nobodys(client: Client, address: str) -> None:
    client.force_login(make_staff())
    answer = client.post("/late/", {"reviewer": address})
    assert answer.status_code == 409
    assert f"{address}</pre>" in answer.content.decode()


def test_conflict_page_tells_a_partner_no_names_of_microsofts_people(partner: Client) -> None:
    rita = make_staff(name="Rita Reviewer")
    page = partner.post("/late/", {"reviewer": rita.email}).content.decode()
    assert f"{rita.email}</pre>" in page
    assert "Rita Reviewer" not in page


def test_conflict_page_names_the_files_that_were_not_stored(partner: Client) -> None:
    file = SimpleUploadedFile("proof.pdf", b"%PDF-")
    assert "proof.pdf</pre>" in partner.post("/late/", {"documents": file}).content.decode()


def test_conflict_page_never_repeats_passwords_or_tokens(partner: Client) -> None:
    posted = {"password": "hunter-2", "new_password1": "hunter-3", "csrfmiddlewaretoken": "token-4"}
    page = partner.post("/late/", posted).content.decode()
    assert not [secret for secret in posted.values() if secret in page]


def test_conflict_page_has_no_block_of_typed_text_when_nothing_was_typed(partner: Client) -> None:
    assert "<pre" not in partner.post("/late/", {"text": "  "}).content.decode()


def test_refusal_of_a_role_is_403_with_a_way_back_to_the_claim(partner: Client) -> None:
    answer = partner.post("/not-for-you/C-7K3M9Q2X/")
    assert answer.status_code == 403
    page = answer.content.decode()
    assert 'data-code="role_may_not"' in page
    assert 'href="/claims/C-7K3M9Q2X/"' in page


def test_faults_of_a_form_are_left_to_the_view(partner: Client) -> None:
    with pytest.raises(Refused):
        partner.post("/refused/")


def test_stale_form_is_explained_and_its_text_kept() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_person(make_firm()))
    answer = client.post("/late/", {"body": "A long comment"})
    assert answer.status_code == 403
    assert "A long comment</pre>" in answer.content.decode()


def test_unknown_address_is_a_page_with_a_way_back(partner: Client) -> None:
    answer = partner.get("/nothing/here/")
    assert answer.status_code == 404
    assert 'href="/"' in answer.content.decode()


def test_request_without_sense_is_a_page_with_a_way_back(partner: Client) -> None:
    answer = partner.get("/nonsense/")
    assert answer.status_code == 400
    assert 'href="/"' in answer.content.decode()


def test_mistake_of_the_portal_shows_where_to_write_and_no_particulars(partner: Client) -> None:
    partner.raise_request_exception = False
    answer = partner.get("/broken/")
    assert answer.status_code == 500
    page = answer.content.decode()
    assert settings.SUPPORT_ADDRESS in page
    assert "secret particulars" not in page


@pytest.mark.urls("cpor_portal.urls")
def test_an_acts_address_that_is_opened_has_a_way_back(partner: Client) -> None:
    answer = partner.get("/claims/new/")
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    page = answer.content.decode()
    assert "This address only takes what a button sends." in page
    assert 'href="/"' in page


def test_a_page_that_was_only_opened_is_not_told_of_a_race(partner: Client) -> None:
    page = partner.get("/late/").content.decode()
    assert "This is not possible any more" in page
    assert "Somebody was first" not in page
