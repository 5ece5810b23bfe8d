"""A process that stands for the portal: it takes hostile files as uploads, and says what became of them at what cost.

Run with a folder; each line that comes is JSON: a file's place, its name, and whether to read
and draw it as well if it is taken. Each line that goes back is JSON, too.
It is a process of its own so that its memory, and that of the children it starts, is nobody else's.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def main() -> None:
    """Answer for each file; the folder is where the portal's own state would be."""
    os.environ |= {"DJANGO_SETTINGS_MODULE": "cpor_portal.settings", "STATE_DIR": sys.argv[1]}
    import django

    django.setup()
    for line in sys.stdin:
        path, name, is_opened = json.loads(line)
        print(json.dumps({**answers_for(Path(path), name, is_opened=is_opened), **_memory()}), flush=True)


def answers_for(path: Path, name: str, *, is_opened: bool) -> dict[str, Any]:
    """What the upload was answered, what reading and drawing made of it, and the longest that one of them took."""
    from claims.models.proof import DocumentType
    from cpor_portal import documents

    told: dict[str, Any] = {"seconds": 0.0, "read": "", "drawn": ""}
    told["answer"], told["kept_as"], content_type = _timed(told, lambda: _upload(path, name))
    if content_type and is_opened:
        told["read"] = _timed(told, lambda: _outcome(lambda: _kind_of_text(documents.extract(path, content_type))))
    if content_type and is_opened and content_type != DocumentType.DOCX:
        told["drawn"] = _timed(told, lambda: _outcome(lambda: _is_png(documents.draw(path, content_type, 1, 900))))
    return told


def _upload(path: Path, name: str) -> tuple[str, str, str]:
    """The answer to the upload, and the name and type under which it would be stored."""
    from django.core.files.uploadedfile import TemporaryUploadedFile

    from claims.checks.proof import read_upload
    from cpor_portal.faults import Refused

    with TemporaryUploadedFile(name, "application/octet-stream", 0, None) as upload, path.open("rb") as file:
        while piece := file.read(1024 * 1024):
            upload.write(piece)
        upload.size = path.stat().st_size
        try:
            taken = read_upload(upload)
        except Refused as fault:
            return " ".join([fault.code, fault.facts.get("variant", "")]).strip(), "", ""
    return "taken", taken.name, taken.content_type


def _outcome(work: Callable[[], str]) -> str:
    from cpor_portal.documents import Broken, TooMuch

    try:
        return work()
    except Broken as fault:
        return fault.code
    except TooMuch:
        return "given_up"


def _kind_of_text(text: Any) -> str:
    assert len(text.pages) <= 300
    assert all(len(page) <= 20_000 and not {"\0"} & set(page) for page in text.pages)
    "".join(text.pages).encode()
    return "text" if any(text.pages) else "no text"


def _is_png(picture: bytes) -> str:
    assert picture.startswith(b"\x89PNG")
    return "picture"


def _timed(told: dict[str, Any], work: Callable[[], Any]) -> Any:
    began = time.monotonic()
    try:
        return work()
    finally:
        told["seconds"] = max(told["seconds"], time.monotonic() - began)


def _memory() -> dict[str, float]:
    """The most that this process, and any of its children, has held so far, in MiB."""
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return {"own": _peak(unit), "children": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / unit}


def _peak(unit: int) -> float:
    """Linux begins its count with what the process that started this one held, but notes the true peak elsewhere."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1024


if __name__ == "__main__":
    main()
