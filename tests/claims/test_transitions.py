"""The transition table against the decision tables, which were written from domain.md."""

import csv
from pathlib import Path

import pytest

from claims.transitions import BY_ACT, OWED, TABLE, Act, Actor, permits, status_of
from claims.words import OPEN_STATUSES, Outcome, Status

TABLES = Path(__file__).parent.parent / "decision_tables"


def _rows(name: str) -> list[dict[str, str]]:
    with (TABLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", _rows("transitions.csv"), ids=lambda row: f"{row['act']}-{row['role']}")
def test_the_table_permits_what_the_domain_says(row: dict[str, str]) -> None:
    permitted = {status: permits(Act(row["act"]), actor=row["role"], status=status) for status in Status.values}
    assert permitted == {status: row[status] == "yes" for status in Status.values}


def test_the_decision_table_names_every_act_and_role() -> None:
    named = {(row["act"], row["role"]) for row in _rows("transitions.csv")}
    assert named == {(act.value, actor.value) for act in Act for actor in Actor}


@pytest.mark.parametrize("row", _rows("claim_status.csv"), ids=lambda row: f"{row['outcomes']}-{row['review_started']}")
def test_a_claims_status_follows_from_its_lines(row: dict[str, str]) -> None:
    outcomes = row["outcomes"].split()
    started = row["review_started"] == "yes"
    assert status_of(outcomes, review_started=started) == row["status"]
    assert status_of(reversed(outcomes), review_started=started) == row["status"]


def test_a_claim_without_lines_can_not_have_been_filed() -> None:
    with pytest.raises(ValueError, match="at least one line"):
        status_of([], review_started=False)


def test_every_act_has_one_row() -> None:
    assert [row.act for row in TABLE] == list(dict.fromkeys(row.act for row in TABLE))
    assert set(BY_ACT) == set(Act)


def test_somebody_owes_something_exactly_while_a_claim_is_open_and_a_draft_runs_out() -> None:
    assert set(OWED) == OPEN_STATUSES | {Status.EDITING}
    assert all(len(kinds) == 1 for kinds in OWED.values())


def test_no_act_touches_a_line_in_the_outcome_it_gives() -> None:
    same = {row.act for row in TABLE if row.gives in row.takes}
    # A draft's lines wait already; a holder who wins a case keeps what it has.
    assert same == {Act.SUBMIT, Act.RULE_FOR}


def test_every_outcome_but_pending_is_reached_by_an_act() -> None:
    reached = {row.gives for row in TABLE if row.gives}
    # Contested is a mark that the meeting of two firms leaves, not an act.
    assert reached == set(Outcome) - {Outcome.CONTESTED}
