"""Which date is the customer's acknowledgement's (domain.md, "Proof of execution"; within 12 months before submission).

A paper holds many dates: the invoice's, the contract's, the printer's. One counts that is tied to an acknowledgement:
by the words right before or behind it, by standing in a signature block, or as the day on which the customer's
confirming e-mail was sent. The customer's side goes before the partner's; of several the newest. Failing all that,
the day at the head of a letter of the customer's own that is signed.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from claims.proof.blocks import block_words, is_in_columns
from claims.proof.dates import DateFound, Order, dates_in
from claims.proof.found import Facts, Found
from claims.proof.freshness import a_year_before
from claims.proof.labels import day_is_filled
from claims.proof.layout import Cell, Side, Sides, lines_of, sides_of
from claims.proof.messages import confirmations_in
from claims.proof.names import first_outside, pattern_of
from claims.proof.signature import signed_on
from claims.proof.texts import Page, alternatives
from claims.proof.words import Element, Verdict

# English, then Hungarian. Words that tie a date to an acknowledgement.
_TIES = alternatives(
    """acknowledge, acknowledged, acknowledges, acknowledgement, acknowledgment, accept, accepts, accepted, acceptance,
    confirm, confirms, confirmed, confirmation, signed, signature, sign-off, signed off, signed-off, sign off, approved,
    approval, certify, certified, countersigned, agreed and accepted, executed,
    átvétel, átvette, átvettük, átvéve, igazolom, igazoljuk, igazolja, igazolta, teljesítésigazolás, elfogadta,
    elfogadtuk, elfogadjuk, elfogadom, elfogadás, elfogadva, aláírás, aláírta, aláírva, aláírás dátuma, aláírás napja,
    jóváhagyta, jóváhagyva, jóváhagyás, megerősítem, megerősítjük, tudomásul vette, nyilatkozom"""
)
# Words that make it a date of something else.
_ELSE = alternatives(
    """invoice, invoiced, bill, billing, contract, agreement, msa, order, purchase, po, delivery, delivered, shipped,
    print, printed, page, version, rev, revision, effective, start, starts, started, begin, begins, began, commenced,
    commencement, commencing, kick-off, kickoff, go-live, went live, due, valid, validity, expiry, expires, expiration,
    born, created, report, reporting, period, milestone, target, planned, scheduled, estimated, until, from, since,
    between, ended, ends, end date, quote, quotation, proposal, offer, rfp, meeting, workshop, completed, completion,
    installed, migrated, migration, incident, updated, modified, sent, received, payment, paid, term, renewal, issue
    date, draft, viewed, opened, emailed, resent, disclosure,
    számla, számlát, szerződés, szerződést, szerződésszám, megrendelés, rendelés, szállítás, szállítva,
    szállítólevél, nyomtatva, nyomtatta, nyomtatott, határidő, érvényes, érvényesség, kezdete, kezdés, kezdődött,
    indulás, indult, verzió, változat, oldal, készült, készítette, létrehozva, időszak, ajanlat, ajánlat, esedékes,
    befejezés, befejezése, befejeztük, született, elküldve, küldve, érkezett, iktatva, keltezésű szerződés, teljesítés
    ideje, teljesítés dátuma, teljesítési időszak, hatályos, hatálya, módosítva, tervezet, tervezett, keretszerződés,
    megállapodás, keltű"""
)
_WORDS = re.compile(rf"(?P<ties>\b(?:{_TIES})\b)|(?P<other>\b(?:{_ELSE})(?:\b|(?=ot\b|et\b|t\b|a\b|e\b|ban\b|ben\b)))")
_AMOUNT = re.compile(r"[€$£]\s?\d|\d\s?(?:eur|usd|huf|ft|gbp)\b")
_SENTENCE_END = re.compile(r"[.;!?]\s+(?=\D)|\|")
_BEHIND = 120
_LABEL_ABOVE = 30
_MOST_DATES, _LONGEST_SHORT = 100, 200
_MOST_OTHER_LETTERS = 34
_LINES_TO_BLOCK, _LINES_BEFORE_BLOCK = 10, 6
_LABEL = re.compile(r"^\W*(?:kelt|kelte|keltezes|datum|date|dated)\b")
_SAYS = re.compile(
    r"\b(?:"
    + alternatives(
        """acknowledges, acknowledge, accepts, accept, confirms, confirm, accepted, acknowledged, confirmed, certifies,
        certify, elismeri, elismerjük, elfogadja, elfogadjuk, elfogadom, igazolja, igazoljuk, igazolom, megerősíti,
        megerősítjük, megerősítem, tudomásul veszi, nyilatkozom, nyilatkozik, kijelenti, átveszi, átvette"""
    )
    + r")\b"
)
_SHORTEST_SENTENCE = 30


@dataclass(frozen=True)
class Acknowledged:
    """A date tied to an acknowledgement, on whose side."""

    page: Page
    day: date
    start: int
    end: int
    side: Side


def acknowledgements_in(pages: Sequence[Page], facts: Facts, order: Order) -> Iterator[Found]:
    """The date of the acknowledgement, judged against the day of submission. `pages`: those to search."""
    sides = sides_of(facts)
    tied = [*_confirmed(pages, facts, order), *(one for page in pages for one in _tied_on(page, sides, order))]
    customers = [one for one in tied if one.side is not Side.PARTNER]
    if not customers and not any(_has_blank_day(page, sides) for page in pages):
        customers = list(_letter_date(pages, facts, sides, order))
    if customers:
        newest = max(customers, key=lambda one: (one.day, one.side is Side.CUSTOMER))
        verdict = verdict_of(newest.day, facts)
        yield Found(Element.DATE, verdict, newest.page.number, _quoted(newest, sides), on=newest.day)


def _quoted(one: Acknowledged, sides: Sides) -> str:
    """The words around the date; where two sides sign side by side, those of its column alone."""
    view = one.page.first
    row = next((cells for cells in lines_of(view) if cells[0].start <= one.start < cells[-1].end + 1), None)
    if row is None or len(row) == 1 or not is_in_columns(view, sides, row[0].line):
        return view.quoted(one.start, one.end)
    cell = next(each for each in reversed(row) if each.start <= one.start)
    return block_words(view, sides, cell.line, cell.start, cell.end)


def verdict_of(day: date, facts: Facts) -> Verdict:
    """Whether `day` lies within the 12 months before submission; the same day of the year before still does.

    The date of a document that came later, to answer a question or as newer proof, may lie after the submission.
    """
    if day > facts.last_day:
        return Verdict.FUTURE
    return Verdict.OLD if day < a_year_before(facts.submitted_on) else Verdict.HOLDS


def _confirmed(pages: Sequence[Page], facts: Facts, order: Order) -> Iterator[Acknowledged]:
    for one in confirmations_in(pages, facts, order):
        yield Acknowledged(one.page, one.sent.day, one.start, one.end, Side.CUSTOMER)


def _tied_on(page: Page, sides: Sides, order: Order) -> Iterator[Acknowledged]:
    """The dates of a page that its words or its signature block tie to an acknowledgement."""
    dates = dates_in(page.first, order)[:_MOST_DATES]
    if not dates:
        return
    lines = lines_of(page.first)
    blocks = [one.line for one in signed_on(page, sides)]
    blocks += [
        row[0].line for row in lines for cell in row if len(cell.text) > _SHORTEST_SENTENCE and _SAYS.search(cell.text)
    ]
    starts = [row[0].start for row in lines]
    row, previous = 0, 0
    for index, found in enumerate(dates):
        while row + 1 < len(starts) and starts[row + 1] <= found.start:
            row += 1
        following = dates[index + 1].start if index + 1 < len(dates) else len(page.first.plain)
        cell = next((each for each in lines[row] if each.start <= found.start < each.end + 1), lines[row][0])
        place = _Place(page, lines, cell, found, max(previous, starts[row]), following)
        if place.is_tied(blocks):
            yield Acknowledged(page, found.day, found.start, found.end, sides.of(lines, cell))
        previous = found.end


@dataclass(frozen=True)
class _Place:
    """Where a date stands: its line, what comes before and behind it."""

    page: Page
    lines: Sequence[Sequence[Cell]]
    cell: Cell
    found: DateFound
    after: int
    until: int

    def is_tied(self, blocks: Sequence[int]) -> bool:
        """By the nearest telling word before it, else behind it, else by a signature block near it."""
        row = self.lines[self.cell.line]
        first, last = max(row[0].start, self.found.start - _BEHIND), min(row[-1].end, self.found.end + _BEHIND)
        if _AMOUNT.search(self.page.first.plain, first, last):
            return False
        said = self.said_before() or self._said_behind()
        if said:
            return said == "ties"
        return (self.is_short() or self.is_labelled()) and any(
            -_LINES_TO_BLOCK <= block - self.cell.line <= _LINES_BEFORE_BLOCK for block in blocks
        )

    def is_labelled(self) -> bool:
        """Whether what stands before it, or its whole line, begins as a label for the day of a paper does."""
        before = self.page.first.plain[self.after : self.found.start]
        return bool(_LABEL.match(before.strip(" /|")) or _LABEL.match(self.cell.text))

    def said_before(self) -> str:
        """The kind of the last telling word before the date, in its line or, where a sentence goes on, the line
        above."""
        before = self.page.first.plain[self.after : self.found.start]
        if not before.strip() and self.cell.line and not self.is_short():
            above = self.lines[self.cell.line - 1][-1].text
            before = above if len(above) > 60 and above[-1] not in ".:;!?" else ""
        if not before.strip() and self.cell.line and self.lines[self.cell.line - 1][-1].text.endswith(":"):
            before = self.lines[self.cell.line - 1][-1].text[-_LABEL_ABOVE:]
        clause = _SENTENCE_END.split(before[-160:])[-1] if "|" not in before else before[-160:]
        matches = list(_WORDS.finditer(clause))
        return str(matches[-1].lastgroup) if matches else ""

    def _said_behind(self) -> str:
        plain = self.page.first.plain
        behind = plain[self.found.end : min(self.until, self.found.end + _BEHIND)]
        if "\n" in behind and self.is_short():
            behind = behind.partition("\n")[0]
        match = _WORDS.search(_SENTENCE_END.split(behind.partition("\n\n")[0])[0])
        return str(match.lastgroup) if match else ""

    def is_short(self) -> bool:
        """Whether little else stands there than the date: a label, a place."""
        row = self.lines[self.cell.line]
        text = row[self.cell.index].text if len(row) > 1 else row[0].text
        if len(text) > _LONGEST_SHORT:
            return False
        letters = sum(c.isalpha() for c in text) - sum(
            c.isalpha() for c in self.page.first.plain[self.found.start : self.found.end]
        )
        return letters <= _MOST_OTHER_LETTERS


def _has_blank_day(page: Page, sides: Sides) -> bool:
    """Whether a label for a date near a signature, on no side or the customer's, has nothing behind it."""
    lines = lines_of(page.first)
    blocks = [one.line for one in signed_on(page, sides)]
    return any(
        day_is_filled(lines, cell) is False and sides.of(lines, cell) is not Side.PARTNER
        for row in lines
        for cell in row
        if any(abs(block - cell.line) <= _LINES_TO_BLOCK for block in blocks)
    )


def _letter_date(pages: Sequence[Page], facts: Facts, sides: Sides, order: Order) -> Iterator[Acknowledged]:
    """The day at the head of a letter that the customer wrote and signed."""
    signed = [one for page in pages for one in signed_on(page, sides) if one.filled]
    if not any(one.side is not Side.PARTNER for one in signed):
        return
    # A declaration that the customer alone signed is the customer's, whoever is named first in it.
    is_customers_alone = all(one.side is Side.CUSTOMER for one in signed)
    if not is_customers_alone and not _is_customers_letter(pages, facts):
        return
    page = pages[0]
    lines = lines_of(page.first)
    for found in dates_in(page.first, order):
        cell = next((each for row in lines for each in row if each.start <= found.start < each.end + 1), None)
        if cell is None:
            continue
        place = _Place(page, lines, cell, found, cell.start, found.end)
        if place.is_short() and place.said_before() != "other":
            yield Acknowledged(page, found.day, found.start, found.end, Side.CUSTOMER)
            return


def _is_customers_letter(pages: Sequence[Page], facts: Facts) -> bool:
    """Whether the customer's name comes before the partner's: at the head of a letter stands who writes it."""
    customer, partner = pattern_of(facts.customer), pattern_of(facts.partner)
    if customer is None or not pages:
        return False
    ours = first_outside(pages[0].first, customer, partner)
    theirs = first_outside(pages[0].first, partner, customer) if partner else None
    return ours is not None and (theirs is None or ours[0] < theirs[0])


__all__ = ["acknowledgements_in", "verdict_of"]
