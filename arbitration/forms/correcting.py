"""The form that answers a correction: accepted, or refused with the reason."""

from enum import StrEnum
from typing import Any

from crispy_forms.bootstrap import StrictButton
from crispy_forms.layout import HTML, Div
from django import forms
from django.utils.translation import gettext_lazy as _

from arbitration.forms.acts import ActForm


class Answer(StrEnum):
    """The two answers, as they are sent."""

    ACCEPT = "accept"
    REFUSE = "refuse"


class CorrectionForm(ActForm):
    """A text and two buttons: which of them was pressed is the answer."""

    path = "correction"
    button = _("Accept the correction")

    text = forms.CharField(
        label=_("Text for the partner"),
        help_text=_(
            "To refuse, say why the claim stays as it is and what would be acceptable. To accept you need none."
        ),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    answer = forms.ChoiceField(
        choices=[(one.value, one.value) for one in Answer],
        error_messages={
            "required": _("Choose whether you accept or refuse the correction."),
            "invalid_choice": _("Choose whether you accept or refuse the correction."),
        },
        widget=forms.HiddenInput,
    )

    @property
    def is_accepted(self) -> bool:
        """Whether the answer, which must be valid, is yes."""
        return bool(self.cleaned_data["answer"] == Answer.ACCEPT)

    def arguments(self) -> dict[str, Any]:
        """What was sent, named as the parameters of both acts."""
        return {"text": self.cleaned_data["text"], "version": self.cleaned_data["version"]}

    def laid_out(self) -> list[Any]:
        """The text; nothing is sent by its buttons before the mail was shown."""
        return ["text", HTML('<input type="hidden" name="preview" value="1">')]

    def _helper(self) -> Any:
        helper = super()._helper()
        # Instead of the one button of other acts; the field itself stays out of the layout.
        helper.layout.pop()
        helper.layout.append(Div(*map(_button, Answer), css_class="btn-row"))
        helper.render_hidden_fields = False
        return helper


LABELS = {Answer.ACCEPT: _("Accept the correction"), Answer.REFUSE: _("Refuse the correction")}
CLASSES = {Answer.ACCEPT: "btn-primary", Answer.REFUSE: "btn-danger"}


def _button(answer: Answer) -> StrictButton:
    return StrictButton(LABELS[answer], type="submit", name="answer", value=answer.value, css_class=CLASSES[answer])
