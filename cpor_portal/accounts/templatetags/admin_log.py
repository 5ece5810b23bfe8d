"""The values of a change, for the page "History" of Django's admin."""

from django import template
from django.contrib.admin.models import LogEntry
from django.utils.safestring import SafeString

from cpor_portal.accounts.admin_log import changes_listed

register = template.Library()


@register.filter
def values_changed(entry: LogEntry) -> SafeString:
    """Each field that was changed, with its value before and after."""
    return changes_listed(entry)
