"""The template of the proof of execution: a letter, filled with the claim's facts, that the customer can sign."""

from django.utils import translation

from claims.models import Claim
from claims.proof.template import wording
from claims.proof.template.letter import LANGUAGES, letter_of
from claims.proof.template.wording import boilerplate

__all__ = ["LANGUAGES", "boilerplate", "docx_template", "pdf_template", "title_of"]


def pdf_template(claim: Claim, language: str) -> bytes:
    """The letter for `claim` as a PDF that can be filled in; `language` is one of LANGUAGES."""
    from claims.proof.template.pdf import write_pdf  # the writers are large: loaded when the first letter is written

    return write_pdf(letter_of(claim, language))


def docx_template(claim: Claim, language: str) -> bytes:
    """The letter for `claim` as a Word file; `language` is one of LANGUAGES."""
    from claims.proof.template.word import write_docx

    return write_docx(letter_of(claim, language))


def title_of(language: str) -> str:
    """What the letter is called in `language`."""
    with translation.override(language):
        return str(wording.TITLE)
