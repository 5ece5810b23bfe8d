"""An outbox row as the message that goes over the wire: its headers and its two parts."""

import uuid
from urllib.parse import urlsplit

from django.conf import settings

from cpor_portal.notifications.models import OutboxMail
from cpor_portal.notifications.unsubscribing import address_for
from cpor_portal.notifications.wire import CRLF, Letter


def message_of(mail: OutboxMail) -> Letter:
    """The mail as it is sent; the same Message-ID at every attempt, so that a copy can be told as one."""
    message = Letter(
        mail.subject,
        mail.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[mail.recipient],
        reply_to=[settings.SUPPORT_ADDRESS],
        headers=_headers(mail),
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    return message


def portal_host() -> str:
    """The portal's host name: the right side of its Message-IDs."""
    return urlsplit(settings.PORTAL_URL).hostname or "localhost"


def new_message_id() -> str:
    """A Message-ID that no other mail has."""
    return f"<{uuid.uuid4().hex}@{portal_host()}>"


def _headers(mail: OutboxMail) -> dict[str, str]:
    headers = {
        "Message-ID": mail.message_id,
        "Auto-Submitted": "auto-generated",  # RFC 3834: absence notes do not answer it
        "X-Auto-Response-Suppress": "OOF, AutoReply",  # the same for Exchange, which does not read that one
        "Content-Language": mail.language,
    }
    if not mail.is_secret:
        headers |= _list_headers(mail)
    if mail.claim_reference:
        # The thread's first mail is none that was ever sent: mail programs put all of a claim under one head.
        thread = f"<claim-{mail.claim_reference}@{portal_host()}>"
        headers |= {"X-CPOR-Claim": mail.claim_reference, "In-Reply-To": thread, "References": thread}
    return headers


def _list_headers(mail: OutboxMail) -> dict[str, str]:
    """What marks the mails about claims as a stream of its own that can be turned down (RFC 2919, 2369, 8058)."""
    by_mail = f"<mailto:{settings.SUPPORT_ADDRESS}?subject=unsubscribe>"
    headers = {"List-Id": f"<claims.{portal_host()}>", "Precedence": "list"}
    if mail.person_id is None:
        return headers | {"List-Unsubscribe": by_mail}
    one_click = f"<{address_for(mail.person_id)}>,{CRLF} {by_mail}"
    return headers | {"List-Unsubscribe": one_click, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
