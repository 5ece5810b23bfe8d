"""The time that the figures are about: days of the review site, cut into weeks (from Monday) or months."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import DateField, TextChoices
from django.db.models.functions import TruncMonth, TruncWeek
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

ONE_DAY = timedelta(days=1)
# What is shown unless something else is asked for, and the most that fits on a page.
USUAL_PERIODS = 12
MOST_PERIODS = 120
EARLIEST = date(2000, 1, 1)


class By(TextChoices):
    """Into what the time is cut."""

    WEEK = "week", pgettext_lazy("figures", "Week")
    MONTH = "month", pgettext_lazy("figures", "Month")


@dataclass(frozen=True)
class Period:
    """A week or a month, as far as it lies in the span. `key` is the first day of the whole week or month."""

    key: date
    first: date
    last: date
    by: By

    @property
    def label(self) -> str:
        """The period as people read it in a table."""
        if self.by == By.MONTH and self.first == self.key and (self.last + ONE_DAY).day == 1:
            return date_format(self.first, "YEAR_MONTH_FORMAT")
        return days_in_words(self.first, self.last)

    @property
    def short_label(self) -> str:
        """The same under a column of a chart."""
        if self.by == By.MONTH:
            return date_format(self.first, pgettext("date format under a column of a chart: a month", "M Y"))
        return date_format(self.first, pgettext("date format under a column of a chart: a day", "j M"))


@dataclass(frozen=True)
class Span:
    """From the first to the last day, both counted, at the review site."""

    first: date
    last: date
    by: By

    @property
    def zone(self) -> ZoneInfo:
        """The review site's time zone."""
        return ZoneInfo(settings.REVIEW_TIME_ZONE)

    @property
    def begins_at(self) -> datetime:
        """The first instant of the first day."""
        return midnight(self.first)

    @property
    def ends_at(self) -> datetime:
        """The first instant that no longer belongs to it."""
        return midnight(self.last + ONE_DAY)

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """Its weeks or months in order; those at the ends may be cut off."""
        found: list[Period] = []
        key = key_of(self.first, self.by)
        while key <= self.last:
            after = _next(key, self.by)
            found.append(Period(key, max(key, self.first), min(after - ONE_DAY, self.last), self.by))
            key = after
        return tuple(found)

    def key(self, instant: str) -> TruncWeek | TruncMonth:
        """For a query: the key of the period in which the column `instant` lies."""
        cut = TruncWeek if self.by == By.WEEK else TruncMonth
        return cut(instant, tzinfo=self.zone, output_field=DateField())

    def within(self, instant: str) -> dict[str, datetime]:
        """For a query: that the column `instant` lies in it, in the form that an index answers."""
        return {f"{instant}__gte": self.begins_at, f"{instant}__lt": self.ends_at}


def midnight(day: date) -> datetime:
    """The first instant of a day at the review site (aware)."""
    return datetime.combine(day, time.min, ZoneInfo(settings.REVIEW_TIME_ZONE))


def usual_span(last: date, by: By) -> Span:
    """Twelve weeks or months, of which that of `last` is the last."""
    key = key_of(last, by)
    for _step in range(USUAL_PERIODS - 1):
        key = key_of(key - ONE_DAY, by)
    return Span(key, last, by)


def key_of(day: date, by: By) -> date:
    """The Monday or the first of the month."""
    return day - ONE_DAY * day.weekday() if by == By.WEEK else day.replace(day=1)


def _next(key: date, by: By) -> date:
    return key + ONE_DAY * 7 if by == By.WEEK else key_of(key + ONE_DAY * 31, by)


def days_in_words(first: date, last: date) -> str:
    """Some days in a row, shortly: the year stands once where it is one."""
    if first == last:
        return date_format(first, "SHORT_DATE_FORMAT")
    formats = ("SHORT_DATE_FORMAT", "SHORT_DATE_FORMAT")
    if first.year == last.year:
        formats = (
            pgettext("date format of the first of some days in one year", "j M"),
            pgettext("date format of the last of some days in one year", "j M Y"),
        )
    days = {"first": date_format(first, formats[0]), "last": date_format(last, formats[1])}
    return _("%(first)s – %(last)s") % days
