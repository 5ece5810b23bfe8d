"""Filters for the templates of mails, which exist as text and as HTML."""

from datetime import datetime
from functools import lru_cache

from django import template
from django.conf import settings
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language

from cpor_portal.look.templatetags.look import moment_in_words
from cpor_portal.notifications import outbox

register = template.Library()


@register.filter
def moment(instant: datetime, zone: str = "") -> str:
    """An instant in the recipient's language, as on the pages: "Monday 30 November 2026, 23:59 (PST)".

    In the recipient's own time zone, or in `zone`: a deadline reads as the day in the calendar it was counted in.
    """
    return _moment(instant, zone or get_current_timezone_name(), get_language() or settings.LANGUAGE_CODE)


@lru_cache(maxsize=4096)
def _moment(instant: datetime, zone: str, language: str) -> str:
    """In the active language, which `language` names: a sweep writes the same dates into thousands of mails."""
    return moment_in_words(instant, zone=zone)


@register.filter
def one_line(text: object) -> str:
    """A name on one line, without hidden characters."""
    return outbox.one_line(text)


@register.filter
def indented(text: str) -> str:
    """A person's own words, set off from the portal's in a text mail."""
    return "\n".join(f"    {line}".rstrip() for line in text.strip().splitlines())
