"""One form for each act of a reviewer or arbiter on a claim."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from arbitration.forms.fields import Codes, Words, chosen_in, sent_again
from arbitration.keys import KEYS
from arbitration.load import Load, loads
from arbitration.permissions import bars_on
from arbitration.templatetags.keys import kbd
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
    key: ClassVar[str] = ""
    """The name of the key that presses the button, of `arbitration.keys`."""
    names: ClassVar[tuple[str, ...]] = ()
    shows_mail: ClassVar[bool] = False
    """Whether the button leads to the page of the exact mails first, where the act sends any."""
    who_hears: ClassVar[Words] = ""
    """Beside the button: who is written to."""

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

    @property
    def sent_pairs(self) -> list[tuple[str, str]]:
        """What was chosen and written, for the page of the mails, which sends it again."""
        return sent_again(self)

    @property
    def chosen(self) -> list[tuple[str, list[str]]]:
        """What was chosen, as the page of the mails says it."""
        return chosen_in(self)

    def refuse(self, fault: Refused) -> None:
        """Show what the act refused, at its field, with its code."""
        field = fault.field if fault.field in self.fields else None
        self.add_error(field, ValidationError(str(fault.text), code=fault.code))

    def _helper(self) -> FormHelper:
        helper = FormHelper(self)
        helper.form_action = reverse(f"arbitration:{self.path}", kwargs={"reference": self.claim.reference})
        helper.form_id = f"form-{self.path}"
        helper.attrs = {"novalidate": ""}
        helper.include_media = False
        submit = StrictButton(self._on_button(), type="submit", css_class=self.button_class, **self._pressed_by())
        hidden = ["version"] if "version" in self.fields else []
        helper.layout = Layout(*hidden, *self.laid_out(), submit, *self._beside())
        return helper

    def _beside(self) -> list[Any]:
        return [HTML(format_html('<p class="muted small act-hears">{}</p>', self.who_hears))] if self.who_hears else []

    def _on_button(self) -> str:
        key = "go_on" if self.shows_mail else self.key
        return format_html("{} {}", self.button, kbd(key)) if key else str(self.button)

    def _pressed_by(self) -> dict[str, str]:
        if self.shows_mail:
            # No `data-key`: Ctrl+Enter goes on with the form that one is in (static/js/deciding.js).
            return {"name": "preview", "value": "1", "data_go_on": "", "aria_keyshortcuts": "Control+Enter"}
        presses = " ".join(KEYS[self.key].presses) if self.key else ""
        return {"data_key": presses, "aria_keyshortcuts": presses} if presses else {}

    def laid_out(self) -> list[Any]:
        """The fields below the hidden ones, in order."""
        return list(self.names)


class StartForm(ActForm):
    """Begins the review of this round."""

    path = "start"
    key = "start"
    button = _("Start the review")
    who_hears = _("It is done at once, and nobody is written to.")


class TakeForm(ActForm):
    """Goes on with a round that is under way and that nobody has."""

    path = "start"
    key = "start"
    button = _("Take the claim over")
    who_hears = _("It is done at once, and nobody is written to.")


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
    title = _("Write a comment")
    button = _("Write the comment")
    button_class = "btn-quiet"
    names = ("body", "audience")
    shows_mail = True
    who_hears = _(
        "Where somebody gets a mail, the next page shows it before anything is written or sent. An internal comment on"
        " a claim that is yours, or nobody's, is written at once: nobody is written to."
    )

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
    shows_mail = True
    who_hears = _("Nothing is done yet: the next page shows the exact mail. Where nobody gets one, it is done at once.")
    # Whether the reader is asked to confirm that somebody who is away or has enough gets it all the same.
    confirms = False

    reviewer = forms.CharField(label=_("Reviewer"), required=False, max_length=254)
    note = forms.CharField(
        label=_("Note (optional)"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Reviewers read it as an internal comment, and the new reviewer in the mail."),
    )

    despite_load = forms.BooleanField(
        label=_("Give it to this person all the same"),
        required=False,
        help_text=_("Although the person is away, or has as many claims as they may have."),
    )

    def prepare(self) -> None:
        """Everybody but whoever has the claim already or must not decide it; the act judges what was sent."""
        self.confirms = bool(self["despite_load"].value())
        barred = set(bars_on(self.claim).values_list("person_id", flat=True))
        unfit = barred | {self.claim.reviewer_id}
        offered = [one for one in loads(timezone.now()) if one.person.pk not in unfit]
        choose = pgettext_lazy("assign a claim", "Choose a person")
        self.fields["reviewer"].widget = forms.Select(
            choices=[("", choose), *((one.person.email, with_load(one)) for one in offered)]
        )

    def laid_out(self) -> list[Any]:
        """The confirmation only where there is something to confirm."""
        return [*self.names, "despite_load"] if self.confirms else list(self.names)

    def refuse(self, fault: Refused) -> None:
        """Show what was refused; the confirmation comes with the refusal that asks for it."""
        if fault.field == "despite_load":
            self.confirms = True
            self.helper = self._helper()
        super().refuse(fault)


def with_load(one: Load) -> str:
    """A person to choose, with what they have, and whether they are away or have enough."""
    named = {"name": one.person, "count": one.open_claims}
    if one.absence is not None:
        day = date_format(one.absence.last_day, "DATE_FORMAT")
        return _("%(name)s (away until %(day)s)") % {**named, "day": day}
    if one.is_full:
        words = ngettext(
            "%(name)s (%(count)d open claim, has enough)",
            "%(name)s (%(count)d open claims, has enough)",
            one.open_claims,
        )
        return words % named
    words = ngettext("%(name)s (%(count)d open claim)", "%(name)s (%(count)d open claims)", one.open_claims)
    return words % named


class HandBackForm(ActForm):
    """Puts the claim back into the queue."""

    path = "hand_back"
    title = _("Hand back to the queue")
    button = _("Hand the claim back")
    button_class = "btn-quiet"
    names = ("note",)
    shows_mail = True
    who_hears = _(
        "If the claim is yours, it is done at once, and nobody is written to. If a colleague has it, the next page"
        " shows the exact mail to them first."
    )
    advice = _(
        "Anybody can take the claim then. Its status and its deadline stay as they are, and the firm hears nothing."
    )

    note = forms.CharField(
        label=_("Note for whoever takes it next"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Say why, and how far you have come. Reviewers read it as an internal comment."),
    )


class ConflictForm(ActForm):
    """Says that the reader must not decide this claim."""

    path = "conflict"
    title = _("Declare a conflict of interest")
    button = _("Declare the conflict of interest")
    button_class = "btn-quiet"
    names = ("reason",)
    who_hears = _("It is done at once, and nobody is written to.")
    advice = _(
        "You can still read the claim, but neither take nor decide it, and it goes back to the queue if you have it."
        " Only an arbiter can lift this. For all claims of the firm, declare it on your desk."
    )

    reason = forms.CharField(
        label=_("What is the conflict of interest?"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Reviewers and arbiters can read it, partners never."),
    )

    def prepare(self) -> None:
        """Whatever has happened meanwhile, the conflict is there: the page's version does not matter."""
        del self.fields["version"]


ACT_FORMS: dict[Act, type[ActForm]] = {
    Act.START_REVIEW: StartForm,
    Act.TAKE: TakeForm,
    Act.HAND_BACK: HandBackForm,
    Act.ASSIGN: AssignForm,
    Act.COMMENT: CommentForm,
}
