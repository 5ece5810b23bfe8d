"""`manage.py look_at_documents`: scan and read what waits, and send the reminders of newer proof that are due."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from claims.models import Document
from claims.tasks import look_at_documents, remind_of_proof


class Command(BaseCommand):
    """What beat has done each minute, for a cron where no broker answers. Harmless beside it."""

    help = "Scan and read the documents that wait, and send the yearly reminders of newer proof."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """One round, and how many documents still wait after it."""
        look_at_documents()
        remind_of_proof()
        left = Document.objects.to_scan().count() + Document.objects.to_read().count()
        self.stdout.write(_("Documents that still wait: %(count)d") % {"count": left})
