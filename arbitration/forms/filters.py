"""The queue's filters as a form in the address, and the form that keeps them under a name."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Layout
from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from arbitration.filtering import STATUS_CHOICES, Filters
from arbitration.forms.fields import Switch
from arbitration.keys import KEYS
from arbitration.models import SavedFilter
from claims.countries import country_names
from cpor_portal.accounts.models import User
from cpor_portal.directory.models import SolutionArea
from cpor_portal.faults import Refused

_SEARCH = KEYS["search"].presses[0]
SWITCHES = ("mine", "unassigned", "overdue", "new", "resubmitted", "contested", "corrections")
FOLDED = ("reviewer", "country")


class Countries(forms.Select):
    """A list of some 250 countries, drawn in one go: a template for each option would cost more than the queue."""

    def render(self, name: str, value: Any, attrs: Mapping[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """The list, with `value` chosen."""
        options = _options(str(value or ""), get_language() or "en")
        own = {**self.attrs, **(attrs or {}), "name": name}
        return format_html("<select{}>{}</select>", format_html_join("", ' {}="{}"', own.items()), options)


@lru_cache(maxsize=512)
def _options(chosen: str, language: str) -> SafeString:
    every = pgettext_lazy("queue filter", "Every country")
    rows = [("", str(every)), *country_names(language)]
    told = ((code, SafeString(" selected") if code == chosen else "", name) for code, name in rows)
    return format_html_join("", '<option value="{}"{}>{}</option>', told)


class CountryField(forms.CharField):
    """A country by its ISO code, in any case."""

    widget = Countries

    def clean(self, value: Any) -> str:
        """The code in capitals; nothing for what is no country."""
        code = str(super().clean(value)).upper()
        return code if code in dict(country_names("en")) else ""


class PersonField(forms.CharField):
    """Somebody by their e-mail address; a list of those who review, and of whoever is chosen."""

    widget = forms.Select

    def clean(self, value: Any) -> str:
        """The address as accounts have it; nothing for what is none."""
        address = str(super().clean(value)).lower()
        return address if "@" in address else ""

    def offer(self, people: Iterable[User], chosen: str) -> None:
        """Offer these people, and whoever is chosen already: somebody who left is not among them."""
        known = {person.email: str(person) for person in people}
        every = [("", pgettext_lazy("queue filter", "Anybody"))]
        self.widget.choices = [*every, *known.items(), *([(chosen, chosen)] if chosen and chosen not in known else [])]


class FilterForm(forms.Form):
    """The queue's filters, in the address. What makes no sense filters nothing."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=2_000,
        widget=forms.TextInput(attrs={"type": "search", "size": 34, "data-key": _SEARCH, "aria-keyshortcuts": _SEARCH}),
        help_text=_(
            "Reference, tenant ID, subscription ID, MPN ID or domain; or how the customer's or firm's name begins."
        ),
    )
    status = forms.ChoiceField(label=_("Status"), required=False, choices=STATUS_CHOICES)
    area = forms.ChoiceField(
        label=_("Solution area"),
        required=False,
        choices=[("", pgettext_lazy("queue filter", "Both")), *SolutionArea.choices],
    )
    country = CountryField(label=_("Customer's country"), required=False, max_length=2)
    reviewer = PersonField(label=_("Who has it"), required=False, max_length=254)
    mine = forms.BooleanField(label=pgettext_lazy("queue filter", "Mine"), required=False, widget=Switch)
    unassigned = forms.BooleanField(label=pgettext_lazy("queue filter", "Nobody has it"), required=False, widget=Switch)
    overdue = forms.BooleanField(label=pgettext_lazy("queue filter", "Overdue"), required=False, widget=Switch)
    new = forms.BooleanField(
        label=pgettext_lazy("queue filter", "New since my last visit"), required=False, widget=Switch
    )
    resubmitted = forms.BooleanField(label=pgettext_lazy("queue filter", "Resubmitted"), required=False, widget=Switch)
    contested = forms.BooleanField(label=pgettext_lazy("queue filter", "Contested"), required=False, widget=Switch)
    corrections = forms.BooleanField(
        label=pgettext_lazy("queue filter", "With a correction"), required=False, widget=Switch
    )

    def __init__(self, data: Mapping[str, Any], people: Iterable[User] = ()) -> None:
        super().__init__(data, auto_id="filter_%s", label_suffix="")
        cast(PersonField, self.fields["reviewer"]).offer(people, self.filters().reviewer)
        self.helper = FormHelper(self)
        self.helper.form_method = "get"
        self.helper.form_action = reverse("arbitration:queue")
        self.helper.disable_csrf = True
        self.helper.form_show_errors = False
        self.helper.form_class = "queue-filters"
        self.helper.attrs = {"role": "search"}
        apply = HTML('{% include "arbitration/parts/apply.html" %}')
        more = Div(*SWITCHES, *FOLDED, template="arbitration/parts/more_filters.html", open=self.has_more)
        self.helper.layout = Layout(Div("q", "status", "area", apply, css_class="filters"), more)

    @property
    def has_more(self) -> bool:
        """Whether one of the filters is set that are folded away otherwise."""
        chosen = self.filters()
        return any(getattr(chosen, name) for name in (*SWITCHES, *FOLDED))

    def filters(self) -> Filters:
        """What is filtered by; a field that makes no sense counts as empty."""
        self.is_valid()
        known = self.cleaned_data
        return Filters(**{name: known[name] for name in Filters.__dataclass_fields__ if name in known})


def read_filters(query: str) -> Filters:
    """The filters of an address's query; a part that makes no sense filters nothing."""
    return FilterForm(QueryDict(query[:2_000])).filters()


class SaveFilterForm(forms.Form):
    """Keeps the filters of the page under a name."""

    name = forms.CharField(
        label=_("Name for these filters"), required=False, max_length=SavedFilter._meta.get_field("name").max_length
    )
    query = forms.CharField(required=False, max_length=2_000, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None, *, query: str = "") -> None:
        super().__init__(data, auto_id="save_%s", label_suffix="", initial={"query": query})
        self.helper = FormHelper(self)
        self.helper.form_action = reverse("arbitration:save_filter")
        self.helper.form_class = "queue-save filters"
        button = HTML('{% include "arbitration/parts/save_filter.html" %}')
        self.helper.layout = Layout("query", "name", button)

    def refuse(self, fault: Refused) -> None:
        """Show what was refused, beside its field."""
        field = fault.field if fault.field == "name" else None
        self.add_error(field, forms.ValidationError(str(fault.text), code=fault.code))
