"""Files that were made to do harm: each gets its answer, soon, and without much memory (see `hostile_files.md`)."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.claims.checks.tables import read
from tests.cpor_portal.documents.hostile_docx import DOCUMENTS
from tests.cpor_portal.documents.hostile_pdf import NAMES, PDFS
from tests.cpor_portal.documents.hostile_pictures import PICTURES
from tests.support.papers import small_pdf

Row = dict[str, str]
Ask = Callable[[bytes, str, bool], dict[str, Any]]
MAKERS = {"pdf": PDFS, "docx": DOCUMENTS, "picture": PICTURES}
ENDINGS = {"pdf": ".pdf", "docx": ".docx", "picture": ".png"}
SECONDS, MEBIBYTES = 10, 300
WANTED = ("answer", "read", "drawn")
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Gives a file to a process that stands for the portal, and returns what became of it."""
    folder = tmp_path_factory.mktemp("hostile")
    command = [sys.executable, "-m", "tests.cpor_portal.documents.measuring", str(folder)]
    with _running(command) as process:

        def ask(content: bytes, name: str, is_opened: bool) -> dict[str, Any]:
            place = folder / "upload"
            place.write_bytes(content)
            print(json.dumps([str(place), name, is_opened]), file=process.stdin, flush=True)
            answer: dict[str, Any] = json.loads(process.stdout.readline())
            return answer

        yield ask


@contextmanager
def _running(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, text=True, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL) as process:
        yield process
        process.stdin.close()
        assert process.wait(20) == 0


def _rows(kind: str, *, is_long: bool) -> list[Row]:
    return [row for row in read("hostile_files") if row["kind"] == kind and (is_long or row["when"] != "--long")]


def test_every_hostile_file_is_in_the_table_once() -> None:
    listed = [(row["kind"], row["file"]) for row in read("hostile_files")]
    made = [(kind, name) for kind, makers in MAKERS.items() for name in makers]
    assert sorted(listed) == sorted(made + [("name", name) for name in NAMES])
    assert len(listed) >= 100


@pytest.mark.parametrize("kind", list(MAKERS))
def test_each_hostile_file_gets_its_answer_soon_and_with_little_memory(
    ask: Ask, kind: str, pytestconfig: pytest.Config
) -> None:
    wrong = []
    for row in _rows(kind, is_long=pytestconfig.getoption("--long")):
        content = MAKERS[kind][row["file"]]()
        told = ask(content, "proof" + ENDINGS[kind], True)
        cost = {"seconds": told["seconds"] < SECONDS, "memory": max(told["own"], told["children"]) < MEBIBYTES}
        if any(told[what] != row[what] for what in WANTED) or not all(cost.values()):
            wrong.append((row, told))
    assert not wrong


def test_each_hostile_name_is_kept_as_one_that_harms_nobody(ask: Ask) -> None:
    rows = _rows("name", is_long=False)
    told = {row["file"]: ask(small_pdf(), NAMES[row["file"]], False) for row in rows}
    assert {name: (answer["answer"], answer["kept_as"]) for name, answer in told.items()} == {
        row["file"]: (row["answer"], row["kept as"]) for row in rows
    }
