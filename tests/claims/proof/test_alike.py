"""The same letter for another customer is alike; different letters, and our template's own words, are not."""

from dataclasses import replace

from claims.proof.alike import bands_of, likeness, signature_of
from claims.proof.found import Facts
from claims.proof.template import boilerplate
from tests.proofs.facts import claim_of
from tests.proofs.papers import letter

CONTOSO, IMPORTERS = claim_of("contoso", ""), claim_of("importers", "")
LETTER = letter("engagement_letter").text
REWRITTEN = LETTER.replace("Contoso Ltd", IMPORTERS.customer).replace("Contoso", "Wide World Importers")


def signature(text: str, facts: Facts = CONTOSO) -> bytes:
    """The signature of a text that has enough words."""
    found = signature_of([text], facts)
    assert found is not None
    return found


def test_the_same_letter_for_another_customer_is_alike() -> None:
    one, other = signature(LETTER), signature(REWRITTEN.replace("412", "96"), IMPORTERS)
    assert likeness(one, other) > 0.7
    assert set(enumerate(bands_of(one))) & set(enumerate(bands_of(other)))


def test_different_letters_are_not_alike() -> None:
    assert likeness(signature(LETTER), signature(letter("recommendation_letter").text, IMPORTERS)) < 0.2


def test_the_templates_own_words_are_too_little_to_compare() -> None:
    assert signature_of(["\n".join(sorted(boilerplate("en")))], CONTOSO) is None


def test_names_of_the_claim_do_not_count() -> None:
    renamed = replace(CONTOSO, customer="Fabrikam Zrt.")
    assert likeness(signature(LETTER), signature(LETTER.replace("Contoso", "Fabrikam"), renamed)) > 0.8


def test_a_signature_is_sixty_four_numbers_and_sixteen_bands() -> None:
    one = signature(LETTER)
    assert (len(one), len(bands_of(one))) == (256, 16)
    assert all(-(2**63) <= band < 2**63 for band in bands_of(one))
