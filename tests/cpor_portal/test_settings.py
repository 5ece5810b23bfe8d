"""What an installation without settings of its own makes for itself."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from devtools.environment import ROOT

READ_KEY = "from cpor_portal import settings; print(settings.SECRET_KEY)"


def _environment(folder: Path) -> dict[str, str]:
    left_out = ("SECRET_KEY", "PORTAL_URL", "DJANGO_SETTINGS_MODULE")
    return {name: value for name, value in os.environ.items() if name not in left_out} | {"STATE_DIR": str(folder)}


def test_processes_that_start_at_once_on_a_new_folder_share_one_whole_key(tmp_path: Path) -> None:
    command = [sys.executable, "-c", READ_KEY]
    started = [
        subprocess.Popen(command, cwd=ROOT, env=_environment(tmp_path), stdout=subprocess.PIPE, text=True)
        for _process in range(6)
    ]
    keys = {process.communicate(timeout=60)[0].strip() for process in started}
    assert len(keys) == 1
    assert len(keys.pop()) > 50
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


ASK = """
import json, django
django.setup()
from django.conf import settings
from django.core.checks import run_checks
from django.urls import NoReverseMatch, reverse
try:
    mailbox = reverse("mailbox")
except NoReverseMatch:
    mailbox = ""
print(json.dumps([mailbox, [found.id for found in run_checks()], settings.ALLAUTH_TRUSTED_PROXY_COUNT]))
"""


def _asked(folder: Path, **settings: str) -> list[object]:
    """The mailbox's path, the warnings of `manage.py check`, the number of proxies, under these settings."""
    environment = {**_environment(folder), "DJANGO_SETTINGS_MODULE": "cpor_portal.settings", **settings}
    said = subprocess.run([sys.executable, "-c", ASK], cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
    answer: list[object] = json.loads(said.stdout)
    return answer


@pytest.mark.parametrize(
    ("portal", "mail_server", "mailbox", "warnings"),
    [
        ("http://localhost:8000", "", "/mailbox/", []),
        ("http://[::1]:8000", "", "/mailbox/", []),
        ("http://127.0.0.1:8000", "smtp://mail.example:25", "", []),
        ("https://portal.example", "smtp://mail.example:25", "", []),
        ("https://portal.example", "", "", ["notifications.W001"]),
        ("https://localhost.portal.example", "", "", ["notifications.W001"]),
    ],
)
def test_the_mailbox_is_for_a_portal_on_this_machine_and_elsewhere_a_mail_server_is_missed(
    tmp_path: Path, portal: str, mail_server: str, mailbox: str, warnings: list[str]
) -> None:
    assert _asked(tmp_path, PORTAL_URL=portal, EMAIL_URL=mail_server)[:2] == [mailbox, warnings]


def test_the_number_of_proxies_reaches_the_counting_of_attempts(tmp_path: Path) -> None:
    assert _asked(tmp_path, TRUSTED_PROXY_COUNT="2")[2] == 2
