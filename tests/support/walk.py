"""What every step of the random walk does: act, read the tables, and check what was written and what always holds."""

import json
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, InternalError, connection, transaction
from hypothesis.stateful import RuleBasedStateMachine

from claims.transitions import Act
from cpor_portal.accounts.models import User
from cpor_portal.faults import Fault
from tests.support import always
from tests.support.always import Row, Rows
from tests.support.three_firms import LetterBox, World

# What acts begin and end besides what a status owes (domain.md, "Clocks", "Competing claims", "After approval").
BEGINS = {
    "reject": "dispute_window",
    "expire_partner_answer": "dispute_window",
    "rule_against": "dispute_window",
    "lose_later": "dispute_window",
    "open_case": "evidence",
    "await_ruling": "ruling",
    "dispute": "dispute_ruling",
    "tell_customer": "customer_window",
    "ask_correction": "correction",
}
ENDS = {
    "close_evidence": {"evidence"},
    "close_case": {"evidence", "ruling"},
    "rule_for": {"ruling"},
    "rule_against": {"ruling"},
    "lose_later": {"ruling"},
    "dispute": {"dispute_window"},
    "reopen": {"dispute_ruling"},
    "dismiss_dispute": {"dispute_ruling"},
    "confirm": {"customer_window"},
    "withdraw_correction": {"correction"},
    "correct": {"correction"},
    "refuse_correction": {"correction"},
}
# What the portal does by itself when a time is over. A dispute window leaves no trace in the history, nor does a
# customer's in which everything was declined.
ENDED_BY_SWEEPS = {
    "partner_answer": ["expire_partner_answer"],
    "evidence": ["close_evidence"],
    "customer_window": ["confirm"],
    "dispute_window": [],
}
# Whom an act concerns hears of it, whatever else happens.
TOLD = {
    "submit": "submitted",
    "request_information": "information_requested",
    "resubmit": "resubmitted",
    "approve": "approved",
    "reject": "rejected",
    "expire_partner_answer": "rejected",
    "withdraw": "withdrawn",
    "ask_correction": "correction_asked",
    "correct": "correction_accepted",
    "refuse_correction": "correction_refused",
}
ACTS = set(Act.values)
# What writes no entry of the history: a draft's acts, and the working notes of a reviewer.
UNWRITTEN = {"edit", "delete_draft", "check_cells"}
MAY_DO_NOTHING = {"start_review", "check_cells"}
OPEN = ("submitted", "under_review", "partner_action_required")
FILED = (*OPEN, "approved", "rejected", "withdrawn", "ended")
TO_WIN_OR_LOSE = always.UNDECIDED | {"associated"}
# What ends when none of its products is left in one of these outcomes.
LEFT_OF = {
    "customer_window": {"associated", "declined"},
    "evidence": TO_WIN_OR_LOSE,
    "ruling": TO_WIN_OR_LOSE,
}


class Walk(RuleBasedStateMachine):
    """One walk, in a transaction that is rolled back in the end."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        # As the transactions of Django's TestCase: what must not run inside of another one may run in this.
        self.transaction._from_testcase = True  # type: ignore[attr-defined]
        self.transaction.__enter__()
        mail.outbox.clear()
        LetterBox.is_away = False
        self.travel: time_machine.travel | None = None
        self.clock: Any = None
        self.documents = 0
        self.rows = always.read()
        self.owed: set[tuple[int, str, str]] = set()
        """What acts have begun and not ended: claim, kind, and the decision or the case that it is about."""
        self.pages: dict[int, list[int]] = {}
        """The versions in which each claim was seen."""

    def teardown(self) -> None:
        """In the end no promise of the database is broken, and no event can be rewritten."""
        try:
            connection.check_constraints()
            for statement in ("UPDATE claims_event SET verb = 'x'", "DELETE FROM claims_event"):
                if self.rows.events:
                    with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
                        connection.cursor().execute(statement)
        finally:
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)
            if self.travel is not None:
                self.travel.stop()

    # --- Acting and checking -----------------------------------------------------------------------------

    def act(
        self,
        claim: Row | None,
        function: Callable[..., Any],
        *,
        by: User | None,
        verb: str = "",
        about: str = "",
        **arguments: Any,
    ) -> bool:
        """Do one act and check what it wrote; whether it went through. Only faults of the domain may be raised."""
        verb = verb or function.__name__
        reference = {"reference": claim.reference} if claim else {}
        before, refused, result = self.rows, "", None
        try:
            result = function(by=by, **reference, **arguments)
        except Fault as fault:
            refused = fault.code
        self.rows = always.read()
        has_written = not always.is_same(before, self.rows)
        assert not (refused and has_written), f"{verb} was refused ({refused}) and has written something"
        assert refused or has_written or verb in MAY_DO_NOTHING, f"{verb} went through and has written nothing"
        if not has_written:
            return False
        claim_id = claim.id if claim else result.pk
        if verb == "start_review" and before.claims[claim_id].status == "under_review":
            verb = "take"  # a round that nobody had goes on in other hands
        _check_page(before, claim_id, arguments.get("version"), by)
        self.check_step(before, [] if verb in UNWRITTEN else [(verb, claim_id)], about)
        return True

    def check_step(self, before: Rows, acts: Sequence[tuple[str, int]], about: str = "") -> None:
        """What the step wrote is the one event of each of `acts`, in any order, and what always holds does."""
        events = always.new(before.events, self.rows.events)
        written = [(event.verb, event.claim_id) for event in events if event.verb in ACTS]
        assert sorted(written) == sorted(acts), f"the history tells {written} of {acts}"
        for event in events:
            self._owe(event, about)
            _check_told(before, self.rows, event)
        for claim in self.rows.claims.values():
            seen = self.pages.setdefault(claim.id, [])
            if claim.version not in seen:
                seen.append(claim.version)
        self._forget_what_is_over()
        always.everything(self.rows)
        always.check_change(before, self.rows, self.world.readers)
        running = {(row.claim_id, row.kind, row.about) for row in self.rows.running()}
        by_acts = {one for one in running if one[1] not in always.BY_STATUS}
        assert by_acts == self.owed, f"runs without need: {by_acts - self.owed}; does not run: {self.owed - by_acts}"

    def look(self) -> None:
        """Read the tables anew after something that is no act on a filed claim, and check them."""
        before, self.rows = self.rows, always.read()
        self.check_step(before, [])

    def look_after_a_sweep(self, now: datetime) -> None:
        """Check a sweep at `now`: it ended what was over, each by its own act, and nothing else."""
        before, self.rows = self.rows, always.read()
        acts = []
        for row in before.running():
            one = (row.claim_id, row.kind, row.about)
            if row.due_at < now and row.kind in ENDED_BY_SWEEPS:
                self.owed.discard(one)
                acts += [(verb, row.claim_id) for verb in self._acts_that_end(before, row)]
        self.check_step(before, acts, about="a sweep")
        always.check_swept(self.rows, now)

    def _acts_that_end(self, before: Rows, deadline: Row) -> list[str]:
        if deadline.kind == "customer_window":
            lines = [before.lines[number] for number in self.lines_about(deadline.claim_id, deadline.about)]
            return ["confirm"] if any(line.outcome == "associated" for line in lines) else []
        return ENDED_BY_SWEEPS[deadline.kind]

    def _owe(self, event: Row, about: str) -> None:
        ended, begun = ENDS.get(event.verb, set()), BEGINS.get(event.verb)
        if about == "a sweep":
            about, ended, begun = "", set(), begun if event.verb == "expire_partner_answer" else None
        mine = {one for one in self.owed if one[0] == event.claim_id and one[1] in ended}
        self.owed -= {one for one in mine if about in ("", one[2])}
        if begun:
            self.owed.add((event.claim_id, begun, about or f"event:{event.id}"))

    def _forget_what_is_over(self) -> None:
        """A window ends with the last product that it is about, and so does a case; a correction with its claim."""
        for one in list(self.owed):
            if one[1] == "correction" and self.rows.claims[one[0]].status not in always.CORRECTABLE:
                self.owed.discard(one)
            wanted = LEFT_OF.get(one[1])
            about = self.lines_about(one[0], one[2]) if wanted else []
            if wanted and not any(self.rows.lines[number].outcome in wanted for number in about):
                self.owed.discard(one)

    def lines_about(self, claim_id: int, about: str) -> list[int]:
        """The lines that a window's decision, or a case, is about."""
        if about.startswith("event:"):
            return list(json.loads(self.rows.events[int(about.removeprefix("event:"))].data)["lines"])
        opened = [row for row in self.rows.events.values() if row.claim_id == claim_id and row.verb == "open_case"]
        told = [data for row in sorted(opened) if (data := json.loads(row.data))["about"] == about]
        return list(told[-1]["lines"])

    # --- Choosing ----------------------------------------------------------------------------------------

    def has(self, *statuses: str, outcomes: Collection[str] = ()) -> bool:
        """Whether there is a claim in one of the statuses with a line of one of the outcomes."""
        return bool(self._those(statuses, outcomes))

    def some(self, number: int, *statuses: str, outcomes: Collection[str] = ()) -> Row:
        """Such a claim; with 7 any claim at all, on which the act must then be refused."""
        pool = sorted(self.rows.claims.values()) if number == 7 else self._those(statuses, outcomes)
        return pool[number % len(pool)]

    def _those(self, statuses: Collection[str], outcomes: Collection[str]) -> list[Row]:
        found = [claim for claim in sorted(self.rows.claims.values()) if claim.status in statuses]
        if not outcomes:
            return found
        return [claim for claim in found if {line.outcome for line in self.rows.lines_of(claim.id)} & set(outcomes)]

    def page(self, claim: Row, page: str) -> int | None:
        """The version on the page that is acted from: now, the one before, or none."""
        seen = self.pages[claim.id]
        return {"now": seen[-1], "before": seen[-2:][0], "none": None}[page]

    def partner(self, claim: Row, number: int) -> User:
        """Somebody of the claim's firm; with 5 somebody who may only draft, with 6 a rival."""
        if number == 6:
            return next(sides[0].person for sides in self.world.sides if sides[0].firm.pk != claim.firm_id)
        return self.world.sides_of(claim.firm_id)[2 if number == 5 else number % 2].person

    def reviewer(self, claim: Row, number: int) -> User:
        """Whoever has the claim; beyond 4 anybody who reviews."""
        mine = [person for person in self.world.staff if person.pk == claim.reviewer_id]
        return mine[0] if mine and number <= 4 else self.world.staff[number % 4]

    def lines(self, claim: Row, outcomes: Collection[str], is_one: bool) -> list[int]:
        """No line, which means all, or the first that has one of the outcomes."""
        found = [line.id for line in self.rows.lines_of(claim.id) if line.outcome in outcomes]
        return found[:1] if is_one else []

    def running(self, kind: str) -> list[Row]:
        """The running deadlines of a kind, oldest first."""
        return sorted(row for row in self.rows.running() if row.kind == kind)


def _check_page(before: Rows, claim_id: int, version: int | None, by: User | None) -> None:
    """Nothing is done from a page that is out of date; but who reviews stands on no partner's page."""
    if version is None or version == before.claims[claim_id].version:
        return
    newer = [row for row in before.events.values() if row.claim_id == claim_id and row.claim_version > version]
    since = {row.verb for row in newer if row.verb in ACTS - {"comment"}}
    assert by is not None, "the portal has no pages"
    assert not by.staff_role, f"a reviewer acted from a page that did not show {since}"
    assert since <= {"assign", "take", "hand_back"}, f"a partner acted from a page that did not show {since}"


def _check_told(before: Rows, after: Rows, event: Row) -> None:
    kind = TOLD.get(event.verb)
    keys = {row.event_key for row in always.new(before.mails, after.mails)}
    names = {f"{event.id}:{kind}", f"{event.id}:{kind}_in_part"}
    assert kind is None or names & keys, f"nobody was told of {event.verb}"
