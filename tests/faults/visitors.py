"""People at the portal's web process, as a browser speaks for them."""

import http.client
import time
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client

from claims.models import Claim
from claims.words import Status
from cpor_portal.accounts.models import User
from tests.faults import scenes
from tests.faults.seeding import copies, no_mail_waits
from tests.support.stories import make_under_review

SECONDS_TO_WAIT = 60
DONE, DONE_BEFORE = 302, 409


class Visitor:
    """Somebody who is signed in at the web process on `port`, and presses buttons."""

    def __init__(self, port: int, person: User) -> None:
        signed_in = Client()
        signed_in.force_login(person)
        session = signed_in.cookies[settings.SESSION_COOKIE_NAME].value
        self._port = port
        self._cookies = {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: "x" * 32}

    def post(self, path: str, **fields: str) -> int:
        """Press a button; returns the status of the answer: 302 where the act was done, 0 where nobody answered."""
        form = {**fields, "csrfmiddlewaretoken": self._cookies[settings.CSRF_COOKIE_NAME]}
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
        }
        web = http.client.HTTPConnection("127.0.0.1", self._port, timeout=SECONDS_TO_WAIT)
        try:
            web.request("POST", path, urlencode(form), headers)
            return web.getresponse().status
        except (ConnectionError, http.client.HTTPException):
            return 0
        finally:
            web.close()

    def ask(self, reference: str) -> int:
        """As a reviewer, ask the partner of a claim under review for better proof."""
        return self.post(f"/review/{reference}/request-information/", reasons="proof_missing", text="Please add it.")


class Desk:
    """A reviewer who goes on asking partners, claim by claim."""

    def __init__(self, people: scenes.People, port: int, number: int) -> None:
        claim = make_under_review(people.reviewer, people.submitted())
        self._claims = [claim, *copies(claim, number - 1)]
        no_mail_waits([claim])
        self._told = scenes.told("information_requested", people.admins)
        self._visitor = Visitor(port, people.reviewer)
        self._events_before, self._mails_before = claim.events.count(), scenes.mails_about([claim])
        self.done: list[Claim] = []
        self.slowest = 0.0

    @property
    def is_empty(self) -> bool:
        """Whether everything on it has been done."""
        return len(self.done) == len(self._claims)

    def ask(self) -> int:
        """Ask about the next claim, once; returns the status of the answer. It is done where a repetition is late."""
        claim, began = self._claims[len(self.done)], time.monotonic()
        status = self._visitor.ask(claim.reference)
        self.slowest = max(self.slowest, time.monotonic() - began)
        if status in (DONE, DONE_BEFORE):
            self.done.append(claim)
        return status

    def as_scene(self) -> scenes.Due:
        """What must have come of it."""
        status = Status.PARTNER_ACTION_REQUIRED
        before = self._events_before, self._mails_before
        return scenes.Due("asked", self.done, "request_information", status, self._told, *before)
