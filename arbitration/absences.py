"""Who of those who review is away now. The days of an absence are days in the person's own time zone."""

from datetime import UTC, date, datetime, timedelta

from django.db.models import QuerySet

from arbitration.models import Absence
from cpor_portal.accounts.models import User
from cpor_portal.working_days import local_day

ONE_DAY = timedelta(days=1)


def today_of(person: User, at: datetime) -> date:
    """Which day it is for this person at an instant."""
    return local_day(at, person.time_zone)


def around(at: datetime) -> QuerySet[Absence]:
    """The absences that may lie around this instant, wherever their people live; not those that were ended."""
    utc = at.astimezone(UTC).date()
    wanted = Absence.objects.filter(ended_at=None, first_day__lte=utc + ONE_DAY, last_day__gte=utc - ONE_DAY)
    return wanted.select_related("person")


def is_now(absence: Absence, at: datetime) -> bool:
    """Whether the person is away at this instant."""
    return absence.ended_at is None and absence.first_day <= today_of(absence.person, at) <= absence.last_day


def absences_now(at: datetime) -> dict[int, Absence]:
    """Who is away at this instant (aware), by id of the person, each with the absence that lasts longest. One query."""
    away = [absence for absence in around(at) if is_now(absence, at)]
    return {absence.person_id: absence for absence in sorted(away, key=lambda absence: absence.last_day)}


def absence_of(person: User, at: datetime) -> Absence | None:
    """The absence that the person is on at this instant, the longest one; None for whoever is there."""
    today = today_of(person, at)
    lasting = Absence.objects.filter(person=person, ended_at=None, first_day__lte=today, last_day__gte=today)
    return lasting.order_by("-last_day", "id").first()


def is_absent(person: User, at: datetime) -> bool:
    """Whether the person is away at this instant (aware)."""
    return absence_of(person, at) is not None
