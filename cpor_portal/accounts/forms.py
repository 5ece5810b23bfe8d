"""The forms of people and firms."""

from itertools import groupby

from crispy_forms.bootstrap import FieldWithButtons, StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Hidden, Layout
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language_info
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
    """What a person chooses for themselves. What there is to choose is judged by the act, down to the last sign."""

    mail_pace = forms.Field(required=False)
    language = forms.Field(required=False)
    time_zone = forms.Field(required=False)

    def __init__(self, data: QueryDict | None = None, *, of: User) -> None:
        stored = {"mail_pace": of.mail_pace, "language": of.language, "time_zone": of.time_zone}
        super().__init__(data, initial=stored, label_suffix="")
        self._show("mail_pace", _("Mails about claims"), forms.RadioSelect(choices=_paces()))
        self._show("language", _("Language"), forms.Select(choices=_languages()))
        self._show("time_zone", _("Time zone"), forms.Select(choices=_zones(of.time_zone)))
        self.fields["language"].help_text = _("Of the pages and of your mails.")
        self.fields["time_zone"].help_text = _(
            "In it you read dates and times, and get a digest at 08:00. Type the first letters of the place."
        )
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        shown = [Hidden(_shown(name), self.data.get(_shown(name), value)) for name, value in stored.items()]
        self.helper.layout = Layout(*shown, Div("mail_pace", css_class="choices"), "language", "time_zone")

    def chosen(self) -> dict[str, str]:
        """What was sent and is not what the page had shown, which may be older than what is stored."""
        sent = {name: self.data[name] for name in self.fields if name in self.data}
        return {name: value for name, value in sent.items() if value != self.data.get(_shown(name))}

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


def _shown(name: str) -> str:
    """What the hidden field is called that says how the page had shown the field `name`."""
    return f"shown_{name}"


def _languages() -> list[tuple[str, str]]:
    """The languages, each as it calls itself: whoever looks for theirs may not read the other."""
    return [(code, capfirst(get_language_info(code)["name_local"])) for code, _name in settings.LANGUAGES]


def _zones(own: str) -> list[tuple[str, str | list[tuple[str, str]]]]:
    """All that can be chosen, by continent, and before them the person's own: an import may have set an older name."""
    alone = [name for name in dict.fromkeys((own, *time_zones())) if "/" not in name or name not in time_zones()]
    places = (name for name in time_zones() if "/" in name)
    by_continent = groupby(places, key=lambda name: name.partition("/")[0])
    groups = [(_continents().get(head, head), [_place(name) for name in names]) for head, names in by_continent]
    return [*((name, name.replace("_", " ")) for name in alone), *groups]


def _place(zone: str) -> tuple[str, str]:
    return zone, zone.partition("/")[2].replace("_", " ").replace("/", ", ")


def _continents() -> dict[str, str]:
    """The parts of the world under which the database of zones keeps its places."""
    return {
        "Africa": _("Africa"),
        "America": _("America"),
        "Antarctica": _("Antarctica"),
        "Arctic": _("Arctic"),
        "Asia": _("Asia"),
        "Atlantic": _("Atlantic Ocean"),
        "Australia": _("Australia"),
        "Europe": _("Europe"),
        "Indian": _("Indian Ocean"),
        "Pacific": _("Pacific Ocean"),
    }
