"""The form of one's working note. With scripts it saves itself; without, by its button."""

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from arbitration.acts.notes import LONGEST_NOTE
from arbitration.notes import Notes
from claims.models import Claim
from cpor_portal.faults import Refused


class NoteForm(forms.Form):
    """A text for oneself and the colleagues; `seen` is the note's version that its writer saw."""

    body = forms.CharField(label=_("Your note"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 4}))
    seen = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    @classmethod
    def of(cls, claim: Claim, notes: Notes, place: str = "") -> "NoteForm":
        """The form with the reader's note in it. `place` ends its address."""
        form = cls(initial={"body": notes.body, "seen": notes.seen}, auto_id="note_%s", label_suffix="")
        form.lay_out(claim, place)
        return form

    def lay_out(self, claim: Claim, place: str = "") -> None:
        """Says where the form leads; for a form that came back, too."""
        helper = FormHelper(self)
        helper.form_action = reverse("arbitration:note", args=[claim.reference]) + place
        helper.attrs = {"novalidate": "", "data-note": ""}
        helper.include_media = False
        self.fields["body"].widget.attrs |= {"data-longest": str(LONGEST_NOTE)}
        save = StrictButton(str(_("Save the note")), type="submit", css_class="btn-quiet", data_save="")
        helper.layout = Layout("seen", "body", save)
        self.helper = helper

    def refuse(self, fault: Refused) -> None:
        """Show what the act refused."""
        self.add_error("body", ValidationError(str(fault.text), code=fault.code))
