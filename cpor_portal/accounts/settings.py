"""What people choose for themselves: language, time zone, and how many mails they get."""

from functools import lru_cache
from zoneinfo import available_timezones

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cpor_portal.accounts.models import MailPace, User
from cpor_portal.faults import Refused

# Old names that the database of zones keeps for old programs; none of them is a place.
NOT_PLACES = ("Etc/", "SystemV/", "US/", "posix/", "right/")
UTC = "UTC"


def save_settings(*, by: User, mail_pace: str, language: str, time_zone: str) -> None:
    """Keep what the person chose for themselves.

    For everybody who is signed in, and for their own settings alone. Raises Refused, with the field, for a choice
    that there is not (code `unknown_choice`). Mails that are kept for a digest already are told in the next one, or
    silenced by it, as was chosen last.
    """
    _require("mail_pace", mail_pace in MailPace.values)
    _require("language", language in dict(settings.LANGUAGES))
    _require("time_zone", time_zone in time_zones() or time_zone == by.time_zone)
    by.mail_pace, by.language, by.time_zone = mail_pace, language, time_zone
    by.save(update_fields=["mail_pace", "language", "time_zone"])


def unsubscribe(*, person: User) -> None:
    """Send the person no more than what needs action, and rulings. For whoever holds a mail of theirs."""
    person.mail_pace = MailPace.NEEDS_ACTION
    person.save(update_fields=["mail_pace"])


@lru_cache(maxsize=1)
def time_zones() -> tuple[str, ...]:
    """The time zones that people can choose, by name: places, and UTC first."""
    places = (zone for zone in available_timezones() if "/" in zone and not zone.startswith(NOT_PLACES))
    return (UTC, *sorted(places))


def _require(field: str, is_known: bool) -> None:
    if not is_known:
        raise Refused("unknown_choice", _("There is no such choice."), field=field)
