"""What falls due in a fault test, with what must come of it: exactly this much, exactly once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from arbitration.acts.approve import approve
from claims.acts.windows import tell_customer
from claims.models import Claim
from claims.transitions import Act
from claims.words import Status
from cpor_portal.accounts.models import PartnerRole, StaffRole, User
from cpor_portal.notifications.models import OutboxMail
from tests.faults.seeding import bring_to_due, bring_to_reminder, copies, no_mail_waits
from tests.support.factories import make_person, make_staff, make_workload
from tests.support.ground_acts import do
from tests.support.stories import Side, make_asked, make_customer, make_side, make_submitted, make_under_review

Told = frozenset[tuple[str, str]]
"""Kinds of mail, each with a recipient."""


@dataclass(frozen=True)
class Due:
    """Claims on which the same thing is due, and what must come of it."""

    name: str
    claims: list[Claim]
    verb: str
    status: Status
    told: Told
    # What the making of the claims wrote.
    events_before: int
    mails_before: frozenset[int]

    @property
    def ids(self) -> list[int]:
        """The claims' ids."""
        return [claim.pk for claim in self.claims]


@dataclass
class People:
    """Who is told in a scene: a firm with two admins, a reviewer, two arbiters."""

    side: Side = field(default_factory=make_side)
    reviewer: User = field(default_factory=make_staff)
    arbiters: list[User] = field(default_factory=lambda: [make_staff(StaffRole.ARBITER) for _each in range(2)])

    def __post_init__(self) -> None:
        self.admins = [self.side.person, make_person(self.side.firm, PartnerRole.INCENTIVES_ADMIN)]

    def submitted(self) -> Claim:
        """A claim that waits for a reviewer."""
        workload = make_workload()
        return make_submitted(self.side, make_customer(workload), workload)


def told(kind: str, people: list[User]) -> Told:
    """That each of the people gets a mail of that kind."""
    return frozenset((kind, person.email) for person in people)


def silent_partners(people: People, number: int) -> Due:
    """Partners whose time to answer is over."""
    claim = make_asked(people.reviewer, people.submitted())
    return _due(
        "silent partners",
        claim,
        number,
        Act.EXPIRE_PARTNER_ANSWER,
        Status.REJECTED,
        told("rejected", people.admins),
    )


def missed_reviews(people: People, number: int) -> Due:
    """Reviews whose time is over; each has a reviewer."""
    claim = make_under_review(people.reviewer, people.submitted())
    expected = told("deadline_missed", [people.reviewer]) | told("escalated", people.arbiters)
    return _due("missed reviews", claim, number, "deadline_missed", Status.UNDER_REVIEW, expected)


def answers_to_remind_of(people: People, number: int) -> Due:
    """Partners whose time to answer is over in a business day."""
    claim = make_asked(people.reviewer, people.submitted())
    return _due(
        "answers to remind of",
        claim,
        number,
        "deadline_reminded",
        Status.PARTNER_ACTION_REQUIRED,
        told("deadline_near_partner", people.admins),
        is_near=True,
    )


def reviews_to_remind_of(people: People, number: int) -> Due:
    """Reviews whose time is over in a business day."""
    claim = make_under_review(people.reviewer, people.submitted())
    return _due(
        "reviews to remind of",
        claim,
        number,
        "deadline_reminded",
        Status.UNDER_REVIEW,
        told("deadline_near_review", [people.reviewer]),
        is_near=True,
    )


def everything(people: People, number: int) -> list[Due]:
    """`number` claims of each sort."""
    return [
        make(people, number) for make in (silent_partners, missed_reviews, answers_to_remind_of, reviews_to_remind_of)
    ]


def windows(people: People, number: int) -> list[Due]:
    """`number` claims each of customers who may still decline, and of sides that may still bring evidence."""
    return [customers_windows(people, number), evidence(people, number)]


def customers_windows(people: People, number: int) -> Due:
    """Customers whose time to decline is over."""
    claims = [_approved(people) for _each in range(number)]
    return _brought_to_due("customers' windows", claims, Act.CONFIRM, Status.APPROVED)


def evidence(people: People, number: int) -> Due:
    """Sides of a case whose time for evidence is over; they are judged on what they filed."""
    claims = [_in_a_case(people) for _each in range(number)]
    return _brought_to_due("evidence", claims, Act.CLOSE_EVIDENCE, Status(claims[0].status))


def _approved(people: People) -> Claim:
    claim = approve(reference=make_under_review(people.reviewer, people.submitted()).reference, by=people.reviewer)
    return tell_customer(reference=claim.reference, decision=claim.events.get(verb=Act.APPROVE), at=timezone.now())


def _in_a_case(people: People) -> Claim:
    workload = make_workload()
    tenant = make_customer(workload)
    make_submitted(make_side(), tenant, workload)
    claim = make_under_review(people.reviewer, make_submitted(people.side, tenant, workload))
    do(Act.VERIFY, reference=claim.reference, by=people.reviewer)
    return do(Act.OPEN_CASE, reference=claim.reference, by=None, about="case:1")


def _due(
    name: str, claim: Claim, number: int, verb: str, status: Status, expected: Told, *, is_near: bool = False
) -> Due:
    claims = [claim, *copies(claim, number - 1)]
    return _brought_to_due(name, claims, verb, status, expected, is_near=is_near)


def _brought_to_due(
    name: str,
    claims: list[Claim],
    verb: str,
    status: Status,
    expected: Told = frozenset(),
    *,
    is_near: bool = False,
) -> Due:
    no_mail_waits(claims)
    due = Due(name, claims, verb, status, expected, claims[0].events.count(), mails_about(claims))
    (bring_to_reminder if is_near else bring_to_due)(claims)  # last: a worker may be waiting for it
    return due


def mails_about(claims: Sequence[Claim]) -> frozenset[int]:
    """The ids of the mails about the claims until now."""
    references = [claim.reference for claim in claims]
    return frozenset(OutboxMail.objects.filter(claim_reference__in=references).values_list("pk", flat=True))
