"""The forms of these pages. They parse; what holds is judged by the acts, whose refusals come back to the fields."""

from collections.abc import Iterable, Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from claims.shown import ShownLine
from claims.words import Audience
from cpor_portal.faults import Fault


class PlainForm(forms.Form):
    """A crispy form without its own form tag."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.include_media = False

    def refuse(self, fault: Fault) -> None:
        """Show an act's refusal at its field, with its code."""
        field = getattr(fault, "field", "")
        self.add_error(field if field in self.fields else None, ValidationError(str(fault.text), code=fault.code))


class FilterForm(PlainForm):
    """What the list is filtered by; the status stands in the tabs."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "size": 34}),
    )
    mpn = forms.CharField(label=_("MPN location"), required=False, max_length=20, widget=forms.Select)
    status = forms.CharField(required=False, max_length=30, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any], *, locations: Iterable[tuple[str, str]]) -> None:
        super().__init__(data)
        everywhere = ("", pgettext_lazy("MPN location filter", "All"))
        self.fields["mpn"].widget = forms.Select(choices=[everywhere, *locations])
        self.fields["q"].widget.attrs["placeholder"] = _("Reference, customer, domain or ID")


class CommentForm(PlainForm):
    """A comment; only reviewers are asked for whom it is."""

    body = forms.CharField(label=_("Comment"), required=False, widget=forms.Textarea(attrs={"rows": 4}))
    audience = forms.ChoiceField(
        label=_("Who is to read it"), choices=Audience.choices, required=False, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, is_staff: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_staff:
            self.fields["audience"].initial = Audience.PARTNER
        else:
            self.fields["audience"].widget = forms.HiddenInput()


class ActForm(PlainForm):
    """Every act's form carries the version of the claim on which its page was made."""

    version = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)


class ResubmitForm(ActForm):
    """The partner's answer to an information request."""

    body = forms.CharField(
        label=_("Your answer in words (optional)"),
        help_text=_("It becomes a comment on the claim. Say what you changed and where the reviewer finds it."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class LinesField(forms.MultipleChoiceField):
    """Ids of lines. A line that was decided meanwhile passes here, for the act then says who was first."""

    def valid_value(self, value: Any) -> bool:
        """Any number that a line could have."""
        return str(value).isdecimal() and len(str(value)) < 19

    def clean(self, value: Any) -> list[int]:
        """The ids as numbers."""
        return [int(one) for one in super().clean(value)]


WHOLE, SOME = "all", "some"


class WithdrawForm(ActForm):
    """What is taken back, and why.

    In the contract no line means all; `scope` lets people say so, and nothing is taken back by a missed tick.
    """

    scope = forms.ChoiceField(
        label=_("What do you take back?"),
        choices=[(WHOLE, _("Everything that is not decided yet")), (SOME, _("Only these products"))],
        required=False,
        initial=WHOLE,
        widget=forms.RadioSelect,
    )
    lines = LinesField(label=_("Products"), required=False, widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(
        label=_("Why? (optional)"),
        help_text=_("It becomes a comment on the claim that the reviewers read."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, lines: Iterable[ShownLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(line.id), line.product.name) for line in lines]
        self.fields["lines"].widget.choices = choices
        asked = ("scope", "lines") if len(choices) > 1 else ()
        self.helper.layout = Layout("version", *asked, "reason")

    def clean(self) -> dict[str, Any]:
        """Refuses "only these" without any, and "everything" with some."""
        answers = super().clean() or {}
        scope, lines = answers.get("scope"), answers.get("lines")
        if scope == SOME and not lines:
            self.add_error(
                "lines", ValidationError(_("Choose the products that you take back."), code="lines_required")
            )
        if scope == WHOLE and lines:
            text = _("You chose everything, but also single products. Say which of the two you mean.")
            self.add_error("scope", ValidationError(text, code="scope_ambiguous"))
        return answers

    @property
    def line_ids(self) -> list[int]:
        """The lines to withdraw; none for all that can be."""
        is_whole = self.cleaned_data.get("scope") == WHOLE
        return [] if is_whole else self.cleaned_data["lines"]
