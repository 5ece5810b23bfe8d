"""What the firm did: solution area and activities, each explained where it is chosen (domain.md, same section)."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from claims.meanings import MEANINGS, explained
from claims.wizard.forms.base import Choice, StepForm, Words, part
from claims.words import Activity
from cpor_portal.directory.models import SolutionArea

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
                more=explained(key),
            )
            for key, meaning in MEANINGS.items()
            if key[0] == area
        ]


def initial_of(area: str, activities: list[str]) -> dict[str, Any]:
    """The form's answers as the row has them."""
    return {"solution_area": area, "activities": list(activities)}
