"""`manage.py preview_calendar [--country CC | --firm GLOBAL_ID] [--close DATE]… [--work DATE]… [--since DATE]`."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError

from claims.calendar_preview import Compared, Whose, preview
from cpor_portal.accounts.models import CalendarException, DayKind, PartnerFirm
from cpor_portal.importing.places import countries

ROW = "{:<12}{:<16}{:<30}{:<28}{}"
YEARS = range(2000, 2101)


class Command(BaseCommand):
    """Show which deadlines would have another date under a calendar; nothing is ever written."""

    help = (
        "Show which running deadlines would be due on another date if these days were closed or worked; without "
        "--close and --work, by the calendar as it is in the table now. Writes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        whose = parser.add_mutually_exclusive_group()
        whose.add_argument("--country", type=_country, help="whoever follows this country, for example HU")
        whose.add_argument("--firm", type=_firm, help="this firm, by its global MPN ID; default: the review site")
        parser.add_argument("--close", type=_day, action="append", default=[], help="as if this day were closed")
        parser.add_argument("--work", type=_day, action="append", default=[], help="as if this day were worked")
        parser.add_argument("--since", type=_day, help="also deadlines that began since this day and have ended")

    def handle(self, *args: Any, **options: Any) -> None:
        if both := set(options["close"]) & set(options["work"]):
            raise CommandError(f"{min(both)} can not be closed and worked at once.")
        whose = Whose(options["firm"], options["country"] or "")
        proposed = [
            *_exceptions(whose, options["close"], DayKind.CLOSED),
            *_exceptions(whose, options["work"], DayKind.WORKED),
        ]
        self._write(preview(whose, proposed, options["since"]))

    def _write(self, compared: Iterable[Compared]) -> None:
        self.stdout.write(ROW.format("claim", "deadline", "calendar", "due as it stands", "due under this calendar"))
        seen = differing = 0
        for one in compared:
            seen += 1
            if one.differs:
                differing += 1
                self.stdout.write(_row(one))
        self.stdout.write(f"Deadlines with another date: {differing} of {seen}. Nothing was changed.")


def _row(one: Compared) -> str:
    deadline, calendar = one.deadline, one.calendar
    return ROW.format(
        deadline.claim.reference,
        deadline.kind,
        f"{calendar.country} {calendar.time_zone}",
        _local(deadline.due_at, deadline.calendar_zone),
        _local(one.would_be_due, calendar.time_zone),
    )


def _local(instant: datetime, zone: str) -> str:
    return instant.astimezone(ZoneInfo(zone)).isoformat(" ")


def _exceptions(whose: Whose, days: Iterable[date], kind: DayKind) -> list[CalendarException]:
    """What the days would be in the table; never stored."""
    return [CalendarException(firm=whose.firm, country=whose.country, day=day, kind=kind) for day in days]


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is not a date such as 2026-12-24") from error
    if day.year not in YEARS:
        raise ArgumentTypeError(f"{text!r} is not between the years {YEARS[0]} and {YEARS[-1]}")
    return day


def _country(text: str) -> str:
    if text.upper() not in countries():
        raise ArgumentTypeError(f"{text!r} is not a country code whose public holidays are known")
    return text.upper()


def _firm(text: str) -> PartnerFirm:
    firm = PartnerFirm.objects.filter(global_id=text).first()
    if firm is None:
        raise ArgumentTypeError(f"no firm has the global MPN ID {text!r}")
    return firm
