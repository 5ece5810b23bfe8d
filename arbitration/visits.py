"""When a reviewer was last at the queue, so that it can mark what is new (docs/decisions/the-queue.md)."""

from datetime import datetime, timedelta

from arbitration.models import Desk
from cpor_portal.accounts.models import User

# A visit is over when its reader has not looked for so long.
PAUSE = timedelta(minutes=30)
# Looks that follow each other so closely are written down once.
MOMENT = timedelta(minutes=1)


def look_in(reader: User, now: datetime) -> datetime | None:
    """Note that the reader looks at the queue at `now` (aware); the end of their visit before, None on the first.

    Like a sign-in's own time, it is noted when a page is read. Two looks at once: whoever comes second writes nothing.
    """
    desk, _made = Desk.objects.get_or_create(person=reader)
    seen = desk.visited_at
    if seen is not None and now - seen < MOMENT:
        return desk.visit_before_at
    moved = {"visited_at": now}
    if seen is None or now - seen > PAUSE:
        moved |= {"visit_began_at": now}
        moved |= {"visit_before_at": seen} if seen else {}
    Desk.objects.filter(pk=desk.pk, visited_at=seen).update(**moved)
    return moved.get("visit_before_at", desk.visit_before_at)


def since_of(reader: User) -> datetime | None:
    """The end of the visit before the one that goes on; None for somebody's first. Notes nothing."""
    return Desk.objects.filter(person=reader).values_list("visit_before_at", flat=True).first()
