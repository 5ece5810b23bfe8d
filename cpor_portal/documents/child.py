"""Strangers' files are opened in a process of their own, which may take little, knows nothing and is soon ended.

Why a process: the libraries that read PDF and pictures are large, some of them are written in C, and a file that was
made for it can keep them busy for ever, fill the memory or bring them down. None of that must reach the portal.
"""

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO, Any

from cpor_portal.documents.inside import limits
from cpor_portal.documents.inside.faults import Broken, Fault, NotBegun, TooMuch

log = logging.getLogger(__name__)

_START = "import sys; sys.path.append(sys.argv[1]); from inside.main import main; main()"
_FOLDER = Path(__file__).parent
_AT_ONCE = threading.BoundedSemaphore(4)
"""Children of one process of the portal: what ten people upload at once must not take ten times the memory."""


def run(job: str, path: Path, *, seconds: float = limits.WORK_SECONDS, **arguments: Any) -> tuple[Any, bytes]:
    """Let a child do `job` on the file: what it answers, and the bytes that belong to the answer.

    `seconds` is all the time it gets, the wait for other children included. Raises Broken when the file is at fault,
    TooMuch when the child was ended or could not be started.
    """
    with path.open("rb") as file:
        return run_on(job, file, seconds=seconds, **arguments)


def run_on(job: str, file: IO[bytes], *, seconds: float = limits.WORK_SECONDS, **arguments: Any) -> tuple[Any, bytes]:
    """The same for a file that is open; it must be one of the operating system's."""
    began = time.monotonic()
    if not _AT_ONCE.acquire(timeout=seconds / 2):
        raise NotBegun("busy")
    try:
        with tempfile.TemporaryFile() as out:
            code = _code_of_child(
                json.dumps({"job": job, **arguments}), file, out, seconds - (time.monotonic() - began)
            )
            return _answer(job, code, out)
    except OSError as fault:
        log.warning("No child could be started to %s a document: %s", job, fault)
        raise NotBegun("not started") from fault
    finally:
        _AT_ONCE.release()


def _code_of_child(request: str, file: IO[bytes], out: IO[bytes], seconds: float) -> int:
    """Run one child to its end, or end it with everything that it started. Its exit code."""
    file.seek(0)
    os.lseek(file.fileno(), 0, os.SEEK_SET)
    child = subprocess.Popen(  # noqa: S603 - our own program; what is in the file is no part of the command
        [sys.executable, "-I", "-c", _START, str(_FOLDER), request],
        stdin=file,
        stdout=out,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        start_new_session=True,
    )
    try:
        return child.wait(seconds)
    except subprocess.TimeoutExpired as fault:
        raise TooMuch("time") from fault
    finally:
        if child.returncode is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _answer(job: str, code: int, out: IO[bytes]) -> tuple[Any, bytes]:
    out.seek(0)
    line, payload = out.readline(), out.read()
    if code or not line.endswith(b"\n"):
        log.info("A child that should %s a document ended with %d", job, code)
        raise TooMuch("ended")
    told = json.loads(line)
    if "too_much" in told:
        raise TooMuch(told["too_much"])
    if "fault" in told:
        log.info("A document was found %s (%s) when it was to %s", told["fault"], told["detail"], job)
        raise Broken(Fault(told["fault"]), told["detail"])
    return told["answer"], payload
