"""Whether the customer signed (domain.md, "Proof of execution": a customer acknowledgement).

Filled in: something stands behind the label for the signature, or, where that label has no line of dots behind it (ink
is no text), behind those for the name and the day; or a mark that signing leaves ("/s/", "s. k.", "digitally signed
by"). A line to sign on with nothing on it is EMPTY, with a name below it too, and so is a block without name or day.
The partner's own signature is no acknowledgement.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, islice, pairwise

from claims.proof.dates import Order
from claims.proof.found import Facts, Found
from claims.proof.layout import Cell, Side, Sides, is_filled, lines_of, sides_of
from claims.proof.messages import confirmations_in
from claims.proof.texts import Page, alternatives
from claims.proof.words import Element, Verdict

# English, then Hungarian.
_SIGN = alternatives(
    """signature, signed, signed by, sign, by, acknowledged by, accepted by, approved by, agreed by, confirmed by,
    accepted and agreed by, authorised by, authorized by, signatory, authorised signatory, authorized signatory,
    authorised signature, authorized signature, customer signature, client signature, customer's signature,
    docusigned by, digitally signed by, electronically signed by, signed electronically by, e-signed by,
    aláírás, aláírása, aláírta, aláíró, cégszerű aláírás, elfogadta, igazolta, jóváhagyta, átvette, átvevő,
    digitálisan aláírta, elektronikusan aláírta, ügyfél aláírása, megrendelő aláírása"""
)
_NAME = alternatives(
    """name, printed name, print name, full name, name in block letters, name (print), name in print, typed name,
    signatory name, name of signatory, signer name, signer, név, neve, aláíró neve, nyomtatott név,
    név nyomtatott betűkkel, név (nyomtatott), olvasható név"""
)
_DAY = (
    alternatives(
        """date, dated, date signed, signature date, date of signature, signed on, place and date, place, date,
    date and place, dátum, kelt, aláírás dátuma, aláírás napja, hely és dátum, keltezés, kelt."""
    )
    + r"|place,\s+date|hely,\s+datum"
)
_OTHER = alternatives(
    """title, job title, position, role, e-mail, email, phone, company, organisation, organization, stamp, witness,
    beosztás, titulus, munkakör, cég, telefon, pecsét, p.h."""
)
_FOR = (
    r"(?:signed|accepted|acknowledged|approved|agreed)\s+(?:and\s+\w+\s+)?(?:for|on\s+behalf\s+of|by)\b"
    r"[^:]{0,70}(?=:|$)"
)
_ASIDE = r"(?:\s*\([^()]{0,40}\))?"
_ANY = rf"(?:{_SIGN}|{_NAME}|{_DAY}|{_OTHER}){_ASIDE}"
# Columns that reading has run together: "Name: ____ Date: ____", "Name Title".
_INNER = re.compile(rf"\s(?={_ANY}\s*:)")
_ONLY_LABELS = re.compile(rf"(?:{_ANY}\s*){{2,5}}")
_IS_BEHIND = re.compile(r":|/\s*$")
_EACH_LABEL = re.compile(_ANY)
_LINE = re.compile(r"[_.…]{3}")
_LABEL = re.compile(
    rf"^(?:(?:the|for|customer|client|partner|supplier|az?|ugyfel|megrendelo|megbizo)(?:'s)?\s+)?"
    rf"(?:(?P<sign>{_SIGN}|{_FOR})|(?P<name>{_NAME})|(?P<day>{_DAY})|(?P<other>{_OTHER})){_ASIDE}\s*(?::|(?=[_.…]{{3}})|$)\s*(?P<value>.*)$"
)
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
_LINE_TO_SIGN = re.compile(r"^[_.…\s-]*(?:_{4,}|\.{6,}|…{3,})[_.…\s-]*$")


_BLOCK = 8
_MOST_PAGES, _MOST_ENTRIES, _LONGEST_CELL = 20, 80, 300
_HINTS = (
    *("sign", "/s/", "alair", "accept", "acknowledg", "confirm", "approv", "agreed", "date", "datu", "kelt", "igazol"),
    *("elfogad", "atve", "@", "name", "nev", "____", "......", "………", "regards", "sincerely", "faithfully", "udvoz"),
    "tisztelet",
)
_HINT = re.compile(r"s\.?\s?k\.|20\d\d")
_LINES_OF_LETTERHEAD = 5


@dataclass(frozen=True)
class _Entry:
    """A label of a signature block and whether something is written behind it."""

    kind: str
    cell: Cell
    filled: bool
    ruled: bool
    end: int


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
    by_page = [(page, signed_on(page, sides)) for page in pages]
    held = [(page, one) for page, found in by_page for one in found if one.filled and one.side is not Side.PARTNER]
    empty = [(page, one) for page, found in by_page for one in found if not one.filled and one.side is not Side.PARTNER]
    mails = [] if held else list(confirmations_in(pages, facts, order))
    for one in mails:
        yield Found(Element.SIGNATURE, Verdict.HOLDS, one.page.number, one.page.first.quoted(one.start, one.end))
    chosen = held or ([] if mails else empty)
    if field_on is not None and not held and not mails:
        last = empty[-1] if empty else None
        number, words = (last[0].number, _quoted(*last)) if last else (field_on, "")
        yield Found(Element.SIGNATURE, Verdict.HOLDS, number, words)
        return
    seen: set[int] = set()
    for page, signed in chosen:
        if page.number not in seen:
            seen.add(page.number)
            verdict = Verdict.HOLDS if signed.filled else Verdict.EMPTY
            yield Found(Element.SIGNATURE, verdict, page.number, _quoted(page, signed))


def _quoted(page: Page, signed: Signed) -> str:
    return page.first.quoted(signed.start, signed.end)


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
    entries = list(islice(_entries(lines), _MOST_ENTRIES))
    found = chain(
        _marked(lines, sides), _labelled(lines, entries, sides), _below_lines(lines, sides), _closed(lines, sides)
    )
    return tuple(islice(found, _MOST_ENTRIES))


def _entries(lines: Sequence[Sequence[Cell]]) -> Iterator[_Entry]:
    for cells in lines:
        for cell in cells:
            parts = _parts(cell)
            for part in parts:
                if (match := _label(part.text)) is not None:
                    value, end = _value(lines, part, match["value"]) if len(parts) == 1 else (match["value"], part.end)
                    yield _Entry(_kind(match), part, is_filled(value), _LINE.search(value) is not None, end)


def _label(text: str) -> re.Match[str] | None:
    """The label that a cell is, or begins with; running text is none."""
    return _LABEL.match(text) if len(text) <= _LONGEST_CELL else None


def _kind(match: re.Match[str]) -> str:
    return next(name for name in ("sign", "name", "day", "other") if match[name] is not None)


def _parts(cell: Cell) -> list[Cell]:
    """The cell, or where labels stand one behind the other each with what is written behind it."""
    if len(cell.text) > _LONGEST_CELL:
        return [cell]
    if _ONLY_LABELS.fullmatch(cell.text):
        spans = [match.span() for match in _EACH_LABEL.finditer(cell.text)]
    else:
        # "Client's signature: …" is one label; another begins only behind the first one's colon.
        starts = [
            0,
            *(match.end() for match in _INNER.finditer(cell.text) if _IS_BEHIND.search(cell.text[: match.start()])),
        ]
        if len(starts) == 1:
            return [cell]
        spans = list(pairwise([*starts, len(cell.text)]))
    return [replace(cell, start=cell.start + start, text=cell.text[start:end].strip()) for start, end in spans]


def day_is_filled(lines: Sequence[Sequence[Cell]], cell: Cell) -> bool | None:
    """Whether a day is written behind a label for one; None for every other cell."""
    days = [match for part in _parts(cell) if (match := _label(part.text)) and match["day"] is not None]
    if not days:
        return None
    alone = _value(lines, cell, days[0]["value"])[0] if len(_parts(cell)) == 1 else days[0]["value"]
    return len([c for c in alone if c.isdigit()]) > 2


def _value(lines: Sequence[Sequence[Cell]], cell: Cell, same: str) -> tuple[str, int]:
    """What is written behind a label: in its cell, in the next one, or in the line below."""
    if same.strip() or cell.is_before_blank:
        return same, cell.end
    row = lines[cell.line]
    if cell.index + 1 < len(row) and not _label(row[cell.index + 1].text):
        return row[cell.index + 1].text, row[cell.index + 1].end
    below = lines[cell.line + 1] if cell.line + 1 < len(lines) else []
    if len(below) == len(row) and not _label(below[cell.index].text):
        under = below[cell.index]
        # A sentence below is the next paragraph, and no answer.
        return (under.text, under.end) if len(under.text) <= 60 and not under.text.endswith(".") else ("", cell.end)
    return "", cell.end


def _marked(lines: Sequence[Sequence[Cell]], sides: Sides) -> Iterator[Signed]:
    """ "/s/ Jane Doe", "(signed)", "s. k.", the texts that electronic signatures leave."""
    for cells in lines:
        for cell in cells:
            for place, match in enumerate(_MARKS.finditer(cell.text)):
                start = cell.start + match.start()
                side = sides.of(lines, cell) if _label(cell.text) else _side_around(lines, cell, sides, place)
                yield Signed(side, True, cell.line, start, max(cell.end, start))


def _side_around(lines: Sequence[Sequence[Cell]], cell: Cell, sides: Sides, place: int = 0) -> Side:
    """Below a free signature stands whose it is; else above it. `place`: which one of its cell, where columns ran
    together."""
    for number in range(cell.line, min(cell.line + 4, len(lines))):
        row = lines[number]
        inside = row[cell.index].text if cell.index < len(row) else row[-1].text
        if len(inside) <= 100 and (named := sides.named(inside)):
            return named[min(place, len(named) - 1)]
    return sides.of(lines, cell)


def _labelled(lines: Sequence[Sequence[Cell]], entries: Sequence[_Entry], sides: Sides) -> Iterator[Signed]:
    """Blocks of labels: a signature, or a name with its day, is filled in."""
    for entry in entries:
        if entry.kind != "sign":
            continue
        near = [one for one in entries if abs(one.cell.line - entry.cell.line) <= _BLOCK]
        filled = entry.filled or (not entry.ruled and _has(near, "name", True) and _has(near, "day", True))
        yield Signed(sides.of(lines, entry.cell), filled, entry.cell.line, entry.cell.start, entry.end)
    if not any(entry.kind == "sign" for entry in entries):
        yield from _named_and_dated(lines, entries, sides)


def _named_and_dated(lines: Sequence[Sequence[Cell]], entries: Sequence[_Entry], sides: Sides) -> Iterator[Signed]:
    """A block without the word signature: a name and a day, one below the other."""
    for entry in entries:
        near = [one for one in entries if abs(one.cell.line - entry.cell.line) <= 4 and _same_column(entry, one)]
        if entry.kind == "name" and any(one.kind == "day" for one in near):
            filled = entry.filled and _has(near, "day", True)
            yield Signed(sides.of(lines, entry.cell), filled, entry.cell.line, entry.cell.start, entry.end)


def _same_column(one: _Entry, other: _Entry) -> bool:
    return one.cell.index == other.cell.index or one.cell.line == other.cell.line


def _has(entries: Sequence[_Entry], kind: str, filled: bool) -> bool:
    return any(one.kind == kind and one.filled is filled for one in entries)


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
