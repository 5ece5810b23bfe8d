"""docs/contract.md says what there is: every address, field, command and setting, and none that there is not."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.core.management import get_commands
from django.urls import URLPattern, URLResolver, get_resolver

from arbitration.forms.acts import ACT_FORMS, CellsForm, ConflictForm
from arbitration.forms.assigning import AssignManyForm
from arbitration.forms.deciding import DecisionForm
from arbitration.forms.desk import AbsenceForm, BarForm, LimitForm
from arbitration.forms.doors import ApproveDoor, WordedDoor
from arbitration.forms.filters import FilterForm as QueueFilterForm
from arbitration.forms.filters import SaveFilterForm
from claims.feeds.forms import FeedForm
from claims.views.proof_form import PageShowsForm
from cpor_portal.accounts.forms import OwnLabelForm, SettingsForm
from cpor_portal.notifications.desk.forms import FilterForm

PAGE = (Path(settings.BASE_DIR) / "docs" / "contract.md").read_text(encoding="utf-8")
WORDS = frozenset(re.findall(r"\w+", " ".join(re.findall(r"`([^`]+)`", PAGE))))
# What the design paper's contract names, and this page does not repeat.
OF_THE_DESIGN = frozenset({"version", "reasons", "text", "lines", "reviewer", "body", "audience"})
SETTINGS_OF_THE_DESIGN = re.findall(
    r"\w+",
    "STATE_DIR SECRET_KEY DEBUG ALLOWED_HOSTS PORTAL_URL DATABASE_URL REDIS_URL EMAIL_URL DIRECTORY STORAGE_URL"
    " CLAMD_ADDRESS REVIEW_COUNTRY REVIEW_TIME_ZONE",
)
VARIABLES = {
    "reference": "REF",
    "step": "STEP",
    "page": "N",
    "number": "N",
    "token": "TOKEN",
    "topic": "TOPIC",
    "code": "KIND",
    "lang": "LANG",
    "name": "NAME",
}


def _patterns(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, str]]:
    for one in resolver.url_patterns:
        here = before + str(one.pattern)
        if isinstance(one, URLPattern):
            yield here, str(one.name)
        elif not here.startswith(("admin/", "accounts/")):
            yield from _patterns(one, here)


def _as_written(pattern: str) -> str:
    return "/" + re.sub(r"<\w+:(\w+)>", lambda found: VARIABLES.get(found[1], "ID"), pattern)


def _rows() -> Iterator[tuple[str, str]]:
    for row in re.findall(r"^\| (`/.*?) \| (.*?) \| .*\|$", PAGE, re.MULTILINE):
        addresses, names = (re.findall(r"`([^`]+)`", cell) for cell in row)
        if names:
            yield from zip(addresses, names, strict=True)


def test_every_address_stands_on_the_page_with_its_name_and_no_other_does() -> None:
    there_are = {(_as_written(pattern), name) for pattern, name in _patterns(get_resolver())}
    assert len(there_are) > 40
    # Where mail does not lie on this machine there is no mailbox.
    written = {row for row in _rows() if settings.MAILBOX_DIR or not row[0].startswith("/mailbox/")}
    assert written == there_are


OF_THE_QUEUE = (QueueFilterForm, SaveFilterForm, AssignManyForm)


@pytest.mark.parametrize(
    "form",
    [
        *ACT_FORMS.values(),
        CellsForm,
        DecisionForm,
        ApproveDoor,
        WordedDoor,
        *OF_THE_QUEUE,
        ConflictForm,
        AbsenceForm,
        BarForm,
        LimitForm,
        PageShowsForm,
        FeedForm,
        OwnLabelForm,
        SettingsForm,
        FilterForm,
    ],
)
def test_every_field_that_grew_since_the_design_stands_on_the_page(form: type[forms.Form]) -> None:
    assert set(form.base_fields) - OF_THE_DESIGN - WORDS == set()


def test_every_command_stands_on_the_page() -> None:
    own = {
        name
        for name, app in get_commands().items()
        if app.partition(".")[0] in ("claims", "arbitration", "cpor_portal")
    }
    assert "look_at_documents" in own
    assert own - WORDS == set()


def test_every_setting_that_grew_since_the_design_stands_on_the_page() -> None:
    source = (Path(settings.BASE_DIR) / "cpor_portal" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'\benv(?:\.\w+)?\(\s*"([A-Z_]+)"', source))
    assert "CLAMD_ADDRESS" in read
    counts = {name for name in read if name.endswith("_DAYS") and not name.startswith("DRAFT_")}
    assert read - counts - {*SETTINGS_OF_THE_DESIGN} - WORDS == set()
