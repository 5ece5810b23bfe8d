"""The contacts step: what is needed for which claim, and a customer contact who is not the partner."""

import pytest

from claims.checks import ManyRefused
from claims.checks.contacts import check_contacts
from claims.models import Claim
from cpor_portal.faults import Refused
from tests.support.factories import make_firm, make_person

CONTACTS = {
    "name": "Roll-out of Sales",
    "customer_name": "Cecília Tóth",
    "customer_title": "Head of IT",
    "customer_email": "cecilia@contoso.com",
    "partner_name": "Anna Kovács",
    "partner_email": "anna@partner.example",
}
TECHNICAL = {"technical_name": "Tamás", "technical_title": "Admin", "technical_email": "tamas@contoso.com"}
REVENUE = {"seller_name": "Sam", "revenue_customer_name": "Contoso Ltd", "isv_solution": "Shop floor"}


def _faults(values: dict[str, str], area: str = "microsoft_365", *activities: str) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refusal:
        check_contacts(values, area, activities or ("usage",))
    fault = refusal.value
    faults = fault.faults if isinstance(fault, ManyRefused) else (fault,)
    return [(single.code, single.field) for single in faults]


def test_every_missing_answer_is_named_with_its_field() -> None:
    assert _faults({}) == [("contact_required", field) for field in CONTACTS]
    assert _faults(CONTACTS, "business_applications") == [("contact_required", field) for field in TECHNICAL]
    assert _faults(CONTACTS | TECHNICAL, "business_applications", "revenue_association") == [
        ("contact_required", field) for field in REVENUE
    ]


def test_blanks_and_invisible_characters_are_no_answer() -> None:
    assert _faults(CONTACTS | {"customer_title": " \u200b\u00a0\t"}) == [("contact_required", "customer_title")]


def test_answers_are_tidied_and_what_is_not_needed_comes_back_empty() -> None:
    typed = CONTACTS | TECHNICAL | REVENUE | {"customer_name": "  Cecília\u202e \n Tóth ", "stranger": "x"}
    answers = check_contacts(typed, "microsoft_365", ["usage"])
    assert answers == CONTACTS | dict.fromkeys([*TECHNICAL, *REVENUE], "")
    answers = check_contacts(typed, "business_applications", ["revenue_association"])
    assert answers == CONTACTS | TECHNICAL | REVENUE


def test_every_answer_has_its_column_in_the_claim() -> None:
    answers = check_contacts(CONTACTS, "microsoft_365", ["usage"])
    assert set(answers) <= {column.name for column in Claim._meta.get_fields()}


@pytest.mark.parametrize("address", ["cecilia", "cecilia@", "a@b.com, c@d.com", "Cecília <c@contoso.com>", "c@contoso"])
def test_an_address_is_one_complete_address(address: str) -> None:
    assert _faults(CONTACTS | {"customer_email": address}) == [("email_malformed", "customer_email")]


def test_an_answer_fits_its_column() -> None:
    assert _faults(CONTACTS | {"name": "x" * 201}) == [("contact_too_long", "name")]
    assert check_contacts(CONTACTS | {"name": "x" * 200}, "microsoft_365", ["usage"])["name"] == "x" * 200


@pytest.mark.parametrize("address", ["anna@partner.example", "ANNA@Partner.Example"])
def test_the_customer_is_not_the_partner_contact(address: str) -> None:
    values = CONTACTS | {"customer_email": address, "partner_email": "anna@partner.example"}
    assert _faults(values) == [("contact_is_partner", "customer_email")]


@pytest.mark.django_db
def test_the_customer_is_none_of_the_firms_people() -> None:
    firm = make_firm()
    make_person(firm, email="boss@holding.example")
    make_person(make_firm(), email="somebody@rival.example")
    with pytest.raises(Refused) as refusal:
        check_contacts(CONTACTS | {"customer_email": "Boss@holding.example"}, "microsoft_365", ["usage"], firm=firm)
    assert refusal.value.code == "contact_is_partner"
    for address in ("somebody@rival.example", "other@holding.example"):
        assert check_contacts(CONTACTS | {"customer_email": address}, "microsoft_365", ["usage"], firm=firm)
