"""A table of figures: what the page shows, the chart draws and the export writes, so that all say the same."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.formats import number_format
from django.utils.translation import gettext as _

Value = str | int | float | None
"""Text, a count, business days, a rate, or a share from 0 to 1; None where there is nothing to tell."""
NOTHING = "–"
BESIDE_A_CHART = 6


class Kind(StrEnum):
    """What stands in a column, and so how it is written."""

    TEXT = "text"
    COUNT = "count"
    DAYS = "days"
    RATE = "rate"
    SHARE = "share"


DECIMALS = {Kind.COUNT: 0, Kind.DAYS: 1, Kind.RATE: 1}


@dataclass(frozen=True)
class Column:
    """One column; `tone` is the colour of its part of the chart."""

    label: str
    kind: Kind = Kind.COUNT
    tone: str = "accent"


@dataclass(frozen=True)
class Row:
    """One row; `short` is its label in a chart, `url` where its first cell leads. A sum stands in no chart."""

    values: Sequence[Value]
    short: str = ""
    url: str = ""
    is_sum: bool = False


@dataclass(frozen=True)
class Table:
    """One table by its code, which names it in addresses. `note` says what is counted."""

    code: str
    title: str
    note: str
    columns: Sequence[Column]
    rows: Sequence[Row] = field(default_factory=tuple)
    is_by_time: bool = False

    @property
    def is_wide(self) -> bool:
        """Whether it needs the whole width of the page, and has no room beside a chart."""
        return len(self.columns) > BESIDE_A_CHART

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it but its sum."""
        return all(row.is_sum for row in self.rows)

    @property
    def shown(self) -> list["ShownRow"]:
        """Its rows as the page writes them."""
        return [ShownRow(row, list(map(_shown, self.columns, row.values))) for row in self.rows]


@dataclass(frozen=True)
class Cell:
    """One value as people read it."""

    text: str
    is_number: bool


@dataclass(frozen=True)
class ShownRow:
    """One row as people read it."""

    row: Row
    cells: list[Cell]

    @property
    def head(self) -> str:
        """What the row is about."""
        return self.cells[0].text

    @property
    def others(self) -> list[Cell]:
        """What is told of it."""
        return self.cells[1:]


def written(value: Value, kind: Kind) -> str:
    """A value as people read it in the active language."""
    if value is None:
        return NOTHING
    if isinstance(value, str):
        return value
    if kind == Kind.SHARE:
        return _("%(number)s%%") % {"number": number_format(round(value * 100))}
    places = 0 if float(value).is_integer() and kind == Kind.DAYS else DECIMALS[kind]
    # Rounded here: the formats of a language cut off what they do not show.
    return number_format(round(value, places), decimal_pos=places, force_grouping=True)


def _shown(column: Column, value: Value) -> Cell:
    return Cell(written(value, column.kind), column.kind != Kind.TEXT)
