"""What every form of the wizard has: a crispy layout, and a place for the faults that the checks found."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.functional import Promise

from claims.acts.editing import fingerprint
from claims.models import Claim
from claims.refusals import Explanation, explain
from cpor_portal.faults import Refused

Words = str | Promise


def part(name: str) -> HTML:
    """A piece of a layout with a template of its own; it sees the form and the page's context."""
    return HTML(f'{{% include "claims/wizard/parts/{name}.html" %}}')


@dataclass(frozen=True)
class Choice:
    """One radio button or checkbox as a card: `more` explains it where it is chosen."""

    id: str
    name: str
    value: str
    label: Words
    is_chosen: bool
    text: Words = ""
    more: tuple[tuple[Words, Words], ...] = ()


@dataclass(frozen=True)
class SummaryEntry:
    """One line of the error summary."""

    text: str
    code: str
    target: str


class StepForm(forms.Form):
    """A form that parses and lets everything through that a check can judge better."""

    step: ClassVar[str]
    layout: ClassVar[tuple[Any, ...]] = ()
    grouped: ClassVar[frozenset[str]] = frozenset()
    """Fields that are shown as several controls, the first with the id `id_<field>_0`."""

    # The step as its reader saw it, so that a colleague's change is not written over unseen.
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, claim: Claim, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.claim = claim
        self.faults: list[Refused] = []
        if not self.is_bound:
            self.initial["seen"] = fingerprint(claim, self.step)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.include_media = False
        self.lay_out(*self.layout)

    def lay_out(self, *parts: Any) -> None:
        """Arrange the fields; what is hidden comes with them."""
        self.helper.layout = Layout(*(field.name for field in self.hidden_fields()), *parts)

    def as_seen(self) -> str | None:
        """What the acts take as `seen`; None where a client sends none."""
        return self.cleaned_data["seen"] or None

    def look_again(self, claim: Claim) -> None:
        """The step kept something although it was refused: that is what its reader sees from now on."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["seen"] = fingerprint(claim, self.step)
        self.data = data

    def refuse(self, faults: Iterable[Refused]) -> None:
        """Show what the checks found, each fault at its field with its code."""
        for fault in faults:
            self.faults.append(fault)
            self.add_error(self._field_of(fault), ValidationError(self.beside(fault), code=fault.code))

    def beside(self, fault: Refused) -> str:
        """What stands at the field: a few words, because the box of the fault says it all."""
        return explain(fault, self.claim).title

    def explanations(self) -> list[Explanation]:
        """The faults explained, in the order in which they were found."""
        return [explain(fault, self.claim) for fault in self.faults]

    def summary(self) -> list[SummaryEntry]:
        """Everything that is wrong, for the error summary: what the checks found, then what the fields did."""
        found = [SummaryEntry(self.named(fault), fault.code, self.target_of(fault)) for fault in self.faults]
        known = {(self.beside(fault), fault.code) for fault in self.faults}
        return found + [entry for entry in self._field_errors() if (entry.text, entry.code) not in known]

    def named(self, fault: Refused) -> str:
        """The fault in a few words, for the summary."""
        return explain(fault, self.claim).title

    def target_of(self, fault: Refused) -> str:
        """The id of the control where the fault is cured; empty when it is none of the form's."""
        return self._target(self._field_of(fault))

    def chosen(self, name: str) -> list[str]:
        """What stands chosen in a field of choices: as sent, else as stored."""
        value = self[name].value() or []
        return [value] if isinstance(value, str) else [str(entry) for entry in value]

    def _field_of(self, fault: Refused) -> str | None:
        return fault.field if fault.field in self.fields else None

    def _target(self, name: str | None) -> str:
        if name not in self.fields or name is None:
            return ""
        bound = self[name]
        return f"{bound.auto_id}_0" if name in self.grouped else bound.id_for_label

    def _field_errors(self) -> Iterable[SummaryEntry]:
        for name, errors in self.errors.as_data().items():
            for error in errors:
                yield SummaryEntry(error.messages[0], error.code or "", self._target(name))
