"""Deadlines in the iCalendar format (RFC 5545), as calendar programs read them.

An event fills the day on which the time ends for whoever acts; the exact instant stands in its description, because a
program would otherwise show the end of a day in Seattle on the next morning in Budapest.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from icalendar import Calendar, Event, Timezone, TimezoneStandard, vDuration, vText

from claims import due
from claims.deadlines_shown import what_is_due, who_acts
from claims.models import Deadline
from claims.words import UNOWED_KINDS, DeadlineKind
from cpor_portal.working_days import local_day

PRODUCT = "-//CPOR portal//Deadlines//EN"
ONE_DAY = timedelta(days=1)
# How often a program may look again; none of the deadlines is shorter than a day.
LOOK_AGAIN = timedelta(hours=6)


def deadline_file(deadline: Deadline, now: datetime, *, is_partner: bool) -> bytes:
    """One deadline, to be taken into a calendar by hand; one that has ended says so, and goes away there.

    `now` (aware) stamps it; `is_partner` says whether the reader is of the claim's firm.
    """
    calendar = _calendar()
    calendar.add("METHOD", "PUBLISH")
    calendar.add_component(event_of(deadline, stamp=now, is_partner=is_partner))
    return bytes(calendar.to_ical())


def feed_file(name: str, deadlines: Iterable[Deadline]) -> bytes:
    """A firm's deadlines as a calendar called `name` that programs fetch again and again; no query of its own.

    What has ended is left out by the caller: a program that subscribes shows what the feed holds, and nothing else.
    While nothing changes the file is the same to the byte.
    """
    calendar = _calendar()
    calendar.add("X-WR-CALNAME", vText(name))
    calendar.add("NAME", vText(name))
    calendar.add("REFRESH-INTERVAL", vDuration(LOOK_AGAIN), parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", vDuration(LOOK_AGAIN))
    rows = list(deadlines)
    if not rows:
        # A calendar must hold something (RFC 5545, 3.6): a time zone is what no program shows to anybody.
        calendar.add_component(_no_event())
    for deadline in rows:
        # Without a METHOD the stamp is the last change of the entry (RFC 5545, 3.8.7.2).
        calendar.add_component(event_of(deadline, stamp=_changed_at(deadline), is_partner=True))
    return bytes(calendar.to_ical())


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    return calendar


def _no_event() -> Timezone:
    """The time zone UTC, always the same to the byte."""
    zone, standard = Timezone(), TimezoneStandard()
    zone.add("TZID", "Etc/UTC")
    standard.add("DTSTART", datetime(1970, 1, 1))  # noqa: DTZ001 - local time, as the format asks of a time zone
    standard.add("TZOFFSETFROM", timedelta())
    standard.add("TZOFFSETTO", timedelta())
    standard.add("TZNAME", "UTC")
    zone.add_component(standard)
    return zone


def event_of(deadline: Deadline, *, stamp: datetime, is_partner: bool) -> Event:
    """The event of one deadline, stamped with `stamp` (aware), in the active language; `deadline.claim` is read."""
    day = local_day(deadline.due_at, deadline.calendar_zone)
    event = Event()
    event.add("UID", f"deadline-{deadline.pk}@{urlsplit(settings.PORTAL_URL).hostname}")
    event.add("DTSTAMP", stamp)
    event.add("LAST-MODIFIED", _changed_at(deadline))
    event.add("SEQUENCE", _sequence(deadline))
    event.add("STATUS", "CANCELLED" if _has_ended(deadline) else "CONFIRMED")
    event.add("DTSTART", day)
    event.add("DTEND", day + ONE_DAY)
    event.add("TRANSP", "TRANSPARENT")  # a deadline does not make anybody busy
    event.add("SUMMARY", _summary(deadline, is_partner=is_partner))
    event.add("DESCRIPTION", _description(deadline, is_partner=is_partner))
    event.add("URL", settings.PORTAL_URL + reverse("claims:detail", args=[deadline.claim.reference]))
    return event


def _has_ended(deadline: Deadline) -> bool:
    return deadline.met_at is not None or deadline.cancelled_at is not None


def _changed_at(deadline: Deadline) -> datetime:
    instants = (_moved_at(deadline), deadline.breached_at, deadline.met_at, deadline.cancelled_at)
    return max(instant for instant in instants if instant is not None)


def _moved_at(deadline: Deadline) -> datetime:
    """When its date was set last: a draft's with each edit, and when its warning went out, which may have been late."""
    if deadline.kind == DeadlineKind.DRAFT_EXPIRY and deadline.reminded_at:
        return max(deadline.started_at, deadline.reminded_at)
    return deadline.started_at


def _sequence(deadline: Deadline) -> int:
    """Grows with every change that a calendar shows. A draft's date moves, the others never."""
    moved = 0
    if deadline.kind == DeadlineKind.DRAFT_EXPIRY:
        moved = max(0, int((_moved_at(deadline) - deadline.claim.created_at).total_seconds()))
    return moved + _is_missed(deadline) + _has_ended(deadline)


def _is_missed(deadline: Deadline) -> bool:
    """Whether what was owed was not done in time; a window that ran out was missed by nobody."""
    return deadline.breached_at is not None and deadline.kind not in UNOWED_KINDS


def _summary(deadline: Deadline, *, is_partner: bool) -> str:
    if _is_missed(deadline):
        text = pgettext("entry in a calendar", "Missed – %(what)s: %(customer)s (%(reference)s)")
    else:
        text = pgettext("entry in a calendar", "%(what)s: %(customer)s (%(reference)s)")
    return text % {
        "what": what_is_due(deadline, is_partner=is_partner),
        "customer": deadline.claim.customer_display_name or _("New claim"),
        "reference": deadline.claim.reference,
    }


def _description(deadline: Deadline, *, is_partner: bool) -> str:
    there = localtime(deadline.due_at, ZoneInfo(deadline.calendar_zone))
    facts = {
        "who": who_acts(deadline, is_partner=is_partner),
        "instant": date_format(there, "DATETIME_FORMAT"),
        "zone": deadline.calendar_zone,
    }
    lines = [
        _("Who acts: %(who)s") % facts,
        _("By when: %(instant)s (%(zone)s)") % facts,
        due.why(deadline, is_partner=is_partner),
    ]
    return "\n".join(lines)
