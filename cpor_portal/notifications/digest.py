"""The daily digest: what was kept for people who want one mail a day, told at 08:00 on their working days.

In the person's own time zone, by the calendar of their firm or of the review site. A digest that an outage held up
comes later on the same day, or with the next working day's (docs/decisions/mail-preferences.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import groupby
from typing import Any

import structlog
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from cpor_portal.accounts.calendars import firm_calendar, review_calendar
from cpor_portal.accounts.models import MailPace, PartnerFirm, User
from cpor_portal.accounts.permissions import firm_of, is_reviewer
from cpor_portal.notifications.batches import has_newer
from cpor_portal.notifications.kinds import MailKind
from cpor_portal.notifications.links import link_to
from cpor_portal.notifications.models import MailState, OutboxMail
from cpor_portal.notifications.outbox import queue_mail, zone_of
from cpor_portal.notifications.readers import may_get_mail
from cpor_portal.working_days import UnknownCalendar, WorkCalendar, is_working_day

DIGEST_AT = time(8)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Group:
    """What a digest tells of one claim: a link to it, and the mails, oldest first, each with its summary."""

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
    their digest stays due. Raises DatabaseError when the database itself is gone.
    """
    OutboxMail.objects.filter(state=MailState.HELD, person=None).update(state=MailState.SILENCED)
    days = _Days()
    return sum(_one(person_id, now, days) for person_id in _due(now))


def _due(now: datetime) -> list[int]:
    """People with a kept mail whose time to be looked at has come: nobody, in most minutes of a day."""
    held = OutboxMail.objects.filter(state=MailState.HELD, next_attempt_at__lte=now).exclude(person=None)
    return sorted(held.order_by().values_list("person", flat=True).distinct())


def _one(person_id: int, now: datetime, days: _Days) -> bool:
    try:
        return _settle(person_id, now, days)
    except Exception as error:
        # Isolated on purpose, as in the sweep of deadlines: whatever is wrong with one person's mails, the others get
        # theirs. A database that is gone is everybody's trouble.
        if isinstance(error, DatabaseError) and not connection.is_usable():
            raise
        log.exception("digest_not_sent", person=person_id)
        return False


@transaction.atomic
def _settle(person_id: int, now: datetime, days: _Days) -> bool:
    """Tell the person what was kept for them, silence it, or put it off; whether a digest was queued.

    The person's row is the lock: whoever finds it taken leaves this digest to the other process.
    """
    people = User.objects.select_related("membership__firm").filter(pk=person_id)
    person = people.select_for_update(of=("self",), skip_locked=True, no_key=True).first()
    if person is None:
        return False
    eight = _eight_of(person, now)
    key = f"digest:{person_id}:{eight:%Y-%m-%d}"
    if not _is_due(person, now, days) or OutboxMail.objects.filter(event_key=key).exists():
        _put_off(person, now)
        return False
    if not _wants_digests(person):
        _held(person).update(state=MailState.SILENCED)
        return False
    return _tell(person, key)


def _tell(person: User, key: str) -> bool:
    kept = list(_held(person).annotate(is_outdated=has_newer()).defer("text", "html").order_by("pk"))
    _mark([mail for mail in kept if mail.is_outdated], state=MailState.SUPERSEDED)
    news = [mail for mail in kept if not mail.is_outdated]
    if news:
        queue_mail(kind=DIGEST.code, event_key=key, to=person, context=_context(news, person))
        _mark(news, state=MailState.DIGESTED, digest=OutboxMail.objects.get(event_key=key))
    return bool(news)


def _eight_of(person: User, now: datetime, days_on: int = 0) -> datetime:
    """When the person's digest comes on their present day, or `days_on` later."""
    there = now.astimezone(zone_of(person) or UTC)
    return datetime.combine(there.date() + timedelta(days=days_on), DIGEST_AT, there.tzinfo)


def _is_due(person: User, now: datetime, days: _Days) -> bool:
    """Whether something was kept before today's hour, which is past, and today is a working day."""
    eight = _eight_of(person, now)
    if now < eight or not days.is_working(eight.date(), person):
        return False
    return bool(_held(person).filter(queued_at__lt=eight).exists())


def _put_off(person: User, now: datetime) -> None:
    """Look at it again at the person's next 08:00: until then it costs nothing, however much is kept."""
    eight = _eight_of(person, now)
    again_at = eight if now < eight else _eight_of(person, now, days_on=1)
    _held(person).filter(next_attempt_at__lte=now).update(next_attempt_at=again_at)


def _wants_digests(person: User) -> bool:
    """Not who left or reviews no longer, and not who now wants only what needs action.

    Who now wants each mail at once gets the last one.
    """
    is_here = may_get_mail(person) and (firm_of(person) is not None or is_reviewer(person))
    return is_here and person.mail_pace != MailPace.NEEDS_ACTION


def _held(person: User) -> Any:
    return OutboxMail.objects.filter(state=MailState.HELD, person=person)


def _mark(mails: Sequence[OutboxMail], **facts: Any) -> None:
    OutboxMail.objects.filter(pk__in=[mail.pk for mail in mails]).update(**facts)


def _context(news: Sequence[OutboxMail], person: User) -> dict[str, Any]:
    by_claim = groupby(
        sorted(news, key=lambda mail: (mail.claim_reference, mail.pk)), lambda mail: mail.claim_reference
    )
    groups = [Group(reference, _link(reference, person), list(mails)) for reference, mails in by_claim]
    return _facts(groups)


def _facts(groups: Sequence[Group]) -> dict[str, Any]:
    return {"groups": groups, "link": link_to("home")}


def _link(reference: str, person: User) -> str:
    """The claim's page as this person has it: reviewers in the workspace, partners on their own side."""
    if not reference:
        return link_to("home")
    return link_to("arbitration:workspace" if is_reviewer(person) else "claims:detail", reference)


def _sample() -> Mapping[str, Any]:
    """Two claims, one of them with two mails, as the staff's page shows it."""
    noon = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    news = {
        "C-7K3M9Q2X": (
            (_("Contoso Ltd. · C-7K3M9Q2X: claim submitted"), _("Eszter Kovács has submitted the claim.")),
            (_("Contoso Ltd. · C-7K3M9Q2X: new comment"), _("Microsoft has written: “We look at it tomorrow.”")),
        ),
        "C-2HD8WN4R": (
            (
                _("Woodgrove Bank · C-2HD8WN4R: withdrawn in part"),
                _("Eszter Kovács has withdrawn Microsoft Teams for your firm."),
            ),
        ),
    }
    groups = [
        Group(
            reference,
            link_to("claims:detail", reference),
            [OutboxMail(subject=subject, summary=said, queued_at=noon) for subject, said in mails],
        )
        for reference, mails in news.items()
    ]
    return _facts(groups)


# Never silenced: it is what its reader asked for, and is not to be kept for a digest.
DIGEST = MailKind(
    "digest",
    pgettext_lazy("kind of mail", "Daily digest"),
    never_silenced=True,
    sample=_sample,
)
