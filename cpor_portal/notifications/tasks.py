"""What Celery runs: beat each minute, and every act that queued a mail after its commit."""

from celery import shared_task
from django.utils import timezone

from cpor_portal.notifications.delivery import deliver_due


@shared_task
def deliver_mail(old_too: bool = False) -> None:
    """Send what is due. Harmless when run twice or side by side: every mail is taken by one of them.

    News of a claim that has waited long is sent with `old_too` alone: when a sweep of deadlines is done, and whatever
    is newer has been written (docs/decisions/mail-preferences.md).
    """
    deliver_due(old_too=old_too)


@shared_task
def send_digests() -> None:
    """Queue the digests that are due. Harmless when run twice or side by side."""
    # Here, because the outbox, which a digest is queued in, asks for the task above.
    from cpor_portal.notifications import digest

    digest.send_digests(timezone.now())
