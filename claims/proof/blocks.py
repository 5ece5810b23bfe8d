"""The words of a signature block, for quoting: those of its place and of its side, not what stands above or below."""

import re
from collections.abc import Iterator, Sequence

from claims.proof.labels import label_of
from claims.proof.layout import Cell, Side, Sides, lines_of
from claims.proof.texts import MOST_WORDS, Plain

_LINES_UP, _LINES_DOWN = 3, 4
_LONGEST_LINE, _LONGEST_ABOVE = 90, 50
_FOOT = re.compile(r"\b(?:page|oldal)\b.{0,20}\d|\d\.?\s{0,2}oldal\b|^\W*\d{1,3}\W*(?:(?:/|of)\W*\d{1,3}\W*)?$|©| · ")
# A sentence's end, but no "Corp.", "s. k." or day.
_ENDS = re.compile(r"[^\W\d_]{4}(?<!nyrt)(?<!corp)[.;!?]$")
_BLANKS = re.compile(r"\s+")
Lines = Sequence[Sequence[Cell]]


def block_words(view: Plain, sides: Sides, line: int, start: int, end: int) -> str:
    """What stands in the block around the words from `start` to `end` of that line, at most 300 characters.

    Where two sides sign side by side, the words of the one column alone.
    """
    lines = lines_of(view)
    is_in_columns = _is_in_columns(lines, line, sides)
    numbers = _lines_of_block(lines, line, sides, is_in_columns)
    if is_in_columns:
        spans = list(_column(lines, numbers, line, start, end))
    else:
        spans = [(lines[number][0].start, lines[number][-1].end) for number in numbers]
    words = " ".join(view.words(*span) for span in spans)
    words = words if len(words) <= MOST_WORDS else view.words(start, end)
    return _BLANKS.sub(" ", words).strip()[:MOST_WORDS]


def is_in_columns(view: Plain, sides: Sides, line: int) -> bool:
    """Whether two sides sign side by side in that line."""
    return _is_in_columns(lines_of(view), line, sides)


def _is_in_columns(lines: Lines, line: int, sides: Sides) -> bool:
    """Whether a short line near by names both sides, as headings or as what stands below what was signed."""
    for number in range(max(0, line - _LINES_UP), min(len(lines), line + _LINES_DOWN + 1)):
        text = " ".join(cell.text for cell in lines[number])
        if len(text) <= _LONGEST_LINE and not _ENDS.search(text) and len(set(sides.named(text))) > 1:
            return True
    return False


def _lines_of_block(lines: Lines, line: int, sides: Sides, is_in_columns: bool) -> list[int]:
    """The numbers of the short lines above and below, up to running text, the page's foot or the other side's."""
    above, below = range(line - 1, line - 1 - _LINES_UP, -1), range(line + 1, line + 1 + _LINES_DOWN)
    found = [line]
    for numbers in (above, below):
        for number in numbers:
            if not 0 <= number < len(lines) or _is_outside(lines[number]):
                break
            if not is_in_columns and _is_partners(lines[number], sides):
                break
            if number < line and _is_long(lines[number]) and not is_in_columns:
                break
            found.append(number)
    return sorted(found)


def _is_outside(row: Sequence[Cell]) -> bool:
    text = " ".join(cell.text for cell in row)
    return len(text) > _LONGEST_LINE or bool(_FOOT.search(text) or (len(row) == 1 and _ENDS.search(text)))


def _is_long(row: Sequence[Cell]) -> bool:
    return sum(len(cell.text) for cell in row) > _LONGEST_ABOVE and label_of(row[0].text) is None


def _is_partners(row: Sequence[Cell], sides: Sides) -> bool:
    return {side for cell in row for side in sides.named(cell.text)} == {Side.PARTNER}


def _column(lines: Lines, numbers: Sequence[int], line: int, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The cells of one column; of lines that reading ran together, the words signed alone."""
    row = lines[line]
    place = next((cell.index for cell in row if cell.start <= start <= cell.end), 0)
    for number in numbers:
        if number == line and (start, end) != (row[0].start, row[-1].end):
            yield start, end
        elif len(lines[number]) == len(row) > 1:
            yield lines[number][place].start, lines[number][place].end
