"""Who else looks at a claim at this moment: the workspace says so again and again while it stands open.

Rows are written by a POST of the page's script alone, never by looking. They stand outside of the claim: no event, no
version, and no partner ever learns of them.
"""

from datetime import datetime, timedelta

from arbitration.models import Presence
from claims.models import Claim
from cpor_portal.accounts.models import User

# A page says so three times in this time: one message that gets lost makes nobody vanish.
COUNTS_FOR = timedelta(seconds=60)


def here(claim: Claim, reader: User, now: datetime) -> list[User]:
    """The colleagues of `reader` who have the claim open, whoever came first in front. One query; `now` is aware."""
    rows = Presence.objects.filter(claim=claim, seen_at__gte=now - COUNTS_FOR).exclude(person=reader)
    return [row.person for row in rows.select_related("person")]


def look(claim: Claim, reader: User, now: datetime) -> None:
    """Note that `reader` has the claim open. What they had open before and no longer look at is forgotten."""
    Presence.objects.filter(person=reader, seen_at__lt=now - COUNTS_FOR).exclude(claim=claim).delete()
    Presence.objects.bulk_create(
        [Presence(claim=claim, person=reader, seen_at=now)],
        update_conflicts=True,
        unique_fields=["claim", "person"],
        update_fields=["seen_at"],
    )


def leave(claim: Claim, reader: User) -> None:
    """Note that `reader` has closed the claim's page."""
    Presence.objects.filter(claim=claim, person=reader).delete()
