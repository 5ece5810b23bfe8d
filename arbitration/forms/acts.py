"""One form for each act of a reviewer or arbiter on a claim."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from arbitration.assignees import Assignee, assignees
from arbitration.forms.fields import Codes, Words
from claims.models import Claim, ClaimLine
from claims.transitions import Act
from claims.words import Audience
from cpor_portal.faults import Refused


class ActForm(forms.Form):
    """A form that leads to one act on a claim. It carries the version of the claim that its reader saw."""

    path: ClassVar[str]
    title: ClassVar[Words] = ""
    button: ClassVar[Words]
    button_class: ClassVar[str] = "btn-primary"
    names: ClassVar[tuple[str, ...]] = ()

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, claim: Claim, lines: Iterable[ClaimLine], data: Mapping[str, Any] | None = None) -> None:
        # Several of these stand on one page, and the same names in each: the ids keep them apart.
        super().__init__(data, auto_id=f"{self.path}_%s", label_suffix="", initial={"version": claim.version})
        self.claim = claim
        self.claim_lines = list(lines)
        self.prepare()
        self.helper = self._helper()

    def prepare(self) -> None:
        """Fills in the choices that depend on the claim."""

    def arguments(self) -> dict[str, Any]:
        """What was sent, named as the act's parameters."""
        names = {"lines": "line_ids", "reviewer": "reviewer_email"}
        return {names.get(name, name): value for name, value in self.cleaned_data.items()}

    def refuse(self, fault: Refused) -> None:
        """Show what the act refused, at its field, with its code."""
        field = fault.field if fault.field in self.fields else None
        self.add_error(field, ValidationError(str(fault.text), code=fault.code))

    def _helper(self) -> FormHelper:
        helper = FormHelper(self)
        helper.form_action = reverse(f"arbitration:{self.path}", kwargs={"reference": self.claim.reference})
        helper.attrs = {"novalidate": ""}
        helper.include_media = False
        submit = StrictButton(str(self.button), type="submit", css_class=self.button_class)
        hidden = ["version"] if "version" in self.fields else []
        helper.layout = Layout(*hidden, *self.laid_out(), submit)
        return helper

    def laid_out(self) -> list[Any]:
        """The fields below the hidden ones, in order."""
        return list(self.names)


class StartForm(ActForm):
    """Begins the review of this round."""

    path = "start"
    button = _("Start the review")


class CellsForm(ActForm):
    """Ticks cells of the proof matrix: held or missing. The template draws the choices in the matrix itself."""

    path = "check_cells"
    button = _("Store the ticks")

    held = Codes(required=False)
    missing = Codes(required=False)
    all = forms.BooleanField(required=False)


class CommentForm(ActForm):
    """Something said to the partner, or among reviewers. Who reads it is never chosen by default."""

    path = "comment"
    button = _("Write the comment")
    button_class = "btn-quiet"
    names = ("body", "audience")

    body = forms.CharField(label=_("Comment"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 4}))
    audience = forms.CharField(label=_("Who is to read it?"), required=False)

    def prepare(self) -> None:
        """The two audiences as radio buttons; the act judges what was sent. A comment does not hang on a version."""
        del self.fields["version"]
        self.fields["audience"].widget = forms.RadioSelect(choices=Audience.choices)


class AssignForm(ActForm):
    """Gives the claim to a reviewer. For arbiters."""

    path = "assign"
    title = _("Assign")
    button = _("Assign")
    button_class = "btn-quiet"
    names = ("reviewer", "note")

    reviewer = forms.CharField(label=_("Reviewer"), required=False, max_length=254)
    note = forms.CharField(
        label=_("Note (optional)"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Reviewers read it as an internal comment, and the new reviewer in the mail."),
    )

    def prepare(self) -> None:
        """Everybody but whoever has the claim already; the act judges what was sent."""
        offered = [one for one in assignees() if one.person.pk != self.claim.reviewer_id]
        choose = pgettext_lazy("assign a claim", "Choose a person")
        self.fields["reviewer"].widget = forms.Select(
            choices=[("", choose), *((one.person.email, _with_load(one)) for one in offered)]
        )


def _with_load(one: Assignee) -> str:
    words = ngettext("%(name)s (%(count)d open claim)", "%(name)s (%(count)d open claims)", one.open_claims)
    return words % {"name": one.person, "count": one.open_claims}


ACT_FORMS: dict[Act, type[ActForm]] = {
    Act.START_REVIEW: StartForm,
    Act.ASSIGN: AssignForm,
    Act.COMMENT: CommentForm,
}
