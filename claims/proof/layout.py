"""Lines, cells and sides of a page: where a label stands, what is written behind it, and for whom.

Signature blocks come as "Label: value", as tables, as two columns side by side, and as a line to sign on with words
below.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from claims.proof.found import Facts
from claims.proof.names import pattern_of
from claims.proof.texts import Page, Plain, alternatives

_CELLS = re.compile(r"[ ]?\|[ ]?|\t+|(?<=\S)[ ]{3,}(?=\S)")
_TWICE = re.compile(r"\s*(?P<label>[^\W\d_][^:|]{1,24}?)\s?:[^:]{0,80}?(?P<gap>\s+)(?P=label)\s?:")
_PAIR = re.compile(r"(?<=[^\s.:;,!?])[ ]{2}(?=\S)|(?<=[_.…]{3})[ ]{2}(?=\S)")
_FURNITURE = re.compile(r"[\s_.…:;|/*()\[\]<>'\"-]+")
# English, then Hungarian. The words by which each side signs.
_CUSTOMER = alternatives(
    """customer, client, buyer, on behalf of the customer, end customer,
    megrendelő, ügyfél, vevő, megbízó, átvevő, megrendelő részéről, ügyfél részéről"""
)
_PARTNER = alternatives(
    """partner, supplier, provider, service provider, contractor, consultant, vendor, seller, reseller, consultancy,
    vállalkozó, szolgáltató, szállító, megbízott, átadó, eladó, tanácsadó"""
)
_LONGEST_HEADING = 80
_LONGEST_PAIR = 100
_LONGEST_NOTE = 40
_LONGEST_NAMING = 300
_LINES_UP = 12


class Side(Enum):
    """Who a place on the page belongs to."""

    CUSTOMER = "customer"
    PARTNER = "partner"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Cell:
    """A part of a line: a table's cell, a column, or all of it. `start` is its position in the page's plain text."""

    start: int
    text: str
    line: int
    index: int
    is_before_blank: bool = False
    """Nothing but empty cells follow it in its row."""
    is_below_gap: bool = False
    """An empty line stands above its line."""

    @property
    def end(self) -> int:
        """Where it ends in the page's plain text."""
        return self.start + len(self.text)


@lru_cache(maxsize=64)
def lines_of(view: Plain) -> list[list[Cell]]:
    """The lines of a page that are not blank, each as its cells."""
    found: list[list[Cell]] = []
    start, is_below_gap = 0, False
    for line in view.plain.split("\n"):
        # A table's empty row is nothing but bars: it has no cells, and no number.
        if cells := list(_cells(line, start, len(found), is_below_gap)):
            found.append(cells)
        start, is_below_gap = start + len(line) + 1, not line.strip()
    return found


def _cells(line: str, start: int, number: int, is_below_gap: bool) -> Iterator[Cell]:
    position = index = 0
    for gap, behind in [*_gaps(line), (len(line), len(line))]:
        text = line[position:gap]
        if text.strip():
            indent = len(text) - len(text.lstrip())
            is_before_blank = behind > gap and not line[behind:].strip(" \t|")
            yield Cell(start + position + indent, text.strip(), number, index, is_before_blank, is_below_gap)
            index += 1
        position = behind


def _gaps(line: str) -> list[tuple[int, int]]:
    """What parts the cells of a line; "Date: … Date: …" are two columns that reading has run together.

    So are the parts of a short line with two blanks at one place alone: a line set to both margins has more of them.
    """
    if gaps := [part.span() for part in _CELLS.finditer(line)]:
        return gaps
    if twice := _TWICE.match(line):
        return [twice.span("gap")]
    pair = [part.span() for part in _PAIR.finditer(line)] if len(line) <= _LONGEST_PAIR and "  " in line else []
    return pair if len(pair) == 1 else []


def _is_prose(line: Sequence[Cell]) -> bool:
    """Whether a line belongs to running text, and so names sides without heading anything."""
    text = line[-1].text
    return sum(len(each.text) for each in line) > _LONGEST_HEADING or (
        len(line) == 1 and len(text) > _LONGEST_NOTE and text[-1] in ".;!?"
    )


def is_filled(value: str) -> bool:
    """Whether something is written there: more than lines to write on, brackets and a single letter."""
    bare = _FURNITURE.sub("", _STAMP.sub("", value))
    return len(bare) >= 2 and any(c.isalnum() for c in bare) and bare not in _PLACEHOLDERS


_STAMP = re.compile(r"\bp\.\s?h\.|\bl\.\s?s\.")
_PLACEHOLDERS = frozenset({"na", "tbd", "tbc", "xxx", "xx", "signhere", "name", "signature", "date", "alairas", "nev"})


@dataclass(frozen=True)
class Sides:
    """Tells for whom a cell is, by the nearest words above it that name a side."""

    words: re.Pattern[str]

    def of(self, lines: Sequence[Sequence[Cell]], cell: Cell) -> Side:
        """The side in the cell's own words, in its row, or in the nearest short line above it."""
        own = self._named_at(lines, cell)
        if own:
            return own[0]
        beside = {side for each in lines[cell.line] for side in self.named(each.text)}
        if len(beside) == 1:
            return beside.pop()
        for number in range(cell.line - 1, max(-1, cell.line - 1 - _LINES_UP), -1):
            above = lines[number]
            if _is_prose(above):
                break
            is_run_together = len(above) == 1 and len(lines[cell.line]) > 1
            most = None if is_run_together else 1
            named = [side for each in above for side in self._named_at(lines, each)[:most]]
            if len(named) == 1 and len(lines[cell.line]) > 1 and len(above) > 1:
                continue
            if named:
                return named[min(cell.index, len(named) - 1)]
        return Side.UNKNOWN

    def _named_at(self, lines: Sequence[Sequence[Cell]], cell: Cell) -> list[Side]:
        return self.named(cell.text) or self._over_two_lines(lines, cell)

    def _over_two_lines(self, lines: Sequence[Sequence[Cell]], cell: Cell) -> list[Side]:
        """The side whose name begins at the end of the line above."""
        above = lines[cell.line - 1][-1].text if cell.line else ""
        found = self.words.finditer(f"{above} {cell.text}")
        return [self._side(match) for match in found if match.start() < len(above) < match.end()]

    def named(self, text: str) -> list[Side]:
        """The sides that these words name, in their order."""
        return [self._side(match) for match in self.words.finditer(text[:_LONGEST_NAMING])]

    def _side(self, match: re.Match[str]) -> Side:
        return Side.CUSTOMER if match.lastgroup == "customer" else Side.PARTNER


def sides_of(facts: Facts) -> Sides:
    """The words that name the claim's two sides: what each is called, and its name."""
    customer, partner = pattern_of(facts.customer), pattern_of(facts.partner)
    theirs = rf"\b(?:{_CUSTOMER})\b" + (f"|{customer.pattern}" if customer else "")
    ours = rf"\b(?:{_PARTNER})\b" + (f"|{partner.pattern}" if partner else "")
    longer_first = len(facts.partner) >= len(facts.customer)
    groups = (f"(?P<partner>{ours})", f"(?P<customer>{theirs})")
    return Sides(re.compile("|".join(groups if longer_first else groups[::-1])))


def all_lines(pages: Sequence[Page]) -> list[tuple[Page, list[list[Cell]]]]:
    """The lines of each page as they stand."""
    return [(page, lines_of(page.first)) for page in pages]
