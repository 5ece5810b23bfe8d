"""`manage.py deliver_mail`: queue the digests that are due and send what waits in the outbox, in this process."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from cpor_portal.notifications.delivery import deliver
from cpor_portal.notifications.digest import send_digests


class Command(BaseCommand):
    """Sends the mails that are due and prints how many; needs no broker."""

    help = "Queue the digests that are due, and send the mails that wait in the outbox and are due."

    def handle(self, *args: Any, **options: Any) -> None:
        """One round of delivery; what could not be sent keeps waiting and is visible in the outbox."""
        send_digests(timezone.now())
        report = deliver()
        self.stdout.write(
            _("Sent: %(sent)d. To be tried again: %(postponed)d. Failed: %(failed)d.")
            % {"sent": report.sent, "postponed": report.postponed, "failed": report.failed}
        )
        if report.unreachable:
            self.stderr.write(_("The mail server cannot be reached; the other mails keep waiting."))
