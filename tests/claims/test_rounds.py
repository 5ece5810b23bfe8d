"""What changed between two rounds, told from the snapshots."""

from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from claims.acts.snapshots import TEXT_FIELDS
from claims.rounds import Change, changes_between

NAMES = {"teams": "Teams", "exchange": "Exchange"}
LETTER = {"name": "letter.pdf", "sha256": "aa", "size": 2048}
ANNEX = {"name": "annex.pdf", "sha256": "bb", "size": 1024}


def state(**other: Any) -> dict[str, Any]:
    """A small claim as a snapshot keeps it."""
    facts = {
        "tenant_id": "7d9a1c0e-0000-0000-0000-000000000001",
        "public_sector": False,
        "activities": ["usage"],
        "mpn_id": "1000001",
        "domain": "contoso.example",
        "customer_display_name": "Contoso",
        "customer_country": "US",
        "solution_area": "microsoft_365",
        "lines": [line("teams")],
        "documents": [LETTER],
        "cells": [],
    }
    return {**dict.fromkeys(TEXT_FIELDS, ""), **facts, **other}


def line(product: str, subscription: str | None = None, outcome: str = "pending") -> dict[str, Any]:
    return {"line": 1, "product": product, "subscription_id": subscription, "outcome": outcome}


def cell(column: str = "named", **other: Any) -> dict[str, Any]:
    told = {"product": "teams", "column": column, "document": "aa", "page": 1, "dated_on": None, "source": "partner"}
    return {**told, **other}


def test_two_equal_states_differ_in_nothing() -> None:
    changes = changes_between(state(), state(), NAMES)
    assert len(changes) == 0
    assert (changes.fields, changes.products, changes.documents, changes.cells) == ((), (), (), ())


def test_a_field_is_told_with_what_it_said_and_what_it_says() -> None:
    changes = changes_between(state(), state(mpn_id="1000002", customer_name="Kim"), NAMES)
    assert changes.fields == (Change("MPN location", "1000001", "1000002"), Change("Customer contact", "", "Kim"))
    assert [change.kind for change in changes.fields] == ["changed", "added"]


def test_codes_are_told_in_words_and_in_the_readers_language() -> None:
    now = state(activities=["presales", "usage"], customer_country="HU", public_sector=True)
    told = {change.what: (change.then, change.now) for change in changes_between(state(), now, NAMES).fields}
    assert told == {
        "Customer's country": ("United States", "Hungary"),
        "Public sector": ("No", "Yes"),
        "Activity": ("Usage", "Presales, Usage"),
    }
    with translation.override("hu"):
        words = [change.now for change in changes_between(state(), now, NAMES).fields]
    assert "Magyarország" in words


def test_products_come_go_and_change_their_subscription() -> None:
    one, other = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"
    then = state(lines=[line("teams", one), line("exchange")])
    now = state(lines=[line("teams", other), line("exchange", outcome="removed")])
    assert changes_between(then, now, NAMES).products == (
        Change("Teams", one, other),
        Change("Exchange", "The whole tenant", ""),
    )
    assert [change.kind for change in changes_between(now, then, NAMES).products] == ["changed", "added"]


def test_a_product_that_was_taken_out_long_ago_is_no_change() -> None:
    gone = state(lines=[line("teams"), line("exchange", outcome="withdrawn")])
    assert len(changes_between(gone, gone, NAMES)) == 0
    assert len(changes_between(gone, state(), NAMES)) == 0


def test_documents_are_told_by_their_content_and_not_by_their_name() -> None:
    renamed = {**LETTER, "name": "other-name.pdf"}
    assert len(changes_between(state(), state(documents=[renamed]), NAMES)) == 0
    changes = changes_between(state(), state(documents=[ANNEX]), NAMES)
    assert [(change.what, change.kind) for change in changes.documents] == [
        ("annex.pdf", "added"),
        ("letter.pdf", "removed"),
    ]


def test_of_a_document_that_reviewers_may_not_see_they_learn_that_it_came_and_never_which() -> None:
    now = state(documents=[LETTER, ANNEX], cells=[cell(document="bb")])
    changes = changes_between(state(), now, NAMES, {"aa"})
    assert changes.documents == ()
    assert changes.held_back == 1
    assert changes.cells == (Change("Teams: Named", "", "in a document that reviewers cannot see"),)
    assert len(changes) == 2


def test_a_cell_is_told_with_file_page_and_day() -> None:
    then = state(cells=[cell("dated", dated_on="2026-05-03")])
    now = state(documents=[LETTER, ANNEX], cells=[cell("dated", document="bb", page=3, dated_on="2026-10-31")])
    (change,) = changes_between(then, now, NAMES).cells
    assert change.what == "Teams: Dated"
    assert change.then.startswith("letter.pdf, page 1, dated 3 May 2026")
    assert change.now.startswith("annex.pdf, page 3, dated 31 Oct 2026")


def test_what_the_portal_read_late_is_no_change_of_the_partners() -> None:
    read = state(cells=[cell(source="found")])
    assert len(changes_between(state(), read, NAMES)) == 0
    entered = state(cells=[cell(source="partner")])
    assert len(changes_between(state(), entered, NAMES)) == 1
    of_new = state(documents=[LETTER, ANNEX], cells=[cell(source="found", document="bb")])
    assert len(changes_between(state(), of_new, NAMES).cells) == 1


def test_a_cell_that_was_emptied_is_told_and_so_is_one_of_a_snapshot_that_knows_no_source() -> None:
    old = cell()
    del old["source"]
    changes = changes_between(state(cells=[old]), state(cells=[cell(document=None, page=None)]), NAMES)
    assert [(change.then, change.now) for change in changes.cells] == [("letter.pdf, page 1", "")]
    assert len(changes_between(state(), state(cells=[old]), NAMES).cells) == 1


def test_cells_of_a_product_that_was_taken_out_go_with_it() -> None:
    then = state(lines=[line("teams"), line("exchange")], cells=[cell(product="exchange")])
    now = state(lines=[line("teams"), line("exchange", outcome="removed")])
    changes = changes_between(then, now, NAMES)
    assert (len(changes.products), len(changes.cells)) == (1, 0)


VALUES = st.fixed_dictionaries(
    {
        "mpn_id": st.sampled_from(["1000001", "1000002"]),
        "customer_name": st.sampled_from(["", "Kim", "Sam"]),
        "lines": st.lists(st.sampled_from([line("teams"), line("exchange")]), max_size=2, unique_by=str),
        "documents": st.lists(st.sampled_from([LETTER, ANNEX]), max_size=2, unique_by=str),
        "cells": st.lists(st.sampled_from([cell("named"), cell("tied", page=2)]), max_size=2, unique_by=str),
    }
)


@given(VALUES, VALUES)
def test_there_and_back_are_as_many_changes(then: dict[str, Any], now: dict[str, Any]) -> None:
    there = changes_between(state(**then), state(**now), NAMES)
    back = changes_between(state(**now), state(**then), NAMES)
    assert len(there.fields) == len(back.fields)
    assert {(one.what, one.then, one.now) for one in there.products} == {
        (one.what, one.now, one.then) for one in back.products
    }
    assert (len(there) == 0) == (len(back) == 0 and len(there.cells) == 0)


@pytest.mark.parametrize("field", ["customer_title", "isv_solution", "seller_name", "technical_email", "domain"])
def test_every_answer_is_compared(field: str) -> None:
    (change,) = changes_between(state(), state(**{field: "something else"}), NAMES).fields
    assert change.now == "something else"
    assert change.what[0].isupper()
