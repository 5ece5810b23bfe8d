"""The contacts step: the fields that the claim needs, each fault at its field."""

import pytest

from tests.claims.wizard.driving import CONTACTS, TECHNICAL, Driver, codes, sign_in, text_of
from tests.support.factories import make_product, make_workload
from tests.support.stories import make_customer, make_draft, make_side

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_too]

REVENUE = {"seller_name": "Sam Seller", "revenue_customer_name": "Contoso Ltd", "isv_solution": "Shop floor 4"}


@pytest.fixture
def person() -> Driver:
    side, workload = make_side(), make_workload()
    return sign_in(side.person, make_draft(side, make_customer(workload), [workload]))


@pytest.fixture
def seller() -> Driver:
    side, product = make_side(), make_product()
    return sign_in(side.person, make_draft(side, make_customer(product), [product]))


def test_a_workload_claim_needs_no_technical_contact(person: Driver) -> None:
    assert "technical_name" not in person.open("contacts").content.decode()
    response = person.save("contacts", CONTACTS)
    assert response.status_code == 302
    assert response.headers["Location"] == person.url("proof")
    assert person.claim.customer_email == "casey@customer.test"


def test_business_applications_need_one(seller: Driver) -> None:
    response = seller.save("contacts", CONTACTS)
    assert response.status_code == 422
    assert codes(response) == {"contact_required"}
    assert seller.save("contacts", CONTACTS | TECHNICAL).status_code == 302


def test_revenue_association_needs_three_more_facts(seller: Driver) -> None:
    claim = seller.claim
    claim.activities = ["revenue_association"]
    claim.save(update_fields=["activities"])
    assert "Dynamics solution seller" in text_of(seller.open("contacts"))
    assert seller.save("contacts", CONTACTS | TECHNICAL).status_code == 422
    assert seller.save("contacts", CONTACTS | TECHNICAL | REVENUE).status_code == 302
    assert seller.claim.isv_solution == "Shop floor 4"


def test_every_fault_stands_at_its_field_and_nothing_typed_is_lost(person: Driver) -> None:
    sent = CONTACTS | {"customer_email": "casey at customer", "name": "", "customer_title": "x" * 201}
    response = person.save("contacts", sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert codes(response) == {"email_malformed", "contact_required", "contact_too_long"}
    assert 'value="casey at customer"' in page
    assert 'value="Casey Customer"' in page
    for field in ("customer_email", "name", "customer_title"):
        assert f'href="#id_{field}"' in page
    assert person.claim.name == "Roll-out 2026"


def test_the_code_stands_beside_the_field_too(person: Driver) -> None:
    page = person.save("contacts", CONTACTS | {"customer_email": "nobody"}).content.decode()
    field = page[page.index('id="div_id_customer_email"') :]
    assert 'data-code="email_malformed"' in field[: field.index('id="div_id_partner_name"')]


def test_the_customers_contact_is_not_of_the_partners_firm(person: Driver) -> None:
    response = person.save("contacts", CONTACTS | {"customer_email": person.claim.created_by.email})
    assert response.status_code == 422
    assert codes(response) == {"contact_is_partner"}
