"""What the search of the longest papers takes: a job compares one document, and must be done soon."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from claims import tasks
from claims.acts import reading
from devtools.environment import ROOT
from tests.claims.proof.measuring_search import KINDS

SECONDS, MEBIBYTES = 10, 100


@pytest.mark.parametrize("kind", KINDS)
def test_three_hundred_full_pages_are_searched_soon_and_in_little_memory(kind: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.claims.proof.measuring_search", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, input=f"{kind}\n", text=True, capture_output=True, check=True)
    cost = json.loads(done.stdout)
    assert cost["is_done"] or kind != "words"
    assert cost["seconds"] < SECONDS
    assert cost["grown"] < MEBIBYTES


def test_a_round_ends_before_the_broker_hands_it_to_a_second_worker() -> None:
    longest = 2 * reading.SEARCH_SECONDS  # facts that change meanwhile are searched once more
    assert max(tasks.ROUND_SECONDS + longest, tasks.READING_SECONDS + 10) < 50
