"""A deadline in words: how far off it is, and why it falls on that date (domain.md, "Clocks").

A deadline ends with a day of whoever owes it, so its day is told in that party's time zone: the end of 30 November
in Seattle is called that in Budapest too, where the clock shows the next morning. Pages, mails and calendar files all
take the reasons from here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import BooleanField, Case, Exists, OuterRef, Q, Subquery, When
from django.utils.formats import date_format
from django.utils.timezone import localdate, localtime
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from claims import clock
from claims.countries import country_name
from claims.holiday_names import holiday_name
from claims.models import Deadline
from claims.models.history import DeadlineParty, DeadlineQuerySet
from claims.words import DeadlineKind
from cpor_portal.working_days import (
    CountedDay,
    Explanation,
    SkippedDay,
    SkipReason,
    WorkCalendar,
    end_of_day,
    explain,
    local_day,
)


@dataclass(frozen=True)
class Dates:
    """The dates of a deadline by their values, so that what is said of them is put into words once for all who
    share them: a sweep tells thousands of the same date.
    """

    kind: DeadlineKind
    party: str
    days: int
    first_day: date
    """Day 0: the day of the event, in the calendar's time zone."""
    at: datetime
    """When it is due (aware, UTC)."""
    calendar: WorkCalendar

    @classmethod
    def of(cls, deadline: Deadline) -> Self:
        """The dates of a deadline, in its calendar as it stood when the time began."""
        calendar = clock.calendar_as_it_was(deadline)
        first_day = local_day(deadline.started_at, calendar.time_zone)
        return cls(DeadlineKind(deadline.kind), deadline.party, deadline.days, first_day, deadline.due_at, calendar)

    @property
    def zone(self) -> str:
        """The time zone of the calendar in which its days were counted."""
        return self.calendar.time_zone

    @property
    def last_day(self) -> date:
        """The day with which the time ends, in the calendar's time zone."""
        return local_day(self.at, self.zone)


def owners_zone() -> Subquery:
    """For a queryset of claims: the time zone of whoever owes what is due first; NULL where nothing is owed."""
    owed = Deadline.objects.owed().filter(claim=OuterRef("pk")).order_by("due_at", "id")
    return Subquery(owed.values("calendar_zone")[:1])


def is_breached() -> Exists:
    """For a queryset of claims: whether the deadline that runs was enforced as missed, whatever the clock says."""
    return Exists(Deadline.objects.owed().filter(claim=OuterRef("pk"), breached_at__isnull=False))


def _next() -> DeadlineQuerySet:
    """Of the claim outside: what is owed first; a correction, which holds nothing up, only where nothing else is."""
    is_correction = Q(kind=DeadlineKind.CORRECTION)
    owed = Deadline.objects.owed().filter(claim=OuterRef("pk"))
    return owed.order_by(Case(When(is_correction, then=1), default=0), "due_at", "id")


def next_due() -> Case:
    """For a queryset of claims, as their firm reads them: when what is owed next is due; NULL where nothing is owed."""
    return Case(When(correction_asked_at=None, then="due_at"), default=Subquery(_next().values("due_at")[:1]))


def zone_of_next_due() -> Subquery:
    """The same: the time zone of whoever owes it."""
    return Subquery(_next().values("calendar_zone")[:1])


def is_next_breached() -> Subquery:
    """The same: whether it was enforced as missed, whatever the clock says; NULL where nothing is owed."""
    missed = Case(When(breached_at__isnull=False, then=True), default=False, output_field=BooleanField())
    return Subquery(_next().annotate(is_missed=missed).values("is_missed")[:1])


def is_elsewhere(due_at: datetime, zone: str) -> bool:
    """Whether the reader's clock shows another time than that of whoever owes the deadline, in `zone`."""
    return localtime(due_at).utcoffset() != localtime(due_at, ZoneInfo(zone)).utcoffset()


def in_words(due_at: datetime, now: datetime, zone: str | None, *, breached: bool = False) -> str:
    """How many days of its owner a deadline is off: "due in 3 days", "2 days overdue".

    `zone` is the owner's time zone, None for the active one; both instants are aware. What was enforced as missed
    (`breached`) is overdue even where the clock has not come that far.
    """
    there = ZoneInfo(zone) if zone else None
    days = (localdate(due_at, there) - localdate(now, there)).days
    if now > due_at:
        return _late(-days)
    if breached:
        return _("overdue")
    if days == 0:
        return _("due today")
    if days == 1:
        return _("due tomorrow")
    return ngettext("due in %(days)d day", "due in %(days)d days", days) % {"days": days}


def _late(days: int) -> str:
    if days == 0:
        return _("overdue since today")
    return ngettext("%(days)d day overdue", "%(days)d days overdue", days) % {"days": days}


def why(deadline: Deadline, *, is_partner: bool) -> str:
    """Why the deadline falls on its date, in whole sentences: whose calendar, from when, what was not counted.

    `is_partner` says whether the reader is of the claim's firm, whose calendar is then "your firm's".
    """
    return why_dates(Dates.of(deadline), is_partner=is_partner)


def why_dates(dates: Dates, *, is_partner: bool) -> str:
    """The same of dates that were read before; in the active language."""
    return _why(dates, is_partner, get_language() or settings.LANGUAGE_CODE)


@lru_cache(maxsize=4096)
def _why(dates: Dates, is_partner: bool, language: str) -> str:
    """In the active language, which `language` names."""
    if dates.last_day <= dates.first_day:
        return _fixed()  # a date on or before the day of its event came from no calendar: there are no days to tell
    if clock.RULES[dates.kind].unit == clock.Unit.CALENDAR:
        return _window(dates, is_partner=is_partner)
    told = explain(end_of_day(dates.first_day, dates.zone), dates.days, dates.calendar, dates.at, language=language)
    sentences = [
        _counted(dates.party, told, is_partner=is_partner),
        *_left_out(told.skipped),
        *_worked(told.counted, told.calendar),
    ]
    if not told.follows_calendar:
        sentences.append(_the_same_for_all() if dates.kind == DeadlineKind.EVIDENCE else _fixed())
    return " ".join(sentences)


def _the_same_for_all() -> str:
    return _("All sides have the same time: the date is the latest that their calendars give.")


def _fixed() -> str:
    return _("The date was fixed when the time began; later changes of the calendar do not move it.")


def _window(dates: Dates, *, is_partner: bool) -> str:
    """A window and the end of a draft count every day of the calendar, weekends and holidays too."""
    facts = {"days": dates.days, "start": _day(dates.first_day), "zone": dates.zone}
    if dates.kind == DeadlineKind.CUSTOMER_WINDOW:
        sentence = ngettext(
            "One calendar day is counted after %(start)s, when the customer was told, in the time zone of Microsoft's"
            " review site (%(zone)s); the time ends with it.",
            "%(days)d calendar days are counted after %(start)s, when the customer was told, in the time zone of"
            " Microsoft's review site (%(zone)s); the time ends with the last of them.",
            dates.days,
        )
    elif dates.kind == DeadlineKind.DRAFT_EXPIRY:
        sentence = ngettext(
            "A draft that nobody edits for one day is deleted. This one was last edited on %(start)s (time zone"
            " %(zone)s); each edit lets the time begin anew.",
            "A draft that nobody edits for %(days)d days is deleted. This one was last edited on %(start)s (time zone"
            " %(zone)s); each edit lets the time begin anew.",
            dates.days,
        )
    elif is_partner:
        sentence = ngettext(
            "One calendar day is counted after the decision of %(start)s, in your firm's time zone (%(zone)s); the"
            " time ends with it.",
            "%(days)d calendar days are counted after the decision of %(start)s, in your firm's time zone (%(zone)s);"
            " the time ends with the last of them.",
            dates.days,
        )
    else:
        sentence = ngettext(
            "One calendar day is counted after the decision of %(start)s, in the partner firm's time zone (%(zone)s);"
            " the time ends with it.",
            "%(days)d calendar days are counted after the decision of %(start)s, in the partner firm's time zone"
            " (%(zone)s); the time ends with the last of them.",
            dates.days,
        )
    told = sentence % facts
    return f"{told} {_moved()}" if dates.kind == DeadlineKind.DRAFT_EXPIRY and _is_moved(dates) else told


def _is_moved(dates: Dates) -> bool:
    """Whether the date is a later one than was counted: a draft's, when its warning came late."""
    return dates.last_day > dates.first_day + timedelta(days=dates.days)


def _moved() -> str:
    return ngettext(
        "The warning went out late, so the date was moved: nothing is deleted sooner than one day after it.",
        "The warning went out late, so the date was moved: nothing is deleted sooner than %(days)d days after it.",
        settings.DRAFT_WARNING_DAYS,
    ) % {"days": settings.DRAFT_WARNING_DAYS}


def _counted(party: str, told: Explanation, *, is_partner: bool) -> str:
    facts = {
        "days": told.days,
        "start": _day(told.day_zero),
        "country": country_name(told.calendar.country),
        "zone": told.calendar.time_zone,
    }
    if party == DeadlineParty.MICROSOFT:
        sentence = ngettext(
            "One business day is counted after %(start)s, in the calendar of Microsoft's review site (%(country)s,"
            " time zone %(zone)s); the time ends with it.",
            "%(days)d business days are counted after %(start)s, in the calendar of Microsoft's review site"
            " (%(country)s, time zone %(zone)s); the time ends with the last of them.",
            told.days,
        )
    elif is_partner:
        sentence = ngettext(
            "One business day is counted after %(start)s, in your firm's calendar (%(country)s, time zone"
            " %(zone)s); the time ends with it.",
            "%(days)d business days are counted after %(start)s, in your firm's calendar (%(country)s, time zone"
            " %(zone)s); the time ends with the last of them.",
            told.days,
        )
    else:
        sentence = ngettext(
            "One business day is counted after %(start)s, in the partner firm's calendar (%(country)s, time zone"
            " %(zone)s); the time ends with it.",
            "%(days)d business days are counted after %(start)s, in the partner firm's calendar (%(country)s, time zone"
            " %(zone)s); the time ends with the last of them.",
            told.days,
        )
    return sentence % facts


def _left_out(skipped: Iterable[SkippedDay]) -> list[str]:
    days = list(skipped)
    named = [_named(day) for day in days if day.reason is not SkipReason.WEEKEND]
    sentences = []
    if len(named) < len(days):
        sentences.append(_("Weekends are not counted."))
    if named:
        sentences.append(_("These days off are not counted: %(days)s.") % {"days": "; ".join(named)})
    return sentences


def _named(day: SkippedDay) -> str:
    facts = {"day": _day(day.day), "name": holiday_name(day.name)}
    if day.reason is SkipReason.REST_DAY and day.worked_instead:
        return _("%(day)s (a day off that is worked on %(other)s)") % {**facts, "other": _day(day.worked_instead)}
    if day.reason is SkipReason.CLOSURE:
        return _("%(day)s (closed)") % facts
    return _("%(day)s (%(name)s)") % facts if day.name else facts["day"]


def _worked(counted: Iterable[CountedDay], calendar: WorkCalendar) -> list[str]:
    sentences = []
    for day in counted:
        if day.on_weekend:
            sentence = _("%(day)s is a working day there, although it falls on a weekend.")
        elif day.day in calendar.extra_working_days:
            sentence = _("%(day)s is a working day there, although it would otherwise be a day off.")
        else:
            continue
        sentences.append(sentence % {"day": _day(day.day)})
    return sentences


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")
