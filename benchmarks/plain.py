"""The measure for the sweep: the same statements and commits as the portal's, in plain psycopg.

The same reads under the same locks, the same updates and inserts, one transaction for each claim; the mails' texts
are ready-made, of the same sizes. Nothing is worked out, nothing is put into words.
"""

import time
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import namedtuple_row, tuple_row
from psycopg.types.json import Jsonb

from benchmarks.seeding import NOW

PORTION = 500
SAMPLES_OF_TEXT = 40
COUNTED = ("claims_event", "claims_comment", "claims_deadline", "notifications_outboxmail")
Row = Any

READ = """d.id AS deadline_id, d.kind, d.party, d.started_at, d.due_at AS deadline_due_at, d.remind_at, d.days,
    d.calendar_country, d.calendar_zone, d.closures, d.extra_working_days, d.breached_at, d.reminded_at, c.*,
    f.name AS firm_name, r.email AS reviewer_email, s.email AS submitter_email FROM claims_deadline d
    JOIN claims_claim c ON c.id = d.claim_id JOIN accounts_partnerfirm f ON f.id = c.firm_id
    LEFT JOIN accounts_user r ON r.id = c.reviewer_id LEFT JOIN accounts_user s ON s.id = c.submitted_by_id"""
_SELECT = f"""SELECT {READ} WHERE d.met_at IS NULL AND d.cancelled_at IS NULL AND d.breached_at IS NULL"""
OVER = f"""{_SELECT} AND d.due_at < %(now)s AND (d.due_at, d.id) > (%(at)s, %(id)s)
    ORDER BY d.due_at, d.id LIMIT %(portion)s"""
NEAR = f"""{_SELECT} AND d.reminded_at IS NULL AND d.remind_at <= %(now)s AND d.due_at >= %(now)s
    AND (d.remind_at, d.id) > (%(at)s, %(id)s) ORDER BY d.remind_at, d.id LIMIT %(portion)s"""
LOCK = """SELECT d.due_at, d.reminded_at, d.breached_at, c.version FROM claims_deadline d
    JOIN claims_claim c ON c.id = d.claim_id
    WHERE d.id = %s AND d.met_at IS NULL AND d.cancelled_at IS NULL LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED"""
CLAIM = """SELECT c.*, f.name AS firm_name, f.country FROM claims_claim c
    JOIN accounts_partnerfirm f ON f.id = c.firm_id WHERE c.reference = %s FOR NO KEY UPDATE OF c"""
LINES_OF_MANY = """SELECT l.*, p.name FROM claims_claimline l JOIN directory_product p ON p.id = l.product_id
    WHERE l.claim_id = ANY(%s) AND l.submitted_at IS NOT NULL ORDER BY l.id"""
MARK_BREACHED = """UPDATE claims_deadline SET breached_at = %s
    WHERE id = %s AND met_at IS NULL AND cancelled_at IS NULL AND breached_at IS NULL"""
MARK_REMINDED = """UPDATE claims_deadline SET reminded_at = %s
    WHERE id = %s AND met_at IS NULL AND cancelled_at IS NULL AND reminded_at IS NULL"""
EVENT = """INSERT INTO claims_event (claim_id, verb, at, actor_role, audience, status_before, status_after,
    claim_version, data) VALUES (%s, %s, %s, 'portal', 'partner', %s, %s, %s, %s) RETURNING id"""
LINES = """SELECT l.*, p.name, p.code, t.tenant_id FROM claims_claimline l
    JOIN directory_product p ON p.id = l.product_id LEFT JOIN claims_target t ON t.id = l.target_id
    WHERE l.claim_id = %s ORDER BY l.id"""
OTHERS = """SELECT l.*, p.name, p.code FROM claims_claimline l JOIN directory_product p ON p.id = l.product_id
    WHERE l.claim_id = %s AND l.submitted_at IS NOT NULL ORDER BY l.id"""
REQUEST = """SELECT * FROM claims_comment WHERE claim_id = %s AND verb = 'request_information' AND audience = 'partner'
    ORDER BY id DESC LIMIT 1"""
TARGETS = """SELECT id FROM claims_target WHERE id IN (SELECT target_id FROM claims_claimline WHERE claim_id = %s)
    ORDER BY id FOR NO KEY UPDATE"""
LINE_TARGETS = "SELECT target_id FROM claims_claimline WHERE claim_id = %s AND target_id IS NOT NULL ORDER BY id"
REJECT = "UPDATE claims_claimline SET outcome = 'rejected', decided_at = %s WHERE id = ANY(%s)"
RIVALS = """SELECT l.* FROM claims_claimline l WHERE l.target_id = ANY(%s) AND l.submitted_at IS NOT NULL
    AND l.outcome IN ('pending', 'verified', 'contested', 'asked', 'associated')
    ORDER BY l.target_id, l.id"""
COMMENT = """INSERT INTO claims_comment (claim_id, author_is_staff, audience, body, reasons, verb, at)
    VALUES (%s, false, 'partner', '', %s, 'expire_partner_answer', %s) RETURNING id"""
OUTCOMES = "SELECT outcome FROM claims_claimline WHERE claim_id = %s AND submitted_at IS NOT NULL ORDER BY id"
RUNNING = """SELECT * FROM claims_deadline WHERE claim_id = %s AND met_at IS NULL AND cancelled_at IS NULL
    ORDER BY due_at, id"""
CANCEL = "UPDATE claims_deadline SET cancelled_at = %s WHERE id = %s"
CALENDAR = """SELECT * FROM accounts_calendarexception
    WHERE firm_id = %s OR (country = %s AND firm_id IS NULL) ORDER BY day, id"""
WINDOW = """INSERT INTO claims_deadline (claim_id, kind, about, party, started_at, due_at, days, calendar_country,
    calendar_zone, closures, extra_working_days)
    VALUES (%s, 'dispute_window', %s, 'partner', %s, %s, 30, 'US', 'America/New_York', '[]', '[]') RETURNING id"""
CLOSE = """UPDATE claims_claim SET status = 'rejected', version = version + 1, edited_at = %s, edited_by_id = NULL,
    due_at = NULL WHERE id = %s"""
MAILS = """INSERT INTO notifications_outboxmail (event_key, recipient, person_id, kind, language, subject, text, html,
    claim_reference, message_id, state, queued_at, next_attempt_at, attempts, error_kind, last_error) VALUES """
VALUES = "(" + ", ".join(["%s"] * 16) + ")"


def written(cursor: Any) -> dict[str, int]:
    """How many rows there are of everything that a sweep writes."""
    counts = {}
    for table in COUNTED:
        cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)).as_string(None))
        counts[table] = cursor.fetchone()[0]
    return counts


class Plain:
    """One connection, the people, and ready-made mails of every kind."""

    def __init__(self, database: str, texts: str) -> None:
        self.link: psycopg.Connection[Row] = psycopg.connect(database, row_factory=namedtuple_row)
        self.statements = 0
        with psycopg.connect(texts) as other:
            self._mails = {
                kind: cycle(_texts(other, kind))
                for kind in (
                    "deadline_missed",
                    "escalated",
                    "deadline_near_review",
                    "deadline_near_partner",
                    "rejected",
                )
            }
        people = "SELECT id, email, language FROM accounts_user"
        self.arbiters = self.link.execute(f"{people} WHERE staff_role = 'arbiter'").fetchall()
        self.people = {row.id: row for row in self.link.execute(people)}
        self.admins: dict[int, list[Row]] = defaultdict(list)
        for row in self.link.execute(
            "SELECT firm_id, user_id FROM accounts_membership WHERE role = 'incentives_admin'"
        ):
            self.admins[row.firm_id].append(self.people[row.user_id])
        self.link.commit()

    def run(self, statement: str, *values: object) -> list[Row]:
        """One statement; its rows, where it has any."""
        self.statements += 1
        cursor = self.link.execute(statement, values)
        return cursor.fetchall() if cursor.description else []

    def due(self, statement: str, order: str) -> Iterator[Row]:
        """What is due with the lines of its claims, a portion at a time."""
        last = {"at": datetime(1970, 1, 1, tzinfo=UTC), "id": 0}
        while True:
            found = self.link.execute(statement, {"now": NOW, "portion": PORTION, **last}).fetchall()
            self.run(LINES_OF_MANY, [row.id for row in found])
            self.link.commit()
            yield from found
            if len(found) < PORTION:
                return
            last = {"at": getattr(found[-1], order), "id": found[-1].deadline_id}

    def mail(self, kind: str, key: str, claim: Row, people: Sequence[Row]) -> None:
        """All mails of one kind about one claim, by one statement."""
        values: list[object] = []
        for person in people:
            subject, text, html = next(self._mails[kind])
            values += [f"{key}:{kind}", person.email, person.id, kind, person.language, subject, text, html]
            values += [claim.reference, f"<{uuid.uuid4().hex}@cpor.example>", "waiting", NOW, NOW, 0, "", ""]
        self.run(MAILS + ", ".join([VALUES] * len(people)) + " ON CONFLICT DO NOTHING", *values)

    def partners(self, claim: Row) -> list[Row]:
        """Who is written to of the claim's firm."""
        return [self.people[claim.submitted_by_id], *self.admins[claim.firm_id]]


def _texts(link: psycopg.Connection[Any], kind: str) -> list[tuple[str, str, str]]:
    wanted = "SELECT subject, text, html FROM notifications_outboxmail WHERE kind = %s ORDER BY id DESC LIMIT %s"
    return link.execute(wanted, (kind, SAMPLES_OF_TEXT)).fetchall() or [("", "", "")]


def enforce_plainly(database: str, texts: str) -> dict[str, Any]:
    """Enforce what is due at NOW; how it went."""
    plain, done = Plain(database, texts), 0
    began = time.monotonic()
    for selected, order, table in ((OVER, "deadline_due_at", _WHEN_OVER), (NEAR, "remind_at", _WHEN_NEAR)):
        for row in plain.due(selected, order):
            if plain.run(LOCK, row.deadline_id):
                table[row.kind](plain, row)
                done += 1
            plain.link.commit()
    ended = time.monotonic()
    counts = written(plain.link.cursor(row_factory=tuple_row))
    return {"began": began, "ended": ended, "done": done, "statements": plain.statements, "written": counts}


def _escalated(plain: Plain, claim: Row) -> None:
    plain.run(MARK_BREACHED, NOW, claim.deadline_id)
    _event(plain, claim, "deadline_missed", claim.status, {"deadline": claim.deadline_id, "kind": "review"})
    key = f"deadline-{claim.deadline_id}"
    plain.mail("deadline_missed", key, claim, [plain.people[claim.reviewer_id]])
    plain.mail("escalated", key, claim, plain.arbiters)


def _reminded(plain: Plain, claim: Row) -> None:
    plain.run(MARK_REMINDED, NOW, claim.deadline_id)
    _event(plain, claim, "deadline_reminded", claim.status, {"deadline": claim.deadline_id, "kind": claim.kind})
    if claim.party == "partner":
        plain.run(REQUEST, claim.id)
        plain.mail("deadline_near_partner", f"deadline-{claim.deadline_id}", claim, plain.partners(claim))
    else:
        reviewer = [plain.people[claim.reviewer_id]]
        plain.mail("deadline_near_review", f"deadline-{claim.deadline_id}", claim, reviewer)


def _answer_expired(plain: Plain, claim: Row) -> None:
    plain.run(CLAIM, claim.reference)
    plain.run(LINE_TARGETS, claim.id)
    targets = [row.id for row in plain.run(TARGETS, claim.id)]
    lines = [row[0] for row in plain.run(LINES, claim.id)]
    plain.run(REJECT, NOW, lines)
    plain.run(RIVALS, targets)
    plain.run(MARK_BREACHED, NOW, claim.deadline_id)
    plain.run(COMMENT, claim.id, Jsonb(["no_partner_response"]), NOW)
    plain.run(OUTCOMES, claim.id)
    told = {"reasons": ["no_partner_response"], "lines": lines, "products": ["Exchange Online", "Microsoft Teams"]}
    event = _event(plain, claim, "expire_partner_answer", "rejected", told)
    plain.run(RUNNING, claim.id)
    plain.run(CANCEL, NOW, claim.deadline_id)
    plain.run(CALENDAR, claim.firm_id, "US")
    plain.run(WINDOW, claim.id, f"event:{event}", NOW, NOW + timedelta(days=30))
    plain.run(CLOSE, NOW, claim.id)
    plain.run(OTHERS, claim.id)
    plain.mail("rejected", str(event), claim, plain.partners(claim))


def _event(plain: Plain, claim: Row, verb: str, status: str, data: dict[str, Any]) -> int:
    values = (claim.id, verb, NOW, claim.status, status, claim.version, Jsonb(data))
    return int(plain.run(EVENT, *values)[0].id)


_WHEN_OVER = {"review": _escalated, "partner_answer": _answer_expired}
_WHEN_NEAR = {"review": _reminded, "partner_answer": _reminded}
