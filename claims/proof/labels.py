"""The labels of a signature block ("Signature", "Name", "Date"), and what is written behind each.

A label's answer stands in its cell, in the next one, or in the line below it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise

from claims.proof.layout import Cell, is_filled
from claims.proof.texts import alternatives

# English, then Hungarian.
_SIGN = alternatives(
    """signature, signed, signed by, sign, by, acknowledged by, accepted by, approved by, agreed by, confirmed by,
    accepted and agreed by, authorised by, authorized by, signatory, authorised signatory, authorized signatory,
    authorised signature, authorized signature, customer signature, client signature, customer's signature,
    signature of customer, signature of the customer, signature of client, signature of the client,
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
    rf"(?:(?P<sign>{_SIGN})|(?P<head>{_FOR})|(?P<name>{_NAME})|(?P<day>{_DAY})|(?P<other>{_OTHER})){_ASIDE}\s*(?::|(?=[_.…]{{3}})|$)\s*(?P<value>.*)$"
)
_FOR_INK = re.compile(r"signature|signed|\bsign\b|alair(?:as|ta)")
_LONGEST_CELL, _LONGEST_ANSWER = 300, 60


class Where(Enum):
    """Where what is written behind a label stands."""

    SAME = "same"
    NEXT = "next"
    BELOW = "below"


@dataclass(frozen=True)
class Entry:
    """A label of a signature block, and what is written behind it: `value`, up to `end`.

    `kind`: "sign" ("Signature", "Accepted by"), "head" ("Signed for Contoso Ltd"), "name", "day" or "other".
    """

    kind: str
    label: str
    cell: Cell
    value: str
    where: Where
    end: int

    @property
    def is_filled(self) -> bool:
        """Whether something is written behind it, and not only a line to write on."""
        return is_filled(self.value)

    @property
    def is_ruled(self) -> bool:
        """Whether a line to write on stands behind it."""
        return _LINE.search(self.value) is not None

    @property
    def is_for_ink(self) -> bool:
        """Whether it asks for the signature itself, and not for the name of the one who accepts."""
        return self.kind == "sign" and _FOR_INK.search(self.label) is not None


def entries_in(lines: Sequence[Sequence[Cell]]) -> Iterator[Entry]:
    """The labels of a page in their order, each with its answer."""
    for cells in lines:
        for cell in cells:
            parts = _parts(cell)
            for part in parts:
                if (match := label_of(part.text)) is not None:
                    kind = _kind(match)
                    found = _value(lines, part, match["value"]) if len(parts) == 1 else _Value(match["value"], part.end)
                    yield Entry(kind, match[kind], part, found.text, found.where, found.end)


def label_of(text: str) -> re.Match[str] | None:
    """The label that a cell is, or begins with; running text is none."""
    return _LABEL.match(text) if len(text) <= _LONGEST_CELL else None


def _kind(match: re.Match[str]) -> str:
    return next(name for name in ("sign", "head", "name", "day", "other") if match[name] is not None)


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
    days = [match for part in _parts(cell) if (match := label_of(part.text)) and match["day"] is not None]
    if not days:
        return None
    alone = _value(lines, cell, days[0]["value"]).text if len(_parts(cell)) == 1 else days[0]["value"]
    return len([c for c in alone if c.isdigit()]) > 2


@dataclass(frozen=True)
class _Value:
    text: str
    end: int
    where: Where = Where.SAME


def _value(lines: Sequence[Sequence[Cell]], cell: Cell, same: str) -> _Value:
    """What is written behind a label: in its cell, in the next one, or in the line below."""
    if same.strip() or cell.is_before_blank:
        return _Value(same, cell.end)
    row = lines[cell.line]
    if cell.index + 1 < len(row) and not label_of(row[cell.index + 1].text):
        return _Value(row[cell.index + 1].text, row[cell.index + 1].end, Where.NEXT)
    below = lines[cell.line + 1] if cell.line + 1 < len(lines) else []
    if len(below) == len(row) and not label_of(below[cell.index].text):
        under = below[cell.index]
        # A sentence below is the next paragraph, and no answer.
        if len(under.text) <= _LONGEST_ANSWER and not under.text.endswith("."):
            return _Value(under.text, under.end, Where.BELOW)
    return _Value("", cell.end)
