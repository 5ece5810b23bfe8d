"""What falls due in a fault test, with what must come of it: exactly this much, exactly once."""

from dataclasses import dataclass, field

from claims.models import Claim, Event
from claims.transitions import Act
from claims.words import Status
from cpor_portal.accounts.models import PartnerRole, StaffRole, User
from cpor_portal.notifications.models import OutboxMail
from tests.faults.seeding import bring_to_due, bring_to_reminder, copies, no_mail_waits
from tests.support.factories import make_person, make_staff, make_workload
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

    def done(self) -> int:
        """On how many claims it has been done."""
        return Event.objects.filter(claim__in=self.ids, verb=self.verb).values("claim").distinct().count()


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


def _due(
    name: str, claim: Claim, number: int, verb: str, status: Status, expected: Told, *, is_near: bool = False
) -> Due:
    claims = [claim, *copies(claim, number - 1)]
    no_mail_waits()
    due = Due(name, claims, verb, status, expected, claim.events.count(), mails_about(claim))
    (bring_to_reminder if is_near else bring_to_due)(claims)  # last: a worker may be waiting for it
    return due


def mails_about(claim: Claim) -> frozenset[int]:
    """The ids of the mails about a claim until now."""
    return frozenset(OutboxMail.objects.filter(claim_reference=claim.reference).values_list("pk", flat=True))
