"""The tenant step: six causes told apart, text kept, and silence that is nobody's fault."""

from typing import NoReturn
from uuid import UUID, uuid4

import pytest
from django.utils.html import escape

from claims.models import Claim
from cpor_portal.directory.local import LocalDirectory
from cpor_portal.directory.models import Tenant
from cpor_portal.directory.source import DirectoryUnreachable
from tests.claims.wizard.driving import Driver, codes, sign_in, text_of
from tests.support.claims import make_draft as make_empty_draft
from tests.support.factories import make_tenant, make_workload
from tests.support.stories import make_customer, make_draft, make_side

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_too]


@pytest.fixture
def contoso() -> Tenant:
    return make_tenant("contoso.com", display_name="Contoso")


@pytest.fixture
def person() -> Driver:
    claim = make_empty_draft()
    return sign_in(claim.created_by, claim)


def test_an_id_and_a_domain_that_agree_are_saved_and_name_the_customer(person: Driver, contoso: Tenant) -> None:
    typed = {"tenant_id": f"  {{{str(contoso.tenant_id).upper()}}} ", "domain": "Anna@CONTOSO.com"}
    response = person.save("tenant", typed)
    assert response.status_code == 302
    assert response.headers["Location"] == person.url("activity")
    assert person.claim.tenant_id == contoso.tenant_id
    assert "Customer: Contoso" in text_of(person.open("tenant"))
    assert "Contoso" in text_of(person.open("activity"))


OTHER = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"


@pytest.mark.parametrize(
    ("tenant_id", "domain", "code"),
    [
        ("00000000-0000-0000-0000-000000000000", "contoso.com", "tenant_id_malformed"),
        ("not an id", "not a domain either", "tenant_id_malformed"),
        (OTHER, "", "domain_malformed"),
        (OTHER, "10.0.0.1", "domain_malformed"),
        (OTHER, "contoso.com", "tenant_unknown"),
        ("CONTOSO", "nobody.test", "domain_unknown"),
        ("CONTOSO", "fabrikam.com", "domain_tenant_mismatch"),
    ],
)
def test_each_cause_is_told_apart_and_everything_typed_is_kept(
    person: Driver, contoso: Tenant, tenant_id: str, domain: str, code: str
) -> None:
    make_tenant("fabrikam.com", display_name="Fabrikam")
    typed = tenant_id.replace("CONTOSO", str(contoso.tenant_id))
    response = person.save("tenant", {"tenant_id": typed, "domain": domain})
    assert response.status_code == 422
    assert codes(response) == {code}
    page = response.content.decode()
    assert f'value="{escape(typed)}"' in page or not typed
    assert f'value="{escape(domain)}"' in page or not domain
    assert "Fabrikam" not in page
    assert person.claim.tenant_id is None


def test_a_refusal_is_told_whole_in_its_box_and_in_short_at_its_field(person: Driver) -> None:
    response = person.save("tenant", {"tenant_id": "not an id", "domain": "contoso.com"})
    assert [fault.code for fault in response.context["form"].faults] == ["tenant_id_malformed"]
    explanation = response.context["explanations"][0]
    page = response.content.decode()
    assert page.count('data-code="tenant_id_malformed"') == 3
    assert page.count(escape(explanation.text)) == 1
    assert page.count(escape(explanation.title)) == 3


def test_what_was_typed_can_not_write_into_the_page(person: Driver) -> None:
    typed = '"><script>alert(1)</script>'
    response = person.save("tenant", {"tenant_id": typed, "domain": typed})
    assert response.status_code == 422
    assert "<script>alert" not in response.content.decode()


def test_a_silent_directory_keeps_the_text_and_blames_nobody(
    person: Driver, contoso: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(self: LocalDirectory, tenant_id: UUID) -> NoReturn:
        raise DirectoryUnreachable

    monkeypatch.setattr(LocalDirectory, "find_tenant", silent)
    response = person.save("tenant", {"tenant_id": str(contoso.tenant_id), "domain": "contoso.com"})
    assert response.status_code == 422
    assert codes(response) == {"directory_unreachable"}
    assert "This is no fault of yours" in text_of(response)
    kept = person.claim
    assert (kept.tenant_entered, kept.domain_entered) == (str(contoso.tenant_id), "contoso.com")
    assert kept.tenant_verified_at is None
    monkeypatch.undo()
    again = person.open("tenant").content.decode()
    assert f'value="{contoso.tenant_id}"' in again
    assert 'value="contoso.com"' in again


def test_another_tenant_takes_the_products_out_and_says_so() -> None:
    side, workload = make_side(), make_workload()
    claim = make_draft(side, make_customer(workload), [workload])
    other = make_tenant("other.test")
    person = sign_in(side.person, claim)
    typed = {"tenant_id": str(other.tenant_id), "domain": "other.test"}
    response = person.client.post(person.url("tenant"), typed, follow=True)
    assert "so the products that were chosen before have been taken out" in text_of(response)
    assert not person.claim.lines.exists()


def test_the_same_tenant_saved_again_keeps_the_products() -> None:
    side, workload = make_side(), make_workload()
    claim = make_draft(side, make_customer(workload), [workload])
    person = sign_in(side.person, claim)
    response = person.save("tenant", {"tenant_id": claim.tenant_entered, "domain": claim.domain_entered})
    assert response.status_code == 302
    assert person.claim.lines.count() == 1


def test_an_unknown_tenant_offers_a_message_for_the_customer(person: Driver) -> None:
    response = person.save("tenant", {"tenant_id": str(uuid4()), "domain": "contoso.com"})
    page = text_of(response)
    assert "A message ready to send to the customer" in page
    assert "Who acts:" in page
    assert Claim.objects.get().reference in response.content.decode()


def test_an_empty_form_names_both_fields_as_missing(person: Driver) -> None:
    response = person.save("tenant", {"tenant_id": " ", "domain": ""})
    assert response.status_code == 422
    assert codes(response) == {"tenant_id_malformed", "domain_malformed"}
    page = text_of(response)
    assert "The tenant ID is missing" in page
    assert "The domain is missing" in page
    assert "This is not a" not in page
