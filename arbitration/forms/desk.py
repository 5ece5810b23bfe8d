"""The forms of the desks: absences, conflicts of interest, limits. They parse; the acts judge."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from arbitration.permissions import reviewers
from claims.views.forms import PlainForm
from cpor_portal.accounts.models import User
from cpor_portal.faults import Refused

DAY = "%Y-%m-%d"


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    fault = _("This is not a day. Write year, month and day, for example 2026-11-30.")
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=True,
        widget=forms.DateInput({"type": "date"}, format=DAY),
        input_formats=[DAY],
        error_messages={"invalid": fault, "required": _("Choose a day.")},
    )


class PersonForm(PlainForm):
    """A form about oneself, or with `people` about one of them, whom an arbiter chooses as `reviewer`."""

    def __init__(self, *args: Any, people: Iterable[User] = (), prefix_id: str, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"{prefix_id}_%s", **kwargs)
        if people:
            choose = pgettext_lazy("assign a claim", "Choose a person")
            choices = [("", choose), *((person.email, str(person)) for person in people)]
            field = forms.CharField(
                label=_("Reviewer"), required=False, max_length=254, widget=forms.Select(choices=choices)
            )
            self.fields = {"reviewer": field, **self.fields}

    def person(self, reader: User) -> User:
        """Whom it is about. Raises Refused `reviewer_unknown`."""
        if "reviewer" not in self.fields:
            return reader
        address = self.cleaned_data["reviewer"].strip().lower()
        found = next((person for person in reviewers() if person.email == address), None)
        if found is None:
            raise Refused("reviewer_unknown", _("Choose a reviewer or an arbiter who can sign in."), field="reviewer")
        return found


class AbsenceForm(PersonForm):
    """The days on which somebody takes no work."""

    first_day = _day(_("First day"))
    last_day = _day(_("Last day"), _("Both days count, in the person's own time zone."))
    note = forms.CharField(
        label=_("Note (optional)"),
        required=False,
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Arbiters can read it."),
    )

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day."""
        return self.cleaned_data["first_day"], self.cleaned_data["last_day"]


class BarForm(PersonForm):
    """The firm whose claims somebody must not decide."""

    firm = forms.CharField(
        label=_("Partner firm"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Its name, or one of its MPN IDs."),
    )
    reason = forms.CharField(
        label=_("What is the conflict of interest?"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Reviewers and arbiters can read it, partners never."),
    )


class LimitForm(PersonForm):
    """How many claims that wait for Microsoft somebody may have at once."""

    load_limit = forms.IntegerField(
        label=_("Limit"),
        required=False,
        widget=forms.NumberInput(attrs={"min": 0, "max": 1000}),
        help_text=_("0 means that there is no limit; empty means what holds for everybody."),
        error_messages={"invalid": _("Enter a whole number.")},
    )
