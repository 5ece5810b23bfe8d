"""Jobs of the partner's side: looking at documents, and the yearly reminder of newer proof.

An act asks for the first after its commit; beat calls the others each minute, for Redis may be lost at any moment
(design.md, "What always holds" 7).
"""

import sys
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

from celery import shared_task
from django.utils import timezone

from claims.acts import reading, scanning
from claims.models import Claim, Document
from claims.proof.reminders import remind_of_newer_proof

# A round ends before the broker hands its task to a second worker (visibility_timeout, settings.py).
ROUND_SECONDS = 40.0
ROUND = 200

T = TypeVar("T")


@shared_task
def look_at_document(document_id: int) -> None:
    """Scan a document, read it, and compare its claim's documents with the facts. Harmless twice or late."""
    scanning.scan_one(document_id)
    reading.read_one(document_id)
    reference = Document.objects.filter(pk=document_id).values_list("claim__reference", flat=True).first()
    if reference is not None:
        reading.judge(reference)


@shared_task
def look_at_documents() -> None:
    """Each minute: what no job has looked at yet, the oldest first, as much as fits into the round."""
    until = time.monotonic() + ROUND_SECONDS
    scanning.scan_due(ROUND)
    _each(Document.objects.to_read().values_list("pk", flat=True)[:ROUND], reading.read_one, until)
    waiting = Claim.objects.filter(documents__in=Document.objects.to_judge().order_by()).distinct()
    _each(waiting.values_list("reference", flat=True)[:ROUND], reading.judge, until)


def _each(waiting: Iterable[T], work: Callable[[T], object], until: float) -> None:
    for one in list(waiting):
        if time.monotonic() > until:
            return
        work(one)


@shared_task
def remind_of_proof() -> None:
    """Each minute: the yearly reminders that are due."""
    remind_of_newer_proof(timezone.now(), limit=sys.maxsize)
