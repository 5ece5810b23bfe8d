"""Fields and widgets that the forms of Microsoft's side share."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise

Words = str | Promise


class Switch(forms.CheckboxInput):
    """A checkbox that an address can also turn off: `?mine=0` is off, as people expect."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """True for 1, on, true and yes."""
        return str(data.get(name, "")).lower() in {"1", "on", "true", "yes"}


class Codes(forms.MultipleChoiceField):
    """Boxes whose values the act judges: it knows the codes, and refuses in the domain's words."""

    def valid_value(self, value: str) -> bool:
        """Lets every text through."""
        return True


class Lines(forms.TypedMultipleChoiceField):
    """Line ids. Which of them can still be acted on is the act's to say: an old one is a conflict, not a slip."""

    def valid_value(self, value: str) -> bool:
        """Lets every number through."""
        return value.isascii() and value.isdigit() and len(value) <= 18
