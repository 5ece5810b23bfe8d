"""Texts are made comparable, and quoted as they stand."""

from hypothesis import given
from hypothesis import strategies as st

from claims.proof.texts import MOST_WORDS, fold, page_of, plain_of


def test_ligatures_blanks_quotes_and_accents_make_no_difference() -> None:
    assert fold("Con\ufb01gur\u00e1ci\u00f3\u00a0\u2013 \u201eÁrvíz\u201d") == 'configuracio - "arviz"'


def test_soft_hyphens_are_not_there() -> None:
    assert fold("Man\u00adagement") == "management"


def test_words_are_quoted_as_they_stand_in_the_text() -> None:
    plain = plain_of("Az \u201eÜgyfél\u201d con\ufb01rmálta a munkát")
    start = plain.plain.index("confirm")
    assert plain.words(start, start + len("confirmalta")) == "con\ufb01rmálta"


def test_a_word_broken_over_two_lines_is_read_whole_as_well() -> None:
    assert "management" in page_of(1, "Supply Chain Manage-\nment").views[-1].plain


@given(st.text(max_size=80))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=120), st.integers(0, 120), st.integers(0, 120))
def test_a_quotation_is_never_too_long_and_never_fails(text: str, start: int, end: int) -> None:
    plain = plain_of(text)
    start, end = sorted((min(start, len(plain.plain)), min(end, len(plain.plain))))
    assert len(plain.quoted(start, end)) <= MOST_WORDS
