"""What the firm did: solution area and activities, each explained where it is chosen (domain.md, same section)."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from claims.checks.activity import PROGRAMMES
from claims.wizard.forms.base import Choice, StepForm, Words, part
from claims.words import Activity
from cpor_portal.accounts.models import Programme
from cpor_portal.directory.models import SolutionArea

FOR_WHOM: Words = _("For")
PAYS: Words = _("Pays")
APPLIES: Words = _("Applies")
WRONG: Words = _("If it is wrong")

BOUGHT_DIRECTLY: Words = _(
    "Only where the customer bought through Volume Licensing or Web-Direct. Purchases through a Cloud Solution "
    "Provider (CSP) are refused."
)
BOUGHT_ANYHOW: Words = _("Whatever way the customer bought.")

AREA_TEXTS: dict[str, Words] = {
    SolutionArea.BUSINESS_APPLICATIONS: _(
        "Dynamics 365 and Power Platform. Claimed for a subscription, and only where the customer bought through "
        "Volume Licensing or Web-Direct."
    ),
    SolutionArea.MICROSOFT_365: _(
        "Exchange, Teams, Intune and the other workloads. Claimed for the whole tenant, whatever way the customer "
        "bought."
    ),
}


@dataclass(frozen=True)
class Meaning:
    """An activity in one area, as the wizard explains it."""

    text: Words
    for_whom: Words
    applies: Words
    if_wrong: Words


_LOSES_PAYMENT: Words = _(
    "The firm loses its eligibility for payment. Once a reviewer has started, the activity changes only by a "
    "correction that the reviewer accepts."
)

MEANINGS: dict[tuple[str, str], Meaning] = {
    (SolutionArea.BUSINESS_APPLICATIONS, Activity.PRESALES): Meaning(
        _("You influenced the purchase."),
        _("Firms that advised the customer before it bought. May stand in one claim with usage."),
        BOUGHT_DIRECTLY,
        _LOSES_PAYMENT,
    ),
    (SolutionArea.BUSINESS_APPLICATIONS, Activity.USAGE): Meaning(
        _("You drive adoption and use."),
        _("Firms that help the customer use what it has bought. May stand in one claim with presales."),
        BOUGHT_DIRECTLY,
        _LOSES_PAYMENT,
    ),
    (SolutionArea.BUSINESS_APPLICATIONS, Activity.REVENUE_ASSOCIATION): Meaning(
        _("You influenced the selection; recognition only."),
        _(
            "Firms that want recognition for a selection that they influenced. Stands alone, and needs the Dynamics "
            "solution seller, the customer's name and the ISV product or solution."
        ),
        BOUGHT_DIRECTLY,
        _(
            "Nothing is paid for this claim, even if your firm did presales or usage work. Other firms meet you as "
            "a rival all the same."
        ),
    ),
    (SolutionArea.MICROSOFT_365, Activity.USAGE): Meaning(
        _("You drive adoption and use of a workload."),
        _("Firms that help the customer's people use a workload that the customer has."),
        BOUGHT_ANYHOW,
        _LOSES_PAYMENT,
    ),
}


def _pays(programme: Programme | None) -> Words:
    if programme is None:
        return _("Nothing. It is recognition only, and no enrolment is needed.")
    return {
        Programme.OSA: _("Looked at by Online Services Advisory (OSA); the MPN location must be enrolled there."),
        Programme.OSU_BA: _(
            "Looked at by Online Services Usage, Business Applications (OSU-BA); the MPN location must be enrolled "
            "there."
        ),
        Programme.OSU_M365: _(
            "Looked at by Online Services Usage, Microsoft 365 (OSU-M365); the MPN location must be enrolled there."
        ),
    }[programme]


@dataclass(frozen=True)
class AreaActivities:
    """The activities of one area, shown together."""

    area: str
    label: Words
    choices: tuple[Choice, ...]


class ActivityForm(StepForm):
    """Radio buttons for the area; checkboxes for the activities, grouped by area."""

    step: ClassVar = "activity"
    solution_area = forms.ChoiceField(
        label=_("Solution area"), choices=SolutionArea.choices, widget=forms.RadioSelect, required=False
    )
    activities = forms.MultipleChoiceField(
        label=_("Activities"), choices=Activity.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    grouped: ClassVar = frozenset({"solution_area", "activities"})
    layout: ClassVar = (part("areas"), part("activities"))

    def clean_activities(self) -> list[str]:
        """Usage stands in both groups; ticked twice it counts once."""
        return list(dict.fromkeys(self.cleaned_data["activities"]))

    def areas(self) -> list[Choice]:
        """The two areas as cards."""
        chosen = self.chosen("solution_area")
        return [
            Choice(f"id_solution_area_{number}", "solution_area", value, label, value in chosen, AREA_TEXTS[value])
            for number, (value, label) in enumerate(SolutionArea.choices)
        ]

    def activities_by_area(self) -> list[AreaActivities]:
        """Each area's activities as cards. What was ticked shows in the chosen area alone."""
        return [
            AreaActivities(area, SolutionArea(area).label, tuple(self._activities_of(area)))
            for area in SolutionArea.values
        ]

    def _activities_of(self, area: str) -> list[Choice]:
        areas, chosen = self.chosen("solution_area"), self.chosen("activities")
        ticked = chosen if area in areas or not areas else []
        keys = list(MEANINGS)
        return [
            Choice(
                id=f"id_activities_{keys.index(key)}",
                name="activities",
                value=key[1],
                label=Activity(key[1]).label,
                is_chosen=key[1] in ticked,
                text=meaning.text,
                more=_more(key, meaning),
            )
            for key, meaning in MEANINGS.items()
            if key[0] == area
        ]


def _more(key: tuple[str, str], meaning: Meaning) -> tuple[tuple[Words, Words], ...]:
    return (
        (FOR_WHOM, meaning.for_whom),
        (PAYS, _pays(PROGRAMMES[key])),
        (APPLIES, meaning.applies),
        (WRONG, meaning.if_wrong),
    )


def initial_of(area: str, activities: list[str]) -> dict[str, Any]:
    """The form's answers as the row has them."""
    return {"solution_area": area, "activities": list(activities)}
