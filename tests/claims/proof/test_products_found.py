"""Products are found as people call them, and ordinary words are not taken for products."""

import pytest

from claims.proof.checker import PageText, findings_in
from claims.proof.words import Element
from tests.proofs.facts import claim_of

ALL = "exchange teams teams_phone sharepoint entra_id_p1 entra_id_p2 d365_sales d365_finance d365_marketing"


@pytest.mark.parametrize(
    ("text", "products"),
    [
        ("MS Teams and Exchange Online", {"teams", "exchange"}),
        ("Microsoft Teams Phone", {"teams_phone"}),
        ("Entra ID P1/P2", {"entra_id_p1", "entra_id_p2"}),
        ("Azure AD Premium Plan 2", {"entra_id_p2"}),
        ("A Teams-szel, az Exchange-re és a SharePoint-ot", {"teams", "exchange", "sharepoint"}),
        ("D365 Sales, Finance and Marketing", {"d365_sales", "d365_finance", "d365_marketing"}),
        ("Dynamics 365 Finance for the sales and marketing departments", {"d365_finance"}),
        ("our sales teams exchange ideas about marketing and finance", set()),
        ("Exchange Server 2016 was switched off", set()),
        ("\u2610 Microsoft Teams \u2612 Exchange Online", {"exchange"}),
        ("Out of scope: Microsoft Teams", set()),
        ("Out of scope\n\u2022 Microsoft Teams\n\u2022 Exchange Online", set()),
        ("Not included: travel\nProducts: Microsoft Teams", {"teams"}),
        ("Microsoft Teams (not included), Exchange Online", {"exchange"}),
        ("The parties agree that Microsoft Teams and SharePoint are not included.", set()),
        ("It  does  not  cover  SharePoint,  Teams\nor  Exchange;  Microsoft 365  was  set  up.", set()),
        ("We moved all mail (excluding public folders) to Exchange Online.", {"exchange"}),
        ("Training is not included; Microsoft Teams was rolled out.", {"teams"}),
        ("We migrated mail to Exchange Online, training was not included.", {"exchange"}),
        ("It does not only cover Microsoft Teams but also SharePoint.", {"teams", "sharepoint"}),
        ("The services include, but are not limited to, SharePoint.", {"sharepoint"}),
        ("The partner did not lose a mailbox in the move to Exchange Online.", {"exchange"}),
    ],
)
def test_products_are_found_as_people_call_them(text: str, products: set[str]) -> None:
    found = findings_in([PageText(1, text)], claim_of("contoso", ALL))
    assert {one.product for one in found if one.element == Element.PRODUCT} == products
