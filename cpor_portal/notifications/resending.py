"""Sending a mail again that could not be delivered, or that its recipient cannot find.

What is sent again is a mail of its own, with a Message-ID of its own: a receiver that keeps a first copy from coming
twice would throw it away otherwise. The first one stays as it was (docs/decisions/outgoing-mail.md).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cpor_portal.accounts.models import User
from cpor_portal.accounts.permissions import is_staff_of_microsoft
from cpor_portal.faults import Conflict, NotAllowed, Refused
from cpor_portal.notifications.batches import has_newer
from cpor_portal.notifications.letters import new_message_id
from cpor_portal.notifications.models import MailState, OutboxMail
from cpor_portal.notifications.outbox import ask_for_delivery, asking_seldom
from cpor_portal.notifications.readers import may_get_mail

AGAIN = frozenset({MailState.FAILED, MailState.SENT})
"""What can be sent again. What was told otherwise, or was not wanted, is not sent by somebody else's wish."""
PORTION = 100
REPEATED = ("person", "kind", "language", "subject", "text", "html", "claim_reference")


def resend(mail_id: int, *, by: User, now: datetime | None = None) -> OutboxMail:
    """Queue a mail once more, to the person's present address; returns the new mail.

    It comes whatever has been told since: somebody wants exactly this one to arrive. For Microsoft's staff, whatever
    their role: NotAllowed for others. Raises OutboxMail.DoesNotExist; Conflict when the mail waits already, or was
    sent again already (then its newest copy can be); Refused with code `not_sent_by_itself` (it was told in a digest,
    not wanted, or replaced), `text_gone` (a link that lets its reader in, or news of a draft, is not kept) or
    `person_left`.
    """
    _require_staff(by)
    with transaction.atomic():
        read = _read([mail_id])
        if not read:
            raise OutboxMail.DoesNotExist
        again = read[0].again(by, now or timezone.now())
        again.comes_anyway = True
        again.save(force_insert=True)
        transaction.on_commit(ask_for_delivery)
    return again


def resend_many(mail_ids: Iterable[int], *, by: User, now: datetime | None = None) -> int:
    """Queue again what an outage left behind; returns how many mails wait to be sent.

    What newer news has overtaken is not sent, and is on record as replaced. Passed over is what `resend` refuses: that
    somebody was first, or that a person has left, is no fault here. For Microsoft's staff: NotAllowed for others.
    """
    _require_staff(by)
    now = now or timezone.now()
    ids = sorted(mail_ids, reverse=True)
    with asking_seldom():
        # The newest first, so that older news finds it there.
        return sum(_resend_portion(ids[start : start + PORTION], by, now) for start in range(0, len(ids), PORTION))


def is_repeated() -> Exists:
    """For a query on mails: this one was sent again later on."""
    later = OutboxMail.objects.filter(resends=Coalesce(OuterRef("resends_id"), OuterRef("pk")), pk__gt=OuterRef("pk"))
    return Exists(later)


def copies_of(mail: OutboxMail) -> QuerySet[OutboxMail]:
    """What was sent again of the mail, or of the same one as this, oldest first."""
    return OutboxMail.objects.filter(resends=_first_of(mail)).defer("text", "html").order_by("pk")


@dataclass(frozen=True)
class _Repeatable:
    """A mail whose first one is locked, and all that was sent again of it so far, oldest first."""

    mail: OutboxMail
    copies: Sequence[OutboxMail]
    first_key: str

    def again(self, by: User, now: datetime) -> OutboxMail:
        """The mail as a new one, not stored. Raises Conflict and Refused."""
        self._require_newest()
        _require_sendable(self.mail)
        first = _first_of(self.mail)
        return OutboxMail(
            **{name: getattr(self.mail, name) for name in REPEATED},
            event_key=f"resend:{first}:{len(self.copies) + 1}",
            recipient=self._present_address(),
            message_id=new_message_id(),
            queued_at=now,
            next_attempt_at=now,
            resends_id=first,
            asked_by=by,
        )

    def _require_newest(self) -> None:
        newest = self.copies[-1] if self.copies else self.mail
        who = {"by": newest.asked_by, "at": newest.queued_at if newest.asked_by else None}
        if newest.state == MailState.WAITING:
            raise Conflict("already_waiting", _("This mail is waiting to be sent already."), **who)
        if newest.pk != self.mail.pk:
            raise Conflict("sent_again", _("This mail was sent again already."), **who)

    def _present_address(self) -> str:
        """Where the person reads mail now, unless this mail went there, too, as another row."""
        person, recipient = self.mail.person, self.mail.recipient
        if person is None or person.email == recipient:
            return recipient
        if OutboxMail.objects.filter(event_key=self.first_key, recipient=person.email).exists():
            raise Conflict("told_there", _("The same mail has gone to this person's present address already."))
        return person.email


@transaction.atomic
def _resend_portion(ids: Sequence[int], by: User, now: datetime) -> int:
    wanted = [again for read in _read(ids) if (again := _again_or_none(read, by, now))]
    made = OutboxMail.objects.filter(pk__in=[mail.pk for mail in OutboxMail.objects.bulk_create(wanted)])
    overtaken = made.filter(has_newer())
    replaced = made.filter(pk__in=list(overtaken.values_list("pk", flat=True))).update(state=MailState.SUPERSEDED)
    transaction.on_commit(ask_for_delivery)
    return len(wanted) - replaced


def _again_or_none(read: _Repeatable, by: User, now: datetime) -> OutboxMail | None:
    try:
        return read.again(by, now)
    except (Conflict, Refused):
        return None


def _read(ids: Sequence[int]) -> list[_Repeatable]:
    """The mails, oldest first, read when all is locked that another process would lock to send them again."""
    mails = OutboxMail.objects.filter(pk__in=ids)
    firsts = {_first_of(mail) for mail in mails.only("pk", "resends_id")}
    locked = OutboxMail.objects.filter(pk__in=firsts).select_for_update(no_key=True).order_by("pk")
    keys = dict(locked.values_list("pk", "event_key"))
    copies = defaultdict(list)
    for copy in OutboxMail.objects.filter(resends__in=firsts).select_related("asked_by").order_by("pk"):
        copies[copy.resends_id].append(copy)
    read = mails.select_related("person", "asked_by").order_by("pk")
    return [_Repeatable(mail, copies[_first_of(mail)], keys[_first_of(mail)]) for mail in read]


def _first_of(mail: OutboxMail) -> int:
    return mail.resends_id or mail.pk


def _require_staff(by: User) -> None:
    if not is_staff_of_microsoft(by):
        raise NotAllowed("not_staff", _("Only Microsoft's staff can send a mail again."))


def _require_sendable(mail: OutboxMail) -> None:
    if mail.state not in AGAIN:
        text = _(
            "This mail was not sent by itself: it is kept for a digest, was told in one, was replaced or not wanted."
        )
        raise Refused("not_sent_by_itself", text)
    if not mail.text and mail.is_secret:
        text = _(
            "This mail carried a link that lets its reader into the account, and such links are not kept. The person"
            " can ask for a new one on the sign-in page."
        )
        raise Refused("text_gone", text)
    if not mail.text:
        raise Refused("text_gone", _("The text of this mail is not kept any more."))
    if not may_get_mail(mail.person):
        raise Refused("person_left", _("This person may no longer sign in, so the mail is not sent again."))
