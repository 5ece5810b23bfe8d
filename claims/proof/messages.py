"""E-mails printed to a document: who wrote when, and whether the customer confirms in it.

Mail programs print heads ("From: … Sent: …", "Feladó: … Elküldve: …") or one line with the writer and the day.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from claims.proof.dates import DateFound, Order, dates_in
from claims.proof.found import Facts
from claims.proof.names import pattern_of
from claims.proof.texts import Page, Plain, alternatives, fold

_FROM = re.compile(rf"^(?:{alternatives('from, feladó, von, sender')})\s*:\s*(?P<who>.+)$")
_SENT = alternatives("sent, date, elküldve, küldve, küldés dátuma, küldés ideje, dátum, küldés, gesendet, datum")
_WHEN = re.compile(rf"^(?:{_SENT})\s*:")
_ADDRESS = re.compile(r"(?<=[\w.+'-])@(?P<domain>[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})")
_QUOTED = re.compile(r"^\s*>")
_WROTE = re.compile(r"\b(?:wrote|irta|schrieb)\s*:?\s*$")
_LINES_OF_HEAD = 8
# English, then Hungarian.
_CONFIRMS = re.compile(
    r"\b(?:"
    + alternatives(
        """confirm, confirmed, confirms, confirming, accept, accepted, accepts, acknowledge, acknowledged, acknowledges,
        approve, approved, approves, agreed, signed off, sign off, sign-off, happy to confirm,
        megerősítem, megerősítjük, megerősíti, igazolom, igazoljuk, igazolja, elfogadom, elfogadjuk, elfogadtuk,
        elfogadta, jóváhagyom, jóváhagyjuk, jóváhagyta, átvettük, átvettem, tanúsítom, tanúsítjuk"""
    )
    + r")\b"
)
_ASKS = re.compile(
    r"\b(?:please|kindly|could\s+you|can\s+you|would\s+you|will\s+you|kerem|kerjuk|kerlek|to\s+be|not|nem|cannot|can't"
    r"|don't|do\s+not|unless|until|before\s+we|ask\s+you\s+to)(?:\s+\w+){0,3}\s*$"
)


@dataclass(frozen=True)
class Message:
    """One e-mail of a page: the line of its writer, its day, and its own words (without what it quotes)."""

    page: Page
    start: int
    sent: DateFound
    domain: str
    who: str
    body: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Confirmed:
    """A customer's e-mail that confirms: where, in which words, on which day."""

    page: Page
    start: int
    end: int
    sent: DateFound


def confirmations_in(pages: Sequence[Page], facts: Facts, order: Order) -> Iterator[Confirmed]:
    """Each e-mail of the customer's that confirms, accepts or acknowledges, with the day on which it was sent."""
    for message in _messages(pages, order):
        if _is_customers(message, facts):
            for start, line in message.body:
                for match in _CONFIRMS.finditer(line):
                    if not _ASKS.search(line[max(0, match.start() - 60) : match.start()]):
                        yield Confirmed(message.page, start + match.start(), start + match.end(), message.sent)
                        break


def _messages(pages: Sequence[Page], order: Order) -> Iterator[Message]:
    """The e-mails in their order; a body may go on over the next pages."""
    current: Message | None = None
    for page in pages:
        if current is not None:
            yield current
            current = replace(current, page=page, body=())
        lines = list(_lines(page.first))
        dates = _dates_by_line(page.first, lines, order)
        for number, (start, line) in enumerate(lines):
            if _is_quote_head(line):
                if current is not None:
                    yield current
                current = None
            elif (head := _head(page, lines, dates, number)) is not None:
                if current is not None:
                    yield current
                current = head
            elif current is not None and not _QUOTED.match(line):
                current = replace(current, body=(*current.body, (start, line)))
    if current is not None:
        yield current


def _is_quote_head(line: str) -> bool:
    return bool(_WROTE.search(line[-20:])) or line.startswith(("-----original message", "-----eredeti uzenet"))


def _lines(view: Plain) -> Iterator[tuple[int, str]]:
    start = 0
    for line in view.plain.split("\n"):
        yield start, line
        start += len(line) + 1


def _dates_by_line(view: Plain, lines: Sequence[tuple[int, str]], order: Order) -> dict[int, DateFound]:
    """The first date of each line that may be a head's."""
    if not any(_FROM.match(line) or "@" in line for _start, line in lines):
        return {}
    found: dict[int, DateFound] = {}
    dates = iter(dates_in(view, order))
    current = next(dates, None)
    for number, (start, line) in enumerate(lines):
        while current is not None and current.start < start:
            current = next(dates, None)
        if current is not None and current.start <= start + len(line):
            found[number] = current
    return found


def _head(page: Page, lines: Sequence[tuple[int, str]], dates: dict[int, DateFound], number: int) -> Message | None:
    start, line = lines[number]
    if match := _FROM.match(line):
        following = range(number + 1, min(number + 1 + _LINES_OF_HEAD, len(lines)))
        sent = next((dates[each] for each in following if each in dates and _WHEN.match(lines[each][1])), None)
        address = _ADDRESS.search(match["who"])
        return Message(page, start, sent, address["domain"] if address else "", match["who"]) if sent else None
    address = _ADDRESS.search(line) if "@" in line else None
    if address and number in dates and dates[number].start > start + address.start() and "<" in line:
        return Message(page, start, dates[number], address["domain"], line)
    return None


def _is_customers(message: Message, facts: Facts) -> bool:
    """Whether the customer wrote it: by the address, or where none is printed by the firm's name."""
    if message.domain:
        domains = {fold(domain) for domain in facts.domains}
        return any(message.domain == domain or message.domain.endswith(f".{domain}") for domain in domains)
    name = pattern_of(facts.customer)
    return name is not None and name.search(message.who) is not None
