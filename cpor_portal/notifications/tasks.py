"""What Celery runs: beat each minute, and every act that queued a mail after its commit."""

from celery import shared_task

from cpor_portal.notifications.delivery import deliver_due


@shared_task
def deliver_mail() -> None:
    """Send what is due. Harmless when run twice or side by side: every mail is claimed by one of them."""
    deliver_due()
