"""Days on which somebody takes no work: their open work goes back to the queue when the first of them begins."""

from datetime import date, datetime, timedelta

import structlog
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from arbitration import absences
from arbitration.acts.desks import lock_desk
from arbitration.acts.hand_back import ABSENCE, give_back_all
from arbitration.load import IN_LOAD
from arbitration.models import Absence
from arbitration.permissions import require_arbiter, require_role
from claims import mails
from claims.models import Claim
from cpor_portal.accounts import permissions as people
from cpor_portal.accounts.models import User
from cpor_portal.faults import Conflict, NotAllowed, Refused

log = structlog.get_logger(__name__)
LONGEST = timedelta(days=366)
# What begins later is a slip of the year.
FARTHEST = timedelta(days=2 * 366)
LONGEST_NOTE = 1_000


def declare_absence(
    *, by: User, person: User, first_day: date, last_day: date, note: str = "", at: datetime | None = None
) -> tuple[Absence, list[Claim]]:
    """Note the days on which `person` takes no work, in that person's own time zone, both included.

    Reviewers and arbiters for themselves, arbiters for everybody who reviews. Where the first day has come, what the
    person has and what waits for Microsoft goes back to the queue at once: those claims are returned as well. What
    waits for its partner stays theirs. Raises NotAllowed, Refused (`absence_backwards`, `absence_is_over`,
    `absence_too_far`, `absence_too_long`, `absence_overlaps`, `note_too_long`). `at` is aware, now unless given.
    """
    require_may_plan_for(by, person)
    at = at or timezone.now()
    with transaction.atomic():
        lock_desk(person)
        _require_sensible(person, first_day, last_day, note, at)
        absence = Absence.objects.create(
            person=person, first_day=first_day, last_day=last_day, note=note.strip(), declared_by=by, declared_at=at
        )
        return absence, _begin(absence, by, at) if absences.is_now(absence, at) else []


def end_absence(*, by: User, absence_id: int, at: datetime | None = None) -> Absence:
    """The person is back, or does not go: from now on they take work again. What went back stays in the queue.

    Whoever it is about, or an arbiter, may. Raises NotAllowed, Conflict `absence_is_over` where it has ended already.
    """
    at = at or timezone.now()
    with transaction.atomic():
        absence = Absence.objects.select_related("person").filter(pk=absence_id).first()
        if absence is None:
            raise NotAllowed("not_your_absence", _("You can end your own absence only."))
        require_may_plan_for(by, absence.person)
        lock_desk(absence.person)
        absence = Absence.objects.select_related("person").get(pk=absence_id)
        if absence.ended_at is not None or absence.last_day < absences.today_of(absence.person, at):
            raise Conflict("absence_is_over", _("This absence has ended already."))
        absence.ended_at = at
        absence.save(update_fields=["ended_at"])
    return absence


def begin_absences(*, now: datetime) -> int:
    """Put the work of everybody whose absence has begun back into the queue; how many absences. For the portal alone.

    Each person has a transaction of their own, and what goes wrong with one is logged and holds up no other. Harmless
    when it runs twice or late. Raises DatabaseError when the database itself is gone.
    """
    return sum(_begin_of(person_id, now) for person_id in _due(now))


def _begin_of(person_id: int, now: datetime) -> int:
    begun = 0
    try:
        with transaction.atomic():
            lock_desk(User.objects.get(pk=person_id))
            for absence in _to_begin(now, person_id):
                _begin(absence, None, now)
                begun += 1
    except Exception as error:
        # Isolated on purpose, as in the sweep of deadlines. A database that is gone is everybody's trouble.
        if isinstance(error, DatabaseError) and not connection.is_usable():
            raise
        log.exception("absence_not_begun", person=person_id)
        return 0
    return begun


def require_may_plan_for(by: User, person: User) -> None:
    """Raises NotAllowed unless it is about `by` themselves or an arbiter asks, and `person` reviews."""
    require_role(by)
    if person != by:
        require_arbiter(by)
    if not people.is_reviewer(person):
        raise NotAllowed("reviewers_only", _("Only reviewers and arbiters can do this."))


def _due(now: datetime) -> list[int]:
    return sorted({absence.person_id for absence in _begun_by(now)})


def _to_begin(now: datetime, person_id: int) -> list[Absence]:
    return [absence for absence in _begun_by(now) if absence.person_id == person_id]


def _begun_by(now: datetime) -> list[Absence]:
    """Those whose first day has come and whose work has not gone back yet; a few, by the index of these alone."""
    waiting = Absence.objects.filter(begun_at=None, ended_at=None, first_day__lte=now.date() + absences.ONE_DAY)
    found = waiting.select_related("person").order_by("first_day", "id")
    return [absence for absence in found if absence.first_day <= absences.today_of(absence.person, now)]


def _begin(absence: Absence, by: User | None, at: datetime) -> list[Claim]:
    absence.begun_at = at
    absence.save(update_fields=["begun_at"])
    # One that was over before anybody looked, through an outage, sends nothing back.
    if not absences.is_now(absence, at):
        return []
    given = give_back_all(absence.person, statuses=IN_LOAD, why=ABSENCE, by=by, at=at)
    claims = [claim for claim, _event in given]
    if absence.declared_by != absence.person:
        # Whoever did not note it themselves hears that the work is gone, as of any other hand-back by an arbiter.
        mails.all_returned(given, reviewer=absence.person, by=absence.declared_by, note=absence.note)
    arbiters = [person for person in people.arbiters() if person != by]
    mails.absence_began(
        absence=absence.pk, person=absence.person, last_day=absence.last_day, claims=claims, recipients=arbiters
    )
    return claims


def _require_sensible(person: User, first_day: date, last_day: date, note: str, at: datetime) -> None:
    if last_day < first_day:
        text = _("The last day cannot be before the first day.")
        raise Refused("absence_backwards", text, field="last_day")
    if last_day < absences.today_of(person, at):
        raise Refused("absence_is_over", _("These days are over already."), field="last_day")
    if last_day - first_day > LONGEST:
        raise Refused("absence_too_long", _("An absence can have up to a year."), field="last_day")
    if len(note) > LONGEST_NOTE:
        raise Refused("note_too_long", _("The note can have up to 1,000 characters."), field="note")
    if first_day - absences.today_of(person, at) > FARTHEST:
        text = _("An absence can begin within two years. Check the year.")
        raise Refused("absence_too_far", text, field="first_day")
    known = Absence.objects.filter(person=person, ended_at=None, first_day__lte=last_day, last_day__gte=first_day)
    if known.exists():
        text = _("An absence is noted on some of these days already. End that one first.")
        raise Refused("absence_overlaps", text, field="first_day")
