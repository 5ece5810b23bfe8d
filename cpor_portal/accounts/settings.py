"""What people choose for themselves: language, time zone, and how many mails they get."""

from collections.abc import Container
from functools import lru_cache
from importlib.resources import files

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cpor_portal.accounts.models import MailPace, User
from cpor_portal.faults import Refused, Text

UTC = "UTC"


def save_settings(
    *, by: User, mail_pace: str | None = None, language: str | None = None, time_zone: str | None = None
) -> None:
    """Keep what the person chose for themselves; what is None stays as it is.

    For everybody who is signed in, and for their own settings alone. Raises Refused, with the field, for a choice
    that there is not (code `unknown_choice`). Mails that are kept for a digest already are told in the next one, or
    silenced by it, as was chosen last.
    """
    given = {"mail_pace": mail_pace, "language": language, "time_zone": time_zone}
    chosen = {field: value for field, value in given.items() if value is not None}
    for field, value in chosen.items():
        if value not in _choices(field, by):
            raise Refused("unknown_choice", REFUSALS[field], field=field)
    for field, value in chosen.items():
        setattr(by, field, value)
    by.save(update_fields=list(chosen))


def unsubscribe(*, person: User) -> None:
    """Send the person no more than what needs action, and rulings. For whoever holds a mail of theirs."""
    person.mail_pace = MailPace.NEEDS_ACTION
    person.save(update_fields=["mail_pace"])


@lru_cache(maxsize=1)
def time_zones() -> tuple[str, ...]:
    """The time zones that people can choose, by name: UTC first, then the places that the database of zones names
    for the countries of the world (zone.tab). Its older names for the same places are not offered.
    """
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return (UTC, *sorted(row[2] for row in rows))


REFUSALS: dict[str, Text] = {
    "mail_pace": _("Choose one of the three ways in which mails can come."),
    "language": _("Choose one of the languages in the list."),
    "time_zone": _("Choose a time zone from the list."),
}


def _choices(field: str, by: User) -> Container[str]:
    """What the person can choose; whoever has an older name of a time zone from an import can keep it."""
    if field == "mail_pace":
        return MailPace.values
    return dict(settings.LANGUAGES) if field == "language" else (*time_zones(), by.time_zone)
