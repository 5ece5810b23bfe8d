"""Whose business days are whose: calendars made of a country's public holidays and the table of exceptions.

Everything that counts business days asks here (domain.md, "Clocks"); the arithmetic is in `working_days`. An
exception of one's own, the firm's or the review site's, wins over the country's for the same day.
"""

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from cpor_portal.accounts.models import CalendarException, DayKind, PartnerFirm
from cpor_portal.importing.places import usual_time_zone
from cpor_portal.working_days import WorkCalendar, is_working_day, local_day


def review_calendar(proposed: Iterable[CalendarException] = ()) -> WorkCalendar:
    """The business days of Microsoft's review site, as the table has them now. One query.

    `proposed` are exceptions that are not in the table: they count as if they were, in place of those that stand
    there for the same calendar and day; those of other calendars are passed over. Raises `UnknownCalendar` for a
    country or time zone that no calendar can be kept of.
    """
    stored = CalendarException.objects.filter(firm__isnull=True, country__in=("", settings.REVIEW_COUNTRY))
    concerned = (row for row in proposed if row.firm_id is None and row.country in ("", settings.REVIEW_COUNTRY))
    return _calendar(settings.REVIEW_COUNTRY, settings.REVIEW_TIME_ZONE, [*stored, *concerned])


def firm_calendar(firm: PartnerFirm, proposed: Iterable[CalendarException] = ()) -> WorkCalendar:
    """The business days of a partner firm: its country, its time zone, its own exceptions. One query.

    `proposed` as in `review_calendar`. Raises `UnknownCalendar` for a country or time zone that no calendar can be
    kept of.
    """
    stored = CalendarException.objects.filter(Q(firm=firm) | Q(firm__isnull=True, country=firm.country))
    concerned = (row for row in proposed if (row.firm_id or row.country) in (firm.pk, firm.country))
    return _calendar(firm.country, firm.time_zone, [*stored, *concerned])


def has_begun(exception: CalendarException) -> bool:
    """Whether the exception's day has begun for anybody whose calendar it stands in: it then stays as it is.

    What was counted stays counted; only days from tomorrow on can still be made working days or days off.
    """
    now = timezone.now()
    return exception.day <= max(local_day(now, zone) for zone in _zones(exception))


def is_worked_anyway(exception: CalendarException) -> bool:
    """Whether the exception's day is a business day without it: by public holidays, and by what the table says of
    the whole country. An exception that says no other is pointless."""
    country = exception.firm.country if exception.firm else exception.country or settings.REVIEW_COUNTRY
    calendar = WorkCalendar(country, "UTC")  # whether a date is a holiday is the same in all of a country's zones
    if exception.country:
        return is_working_day(exception.day, calendar)
    everybodys = CalendarException.objects.filter(firm__isnull=True, country=country, day=exception.day).first()
    return everybodys.kind == DayKind.WORKED if everybodys else is_working_day(exception.day, calendar)


def _zones(exception: CalendarException) -> set[str]:
    """The time zones in which the exception's calendar is kept; for a country, those of all who follow it."""
    if exception.firm:
        return {exception.firm.time_zone}
    if not exception.country:
        return {settings.REVIEW_TIME_ZONE}
    zones = set(PartnerFirm.objects.filter(country=exception.country).values_list("time_zone", flat=True).distinct())
    if exception.country == settings.REVIEW_COUNTRY:
        zones.add(settings.REVIEW_TIME_ZONE)
    return zones or {usual_time_zone(exception.country)}


def _calendar(country: str, time_zone: str, exceptions: Iterable[CalendarException]) -> WorkCalendar:
    """Each day has one kind, the last that is said of it: the country's come first, one's own after them."""
    said = {row.day: row.kind for row in sorted(exceptions, key=lambda row: row.country == "")}
    return WorkCalendar(
        country,
        time_zone,
        closures=frozenset(day for day, kind in said.items() if kind == DayKind.CLOSED),
        extra_working_days=frozenset(day for day, kind in said.items() if kind == DayKind.WORKED),
    )
