"""The file of each row of the table, and the text that the portal reads in it."""

from collections.abc import Callable
from functools import cache
from io import BytesIO
from typing import Any

from cpor_portal.documents.inside import pdf as inside_pdf
from cpor_portal.documents.inside import pictures as inside_pictures
from cpor_portal.documents.inside import word as inside_word
from tests.proofs import forms, pictures, writers
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


def content_type(form: str) -> str:
    """The content type of a form in the table."""
    return CONTENT_TYPES.get(form, "application/pdf")


@cache
def file(name: str, form: str) -> bytes:
    """The paper of that name as a file."""
    return WRITERS[form](papers()[name])


@cache
def text(name: str, form: str) -> tuple[tuple[str, ...], bool]:
    """The text of each page of that file, and whether a signature field in it is signed."""
    answer: dict[str, Any] = READERS[content_type(form)](BytesIO(file(name, form)))[0]
    return tuple(answer["pages"]), answer["has_signature_field"]
