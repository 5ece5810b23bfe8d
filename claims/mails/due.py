"""A deadline as a mail tells it: when, and why that date, in the words of the pages (`claims.due`)."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.timezone import get_current_timezone, get_current_timezone_name
from django.utils.translation import get_language

from claims.due import Dates, why_dates
from claims.models.history import DeadlineParty


@dataclass(frozen=True)
class Due(Dates):
    """The dates of a deadline for its readers. What depends on the language comes while a mail is rendered."""

    is_partner: bool = False
    """Whether the readers are of the claim's firm, whose calendar is then "your firm's"."""

    @property
    def is_microsofts(self) -> bool:
        """Whether Microsoft owes it."""
        return self.party == DeadlineParty.MICROSOFT

    @property
    def own_time(self) -> datetime | None:
        """The same instant, for a recipient whose clock shows another time than that calendar's; else None."""
        there, here = (self.at.astimezone(zone).utcoffset() for zone in (ZoneInfo(self.zone), get_current_timezone()))
        return None if there == here else self.at

    @property
    def why(self) -> str:
        """Why that date, in whole sentences."""
        return why_dates(self, is_partner=self.is_partner)

    @property
    def why_text(self) -> str:
        """Why that date, and when that is for the reader, for the text of a mail."""
        return _part("txt", self, _language(), get_current_timezone_name())

    @property
    def why_html(self) -> str:
        """The same for its HTML."""
        return _part("html", self, _language(), get_current_timezone_name())


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


@lru_cache(maxsize=2048)
def _part(name: str, due: Due, language: str, zone: str) -> str:
    """The template in the active language and time zone, which `language` and `zone` name."""
    return render_to_string(f"mail/parts/why.{name}", {"due": due})
