"""Posts of the decision form, and what its pages would send again."""

import html
import re
from collections.abc import Mapping
from typing import Any

from django.test import Client

from claims.models import Claim, ClaimLine


def decide(desk: Client, claim: Claim, data: Mapping[str, Any], query: str = "", **more: Any) -> Any:
    """The answer to a post of the decision form."""
    return desk.post(f"/review/{claim.reference}/decide/{query}", {"version": claim.version, **data}, **more)


def verdicts(*pairs: tuple[ClaimLine, str]) -> dict[str, str]:
    return {f"decision_{line.pk}": verdict for line, verdict in pairs}


def sent_again(page: str) -> dict[str, list[str]]:
    """What the page of the mails would send, by name; as a browser reads it."""
    form = page.partition("data-confirming")[2].partition("</form>")[0]
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)
    sent: dict[str, list[str]] = {}
    for name, value in pairs:
        if name != "csrfmiddlewaretoken":
            sent.setdefault(name, []).append(html.unescape(value))
    return sent
