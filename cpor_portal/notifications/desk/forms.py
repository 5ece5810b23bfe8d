"""The filters of the list of outgoing mail, and the button that sends a mail again."""

import re
from collections.abc import Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Layout
from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cpor_portal.faults import Text
from cpor_portal.notifications.desk.listing import ACCOUNT, Filters
from cpor_portal.notifications.desk.shown import ACCOUNT_LABEL
from cpor_portal.notifications.kinds import all_kinds
from cpor_portal.notifications.models import ErrorKind, MailState

ANY = pgettext_lazy("mail filter", "Any")


MORE = ("error", "kind", "language")
"""What is asked for now and then: folded away unless it is used."""


def _languages() -> list[tuple[str, Text]]:
    return [(code, capfirst(name)) for code, name in settings.LANGUAGES]


class FilterForm(forms.Form):
    """The list's filters, in the address. What makes no sense is said at its field, and no mail matches it."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", ANY), *MailState.choices])
    error = forms.ChoiceField(label=_("Why it failed"), required=False, choices=[("", ANY), *ErrorKind.choices])
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False, choices=[("", ANY), *_languages()])
    recipient = forms.CharField(
        label=_("Recipient"),
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"type": "search", "size": 26, "autocomplete": "off"}),
        help_text=_("An address or how it begins, such as anna@"),
    )
    claim = forms.CharField(
        label=_("Claim"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "search", "size": 12, "autocomplete": "off"}),
        help_text=_("A reference, such as C-7K3M9Q2X"),
    )

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data, auto_id="filter_%s", label_suffix="")
        kinds = [(kind.code, kind.label) for kind in all_kinds()]
        self.fields["kind"].choices = [("", ANY), *kinds, (ACCOUNT, ACCOUNT_LABEL)]  # type: ignore[attr-defined]
        self.helper = FormHelper(self)
        self.helper.form_method = "get"
        self.helper.form_action = reverse("outbox:list")
        self.helper.disable_csrf = True
        self.helper.form_class = "filters"
        self.helper.attrs = {"role": "search"}
        more = Div(*MORE, template="notifications/desk/more_filters.html", open=any(data.get(name) for name in MORE))
        apply = HTML('{% include "notifications/desk/apply.html" %}')
        self.helper.layout = Layout("recipient", "claim", "state", more, apply)

    def clean_recipient(self) -> str:
        """Addresses are kept in lower case."""
        return str(self.cleaned_data["recipient"]).replace("\x00", "").lower()

    def clean_claim(self) -> str:
        """A reference as people type it: in any case, with or without its "C-"."""
        text = re.sub(r"[\s\x00]+", "", self.cleaned_data["claim"]).upper()
        return f"C-{text}" if re.fullmatch(r"[0-9A-Z]{8}", text) else text

    def filters(self) -> Filters:
        """What is filtered by, as far as it makes sense: whoever looks asks `is_valid()` first."""
        self.is_valid()
        known = self.cleaned_data
        return Filters(**{name: known[name] for name in Filters.__dataclass_fields__ if name in known})
