"""Text as people paste it: made comparable before an id or a domain is looked for in it."""

import unicodedata
from urllib.parse import unquote

MAX_TYPED = 2_000
"""Characters. Longer text is refused unread, so that the work for one field stays bounded."""

JOINERS = "\u200c\u200d"
"""Zero-width characters that some scripts need inside a domain name; elsewhere they are paste."""

DECORATION = " \t\r\n\x0b\x0c\x85\u2028\u2029\"'`´‘’‚‛“”„‟«»‹›′″(){}[]<>,;"
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-")


def visible(text: str, keep: str = "") -> str:
    """Percent escapes undone (links carry them twice), no invisible characters but `keep`, plain blanks."""
    for _ in range(3):
        text = unquote(text)
    seen = (c for c in text if c in keep or unicodedata.category(c) != "Cf")
    return "".join(" " if unicodedata.category(c) == "Zs" else c for c in seen)


def tidy(text: str) -> str:
    """Lower case, plain digits, letters, blanks and hyphens, for reading ids.

    Never for domains: compatibility forms may turn into a slash or a dot and so name another host.
    """
    return unicodedata.normalize("NFKC", visible(text)).translate(_DASHES).lower()
