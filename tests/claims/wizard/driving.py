"""Somebody who goes through the wizard with a browser: what they send, and what they see."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from claims.models import Claim
from cpor_portal.accounts.models import User

CONTACTS = {
    "name": "Roll-out 2026",
    "customer_name": "Casey Customer",
    "customer_title": "Head of IT",
    "customer_email": "casey@customer.test",
    "partner_name": "Pat Partner",
    "partner_email": "pat@partner.test",
}
TECHNICAL = {
    "technical_name": "Terry Technical",
    "technical_title": "Administrator",
    "technical_email": "terry@customer.test",
}


@dataclass
class Driver:
    """A person signed in, at one claim."""

    client: Client
    reference: str = ""

    @property
    def claim(self) -> Claim:
        """The claim as the database has it now."""
        return Claim.objects.get(reference=self.reference)

    def url(self, step: str) -> str:
        """The address of a step."""
        return reverse("claims:edit", args=[self.reference, step])

    def start(self) -> HttpResponse:
        """Press "new claim"."""
        response = self.client.post(reverse("claims:new"))
        self.reference = response.headers["Location"].split("/")[2]
        return response  # type: ignore[return-value]

    def open(self, step: str) -> Any:
        """Open a step."""
        return self.client.get(self.url(step))

    def save(self, step: str, data: Mapping[str, Any] | None = None) -> Any:
        """Save a step."""
        return self.client.post(self.url(step), dict(data or {}))

    def submit(self) -> Any:
        """Press "submit"."""
        return self.client.post(reverse("claims:submit", args=[self.reference]))


def sign_in(person: User, claim: Claim | None = None) -> Driver:
    """`person` at the portal, in front of `claim`."""
    client = Client()
    client.force_login(person)
    return Driver(client, claim.reference if claim else "")


def codes(response: Any) -> set[str]:
    """Every refusal that the page names."""
    return set(re.findall(r'data-code="([a-z_]+)"', response.content.decode()))


def text_of(response: Any) -> str:
    """The page's text without tags, blanks made single."""
    bare = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", bare)
