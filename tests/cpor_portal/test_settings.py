"""What an installation without settings of its own makes for itself."""

import os
import stat
import subprocess
import sys
from pathlib import Path

from devtools.environment import ROOT

READ_KEY = "from cpor_portal import settings; print(settings.SECRET_KEY)"


def _environment(folder: Path) -> dict[str, str]:
    left_out = ("SECRET_KEY", "DJANGO_SETTINGS_MODULE")
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
