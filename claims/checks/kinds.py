"""What a file is by how it begins, as far as that can be told from its first bytes."""

import re
import unicodedata

import filetype

from claims.models.proof import DocumentType

HEAD = 8192
"""Bytes from the start that tell what a file is."""

_ARCHIVE = b"PK"
_OFFICE_CONTAINER = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe")
_WEB_PAGE = re.compile(rb"<!doctype html|<html|<head|<body|<script|<iframe", re.IGNORECASE)
_DRAWING = re.compile(rb"<svg\b", re.IGNORECASE)
_PICTURES = {"image/png": DocumentType.PNG, "image/apng": DocumentType.PNG, "image/jpeg": DocumentType.JPEG}
_PDF = re.compile(rb"(?:\xef\xbb\xbf)?\s*%PDF-")


def type_of(head: bytes) -> DocumentType | None:
    """The type of document that begins like this; whether it is one is found out by looking into it.

    Archives and Office's containers count as DOCX: what is inside them tells what they are.
    """
    if _PDF.match(head):
        return DocumentType.PDF
    if head.startswith((_ARCHIVE, _OFFICE_CONTAINER)):
        return DocumentType.DOCX
    return _PICTURES.get(filetype.guess_mime(head))


def other_kind_of(head: bytes) -> str:
    """What begins like this and can be no document: a variant of the refusal `document_type`, "" where unknown."""
    if head.startswith(_PROGRAMS):
        return "program"
    if head.startswith(b"{\\rtf"):
        return "rich_text"
    return _kind_by_signature(head) or _kind_of_text(head)


def _kind_by_signature(head: bytes) -> str:
    if filetype.image_match(head):
        return "picture"
    return "archive" if filetype.archive_match(head) else ""


def _kind_of_text(head: bytes) -> str:
    if _DRAWING.search(head[:1024]):
        return "picture"
    if _WEB_PAGE.search(head):
        return "web_page"
    return "text" if _is_text(head) else ""


def _is_text(head: bytes) -> bool:
    """Whether it is UTF-8 without control characters; the last character may be cut."""
    text = head.decode("utf-8", errors="replace").removesuffix("\ufffd")
    return "\ufffd" not in text and all(unicodedata.category(char) != "Cc" or char in "\t\r\n\f" for char in text)
