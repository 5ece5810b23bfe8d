"""What Celery runs: beat each minute, and every act that queued a mail after its commit."""

from celery import shared_task
from django.utils import timezone

from cpor_portal.notifications.delivery import deliver


@shared_task
def deliver_mail() -> None:
    """Send what is due. Harmless when run twice or side by side: every mail is taken by one of them."""
    deliver()


@shared_task
def send_digests() -> None:
    """Queue the digests that are due. Harmless when run twice or side by side."""
    # Here, because the outbox, which a digest is queued in, asks for the task above.
    from cpor_portal.notifications import digest

    digest.send_digests(timezone.now())
