"""Dates in running text, English and Hungarian.

A date in numbers alone may be read in two ways. The order of reading (docs: this paragraph is the rule): the year
first is year, month, day; between full stops the day comes first; a number above 12 settles it; a reading that lies
after the submission loses to one that does not, since people acknowledge what was done; then the day comes first, but
in a text that shows the American order: a month first with a day above 12 elsewhere in it, or, with no such date of
either order, words of the United States.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from claims.proof.texts import Page, Plain, behind_none

# English and Hungarian, whole and short. Hungarian months take endings: "novemberben" is no date, "november 5-én" is.
_MONTHS = (
    "january jan januar",
    "february feb febr februar",
    "march mar marcius marc",
    "april apr aprilis",
    "may majus maj",
    "june jun junius",
    "july jul julius",
    "august aug augusztus",
    "september sept sep szeptember szept",
    "october oct oktober okt",
    "november nov",
    "december dec",
)
_ROMANS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_MONTH_OF = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}
_ROMAN_OF = {name: number for number, name in enumerate(_ROMANS, start=1)}
_NAME = "(?:" + "|".join(sorted(_MONTH_OF, key=lambda name: -len(name))) + ")"
_ROMAN = "(?:viii|xii|vii|iii|iv|vi|ix|xi|ii|i|v|x)"
_START, _END = r"(?<![\w/.,-])", r"(?![\w/]|[.-]\d|,\d)"
_START_OF_WORDS = r"(?<![\w/.,])"
_OLDEST_YEARS = 10
_YEAR, _SHORT_YEAR = r"(?:19|20)\d\d", r"(?:'?\d\d)"
_ORDINAL = r"(?:st|nd|rd|th)?"
_HU_DAY = r"(?P<d>\d{1,2})(?:\.|-?\s?(?:an|en|jen|jan|ei|ai|i|e|a|ig|tol)\b)?"
_FORMS = (
    # 2026-11-05, 2026/11/05, 2026.11.05., 2026. 11. 05., 2026-11-05T10:12
    rf"{_START}(?P<y>{_YEAR})\s?(?P<sep>[-/.])\s?(?P<m>\d{{1,2}})\s?(?P=sep)\s?(?P<d>\d{{1,2}})(?:-\w{{1,3}})?(?=t\d\d:|(?![\w/]|[.-]\d))",
    # 2026. november 5., 2026 nov. 5-én, 2026. XI. 5.
    rf"{_START}(?P<y>{_YEAR})[.,]?\s{{0,3}}(?P<m>{_NAME}|{_ROMAN}(?=[.\s]))\.?\s{{0,3}}(?:ho\s{{1,3}})?{_HU_DAY}(?!\w)",
    # 5 November 2026, 5th of November, 2026, 5. November 2026, 05-Nov-26, 5. XI. 2026
    rf"{_START_OF_WORDS}(?P<d>\d{{1,2}}){_ORDINAL}[.,]?(?:\s{{1,3}}(?:day\s{{1,3}})?of)?[\s-]{{0,3}}(?P<m>{_NAME}|{_ROMAN}(?=[.\s]))\.?,?[\s-]{{0,3}}"
    rf"(?P<y>{_YEAR}|(?<=[\s-]){_SHORT_YEAR}){_END}",
    # November 5, 2026, Nov 5th '26, Nov.5,2026
    rf"{_START}(?P<m>{_NAME})\.?\s{{0,3}}(?P<d>\d{{1,2}}){_ORDINAL}(?:\s?,\s{{0,3}}|\s{{1,3}})(?P<y>{_YEAR}|{_SHORT_YEAR}(?!:)){_END}",
    # 05/11/2026, 5.11.2026, 05-11-26, 5. 11. 2026
    rf"{_START}(?P<a>\d{{1,2}})\s?(?P<s2>[-/.])\s?(?P<b>\d{{1,2}})\s?(?P=s2)\s?(?P<y>{_YEAR}|{_SHORT_YEAR}){_END}",
)
_READERS = tuple(re.compile(form) for form in _FORMS)
# No page without this has a date in numbers alone; sought first, since it is found or missed in no time.
_NUMBERS = re.compile(r"\d\s?[-/.]\s?\d")
_MONTH_FIRST_WORDS = (r"united\sstates\b", r"u\.s\.a?\.\b", r"usa\b", r"llc\b", r"inc\b")
_DAY_FIRST_WORDS = (r"kft\b", r"zrt\b", r"gmbh\b", r"united\skingdom\b", r"datum\b")
_MONTH_FIRST_HINT = re.compile(
    "|".join(behind_none(r"\w", word) for word in _MONTH_FIRST_WORDS) + r"|,\s[a-z]{2}\s\d{5}\b|\(\d{3}\)\s\d{3}-\d{4}"
)
_DAY_FIRST_HINT = re.compile("|".join(behind_none(r"\w", word) for word in _DAY_FIRST_WORDS) + r"|\+44\b")


@dataclass(frozen=True)
class DateFound:
    """A date, where it stands on its page (in `Plain.plain`), and whether it was read in one of two ways."""

    day: date
    start: int
    end: int


@dataclass(frozen=True)
class Order:
    """How dates in numbers alone are read in one document."""

    month_first: bool
    not_after: date


def order_of(pages: Sequence[Page], not_after: date) -> Order:
    """The order that the document's own dates and words show; `not_after` is the day of submission."""
    month_first = day_first = 0
    for page in pages:
        if not _NUMBERS.search(page.first.plain):
            continue
        for match in _READERS[-1].finditer(page.first.plain):
            first, second = int(match["a"]), int(match["b"])
            month_first += first <= 12 < second <= 31
            day_first += second <= 12 < first <= 31
    if month_first != day_first:
        return Order(month_first > day_first, not_after)
    american = any(_MONTH_FIRST_HINT.search(page.first.plain) for page in pages)
    return Order(american and not any(_DAY_FIRST_HINT.search(page.first.plain) for page in pages), not_after)


def dates_in(view: Plain, order: Order) -> list[DateFound]:
    """Every whole date of a page, in reading order; what is part of a longer number is none."""
    found: list[DateFound] = []
    taken: set[int] = set()
    for reader in _READERS:
        for match in reader.finditer(view.plain):
            day = _day_of(match, order)
            if day is not None and not taken.intersection(range(match.start(), match.end())):
                taken.update(range(match.start(), match.end()))
                found.append(DateFound(day, match.start(), match.end()))
    return sorted(found, key=lambda each: each.start)


def _day_of(match: re.Match[str], order: Order) -> date | None:
    parts = match.groupdict()
    year = _year(match["y"])
    if "a" not in parts:
        return _date(year, _month(match["m"]), int(match["d"]))
    first, second = int(match["a"]), int(match["b"])
    readings = [_date(year, second, first), _date(year, first, second), *_year_first(match)]
    if match["s2"] == ".":
        # Between full stops nobody writes the month first: a day after the submission stays one.
        return next((day for day in readings if day), None)
    if order.month_first:
        readings[0], readings[1] = readings[1], readings[0]
    return _best([day for day in readings if day], order.not_after)


def _year_first(match: re.Match[str]) -> Iterator[date | None]:
    """26.11.05.: Hungarian short dates begin with the year; read so only where the other ways are none."""
    if len(match["y"]) == 2 and match["a"] and len(match["a"]) == 2:
        yield _date(2000 + int(match["a"]), int(match["b"]), int(match["y"]))


def _best(readings: list[date], not_after: date) -> date | None:
    """The first reading that is no later than `not_after` and of these years; else the first of all."""
    likely = (day for day in readings if day <= not_after and not_after.year - day.year <= _OLDEST_YEARS)
    return next(likely, readings[0] if readings else None)


def _year(digits: str) -> int:
    bare = digits.lstrip("'")
    return int(bare) if len(bare) == 4 else 2000 + int(bare)


def _month(text: str) -> int:
    return int(text) if text.isdigit() else _MONTH_OF.get(text) or _ROMAN_OF[text]


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


__all__ = ["DateFound", "Order", "dates_in", "order_of"]
