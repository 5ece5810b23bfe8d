"""The forms of people and firms."""

from crispy_forms.bootstrap import FieldWithButtons, StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from cpor_portal.accounts.models import MpnLocation


class OwnLabelForm(forms.Form):
    """The firm's own label of one location; the page shows one such form for each."""

    location = forms.CharField(widget=forms.HiddenInput)
    own_label = forms.CharField(required=False, max_length=80)

    def __init__(self, data: QueryDict | None = None, *, of: MpnLocation) -> None:
        self.of = of
        initial = {"location": of.mpn_id, "own_label": of.own_label}
        super().__init__(data, initial=initial, auto_id=f"id_%s_{of.mpn_id}")
        label = _("Your own label for location %(mpn_id)s") % {"mpn_id": of.mpn_id}
        self.fields["own_label"].label = label
        self.helper = FormHelper()
        self.helper.label_class = "visually-hidden"
        self.helper.layout = Layout(
            "location",
            FieldWithButtons(
                "own_label",
                StrictButton(_("Save"), type="submit", css_class="btn btn-quiet btn-sm", name="save"),
            ),
        )
