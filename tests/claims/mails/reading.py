"""What the tests of mails read from the outbox."""

from collections.abc import Sequence
from datetime import UTC, datetime

from django.conf import settings
from django.urls import reverse

from claims.models import Claim, Deadline
from claims.words import DeadlineKind
from cpor_portal.accounts.models import User
from cpor_portal.notifications.models import OutboxMail

# Sunday before Thanksgiving: five business days later in the United States is Monday 30 November.
SUNDAY = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)


def mails_of(kind: str, to: User | None = None) -> list[OutboxMail]:
    """What is in the outbox of a kind, oldest first."""
    found = OutboxMail.objects.filter(kind=kind).order_by("id")
    return list(found.filter(recipient=to.email) if to else found)


def only(kind: str, to: User | None = None) -> OutboxMail:
    """The one mail of a kind."""
    (mail,) = mails_of(kind, to)
    return mail


def recipients(kind: str) -> set[str]:
    """Who got a mail of a kind."""
    return {mail.recipient for mail in mails_of(kind)}


def parts(mail: OutboxMail) -> Sequence[str]:
    """The text and the HTML, blanks evened out, as one reads them."""
    return [" ".join(part.replace("&#x27;", "'").split()) for part in (mail.text, mail.html)]


def link_of(name: str, claim: Claim) -> str:
    """The address of a page of the claim."""
    return f"{settings.PORTAL_URL}{reverse(name, args=[claim.reference])}"


def all_say(mail: OutboxMail, *sentences: str) -> None:
    """Both parts of the mail hold every one of the sentences: each is complete on its own."""
    for part in parts(mail):
        for sentence in sentences:
            assert sentence in part


def running(claim: Claim, kind: DeadlineKind) -> Deadline:
    """The claim's running deadline of a kind."""
    return claim.deadlines.running().get(kind=kind)
