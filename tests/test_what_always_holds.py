"""A random walk over everything that can happen to claims, and what holds after each step (design.md).

Three firms that want the same products of one customer, their colleagues, reviewers and arbiters act in any order, from
pages that are out of date now and then, while the clock jumps. After each step the tables are read and checked by
`tests.support.always`, which asks nothing of the portal's own rules. A refusal must leave everything as it was, and
nothing but a fault of the domain may be raised.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import override_settings
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test

from arbitration.acts.approve import approve
from arbitration.acts.ask import request_information
from arbitration.acts.assign import assign
from arbitration.acts.check import check_cells
from arbitration.acts.corrections import accept_correction, refuse_correction
from arbitration.acts.hand_back import hand_back
from arbitration.acts.reject import reject
from arbitration.acts.start import start_review
from arbitration.acts.take import take_next
from arbitration.enforcement import enforce
from claims.acts import windows
from claims.acts.cells import set_cells
from claims.acts.comment import comment
from claims.acts.corrections import ask_correction, withdraw_correction
from claims.acts.drafts import delete_draft, start_draft
from claims.acts.editing import add_documents, remove_document, save_mpn, save_products
from claims.acts.resubmit import resubmit
from claims.acts.submit import submit
from claims.acts.withdraw import withdraw
from claims.checks.products import LineAnswer, ProductsAnswer
from claims.models import Claim, Event
from claims.proof.keys import cells_of
from claims.transitions import Act
from claims.words import Reason
from cpor_portal.accounts.models import MpnLocation, User
from cpor_portal.notifications.delivery import deliver_due
from cpor_portal.notifications.digest import send_digests
from tests.support import always, ground_acts
from tests.support.always import Row
from tests.support.papers import small_pdf
from tests.support.stories import make_draft, pdf
from tests.support.three_firms import LetterBox, make_world
from tests.support.walk import FILED, OPEN, Walk

REASONS: dict[str, Any] = {"reasons": [Reason.PROOF_MISSING], "text": "Please add a signed page."}
BEGINNINGS = [
    datetime(2026, 11, 20, 16, tzinfo=UTC),  # the week of Thanksgiving
    datetime(2026, 12, 23, 7, 59, tzinfo=UTC),
    datetime(2026, 12, 31, 23, 30, tzinfo=UTC),
    datetime(2027, 3, 13, 20, tzinfo=UTC),  # summer time begins in the night
    datetime(2027, 4, 29, 15, tzinfo=UTC),  # Golden Week
]
JUMPS = [timedelta(0), timedelta(minutes=7), timedelta(hours=9), timedelta(days=1), timedelta(days=3)]
JUMPS += [timedelta(days=8), timedelta(days=9), timedelta(days=32), timedelta(days=84)]
MOST_CLAIMS = 8

number = st.integers(0, 7)
page = st.sampled_from(["now", "now", "none", "before"])
ANSWERABLE = ("editing", "submitted", "partner_action_required")
HOLDING = (*OPEN, "approved")
CORRECTABLE = ("under_review", "partner_action_required", "approved")
IN_CASES = HOLDING
OF_A_CASE = {"verified", "associated"}
CUSTOMERS_ACTS = [Act.DECLINE_IN_WINDOW, Act.DECLINE_LATER, Act.END_SUBSCRIPTION]


class Portal(Walk):
    """The steps."""

    @initialize(
        start=st.sampled_from(BEGINNINGS),
        firms=st.permutations([0, 1, 2]),
        far=st.sampled_from(["filed", "held", "case", "ruling"]),
    )
    def rivals_have_filed(self, start: datetime, firms: list[int], far: str) -> None:
        """Two firms want one product, and the first may hold it already, so that a short walk gets somewhere."""
        self.travel = time_machine.travel(start, tick=False)
        self.clock = self.travel.start()
        first = self._filed(firms[0], [0, 1])
        if far != "filed":
            self.act(first, start_review, by=self.world.reviewers[0])
            some = self.lines(first, {"pending"}, far != "held")
            self.act(first, approve, by=self.world.reviewers[0], line_ids=some)
            self.the_customer_is_told(0)
        second = self._filed(firms[1], [0])
        if far != "filed":
            self.act(second, start_review, by=self.world.reviewers[1])
        if far in ("case", "ruling"):
            self._walk(Act.VERIFY, second, self.world.reviewers[1])
            self._walk(Act.OPEN_CASE, second, None, about="case:1")
        if far == "ruling":
            self._walk(Act.CLOSE_EVIDENCE, second, None, about="case:1")
            self._walk(Act.AWAIT_RULING, second, None, about="case:1")

    def _filed(self, firm: int, what: list[int]) -> Row:
        draft = self._drafted(firm, 0, what)
        self.act(draft, submit, by=self.world.sides[firm][0].person)
        return draft

    # --- The partner's side ------------------------------------------------------------------------------

    @precondition(lambda self: len(self.rows.claims) < MOST_CLAIMS)
    @rule(firm=st.integers(0, 2), who=st.integers(0, 2), what=st.sampled_from([[0], [1], [0, 1], [2]]))
    def somebody_drafts(self, firm: int, who: int, what: list[int]) -> None:
        self._drafted(firm, who, what)

    def _drafted(self, firm: int, who: int, what: list[int]) -> Row:
        products = [self.world.products[index] for index in what]
        claim = make_draft(self.world.sides[firm][who], self.world.tenant, products)
        self.look()
        return self.rows.claims[claim.pk]

    @precondition(lambda self: len(self.rows.claims) < MOST_CLAIMS)
    @rule(firm=st.integers(0, 2), who=st.integers(0, 2))
    def somebody_begins_a_draft(self, firm: int, who: int) -> None:
        start_draft(by=self.world.sides[firm][who].person)
        self.look()

    @precondition(lambda self: self.has("editing"))
    @rule(n=number, who=number)
    def somebody_submits(self, n: int, who: int) -> None:
        claim = self.some(n, "editing")
        self.act(claim, submit, by=self.partner(claim, who))

    @precondition(lambda self: self.has("editing"))
    @rule(n=number, who=number, page=page)
    def somebody_deletes_a_draft(self, n: int, who: int, page: str) -> None:
        claim = self.some(n, "editing")
        self.act(claim, delete_draft, by=self.partner(claim, who), version=self.page(claim, page))

    @precondition(lambda self: self.has(*ANSWERABLE))
    @rule(n=number, who=number, what=st.sampled_from(["mpn", "proof", "cells", "remove", "first", "second", "both"]))
    def somebody_edits(self, n: int, who: int, what: str) -> None:
        claim = self.some(n, *ANSWERABLE)
        verb = "edit" if claim.status == "editing" else "add_proof" if what in ("proof", "cells") else "amend"
        self.act(claim, partial(self._edit, claim, what), by=self.partner(claim, who), verb=verb)

    def _edit(self, claim: Row, what: str, *, reference: str, by: User) -> object:
        if what == "mpn":
            return save_mpn(reference=reference, by=by, location=self.world.sides_of(claim.firm_id)[0].location)
        if what == "proof":
            self.documents += 1
            file = pdf("more.pdf", small_pdf(f"no. {self.documents}"))
            return add_documents(reference=reference, by=by, files=[file])
        if what in ("cells", "remove"):
            return self._edit_proof(claim, what, reference=reference, by=by)
        chosen = {"first": self.world.workloads[:1], "second": self.world.workloads[1:], "both": self.world.workloads}
        answer = ProductsAnswer([LineAnswer(product, "", None) for product in chosen[what]])
        return save_products(reference=reference, by=by, answer=answer)

    def _edit_proof(self, claim: Row, what: str, *, reference: str, by: User) -> object:
        """The newest document goes, or its first page shows all that the claim's proof must show."""
        newest = max((row.id for row in self.rows.documents.values() if row.claim_id == claim.id), default=0)
        if what == "remove":
            return remove_document(reference=reference, by=by, document_id=newest)
        keys = cells_of(Claim.objects.get(pk=claim.id))
        day = timezone.now().date() - timedelta(days=400)
        return set_cells(reference=reference, by=by, document_id=newest, page=1, keys=keys, dated_on=day)

    @precondition(lambda self: self.has("partner_action_required"))
    @rule(n=number, who=number, page=page)
    def somebody_answers(self, n: int, who: int, page: str) -> None:
        claim = self.some(n, "partner_action_required")
        self.act(claim, resubmit, by=self.partner(claim, who), body="Here it is.", version=self.page(claim, page))

    @precondition(lambda self: self.has(*OPEN))
    @rule(n=number, who=number, page=page, is_one=st.booleans())
    def somebody_withdraws(self, n: int, who: int, page: str, is_one: bool) -> None:
        claim = self.some(n, *OPEN)
        lines = self.lines(claim, always.UNDECIDED, is_one)
        self.act(claim, withdraw, by=self.partner(claim, who), line_ids=lines, version=self.page(claim, page))

    @precondition(lambda self: self.has(*FILED))
    @rule(n=number, who=number, audience=st.sampled_from(["partner", "internal"]))
    def somebody_comments(self, n: int, who: int, audience: str) -> None:
        claim = self.some(n, *FILED)
        by = self.partner(claim, who) if who < 3 else self.reviewer(claim, who)
        self.act(claim, comment, by=by, body="What about the date?", audience=audience)

    # --- The reviewers' side -----------------------------------------------------------------------------

    @precondition(lambda self: self.has("submitted"))
    @rule(n=number, who=number, page=page)
    def a_reviewer_starts(self, n: int, who: int, page: str) -> None:
        claim = self.some(n, "submitted")
        self.act(claim, start_review, by=self.reviewer(claim, who), version=self.page(claim, page))

    @precondition(lambda self: self.has(*OPEN))
    @rule(n=number, who=number, page=page)
    def a_reviewer_hands_back(self, n: int, who: int, page: str) -> None:
        claim = self.some(n, *OPEN)
        told: dict[str, Any] = {"note": "Somebody else, please.", "version": self.page(claim, page)}
        self.act(claim, hand_back, by=self.reviewer(claim, who), **told)

    @precondition(lambda self: self.has("under_review"))
    @rule(n=number, who=st.integers(0, 3))
    def a_reviewer_takes_over(self, n: int, who: int) -> None:
        self.act(self.some(n, "under_review"), start_review, by=self.world.staff[who])

    @precondition(lambda self: self.has("submitted", "under_review"))
    @rule(who=st.integers(0, 3))
    def a_reviewer_takes_the_next(self, who: int) -> None:
        self.act(None, take_next, by=self.world.staff[who], verb="start_review")

    @precondition(lambda self: self.has("under_review"))
    @rule(n=number, who=number, page=page, held=st.integers(0, 10), missing=st.integers(0, 10))
    def a_reviewer_ticks_cells(self, n: int, who: int, page: str, held: int, missing: int) -> None:
        claim = self.some(n, "under_review")
        keys = sorted(cells_of(Claim.objects.get(pk=claim.id)))
        told: dict[str, Any] = {"held": keys[:held], "missing": keys[held:missing], "version": self.page(claim, page)}
        self.act(claim, check_cells, by=self.reviewer(claim, who), **told)

    @precondition(lambda self: self.has("under_review"))
    @rule(n=number, who=number, page=page, is_one=st.booleans())
    def a_reviewer_asks(self, n: int, who: int, page: str, is_one: bool) -> None:
        claim = self.some(n, "under_review")
        told: dict[str, Any] = {
            **REASONS,
            "line_ids": self.lines(claim, always.UNDECIDED, is_one),
            "version": self.page(claim, page),
        }
        self.act(claim, request_information, by=self.reviewer(claim, who), **told)

    @precondition(lambda self: self.has("under_review"))
    @rule(n=number, who=number, page=page, is_one=st.booleans())
    def a_reviewer_approves(self, n: int, who: int, page: str, is_one: bool) -> None:
        claim = self.some(n, "under_review")
        told: dict[str, Any] = {"line_ids": self.lines(claim, {"pending"}, is_one), "version": self.page(claim, page)}
        self.act(claim, approve, by=self.reviewer(claim, who), **told)

    @precondition(lambda self: self.has("under_review"))
    @rule(n=number, who=number, page=page, is_one=st.booleans())
    def a_reviewer_rejects(self, n: int, who: int, page: str, is_one: bool) -> None:
        claim = self.some(n, "under_review")
        told: dict[str, Any] = {
            **REASONS,
            "line_ids": self.lines(claim, always.UNDECIDED, is_one),
            "version": self.page(claim, page),
        }
        self.act(claim, reject, by=self.reviewer(claim, who), **told)

    @precondition(lambda self: self.has(*OPEN))
    @rule(n=number, who=st.integers(1, 3), to=st.integers(0, 3), page=page)
    def an_arbiter_assigns(self, n: int, who: int, to: int, page: str) -> None:
        claim, address = self.some(n, *OPEN), self.world.staff[to].email
        told: dict[str, Any] = {
            "reviewer_email": address,
            "note": "Please look at it.",
            "version": self.page(claim, page),
        }
        self.act(claim, assign, by=self.world.staff[who], **told)

    @precondition(lambda self: self.has("under_review", outcomes=always.UNDECIDED))
    @rule(n=number, who=number, act=st.sampled_from([Act.VERIFY, Act.VERIFY, Act.REMOVE]))
    def a_reviewer_verifies_or_mends(self, n: int, who: int, act: Act) -> None:
        claim = self.some(n, "under_review", outcomes=always.UNDECIDED)
        self._walk(act, claim, self.reviewer(claim, who))

    @precondition(lambda self: self.has(*CORRECTABLE))
    @rule(n=number, who=number, page=page)
    def a_partner_asks_for_a_correction(self, n: int, who: int, page: str) -> None:
        claim = self.some(n, *CORRECTABLE)
        others = MpnLocation.objects.filter(firm=claim.firm_id).exclude(claims=claim.id)
        told: dict[str, Any] = {
            "mpn_id": others[0].mpn_id,
            "reason": "Wrong office.",
            "version": self.page(claim, page),
        }
        self.act(claim, ask_correction, by=self.partner(claim, who), **told)

    @precondition(lambda self: self.running("correction"))
    @rule(n=number, who=number, page=page)
    def a_partner_takes_it_back(self, n: int, who: int, page: str) -> None:
        claim, _about = self._owing(n, "correction")
        self.act(claim, withdraw_correction, by=self.partner(claim, who), version=self.page(claim, page))

    @precondition(lambda self: self.running("correction"))
    @rule(n=number, who=number, page=page, is_accepted=st.booleans())
    def a_reviewer_answers_a_correction(self, n: int, who: int, page: str, is_accepted: bool) -> None:
        claim, _about = self._owing(n, "correction")
        told: dict[str, Any] = {"text": "We have looked at it.", "version": self.page(claim, page)}
        act, verb = (accept_correction, "correct") if is_accepted else (refuse_correction, "refuse_correction")
        self.act(claim, act, by=self.reviewer(claim, who), verb=verb, **told)

    # --- Contests, the customer, disputes: acts without a function walk over the ground of all acts --------

    def _walk(self, act: Act, claim: Row, by: User | None, about: str = "", **arguments: Any) -> None:
        function = partial(ground_acts.do, act, about=about)
        self.act(claim, function, by=by, verb=act.value, about=about, **arguments)

    @precondition(lambda self: self.has(*IN_CASES, outcomes=OF_A_CASE))
    @rule(n=number, is_one=st.booleans())
    def a_case_is_opened(self, n: int, is_one: bool) -> None:
        claim = self.some(n, *IN_CASES, outcomes=OF_A_CASE)
        lines = self.lines(claim, OF_A_CASE, is_one)
        self._walk(Act.OPEN_CASE, claim, None, about=f"case:{len(self.rows.events)}", line_ids=lines)

    @precondition(lambda self: self.running("evidence"))
    @rule(n=number, who=number)
    def a_side_has_answered(self, n: int, who: int) -> None:
        claim, about = self._owing(n, "evidence")
        self._walk(Act.CLOSE_EVIDENCE, claim, self.partner(claim, who), about=about)

    @precondition(lambda self: self._unruled())
    @rule(n=number)
    def the_last_side_is_closed(self, n: int) -> None:
        unruled = self._unruled()
        claim_id, about = unruled[n % len(unruled)]
        self._walk(Act.AWAIT_RULING, self.rows.claims[claim_id], None, about=about)

    def _unruled(self) -> list[tuple[int, str]]:
        """Sides of cases whose time for evidence has ended, and for whom no ruling is awaited yet."""
        ended = {(row.claim_id, row.about) for row in self.rows.deadlines.values() if row.kind == "evidence"}
        begun = {
            (row.claim_id, row.about)
            for row in self.rows.deadlines.values()
            if row.kind == "ruling" or (row.kind == "evidence" and (row.met_at is None) == (row.cancelled_at is None))
        }
        return sorted(
            (claim_id, about)
            for claim_id, about in ended - begun
            if self.rows.claims[claim_id].status in IN_CASES
            and any(self.rows.lines[one].outcome in OF_A_CASE for one in self.lines_about(claim_id, about))
        )

    @precondition(lambda self: self.running("evidence") or self.running("ruling"))
    @rule(n=number, kind=st.sampled_from(["evidence", "ruling"]))
    def a_case_closes_by_itself(self, n: int, kind: str) -> None:
        if self.running(kind):
            claim, about = self._owing(n, kind)
            self._walk(Act.CLOSE_CASE, claim, None, about=about)

    @precondition(lambda self: self.running("ruling"))
    @rule(n=number, who=st.integers(1, 3), act=st.sampled_from([Act.RULE_FOR, Act.RULE_AGAINST, Act.LOSE_LATER]))
    def an_arbiter_rules(self, n: int, who: int, act: Act) -> None:
        claim, about = self._owing(n, "ruling")
        self._walk(act, claim, self.world.staff[who], about=about)

    def _owing(self, n: int, kind: str) -> tuple[Row, str]:
        running = self.running(kind)
        deadline = running[n % len(running)]
        return self.rows.claims[deadline.claim_id], deadline.about

    @precondition(lambda self: self.has(*HOLDING, outcomes={"associated"}))
    @rule(n=number, who=number, is_one=st.booleans())
    def a_partner_releases(self, n: int, who: int, is_one: bool) -> None:
        claim = self.some(n, *HOLDING, outcomes={"associated"})
        self._walk(Act.RELEASE, claim, self.partner(claim, who), line_ids=self.lines(claim, {"associated"}, is_one))

    @precondition(lambda self: self._untold())
    @rule(n=number)
    def the_customer_is_told(self, n: int) -> None:
        untold = self._untold()
        event = untold[n % len(untold)]
        decision, claim = Event.objects.get(pk=event.id), self.rows.claims[event.claim_id]
        self.act(claim, partial(self._tell, decision), by=None, verb="tell_customer", about=f"event:{event.id}")

    def _tell(self, decision: Event, *, reference: str, by: None) -> object:
        return windows.tell_customer(reference=reference, decision=decision, at=timezone.now())

    def _untold(self) -> list[Row]:
        told = {row.about for row in self.rows.deadlines.values() if row.kind == "customer_window"}
        holding = {row.line_id for row in self.rows.associations.values() if row.ended_at is None}
        decisions = [row for row in self.rows.events.values() if row.verb in ("approve", "rule_for")]
        untold = [row for row in decisions if f"event:{row.id}" not in told]
        return [row for row in untold if holding & set(self.lines_about(row.claim_id, f"event:{row.id}"))]

    @precondition(lambda self: self.has(*HOLDING, outcomes={"associated"}))
    @rule(n=number, is_one=st.booleans(), act=st.sampled_from(CUSTOMERS_ACTS))
    def an_association_ends(self, n: int, is_one: bool, act: Act) -> None:
        claim = self.some(n, *HOLDING, outcomes={"associated"})
        self._walk(act, claim, None, line_ids=self.lines(claim, {"associated"}, is_one))

    @precondition(lambda self: self.running("customer_window"))
    @rule(n=number)
    def the_customer_accepts_early(self, n: int) -> None:
        claim, about = self._owing(n, "customer_window")
        self._walk(Act.CONFIRM, claim, None, about=about)

    @precondition(lambda self: self.running("dispute_window"))
    @rule(n=number, who=number)
    def a_partner_disputes(self, n: int, who: int) -> None:
        claim, about = self._owing(n, "dispute_window")
        self._walk(Act.DISPUTE, claim, self.partner(claim, who), about=about)

    @precondition(lambda self: self.running("dispute_ruling"))
    @rule(n=number, who=st.integers(1, 3), act=st.sampled_from([Act.REOPEN, Act.DISMISS_DISPUTE]))
    def an_arbiter_decides_a_dispute(self, n: int, who: int, act: Act) -> None:
        claim, about = self._owing(n, "dispute_ruling")
        self._walk(act, claim, self.world.staff[who], about=about)

    # --- The portal by itself ----------------------------------------------------------------------------

    @rule(jump=st.sampled_from(JUMPS))
    def time_passes(self, jump: timedelta) -> None:
        self.clock.shift(jump)

    @rule(jump=st.sampled_from(JUMPS))
    def the_portal_sweeps(self, jump: timedelta) -> None:
        self.clock.shift(jump)
        now = timezone.now()
        assert enforce(now=now).failed == []
        self.look_after_a_sweep(now)
        assert len(enforce(now=now)) == 0, "a second sweep found something to do"
        self.look()

    @rule(is_away=st.booleans())
    def mail_is_delivered(self, is_away: bool) -> None:
        LetterBox.is_away, now = is_away, timezone.now()
        deliver_due(now)
        self.look()
        sent = [mail.message_id for mail in self.rows.mails.values() if mail.state == "sent"]
        assert Counter(sent) == Counter(message.extra_headers["Message-ID"] for message in mail.outbox)
        due = [row for row in self.rows.mails.values() if row.state == "waiting" and row.next_attempt_at <= now]
        assert is_away or due == [], "mail was left lying"

    @rule(jump=st.sampled_from(JUMPS[2:4]))
    def digests_are_sent(self, jump: timedelta) -> None:
        self.clock.shift(jump)
        send_digests(timezone.now())
        self.look()


def _walk(*, walks: int) -> None:
    Portal.world = make_world()
    # A walk that fails is shown as it was: to look for a shorter one would take many minutes.
    manner = settings(
        max_examples=walks,
        stateful_step_count=25,
        phases=[Phase.generate],
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )
    with override_settings(EMAIL_BACKEND="tests.support.three_firms.LetterBox"):
        run_state_machine_as_test(Portal, settings=manner)


@pytest.mark.django_db(transaction=True)
def test_what_always_holds_holds_after_every_step() -> None:
    _walk(walks=18)


@pytest.mark.long
@pytest.mark.parametrize("tenth", range(10))
@pytest.mark.django_db(transaction=True)
def test_what_always_holds_holds_after_every_step_of_ten_times_as_many_walks(tenth: int) -> None:
    _walk(walks=18)
