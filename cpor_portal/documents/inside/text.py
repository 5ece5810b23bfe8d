"""Text as a database takes it and a person reads it."""

import re

from . import limits

_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_MANY_BLANKS = re.compile(r"[ \u00a0]{3,}")
_MANY_LINES = re.compile(r"\n\s*\n\s*\n+")


def clean(text: str) -> str:
    """The text of one page without control characters and halves of characters; "" where no letter is in it."""
    lines = _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    tidy = _MANY_LINES.sub("\n\n", _MANY_BLANKS.sub("  ", lines)).strip()
    return tidy[: limits.CHARACTERS] if any(char.isalpha() for char in tidy) else ""
