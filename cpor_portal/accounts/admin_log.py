"""What was changed in Django's admin: each change is kept with what stood there before and what stands there now.

It is Django's own log (LogEntry), which nobody can change or delete there. Beside Django's words each entry has the
values of the fields, so that a correction can be understood, and taken back, long afterwards.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.contrib import admin
from django.contrib.admin.models import DELETION, LogEntry
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.db.models import Model
from django.forms import Form
from django.forms.models import model_to_dict
from django.http import HttpRequest
from django.urls import NoReverseMatch
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

M = TypeVar("M", bound=Model)
VALUES = "values"
NOTHING = "–"


@dataclass(frozen=True)
class Change:
    """One field of one change, as people read it."""

    label: str
    before: str
    after: str


class LoggedAdmin(admin.ModelAdmin[M]):
    """Every change is in the log with the values before and after it, also those of what was added or deleted."""

    def construct_change_message(
        self, request: HttpRequest, form: Form, formsets: Iterable[Any], add: bool = False
    ) -> list[dict[str, Any]]:
        """Django's words for the log, and the values beside them."""
        message: Any = super().construct_change_message(request, form, formsets, add)
        if form.changed_data and message:
            message[0][VALUES] = [
                _value(name, None if add else form.initial.get(name), form.cleaned_data.get(name))
                for name in form.changed_data
            ]
        return list(message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> list[LogEntry]:
        """What was deleted is kept with all that stood there."""
        return [entry for one in queryset for entry in _log_deletion(request, one)]


def _log_deletion(request: HttpRequest, one: Model) -> list[LogEntry]:
    kept = model_to_dict(one, fields=[field.name for field in one._meta.fields if field.editable])
    said = {"deleted": {"name": str(one._meta.verbose_name), "object": str(one)}}
    message = [{**said, VALUES: [_value(name, value, None) for name, value in kept.items() if name != "id"]}]
    entries: Any = LogEntry.objects.log_actions(_who(request), [one], DELETION, change_message=message)
    return entries if isinstance(entries, list) else [entries] if entries else []


def _who(request: HttpRequest) -> int:
    if request.user.pk is None:
        raise PermissionDenied
    return request.user.pk


def _value(name: str, before: Any, after: Any) -> dict[str, Any]:
    return {"field": name, "before": _plain(before), "after": _plain(after)}


def _plain(value: Any) -> str | bool | int | None:
    """A value as it can stand in the log: codes as codes, days as the calendar writes them, others' rows by name."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)


def changes_in(entry: LogEntry) -> list[Change]:
    """The fields of an entry with their values before and after; none where the entry does not have them."""
    try:
        parts = json.loads(entry.change_message or "[]")
    except json.JSONDecodeError:
        return []
    model = entry.content_type.model_class() if entry.content_type else None
    told = [value for part in parts if isinstance(part, dict) for value in part.get(VALUES, ())]
    return [_change(model, value) for value in told]


def _change(model: type[Model] | None, value: dict[str, Any]) -> Change:
    try:
        field: Any = model._meta.get_field(value["field"]) if model else None
    except FieldDoesNotExist:
        field = None
    labels = dict(field.flatchoices) if field is not None and getattr(field, "choices", None) else {}
    label = str(field.verbose_name) if field is not None else value["field"]
    return Change(label, _written(value["before"], labels), _written(value["after"], labels))


def _written(value: Any, labels: dict[Any, Any]) -> str:
    if isinstance(value, bool):
        return pgettext("a box that is ticked", "yes") if value else pgettext("a box that is not ticked", "no")
    if value is None or value == "":
        return NOTHING
    return str(labels.get(value, value))


def changes_listed(entry: LogEntry) -> SafeString:
    """The changes of an entry as a list for the admin's pages; nothing where there are none."""
    rows: Sequence[tuple[str, str, str]] = [(one.label, one.before, one.after) for one in changes_in(entry)]
    if not rows:
        return SafeString("")
    lines = format_html_join("", "<li>{}: <del>{}</del> → <ins>{}</ins></li>", rows)
    return format_html('<ul class="changes">{}</ul>', lines)


@admin.register(LogEntry)
class LogEntryAdmin(admin.ModelAdmin[LogEntry]):
    """Everything that was changed here, by whom and when; to be read alone."""

    list_display = ("at", "user", "kind", "what", "told")
    list_display_links = None
    list_filter = ("action_flag", ("content_type", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("user", "content_type")
    search_fields = ("object_repr", "user__email", "user__name")
    date_hierarchy = "action_time"
    ordering = ("-action_time", "-id")
    list_per_page = 50
    show_full_result_count = False
    actions = None

    @admin.display(description=gettext_lazy("when"), ordering="action_time")
    def at(self, entry: LogEntry) -> str:
        """When, in the reader's time zone."""
        return date_format(localtime(entry.action_time), "DATETIME_FORMAT")

    @admin.display(description=gettext_lazy("kind of record"))
    def kind(self, entry: LogEntry) -> str:
        """Of which kind the record is."""
        return str(entry.content_type.name) if entry.content_type else ""

    @admin.display(description=gettext_lazy("record"))
    def what(self, entry: LogEntry) -> str | SafeString:
        """The record, with the way to it as long as it is there."""
        try:
            address = entry.get_admin_url() if entry.action_flag != DELETION else None
        except NoReverseMatch:
            address = None
        return format_html('<a href="{}">{}</a>', address, entry.object_repr) if address else entry.object_repr

    @admin.display(description=gettext_lazy("change"))
    def told(self, entry: LogEntry) -> SafeString:
        """What was changed: Django's words, and each value before and after."""
        return format_html("{} {}", entry.get_change_message() or _("Deleted."), changes_listed(entry))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The log writes itself."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: LogEntry | None = None) -> bool:
        """What was done was done."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: LogEntry | None = None) -> bool:
        """What was done was done."""
        return False
