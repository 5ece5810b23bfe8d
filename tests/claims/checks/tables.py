"""Reading the decision tables that the checks are held against."""

import csv
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

TABLES = Path(__file__).parents[2] / "decision_tables"


def read(name: str) -> list[dict[str, str]]:
    """The rows of a table."""
    with (TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rows_of(name: str) -> list[ParameterSet]:
    """The rows of a table as test parameters, named by their first column."""
    return [pytest.param(row, id=next(iter(row.values()))) for row in read(name)]
