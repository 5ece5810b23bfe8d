"""Downloading proof: who may, and that the answer can do nothing but be saved."""

from urllib.parse import unquote

import pytest
from django.core.files.storage import default_storage
from django.http import FileResponse
from django.test import Client

from claims.models import Claim, Document
from cpor_portal.accounts.models import PartnerRole, StaffRole, User
from tests.claims.views.pages import signed_in
from tests.support.factories import make_person, make_staff, make_workload
from tests.support.stories import PDF, Side, make_customer, make_draft, make_side, make_submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def side() -> Side:
    return make_side()


def _status(person: User, address: str) -> int:
    """The answer to a download, taken and put away."""
    response = signed_in(person).get(address)
    if response.streaming:
        b"".join(response)
    return response.status_code


def _address(claim: Claim) -> str:
    return f"/claims/{claim.reference}/documents/{claim.documents.get().pk}/"


def test_the_file_is_streamed_as_an_attachment_that_can_run_nothing_and_is_kept_nowhere(side: Side) -> None:
    claim = make_submitted(side)
    response = signed_in(side.person).get(_address(claim))
    assert isinstance(response, FileResponse)
    assert b"".join(response) == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="proof.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Length"] == str(len(PDF))


@pytest.mark.parametrize("name", ["Igazolás – őszi.pdf", 'a "quoted" name.pdf', "semi;colon.pdf"])
def test_any_file_name_arrives_whole(side: Side, name: str) -> None:
    claim = make_submitted(side)
    Document.objects.update(name=name)
    response = signed_in(side.person).get(_address(claim))
    header = response["Content-Disposition"]
    assert b"".join(response) == PDF
    value = header.removeprefix("attachment; ")
    if value.startswith("filename*="):
        assert unquote(value.removeprefix("filename*=utf-8''")) == name
    else:
        assert value.removeprefix('filename="').removesuffix('"').replace('\\"', '"') == name


@pytest.mark.parametrize("role", [StaffRole.REVIEWER, StaffRole.ARBITER])
def test_reviewers_may_read_proof_once_it_is_filed(side: Side, role: str) -> None:
    draft = make_draft(side, make_customer(), [make_workload()])
    filed = make_submitted(side)
    reviewer = make_staff(role)
    assert _status(reviewer, _address(draft)) == 404
    assert _status(reviewer, _address(filed)) == 200


def test_colleagues_of_every_role_may_and_strangers_may_not(side: Side) -> None:
    claim = make_submitted(side)
    for role in PartnerRole:
        assert _status(make_person(side.firm, role), _address(claim)) == 200
    for stranger in (make_side().person, make_staff(StaffRole.PORTAL_ADMIN), make_person()):
        assert _status(stranger, _address(claim)) == 404


def test_a_document_is_not_served_under_another_claim(side: Side) -> None:
    claim, other = make_submitted(side), make_submitted(side)
    address = f"/claims/{other.reference}/documents/{claim.documents.get().pk}/"
    assert signed_in(side.person).get(address).status_code == 404
    assert signed_in(side.person).get(f"/claims/{claim.reference}/documents/{10**30}/").status_code == 404


def test_a_file_that_the_storage_has_lost_is_404_and_not_an_error(side: Side) -> None:
    claim = make_submitted(side)
    default_storage.delete(claim.documents.get().file.name or "")
    assert signed_in(side.person).get(_address(claim)).status_code == 404


def test_nobody_gets_it_without_signing_in(side: Side, client: Client) -> None:
    response = client.get(_address(make_submitted(side)))
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")
