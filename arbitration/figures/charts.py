"""Charts of the tables: where each bar, line and word of an SVG stands. They show what the table beside them says.

Nothing is scaled to the window: a chart has its own size, in which its words can be read, and scrolls where the window
is narrower.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

from django.conf import settings
from django.utils.translation import gettext as _

from arbitration.figures.current import business_days_label
from arbitration.figures.tables import Column, Kind, Row, Table, written

WIDTH = 560
LEFT, RIGHT, TOP, BOTTOM = 44, 8, 22, 26
PLOT_HEIGHT = 168
NARROWEST_SLOT = 18
MOST_TICKS = 5
LABEL_WIDTH = 58
BAR_HEIGHT, BAR_SLOT, BAR_LABEL, VALUE_ROOM = 14, 40, 14, 48


@dataclass(frozen=True)
class Bar:
    """One bar or part of a bar; `tells` is what it stands for, in words."""

    x: float
    y: float
    width: float
    height: float
    tone: str
    tells: str


@dataclass(frozen=True)
class Word:
    """A word at its place. `anchor` is SVG's."""

    x: float
    y: float
    text: str
    anchor: str = "middle"
    css: str = "chart-word"


@dataclass(frozen=True)
class Line:
    """A line of the grid, or a limit."""

    x1: float
    x2: float
    y: float
    css: str = "chart-grid"


@dataclass(frozen=True)
class Chart:
    """One chart, ready to be drawn."""

    code: str
    title: str
    width: float
    height: float
    bars: Sequence[Bar]
    lines: Sequence[Line]
    words: Sequence[Word]
    legend: Sequence[Column]
    limit: str = ""
    """What the dashed line stands at, in words; empty where there is none."""


def chart_of(table: Table) -> Chart | None:
    """The chart of a table, if it is one that is drawn and has something to show."""
    draw = DRAWN.get(table.code)
    columns = [(number, column) for number, column in enumerate(table.columns) if number and column.tone]
    rows = [row for row in table.rows if not row.is_sum]
    if draw is None or not any(row.values[number] for row in rows for number, _column in columns):
        return None
    return draw(table, rows, columns)


Columns = Sequence[tuple[int, Column]]


def _stacked(table: Table, rows: Sequence[Row], columns: Columns) -> Chart:
    """A column for each row, its parts upon each other, the whole written above."""
    top = _top(max(sum(_of(row, number) for number, _column in columns) for row in rows))
    slot, bars, words = _slot(len(rows)), [], _under(rows)
    for place, row in enumerate(rows):
        height = 0.0
        for number, column in columns:
            part = _scaled(_of(row, number), top)
            if part:
                height += part
                bars.append(_column_bar(place, slot, height, part, column, _tells(row, number, column)))
        words.append(Word(_middle(place, slot), _ground() - height - 5, written(_whole(row, columns), column.kind)))
    return _chart(table, columns, bars, [*_grid(top, slot * len(rows))], [*_scale(top), *words], slot * len(rows))


def _grouped(table: Table, rows: Sequence[Row], columns: Columns) -> Chart:
    """Columns side by side for each row, and a line at the days that a review may take."""
    limit = settings.REVIEW_BUSINESS_DAYS
    top = _top(max(limit, *(_of(row, number) for row in rows for number, _column in columns)))
    slot, bars, words = _slot(len(rows)), [], _under(rows)
    part = slot * 0.8 / len(columns)
    for place, row in enumerate(rows):
        for order, (number, column) in enumerate(columns):
            height = _scaled(_of(row, number), top)
            x = LEFT + place * slot + slot * 0.1 + order * part
            if row.values[number] is not None:
                bars.append(Bar(x, _ground() - height, part, height, column.tone, _tells(row, number, column)))
                words.append(Word(x + part / 2, _ground() - height - 5, written(row.values[number], column.kind)))
    width = slot * len(rows)
    at = _ground() - _scaled(limit, top)
    lines = [*_grid(top, width), Line(LEFT, LEFT + width, at, "chart-limit")]
    return replace(_chart(table, columns, bars, lines, [*_scale(top), *words], width), limit=business_days_label(limit))


def _lying(table: Table, rows: Sequence[Row], columns: Columns) -> Chart:
    """A bar for each row, lying, its name above it: for names that are long."""
    top = max(_whole(row, columns) for row in rows)
    bars, words = [], []
    for place, row in enumerate(rows):
        y, x = place * BAR_SLOT + BAR_LABEL, 0.0
        words.append(Word(0, y - 1, row.short, "start", "chart-word chart-name"))
        for number, column in columns:
            part = _of(row, number) / top * (WIDTH - VALUE_ROOM)
            if part:
                bars.append(Bar(x, y + 4, part, BAR_HEIGHT, column.tone, _tells(row, number, column)))
                x += part
        words.append(Word(x + 6, y + 15, written(_whole(row, columns), columns[0][1].kind), "start"))
    return Chart(
        table.code, table.title, WIDTH, len(rows) * BAR_SLOT, bars, [], words, [column for _number, column in columns]
    )


DRAWN = {
    "open": _stacked,
    "due": _stacked,
    "timing": _grouped,
    "breaches": _stacked,
    "decisions": _stacked,
    "reasons": _lying,
    "load": _lying,
    "reviewers": _lying,
    "second_readings": _stacked,
}


def _chart(
    table: Table, columns: Columns, bars: Sequence[Bar], lines: Sequence[Line], words: Sequence[Word], width: float
) -> Chart:
    return Chart(
        code=table.code,
        title=table.title,
        width=LEFT + width + RIGHT,
        height=TOP + PLOT_HEIGHT + BOTTOM,
        bars=bars,
        lines=lines,
        words=words,
        legend=[column for _number, column in columns],
    )


def _column_bar(place: int, slot: float, height: float, part: float, column: Column, tells: str) -> Bar:
    width = min(slot * 0.7, 56)
    return Bar(_middle(place, slot) - width / 2, _ground() - height, width, part, column.tone, tells)


def _slot(count: int) -> float:
    return max(NARROWEST_SLOT, (WIDTH - LEFT - RIGHT) / count)


def _middle(place: int, slot: float) -> float:
    return LEFT + place * slot + slot / 2


def _ground() -> float:
    return TOP + PLOT_HEIGHT


def _scaled(value: float, top: float) -> float:
    return value / top * PLOT_HEIGHT


def _of(row: Row, number: int) -> float:
    value = row.values[number]
    return value if isinstance(value, int | float) else 0.0


def _whole(row: Row, columns: Columns) -> float:
    return sum(_of(row, number) for number, _column in columns)


def _tells(row: Row, number: int, column: Column) -> str:
    facts = {"row": row.short, "column": column.label, "value": written(row.values[number], column.kind)}
    return _("%(row)s, %(column)s: %(value)s") % facts


def _step(most: float) -> int:
    """The distance of the grid's lines: 1, 2 or 5 and noughts, so that there are few of them."""
    size = 1
    while True:
        for digit in (1, 2, 5):
            if most <= digit * size * MOST_TICKS:
                return digit * size
        size *= 10


def _top(most: float) -> int:
    step = _step(most)
    return max(1, ceil(most / step)) * step


def _ticks(top: int) -> range:
    return range(0, top + 1, _step(top))


def _grid(top: int, width: float) -> list[Line]:
    return [Line(LEFT, LEFT + width, _ground() - _scaled(tick, top)) for tick in _ticks(top)]


def _scale(top: int) -> list[Word]:
    return [
        Word(LEFT - 6, _ground() - _scaled(tick, top) + 4, written(tick, Kind.COUNT), "end") for tick in _ticks(top)
    ]


def _under(rows: Sequence[Row]) -> list[Word]:
    """The names of the columns: as many as have room."""
    slot = _slot(len(rows))
    every = max(1, ceil(LABEL_WIDTH / slot))
    return [
        Word(_middle(place, slot), _ground() + 17, row.short)
        for place, row in enumerate(rows)
        if (len(rows) - 1 - place) % every == 0
    ]
