"""The transition table: which act, by whom, from which status, does what to a claim's lines.

It is data. The acts' guards, the buttons, the status diagram in docs/ and the tests read it; nothing else
says what may follow what (domain.md, "Statuses of a claim", "Competing claims", "After approval").
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from claims.words import OPEN_STATUSES, UNDECIDED_OUTCOMES, DeadlineKind, Outcome, Status


class Act(TextChoices):
    """Everything that can be done to a claim; also the verb of its event."""

    EDIT = "edit", _("edit the draft")
    DELETE_DRAFT = "delete_draft", _("delete the draft")
    SUBMIT = "submit", _("submit")
    AMEND = "amend", _("change what was submitted")
    ADD_PROOF = "add_proof", _("add proof of execution")
    COMMENT = "comment", _("comment")
    ASSIGN = "assign", _("assign to a reviewer")
    TAKE = "take", _("take over")
    HAND_BACK = "hand_back", _("hand back to the queue")
    START_REVIEW = "start_review", _("start the review")
    VERIFY = "verify", _("verify")
    REQUEST_INFORMATION = "request_information", _("request information")
    RESUBMIT = "resubmit", _("resubmit")
    APPROVE = "approve", _("approve")
    REJECT = "reject", _("reject")
    REMOVE = "remove", _("remove a product")
    ASK_CORRECTION = "ask_correction", _("ask for a correction")
    WITHDRAW_CORRECTION = "withdraw_correction", _("take back a correction")
    CORRECT = "correct", _("correct MPN or activity")
    REFUSE_CORRECTION = "refuse_correction", _("refuse a correction")
    WITHDRAW = "withdraw", _("withdraw")
    EXPIRE_PARTNER_ANSWER = "expire_partner_answer", _("reject for want of an answer")
    OPEN_CASE = "open_case", _("open arbitration")
    CLOSE_EVIDENCE = "close_evidence", _("close the time for evidence")
    AWAIT_RULING = "await_ruling", _("wait for the ruling")
    CLOSE_CASE = "close_case", _("close arbitration without a ruling")
    RULE_FOR = "rule_for", _("rule for this claim")
    RULE_AGAINST = "rule_against", _("rule against this claim")
    RELEASE = "release", _("release")
    TELL_CUSTOMER = "tell_customer", _("tell the customer")
    DECLINE_IN_WINDOW = "decline_in_window", _("decline within the window")
    DECLINE_LATER = "decline_later", _("decline later")
    CONFIRM = "confirm", _("confirm for programmes")
    END_SUBSCRIPTION = "end_subscription", _("end with the subscription")
    LOSE_LATER = "lose_later", _("lose the product in arbitration")
    DISPUTE = "dispute", _("dispute")
    REOPEN = "reopen", _("reopen after a dispute")
    DISMISS_DISPUTE = "dismiss_dispute", _("dismiss a dispute")


class Actor(TextChoices):
    """In which role somebody acts. The codes of the partner's and staff's roles are those of `accounts`."""

    GLOBAL_ADMIN = "global_admin", _("Global admin")
    BILLING_ADMIN = "billing_admin", _("Billing admin")
    INCENTIVES_ADMIN = "incentives_admin", _("Incentives admin")
    INCENTIVES_USER = "incentives_user", _("Incentives user")
    REVIEWER = "reviewer", _("Reviewer")
    ARBITER = "arbiter", _("Arbiter")
    PORTAL_ADMIN = "portal_admin", _("Portal admin")
    CUSTOMER = "customer", _("Customer")
    PORTAL = "portal", _("The portal")


ADMINS = frozenset({Actor.GLOBAL_ADMIN, Actor.BILLING_ADMIN, Actor.INCENTIVES_ADMIN})
PARTNERS = ADMINS | {Actor.INCENTIVES_USER}
REVIEWERS = frozenset({Actor.REVIEWER, Actor.ARBITER})
ARBITERS = frozenset({Actor.ARBITER})
CUSTOMER = frozenset({Actor.CUSTOMER})
PORTAL = frozenset({Actor.PORTAL})

FILED = frozenset(Status) - {Status.EDITING}
# A claim with an associated line, or one in a case, is open or approved (other lines may have been asked about and
# resubmitted); one with a lost line can be anything but withdrawn.
WITH_ASSOCIATION = OPEN_STATUSES | {Status.APPROVED}
WITH_LOSS = FILED - {Status.WITHDRAWN}
CORRECTABLE = frozenset({Status.UNDER_REVIEW, Status.PARTNER_ACTION_REQUIRED, Status.APPROVED})


@dataclass(frozen=True)
class Transition:
    """One row of the table.

    `takes` are the outcomes of lines that the act may touch, `gives` what they become (None: lines stay as
    they are). The claim's new status always follows from the lines by `status_of`, except for the three
    acts that open or close a round (`submit`, `start_review`, `resubmit`), which that function knows by
    whether a reviewer has started. `keeps_status` marks an act that may change lines but never the status.

    `starts` and `stops` are the deadlines that the act itself begins and ends: windows and the clocks of a case.
    What a status owes by itself begins and ends by `owed`.
    """

    act: Act
    actors: frozenset[Actor]
    statuses: frozenset[Status]
    takes: frozenset[Outcome] = frozenset()
    gives: Outcome | None = None
    keeps_status: bool = False
    starts: frozenset[DeadlineKind] = frozenset()
    stops: frozenset[DeadlineKind] = frozenset()


def _row(
    act: Act,
    actors: Collection[Actor],
    statuses: Collection[Status],
    takes: Collection[Outcome] = (),
    gives: Outcome | None = None,
    *,
    keeps_status: bool = False,
    starts: Collection[DeadlineKind] = (),
    stops: Collection[DeadlineKind] = (),
) -> Transition:
    return Transition(
        act,
        frozenset(actors),
        frozenset(statuses),
        frozenset(takes),
        gives,
        keeps_status,
        frozenset(starts),
        frozenset(stops),
    )


_O = Outcome
_S = Status
_D = DeadlineKind

TABLE: tuple[Transition, ...] = (
    _row(Act.EDIT, PARTNERS, {_S.EDITING}),
    _row(Act.DELETE_DRAFT, PARTNERS | PORTAL, {_S.EDITING}),
    _row(Act.SUBMIT, ADMINS, {_S.EDITING}, {_O.PENDING}, _O.PENDING),
    # Products that are taken out are removed; those that stay or are new go on as what the claim waits for.
    _row(
        Act.AMEND,
        ADMINS,
        {_S.SUBMITTED, _S.PARTNER_ACTION_REQUIRED},
        {_O.PENDING, _O.CONTESTED, _O.ASKED},
        _O.REMOVED,
        keeps_status=True,
    ),
    _row(Act.ADD_PROOF, ADMINS, {_S.SUBMITTED, _S.PARTNER_ACTION_REQUIRED, _S.APPROVED}),
    _row(Act.COMMENT, PARTNERS | REVIEWERS, FILED),
    _row(Act.ASSIGN, ARBITERS, OPEN_STATUSES, keeps_status=True),
    # A round that is under way and that nobody has any more goes on in other hands; one that waits is started.
    _row(Act.TAKE, REVIEWERS, {_S.UNDER_REVIEW}, keeps_status=True),
    # The portal hands back for whoever is away (docs/decisions/taking-work.md).
    _row(Act.HAND_BACK, REVIEWERS | PORTAL, OPEN_STATUSES, keeps_status=True),
    _row(Act.START_REVIEW, REVIEWERS, {_S.SUBMITTED}),
    _row(Act.VERIFY, REVIEWERS, {_S.UNDER_REVIEW}, {_O.CONTESTED}, _O.VERIFIED),
    _row(
        Act.REQUEST_INFORMATION,
        REVIEWERS,
        {_S.UNDER_REVIEW},
        {_O.PENDING, _O.CONTESTED, _O.VERIFIED},
        _O.ASKED,
    ),
    _row(Act.RESUBMIT, ADMINS, {_S.PARTNER_ACTION_REQUIRED}, {_O.ASKED}, _O.PENDING),
    _row(Act.APPROVE, REVIEWERS, {_S.UNDER_REVIEW}, {_O.PENDING}, _O.ASSOCIATED),
    _row(
        Act.REJECT,
        REVIEWERS,
        {_S.UNDER_REVIEW},
        {_O.PENDING, _O.CONTESTED, _O.VERIFIED},
        _O.REJECTED,
        starts={_D.DISPUTE_WINDOW},
    ),
    _row(Act.REMOVE, REVIEWERS, {_S.UNDER_REVIEW}, {_O.PENDING, _O.CONTESTED, _O.VERIFIED}, _O.REMOVED),
    # Asked for once a review has started, decided wherever the claim stands by then (docs/decisions/corrections.md).
    _row(Act.ASK_CORRECTION, ADMINS, CORRECTABLE, keeps_status=True, starts={_D.CORRECTION}),
    _row(Act.WITHDRAW_CORRECTION, ADMINS, WITH_ASSOCIATION, keeps_status=True, stops={_D.CORRECTION}),
    _row(Act.CORRECT, REVIEWERS, WITH_ASSOCIATION, keeps_status=True, stops={_D.CORRECTION}),
    _row(Act.REFUSE_CORRECTION, REVIEWERS, WITH_ASSOCIATION, keeps_status=True, stops={_D.CORRECTION}),
    _row(Act.WITHDRAW, ADMINS, OPEN_STATUSES, UNDECIDED_OUTCOMES, _O.WITHDRAWN),
    _row(
        Act.EXPIRE_PARTNER_ANSWER,
        PORTAL,
        {_S.PARTNER_ACTION_REQUIRED},
        {_O.ASKED},
        _O.REJECTED,
        starts={_D.DISPUTE_WINDOW},
    ),
    _row(
        Act.OPEN_CASE,
        PORTAL,
        WITH_ASSOCIATION,
        {_O.VERIFIED, _O.ASSOCIATED},
        keeps_status=True,
        starts={_D.EVIDENCE},
    ),
    # For each side: when it has answered, or when the time that all have is over.
    _row(Act.CLOSE_EVIDENCE, ADMINS | PORTAL, WITH_ASSOCIATION, keeps_status=True, stops={_D.EVIDENCE}),
    # For every side at once, when the last one is closed: no ruling is due before that ("Competing claims" 4).
    _row(Act.AWAIT_RULING, PORTAL, WITH_ASSOCIATION, keeps_status=True, starts={_D.RULING}),
    _row(Act.CLOSE_CASE, PORTAL | ARBITERS, FILED, keeps_status=True, stops={_D.EVIDENCE, _D.RULING}),
    _row(
        Act.RULE_FOR,
        ARBITERS,
        WITH_ASSOCIATION,
        {_O.VERIFIED, _O.ASSOCIATED},
        _O.ASSOCIATED,
        stops={_D.RULING},
    ),
    _row(
        Act.RULE_AGAINST,
        ARBITERS,
        WITH_ASSOCIATION,
        {_O.VERIFIED},
        _O.LOST,
        starts={_D.DISPUTE_WINDOW},
        stops={_D.RULING},
    ),
    _row(
        Act.LOSE_LATER,
        ARBITERS,
        WITH_ASSOCIATION,
        {_O.ASSOCIATED},
        _O.ENDED,
        starts={_D.DISPUTE_WINDOW},
        stops={_D.RULING},
    ),
    _row(Act.RELEASE, ADMINS, WITH_ASSOCIATION, {_O.ASSOCIATED}, _O.ENDED),
    # The customer's window begins when the link was delivered, not when the claim was approved.
    _row(Act.TELL_CUSTOMER, PORTAL, WITH_ASSOCIATION, keeps_status=True, starts={_D.CUSTOMER_WINDOW}),
    _row(Act.DECLINE_IN_WINDOW, CUSTOMER, WITH_ASSOCIATION, {_O.ASSOCIATED}, _O.DECLINED),
    _row(Act.DECLINE_LATER, CUSTOMER, WITH_ASSOCIATION, {_O.ASSOCIATED}, _O.ENDED),
    _row(
        Act.CONFIRM,
        PORTAL | CUSTOMER,
        WITH_ASSOCIATION,
        {_O.ASSOCIATED},
        keeps_status=True,
        stops={_D.CUSTOMER_WINDOW},
    ),
    _row(Act.END_SUBSCRIPTION, PORTAL, WITH_ASSOCIATION, {_O.ASSOCIATED}, _O.ENDED),
    _row(
        Act.DISPUTE,
        ADMINS,
        WITH_LOSS,
        {_O.REJECTED, _O.LOST, _O.ENDED},
        keeps_status=True,
        starts={_D.DISPUTE_RULING},
        stops={_D.DISPUTE_WINDOW},
    ),
    _row(
        Act.REOPEN,
        ARBITERS,
        WITH_LOSS,
        {_O.REJECTED, _O.LOST, _O.ENDED},
        _O.PENDING,
        stops={_D.DISPUTE_RULING},
    ),
    _row(Act.DISMISS_DISPUTE, ARBITERS, WITH_LOSS, keeps_status=True, stops={_D.DISPUTE_RULING}),
)

BY_ACT = {row.act: row for row in TABLE}

# What can be owed while a claim has a status, by that alone. A deadline starts when a claim comes to owe it and stops
# when it no longer does; `resubmit` therefore ends the partner's and begins a new review (domain.md, "Statuses").
OWED: dict[Status, frozenset[DeadlineKind]] = {
    _S.EDITING: frozenset({_D.DRAFT_EXPIRY}),
    _S.SUBMITTED: frozenset({_D.REVIEW}),
    _S.UNDER_REVIEW: frozenset({_D.REVIEW}),
    _S.PARTNER_ACTION_REQUIRED: frozenset({_D.PARTNER_ANSWER}),
}
# A verified line is past the review: it waits for its rival, or for the clocks of a case.
REVIEWED_NEXT = frozenset({_O.PENDING, _O.CONTESTED})


def owed(status: Status, outcomes: Iterable[str]) -> frozenset[DeadlineKind]:
    """What a claim of this status, with filed lines of these outcomes, owes by itself (domain.md, "Statuses").

    A review is owed as long as a line waits for it: "the review clock of Submitted and Under review is one".
    """
    kinds = OWED.get(status, frozenset())
    return kinds if REVIEWED_NEXT & set(outcomes) else kinds - {_D.REVIEW}


def status_of(outcomes: Iterable[str], *, review_started: bool) -> Status:
    """A filed claim's status, from the outcomes of its lines (domain.md, "Statuses of a claim").

    `review_started` says whether a reviewer has started the current round: until then the claim waits as
    Submitted. Raises ValueError without lines, because such a claim can not have been filed.
    """
    held = set(outcomes)
    if not held:
        raise ValueError("a filed claim has at least one line")
    if Outcome.ASKED in held:
        return Status.PARTNER_ACTION_REQUIRED
    if held & {Outcome.PENDING, Outcome.VERIFIED, Outcome.CONTESTED}:
        return Status.UNDER_REVIEW if review_started else Status.SUBMITTED
    if Outcome.ASSOCIATED in held:
        return Status.APPROVED
    if held <= {Outcome.WITHDRAWN, Outcome.REMOVED}:
        return Status.WITHDRAWN
    if held & {Outcome.REJECTED, Outcome.LOST, Outcome.DECLINED}:
        return Status.REJECTED
    return Status.ENDED


def permits(act: Act, *, actor: str, status: str) -> bool:
    """Whether the table lets `actor` do `act` on a claim that has `status`."""
    row = BY_ACT[act]
    return actor in row.actors and status in row.statuses
