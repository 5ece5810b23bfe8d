"""The form of a blind second reading: a verdict and reasons for each product, and a note."""

from collections.abc import Mapping, Sequence
from typing import Any

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from arbitration.forms.fields import Codes
from arbitration.models import SecondReading
from arbitration.second_reading.acts import Judgement
from arbitration.verdicts import Verdict
from claims.models import ClaimLine
from claims.words import REVIEWER_REASONS
from cpor_portal.faults import Refused, Text

VERDICT_LABELS: Mapping[Verdict, Text] = {
    Verdict.APPROVE: _("Approve it"),
    Verdict.ASK: _("Ask the partner about it"),
    Verdict.REJECT: _("Reject it"),
    Verdict.REMOVE: _("Remove it, because the partner asked for that"),
}


class SecondReadingForm(forms.Form):
    """What the second reader would decide, product by product: `verdict_LINEID`, `reasons_LINEID`, and `text`."""

    text = forms.CharField(
        label=_("Note (optional)"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The first reviewer and the arbiters read it once you have answered; partners never do."),
    )

    def __init__(
        self, reading: SecondReading, lines: Sequence[ClaimLine], data: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data, auto_id="second_%s", label_suffix="")
        self.lines = list(lines)
        for line in self.lines:
            self.fields[f"verdict_{line.pk}"] = _verdict_field()
            self.fields[f"reasons_{line.pk}"] = _reasons_field()
        self.helper = self._helper(reading)

    def judgements(self) -> dict[int, Judgement]:
        """What was sent, by the id of the line; the act judges it."""
        given = self.cleaned_data
        return {
            line.pk: Judgement(given.get(f"verdict_{line.pk}", ""), tuple(given.get(f"reasons_{line.pk}", ())))
            for line in self.lines
        }

    @property
    def note(self) -> str:
        """The note that was sent, empty where it cannot be kept (the form says so)."""
        return str(self.cleaned_data.get("text", ""))

    def refuse(self, faults: Sequence[Refused]) -> None:
        """Show what was refused, each at its field, with its code."""
        for fault in faults:
            field = fault.field if fault.field in self.fields else None
            if field in self.errors:
                continue  # what was sent cannot be read at all, and that is said there
            self.add_error(field, ValidationError(str(fault.text), code=fault.code))

    def _helper(self, reading: SecondReading) -> FormHelper:
        helper = FormHelper(self)
        helper.form_action = reverse("arbitration:second_reading", args=[reading.pk])
        helper.attrs = {"novalidate": ""}
        helper.include_media = False
        products = [
            Fieldset(line.product.name, f"verdict_{line.pk}", f"reasons_{line.pk}", css_class="second-product")
            for line in self.lines
        ]
        send = StrictButton(str(_("Answer")), type="submit", css_class="btn-primary")
        helper.layout = Layout(*products, "text", send)
        return helper


def _verdict_field() -> forms.CharField:
    """Nothing is chosen to begin with: an answer that nobody gave would count as one."""
    choices = [(str(verdict.value), label) for verdict, label in VERDICT_LABELS.items()]
    return forms.CharField(label=_("What would you decide?"), required=False, widget=forms.RadioSelect(choices=choices))


def _reasons_field() -> Codes:
    return Codes(
        label=_("Reasons, where you would ask or reject"),
        required=False,
        choices=[(str(reason.value), reason.label) for reason in REVIEWER_REASONS],
        widget=forms.CheckboxSelectMultiple,
    )
