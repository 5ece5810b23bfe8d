"""Jobs of Microsoft's side that Celery beat calls."""

import sys

from celery import shared_task
from django.utils import timezone

from arbitration.enforcement import enforce

# A sweep ends before the broker hands its task to a second worker (visibility_timeout, settings.py); the next minute
# goes on with the rest.
SWEEP_SECONDS = 45.0


@shared_task
def enforce_deadlines() -> None:
    """Each minute: do what is due. Harmless when it runs twice or late (design.md, "What always holds" 7)."""
    enforce(now=timezone.now(), limit=sys.maxsize, seconds=SWEEP_SECONDS)
