"""The daily digest: what was kept for people who want one mail a day, told at 08:00 on their working days.

In the person's own time zone, by the calendar of their firm or of the review site. A digest that an outage held up
comes later on the same day, or with the next working day's (docs/decisions/mail-preferences.md).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cached_property
from itertools import groupby
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import BooleanField, Case, Min, Q, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from cpor_portal.accounts.calendars import firm_calendar, review_calendar
from cpor_portal.accounts.models import MailPace, PartnerFirm, User
from cpor_portal.accounts.permissions import firm_of, is_staff_of_microsoft
from cpor_portal.notifications.batches import has_newer, state_kinds
from cpor_portal.notifications.kinds import MailKind
from cpor_portal.notifications.models import MailState, OutboxMail
from cpor_portal.notifications.outbox import queue_mail, zone_of
from cpor_portal.working_days import UnknownCalendar, WorkCalendar, is_working_day

DIGEST_AT = time(8)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Group:
    """What a digest tells of one claim: a link to it, and the mails, oldest first."""

    reference: str
    link: str
    mails: Sequence[OutboxMail]


@dataclass
class _Days:
    """Whether a day is a working day, for many people: each calendar is read once."""

    firms: dict[int, WorkCalendar] = field(default_factory=dict)

    @cached_property
    def review(self) -> WorkCalendar:
        return review_calendar()

    def is_working(self, day: date, person: User) -> bool:
        firm = firm_of(person)
        try:
            return is_working_day(day, self._of(firm) if firm else self.review)
        except UnknownCalendar:
            # The firm's people must get their news all the same.
            return day.weekday() < 5

    def _of(self, firm: PartnerFirm) -> WorkCalendar:
        return self.firms.get(firm.pk) or self.firms.setdefault(firm.pk, firm_calendar(firm))


def send_digests(now: datetime) -> int:
    """Queue the digests that are due at `now` (aware); returns how many people were told. For the portal alone.

    Any number of processes may do this at once. One person's failure does not hold up the others: it is logged, and
    their digest stays due.
    """
    OutboxMail.objects.filter(state=MailState.HELD, person=None).update(state=MailState.SILENCED)
    told, days = 0, _Days()
    for person, today in _due(now):
        if not days.is_working(today, person):
            continue
        try:
            told += _settle(person.pk, today)
        except (DatabaseError, ValueError) as error:
            log.error("digest_not_sent", person=person.pk, error=repr(error))
    return told


def _due(now: datetime) -> Iterable[tuple[User, date]]:
    """People for whom something was kept before today's hour, which is past; and their day."""
    held = OutboxMail.objects.filter(state=MailState.HELD).exclude(person=None)
    oldest = dict(held.order_by().values_list("person").annotate(Min("queued_at")))
    people = User.objects.filter(pk__in=oldest).select_related("membership__firm").order_by("pk")
    for person in people:
        there = now.astimezone(zone_of(person) or UTC)
        begins = datetime.combine(there.date(), DIGEST_AT, there.tzinfo)
        if oldest[person.pk] < begins <= now:
            yield person, there.date()


@transaction.atomic
def _settle(person_id: int, today: date) -> bool:
    """Tell the person what was kept for them, or silence it; whether a digest was queued.

    The person's row is the lock: whoever finds it taken leaves this digest to the other process.
    """
    people = User.objects.select_for_update(skip_locked=True, no_key=True)
    person = people.filter(pk=person_id).first()
    key = f"digest:{person_id}:{today:%Y-%m-%d}"
    if person is None or OutboxMail.objects.filter(event_key=key).exists():
        return False
    if not _wants_digests(person):
        _held(person).update(state=MailState.SILENCED)
        return False
    kept = list(_held(person).annotate(is_outdated=_is_outdated()).defer("text", "html").order_by("pk"))
    _mark([mail for mail in kept if mail.is_outdated], state=MailState.SUPERSEDED)
    news = [mail for mail in kept if not mail.is_outdated]
    if news:
        queue_mail(kind=DIGEST.code, event_key=key, to=person, context=_context(news, person))
        _mark(news, state=MailState.DIGESTED, digest=OutboxMail.objects.get(event_key=key))
    return bool(news)


def _wants_digests(person: User) -> bool:
    """Not who left, and not who now wants only what needs action; who wants each mail at once gets the last one."""
    is_here = person.is_active and (firm_of(person) is not None or is_staff_of_microsoft(person))
    return is_here and person.mail_pace != MailPace.NEEDS_ACTION


def _held(person: User) -> Any:
    return OutboxMail.objects.filter(state=MailState.HELD, person=person)


def _is_outdated() -> Case:
    tells_state = Q(kind__in=state_kinds()) & ~Q(claim_reference="")
    return Case(When(tells_state, then=has_newer()), default=False, output_field=BooleanField())


def _mark(mails: Sequence[OutboxMail], **facts: Any) -> None:
    OutboxMail.objects.filter(pk__in=[mail.pk for mail in mails]).update(**facts)


def _context(news: Sequence[OutboxMail], person: User) -> dict[str, Any]:
    by_claim = groupby(
        sorted(news, key=lambda mail: (mail.claim_reference, mail.pk)), lambda mail: mail.claim_reference
    )
    groups = [Group(reference, _link(reference, person), list(mails)) for reference, mails in by_claim]
    return _facts(groups)


def _facts(groups: Sequence[Group]) -> dict[str, Any]:
    return {"groups": groups, "link": f"{settings.PORTAL_URL}{reverse('home')}"}


def _link(reference: str, person: User) -> str:
    """The claim's page as this person has it: reviewers in the workspace, partners on their own side."""
    if not reference:
        return f"{settings.PORTAL_URL}{reverse('home')}"
    place = "arbitration:workspace" if is_staff_of_microsoft(person) else "claims:detail"
    return f"{settings.PORTAL_URL}{reverse(place, args=[reference])}"


def _sample() -> Mapping[str, Any]:
    """Two claims, one of them with two mails, as the staff's page shows it."""
    noon = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    subjects = {
        "C-7K3M9Q2X": (_("Contoso · C-7K3M9Q2X: submitted"), _("Contoso · C-7K3M9Q2X: a comment")),
        "C-2HD8WN4R": (_("Fabrikam · C-2HD8WN4R: withdrawn"),),
    }
    groups = [
        Group(
            reference,
            f"{settings.PORTAL_URL}{reverse('claims:detail', args=[reference])}",
            [OutboxMail(subject=subject, claim_reference=reference, queued_at=noon) for subject in lines],
        )
        for reference, lines in subjects.items()
    ]
    return _facts(groups)


# Never silenced: it is what its reader asked for, and is not to be kept for a digest.
DIGEST = MailKind(
    "digest",
    pgettext_lazy("kind of mail", "Daily digest"),
    never_silenced=True,
    tells_state=False,
    sample=_sample,
)
