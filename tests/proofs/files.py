"""The file of each row of the table, and the text that the portal reads in it."""

from collections.abc import Callable
from io import BytesIO

from cpor_portal.documents.inside import pdf as inside_pdf
from cpor_portal.documents.inside import pictures as inside_pictures
from cpor_portal.documents.inside import word as inside_word
from tests.proofs import forms, pictures, templates, writers
from tests.proofs.facts import claim_of
from tests.proofs.mutations import papers
from tests.proofs.papers import Paper

WRITERS: dict[str, Callable[[Paper], bytes]] = {
    "pdf": writers.pdf,
    "docx": writers.docx,
    "scan": lambda paper: pictures.scan(writers.pdf(paper)),
    "png": lambda paper: pictures.png(writers.pdf(paper)),
    "signed form": lambda paper: forms.form(writers.pdf(paper), fields={"Date": "3 October 2026"}, is_signed=True),
    "empty form": lambda paper: forms.form(writers.pdf(paper), fields={"Date": ""}, is_signed=False),
}
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
CONTENT_TYPES = {"docx": WORD, "png": "image/png"}
# What the child process of the portal does, without the process: one for each of so many files would take minutes.
READERS = {WORD: inside_word.extract, "image/png": inside_pictures.extract, "application/pdf": inside_pdf.extract}

Row = dict[str, str]
Text = tuple[tuple[str, ...], bool]
_read: dict[tuple[str, ...], Text] = {}


def content_type(form: str) -> str:
    """The content type of a form in the table."""
    return CONTENT_TYPES.get(form, "application/pdf")


def is_template(row: Row) -> bool:
    """Whether the row's file is the portal's own template: it is made from a claim in the database."""
    return row["name"] in templates.LEFT_OUT


def file(row: Row) -> bytes:
    """The row's file."""
    if is_template(row):
        return templates.filled(row["name"], row["form"], row["language"], claim_of(row["claim"], row["products"]))
    return WRITERS[row["form"]](papers()[row["name"]])


def text(row: Row) -> Text:
    """The text of each page of the row's file, and whether a signature field in it is signed. Read once in a run."""
    # The template is made for a claim; any other paper is what it is, whoever reads it.
    key = tuple(row.values()) if is_template(row) else (row["name"], row["form"])
    if key not in _read:
        answer = READERS[content_type(row["form"])](BytesIO(file(row)))[0]
        _read[key] = tuple(answer["pages"]), answer["has_signature_field"]
    return _read[key]
