"""`dev.py test`: every check and every test, the fast ones first, with the seconds each took."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from devtools import environment
from devtools.environment import PYTHON, ROOT, VENV, SetUpError
from devtools.processes import die_with_parent

_CLOSING = re.compile(r"\b(passed|failed|errors?|no tests ran|deselected)\b.* in [\d.]+s")
# A person's own portal must not leak into the checks; what they are told comes from here alone.
_NOT_PASSED_ON = (
    "DATABASE_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "STORAGE_URL",
    "CLAMD_ADDRESS",
    "DJANGO_SETTINGS_MODULE",
)


@dataclass
class Part:
    """One finished part of the run."""

    name: str
    seconds: float
    has_passed: bool
    closing_line: str = ""


@dataclass
class Background:
    """A part that runs beside the others, its output kept for the end."""

    name: str
    began: float
    process: subprocess.Popen[bytes]
    log: Path


def run(*, pytest_arguments: Sequence[str], is_long: bool) -> int:
    """Run everything, or with arguments only pytest with them; returns the exit code.

    Nothing that is missing is skipped. Raises SetUpError where the environment cannot be made, and
    in CI where somebody asked for less than everything.
    """
    _refuse_less_in_ci()
    environment.ensure("dev")
    environment.compile_catalogues()
    os.chdir(ROOT)
    long = ["--long"] if is_long else []
    if pytest_arguments:  # in this process's place: a debugger wants the terminal
        os.execve(PYTHON, _python("-m", "pytest", *long, *pytest_arguments), _settings())
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="cpor-checks-") as folder:
        return _run_all(Path(folder), {**_settings(), "STATE_DIR": folder}, long)


def _refuse_less_in_ci() -> None:
    if _is_ci() and (os.environ.get("TEST_WITHOUT") or os.environ.get("TEST_DATABASE_URL") == "sqlite"):
        raise SetUpError("in CI no server may be left out: unset TEST_WITHOUT, TEST_DATABASE_URL=sqlite.")


def _is_ci() -> bool:
    return os.environ.get("CI", "").lower() in {"true", "1"}


def _settings() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _NOT_PASSED_ON}
    return {**kept, "PYTHONUNBUFFERED": "1"}


def _run_all(folder: Path, settings: dict[str, str], long: list[str]) -> int:
    began = time.monotonic()
    types = _in_background("types (mypy --strict)", _python("-m", "mypy", "."), settings, folder)
    parts = [_part(name, command, settings) for name, command in _quick_checks()]
    parts.append(_browser(settings))
    parts.append(_scanner(settings))
    parts.append(_part("tests on PostgreSQL", _pytest(*long), settings))
    on_sqlite = {**settings, "TEST_DATABASE_URL": "sqlite"}
    parts.append(_part("main paths on SQLite", _pytest("-m", "sqlite_too"), on_sqlite))
    parts.append(_finished(types))
    return _report(parts, time.monotonic() - began)


def _quick_checks() -> Iterable[tuple[str, list[str]]]:
    yield "lint (ruff)", [_tool("ruff"), "check", "."]
    yield "format (ruff)", [_tool("ruff"), "format", "--check", "."]
    yield "floors (import-linter)", [_tool("lint-imports")]
    yield "migrations", _python("manage.py", "makemigrations", "--check", "--dry-run")
    if (ROOT / "templates").exists():
        yield "templates (djlint)", [_tool("djlint"), "templates", "--lint", "--quiet"]


def _tool(name: str) -> str:
    return str(VENV / "bin" / name)


def _python(*arguments: str) -> list[str]:
    return [str(PYTHON), *arguments]


def _pytest(*arguments: str) -> list[str]:
    colour = ["--color=yes"] if sys.stdout.isatty() else []
    return _python("-m", "pytest", "--numprocesses", "2", "--dist", "worksteal", *colour, *arguments)


def _part(name: str, command: Sequence[str], settings: Mapping[str, str]) -> Part:
    """Run one part in sight, and keep its closing line where it has one."""
    print(f"\n=== {name}", flush=True)
    began, closing_line = time.monotonic(), ""
    with (
        subprocess.Popen(
            command,
            env=settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGINT),
        ) as process,
        _interrupted_once(process),
    ):
        for line in process.stdout or ():
            print(line, end="", flush=True)
            closing_line = line.rstrip() if _CLOSING.search(line) else closing_line
    return Part(name, time.monotonic() - began, process.returncode == 0, closing_line)


@contextmanager
def _interrupted_once(process: subprocess.Popen[str]) -> Iterator[None]:
    """Ctrl-C and SIGTERM reach the part as one Ctrl-C, and it has the time to stop its servers."""
    try:
        yield
    except KeyboardInterrupt:
        with suppress(ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(process.pid, signal.SIGINT)
            process.wait(15)
        raise


def _browser(settings: dict[str, str]) -> Part:
    """Get a Chromium before the tests need it: installing one takes longer than a test may."""
    if "chromium" in settings.get("TEST_WITHOUT", ""):
        return Part("browser: left out by TEST_WITHOUT", 0, True)
    return _at_hand("browser", "tests.support.chromium", "TEST_CHROMIUM", settings)


def _scanner(settings: dict[str, str]) -> Part:
    """Get a virus scanner, too. Outside of CI the run goes on without: on a machine where none can be installed."""
    part = _at_hand("virus scanner", "tests.support.clamd", "CLAMD_BINARY", settings)
    if part.has_passed or _is_ci():
        return part
    return Part("virus scanner: none here, and its tests are skipped", part.seconds, True)


def _at_hand(name: str, module: str, variable: str, settings: dict[str, str]) -> Part:
    """Have `module` find or install what it is for, and tell the tests in `variable` where that is."""
    print(f"\n=== {name}", flush=True)
    began = time.monotonic()
    done = subprocess.run(_python("-m", module), env=settings, stdout=subprocess.PIPE, text=True)
    address, _, description = done.stdout.strip().partition("\n")
    if done.returncode == 0:
        settings[variable] = address
        print(description, flush=True)
    return Part(name, time.monotonic() - began, done.returncode == 0)


def _in_background(name: str, command: Sequence[str], settings: Mapping[str, str], folder: Path) -> Background:
    log = folder / "background.log"
    die = die_with_parent()

    def give_way() -> None:
        die()
        os.nice(10)  # the tests measure time, this part does not

    with log.open("wb") as file:
        process = subprocess.Popen(command, env=settings, stdout=file, stderr=subprocess.STDOUT, preexec_fn=give_way)
    return Background(name, time.monotonic(), process, log)


def _finished(part: Background) -> Part:
    code = part.process.wait()
    print(f"\n=== {part.name} (ran beside the others)", flush=True)
    print(part.log.read_text(errors="replace"), end="", flush=True)
    return Part(part.name, time.monotonic() - part.began, code == 0)


def _report(parts: Sequence[Part], seconds: float) -> int:
    """The summary, and then pytest's own closing lines as the last ones."""
    print("\n=== summary")
    for part in parts:
        print(f"{'pass' if part.has_passed else 'FAIL'}  {part.seconds:6.1f} s  {part.name}")
    has_passed = all(part.has_passed for part in parts)
    print(f"{'PASS' if has_passed else 'FAIL'}  {seconds:6.1f} s  in all")
    for part in sorted((part for part in parts if part.closing_line), key=lambda part: "SQLite" not in part.name):
        print(part.closing_line)
    sys.stdout.flush()
    return 0 if has_passed else 1
