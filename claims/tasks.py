"""Jobs of the partner's side: looking at documents, and the yearly reminder of newer proof.

An act asks for the first after its commit; beat calls the others each minute, for Redis may be lost at any moment
(design.md, "What always holds" 7).
"""

import sys
import time
from collections.abc import Callable, Iterable
from functools import partial

from celery import shared_task
from django.utils import timezone

from claims.acts import reading, scanning
from claims.acts.isolation import isolated
from claims.models import Document
from claims.proof.reminders import remind_of_newer_proof

# A round takes a quarter of its minute: what an act asks for is looked at at once, this is for what was left behind,
# and a small portal's one worker has mail to send as well. Reading leaves some of it to the comparison.
READING_SECONDS = 10.0
ROUND_SECONDS = 15.0
ROUND = 200
LOOKED_AFTER = 300
"""Documents whose facts are looked after in a round: a hundred thousand in less than six hours."""


@shared_task
def look_at_document(document_id: int) -> None:
    """Scan a document, read it, and compare it with its claim's facts. Harmless twice or late."""
    for work in (scanning.scan_one, reading.read_one, reading.judge_one):
        isolated(work, document_id)


@shared_task
def look_at_documents() -> None:
    """Each minute: what no job has looked at yet, the least tried first, as much as fits into the round."""
    began = time.monotonic()
    scanning.scan_due(ROUND)
    now = timezone.now()
    read = partial(isolated, reading.read_one)
    _each(Document.objects.to_read().due(now).values_list("pk", flat=True)[:ROUND], read, began + READING_SECONDS)
    isolated(reading.follow_facts, LOOKED_AFTER)
    judge = partial(isolated, reading.judge_one)
    _each(Document.objects.to_judge().values_list("pk", flat=True)[:ROUND], judge, began + ROUND_SECONDS)


def _each(waiting: Iterable[int], work: Callable[[int], object], until: float) -> None:
    for one in list(waiting):
        if time.monotonic() > until:
            return
        work(one)


@shared_task
def remind_of_proof() -> None:
    """Each minute: the yearly reminders that are due."""
    remind_of_newer_proof(timezone.now(), limit=sys.maxsize)
