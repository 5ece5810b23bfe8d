"""Every product of the catalogue is found by its own name, and is taken for no other."""

import pytest

from claims.proof.checker import PageText, findings_in
from tests.proofs.facts import catalogue, claim_of

CODES = tuple(catalogue())
ALL = claim_of("contoso", " ".join(CODES))


def named_in(text: str) -> set[str]:
    """The products found in the text, of all that there are."""
    return {found.product for found in findings_in([PageText(1, text)], ALL) if found.product}


@pytest.mark.parametrize("code", CODES)
def test_a_product_is_found_where_a_sentence_names_it_and_no_other_is(code: str) -> None:
    name = catalogue()[code].names[0]
    assert named_in(f"The partner configured {name} for the customer and trained 45 people.") == {code}


@pytest.mark.parametrize("code", CODES)
def test_a_product_is_found_in_a_list_of_facts(code: str) -> None:
    name = catalogue()[code].names[0]
    assert named_in(f"Customer: Contoso Ltd\nSolution area: Microsoft 365\nProduct: {name}\nActivity: Usage") == {code}


@pytest.mark.parametrize("written", ["D365 BC", "Dynamics 365 BC", "MS Dynamics 365 Business Central"])
def test_business_central_is_found_as_people_write_it(written: str) -> None:
    assert named_in(f"The partner introduced {written} in all three firms.") == {"d365_business_central"}


@pytest.mark.parametrize(
    "words",
    [
        "Sales rose, the finance and marketing departments are content, and commerce in Vancouver, BC grew.",
        "In exchange for the fee the teams met; the flow of mail was stopped and human resources informed.",
        "Our customer service and the field service of Fabrikam wrote guides.",
        "Az értékesítés nőtt, a pénzügyi osztály és az ügyfélszolgálat elégedett.",
    ],
)
def test_ordinary_words_name_no_product(words: str) -> None:
    assert named_in(words) == set()
