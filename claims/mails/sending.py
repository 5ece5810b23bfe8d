"""How the mails of a claim get into the outbox, and to whom."""

from collections.abc import Iterable

from claims.mails.context import Context
from claims.models import Claim, Deadline, Event
from cpor_portal.accounts.models import User
from cpor_portal.accounts.permissions import firm_recipients, is_reviewer
from cpor_portal.notifications.outbox import queue_mail


def send(kind: str, claim: Claim, about: Event | Deadline, context: Context, people: Iterable[User]) -> None:
    """Queue one mail for each of `people`: once for each event, or for each deadline, and person."""
    number = f"deadline-{about.pk}" if isinstance(about, Deadline) else about.pk
    for person in people:
        queue_mail(kind=kind, event_key=f"{number}:{kind}", to=person, context=context, claim_reference=claim.reference)


def to_firm(kind: str, claim: Claim, about: Event | Deadline, context: Context) -> None:
    """Queue a mail for whoever submitted the claim and the firm's admins (domain.md, "After approval")."""
    send(kind, claim, about, context, firm_recipients(claim.firm, claim.submitted_by))


def reviewer_of(claim: Claim) -> list[User]:
    """Whoever has the claim, as long as they still review; nobody else's mail is theirs."""
    return [claim.reviewer] if claim.reviewer and is_reviewer(claim.reviewer) else []
