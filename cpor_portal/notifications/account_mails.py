"""allauth's mails (a new password, a confirmation) go through the outbox like every other mail.

Sent inside the request they would tell whether an address is known: with the mail server down, by a fault.
What lies in the outbox is a live link, so its text is shown to nobody (admin.py) and is emptied as soon as the mail
was sent or given up (delivery.py); the subject, the recipient and the state stay.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core import context as current
from django.contrib.sites.shortcuts import get_current_site
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import translation
from django.utils.translation import pgettext_lazy

from cpor_portal.accounts.adapter import PortalAccountAdapter
from cpor_portal.accounts.models import User
from cpor_portal.faults import Text
from cpor_portal.notifications.links import link_to
from cpor_portal.notifications.models import ACCOUNT_MAIL, OutboxMail
from cpor_portal.notifications.outbox import queue_rendered

FOLDER = "account/email/"
# It stands where a live link has its token; no person has the number 0.
EXAMPLE = "0-example"


class OutboxAccountAdapter(PortalAccountAdapter):
    """The portal's accounts, with their mails in the outbox (accounts itself knows nothing of mail)."""

    def send_mail(self, template_prefix: str, email: str, context: Mapping[str, Any]) -> None:
        """Queue a mail of allauth's, in the language of whoever has the address, else of whoever asked.

        Each call is a mail of its own. The recipient may be nobody whom the portal knows.
        """
        request = current.request
        facts = {"request": request, "current_site": get_current_site(request), **context}
        mail = render_account_mail(template_prefix, email, _language_of(email), facts)
        with transaction.atomic():
            queue_rendered(
                kind=mail.kind,
                event_key=f"account:{uuid.uuid4().hex}",
                recipient=mail.recipient,
                language=mail.language,
                subject=mail.subject,
                text=mail.text,
                html=mail.html,
            )


def render_account_mail(template_prefix: str, email: str, language: str, context: Mapping[str, Any]) -> OutboxMail:
    """One of allauth's mails as `email` would get it; it is not stored."""
    with translation.override(language):
        message = get_adapter().render_mail(template_prefix, email, {"email": email, **context})
    return OutboxMail(
        kind=ACCOUNT_MAIL + PurePosixPath(template_prefix).name,
        recipient=email,
        language=language,
        subject=message.subject,
        text=str(message.body),
        html=_html_of(message),
    )


@dataclass(frozen=True)
class AccountMail:
    """One of allauth's mails that the portal sends. `sample`: what staff are shown it with; it lets nobody in."""

    name: str
    label: Text
    sample: Callable[[], Mapping[str, Any]]

    @property
    def code(self) -> str:
        """The kind under which it stands in the outbox."""
        return ACCOUNT_MAIL + self.name

    def sample_in(self, language: str, email: str) -> OutboxMail:
        """The mail in one language, with a link that leads nowhere."""
        return render_account_mail(FOLDER + self.name, email, language, self.sample())


def _new_password() -> Mapping[str, Any]:
    uid, _dash, key = EXAMPLE.partition("-")
    return {"password_reset_url": link_to("account_reset_password_from_key", uid, key)}


def _confirmation() -> Mapping[str, Any]:
    return {"activate_url": link_to("account_confirm_email", EXAMPLE), "key": EXAMPLE}


ACCOUNT_MAILS = (
    AccountMail("password_reset_key", pgettext_lazy("kind of mail", "New password"), _new_password),
    AccountMail("email_confirmation", pgettext_lazy("kind of mail", "Address to be confirmed"), _confirmation),
)
"""The portal offers no other of allauth's pages that would send one (accounts/sign_in.py)."""


def _language_of(email: str) -> str:
    known = User.objects.filter(email=email.lower()).values_list("language", flat=True).first()
    return known or translation.get_language() or "en"


def _html_of(message: EmailMultiAlternatives) -> str:
    return next((str(content) for content, kind in message.alternatives if kind == "text/html"), "")
