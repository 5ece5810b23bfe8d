"""Keys in templates: `{% key "approve" %}` on what they press, `{% kbd "approve" %}` beside it, and a page's list."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from arbitration.keys import KEYS, Page, keys_on

register = template.Library()


@register.simple_tag
def key(name: str) -> SafeString:
    """The attributes that let a key press this element. Raises KeyError for a name that is not in the table."""
    presses = " ".join(KEYS[name].presses)
    return format_html('data-key="{}" aria-keyshortcuts="{}"', presses, presses.replace("Ctrl+", "Control+"))


@register.simple_tag
def kbd(name: str) -> SafeString:
    """The key beside its button, shown only where scripts listen to it; the button itself tells screen readers."""
    return format_html('<kbd class="key" aria-hidden="true">{}</kbd>', KEYS[name].pressed[0])


@register.inclusion_tag("arbitration/parts/keys.html")
def key_list(page: str) -> dict[str, Any]:
    """The list of a page's keys, and the button that opens it."""
    return {"keys": keys_on(Page(page))}
