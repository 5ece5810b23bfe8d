"""How the mails of a claim get into the outbox, and to whom."""

from collections.abc import Iterable

from claims.mails.context import Context
from claims.models import Claim, Deadline, Event
from claims.permissions import reviewer_of
from claims.words import DeadlineKind
from cpor_portal.accounts.models import User
from cpor_portal.accounts.permissions import firm_recipients
from cpor_portal.notifications.outbox import queue_mails


def send(kind: str, claim: Claim, about: Event | Deadline | str, context: Context, people: Iterable[User]) -> None:
    """Queue one mail for each of `people`: once for each event, deadline or named thing, and person."""
    key = f"{_name_of(about)}:{kind}"
    queue_mails(kind=kind, event_key=key, to=people, context=context, claim_reference=claim.reference)


def send_about_many(kind: str, about: Event, context: Context, person: User) -> None:
    """Queue one mail about all claims of an act; `about` is the first of its events. It belongs to no single claim."""
    queue_mails(kind=kind, event_key=f"{about.pk}:{kind}", to=[person], context=context)


def _name_of(about: Event | Deadline | str) -> str:
    if isinstance(about, str):
        return about
    if isinstance(about, Event):
        return str(about.pk)
    # A draft's deadline moves with each edit, and each of its dates is warned of.
    moves = about.kind == DeadlineKind.DRAFT_EXPIRY
    return f"deadline-{about.pk}-{about.due_at:%Y%m%d}" if moves else f"deadline-{about.pk}"


def to_firm(kind: str, claim: Claim, about: Event | Deadline | str, context: Context) -> None:
    """Queue a mail for whoever submitted the claim and the firm's admins (domain.md, "After approval")."""
    send(kind, claim, about, context, firm_recipients(claim.firm, claim.submitted_by))


def to_reviewer(kind: str, claim: Claim, about: Event | Deadline, context: Context, *, but: User | None = None) -> None:
    """Queue a mail for whoever has the claim, if anybody still does; not for `but`, who did it themselves."""
    reviewer = reviewer_of(claim)
    if reviewer is not None and reviewer != but:
        send(kind, claim, about, context, [reviewer])
