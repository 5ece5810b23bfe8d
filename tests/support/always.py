"""design.md, "What always holds", said again and checked on the tables themselves.

Nothing here asks the portal's own code: rows are read by SQL, and the rules are restated from domain.md. So a fault
in the portal's idea of a rule cannot hide in the check of it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection


class Row(NamedTuple):
    """One row: its id, and its columns by name."""

    id: int
    columns: Mapping[str, Any]

    def __getattr__(self, name: str) -> Any:
        return self.columns[name]


Table = dict[int, Row]

QUERIES = {
    "claims": "SELECT id, reference, firm_id, status, version, round, review_started_at, reviewer_id, due_at,"
    " edited_at, edited_by_id, proof_good_until, proof_reminder_on, correction_asked_at FROM claims_claim",
    "lines": "SELECT id, claim_id, firm_id, target_id, outcome, submitted_at, decided_at FROM claims_claimline",
    "associations": "SELECT * FROM claims_association",
    "deadlines": "SELECT * FROM claims_deadline",
    "events": "SELECT * FROM claims_event ORDER BY id",
    "comments": "SELECT * FROM claims_comment",
    "snapshots": "SELECT id, claim_id, round, verb FROM claims_snapshot",
    "corrections": "SELECT * FROM claims_correction",
    "documents": "SELECT id, claim_id, sha256, scan_state FROM claims_document",
    "cells": "SELECT * FROM claims_proofcell",
    "checks": "SELECT * FROM arbitration_cellcheck",
    "reviews": "SELECT * FROM arbitration_review",
    "mails": "SELECT id, event_key, recipient, kind, claim_reference, message_id, state, queued_at, attempts,"
    " next_attempt_at, sent_at, digest_id FROM notifications_outboxmail ORDER BY id",
}


@dataclass(frozen=True)
class Rows:
    """Everything that the portal has written, at one moment."""

    claims: Table
    lines: Table
    associations: Table
    deadlines: Table
    events: Table
    comments: Table
    snapshots: Table
    corrections: Table
    documents: Table
    cells: Table
    checks: Table
    reviews: Table
    mails: Table

    def running(self) -> Iterator[Row]:
        """The deadlines that have not ended."""
        return (row for row in self.deadlines.values() if row.met_at is None and row.cancelled_at is None)

    def lines_of(self, claim_id: int) -> list[Row]:
        """The lines of a claim that were ever submitted."""
        return [line for line in self.lines.values() if line.claim_id == claim_id and line.submitted_at is not None]


def read() -> Rows:
    """The tables as they stand."""
    return Rows(**{name: _rows(query) for name, query in QUERIES.items()})


def new(before: Table, after: Table) -> list[Row]:
    """The rows that were not there before, oldest first."""
    return [after[number] for number in sorted(after.keys() - before.keys())]


def text_of(mail: Row) -> str:
    """All that the recipient of a mail reads."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject || text || html FROM notifications_outboxmail WHERE id = %s", [mail.id])
        return str(cursor.fetchone()[0])


def _rows(query: str) -> Table:
    with connection.cursor() as cursor:
        cursor.execute(query)
        names = [column[0] for column in cursor.description]
        return {values[0]: Row(values[0], dict(zip(names, values, strict=True))) for values in cursor.fetchall()}


# --- 1: one holder of a target -----------------------------------------------------------------------------

UNDECIDED = {"pending", "verified", "contested", "asked"}


def check_targets(rows: Rows) -> None:
    """One open association per target, one occupying line per firm and target; both tell the same."""
    held = [row for row in rows.associations.values() if row.ended_at is None]
    assert _twice(row.target_id for row in held) == set(), "two open associations on one target"
    occupying = [
        line for line in rows.lines.values() if line.submitted_at and line.outcome in UNDECIDED | {"associated"}
    ]
    assert _twice((line.firm_id, line.target_id) for line in occupying) == set(), "a firm stands twice on one target"
    associated = {line.id for line in occupying if line.outcome == "associated"}
    assert {row.line_id for row in held} == associated, "associations and associated lines differ"


def _twice(keys: Iterable[Any]) -> set[Any]:
    return {key for key, count in Counter(keys).items() if count > 1}


# --- 2: status and history ---------------------------------------------------------------------------------


def status_by_the_book(outcomes: Iterable[str], *, is_started: bool) -> str:
    """domain.md, "Statuses of a claim", the paragraph on lines, clause by clause."""
    held = set(outcomes)
    clauses = [
        ("asked" in held, "partner_action_required"),
        (bool(held & {"pending", "verified", "contested"}), "under_review" if is_started else "submitted"),
        ("associated" in held, "approved"),
        (not held - {"withdrawn", "removed"}, "withdrawn"),
        (bool(held & {"rejected", "lost", "declined"}), "rejected"),
    ]
    return next((status for holds, status in clauses if holds), "ended")


def check_statuses(rows: Rows) -> None:
    """Every claim's status is what its lines say, and a draft has left no trace."""
    with_events = {event.claim_id for event in rows.events.values()}
    for claim in rows.claims.values():
        lines = rows.lines_of(claim.id)
        if claim.status == "editing":
            assert not lines, f"{claim.reference} is a draft with submitted lines"
            assert claim.id not in with_events, f"{claim.reference} is a draft with a history"
        else:
            told = status_by_the_book((line.outcome for line in lines), is_started=claim.review_started_at is not None)
            assert claim.status == told, f"{claim.reference} is {claim.status}, by its lines {told}"


def check_history(rows: Rows) -> None:
    """Each claim's events form one chain from the draft to where it stands; versions in it never fall."""
    chains: dict[int, list[Row]] = defaultdict(list)
    for event in rows.events.values():
        chains[event.claim_id].append(event)
    for claim in rows.claims.values():
        before, version = "editing", 0
        for event in chains[claim.id]:
            assert event.status_before == before, f"{claim.reference}: {event.verb} does not go on from {before}"
            assert event.claim_version >= version, f"{claim.reference}: the version fell"
            before, version = event.status_after, event.claim_version
        assert claim.status == before, f"{claim.reference}: its history ends with {before}"
        assert claim.version >= version, f"{claim.reference}: its history is ahead of it"


# --- 3: deadlines ------------------------------------------------------------------------------------------

BY_STATUS = {"draft_expiry", "review", "partner_answer"}
WINDOWS = {"customer_window", "dispute_window", "draft_expiry"}
NEVER_CHANGED = (
    "claim_id",
    "kind",
    "about",
    "party",
    "started_at",
    "due_at",
    "remind_at",
    "days",
    "calendar_country",
    "calendar_zone",
    "closures",
    "extra_working_days",
)
SET_ONCE = ("reminded_at", "breached_at", "met_at", "cancelled_at")


def owed_by_status(status: str, outcomes: Iterable[str]) -> set[str]:
    """What a claim owes because of where it stands: a draft's end, a decision, or an answer."""
    if status == "editing":
        return {"draft_expiry"}
    if status == "partner_action_required":
        return {"partner_answer"}
    waits = status in {"submitted", "under_review"} and set(outcomes) & {"pending", "contested"}
    return {"review"} if waits else set()


def check_deadlines(rows: Rows) -> None:
    """One running deadline for each obligation, none for who owes nothing; the claim names the first that is owed."""
    running: dict[int, list[Row]] = defaultdict(list)
    for deadline in rows.running():
        running[deadline.claim_id].append(deadline)
    for claim in rows.claims.values():
        mine = running[claim.id]
        assert _twice((row.kind, row.about) for row in mine) == set(), f"{claim.reference} owes one thing twice"
        have = sorted(row.kind for row in mine if row.kind in BY_STATUS)
        outcomes = [line.outcome for line in rows.lines_of(claim.id)]
        owes = sorted(owed_by_status(claim.status, outcomes))
        assert have == owes, f"{claim.reference}, {claim.status} {outcomes}: runs {have}, owes {owes}"
        owed = [row.due_at for row in mine if row.kind not in WINDOWS]
        assert claim.due_at == min(owed, default=None), f"{claim.reference} is due {claim.due_at}, not {owed}"


def check_deadlines_kept(before: Rows, after: Rows) -> None:
    """Once set a date stays, and what happened to a deadline has happened; a draft's alone moves and goes."""
    for number, was in before.deadlines.items():
        if was.kind == "draft_expiry":
            continue
        assert number in after.deadlines, f"deadline {number} ({was.kind}) is gone"
        now = after.deadlines[number]
        moved = [name for name in NEVER_CHANGED if was.columns[name] != now.columns[name]]
        assert not moved, f"deadline {number} ({was.kind}) has changed: {moved}"
        undone = [name for name in SET_ONCE if was.columns[name] not in (None, now.columns[name])]
        assert not undone, f"of deadline {number} ({was.kind}) was undone: {undone}"
    for row in after.deadlines.values():
        assert row.met_at is None or row.cancelled_at is None, f"deadline {row.id} is met and cancelled"
        assert row.due_at > row.started_at, f"deadline {row.id} is due before it starts"


CORRECTABLE = {"submitted", "under_review", "partner_action_required", "approved"}


def check_swept(rows: Rows, now: datetime) -> None:
    """After a sweep nothing waits for one: what is over has ended or is counted as missed, what is near was told."""
    for row in rows.running():
        if row.due_at < now:
            assert row.kind in {"review", "ruling", "dispute_ruling", "correction"}, f"{row.kind} {row.id} runs on"
            assert row.breached_at is not None, f"{row.kind} {row.id} was not counted as missed"
        elif row.remind_at is not None and row.remind_at <= now:
            assert row.reminded_at is not None, f"nobody was reminded of {row.kind} {row.id}"


def check_corrections(rows: Rows) -> None:
    """At most one correction of a claim waits, and Microsoft owes an answer to it; a claim at its end has none."""
    waiting = {row.claim_id: row for row in rows.corrections.values() if row.state == "asked"}
    assert len(waiting) == sum(row.state == "asked" for row in rows.corrections.values()), "two corrections wait"
    owed = {row.claim_id: row.started_at for row in rows.running() if row.kind == "correction"}
    assert owed == {number: row.asked_at for number, row in waiting.items()}, "what waits and what is owed differ"
    for claim in rows.claims.values():
        row = waiting.get(claim.id)
        assert claim.correction_asked_at == (row.asked_at if row else None), f"{claim.reference} tells another story"
        assert row is None or claim.status in CORRECTABLE, f"{claim.reference} is {claim.status} and waits"
    for row in rows.corrections.values():
        assert (row.state == "asked") == (row.decided_at is None), "an answer without its moment"


# --- 8: proof ----------------------------------------------------------------------------------------------

COLUMNS = {"named", "tied", "described", "acknowledged", "dated"}


def check_proof(rows: Rows) -> None:
    """A cell names a document of its own claim; every approved claim has a day on which newer proof is spoken of."""
    for cell in rows.cells.values():
        assert cell.column in COLUMNS, f"{cell.column} is no column of the proof matrix"
        if cell.document_id is not None:
            document = rows.documents[cell.document_id]
            assert document.claim_id == cell.claim_id, "a cell names another claim's document"
            assert document.scan_state != "infected", "a cell names a quarantined document"
            assert cell.page is not None, "a cell names no page"
        else:
            assert (cell.page, cell.dated_on) == (None, None), "an empty cell tells something"
        assert (cell.verdict == "") == (cell.verdict_at is None), "a verdict without its moment"
    for check in rows.checks.values():
        assert check.review_id in rows.reviews, "a cell was ticked in no review"
    for claim in rows.claims.values():
        assert claim.status != "approved" or claim.proof_reminder_on, f"{claim.reference}: nobody thinks of newer proof"


# --- 2 and 5: nothing is lost ------------------------------------------------------------------------------

APPEND_ONLY = ("events", "comments", "snapshots")
NEVER_LOST = ("claims", "lines", "associations", "corrections", "documents", "reviews", "mails")


def check_kept(before: Rows, after: Rows) -> None:
    """What was written stays written, a draft's own rows apart; versions only grow; ended associations stay ended."""
    drafts = {claim.id for claim in before.claims.values() if claim.status == "editing"}
    for name in APPEND_ONLY:
        was, now = getattr(before, name), getattr(after, name)
        assert all(now.get(number) == row for number, row in was.items()), f"{name} were changed"
    for name in NEVER_LOST:
        lost = [row for number, row in getattr(before, name).items() if number not in getattr(after, name)]
        assert all(_is_of(row, drafts) for row in lost), f"{name} were lost: {lost}"
    for number, claim in after.claims.items():
        was = before.claims.get(number)
        assert was is None or claim.version >= was.version, f"{claim.reference}: the version fell"
        if was is not None and was.status != claim.status:
            assert claim.version > was.version, f"{claim.reference} changed its status and kept its version"
    for number, row in before.associations.items():
        assert row.ended_at is None or after.associations[number] == row, "an ended association has changed"


def _is_of(row: Row, claims: set[int]) -> bool:
    return row.columns.get("claim_id", row.id) in claims


# --- 5 and 6: mails ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reader:
    """Somebody who gets mail: the firm (None for Microsoft's people), and the words that tell who it is."""

    firm_id: int | None
    mark: str


def check_mails(rows: Rows) -> None:
    """One mail for each event and person, each with a Message-ID of its own."""
    mails = rows.mails.values()
    assert _twice((mail.event_key, mail.recipient) for mail in mails) == set(), "one event was told twice"
    assert _twice(mail.message_id for mail in mails) == set(), "two mails have one Message-ID"


def check_recipients(before: Rows, after: Rows, readers: Mapping[str, Reader]) -> None:
    """New mails go to people who may know: the claim's own firm or Microsoft; and tell a firm of nobody else."""
    claims = {claim.reference: claim for claim in (*before.claims.values(), *after.claims.values())}
    for mail in new(before.mails, after.mails):
        reader = readers[mail.recipient]
        if reader.firm_id is None:
            continue
        if mail.claim_reference:
            assert claims[mail.claim_reference].firm_id == reader.firm_id, f"{mail.kind} went to another firm"
        event = after.events.get(int(mail.event_key.split(":")[0])) if mail.event_key[0].isdigit() else None
        assert event is None or event.audience == "partner", f"{mail.kind} tells a firm of what is internal"
        text = text_of(mail)
        others = {other.mark for other in readers.values() if other.firm_id != reader.firm_id}
        assert not [mark for mark in others if mark in text], f"{mail.kind} names somebody to {mail.recipient}"


FINAL = {"sent", "digested", "silenced", "superseded"}
TO_FIRM = {"submitted", "resubmitted", "information_requested", "deadline_near_partner", "approved", "rejected"}
AFTER_FILING = (TO_FIRM | {"withdrawn", "withdrawn_in_part"}) - {"submitted"}
AFTER_REQUEST = (TO_FIRM | {"withdrawn"}) - {"submitted"}
TO_REVIEW = {
    "resubmitted_review",
    "deadline_near_review",
    "deadline_missed",
    "escalated",
    "assigned",
    "unassigned",
    "returned",
}
CORRECTIONS = ("correction_asked", "correction_near", "correction_missed")
# A mail may give way to a newer one that says all of it that still matters. What stands nowhere here never does.
GIVES_WAY_TO = {
    "draft_expires": {"draft_expires", "submitted", *AFTER_FILING},
    "submitted": AFTER_FILING,
    "withdrawn_in_part": AFTER_FILING,
    "resubmitted": AFTER_REQUEST,
    "information_requested": AFTER_REQUEST,
    "deadline_near_partner": AFTER_REQUEST,
    "evidence_near": {"withdrawn"},
    "resubmitted_review": TO_REVIEW,
    "deadline_near_review": TO_REVIEW,
    "assigned": {"assigned", "unassigned", "returned"},
    "unassigned": {"assigned", "unassigned", "returned"},
    "returned": {"assigned", "unassigned", "returned"},
    "deadline_missed": {"deadline_missed"},
    "escalated": {"escalated"},
    **dict.fromkeys(CORRECTIONS, CORRECTIONS),
}
MAY_BE_SILENCED = {"submitted", "resubmitted", "withdrawn", "withdrawn_in_part", "unassigned", "returned"}


def check_mail_states(before: Rows, after: Rows) -> None:
    """What was sent stays sent; and what newer news replaced has that news beside it, on its way or read."""
    for number, was in before.mails.items():
        now = after.mails[number]
        assert was.state not in FINAL or now.state == was.state, f"{was.kind} was {was.state} and is {now.state}"
        # Of a draft that is gone nothing is told any more.
        if now.state == "superseded" != was.state and now.claim_reference:
            told = {mail.kind for mail in _beside(now, after)}
            found = told & set(GIVES_WAY_TO.get(now.kind, ()))
            assert found, f"{now.kind} to {now.recipient} was replaced by none of {told}"


def _beside(old: Row, rows: Rows) -> list[Row]:
    """Newer mails about the same claim to the same person that take its place."""
    may_wait = {"held", "digested"} if old.kind in MAY_BE_SILENCED else set()
    count = {"waiting", "sent", "failed"} | may_wait
    newer = [mail for mail in rows.mails.values() if mail.id > old.id and mail.state in count]
    return [mail for mail in newer if (mail.recipient, mail.claim_reference) == (old.recipient, old.claim_reference)]


def check_change(before: Rows, after: Rows, readers: Mapping[str, Reader]) -> None:
    """All that can be seen by comparing two moments."""
    check_kept(before, after)
    check_deadlines_kept(before, after)
    check_mail_states(before, after)
    check_recipients(before, after, readers)


def everything(rows: Rows) -> None:
    """All that can be seen in one moment."""
    for check in (
        check_targets,
        check_statuses,
        check_history,
        check_deadlines,
        check_corrections,
        check_proof,
        check_mails,
    ):
        check(rows)


def is_same(before: Rows, after: Rows) -> bool:
    """Whether nothing at all was written."""
    return all(getattr(before, field.name) == getattr(after, field.name) for field in fields(Rows))
