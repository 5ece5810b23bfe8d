"""The queue's filters as a form in the address."""

from collections.abc import Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Layout
from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from arbitration.filtering import STATUS_CHOICES, Filters
from arbitration.forms.fields import Switch
from cpor_portal.directory.models import SolutionArea


class FilterForm(forms.Form):
    """The queue's filters, in the address. What makes no sense filters nothing."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=2_000,
        widget=forms.TextInput(attrs={"type": "search", "size": 34}),
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
    mine = forms.BooleanField(label=pgettext_lazy("queue filter", "Mine"), required=False, widget=Switch)
    contested = forms.BooleanField(label=pgettext_lazy("queue filter", "Contested"), required=False, widget=Switch)
    overdue = forms.BooleanField(label=pgettext_lazy("queue filter", "Overdue"), required=False, widget=Switch)

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data, auto_id="filter_%s", label_suffix="")
        self.helper = FormHelper(self)
        self.helper.form_method = "get"
        self.helper.form_action = reverse("arbitration:queue")
        self.helper.disable_csrf = True
        self.helper.form_show_errors = False
        self.helper.form_class = "filters queue-filters"
        self.helper.attrs = {"role": "search"}
        apply = HTML('{% include "arbitration/parts/apply.html" %}')
        self.helper.layout = Layout("q", "status", "area", "mine", "contested", "overdue", apply)

    def filters(self) -> Filters:
        """What is filtered by; a field that makes no sense counts as empty."""
        self.is_valid()
        known = self.cleaned_data
        return Filters(**{name: known[name] for name in Filters.__dataclass_fields__ if name in known})
