"""The calendar page: what is due in a firm, and which days ahead do not count, for the firm and for Microsoft."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from claims.deadlines_shown import ShownDeadline, is_over, shown_deadline
from claims.holiday_names import holiday_name
from claims.models import Claim
from claims.permissions import deadlines_of_firm
from cpor_portal.accounts.calendars import firm_calendar, review_calendar
from cpor_portal.accounts.models import CalendarException, PartnerFirm
from cpor_portal.working_days import ONE_DAY, SkipReason, WorkCalendar, end_of_day, explain, local_day

DAYS_AHEAD = 60


@dataclass(frozen=True)
class Entry:
    """A deadline that runs, and the claim that it is about."""

    claim: Claim
    deadline: ShownDeadline


@dataclass(frozen=True)
class SpecialDay:
    """A day that is off, or a weekend day or holiday that is worked."""

    day: date
    text: str
    is_worked: bool = False


@dataclass(frozen=True)
class Agenda:
    """What the page shows of a firm."""

    entries: list[Entry]
    own_days: list[SpecialDay]
    review_days: list[SpecialDay]


def agenda_of(firm: PartnerFirm, now: datetime) -> Agenda:
    """The firm's agenda at `now` (aware), for its own people. Four queries, however much is due."""
    running = [row for row in deadlines_of_firm(firm) if not is_over(row, now)]
    return Agenda(
        entries=[Entry(row.claim, shown_deadline(row, now, is_partner=True)) for row in running],
        own_days=special_days(firm_calendar(firm), now, reasons=_reasons(firm, now)),
        review_days=special_days(review_calendar(), now),
    )


def special_days(
    calendar: WorkCalendar, now: datetime, *, reasons: Mapping[date, str] | None = None
) -> list[SpecialDay]:
    """Holidays, closures and worked days of a calendar, from today there (`now` aware) for 60 days; no plain weekends.

    `reasons` say why a day was closed or is worked, where the reader may know it.
    """
    told, today = reasons or {}, local_day(now, calendar.time_zone)
    # Every day after yesterday up to the last one, explained: how many days are owed does not matter here.
    yesterday = end_of_day(today - ONE_DAY, calendar.time_zone)
    last = end_of_day(today + timedelta(days=DAYS_AHEAD), calendar.time_zone)
    days = explain(yesterday, 1, calendar, last, language=get_language() or "en")
    off = [
        SpecialDay(day.day, _off(day.name, day.worked_instead, told.get(day.day, "")))
        for day in days.skipped
        if day.reason is not SkipReason.WEEKEND
    ]
    worked = [
        SpecialDay(day.day, _worked(told.get(day.day, "")), is_worked=True)
        for day in days.counted
        if day.on_weekend or day.day in calendar.extra_working_days
    ]
    return sorted([*off, *worked], key=lambda special: special.day)


def _off(name: str, worked_instead: date | None, reason: str) -> str:
    if worked_instead:
        return _("Day off that is worked on %(day)s") % {"day": date_format(worked_instead, "DATE_FORMAT")}
    if name:
        return holiday_name(name)
    return _("Closed: %(reason)s") % {"reason": reason} if reason else _("Closed")


def _worked(reason: str) -> str:
    return _("Working day: %(reason)s") % {"reason": reason} if reason else _("Working day")


def _reasons(firm: PartnerFirm, now: datetime) -> dict[date, str]:
    """Why the firm's own days, and its country's, depart from the holidays; the firm's own word comes last."""
    concerned = Q(firm=firm) | Q(firm=None, country=firm.country)
    rows: Iterable[CalendarException] = CalendarException.objects.filter(
        concerned, day__gte=local_day(now, firm.time_zone), day__lte=now.date() + timedelta(days=DAYS_AHEAD + 1)
    )
    return {row.day: row.reason for row in sorted(rows, key=lambda row: row.firm_id is not None)}
