"""Filters for the templates of mails, which exist as text and as HTML."""

from datetime import datetime

from django import template
from django.utils.html import strip_tags

from cpor_portal.look.templatetags.look import when
from cpor_portal.notifications import outbox

register = template.Library()


@register.filter
def moment(instant: datetime, zone: str = "") -> str:
    """An instant in the recipient's language, as on the pages: "Monday 30 November 2026, 23:59 (PST)".

    In the recipient's own time zone, or in `zone`: a deadline reads as the day in the calendar it was counted in.
    """
    return strip_tags(when(instant, "", zone))


@register.filter
def one_line(text: object) -> str:
    """A name on one line, without hidden characters."""
    return outbox.one_line(text)


@register.filter
def indented(text: str) -> str:
    """A person's own words, set off from the portal's in a text mail."""
    return "\n".join(f"    {line}".rstrip() for line in text.strip().splitlines())
