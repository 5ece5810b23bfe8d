"""Very long and very odd papers are read in a time that grows with their length alone."""

import time

import pytest

from claims.proof.checker import PageText, findings_in
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
