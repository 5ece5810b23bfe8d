"""The desk of whoever gets work: locked before any claim, so that nobody takes on more than their limit at once."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from arbitration.absences import absence_of
from arbitration.load import limit_of, load_of
from arbitration.models import Absence, Desk
from cpor_portal.accounts.models import User
from cpor_portal.faults import Refused


def lock_desks(people: Iterable[User]) -> dict[int, Desk]:
    """The desks of these people, locked in the order of their ids; made for whoever has none. By id of the person.

    Before any claim: first the desks, then the claim, then its targets. Must run inside a transaction.
    """
    wanted = sorted({person.pk for person in people})
    there = set(Desk.objects.filter(person__in=wanted).values_list("person_id", flat=True))
    if missing := [pk for pk in wanted if pk not in there]:
        Desk.objects.bulk_create([Desk(person_id=pk) for pk in missing], ignore_conflicts=True)
    locked = Desk.objects.select_for_update(no_key=True).filter(person__in=wanted).order_by("person_id")
    return {desk.person_id: desk for desk in locked}


def lock_desk(person: User) -> Desk:
    """The desk of one person, locked; as `lock_desks`."""
    return lock_desks([person])[person.pk]


def has_room(desk: Desk, person: User, more: int = 1) -> bool:
    """Whether the person may have so many claims more that wait for Microsoft. Asks only where there is a limit."""
    limit = limit_of(desk)
    return not limit or load_of(person) + more <= limit


def require_room(desk: Desk, person: User) -> None:
    """Raises Refused `load_limit_reached` where the person may take no further claim."""
    if not has_room(desk, person):
        raise load_limit_reached(desk)


def load_limit_reached(desk: Desk) -> Refused:
    """The fault that tells a person that their desk is full, and what helps."""
    text = _(
        "You have as many claims that wait for Microsoft as you may have at once (%(limit)d). Decide one or hand one"
        " back, or ask an arbiter for a higher limit."
    )
    return Refused("load_limit_reached", text % {"limit": limit_of(desk)}, limit=limit_of(desk))


def require_there(person: User, at: datetime) -> None:
    """Raises Refused `reviewer_absent` where the person is noted as away `at` this instant."""
    absence = absence_of(person, at)
    if absence is not None:
        raise _you_are_away(absence)


def _you_are_away(absence: Absence) -> Refused:
    text = _("You are noted as away until %(day)s, so you take no claims. If you are back, end the absence first.")
    return Refused("reviewer_absent", text % {"day": date_format(absence.last_day, "DATE_FORMAT")}, absence=absence.pk)
