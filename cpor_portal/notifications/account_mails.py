"""allauth's mails (a new password, a confirmation) go through the outbox like every other mail.

Sent inside the request they would tell whether an address is known: with the mail server down, by a fault.
What lies in the outbox is a live link, so its text is shown to nobody (admin.py) and is emptied as soon as the mail
was sent or given up (delivery.py); the subject, the recipient and the state stay.
"""

import uuid
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from allauth.core import context as current
from django.contrib.sites.shortcuts import get_current_site
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import translation

from cpor_portal.accounts.adapter import PortalAccountAdapter
from cpor_portal.accounts.models import User
from cpor_portal.notifications.models import ACCOUNT_MAIL
from cpor_portal.notifications.outbox import queue_rendered


class OutboxAccountAdapter(PortalAccountAdapter):
    """The portal's accounts, with their mails in the outbox (accounts itself knows nothing of mail)."""

    def send_mail(self, template_prefix: str, email: str, context: Mapping[str, Any]) -> None:
        """Queue a mail of allauth's, in the language of whoever has the address, else of whoever asked.

        Each call is a mail of its own. The recipient may be nobody whom the portal knows.
        """
        request = current.request
        facts = {"request": request, "email": email, "current_site": get_current_site(request), **context}
        language = _language_of(email)
        with translation.override(language):
            message = self.render_mail(template_prefix, email, facts)
        with transaction.atomic():
            queue_rendered(
                kind=ACCOUNT_MAIL + PurePosixPath(template_prefix).name,
                event_key=f"account:{uuid.uuid4().hex}",
                recipient=email,
                language=language,
                subject=message.subject,
                text=str(message.body),
                html=_html_of(message),
            )


def _language_of(email: str) -> str:
    known = User.objects.filter(email=email.lower()).values_list("language", flat=True).first()
    return known or translation.get_language() or "en"


def _html_of(message: EmailMultiAlternatives) -> str:
    return next((str(content) for content, kind in message.alternatives if kind == "text/html"), "")
