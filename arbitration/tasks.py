"""Jobs of Microsoft's side that Celery beat calls."""

import sys
import time

from celery import shared_task
from django.utils import timezone

from arbitration.acts.absence import begin_absences
from arbitration.enforcement import enforce
from cpor_portal.notifications.outbox import ask_for_delivery
from cpor_portal.notifications.sweeps import note_sweep

# A sweep ends before the broker hands its task to a second worker (visibility_timeout, settings.py); the next minute
# goes on with the rest.
SWEEP_SECONDS = 45.0


@shared_task
def enforce_deadlines() -> None:
    """Each minute: do what is due. Harmless when it runs twice or late (design.md, "What always holds" 7).

    A mail that waited through an outage is sent after that, never before: what is newest has then been written, and
    nobody is asked for an answer whose time was over days ago.
    """
    began, now = time.monotonic(), timezone.now()
    enforce(now=now, limit=sys.maxsize, seconds=SWEEP_SECONDS)
    if time.monotonic() - began < SWEEP_SECONDS:  # else there may be more that is due
        note_sweep(now)
        ask_for_delivery()


@shared_task
def send_back_work_of_absent() -> None:
    """Each minute: put back into the queue what people have whose absence has begun. Harmless when it runs twice."""
    if begin_absences(now=timezone.now()):
        ask_for_delivery()
