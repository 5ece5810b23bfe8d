"""Sending a mail again that could not be delivered, or that its recipient cannot find."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cpor_portal.accounts.models import User
from cpor_portal.accounts.permissions import is_staff_of_microsoft
from cpor_portal.faults import Conflict, NotAllowed, Refused
from cpor_portal.notifications.models import MailState, OutboxMail
from cpor_portal.notifications.outbox import ask_for_delivery

AGAIN = frozenset({MailState.FAILED, MailState.SENT})
"""What can be sent again. What was told otherwise, or was not wanted, is not sent by somebody else's wish."""


def resend(mail_id: int, *, by: User, now: datetime | None = None) -> OutboxMail:
    """Let a mail wait to be sent once more, to the person's present address; its attempts start anew.

    For Microsoft's staff, whatever their role: NotAllowed for others. Raises OutboxMail.DoesNotExist; Conflict when
    the mail waits already; Refused with code `not_sent_by_itself` (it was told in a digest, not wanted, or replaced),
    `text_gone` (a link that lets its reader in is not kept) or `person_left`.
    """
    if not is_staff_of_microsoft(by):
        raise NotAllowed("not_staff", _("Only Microsoft's staff can send a mail again."))
    now = now or timezone.now()
    with transaction.atomic():
        mail = OutboxMail.objects.select_for_update(of=("self",)).select_related("person").get(pk=mail_id)
        _require_sendable(mail)
        mail.recipient = _present_address(mail)
        mail.state, mail.next_attempt_at, mail.attempts = MailState.WAITING, now, 0
        mail.error_kind = mail.last_error = ""
        mail.resent_at, mail.resent_by = now, by
        mail.save(update_fields=["recipient", *CHANGED])
        transaction.on_commit(ask_for_delivery)
    return mail


CHANGED = ("state", "next_attempt_at", "attempts", "error_kind", "last_error", "resent_at", "resent_by")


def _require_sendable(mail: OutboxMail) -> None:
    if mail.state == MailState.WAITING:
        raise Conflict("already_waiting", _("This mail is waiting to be sent already."), by=mail.resent_by)
    if mail.state not in AGAIN:
        text = _(
            "This mail was not sent by itself: it is kept for a digest, was told in one, was replaced or not wanted."
        )
        raise Refused("not_sent_by_itself", text)
    if not mail.text:
        text = _(
            "This mail carried a link that lets its reader into the account, and such links are not kept. The person"
            " can ask for a new one on the sign-in page."
        )
        raise Refused("text_gone", text)
    if mail.person is not None and not mail.person.is_active:
        raise Refused("person_left", _("This person may no longer sign in, so the mail is not sent again."))


def _present_address(mail: OutboxMail) -> str:
    """Where the person reads mail now, unless this mail went there, too, as another row."""
    if mail.person is None or mail.person.email == mail.recipient:
        return mail.recipient
    told = OutboxMail.objects.filter(event_key=mail.event_key, recipient=mail.person.email)
    if told.exists():
        raise Conflict("told_there", _("The same mail has gone to this person's present address already."))
    return mail.person.email
