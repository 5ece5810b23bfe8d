"""The MPN step: a location of one's own, enrolled in the programme that the activity needs (domain.md)."""

from collections.abc import Iterable, Sequence
from datetime import date

from claims.checks.activity import programmes_for
from claims.refusals import refused
from cpor_portal.accounts.models import Enrolment, EnrolmentState, MpnLocation, PartnerFirm, Programme
from cpor_portal.accounts.permissions import global_admins
from cpor_portal.directory.identifiers import Malformed, read_mpn_id


def check_mpn(text: str, firm: PartnerFirm) -> MpnLocation:
    """The location of `firm` that `text` names.

    Raises Refused: mpn_required, mpn_id_malformed, global_id (the firm's own), not_your_mpn. Another firm's
    location, another firm's global ID and a number that nobody has get the same answer.
    """
    mpn_id = _read(text)
    if mpn_id == firm.global_id:
        raise refused("global_id", field="mpn_id", mpn_id=mpn_id)
    location = MpnLocation.objects.select_related("firm").filter(mpn_id=mpn_id, firm=firm).first()
    if location is None:
        raise refused("not_your_mpn", field="mpn_id", mpn_id=mpn_id)
    return location


def check_enrolment(location: MpnLocation, area: str, activities: Sequence[str], today: date) -> None:
    """Whether the location may file these activities on `today` (a calendar day at the review site).

    Raises Refused not_enrolled, with what is missing (programme, state, end), the firm's locations that would do
    and its global admins' names. An enrolment in the state *enrolled* counts up to and including its last day.
    """
    needed = programmes_for(area, activities)
    held = {row.programme: row for row in location.enrolments.all()}
    missing = [programme for programme in needed if not _in_force(held.get(programme), today)]
    if not missing:
        return
    raise refused(
        "not_enrolled",
        field="mpn_id",
        mpn_id=location.mpn_id,
        programmes=", ".join(str(programme.label) for programme in missing),
        missing=tuple(_missing(programme, held.get(programme)) for programme in missing),
        other_locations=tuple(str(other) for other in enrolled_locations(location.firm, needed, today)),
        global_admins=tuple(person.name for person in global_admins(location.firm)),
    )


def enrolled_locations(firm: PartnerFirm, programmes: Iterable[Programme], today: date) -> list[MpnLocation]:
    """The firm's locations whose enrolment in every one of `programmes` is in force on `today`, by MPN ID."""
    wanted = set(programmes)
    return [
        location
        for location in firm.locations.prefetch_related("enrolments")
        if wanted <= {row.programme for row in location.enrolments.all() if _in_force(row, today)}
    ]


def _read(text: str) -> str:
    if not text.strip():
        raise refused("mpn_required", field="mpn_id")
    try:
        return read_mpn_id(text)
    except Malformed as malformed:
        raise refused("mpn_id_malformed", field="mpn_id") from malformed


def _in_force(enrolment: Enrolment | None, today: date) -> bool:
    if enrolment is None or enrolment.state != EnrolmentState.ENROLLED:
        return False
    return enrolment.ends_on is None or enrolment.ends_on >= today


def _missing(programme: Programme, enrolment: Enrolment | None) -> tuple[str, str, date | None]:
    """The programme as people read it, the enrolment's state (empty: none) and its last day."""
    if enrolment is None:
        return str(programme.label), "", None
    return str(programme.label), enrolment.state, enrolment.ends_on
