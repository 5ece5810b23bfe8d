"""The time that the figures are about, as a form in the address."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from arbitration.figures.periods import EARLIEST, MOST_PERIODS, By, Span, usual_span

DAY = "%Y-%m-%d"


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput({"type": "date"}, format=DAY)
    fault = gettext_lazy("This is not a day. Write year, month and day, for example 2026-11-30.")
    return forms.DateField(
        label=label, required=False, widget=widget, input_formats=[DAY], error_messages={"invalid": fault}
    )


def _too_early() -> ValidationError:
    return ValidationError(_("There are no figures from before 2000."), code="too_early")


class SpanForm(forms.Form):
    """From when to when, by week or month; what is left empty is the usual: twelve weeks or months up to today.

    `today` is the review site's: days that have not come yet have no figures.
    """

    by = forms.ChoiceField(
        label=pgettext_lazy("figures", "By"), required=False, choices=By.choices, initial=By.WEEK.value
    )

    def __init__(self, data: Mapping[str, Any], *, today: date) -> None:
        super().__init__(data, auto_id="figures_%s", label_suffix="")
        self.today = today
        # "from" is a word of the language: it can be no name in the class.
        self.fields = {
            "from": _day(pgettext_lazy("figures", "From")),
            "to": _day(pgettext_lazy("figures", "To")),
            **self.fields,
        }
        self.helper = FormHelper(self)
        self.helper.form_method = "get"
        self.helper.form_action = reverse("arbitration:figures") + "#past"
        self.helper.disable_csrf = True
        self.helper.form_class = "filters"
        apply = HTML('{% include "arbitration/parts/apply.html" %}')
        self.helper.layout = Layout("from", "to", "by", apply)

    def clean(self) -> dict[str, Any] | None:
        """Days that can be shown: they have come, in their order, and not too many."""
        cleaned = super().clean()
        if not self.errors:
            self._check(self._span())
        return cleaned

    def _check(self, span: Span) -> None:
        if span.first > self.today:
            self.add_error("from", ValidationError(_("This day has not come yet."), code="not_yet"))
        elif span.last < EARLIEST:
            self.add_error("to", _too_early())
        elif span.first > span.last:
            self.add_error("from", ValidationError(_("The first day is after the last one."), code="wrong_order"))
        elif span.first < EARLIEST:
            self.add_error("from", _too_early())
        elif len(span.periods) > MOST_PERIODS:
            text = ngettext(
                "At most %(count)d week or month can be shown at once.",
                "At most %(count)d weeks or months can be shown at once.",
                MOST_PERIODS,
            )
            self.add_error("from", ValidationError(text % {"count": MOST_PERIODS}, code="too_long"))

    def _span(self) -> Span:
        known = self.cleaned_data
        by = By(known.get("by") or By.WEEK)
        last = min(known.get("to") or self.today, self.today)
        usual = usual_span(max(last, EARLIEST), by)
        return Span(known.get("from") or usual.first, last, by)

    def span(self) -> Span:
        """The time that was asked for, or the usual one where that makes no sense."""
        return self._span() if self.is_valid() else usual_span(self.today, By.WEEK)

    def filled(self) -> "SpanForm":
        """The same form, with the days that are shown in its fields."""
        span = self.span()
        data = {"from": span.first.isoformat(), "to": span.last.isoformat(), "by": span.by.value}
        return SpanForm(data, today=self.today)
