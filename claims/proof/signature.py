"""Whether the customer signed (domain.md, "Proof of execution": a customer acknowledgement).

Filled in: something stands behind the label for the signature, or a mark that signing leaves ("/s/", "s. k.",
"digitally signed by"). That label with nothing behind it is EMPTY, with a name and a day beside it too: ink is no text,
but neither is it to be made up. Where no such label stands, a name and a day behind theirs are filled in. A line to
sign on with nothing on it is EMPTY. The partner's own signature is no acknowledgement.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice, pairwise

from claims.proof.blocks import block_words
from claims.proof.dates import Order
from claims.proof.found import Facts, Found
from claims.proof.labels import Entry, Where, entries_in, label_of
from claims.proof.layout import Cell, Side, Sides, lines_of, sides_of
from claims.proof.messages import confirmations_in
from claims.proof.names import core_of
from claims.proof.texts import Page, alternatives
from claims.proof.words import Element, Verdict

_MARKS = re.compile(
    r"(?<!\w)/s/\s*(?=[^\W\d_]{2})|(?<!\w)/[^\W\d_][\w. -]{3,40}/(?!\w)"
    r"|\b(?:digitally|electronically)\s+signed\s+by\s*:?\s*(?=[^\W\d_]{2})|\bdocusigned\s+by\s*:?\s*(?=[^\W\d_]{2})"
    r"|\belectronically\s+signed\b|\bsigned\s+electronically\b|\b(?:digitalisan|elektronikusan)\s+alairta\s*:?\s*(?=\w{2})"
    r"|\bsignature\s+adoption\s*:|(?<=[^\W\d_] )s\.?\s?k\.(?!\w)|\((?:signed|sgd\.?|alairva)\)"
)
_CLOSINGS = alternatives(
    """yours sincerely, sincerely, sincerely yours, yours faithfully, yours truly, kind regards, best regards, regards,
    respectfully, respectfully yours, very truly yours, best wishes, with kind regards, with best regards,
    üdvözlettel, tisztelettel, köszönettel, üdv, szívélyes üdvözlettel, maradok tisztelettel"""
)
_CLOSING = re.compile(rf"^(?:{_CLOSINGS})[,.:!]?$")
# What stands behind the words it belongs to: "Jane Doe (signed)".
_IS_BEHIND_NAME = re.compile(r"\(|s\.?\s?k\.|electronically\s+signed$|signed\s+electronically")
_TITLES = alternatives(
    """director, manager, officer, ceo, cfo, cto, cio, president, head of it, it director, it manager,
    managing director, chief executive officer, chief technology officer, chief financial officer,
    chief information officer,
    igazgató, vezérigazgató, ügyvezető, ügyvezető igazgató, informatikai vezető, informatikai igazgató"""
)
# What may stand below a label without being anybody's name: a page's foot, a number, a day, a title.
_NO_NAME = re.compile(
    rf"\d|[·©@]|\b(?:page|oldal|confidential|bizalmas|www|all\s+rights)\b|^(?:{_TITLES})$|^\W*\w?\W*$"
)
_ONLY_A_DAY = re.compile(r"^[\W\d]*(?:[^\W\d]{1,10}[\W\d]+)?\d[\W\d]*$")
_OF_A_SIDE = re.compile(
    rf"\b(?:{alternatives('for, the, on behalf of, and, by, a, az, részéről, nevében, képviseletében')})\b"
)
_LINE_TO_SIGN = re.compile(r"^[_.…\s-]*(?:_{4,}|\.{6,}|…{3,})[_.…\s-]*$")


_BLOCK, _NEAR = 8, 4
_MOST_PAGES, _MOST_ENTRIES = 20, 80
_HINTS = (
    *("sign", "/s/", "alair", "accept", "acknowledg", "confirm", "approv", "agreed", "date", "datu", "kelt", "igazol"),
    *("elfogad", "atve", "@", "name", "nev", "____", "......", "………", "regards", "sincerely", "faithfully", "udvoz"),
    "tisztelet",
)
_HINT = re.compile(r"s\.?\s?k\.|20\d\d")
_LINES_OF_LETTERHEAD = 5


@dataclass(frozen=True)
class Signed:
    """A signature of one side: where it stands, and whether it is filled in."""

    side: Side
    filled: bool
    line: int
    start: int
    end: int


def signatures_in(pages: Sequence[Page], facts: Facts, order: Order, *, field_on: int | None) -> Iterator[Found]:
    """Where the customer signed; failing that, where somebody should have.

    `pages`: those to search. `field_on`: the number of the document's last page where a signature field in it is
    signed.
    """
    sides = sides_of(facts)
    theirs = [(page, one) for page in pages for one in signed_on(page, sides) if one.side is not Side.PARTNER]
    held = [(page, one) for page, one in theirs if one.filled]
    empty = [(page, one) for page, one in theirs if not one.filled]
    mails = [] if held else list(confirmations_in(pages, facts, order))
    for mail in mails:
        yield Found(Element.SIGNATURE, Verdict.HOLDS, mail.page.number, mail.page.first.quoted(mail.start, mail.end))
    if field_on is not None and not held and not mails:
        yield _by_field(empty, sides, field_on)
        return
    seen: set[int] = set()
    for page, signed in held or ([] if mails else empty):
        if page.number not in seen:
            seen.add(page.number)
            verdict = Verdict.HOLDS if signed.filled else Verdict.EMPTY
            yield Found(Element.SIGNATURE, verdict, page.number, _quoted(page, signed, sides))


def _by_field(empty: Sequence[tuple[Page, Signed]], sides: Sides, field_on: int) -> Found:
    """A signed signature field: it has no words, so those of the block that it stands in."""
    if not empty:
        return Found(Element.SIGNATURE, Verdict.HOLDS, field_on, "")
    page, signed = empty[-1]
    names = [one for one in entries_in(lines_of(page.first)) if one.kind == "name" and one.is_filled]
    last = names[-1] if names else None
    if last is not None and sides.of(lines_of(page.first), last.cell) is not Side.PARTNER:
        signed = Signed(signed.side, True, last.cell.line, last.cell.start, last.end)
    return Found(Element.SIGNATURE, Verdict.HOLDS, page.number, _quoted(page, signed, sides))


def _quoted(page: Page, signed: Signed, sides: Sides) -> str:
    return block_words(page.first, sides, signed.line, signed.start, signed.end)


def to_search(pages: Sequence[Page]) -> list[Page]:
    """The pages that may hold a signature or its date; of very many the first and the last twenty."""
    likely = [page for page in pages if _has_hint(page.first.plain)]
    return likely if len(likely) <= 2 * _MOST_PAGES else [*likely[:_MOST_PAGES], *likely[-_MOST_PAGES:]]


def _has_hint(plain: str) -> bool:
    return any(hint in plain for hint in _HINTS) or _HINT.search(plain) is not None


@lru_cache(maxsize=64)
def signed_on(page: Page, sides: Sides) -> tuple[Signed, ...]:
    """The signatures of one page, filled in or not."""
    lines = lines_of(page.first)
    entries = list(islice(entries_in(lines), _MOST_ENTRIES))
    found = chain(
        _marked(lines, sides), _labelled(lines, entries, sides), _below_lines(lines, sides), _closed(lines, sides)
    )
    return tuple(islice(found, _MOST_ENTRIES))


def _marked(lines: Sequence[Sequence[Cell]], sides: Sides) -> Iterator[Signed]:
    """ "/s/ Jane Doe", "(signed)", "s. k.", the texts that electronic signatures leave."""
    for cells in lines:
        for cell in cells:
            for place, (start, end) in enumerate(_signed_parts(cell)):
                side = sides.of(lines, cell) if label_of(cell.text) else _side_around(lines, cell, sides, place)
                yield Signed(side, True, cell.line, start, end)


def _signed_parts(cell: Cell) -> list[tuple[int, int]]:
    """Each mark of a cell with the name it belongs to: several where reading ran columns together."""
    marks = list(_MARKS.finditer(cell.text))
    if not marks:
        return []
    if _IS_BEHIND_NAME.match(marks[0][0]):
        edges = [0, *(match.end() for match in marks[:-1]), len(cell.text)]
    else:
        edges = [*(match.start() for match in marks), len(cell.text)]
    return [(cell.start + start, cell.start + end) for start, end in pairwise(edges)]


def _side_around(lines: Sequence[Sequence[Cell]], cell: Cell, sides: Sides, place: int = 0) -> Side:
    """Below a free signature stands whose it is; else above it. `place`: which one of its cell, where columns ran
    together."""
    for number in range(cell.line, min(cell.line + 4, len(lines))):
        row = lines[number]
        inside = row[cell.index].text if cell.index < len(row) else row[-1].text
        if len(inside) <= 100 and (named := sides.named(inside)):
            return named[min(place, len(named) - 1)]
    return sides.of(lines, cell)


def _labelled(lines: Sequence[Sequence[Cell]], entries: Sequence[Entry], sides: Sides) -> Iterator[Signed]:
    """Blocks of labels: filled in where something stands behind the one for the signature."""
    asked = [entry for entry in entries if entry.kind == "sign"]
    for entry in asked:
        filled = _is_signed(lines, entry, sides) and not _is_left_to_sign(lines, entry, asked, sides)
        yield _signed_at(lines, entry, sides, filled)
    for entry in entries:
        if entry.kind == "head" and not any(_are_near(entry, one) for one in asked):
            near = [one for one in entries if _are_near(entry, one)]
            filled = entry.is_filled or (_has(near, "name") and _has(near, "day"))
            yield _signed_at(lines, entry, sides, filled and not entry.is_ruled)
    if not any(entry.kind in ("sign", "head") for entry in entries):
        yield from _named_and_dated(lines, entries, sides)


def _signed_at(lines: Sequence[Sequence[Cell]], entry: Entry, sides: Sides, filled: bool) -> Signed:
    return Signed(sides.of(lines, entry.cell), filled, entry.cell.line, entry.cell.start, entry.end)


def _is_signed(lines: Sequence[Sequence[Cell]], entry: Entry, sides: Sides) -> bool:
    """Whether what stands behind the label can be a signature: beside it all but a day, below it a name alone."""
    if not entry.is_filled or _ONLY_A_DAY.match(entry.value):
        return False
    if entry.where is Where.SAME:
        return True
    if _is_a_side(entry.value, sides):
        return False
    if entry.where is Where.NEXT:
        return True
    return not (_NO_NAME.search(entry.value) or lines[entry.cell.line + 1][0].is_below_gap)


def _is_a_side(value: str, sides: Sides) -> bool:
    """Whether it says who is to sign and nothing else: "For Contoso Ltd"."""
    rest = _OF_A_SIDE.sub("", sides.words.sub("", core_of(value)))
    return not any(char.isalnum() for char in rest)


def _is_left_to_sign(lines: Sequence[Sequence[Cell]], entry: Entry, asked: Sequence[Entry], sides: Sides) -> bool:
    """Whether a name stands behind "Accepted by", but nothing behind the signature asked for beside it."""
    if entry.is_for_ink:
        return False
    side = sides.of(lines, entry.cell)
    inked = [
        one
        for one in asked
        if one.is_for_ink and abs(one.cell.line - entry.cell.line) <= _NEAR and sides.of(lines, one.cell) is side
    ]
    return bool(inked) and not any(_is_signed(lines, one, sides) for one in inked)


def _are_near(one: Entry, other: Entry) -> bool:
    return abs(one.cell.line - other.cell.line) <= _BLOCK


def _named_and_dated(lines: Sequence[Sequence[Cell]], entries: Sequence[Entry], sides: Sides) -> Iterator[Signed]:
    """A block without the word signature: a name and a day, one below the other."""
    for entry in entries:
        near = [one for one in entries if abs(one.cell.line - entry.cell.line) <= _NEAR and _same_column(entry, one)]
        if entry.kind == "name" and any(one.kind == "day" for one in near):
            yield _signed_at(lines, entry, sides, entry.is_filled and _has(near, "day"))


def _same_column(one: Entry, other: Entry) -> bool:
    return one.cell.index == other.cell.index or one.cell.line == other.cell.line


def _has(entries: Sequence[Entry], kind: str) -> bool:
    return any(one.kind == kind and one.is_filled for one in entries)


def _below_lines(lines: Sequence[Sequence[Cell]], sides: Sides) -> Iterator[Signed]:
    """A line to sign on, with a side or a person below it. Nothing says that ink stands on it."""
    for cells in lines:
        for cell in cells:
            if _LINE_TO_SIGN.match(cell.text):
                yield Signed(_side_around(lines, cell, sides), False, cell.line, cell.start, cell.end)


def _closed(lines: Sequence[Sequence[Cell]], sides: Sides) -> Iterator[Signed]:
    """A letter's close with the customer's name below: a letter of the customer's own."""
    for cells in lines:
        cell = cells[0]
        if len(cells) == 1 and _CLOSING.match(cell.text):
            below = [row[0] for row in lines[cell.line + 1 : cell.line + 6]]
            # Below the close stands who writes, or nobody's firm: then it is whose paper it is.
            head = [each for row in lines[:_LINES_OF_LETTERHEAD] for each in row]
            named = next((side for each in (*below, *head) for side in sides.named(each.text)[:1]), Side.UNKNOWN)
            if named is Side.CUSTOMER and below:
                yield Signed(named, True, cell.line, cell.start, below[min(1, len(below) - 1)].end)
