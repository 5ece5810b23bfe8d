"""What an act would send, before it is done: the act itself, carried out and taken back.

So the preview cannot differ from what goes out: it is written by the same lines of code, from the same rows.
"""

from collections.abc import Callable

from django.db import transaction

from cpor_portal.notifications.models import OutboxMail
from cpor_portal.notifications.outbox import keeping_mails


def mails_of(act: Callable[[], object]) -> list[OutboxMail]:
    """The mails that `act` would send at this moment, each as its reader would get it; nothing of it is stored.

    The act runs in a transaction of its own that is always rolled back: what it would do on commit is not done. Its
    faults come through. It holds its locks for as long as it would when it is meant.
    """
    with transaction.atomic():
        with keeping_mails() as mails:
            act()
        transaction.set_rollback(True)
    return mails
