"""The Incentives overview: a firm's locations and how far each is enrolled in each programme.

What the states mean follows domain.md, "Solution areas, activities, programmes"; enrolling itself is done with
Microsoft, outside the portal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from cpor_portal.accounts.forms import OwnLabelForm
from cpor_portal.accounts.models import Enrolment, EnrolmentState, MpnLocation, PartnerFirm, Programme
from cpor_portal.faults import Text


@dataclass(frozen=True)
class Meaning:
    """What an enrolment's state means for the firm's claims, and who must do something about it."""

    state: EnrolmentState
    text: Text
    who_acts: Text


@dataclass(frozen=True)
class Cell:
    """A location in one programme: its enrolment, if there is one, and whether that has run out."""

    programme: Programme
    enrolment: Enrolment | None
    has_ended: bool


@dataclass(frozen=True)
class LocationRow:
    """A location with one cell for each programme, in the programmes' order."""

    location: MpnLocation
    cells: tuple[Cell, ...]
    form: OwnLabelForm


_YOUR_ADMINS = _("A Global admin or Incentives admin of your firm acts, with Microsoft.")

MEANINGS: tuple[Meaning, ...] = (
    Meaning(
        EnrolmentState.INVITED,
        _("Microsoft has invited the location to the programme. The invitation waits to be accepted."),
        _YOUR_ADMINS,
    ),
    Meaning(
        EnrolmentState.ENROLLING,
        _("The enrolment has been begun and is not complete."),
        _YOUR_ADMINS,
    ),
    Meaning(
        EnrolmentState.ACTION_REQUIRED,
        _("Microsoft needs something from your firm before the enrolment can go on."),
        _YOUR_ADMINS,
    ),
    Meaning(
        EnrolmentState.VALIDATING,
        _("Microsoft is checking what your firm entered. Wait; claims can be drafted meanwhile."),
        _("Microsoft acts."),
    ),
    Meaning(
        EnrolmentState.ENROLLED,
        _("Claims for the programme's activities can be submitted under this location."),
        _("Nobody has to act. The enrolment rolls over each year on 30 June while your firm is eligible."),
    ),
    Meaning(
        EnrolmentState.INACTIVE,
        _("The enrolment has lapsed. Claims for the programme's activities can be drafted, not submitted."),
        _YOUR_ADMINS,
    ),
    Meaning(
        EnrolmentState.DISCONTINUED,
        _("The enrolment has been closed for good. Another location, or a new enrolment, is needed."),
        _YOUR_ADMINS,
    ),
)

PROGRAMMES_FOR: Mapping[Programme, Text] = {
    Programme.OSA: _("Business Applications: Presales"),
    Programme.OSU_BA: _("Business Applications: Usage"),
    Programme.OSU_M365: _("Microsoft 365: Usage"),
}
"""The activity that each programme pays (domain.md, "Solution areas, activities, programmes")."""


def locations_of(firm: PartnerFirm, today: date, entered: OwnLabelForm | None = None) -> list[LocationRow]:
    """Every location of the firm, by MPN ID, judged on `today`, the review site's day as in the wizard. Two queries.

    `entered` is a label form that was refused; it stands in the place of its location's own.
    """
    locations = firm.locations.prefetch_related("enrolments").order_by("mpn_id")
    return [LocationRow(location, _cells(location, today), _form(location, entered)) for location in locations]


def _form(location: MpnLocation, entered: OwnLabelForm | None) -> OwnLabelForm:
    return entered if entered and entered.of == location else OwnLabelForm(of=location)


def _cells(location: MpnLocation, today: date) -> tuple[Cell, ...]:
    enrolments = {enrolment.programme: enrolment for enrolment in location.enrolments.all()}
    return tuple(_cell(programme, enrolments.get(programme), today) for programme in Programme)


def _cell(programme: Programme, enrolment: Enrolment | None, today: date) -> Cell:
    ends_on = enrolment.ends_on if enrolment else None
    return Cell(programme, enrolment, has_ended=ends_on is not None and ends_on < today)
