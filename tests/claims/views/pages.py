"""Looking at pages as somebody: signing in, getting, posting, and what stands in the answer."""

import re
from typing import Any, Protocol

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cpor_portal.accounts.models import User


class Page(Protocol):
    """An answer with a page in it."""

    @property
    def content(self) -> bytes:
        """The page as it was sent."""


def signed_in(user: User) -> Client:
    """A browser of `user`."""
    client = Client()
    client.force_login(user)
    return client


def text_of(response: Page) -> str:
    """The page as text."""
    return response.content.decode()


def attributes(response: Page, name: str) -> list[str]:
    """Every value of an attribute in the page, in order."""
    return re.findall(rf'{name}="([^"]*)"', text_of(response))


def queries_for(client: Client, path: str, **data: Any) -> int:
    """How many queries a page costs."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path, data).status_code == 200
    return len(queries)
