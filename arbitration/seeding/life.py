"""One seeded claim, told act by act: what `claims.acts.ground.conclude` and the sweeps would have written.

The transition table decides here as it does there: status from the lines, deadlines from what is owed. Rows are kept
as plain values until the story is told; `arbitration.seeding.leaving` brings them to the sheets.
"""

import json
from collections.abc import Iterable, Sequence
from functools import cache

from arbitration.seeding.customers import Claimable, Customer
from arbitration.seeding.facts import Facts, snapshot_of, standing_of
from arbitration.seeding.records import Ground, Line, Round, Running
from arbitration.seeding.world import Firm, Person
from claims import clock
from claims.transitions import BY_ACT, Act, owed, status_of
from claims.words import UNOWED_KINDS, Audience, DeadlineKind, Outcome, Reason, Status

MINUTE = 60
PORTAL = "portal"
DRAFTING = 3 * 3_600
AS_A_DRAFT = 7  # the version that six saved steps leave behind


@cache
def _standing(outcomes: tuple[str, ...], is_started: bool) -> tuple[str, frozenset[str]]:
    status = status_of(outcomes, review_started=is_started)
    return status.value, frozenset(kind.value for kind in owed(status, outcomes))


@cache
def _row_of(act: Act) -> tuple[tuple[str, ...], frozenset[str]]:
    row = BY_ACT[act]
    return tuple(sorted(kind.value for kind in row.starts)), frozenset(kind.value for kind in row.stops)


BY_STATUS = frozenset(kind.value for kind in clock.BY_STATUS)
WINDOWS = frozenset(kind.value for kind in UNOWED_KINDS)
IN_CUSTOMERS_HANDS = frozenset(outcome.value for outcome in clock.IN_CUSTOMERS_HANDS)


class Life:
    """A claim from its draft on. Acts come in the order of their instants (seconds since 1970)."""

    def __init__(self, ground: Ground, customer: Customer, firm: Firm, facts: Facts) -> None:
        self.ground, self.customer, self.firm, self.facts = ground, customer, firm, facts
        self.id = ground.sheets.claims.new_id()
        self.created = self.edited = 0
        self.editor: int | None = facts.partner.id
        self.status, self.version, self.round = Status.EDITING.value, AS_A_DRAFT, 0
        self.lines: list[Line] = []
        self.deadlines: list[Running] = []
        self.rounds: list[Round] = []
        self.reviewer: Person | None = None
        self.submitted: int | None = None
        self.resubmitted: int | None = None
        self.started: int | None = None
        self.correction_asked: int | None = None

    def want(self, wanted: Iterable[Claimable], *, is_held: bool = False) -> "Life":
        """Choose products; `is_held` where another firm stands on each of them at the time of submission."""
        for what in wanted:
            line = Line(self.ground.sheets.lines.new_id(), what, is_told=is_held)
            line.outcome = Outcome.CONTESTED.value if is_held else Outcome.PENDING.value
            self.lines.append(line)
        return self

    # --- The partner's acts --------------------------------------------------------------------------------

    def keep_draft(self) -> None:
        """Leave it at the draft."""
        for line in self.lines:
            line.outcome, line.is_told = Outcome.PENDING.value, False
        self._begin(DeadlineKind.DRAFT_EXPIRY, self.created)

    def submit(self, at: int) -> None:
        """File it."""
        self.round, self.submitted, self.created = 1, at, at - DRAFTING
        for line in self.lines:
            line.submitted_at = at
        self._conclude(Act.SUBMIT, at, self.facts.partner)
        self._snapshot(Act.SUBMIT, at)

    def change_contacts(self, at: int, title: str) -> None:
        """Another title of the customer's contact, while the partner may edit."""
        self.sweep(at)
        self.facts.customer_title = title
        self._conclude(Act.AMEND, at, self.facts.partner, '{"step": "contacts"}')
        self._snapshot(Act.AMEND, at)

    def resubmit(self, at: int, body: str) -> None:
        """Answer what was asked: a new round."""
        self.sweep(at)
        self._turn(Outcome.ASKED, Outcome.PENDING)
        self.round, self.resubmitted, self.started = self.round + 1, at, None
        self._conclude(Act.RESUBMIT, at, self.facts.partner)
        self.say(Act.RESUBMIT, at, self.facts.partner, body)
        self._snapshot(Act.RESUBMIT, at)

    def withdraw(self, at: int, body: str) -> None:
        """Take every undecided line back."""
        self.sweep(at)
        undecided = [line for line in self.lines if line.outcome in _UNDECIDED]
        for line in undecided:
            line.outcome, line.decided_at = Outcome.WITHDRAWN.value, at
        self.say(Act.WITHDRAW, at, self.facts.partner, body)
        self._conclude(Act.WITHDRAW, at, self.facts.partner, self._told(undecided), is_kept=False)

    def release(self, at: int) -> None:
        """Give every associated product back."""
        self.sweep(at)
        held = [line for line in self.lines if line.outcome == Outcome.ASSOCIATED]
        for line in held:
            line.outcome, line.ended_at = Outcome.ENDED.value, at
        self._conclude(Act.RELEASE, at, self.facts.partner, self._told(held))

    def ask_correction(self, at: int, location: tuple[int, str, str], reason: str) -> None:
        """Ask for another MPN location."""
        self.sweep(at)
        self.correction_asked = at
        partner, stamp, sheets = self.facts.partner, self.ground.stamps(at), self.ground.sheets
        number = sheets.corrections.add(
            *(self.id, "asked", partner.id, stamp, reason, location[0], json.dumps(self.facts.activities)),
            *(self.facts.seller, self.facts.revenue_customer, self.facts.isv_solution, standing_of(self.facts)),
            *(None, None, ""),
        )
        self.say(Act.ASK_CORRECTION, at, partner, reason)
        told = f'{{"correction": {number}, "changes": ["location"]}}'
        self._conclude(Act.ASK_CORRECTION, at, partner, told)

    # --- Microsoft's acts ----------------------------------------------------------------------------------

    def assign(self, at: int, arbiter: Person, reviewer: Person) -> None:
        """An arbiter gives it to somebody."""
        self.sweep(at)
        self.reviewer = reviewer
        self._pass_on(Act.ASSIGN, at, arbiter, {"reviewer": reviewer.id, "reviewer_name": reviewer.name})

    def hand_back(self, at: int, note: str) -> None:
        """Whoever has it puts it back into the queue."""
        self.sweep(at)
        reviewer, self.reviewer = self.reviewer, None
        if reviewer is not None:
            self.say(Act.HAND_BACK, at, reviewer, note, audience=Audience.INTERNAL)
            told = {"why": "note", "reviewer": reviewer.id, "reviewer_name": reviewer.name}
            self._pass_on(Act.HAND_BACK, at, reviewer, told)

    def _pass_on(self, act: Act, at: int, by: Person, told: dict[str, object]) -> None:
        self.version += 1
        self._event(act, at, by, json.dumps(told), audience=Audience.INTERNAL)

    def start(self, at: int, reviewer: Person) -> None:
        """Begin the round's review."""
        self.sweep(at)
        self.reviewer, self.started = reviewer, at
        clock_started = self.resubmitted or self.submitted or at
        number = self.ground.sheets.reviews.new_id()
        self.rounds.append(Round(number, self.round, reviewer, clock_started, at))
        self._conclude(Act.START_REVIEW, at, reviewer, f'{{"round": {self.round}}}')

    def approve(self, at: int, lines: Sequence[Line]) -> None:
        """Associate lines, and tell the customer, whose window begins a minute later."""
        self.sweep(at)
        for line in lines:
            line.outcome, line.decided_at, line.associated_at = Outcome.ASSOCIATED.value, at, at
        self._decide("approved", at, lines)
        told = f'{{"despite": [], {self._told(lines)[1:]}'
        event = self._conclude(Act.APPROVE, at, self.reviewer, told)
        window = f"event:{event}"
        if at + MINUTE < self.ground.now:
            told = f'{{"decision": {event}, "about": "{window}"}}'
            self._conclude(Act.TELL_CUSTOMER, at + MINUTE, None, told, about=window, lines=lines)

    def ask(self, at: int, reasons: Sequence[str], text: str) -> None:
        """Ask about every line that is undecided."""
        self.sweep(at)
        lines = [line for line in self.lines if line.outcome in _UNDECIDED]
        for line in lines:
            line.outcome = Outcome.ASKED.value
        self._refuse(Act.REQUEST_INFORMATION, "asked", at, lines, reasons, text)

    def reject(self, at: int, lines: Sequence[Line], reasons: Sequence[str], text: str) -> None:
        """Reject lines."""
        self.sweep(at)
        for line in lines:
            line.outcome, line.decided_at = Outcome.REJECTED.value, at
        self._refuse(Act.REJECT, "rejected", at, lines, reasons, text)

    def remove(self, at: int, lines: Sequence[Line], text: str) -> None:
        """Take lines out that the partner no longer wants."""
        self.sweep(at)
        for line in lines:
            line.outcome, line.decided_at = Outcome.REMOVED.value, at
        self._refuse(Act.REMOVE, "removed", at, lines, (Reason.PARTNER_REQUEST.value,), text)

    def _refuse(
        self, act: Act, decision: str, at: int, lines: Sequence[Line], reasons: Sequence[str], text: str
    ) -> None:
        self._decide(decision, at, lines, reasons, text)
        self.say(act, at, self.reviewer, text, reasons=reasons)
        told = f'{{"cells": [], "reasons": {json.dumps(reasons)}, {self._told(lines)[1:]}'
        self._conclude(act, at, self.reviewer, told, lines=lines)

    def _decide(
        self, decision: str, at: int, lines: Sequence[Line], reasons: Sequence[str] = (), text: str = ""
    ) -> None:
        """Note it on the round; the first decision keeps its instant."""
        held = self.rounds[-1]
        held.decided = held.decided or at
        held.decision, held.reasons, held.text = decision, reasons, text
        by = self.reviewer or held.reviewer
        for line in lines:
            held.lines[line.id] = (decision, at, by.id, reasons)

    # --- Rivals --------------------------------------------------------------------------------------------

    def meet_rival(self, at: int) -> None:
        """Somebody else files for the same: undecided lines become contested, and only reviewers hear of it."""
        self.sweep(at)
        for line in self.lines:
            if line.outcome == Outcome.PENDING:
                line.outcome = Outcome.CONTESTED.value
                told = f'{{"line": {line.id}, "product": {line.what.ware.id}}}'
                self._event("became_contested", at, None, told, audience=Audience.INTERNAL)

    # --- What the portal does by itself --------------------------------------------------------------------

    def sweep(self, until: int) -> None:
        """Do what fell due up to then, in its order: reminders, missed deadlines, answers that did not come."""
        while True:
            due = [(at, one) for one in self.deadlines if (at := _next_step(one)) is not None and at <= until]
            if not due:
                return
            at, one = min(due, key=lambda found: found[0])
            self._step(one, at)

    def _step(self, one: Running, at: int) -> None:
        if one.reminded is None and one.term.remind is not None and at <= one.term.due:
            one.reminded = at
            if one.kind != DeadlineKind.DRAFT_EXPIRY:
                self._note("deadline_reminded", one, at, is_open=one.term.party == "partner")
        elif one.kind == DeadlineKind.PARTNER_ANSWER:
            self._expire(one, at)
        elif one.kind == DeadlineKind.CUSTOMER_WINDOW:
            self._confirm(one, at)
        elif one.kind == DeadlineKind.DISPUTE_WINDOW:
            one.met = at
        else:
            one.breached = at
            self._note("deadline_missed", one, at, is_open=True)

    def _expire(self, one: Running, at: int) -> None:
        asked = self._turn(Outcome.ASKED, Outcome.REJECTED)
        for line in asked:
            line.decided_at = at
        one.breached = at
        codes = (Reason.NO_PARTNER_RESPONSE.value,)
        self.say(Act.EXPIRE_PARTNER_ANSWER, at, None, "", reasons=codes)
        told = f'{{"reasons": {json.dumps(codes)}, {self._told(asked)[1:]}'
        self._conclude(Act.EXPIRE_PARTNER_ANSWER, at, None, told, is_kept=False, lines=asked)

    def _confirm(self, one: Running, at: int) -> None:
        held = [line for line in one.lines if line.outcome == Outcome.ASSOCIATED]
        if held:
            told = f'{self._told(held)[:-1]}, "about": "{one.about}"}}'
            self._conclude(Act.CONFIRM, at, None, told, about=one.about)
        else:
            one.met = at

    def _note(self, verb: str, one: Running, at: int, *, is_open: bool) -> None:
        told = f'{{"deadline": {one.id}, "kind": "{one.kind}"}}'
        self._event(verb, at, None, told, audience=Audience.PARTNER if is_open else Audience.INTERNAL)

    # --- How every act ends --------------------------------------------------------------------------------

    def _conclude(
        self,
        act: Act,
        at: int,
        by: Person | None,
        told: str = "{}",
        *,
        is_kept: bool = True,
        about: str = "",
        lines: Sequence[Line] = (),
    ) -> int:
        """Status from the lines, one event, deadlines; returns the event's number."""
        before = self.status
        self.status, owes = _standing(tuple(line.outcome for line in self.lines), self.started is not None)
        self.version, self.edited, self.editor = self.version + 1, at, by.id if by else None
        event = self._event(act, at, by, told, before=before)
        starts, stops = _row_of(act)
        for one in self.deadlines:
            if one.met is None and one.cancelled is None:
                self._settle(one, at, owes, stops, about, is_kept)
        running = {one.kind for one in self.deadlines if one.met is None and one.cancelled is None}
        for kind in sorted(owes - running):
            self._begin(kind, at)
        for kind in starts:
            self._begin(kind, at, about or f"event:{event}", lines)
        return event

    def _settle(
        self, one: Running, at: int, owes: frozenset[str], stops: frozenset[str], about: str, is_kept: bool
    ) -> None:
        is_over = one.kind not in owes if one.kind in BY_STATUS else one.kind in stops and about in ("", one.about)
        if is_over and is_kept:
            one.met = at
            if at > one.term.due and one.breached is None and one.kind not in WINDOWS:
                one.breached = at
        elif is_over or _has_lost_its_lines(one):
            one.cancelled = at

    def _begin(self, kind: str, at: int, about: str = "", lines: Sequence[Line] = ()) -> None:
        term = self.ground.calendars.term(kind, self.firm.country, at)
        number = self.ground.sheets.deadlines.new_id()
        self.deadlines.append(Running(number, DeadlineKind(kind).value, about, at, term, lines))

    def _event(
        self,
        verb: str,
        at: int,
        by: Person | None,
        told: str,
        *,
        before: str = "",
        audience: str = Audience.PARTNER,
    ) -> int:
        return self.ground.sheets.events.add(
            self.id,
            str(verb),
            self.ground.stamps(at),
            by.id if by else None,
            by.role if by else PORTAL,
            str(audience),
            before or self.status,
            self.status,
            self.version,
            told,
        )

    def say(
        self,
        verb: str,
        at: int,
        by: Person | None,
        body: str,
        *,
        reasons: Sequence[str] = (),
        audience: str = Audience.PARTNER,
    ) -> int:
        """A comment that was written with an act; returns its number."""
        return self.ground.sheets.comments.add(
            self.id,
            by.id if by else None,
            self.truth(by is not None and by.id != self.facts.partner.id),
            str(audience),
            body,
            json.dumps(list(reasons)),
            "[]",
            str(verb),
            self.ground.stamps(at),
        )

    def comment(self, at: int, by: Person, body: str, audience: str) -> None:
        """Somebody says something."""
        self.sweep(at)
        number = self.say(Act.COMMENT, at, by, body, audience=audience)
        self._event(Act.COMMENT, at, by, f'{{"comment": {number}}}', audience=audience)

    def _snapshot(self, act: Act, at: int) -> None:
        said = [(line.id, line.what, line.outcome) for line in self.lines]
        facts = snapshot_of(self.facts, self.customer, said)
        self.ground.sheets.snapshots.add(
            self.id, self.round, act.value, self.ground.stamps(at), self.facts.partner.id, facts
        )

    def _turn(self, before: Outcome, after: Outcome) -> list[Line]:
        found = [line for line in self.lines if line.outcome == before]
        for line in found:
            line.outcome = after.value
        return found

    def _told(self, lines: Sequence[Line]) -> str:
        names = json.dumps([line.what.ware.name for line in lines])
        return f'{{"lines": {[line.id for line in lines]}, "products": {names}}}'

    def truth(self, value: bool) -> str | int:
        """A boolean as the database takes it."""
        return int(value) if self.ground.is_naive else "t" if value else "f"


_UNDECIDED = frozenset({"pending", "verified", "contested", "asked"})


def _next_step(one: Running) -> int | None:
    """When the portal does something about a deadline next: a minute or two after the sweep can see it."""
    if one.met is not None or one.cancelled is not None or one.breached is not None:
        return None
    if one.reminded is None and one.term.remind is not None:
        return max(one.term.remind, one.started) + MINUTE
    return one.term.due + MINUTE


def _has_lost_its_lines(one: Running) -> bool:
    is_customers = one.kind == DeadlineKind.CUSTOMER_WINDOW
    return is_customers and not any(line.outcome in IN_CUSTOMERS_HANDS for line in one.lines)
