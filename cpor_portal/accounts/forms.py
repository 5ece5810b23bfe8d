"""The forms of people and firms."""

from crispy_forms.bootstrap import FieldWithButtons, StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cpor_portal.accounts.models import MailPace, MpnLocation, User
from cpor_portal.accounts.settings import time_zones
from cpor_portal.faults import Refused


class OwnLabelForm(forms.Form):
    """The firm's own label of one location; the page shows one such form for each."""

    location = forms.CharField(widget=forms.HiddenInput)
    own_label = forms.CharField(required=False, max_length=80)

    def __init__(self, data: QueryDict | None = None, *, of: MpnLocation) -> None:
        self.of = of
        initial = {"location": of.mpn_id, "own_label": of.own_label}
        super().__init__(data, initial=initial, auto_id=f"id_%s_{of.mpn_id}")
        label = _("Your own label for location %(mpn_id)s") % {"mpn_id": of.mpn_id}
        self.fields["own_label"].label = label
        self.helper = FormHelper()
        self.helper.label_class = "visually-hidden"
        self.helper.layout = Layout(
            "location",
            FieldWithButtons(
                "own_label",
                StrictButton(_("Save"), type="submit", css_class="btn btn-quiet btn-sm", name="save"),
            ),
        )


class SettingsForm(forms.Form):
    """What a person chooses for themselves. It parses; what there is to choose is judged by the act."""

    mail_pace = forms.CharField(required=False)
    language = forms.CharField(required=False)
    time_zone = forms.CharField(required=False)

    def __init__(self, data: QueryDict | None = None, *, of: User) -> None:
        initial = {"mail_pace": of.mail_pace, "language": of.language, "time_zone": of.time_zone}
        super().__init__(data, initial=initial, label_suffix="")
        self._show("mail_pace", _("Mails about claims"), forms.RadioSelect(choices=_paces()))
        self._show("language", _("Language"), forms.Select(choices=settings.LANGUAGES))
        self._show("time_zone", _("Time zone"), forms.Select(choices=_zones(of.time_zone)))
        self.fields["language"].help_text = _("Of the pages and of your mails.")
        self.fields["time_zone"].help_text = _(
            "In it you read dates and times, and get a digest at 08:00. Type the first letters of your continent."
        )
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(Div("mail_pace", css_class="choices"), "language", "time_zone")

    def refuse(self, fault: Refused) -> None:
        """Show the act's refusal at its field, with its code."""
        self.add_error(fault.field or None, ValidationError(str(fault.text), code=fault.code))

    def _show(self, name: str, label: str, widget: forms.Widget) -> None:
        self.fields[name].label, self.fields[name].widget = label, widget


def _paces() -> list[tuple[str, SafeString]]:
    """The three paces, each with what it means; what is never silenced stands above them on the page."""
    meanings = {
        MailPace.AT_ONCE: _("Every mail is sent when something happens."),
        MailPace.DIGEST: _(
            "What needs action and decisions come at once. Receipts, comments and other news are gathered into one"
            " mail at 08:00 on working days."
        ),
        MailPace.NEEDS_ACTION: _(
            "What needs action and decisions come at once. Receipts, comments and other news are not sent; you find"
            " them on the pages of the claims."
        ),
    }
    row = '{} <span class="choice-more">{}</span>'
    return [(pace.value, format_html(row, pace.label, meaning)) for pace, meaning in meanings.items()]


def _zones(own: str) -> list[tuple[str, str]]:
    """All that can be chosen, and the person's own, which an import may have set to an older name."""
    known = time_zones()
    names = known if own in known else (own, *known)
    return [(name, name.replace("_", " ")) for name in names]
