"""The words shown for the description of the work are those that its author wrote."""

import pytest

from claims.proof.checker import findings_in
from claims.proof.found import PageText
from claims.proof.words import Element, Verdict
from tests.claims.proof.test_corpus import ROWS, found_in, name_of
from tests.proofs import files
from tests.proofs.facts import CLAIMS
from tests.proofs.templates import LEFT_OUT, WORK

DESCRIBED = [row for row in ROWS if files.is_template(row) and "work" not in LEFT_OUT[row["name"]]]


@pytest.mark.django_db
@pytest.mark.parametrize("row", [pytest.param(row, id=name_of(row)) for row in DESCRIBED])
def test_they_begin_behind_the_templates_own_words(row: dict[str, str]) -> None:
    shown = [one.words for one in found_in(row) if (one.element, one.verdict) == (Element.WORK, Verdict.HOLDS)]
    assert [words[:40] for words in shown] == [WORK[row["language"]][:40]]


@pytest.mark.parametrize(
    "name",
    ["Name of the engagement\tAdoption at Contoso, training and roll-out", "A megbízás neve Bevezetés és oktatás itt"],
)
def test_the_name_of_the_engagement_describes_no_work(name: str) -> None:
    page = PageText(1, f"1 The parties\nPartner firm Fabrikam\n{name}\nProduct SharePoint\n")
    assert [one for one in findings_in([page], CLAIMS["contoso"]) if one.element == Element.WORK] == []
