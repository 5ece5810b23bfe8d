"""People at the portal's web process, as a browser speaks for them."""

import requests
from django.conf import settings
from django.test import Client

from cpor_portal.accounts.models import User

SECONDS_TO_WAIT = 15


class Visitor:
    """Somebody who is signed in at the web process on `port`, and presses buttons."""

    def __init__(self, port: int, person: User) -> None:
        signed_in = Client()
        signed_in.force_login(person)
        session = signed_in.cookies[settings.SESSION_COOKIE_NAME].value
        self._address = f"http://127.0.0.1:{port}"
        self._cookies = {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: "x" * 32}

    def post(self, path: str, **fields: str) -> int:
        """Press a button; returns the status of the answer: 302 where the act was done, 0 where nobody answered."""
        form = {**fields, "csrfmiddlewaretoken": self._cookies[settings.CSRF_COOKIE_NAME]}
        try:
            answer = requests.post(
                self._address + path,
                form,
                cookies=self._cookies,
                allow_redirects=False,
                timeout=SECONDS_TO_WAIT,
            )
        except requests.ConnectionError:
            return 0
        return answer.status_code

    def ask(self, reference: str) -> int:
        """As a reviewer, ask the partner of a claim under review for better proof."""
        return self.post(f"/review/{reference}/request-information/", reasons="proof_missing", text="Please add it.")
