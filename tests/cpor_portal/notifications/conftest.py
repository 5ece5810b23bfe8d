"""A real mail server on loopback, a template set of its own, and mails that wait."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import Settings

from cpor_portal.notifications import kinds
from cpor_portal.notifications.kinds import MailKind
from cpor_portal.notifications.models import OutboxMail
from tests.support.smtp import MailServer, mail_server

QueuedMail = Callable[..., OutboxMail]


@pytest.fixture
def smtp(settings: Settings) -> Iterator[MailServer]:
    """The portal sends through this server."""
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_TIMEOUT = 5
        yield server


@pytest.fixture
def queued(db: None) -> QueuedMail:
    """Makes a waiting mail to somebody."""

    def make(recipient: str = "anna@partner.example", **fields: Any) -> OutboxMail:
        key = uuid4().hex
        values = {
            "event_key": key,
            "recipient": recipient,
            "kind": "trial",
            "language": "en",
            "subject": "Contoso · C-7K3M9Q2X: approved",
            "text": "Hello\n",
            "html": "<p>Hello</p>",
            "claim_reference": "C-7K3M9Q2X",
            "message_id": f"<{key}@portal.example>",
        }
        return OutboxMail.objects.create(**(values | fields))

    return make


@pytest.fixture
def make_kind(monkeypatch: pytest.MonkeyPatch) -> Callable[..., MailKind]:
    """Makes a kind of mail known for this test alone."""

    def make(code: str, **facts: Any) -> MailKind:
        values: dict[str, Any] = {"never_silenced": False, "sample": dict}
        kind = MailKind(code, code, **(values | facts))
        monkeypatch.setitem(kinds._kinds, code, kind)
        return kind

    return make


@pytest.fixture
def trial_templates(settings: Settings, tmp_path: Path, make_kind: Callable[..., MailKind]) -> None:
    """A mail of kind `trial` that shows what its templates are given."""
    make_kind("trial")
    folder = tmp_path / "mail" / "trial"
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text("{% autoescape off %}{{ customer }}: trial{% endautoescape %}\n")
    body = "{% load mail %}{{ to.name|one_line }}, {{ customer }}, {{ at|moment }}\n\n\n\n{{ language }}   \n"
    (folder / "body.txt").write_text("{% autoescape off %}" + body + "{% endautoescape %}")
    (folder / "body.html").write_text(body)
    templates = deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"] = [tmp_path, *templates[0]["DIRS"]]
    settings.TEMPLATES = templates
