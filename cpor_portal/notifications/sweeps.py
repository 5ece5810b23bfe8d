"""Whether mail that has waited long may go: only after a sweep of deadlines, which may have written what replaces it.

What a sweep notes lies in the cache, which is a table of the database. When no sweep has succeeded for a while although
mail is delivered, old mail goes all the same, and the log says so: an old request is better than none.
"""

from datetime import datetime, timedelta

import structlog
from django.core.cache import cache

# Beat sweeps each minute, and one sweep takes a minute at most.
RECENT = timedelta(minutes=5)
PATIENCE = timedelta(minutes=15)
SWEPT = "mail:swept"
# Since when deliveries have missed a sweep, and when the last of them did.
MISSED = "mail:sweep_missed"

log = structlog.get_logger(__name__)


def note_sweep(at: datetime) -> None:
    """A sweep of deadlines has done all that was due at `at` (aware, the present)."""
    cache.set(SWEPT, at, timeout=None)


def may_old_mail_go(now: datetime) -> bool:
    """Whether mail that has waited long may be sent at `now` (aware, the present); called once for each delivery."""
    swept = cache.get(SWEPT)
    if swept is not None and abs(now - swept) <= RECENT:
        return True
    since = _missed_since(now, swept)
    cache.set(MISSED, (since, now), timeout=None)
    if now - since < PATIENCE:
        return False
    log.error("old_mail_without_sweep", swept_at=swept and swept.isoformat(), missed_since=since.isoformat())
    return True


def _missed_since(now: datetime, swept: datetime | None) -> datetime:
    """Since when. Time in which nothing was delivered does not count: the first sweep after it may be under way."""
    since, last = cache.get(MISSED, (now, now))
    is_of_before = swept is not None and since < swept
    return now if is_of_before or abs(now - last) > RECENT else since
