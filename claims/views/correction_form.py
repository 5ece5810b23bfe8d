"""The form on which a correction is asked for: the MPN and activity steps' own cards, with why it is to change."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from crispy_forms.layout import HTML, Fieldset
from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from claims.checks.activity import PROGRAMMES
from claims.checks.contacts import REVENUE
from claims.meanings import MEANINGS, explained
from claims.models import Claim
from claims.refusals import Explanation, explain
from claims.wizard.forms.activity import AreaActivities
from claims.wizard.forms.base import Choice, part
from claims.wizard.forms.contacts import HELP, label_of
from claims.wizard.forms.mpn import MpnForm
from claims.words import Activity
from cpor_portal.accounts.models import Programme
from cpor_portal.directory.models import SolutionArea
from cpor_portal.faults import Refused


class CorrectionForm(MpnForm):
    """Location and activities as they are to be, filled in as the claim has them, and the reason."""

    grouped: ClassVar = frozenset({"mpn_id", "activities"})
    version = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    activities = forms.MultipleChoiceField(label=_("Activities"), choices=Activity.choices, required=False)
    reason = forms.CharField(
        label=_("Why is it to change?"),
        help_text=_("The reviewer reads it and decides by it. It becomes a comment on the claim."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, claim: Claim, **kwargs: Any) -> None:
        super().__init__(*args, claim=claim, initial=initial_of(claim), **kwargs)
        del self.fields["seen"]  # the version of the whole claim is compared, not one step's answers
        activities = [part("activities")] if self.has_choice else []
        self.lay_out(part("locations"), *activities, *self._revenue(), "reason")

    @property
    def has_choice(self) -> bool:
        """Whether the claim's area knows more than one activity."""
        return self.claim.solution_area == SolutionArea.BUSINESS_APPLICATIONS

    def _revenue(self) -> list[Fieldset]:
        if not self.has_choice:
            return []
        for name in REVENUE:
            widget = forms.TextInput(attrs={"autocomplete": "off"})
            self.fields[name] = forms.CharField(
                label=label_of(name), required=False, strip=False, help_text=str(HELP[name]), widget=widget
            )
        lead = format_html('<p class="form-text">{}</p>', _("Only for revenue association, which needs all three."))
        return [Fieldset(_("Facts of a revenue association"), HTML(lead), *REVENUE, css_class="contact-group")]

    def programmes(self) -> tuple[Programme, ...]:
        """All programmes of the claim's area: which of them is needed shows with the activity."""
        area = self.claim.solution_area
        return tuple(programme for (known, _code), programme in PROGRAMMES.items() if known == area and programme)

    def activities_by_area(self) -> list[AreaActivities]:
        """The activities of the claim's own area: the area stays."""
        area = self.claim.solution_area
        return [AreaActivities(area, SolutionArea(area).label, tuple(self._activities_of(area)))]

    def _activities_of(self, area: str) -> list[Choice]:
        chosen, known = self.chosen("activities"), [key for key in MEANINGS if key[0] == area]
        return [
            Choice(
                id=f"id_activities_{number}",
                name="activities",
                value=key[1],
                label=Activity(key[1]).label,
                is_chosen=key[1] in chosen,
                text=MEANINGS[key].text,
                more=explained(key),
            )
            for number, key in enumerate(known)
        ]

    def arguments(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """What was `sent`, named as the act's parameters: what was not sent at all is to stay as it is."""
        answers = self.cleaned_data
        return {
            "mpn_id": answers["mpn_id"] if "mpn_id" in sent else None,
            "activities": answers["activities"],
            "facts": {name: answers[name] for name in REVENUE if name in sent and name in answers},
            "reason": answers["reason"],
            "version": answers["version"],
        }

    def explanations(self) -> list[Explanation]:
        """A box where there is more to say than what stands beside the field."""
        faults: Iterable[Refused] = (fault for fault in self.faults if fault.field not in REVENUE)
        return [told for told in (explain(fault, self.claim) for fault in faults) if told.text]

    def beside(self, fault: Refused) -> str:
        """The whole text where there is no box."""
        explanation = explain(fault, self.claim)
        return explanation.text if fault.field in REVENUE else explanation.title

    def named(self, fault: Refused) -> str:
        """With the field's name: three can be wrong in the same way."""
        title = super().named(fault)
        if fault.field not in REVENUE:
            return title
        return str(_("%(field)s: %(title)s") % {"field": label_of(fault.field), "title": title})


def initial_of(claim: Claim) -> dict[str, Any]:
    """The form's answers as the claim has them."""
    facts = {name: getattr(claim, name) for name in REVENUE}
    mpn_id = claim.location.mpn_id if claim.location else ""
    return {"mpn_id": mpn_id, "activities": list(claim.activities), "version": claim.version, **facts}
