"""The words shown for the description of the work are those that its author wrote."""

import pytest

from claims.proof.words import Element, Verdict
from tests.claims.proof.test_corpus import ROWS, found_in, name_of
from tests.proofs import files
from tests.proofs.templates import LEFT_OUT, WORK

DESCRIBED = [row for row in ROWS if files.is_template(row) and "work" not in LEFT_OUT[row["name"]]]


@pytest.mark.django_db
@pytest.mark.parametrize("row", [pytest.param(row, id=name_of(row)) for row in DESCRIBED])
def test_they_begin_behind_the_templates_own_words(row: dict[str, str]) -> None:
    shown = [one.words for one in found_in(row) if (one.element, one.verdict) == (Element.WORK, Verdict.HOLDS)]
    assert [words[:40] for words in shown] == [WORK[row["language"]][:40]]
