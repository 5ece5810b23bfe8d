"""Under which MPN location the firm claims: its own as cards, or any MPN ID typed; both are the field `mpn_id`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from claims.checks.activity import programmes_for
from claims.checks.mpn import enrolled_locations
from claims.wizard.forms.base import StepForm, part
from cpor_portal.accounts.models import Enrolment, MpnLocation, Programme

OTHER = ""
"""The radio button beside the text field sends nothing itself; the text counts."""


class CardsOrText(forms.TextInput):
    """Reads one value out of radio buttons and a text field that share a name."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> str:
        """What was chosen or typed; where the two differ, both, one to a line, for the form to ask back."""
        sent = data.getlist(name) if isinstance(data, QueryDict) else [data.get(name) or ""]
        values = (value.replace("\n", " ").strip() for value in sent)
        return "\n".join(dict.fromkeys(value for value in values if value))


@dataclass(frozen=True)
class ProgrammeState:
    """A location's enrolment in one programme that the activity needs; None where it has none."""

    programme: Programme
    enrolment: Enrolment | None


@dataclass(frozen=True)
class LocationCard:
    """One of the firm's locations, and whether it may file the chosen activities today."""

    id: str
    location: MpnLocation
    is_chosen: bool
    is_enrolled: bool
    states: tuple[ProgrammeState, ...]


class MpnForm(StepForm):
    """Choose a location of the firm or enter an MPN ID."""

    step: ClassVar = "mpn"
    mpn_id = forms.CharField(label=_("MPN location"), required=False, strip=False, widget=CardsOrText)
    grouped: ClassVar = frozenset({"mpn_id"})
    layout: ClassVar = (part("locations"),)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.locations = list(self.claim.firm.locations.prefetch_related("enrolments"))
        self.enrolled = enrolled_locations(self.claim.firm, self.programmes(), today)

    def clean_mpn_id(self) -> str:
        """Refuses to guess where a card was chosen and another ID typed: a wrong MPN costs eligibility."""
        text: str = self.cleaned_data["mpn_id"]
        if "\n" in text and text.split("\n", 1)[0] in self._own():
            raise forms.ValidationError(
                _("You chose a location and entered another MPN ID. Keep one of the two."), code="mpn_ambiguous"
            )
        return text

    def cards(self) -> list[LocationCard]:
        """The firm's locations as cards."""
        return [self._card(number, location) for number, location in enumerate(self.locations)]

    def programmes(self) -> tuple[Programme, ...]:
        """The programmes in which the location must be enrolled; none for revenue association."""
        return programmes_for(self.claim.solution_area, self.claim.activities)

    def typed(self) -> str:
        """What belongs into the text field: whatever was sent that is none of the cards."""
        return "\n".join(value for value in self._sent() if value not in self._own())

    def _sent(self) -> Sequence[str]:
        return str(self["mpn_id"].value() or "").split("\n")

    def _own(self) -> set[str]:
        return {location.mpn_id for location in self.locations}

    def _card(self, number: int, location: MpnLocation) -> LocationCard:
        held = {enrolment.programme: enrolment for enrolment in location.enrolments.all()}
        return LocationCard(
            id=f"id_mpn_id_{number}",
            location=location,
            is_chosen=location.mpn_id in self._sent(),
            is_enrolled=location in self.enrolled,
            states=tuple(ProgrammeState(programme, held.get(programme)) for programme in self.programmes()),
        )
