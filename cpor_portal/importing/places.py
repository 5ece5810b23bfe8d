"""Countries and time zones as import files may name them; the tables are those of the libraries."""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import holidays
from babel import Locale
from babel.core import get_global


@cache
def countries() -> frozenset[str]:
    """ISO 3166-1 alpha-2 codes in capitals, each with a calendar of public holidays (and Kosovo's XK).

    The locale table also holds groups such as EU, the calendars also aliases such as UK: a country is in both.
    """
    return frozenset(Locale("en").territories) & frozenset(holidays.list_supported_countries())


@cache
def time_zones() -> frozenset[str]:
    """The IANA names that this machine can work with."""
    return frozenset(available_timezones())


@cache
def usual_time_zone(country: str) -> str:
    """The time zone of a country that keeps one time everywhere; UTC where nobody can tell without asking."""
    zones = sorted(zone for zone, place in get_global("zone_territories").items() if place == country)
    known = [zone for zone in zones if zone in time_zones()]
    return known[0] if known and len({_clock(zone) for zone in known}) == 1 else "UTC"


def _clock(zone: str) -> tuple[object, ...]:
    """The offsets of winter and summer, which tell a country's times apart."""
    days = (datetime(2026, month, 15, tzinfo=UTC) for month in (1, 7))
    return tuple(day.astimezone(ZoneInfo(zone)).utcoffset() for day in days)
