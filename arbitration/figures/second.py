"""Second readings in a span of time: how often the second reader came to another decision, and where."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from arbitration.figures.numbers import share
from arbitration.figures.periods import Span
from arbitration.figures.tables import Column, Kind, Row, Table
from arbitration.models import SecondReading
from arbitration.second_reading.results import Result, disagreements

SHOWN = 50


@dataclass(frozen=True)
class Readings:
    """Answered second readings, by period, the first reviewer, and whether the two agree."""

    counts: Counter[tuple[date, int, bool]]

    @property
    def read(self) -> int:
        """How many there are."""
        return self.counts.total()

    @property
    def disagreed(self) -> int:
        """In how many of them the two differ on a product."""
        return sum(count for (_key, _person, agrees), count in self.counts.items() if not agrees)

    def of(self, key: date) -> tuple[int, int]:
        """Of one period: how many were read, and in how many the two differ."""
        found = [(agrees, count) for (period, _person, agrees), count in self.counts.items() if period == key]
        return sum(count for _agrees, count in found), sum(count for agrees, count in found if not agrees)

    def read_of(self, person: int) -> int:
        """How many rounds of one reviewer were read again."""
        return sum(count for (_key, first, _agrees), count in self.counts.items() if first == person)

    def disagreed_of(self, person: int) -> int:
        """In how many of them the two differ."""
        return sum(count for (_key, first, agrees), count in self.counts.items() if first == person and not agrees)


def readings(span: Span) -> Readings:
    """The second readings that were answered in the span. One query."""
    read = SecondReading.objects.filter(**span.within("read_at")).order_by().annotate(key=span.key("read_at"))
    rows = read.values_list("key", "review__reviewer", "agrees").annotate(count=Count("*"))
    return Readings(Counter({(key, person, bool(agrees)): count for key, person, agrees, count in rows}))


def second_table(span: Span, found: Readings) -> Table:
    """Second readings: how many, and how many differ, by period."""
    rows = [_row(period.label, *found.of(period.key), short=period.short_label) for period in span.periods]
    return Table(
        "second_readings",
        _("How often second readers agreed"),
        _(
            "A sample of the decided rounds is judged again by somebody who does not see the first decision. The two"
            " disagree where they differ on one product or more."
        ),
        [
            Column(_("Period"), Kind.TEXT),
            Column(_("Read a second time"), tone=""),
            Column(_("Agree"), tone="good"),
            Column(_("Disagree"), tone="bad"),
            Column(_("Share of disagreements"), Kind.SHARE, ""),
        ],
        [*rows, _row(_("The whole time"), found.read, found.disagreed, is_sum=True)],
        is_by_time=True,
    )


def _row(label: str, read: int, differ: int, short: str = "", *, is_sum: bool = False) -> Row:
    return Row([label, read, read - differ, differ, share(differ, read)], short=short, is_sum=is_sum)


def found_disagreements(span: Span) -> list[Result]:
    """The newest second readings of the span that differ from the first decision. Few queries, however many."""
    return disagreements(span.begins_at, span.ends_at, limit=SHOWN)


def disagreements_table(results: Sequence[Result]) -> Table:
    """One row for each product on which the two differ."""
    return Table(
        "disagreements",
        _("Where second readers disagreed"),
        _("The newest come first; there are at most fifty claims."),
        [
            Column(_("Claim"), Kind.TEXT),
            Column(_("Partner firm"), Kind.TEXT),
            Column(_("Product"), Kind.TEXT),
            Column(_("First decision"), Kind.TEXT),
            Column(_("First reviewer"), Kind.TEXT),
            Column(_("Second decision"), Kind.TEXT),
            Column(_("Second reader"), Kind.TEXT),
            Column(_("Read on"), Kind.TEXT),
        ],
        [row for result in results for row in _disagreement(result)],
    )


def _disagreement(result: Result) -> list[Row]:
    reading = result.reading
    claim, read_at = reading.review.claim, reading.read_at
    url = reverse("arbitration:workspace", args=[claim.reference])
    on = date_format(localtime(read_at), "SHORT_DATE_FORMAT") if read_at else ""
    return [
        Row(
            [
                claim.reference,
                claim.firm.name,
                line.product,
                str(line.first_label),
                str(reading.review.reviewer),
                str(line.second_label),
                str(reading.reader or ""),
                on,
            ],
            url=url,
        )
        for line in result.differing
    ]
