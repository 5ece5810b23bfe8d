"""Where a refusal lets its reader go on: always somewhere, at the last to support."""

from urllib.parse import quote, urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from claims.refusals.advice import Advice, Facts
from claims.refusals.explanation import Link, Message


def links_of(code: str, advice: Advice, facts: Facts, message: Message | None) -> tuple[Link, ...]:
    """The links that fit, the most useful first; support, with reference and code, is always the last."""
    links = []
    if facts.get("existing"):
        text = _("Open the claim %(existing)s") % facts
        links.append(Link("claim", text, reverse("claims:detail", args=[facts["existing"]])))
    if advice.links_to_incentives:
        links.append(Link("incentives", _("Incentives overview"), reverse("incentives")))
    if message is not None:
        links.append(
            Link("message", _("Open the message in your mail program"), _mailto("", message.subject, message.body))
        )
    if advice.topic:
        links.append(Link("guidance", _("Read more about this step"), reverse("guidance", args=[advice.topic])))
    return (*links, _support(code, facts))


def _support(code: str, facts: Facts) -> Link:
    if facts.get("reference"):
        named = {"reference": facts["reference"], "code": code}
        subject = _("Claim %(reference)s: %(code)s") % named
        body = _("I need help with the claim %(reference)s. The portal says: %(code)s.") % named
    else:
        subject = _("CPOR portal: %(code)s") % {"code": code}
        body = _("I need help with a claim. The portal says: %(code)s.") % {"code": code}
    return Link("support", _("Write to support"), _mailto(settings.SUPPORT_ADDRESS, subject, body))


def _mailto(address: str, subject: str, body: str) -> str:
    """A mailto: link (RFC 6068): blanks as %20, line ends as CRLF."""
    query = urlencode({"subject": subject, "body": body.replace("\n", "\r\n")}, quote_via=quote)
    return f"mailto:{quote(address, safe='@')}?{query}"
