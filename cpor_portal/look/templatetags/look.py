"""Template tags of the look: pills, icons, dates, error summaries. `templates/look/README.md` shows each."""

import datetime as dt
from collections.abc import Iterator
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import Choices
from django.forms import BaseForm
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpor_portal.look.icons import PATHS

register = template.Library()

# Django's own texts for these say "this field", which away from the field says nothing.
NAMELESS_CODES = frozenset({"required", "invalid", "invalid_choice", "max_length", "min_length", "empty", "missing"})
DATE_STYLES = {"": "DATE_FORMAT", "short": "SHORT_DATE_FORMAT"}
TIME_STYLES = {"": "DATETIME_FORMAT", "short": "SHORT_DATETIME_FORMAT"}


@cache
def _labels(model: str, field: str) -> dict[str, Any]:
    """The labels that the model itself gives its codes, so that they are written down once."""
    return dict(apps.get_model("claims", model)._meta.get_field(field).flatchoices)


def _pill(kind: str, code: object, model: str) -> SafeString:
    value = str(code.value) if isinstance(code, Choices) else str(code)
    label = _labels(model, kind).get(value, value)
    return format_html('<span class="pill pill-{0}" data-{1}="{0}">{2}</span>', value, kind, label)


@register.simple_tag
def status_pill(status: str) -> SafeString:
    """A claim's status: `<span class="pill pill-under_review" data-status="under_review">Under review</span>`."""
    return _pill("status", status, "Claim")


@register.simple_tag
def outcome_pill(outcome: str) -> SafeString:
    """The outcome of a product line, like `status_pill` with `data-outcome`."""
    return _pill("outcome", outcome, "ClaimLine")


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An inline SVG icon; decoration unless `label` names it. Raises KeyError for an unknown name."""
    named = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="icon" viewBox="0 0 16 16" width="16" height="16" focusable="false" {}><path d="{}"/></svg>',
        named,
        PATHS[name],
    )


def _zone_name(moment: dt.datetime) -> str:
    """The zone's usual short name, or its distance from UTC where it has none but digits."""
    name = moment.tzname() or ""
    return f"UTC{moment.isoformat()[-6:]}" if not name or name[0] in "+-" else name


def moment_in_words(moment: dt.datetime, style: str = "", zone: str | None = None) -> str:
    """An instant as plain text, for mails; `when` says what the arguments mean."""
    return _in_words(timezone.localtime(moment, ZoneInfo(zone) if zone else None), style)


def _in_words(local: dt.datetime, style: str) -> str:
    text, zone = date_format(local, TIME_STYLES[style]), _zone_name(local)
    return f"{text} {zone}" if style == "short" else f"{text} ({zone})"


@register.simple_tag
def when(moment: dt.datetime | None, style: str = "", zone: str | None = None) -> SafeString | str:
    """An instant in the reader's zone and language: "Monday 30 November 2026, 23:59 (PST)".

    `style="short"` is for tables: "30 Nov 2026, 23:59 PST". `zone` is another party's time zone, for a deadline
    that ends with that party's day. Nothing for None; a naive moment raises ValueError.
    """
    if moment is None:
        return ""
    local = timezone.localtime(moment, ZoneInfo(zone) if zone else None)
    written = local.isoformat(timespec="minutes")
    return format_html('<time datetime="{}">{}</time>', written, _in_words(local, style))


@register.simple_tag
def day(date: dt.date | None, style: str = "") -> SafeString | str:
    """A day in the reader's zone and language: "30 November 2026"; `style="short"`: "30 Nov 2026"."""
    if date is None:
        return ""
    local = timezone.localdate(date) if isinstance(date, dt.datetime) else date
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), date_format(local, DATE_STYLES[style]))


@register.inclusion_tag("look/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """Everything that is wrong with a form, on top of it, each entry linked to its field."""
    return {"entries": list(_entries(form)) if form.is_bound else []}


def _entries(form: BaseForm) -> Iterator[dict[str, str]]:
    for field, faults in form.errors.as_data().items():
        for fault in faults:
            yield from _lines(fault, form, field)


def _lines(fault: ValidationError, form: BaseForm, field: str) -> Iterator[dict[str, str]]:
    code = getattr(fault, "code", None) or ""
    label = str(form[field].label) if code in NAMELESS_CODES and field in form.fields else ""
    for text in fault.messages:
        yield {"text": text, "code": code, "label": label, "target": _target(form, field)}


def _target(form: BaseForm, field: str) -> str:
    """The id of the first control of the field; a group of boxes has none of its own."""
    if field not in form.fields:
        return ""
    bound = form[field]
    return bound.id_for_label or f"{bound.auto_id}_0"


@register.inclusion_tag("look/fault_box.html")
def fault_box(explanation: object) -> dict[str, Any]:
    """A refusal explained: what is wrong, who acts, the steps, and a message ready to send to the customer."""
    return {"explanation": explanation}


@register.filter
def initials(name: object) -> str:
    """The first letters of the first two words, for the disc beside a comment."""
    return "".join(word[0] for word in str(name).split()[:2]).upper()
