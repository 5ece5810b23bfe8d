"""The bar above the queue with which arbiters give many claims to one person, or put them back into the queue."""

from collections.abc import Iterable, Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Field, Layout
from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from arbitration.forms.fields import Codes, Words, chosen_in, sent_again
from arbitration.permissions import reviewers
from cpor_portal.accounts.models import User
from cpor_portal.faults import Fault, Refused


class AssignManyForm(forms.Form):
    """Claims by their references, ticked in the rows of the queue; to whom, and why. The act judges what was sent.

    `in` and `after` say which page of the queue it stands on, so that the same page comes back.
    """

    claims = Codes(label=_("Claims"), required=False)
    reviewer = forms.CharField(label=pgettext_lazy("assign claims", "Give to"), required=False, max_length=254)
    note = forms.CharField(label=_("Note (optional)"), required=False, strip=False)
    despite_load = forms.BooleanField(label=_("Do it all the same"), required=False)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, people: Iterable[User] = (), query: str = "", after: str = ""
    ) -> None:
        super().__init__(data, auto_id="assign_%s", label_suffix="", initial={"in": query, "after": after})
        for name in ("in", "after"):
            self.fields[name] = forms.CharField(required=False, max_length=2_000, widget=forms.HiddenInput)
        self.fields["reviewer"].widget = forms.Select(choices=_choices(people))
        self.faults: Mapping[str, Fault] = {}
        self.helper = FormHelper(self)
        self.helper.form_action = reverse("arbitration:assign_many")
        self.helper.form_id = "assign-many"
        self.helper.form_class = "queue-assign filters"
        self.helper.layout = self._laid_out(*(["despite_load"] if self["despite_load"].value() else []))

    def _laid_out(self, *confirmation: str) -> Layout:
        button = HTML('{% include "arbitration/parts/assign_many_buttons.html" %}')
        return Layout("in", "after", "reviewer", Field("note", size=34), *confirmation, button)

    @property
    def ticked(self) -> list[str]:
        """The references of the claims that are ticked: those that were, but for what cannot be done."""
        sent = [reference.strip().upper() for reference in self["claims"].value() or ()]
        return [reference for reference in dict.fromkeys(sent) if reference not in self.faults]

    @property
    def goes_back(self) -> bool:
        """Whether the button was pressed that puts the claims back into the queue."""
        return "back" in self.data

    @property
    def title(self) -> Words:
        """What its button does, for the page of the mails."""
        return pgettext_lazy("assign claims", "Back to the queue") if self.goes_back else _("Assign")

    @property
    def sent_pairs(self) -> list[tuple[str, str]]:
        """What was chosen and written, and which button was pressed, for the page of the mails."""
        return sent_again(self, "assign", "back")

    @property
    def chosen(self) -> list[tuple[str, list[str]]]:
        """What was chosen, as the page of the mails says it; of claims that go back nobody is chosen."""
        return chosen_in(self, but=["reviewer"] if self.goes_back else [])

    def refuse(self, fault: Refused, faults: Mapping[str, Fault] | None = None) -> None:
        """Show what was refused: of all, and of single claims (`faults`, by reference)."""
        self.faults = faults or {}
        if fault.field == "despite_load":
            self.helper.layout = self._laid_out("despite_load")
        self.add_error(fault.field if fault.field in self.fields else None, _as_error(fault))


def _as_error(fault: Fault) -> forms.ValidationError:
    return forms.ValidationError(str(fault.text), code=fault.code)


def _choices(people: Iterable[User]) -> list[tuple[str, Any]]:
    choose = pgettext_lazy("assign a claim", "Choose a person")
    return [("", choose), *((person.email, str(person)) for person in people)]


def assign_many_form(data: Mapping[str, Any] | None = None, *, query: str = "", after: str = "") -> AssignManyForm:
    """The form with everybody who reviews to choose from; one query. How much each has is told on the desks' page."""
    return AssignManyForm(data, people=reviewers(), query=query, after=after)
