"""Fields and widgets that the forms of Microsoft's side share."""

from collections.abc import Mapping, Sequence
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


def sent_again(form: forms.Form, *more: str) -> list[tuple[str, str]]:
    """What was chosen and written in a form, and sent as `more` (its buttons), for a page that sends it again."""
    names = [name for name in (*form.fields, *more) if name in form.data]
    return [(name, str(value)) for name in names for value in form.data.getlist(name) if value]  # type: ignore[attr-defined]


def chosen_in(form: forms.Form, *, but: Sequence[str] = ()) -> list[tuple[str, list[str]]]:
    """What was chosen in a form, field by field as people call it: what was written stands in the mails."""
    shown = []
    for name, field in form.fields.items():
        known = getattr(field.widget, "choices", None)
        sent = [value for one, value in sent_again(form) if one == name]
        if known is not None and sent and name not in but:
            labels = {str(value): str(label) for value, label in known}
            shown.append((str(form[name].label), [labels.get(value, value) for value in sent]))
    return shown
