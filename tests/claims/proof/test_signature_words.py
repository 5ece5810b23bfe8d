"""The words shown for a signature are those of its block, and where two sides sign side by side, of its column."""

import pytest

from claims.proof.checker import Found, PageText, findings_in
from claims.proof.words import Element, Verdict
from tests.claims.proof.test_corpus import ROWS, found_in, name_of
from tests.proofs import files
from tests.proofs.facts import claim_of

SIDE_BY_SIDE = """3. Acceptance
The Client confirms that the services above were delivered.
For Contoso Ltd{gap}For Adventure Works Cloud Ltd
{theirs}{gap}/s/ Ines Incentives
Head of IT{gap}Partner manager
Date: {day}{gap}Date: 9 October 2026
Statement of work · Page 2 of 2"""
UNSIGNED = "template filled in on the screen, not signed"
LABELS = {"en": ("Name", "Signature"), "hu": ("Név", "Aláírás")}


def found_on(text: str, element: Element) -> list[Found]:
    """What is found of that element on a page of that text, with the customer's and the partner's names in it."""
    return [one for one in findings_in([PageText(1, text)], claim_of("contoso", "exchange")) if one.element == element]


@pytest.mark.parametrize("gap", ["  ", "     ", "\t", " | "])
def test_two_columns_show_the_customers_words_alone(gap: str) -> None:
    page = SIDE_BY_SIDE.format(gap=gap, theirs="/s/ Casey Customer", day="12 October 2026")
    expected = "For Contoso Ltd /s/ Casey Customer Head of IT Date: 12 October 2026"
    for element in (Element.SIGNATURE, Element.DATE):
        assert [(one.verdict, one.words) for one in found_on(page, element)] == [(Verdict.HOLDS, expected)]


def test_columns_that_reading_ran_together_show_nobody_else_who_signed() -> None:
    page = SIDE_BY_SIDE.format(gap=" ", theirs="/s/ Casey Customer", day="12 October 2026")
    [signature] = found_on(page, Element.SIGNATURE)
    assert "Casey Customer" in signature.words
    assert "Ines" not in signature.words


def test_a_column_that_the_customer_left_empty_is_empty_whatever_the_partner_signed() -> None:
    page = SIDE_BY_SIDE.format(gap="  ", theirs="__________________", day="____________")
    [signature] = found_on(page, Element.SIGNATURE)
    assert signature.verdict == Verdict.EMPTY
    assert signature.words.startswith("For Contoso Ltd ____")
    assert "Ines" not in signature.words


@pytest.mark.django_db
@pytest.mark.parametrize(
    "row", [pytest.param(row, id=name_of(row)) for row in ROWS if row["name"] in (UNSIGNED, "template")]
)
def test_the_templates_block_is_shown_without_the_foot_of_its_page(row: dict[str, str]) -> None:
    [signature] = [one for one in found_in(row) if one.element == Element.SIGNATURE]
    first, last = LABELS[row["language"]]
    assert signature.words.startswith(first)
    assert row["name"] == "template" or last in signature.words
    assert "C-" not in signature.words


@pytest.mark.parametrize(
    "behind",
    [
        "",
        "Page 2 of 2",
        "2. oldal (összesen: 2)",
        "3 October 2026",
        "Title",
        "IT Director",
        "Contoso Ltd",
        "For Contoso Limited",
        "\nJane Doe",
        "The partner must submit the claim within 12 months.",
    ],
)
@pytest.mark.parametrize("label", ["Signature", "Signature:", "Customer's signature:", "Aláírás"])
def test_a_label_with_no_name_below_it_is_not_signed(label: str, behind: str) -> None:
    page = f"Contoso Ltd accepts the work.\nName: Jane Doe\nDate: 3 October 2026\n{label}\n{behind}"
    assert [one.verdict for one in found_on(page, Element.SIGNATURE)] == [Verdict.EMPTY]


@pytest.mark.parametrize(
    "signed",
    [
        "Signature: Jane Doe",
        "Signature\nJane Doe",
        "Signature of the customer\nJane Doe",
        "Signature\tJane Doe",
        "Signature:\n/s/ Jane Doe",
        "Signed by: Jane Doe\nSignature:",
        "Signature:\nDigitally signed by Jane Doe",
        "Signature:\nJane Doe (signed)",
        "Aláírás: dr. Nagy Erzsébet s. k.",
    ],
)
def test_a_name_behind_the_label_or_a_mark_of_signing_is_a_signature(signed: str) -> None:
    page = f"Contoso Ltd accepts the work.\nName: Jane Doe\nDate: 3 October 2026\n{signed}"
    assert [one.verdict for one in found_on(page, Element.SIGNATURE)] == [Verdict.HOLDS]


def test_every_template_that_was_filled_in_but_not_signed_stands_in_the_table() -> None:
    forms = {(row["form"], row["language"]) for row in ROWS if row["name"] == UNSIGNED and files.is_template(row)}
    assert forms == {("pdf", "en"), ("pdf", "hu"), ("docx", "en"), ("docx", "hu")}
