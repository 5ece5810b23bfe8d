"""What is found in each paper of the corpus, and what is found to be missing: tests/decision_tables/proofs.md."""

from collections.abc import Iterable
from tempfile import TemporaryFile

import pytest
from _pytest.mark import ParameterSet

from claims.proof.checker import Found, PageText, findings_in
from claims.proof.words import Element, Verdict
from cpor_portal.documents import child
from tests.claims.checks.tables import read
from tests.proofs import files
from tests.proofs.facts import claim_of
from tests.proofs.mutations import LETTERS, papers

ROWS = read("proofs")
HOLDS = f":{Verdict.HOLDS}"
# A block or a heading with nothing below it, and a date that is not filled in, tell the partner what is missing as well
MAY_BE_EMPTY = {f"{element}:{Verdict.EMPTY}" for element in (Element.SIGNATURE, Element.WORK, Element.DATE)}


def found_in(row: dict[str, str]) -> list[Found]:
    """What the checker finds in the row's file."""
    pages, has_signature_field = files.text(row)
    texts = [PageText(number, text) for number, text in enumerate(pages, start=1)]
    return findings_in(texts, claim_of(row["claim"], row["products"]), has_signature_field=has_signature_field)


def subject_of(finding: Found) -> str:
    """What the finding is about, as the table names it: `product.teams`."""
    return ".".join(filter(None, (finding.element, finding.product)))


def words_for(finding: Found) -> set[str]:
    """Every way in which the table can name the finding, exact or less so."""
    told = f"{subject_of(finding)}:{finding.verdict}"
    placed = f"{told}@{finding.page}"
    return {told, placed, f"{told}={finding.on}", f"{placed}={finding.on}"}


def told(findings: Iterable[Found]) -> set[str]:
    """Every way in which the table can name any of the findings."""
    return set().union(*(words_for(finding) for finding in findings))


def name_of(row: dict[str, str]) -> str:
    """The row's name in the run."""
    return f"{row['name']}-{row['form']}-{row['language']}"


def param(row: dict[str, str]) -> ParameterSet:
    """The row as a parameter; the template is written from a claim in the database."""
    return pytest.param(row, id=name_of(row), marks=[pytest.mark.django_db] if files.is_template(row) else [])


each_proof = pytest.mark.parametrize("row", [param(row) for row in ROWS])
each_letter = pytest.mark.parametrize("row", [param(row) for row in ROWS if row["name"] in LETTERS])


def missed(row: dict[str, str], findings: list[Found]) -> list[str]:
    """What should have been found and was not."""
    known = told(findings)
    return [f"missed: {word}" for word in row["expected"].split() if word not in known]


def made_up(row: dict[str, str], findings: list[Found]) -> list[str]:
    """What was found and does not stand in the paper, or does not hold there.

    A date that is not the acknowledgement's and an id that is not a tenant's are made up wherever they are found.
    """
    expected = row["expected"].split()
    holding = {word.partition(":")[0] for word in expected if HOLDS in word}
    exact = {word.split("@")[0] + (f"={word.split('=')[1]}" if "=" in word else "") for word in expected}
    return [f"made up: {finding}" for finding in findings if not _is_right(finding, holding, exact)]


def _is_right(finding: Found, holding: set[str], exact: set[str]) -> bool:
    words = words_for(finding)
    if finding.element == Element.DATE:
        return f"date:{finding.verdict}={finding.on}" in exact
    if finding.element == Element.TENANT:
        return not words.isdisjoint(exact)
    return subject_of(finding) in holding or not words.isdisjoint(exact | MAY_BE_EMPTY)


@each_proof
def test_a_proof_shows_what_the_table_says_and_nothing_else(row: dict[str, str]) -> None:
    findings = found_in(row)
    assert missed(row, findings) + made_up(row, findings) == []


def test_each_row_says_of_each_element_whether_it_is_expected_or_missing() -> None:
    for row in ROWS:
        subjects = [word.partition(":")[0] for word in row["expected"].split()] + row["missing"].split()
        needed = ["customer", "domain", "tenant", "partner", "work", "signature", "date"]
        needed += [f"product.{code}" for code in row["products"].split()]
        needed += ["public_sector"] if claim_of(row["claim"], "").public_sector else []
        assert sorted(subjects) == sorted(needed), name_of(row)


def test_each_paper_stands_in_the_table() -> None:
    assert {row["name"] for row in ROWS} >= set(papers())
    assert len(ROWS) >= 170


@pytest.mark.parametrize("name", ["bilingual_contract-pdf-hu", "atadas_atveteli-docx-hu", "certificate-png-en"])
def test_the_child_process_reads_what_the_corpus_reads(name: str) -> None:
    row = next(row for row in ROWS if name_of(row) == name)
    with TemporaryFile() as file:
        file.write(files.file(row))
        answer, _nothing = child.run_on("extract", file, content_type=files.content_type(row["form"]))
    assert (tuple(answer["pages"]), answer["has_signature_field"]) == files.text(row)


@each_letter
def test_it_does_not_matter_whether_a_paper_is_a_pdf_or_a_word_document(row: dict[str, str]) -> None:
    other = row | {"form": {"pdf": "docx", "docx": "pdf"}[row["form"]]}
    findings = found_in(other)
    assert missed(other, findings) + made_up(other, findings) == []


@each_letter
def test_papers_of_another_customers_claim_never_prove_this_one(row: dict[str, str]) -> None:
    other = {"contoso": "malom", "malom": "importers", "importers": "school", "school": "contoso"}[row["claim"]]
    held = {found.element for found in found_in(row | {"claim": other}) if found.verdict == Verdict.HOLDS}
    assert held.isdisjoint({Element.CUSTOMER, Element.DOMAIN, Element.TENANT, Element.PARTNER})
