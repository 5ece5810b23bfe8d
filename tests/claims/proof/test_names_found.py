"""Firms are found by what they are called, with or without their legal form."""

import pytest

from claims.proof.names import pattern_of


def is_named(name: str, text: str) -> bool:
    """Whether `text` names the firm."""
    from claims.proof.texts import fold

    pattern = pattern_of(name)
    return pattern is not None and pattern.search(fold(text)) is not None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Contoso Kft.", "a Contoso Korlátolt Felelősségű Társaság részére"),
        ("Contoso Korlátolt Felelősségű Társaság", "a CONTOSO KFT.-nek"),
        ("Árvíztűrő Zrt.", "az Arvizturo Zrt. munkatársai"),
        ("Northwind Traders, Inc.", "for Northwind\nTraders"),
        ("Adatum s.r.o.", "Adatum, spol. s r.o."),
        ("Müller & Söhne GmbH & Co. KG", "Müller und Söhne"),
        ("Cloud Services Ltd", "by Cloud Services Ltd"),
    ],
)
def test_a_firm_is_found_however_its_name_is_written(name: str, text: str) -> None:
    assert is_named(name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Cloud Services Ltd", "we offer cloud services to everybody"),
        ("Contoso Ltd", "mail to anna@contoso.com or see www.contoso.com"),
        ("Contoso Ltd", "the Contosomania fair"),
        ("X Kft.", "x-ray"),
    ],
)
def test_common_words_and_addresses_name_no_firm(name: str, text: str) -> None:
    assert not is_named(name, text)
