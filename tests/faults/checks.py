"""What must be true when a fault is over: every deadline enforced once, every mail arrived, all invariants held."""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db.models import Count, QuerySet
from django.utils import timezone

from claims.models import Claim, Deadline, Event
from cpor_portal.notifications.models import MailState, OutboxMail
from tests.faults.processes import Process, wait_until
from tests.faults.scenes import Due
from tests.faults.seeding import let_time_pass
from tests.support import always
from tests.support.smtp import MailServer

# A deliverer that was killed keeps its mail for a while, and what failed is tried again after pauses.
LONGER_THAN_A_LEASE = timedelta(minutes=11)
# Between taking a mail and speaking to the mail server a deliverer needs a moment.
SECONDS_TO_BEGIN_TO_TALK = 1.0


def each_was_enforced_once(scenes: Iterable[Due]) -> None:
    """The status is right, there is one event for each claim, and each person was told once."""
    for scene in scenes:
        claims = Claim.objects.filter(pk__in=scene.ids)
        assert set(claims.values_list("status", flat=True)) == {scene.status}, scene.name
        events = Counter(Event.objects.filter(claim__in=scene.ids, verb=scene.verb).values_list("claim", flat=True))
        assert events == dict.fromkeys(scene.ids, 1), scene.name
        numbers = Event.objects.filter(claim__in=scene.ids).values("claim").annotate(number=Count("pk"))
        assert {row["number"] for row in numbers} == {scene.events_before + 1}, scene.name
        _each_was_told_once(scene)
    always.everything(always.read())


def _each_was_told_once(scene: Due) -> None:
    mails = OutboxMail.objects.filter(claim_reference__in=references(scene.claims))
    found = Counter(mails.exclude(pk__in=scene.mails_before).values_list("claim_reference", "kind", "recipient"))
    assert found == {(claim.reference, kind, to): 1 for claim in scene.claims for kind, to in scene.told}, scene.name


def left() -> int:
    """How many deadlines wait to be enforced or to be reminded of."""
    now = timezone.now()
    running = Deadline.objects.running().filter(breached_at=None)
    near = running.filter(reminded_at=None, remind_at__lte=now, due_at__gte=now)
    return running.filter(due_at__lt=now).count() + near.count()


def all_is_done(*processes: Process) -> None:
    """Wait until nothing is due any more, as long as the number of what is due goes down."""
    wait_until(lambda: not left(), "all that was due is done", *processes, moves=left)


def all_mail_is_sent(smtp: MailServer, *processes: Process) -> None:
    """Wait until no mail waits; those that a killed deliverer had taken are given free by the passing of time."""
    in_hand = InHand(smtp)

    def is_sent() -> bool:
        if in_hand.nobody_has_any() and waiting().exists():
            let_time_pass(LONGER_THAN_A_LEASE)
        return not waiting().exists()

    wait_until(is_sent, "all mail is sent", *processes, moves=lambda: (len(smtp.received), waiting().count()))


def waiting() -> QuerySet[OutboxMail]:
    """The mails that are still to be sent."""
    return OutboxMail.objects.filter(state=MailState.WAITING)


class InHand:
    """Looks whether a deliverer has a mail in hand."""

    def __init__(self, smtp: MailServer) -> None:
        self._smtp = smtp
        self._seen: list[tuple[object, ...]] = []
        self._still_since = 0.0

    def nobody_has_any(self) -> bool:
        """Whether no mail is due, the mail server talks with nobody, and that has been so for a moment."""
        rows: list[tuple[object, ...]] = list(waiting().order_by("pk").values_list("pk", "attempts", "next_attempt_at"))
        is_due = waiting().filter(next_attempt_at__lte=timezone.now()).exists()
        now = time.monotonic()
        if rows != self._seen or is_due or self._smtp.talks:
            self._seen, self._still_since = rows, now
        return not is_due and not self._smtp.talks and (not rows or now - self._still_since > SECONDS_TO_BEGIN_TO_TALK)


def every_mail_arrived(smtp: MailServer, *, at_most_twice: int) -> int:
    """Every mail that counts as sent arrived, to its recipient; returns how many copies came too many.

    `at_most_twice`: how many mails may have been in flight when a deliverer was killed.
    """
    sent = dict(OutboxMail.objects.filter(state=MailState.SENT, attempts__gt=0).values_list("message_id", "recipient"))
    arrived = {str(message["Message-ID"]): recipient for recipient, message in smtp.received}
    assert arrived == sent
    copies = Counter({message_id: number - 1 for message_id, number in smtp.copies.items() if number > 1})
    assert copies.total() <= at_most_twice, copies
    return copies.total()


def references(claims: Sequence[Claim]) -> list[str]:
    """The claims' references."""
    return [claim.reference for claim in claims]
