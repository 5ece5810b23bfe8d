"""The child's way from its request (an argument, JSON) over the file (its standard input) to its answer.

The answer is one line of JSON and, where a page was drawn, the picture's bytes after it.
"""

import json
import os
import resource
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

from . import limits
from .faults import Broken, Fault

Answer = tuple[Any, bytes]


def main() -> None:
    """Do one job and write its answer. Whatever goes wrong with the file is an answer, too."""
    request = json.loads(sys.argv[2])
    restrict(limits.CPU_SECONDS[request["job"]])
    with os.fdopen(0, "rb", closefd=False) as file, os.fdopen(1, "wb", closefd=False) as out:
        line, payload = _answer(file, request)
        out.write(json.dumps(line).encode() + b"\n" + payload)


def restrict(cpu_seconds: int) -> None:
    """Take from this process what it does not need, before it has seen a byte of the file."""
    for limit, most in (
        (resource.RLIMIT_DATA, limits.MEMORY),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, limits.ANSWER_BYTES),
        (resource.RLIMIT_NOFILE, limits.OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        _, given = resource.getrlimit(limit)
        held = most if given == resource.RLIM_INFINITY else min(most, given)  # an operator may have given less
        resource.setrlimit(limit, (held, held))


def _answer(file: BinaryIO, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    try:
        done, payload = _job(request.pop("job"), request.pop("content_type"))(file, **request)
    except Broken as fault:
        return {"fault": fault.code, "detail": fault.detail}, b""
    except MemoryError:
        return {"too_much": "memory"}, b""
    except RecursionError:
        return {"fault": Fault.BROKEN, "detail": "recursion"}, b""
    except Exception as fault:  # noqa: BLE001 - the process's outermost edge: the parent logs it
        return {"fault": Fault.BROKEN, "detail": type(fault).__name__}, b""
    return {"answer": done}, payload


def _job(job: str, content_type: str) -> Callable[..., Answer]:
    """The function for the job. Only what it needs is imported: a child lives for a tenth of a second."""
    if content_type == "application/pdf":
        from . import pdf

        return _one_of(job, inspect=pdf.inspect, extract=pdf.extract, draw=pdf.draw)
    if content_type.startswith("image/"):
        from . import pictures

        return _one_of(job, inspect=pictures.inspect, extract=pictures.extract, draw=pictures.draw)
    from . import word

    return _one_of(job, inspect=word.inspect, extract=word.extract)


def _one_of(job: str, **jobs: Callable[..., Answer]) -> Callable[..., Answer]:
    return jobs[job]
