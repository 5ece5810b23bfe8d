"""Which cells and reasons a decision is about, and the text that is drafted from them."""

import csv
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from django.utils import timezone, translation

from arbitration.cells import named
from arbitration.drafting import draft
from claims.models import Claim, ClaimLine, Document
from claims.proof.matrix import CellState, CellView, MatrixView, RowView, columns_shown
from claims.proof.words import COLUMN_OF, Column
from claims.words import REVIEWER_REASONS, Outcome, Reason
from cpor_portal.accounts.models import PartnerFirm, User
from cpor_portal.directory.models import Product
from cpor_portal.faults import Refused

TABLE = Path(__file__).parent.parent / "decision_tables" / "reasons_and_cells.csv"
ROWS = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))
LETTERS = ("A", "B", "C")
PRODUCTS = ("Teams", "Exchange Online", "SharePoint")


def matrix_like(count: int, *, is_usage: bool = True) -> MatrixView:
    """A matrix of so many products; nothing is stored."""
    rows = []
    for number, name in enumerate(PRODUCTS[:count], start=1):
        product = Product(pk=number, code=name.lower(), name=name)
        line = ClaimLine(pk=number, product=product, outcome=Outcome.PENDING)
        states = [_state(column, is_usage) for column in Column]
        cells = [CellView(number, product, column, state) for column, state in zip(Column, states, strict=True)]
        rows.append(RowView(line, product, cells))
    return MatrixView(columns_shown(), rows)


def _state(column: Column, is_usage: bool) -> CellState:
    return CellState.EMPTY if is_usage or column != Column.NAMED else CellState.NOT_NEEDED


def _key(word: str) -> str:
    """`A:dated` of the table as the form sends it."""
    letter, colon, column = word.partition(":")
    number = LETTERS.index(letter) + 1 if letter in LETTERS else 99
    return f"{number}{colon}{column}" if colon else word


def _words(cells: list[CellView]) -> str:
    return " ".join(f"{LETTERS[cell.line_id - 1]}:{cell.column}" for cell in cells)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["what"])
def test_reasons_and_cells_of_a_decision_are_brought_in_line(row: dict[str, str]) -> None:
    matrix = matrix_like(2, is_usage=row["claimed"] == "usage")
    lines = [line.line for line, letter in zip(matrix.rows, LETTERS, strict=False) if letter in row["chosen"].split()]
    keys = [_key(word) for word in row["cells"].split()]
    if row["answer"] != "holds":
        with pytest.raises(Refused) as refused:
            named(matrix, lines, row["reasons"].split(), keys)
        assert (refused.value.code, refused.value.field) == (row["answer"], "cells")
        return
    reasons, cells = named(matrix, lines, row["reasons"].split(), keys)
    assert " ".join(reasons) == row["reasons meant"]
    assert _words(cells) == row["cells meant"]


# --- The text --------------------------------------------------------------------------------------------------


@pytest.fixture
def claim() -> Claim:
    return Claim(
        customer_display_name="Contoso",
        domain="contoso.com",
        tenant_id=UUID(int=7),
        firm=PartnerFirm(name="Fabrikam"),
        submitted_at=datetime(2026, 11, 22, 18, tzinfo=UTC),
    )


def written(claim: Claim, matrix: MatrixView, *keys: str, reasons: tuple[str, ...] = ()) -> str:
    """The draft about all products of the matrix."""
    lines = [row.line for row in matrix.rows]
    meant, cells = named(matrix, lines, reasons, [_key(key) for key in keys])
    return draft(claim, cells, meant, len(lines))


def test_one_missing_signature_is_asked_for_by_product_and_customer(claim: Claim) -> None:
    assert written(claim, matrix_like(2), "A:acknowledged") == (
        "Teams: the proof does not show a customer's signature for this product. Have somebody of Contoso sign and date"
        " a page that names it and what you did, with their name and title beside the signature."
    )


def test_several_products_are_named_in_one_paragraph(claim: Claim) -> None:
    text = written(claim, matrix_like(3), "A:acknowledged", "C:acknowledged")
    assert text.startswith("Teams, SharePoint: the proof does not show a customer's signature for these products.")
    assert "\n" not in text


def test_all_products_are_not_spelt_out(claim: Claim) -> None:
    text = written(claim, matrix_like(3), reasons=(Reason.WORK_DESCRIPTION_MISSING,))
    assert text.startswith("All products: the proof does not say what your firm did with these products.")


def test_the_only_product_of_a_claim_is_named(claim: Claim) -> None:
    assert written(claim, matrix_like(1), "A:named").startswith("Teams: the proof does not name this product.")


def test_a_date_is_asked_for_with_the_first_day_that_does(claim: Claim) -> None:
    assert "dated 22 November 2025 or later" in written(claim, matrix_like(1), "A:dated")


def test_the_day_is_the_one_at_the_review_site(claim: Claim) -> None:
    claim.submitted_at = datetime(2026, 11, 23, 2, tzinfo=UTC)
    assert "dated 22 November 2025 or later" in written(claim, matrix_like(1), "A:dated")


def test_the_parties_are_named_as_the_claim_names_them(claim: Claim) -> None:
    claim.domain = "xn--bcher-kva.example"
    text = written(claim, matrix_like(1), "A:tied")
    for fact in ("Fabrikam", "Contoso", "bücher.example", str(UUID(int=7))):
        assert fact in text


def test_what_was_looked_at_is_said(claim: Claim) -> None:
    matrix = matrix_like(1)
    document = Document(name="statement.pdf")
    cell = CellView(1, matrix.rows[0].product, Column.DATED, CellState.FOUND, document=document, page=2)
    text = draft(claim, [cell], [Reason.DATES_MISSING_OR_OLD], 1)
    assert text.endswith("We looked at statement.pdf, page 2.")


def test_paragraphs_come_in_the_order_of_the_reasons(claim: Claim) -> None:
    text = written(claim, matrix_like(1), "A:named", "A:dated", reasons=(Reason.PARTNER_REQUEST,))
    beginnings = [paragraph.split(".")[0] for paragraph in text.split("\n\n")]
    assert len(beginnings) == 3
    assert "carries no date" in beginnings[0]
    assert "does not name" in beginnings[1]
    assert beginnings[2] == "You asked us for this"


@pytest.mark.parametrize("reason", REVIEWER_REASONS)
@pytest.mark.parametrize("language", ["en", "hu"])
def test_every_reason_that_a_reviewer_can_give_has_its_words(claim: Claim, reason: Reason, language: str) -> None:
    with translation.override(language):
        text = written(claim, matrix_like(2), reasons=(reason,))
    assert text
    assert "%(" not in text


def test_the_text_is_in_the_language_of_the_firm_and_not_of_the_reviewer(claim: Claim) -> None:
    for theirs, mine, words in (("en", "hu", "does not name this product"), ("hu", "en", "az igazolás")):
        claim.submitted_by = User(language=theirs)
        with translation.override(mine):
            assert words in written(claim, matrix_like(1), "A:named")
            assert translation.get_language() == mine


def test_the_first_good_day_is_counted_at_the_review_site(claim: Claim) -> None:
    claim.submitted_at = datetime(2026, 11, 23, 2, tzinfo=UTC)
    with timezone.override("Europe/Budapest"):
        assert "dated 22 November 2025 or later" in written(claim, matrix_like(1), "A:dated")


def test_every_column_has_a_reason_that_reviewers_can_give() -> None:
    assert set(COLUMN_OF.values()) == set(Column)
    assert set(COLUMN_OF) <= set(REVIEWER_REASONS)


def test_nothing_chosen_is_no_text(claim: Claim) -> None:
    assert written(claim, matrix_like(2)) == ""
