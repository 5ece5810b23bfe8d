"""The virtual environment, its locked packages, and the compiled message catalogues."""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ROOT / "requirements"
NOT_OURS = {".venv", ".git", "var", "node_modules"}

Kind = Literal["run", "dev"]


class SetUpError(Exception):
    """Something a person has to put right before the command can work; the text says what and how."""


def ensure(kind: Kind) -> None:
    """Make `.venv` hold what `requirements/{kind}.lock` names; a stamp makes the second time free.

    The dev lock holds all of the run lock, so an environment for the tests can run the portal too.
    Raises SetUpError where Python lacks venv or a package cannot be installed.
    """
    if sys.platform == "win32":
        raise SetUpError("the embedded servers exist for Linux and macOS; on Windows use WSL.")
    if not PYTHON.exists():
        _make_venv()
    with _alone_in_venv():
        if not _is_current(kind):
            _install(kind)


def _make_venv() -> None:
    if importlib.util.find_spec("ensurepip") is None:
        version = "{}.{}".format(*sys.version_info)
        raise SetUpError(
            "this Python cannot make virtual environments. On Debian and Ubuntu install the package "
            f"python3-venv (`apt-get install python3-venv`, or python{version}-venv), then try again."
        )
    print("Making .venv …", flush=True)
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)])
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        raise SetUpError("`python3 -m venv .venv` failed; its words are above.")


@contextmanager
def _alone_in_venv() -> Iterator[None]:
    """One installation at a time: `run` and `test` may be started side by side."""
    with (VENV / ".installing").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _is_current(kind: Kind) -> bool:
    kinds: tuple[Kind, ...] = ("run", "dev") if kind == "run" else ("dev",)
    return any(_stamp(each).exists() and _stamp(each).read_text() == _wanted(each) for each in kinds)


def _stamp(kind: Kind) -> Path:
    return VENV / f".{kind}.stamp"


def _wanted(kind: Kind) -> str:
    """The lock's hash and the interpreter: a system upgrade to another Python needs its own packages."""
    digest = hashlib.sha256((REQUIREMENTS / f"{kind}.lock").read_bytes()).hexdigest()
    return f"{digest} {PYTHON.resolve()}\n"


def _install(kind: Kind) -> None:
    print(f"Installing requirements/{kind}.lock into .venv (once, about half a minute) …", flush=True)
    began = time.monotonic()
    pip_install(REQUIREMENTS / f"{kind}.lock")
    _stamp(kind).write_text(_wanted(kind))
    print(f"Installed in {time.monotonic() - began:.0f} s.", flush=True)


def pip_install(lock_file: Path) -> None:
    """Install a hashed lock as it stands. It is complete, so pip need not look for dependencies itself.

    Nothing is compiled beforehand, a third of the time: Python compiles what is imported, when it is.
    Raises SetUpError where pip fails.
    """
    pip = [str(PYTHON), "-m", "pip", "install", "-qq", "--no-input", "--disable-pip-version-check"]
    done = subprocess.run([*pip, "--no-deps", "--no-compile", "--require-hashes", "--requirement", str(lock_file)])
    if done.returncode:
        raise SetUpError(f"pip could not install {lock_file.relative_to(ROOT)}; its words are above.")


def compile_catalogues() -> None:
    """Compile each message catalogue that is newer than its compiled form, with Babel instead of gettext."""
    for source in _catalogues():
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            _compile(source, compiled)


def _catalogues() -> list[Path]:
    return [
        path
        for folder in ROOT.iterdir()
        if folder.is_dir() and folder.name not in NOT_OURS
        for path in folder.rglob("LC_MESSAGES/*.po")
    ]


def _compile(source: Path, compiled: Path) -> None:
    fresh = compiled.with_suffix(f".mo.{os.getpid()}")
    pybabel = [str(VENV / "bin" / "pybabel"), "--quiet", "compile"]
    done = subprocess.run([*pybabel, "--input-file", str(source), "--output-file", str(fresh)])
    if done.returncode:
        raise SetUpError(f"{source.relative_to(ROOT)} cannot be compiled; Babel's words are above.")
    fresh.replace(compiled)


def messages() -> int:
    """Bring the Hungarian catalogue in step with the sources; returns 1 while a text waits for its translation."""
    ensure("run")
    done = subprocess.run([str(PYTHON), "-m", "devtools.messages"], cwd=ROOT)
    compile_catalogues()
    return done.returncode


def lock(*, upgrade: bool) -> int:
    """Write the locks anew: every platform, hashes, no host names. The dev lock follows the run lock."""
    ensure("run")
    subprocess.run([str(PYTHON), "-m", "pip", "install", "--quiet", "uv"], check=True)
    for kind, constraint in (("run", []), ("dev", ["--constraint", "requirements/run.lock"])):
        command = [
            str(VENV / "bin" / "uv"),
            "pip",
            "compile",
            "--universal",
            "--generate-hashes",
            "--no-header",
        ]
        command += ["--quiet", "--python-version", "3.11", *constraint]
        command += ["--upgrade"] if upgrade else []
        command += [f"requirements/{kind}.in", "--output-file", f"requirements/{kind}.lock"]
        subprocess.run(command, cwd=ROOT, check=True)
    return 0
