"""What `manage.py check` says about the settings of mail."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning


def mail_leaves_the_machine(**_options: Any) -> list[CheckMessage]:
    """Warns where other people use the portal and nobody would ever get its mail."""
    if settings.EMAIL_URL or settings.IS_LOOPBACK:
        return []
    return [
        Warning(
            "EMAIL_URL is not set, but PORTAL_URL is not this machine: mail is written into STATE_DIR/mail alone.",
            hint="Set EMAIL_URL to your mail server. /mailbox/ exists only where PORTAL_URL is loopback.",
            id="notifications.W001",
        )
    ]
