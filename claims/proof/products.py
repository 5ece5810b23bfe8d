"""Names of products in running text (domain.md, "Products and subscriptions").

A name that is nothing else ("SharePoint", "Defender for Endpoint") counts wherever it stands. One that is an ordinary
word as well ("Sales", "Exchange", "Teams") counts beside its family, as an item behind the family's name, or written
as a name is.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from claims.proof import product_words as words
from claims.proof.exclusions import is_left_out
from claims.proof.found import Facts, Found
from claims.proof.names import SUFFIX
from claims.proof.product_patterns import DYNAMICS_HEAD, Sought, set_of, sought_as
from claims.proof.texts import Page, Plain, alternatives, fold
from claims.proof.words import Element, Verdict

_MOST_PAGES, _MOST_MATCHES = 20, 60
"""Once a product was found on so many pages, further ones say nothing new."""
_WORD = re.compile(r"\w+")
_OFFICE = re.compile(rf"\b(?:{alternatives(words.OFFICE)}){SUFFIX}\b")
_DYNAMICS = re.compile(rf"\b{DYNAMICS_HEAD}\b")
_POWER = re.compile(r"\b(?:power\s?(?:platform|apps|automate)|dataverse|microsoft)\b")
_DIRECT_OFFICE = re.compile(
    r"\b(?:microsoft|ms|m365|o365|(?:microsoft|office|ms)\s?365(?:-\w{1,4})?|azure|purview)\s{1,3}$"
)
_TEAMS = re.compile(r"\bteams\b")
_TELEPHONY = frozenset(
    fold(name) for name in ("phone system", "telefonrendszer", "audio conferencing", "hangkonferencia")
)
_ONLINE = re.compile(r"\s{1,3}online\b")
_ITEM_BEFORE = re.compile(r"(?:^|[,;/|+&•·*:(\t\n]|[\n ]-|\b(?:and|es|und|valamint))\s{0,3}$")
_ITEM_AFTER = re.compile(r"\s{0,3}(?:$|[,;/|+&)\t\n•·]|-\s|(?:and|es|und|valamint)\b)")
_MODULE_AFTER = re.compile(rf"\s{{1,3}}(?:{alternatives(words.QUALIFIERS)})\b")
_LAST_WORD = re.compile(r"(\w+)\s{1,3}$")


_ORDINARY_DYNAMICS, _TITLED_DYNAMICS = set_of(words.ORDINARY_DYNAMICS), set_of(words.TITLED_DYNAMICS)
_ORDINARY_OFFICE, _TITLED_OFFICE = set_of(words.ORDINARY_OFFICE), set_of(words.TITLED_OFFICE)
_NOT_BEFORE = {
    name: re.compile(rf"[\s-]{{0,3}}(?:{alternatives(after)}){SUFFIX}\b")
    for name, after in words.NOT_BEFORE.items()
    if after
}
_NOT_AFTER = {name: re.compile(rf"\b(?:{alternatives(before)})\s{{1,3}}$") for name, before in words.NOT_AFTER.items()}


def products_in(pages: Sequence[Page], facts: Facts) -> Iterator[Found]:
    """Each claimed product on each page that names it."""
    sought = [one for product in facts.products if (one := sought_as(product)) is not None]
    pages_of = dict.fromkeys((one.code for one in sought), 0)
    for page in pages:
        for one in sought:
            if pages_of[one.code] >= _MOST_PAGES:
                continue
            for view in page.views:
                if any(key in view.plain for key in one.keys) and (span := _first(view, one)):
                    pages_of[one.code] += 1
                    words_found = view.quoted(*span)
                    yield Found(Element.PRODUCT, Verdict.HOLDS, page.number, words_found, product=one.code)
                    break


def _first(view: Plain, one: Sought) -> tuple[int, int] | None:
    """Where the product is first named."""
    for match in islice(one.pattern.finditer(view.plain), _MOST_MATCHES):
        if _is_meant(view, match):
            return match.span()
    if one.listed is None:
        return None
    whole, own = one.listed
    for match in islice(whole.finditer(view.plain), _MOST_MATCHES):
        inside = own.search(view.plain, match.start(), match.end())
        if inside and not is_left_out(view.plain, inside.start(), inside.end()) and not _is_another(view.plain, inside):
            return inside.span()
    return None


def _is_meant(view: Plain, match: re.Match[str]) -> bool:
    """Whether the words at `match` are the product's name here."""
    if is_left_out(view.plain, match.start(), match.end()) or _is_another(view.plain, match):
        return False
    name = " ".join(match["name"].split())
    if name in _ORDINARY_DYNAMICS:
        return _is_module(view, match)
    if name in _TITLED_DYNAMICS:
        return _is_titled(view, match) and _near(_DYNAMICS, view.plain, match, 400)
    if name in _ORDINARY_OFFICE:
        return _is_office_word(view, match)
    return name not in _TITLED_OFFICE or _is_office_name(view, match, name)


def _is_another(plain: str, match: re.Match[str]) -> bool:
    """Whether a longer name stands here that is another product's, or no product's at all."""
    name = " ".join((match["name"] if "name" in match.re.groupindex else match[0]).split())
    after, before = plain[match.end() : match.end() + 40], plain[max(0, match.start() - 40) : match.start()]
    return any(name.endswith(short) and other.match(after) for short, other in _NOT_BEFORE.items()) or any(
        name.startswith(short) and other.search(before) for short, other in _NOT_AFTER.items()
    )


def _is_module(view: Plain, match: re.Match[str]) -> bool:
    """An ordinary word as a part of Dynamics 365: as an item of a list near the family's name, or called a module."""
    if not _near(_DYNAMICS, view.plain, match, 300):
        return False
    if _MODULE_AFTER.match(view.plain, match.end()) and _is_titled(view, match):
        return True
    return _is_titled(view, match) and _has_own_line(view.plain, match) and _near(_DYNAMICS, view.plain, match, 300, -1)


def _is_office_word(view: Plain, match: re.Match[str]) -> bool:
    """A short form in capitals near the family's name, or an ordinary word right behind it."""
    found = view.words(*match.span("name"))
    if found.isupper():
        return found in words.CAPITALS_ALONE or _near(_OFFICE, view.plain, match, 300)
    before = view.plain[max(0, match.start() - 25) : match.start()]
    return bool(_OFFICE.search(before) or (" ".join(match["name"].split()) in _TELEPHONY and _TEAMS.search(before)))


def _is_office_name(view: Plain, match: re.Match[str], name: str) -> bool:
    """ "Exchange", "Teams", "Information Protection": with the family's name, in a list, or written as a name."""
    plain = view.plain
    if _DIRECT_OFFICE.search(plain[max(0, match.start() - 30) : match.start()]) or _ONLINE.match(plain, match.end()):
        return True
    family = _POWER if name == "flow" else _TEAMS if name in _TELEPHONY else _OFFICE
    is_near = _near(family, plain, match, 250)
    is_item = _is_item(plain, match)
    if not _is_titled(view, match):
        return is_item and is_near
    return is_near or (name in {"teams", "exchange", "information protection"} and _is_inside_sentence(view, match))


def _near(family: re.Pattern[str], plain: str, match: re.Match[str], distance: int, side: int = 0) -> bool:
    """Whether the family is named within `distance` characters of the match; side -1: before it."""
    before = family.search(plain, max(0, match.start() - distance), match.start())
    return bool(before) or (side == 0 and bool(family.search(plain, match.end(), match.end() + distance)))


def _is_titled(view: Plain, match: re.Match[str]) -> bool:
    """Whether each of its words is written with a capital, as names are."""
    return all(word[0].isupper() or not word[0].isalpha() for word in _WORD.findall(view.words(*match.span("name"))))


def _is_inside_sentence(view: Plain, match: re.Match[str]) -> bool:
    """Whether a word in small letters stands before it, so that its capital is not a sentence's or a heading's."""
    before = _LAST_WORD.search(view.plain, max(0, match.start() - 30), match.start())
    return before is not None and view.words(*before.span(1)).islower()


def _is_item(plain: str, match: re.Match[str]) -> bool:
    """Whether it stands alone between commas, bars, bullets or ends of lines."""
    before = plain[max(0, match.start() - 12) : match.start()]
    return bool(_ITEM_BEFORE.search(before) and _ITEM_AFTER.match(plain[match.end() : match.end() + 12]))


def _has_own_line(plain: str, match: re.Match[str]) -> bool:
    """Whether a line or a table's cell begins with it and holds little else."""
    before = plain[max(0, match.start() - 12) : match.start()].rpartition("\n")[2]
    after = plain[match.end() : match.end() + 12]
    starts = re.fullmatch(r"[\s|•·*\d.)(x☒☑✓✔\[\]-]*", before) is not None
    return starts and re.match(r"\s{0,2}(?:$|[|:\t\n]|  |- )", after) is not None
