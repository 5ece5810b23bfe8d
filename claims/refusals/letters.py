"""Messages that are ready to send, put together from whole paragraphs."""

from typing import Any

from django.utils.translation import gettext as _

from claims.refusals.advice import Letter, Reader
from claims.refusals.explanation import Message


def message_of(letter: Letter | None, facts: dict[str, Any]) -> Message | None:
    """The letter with its places filled by `facts`: greeting, text, what it is about, numbered steps, signature."""
    if letter is None:
        return None
    steps = "\n".join(f"{number}. {step % facts}" for number, step in enumerate(letter.steps, start=1))
    paragraphs = [_("Hello,"), str(letter.text % facts), _about(letter, facts), steps, _signature(facts)]
    body = "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
    return Message(letter.reader, str(letter.subject % facts), body)


def _about(letter: Letter, facts: dict[str, Any]) -> str:
    """The facts by which the customer's administrator finds the thing; only those that are known."""
    if letter.reader != Reader.CUSTOMER:
        return ""
    lines = {
        "customer": _("Customer: %(customer)s"),
        "tenant_id": _("Tenant ID: %(tenant_id)s"),
        "domain": _("Domain: %(domain)s"),
        "product": _("Product: %(product)s"),
    }
    return "\n".join(line % facts for name, line in lines.items() if facts.get(name))


def _signature(facts: dict[str, Any]) -> str:
    if not facts.get("firm"):
        return _("Thank you and kind regards")
    return _("Thank you and kind regards\n%(firm)s") % facts
