"""Jobs of Microsoft's side that Celery beat calls."""

from celery import shared_task
from django.utils import timezone

from arbitration.enforcement import enforce


@shared_task
def enforce_deadlines() -> None:
    """Each minute: do what is due. Harmless when it runs twice or late (design.md, "What always holds" 7)."""
    enforce(now=timezone.now())
