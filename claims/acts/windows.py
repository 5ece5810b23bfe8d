"""What happens when a time runs out in which nobody owes anything, and the beginning of the customer's.

All for the portal alone. Each function locks the claim, looks at the stored deadline again, and says whether it did
anything: a decision that came first wins.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max, Q

from claims import clock, mails
from claims.acts.drafts import delete_draft
from claims.acts.ground import Doing, begin, conclude, lock_claim
from claims.models import Claim, Deadline, Event
from claims.transitions import Act
from claims.words import DeadlineKind, Outcome
from cpor_portal.accounts import permissions as people
from cpor_portal.accounts.models import User
from cpor_portal.notifications.models import MailState, OutboxMail
from cpor_portal.working_days import calendar_days_deadline


def tell_customer(*, reference: str, decision: Event, at: datetime) -> Claim:
    """The mail server took the customer's link about `decision`: seven calendar days to decline begin at `at`.

    domain.md, "Clocks": the window starts when the link was delivered. Raises Conflict when nothing is associated.
    """
    with transaction.atomic():
        doing = begin(reference=reference, act=Act.TELL_CUSTOMER, by=None, at=at)
        conclude(doing, data={"decision": decision.pk}, about=clock.about_event(decision))
    return doing.claim


def confirm(deadline: Deadline, *, at: datetime) -> bool:
    """The customer's window is over: what it did not decline is confirmed for programmes (domain.md, "Statuses").

    Where it declined everything there is nothing to confirm and nothing to tell; the window has merely ended.
    """
    with transaction.atomic():
        claim = lock_claim(deadline.claim.reference)
        held = claim.lines.filter(pk__in=clock.lines_about(deadline), outcome=Outcome.ASSOCIATED)
        lines = list(held.select_related("product"))
        if not lines:
            return _close(deadline, at)
        with _run_out(deadline, Act.CONFIRM, at) as doing:
            if doing is None:
                return False
            told = {"lines": [line.pk for line in lines], "products": [line.product.name for line in lines]}
            conclude(doing, data=told, about=deadline.about)
    return True


def close_evidence(deadline: Deadline, *, at: datetime) -> bool:
    """A side's time for evidence is over: it is judged on what it had filed (domain.md, "Competing claims" 4)."""
    with _run_out(deadline, Act.CLOSE_EVIDENCE, at) as doing:
        if doing is None:
            return False
        Deadline.objects.filter(pk=deadline.pk).update(breached_at=at)
        conclude(doing, about=deadline.about, kept=False)
    return True


def close_dispute_window(deadline: Deadline, *, at: datetime) -> bool:
    """The time to dispute a decision is over. The claim stays as it is, so its history has nothing to tell."""
    return _close(deadline, at)


def _close(deadline: Deadline, at: datetime) -> bool:
    return bool(Deadline.objects.running().filter(pk=deadline.pk, due_at__lt=at).update(met_at=at))


@contextmanager
def _run_out(deadline: Deadline, act: Act, at: datetime) -> Iterator[Doing | None]:
    """The claim, locked for `act`; None when the deadline ended meanwhile or is not over yet at `at`."""
    with transaction.atomic():
        claim = lock_claim(deadline.claim.reference)
        is_over = Deadline.objects.running().filter(pk=deadline.pk, due_at__lt=at).exists()
        yield begin(reference=claim.reference, act=act, by=None, at=at) if is_over else None


def warn_of_draft_expiry(deadline: Deadline, *, at: datetime) -> bool:
    """Tell the draft's people by when it is deleted, and give them the whole week to come back to it.

    A warning that comes late, after an outage, moves the date: nothing is deleted sooner than seven days after it
    (docs/decisions/unused-drafts.md).
    """
    earliest = calendar_days_deadline(at, settings.DRAFT_WARNING_DAYS, deadline.calendar_zone)
    due_at = max(deadline.due_at, earliest)
    with transaction.atomic():
        claim = lock_claim(deadline.claim.reference)
        unwarned = Deadline.objects.running().filter(pk=deadline.pk, due_at=deadline.due_at, reminded_at=None)
        if not unwarned.update(reminded_at=at, due_at=due_at):
            return False
        deadline.due_at = due_at
        mails.draft_expires(claim=claim, deadline=deadline, recipients=_people_of(claim))
    return True


def _people_of(draft: Claim) -> list[User]:
    """Whoever started the draft and the firm's admins, and whoever edited it last."""
    told = people.firm_recipients(draft.firm, draft.created_by)
    editor = draft.edited_by
    if editor and editor not in told and editor.is_active and people.firm_of(editor) == draft.firm:
        told.append(editor)
    return told


def expire_draft(deadline: Deadline, *, at: datetime) -> bool:
    """Delete a draft with its documents that nobody edited for 90 days, seven days after somebody was told.

    A warning that has not left yet, or left late, moves the date (docs/decisions/unused-drafts.md).
    """
    with transaction.atomic():
        claim = lock_claim(deadline.claim.reference)
        is_over = Deadline.objects.running().filter(
            pk=deadline.pk, kind=DeadlineKind.DRAFT_EXPIRY, due_at__lt=at, reminded_at__isnull=False
        )
        if not is_over.exists():
            return False
        earliest = _end_after_the_warning(deadline, at)
        if earliest >= at:
            is_over.update(due_at=earliest)
            return False
        delete_draft(reference=claim.reference, by=None)
    return True


def _end_after_the_warning(draft: Deadline, at: datetime) -> datetime:
    """The end of the week after the warning was sent; of the coming week while it still waits for a mail server."""
    warnings = OutboxMail.objects.filter(kind="draft_expires", claim_reference=draft.claim.reference)
    newest = warnings.order_by("-pk").values("event_key")[:1]
    told = warnings.filter(event_key__in=newest).aggregate(
        waiting=Count("pk", filter=Q(state=MailState.WAITING)), sent_at=Max("sent_at")
    )
    since = at if told["waiting"] else told["sent_at"]
    return calendar_days_deadline(since, settings.DRAFT_WARNING_DAYS, draft.calendar_zone) if since else draft.due_at
