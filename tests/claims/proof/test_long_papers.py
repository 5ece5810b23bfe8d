"""Very long and very odd papers are read in a time that grows with their length alone."""

import time

import pytest

from claims.proof.checker import PageText, findings_in
from claims.proof.words import Element, Verdict
from tests.proofs.facts import claim_of

FACTS = claim_of("contoso", "exchange teams d365_sales")
ODD = {
    "one letter": "a",
    "one digit": "1",
    "underscores": "_ ",
    "blanks": " ",
    "empty lines": "\n",
    "labels": "Name: Date: Signature: ",
    "dates": "11/05/2026 ",
    "half an ID": "2b6e9d14-77f0-4c3a-8e52-",
    "the customer's name": "contoso ",
    "heads of e-mails": "From: a@b.example\nDate: 3 May 2026\n",
}


@pytest.mark.parametrize("odd", ODD.values(), ids=list(ODD))
def test_an_odd_page_takes_no_longer_than_others(odd: str) -> None:
    pages = [PageText(1, (odd * 20_000)[:20_000])]
    began = time.process_time()
    findings_in(pages, FACTS)
    assert time.process_time() - began < 1


WORDS = "The river ran past meadows and stone walls while people carried bread from one village to the next.\n"
UNTOLD = {"letters": "qwjx zkvu pfgh mbrt ", "words": WORDS, "words on one line": WORDS.replace("\n", " ")}


def _seconds(text: str, pages: int) -> float:
    """The processor time of the quickest of three searches of a paper whose pages are all full."""
    paper = [PageText(number, (f"{number} {text}" * 1_000)[:20_000]) for number in range(1, pages + 1)]
    taken = []
    for _ in range(3):
        began = time.process_time()
        findings_in(paper, FACTS)
        taken.append(time.process_time() - began)
    return min(taken)


@pytest.mark.parametrize("text", UNTOLD.values(), ids=list(UNTOLD))
def test_ten_times_the_pages_take_at_most_fifteen_times_as_long(text: str) -> None:
    assert _seconds(text, 300) < 15 * _seconds(text, 30)


def test_empty_rows_of_a_table_do_not_hide_the_signature_below() -> None:
    page = "Product | Signed\n | | \n | | \nSignature: Jane Doe | Date: 5 November 2026\nContoso Ltd"
    found = findings_in([PageText(1, page)], FACTS)
    assert {one.element for one in found if one.verdict == Verdict.HOLDS} >= {Element.SIGNATURE, Element.DATE}
