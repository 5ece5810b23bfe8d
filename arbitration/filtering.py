"""What the queue is filtered by, and the claims that each filter lets through. All of it stands in the address.

Each condition is written for an index (docs/decisions/the-queue.md); the plans are tested, too.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property
from urllib.parse import urlencode

from django.db.models import OuterRef, Q, Subquery
from django.db.models.lookups import IsNull
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from arbitration.people import who_may_have_claims
from arbitration.searching import search, search_along
from arbitration.second_reading.access import read_blindly
from claims.models import ClaimLine, Deadline
from claims.models.claim import ClaimQuerySet
from claims.permissions import visible_claims
from claims.transitions import OWED
from claims.words import OPEN_STATUSES, DeadlineKind, Outcome, Status
from cpor_portal.accounts.models import User

WAITING_FOR_MICROSOFT = frozenset(status for status, owed in OWED.items() if DeadlineKind.REVIEW in owed)
WAITING, ALL = "", "all"
STATUS_CHOICES: list[tuple[str, str | Promise]] = [
    (WAITING, pgettext_lazy("queue filter", "Waiting for Microsoft")),
    *((str(status.value), status.label) for status in Status if status != Status.EDITING),
    (ALL, pgettext_lazy("queue filter", "Every status")),
]
UNDER_REVIEW = Q(status__in=sorted(WAITING_FOR_MICROSOFT))
# The condition of the index claims_waiting_for_review, to the letter.
IS_WAITING = UNDER_REVIEW | Q(correction_asked_at__isnull=False)
# More than these were missed before their time only where deadlines were enforced as of a later day.
MISSED_EARLY = 1_000
# So many contested products are looked up before the claims; with more, the claims are gone through in their order.
NAMED_AT_MOST = 1_000


@dataclass(frozen=True)
class Filters:
    """What the reader wants to see; the defaults are everything that waits for Microsoft."""

    status: str = WAITING
    area: str = ""
    contested: bool = False
    mine: bool = False
    unassigned: bool = False
    overdue: bool = False
    resubmitted: bool = False
    corrections: bool = False
    new: bool = False
    country: str = ""
    reviewer: str = ""
    q: str = ""

    @property
    def by_due(self) -> bool:
        """Whether every claim that these filters let through has a deadline, and so a place by its deadline."""
        return self.status == WAITING or self.status in OPEN_STATUSES or self.overdue or self.corrections

    @property
    def query(self) -> str:
        """The filters as an address has them, in one fixed spelling; nothing for those that filter nothing."""
        chosen = {field.name: getattr(self, field.name) for field in fields(self)}
        return urlencode({name: 1 if value is True else value for name, value in chosen.items() if value})


@dataclass(frozen=True)
class Look:
    """One look at the queue: who looks and when (aware). `since`: the end of their visit before, None for the first."""

    reader: User
    now: datetime
    since: datetime | None = None

    def is_new(self, *came: datetime | None) -> bool:
        """Whether something of a claim came after the visit before; on the first visit nothing stands out as new."""
        return self.since is not None and any(at is not None and at > self.since for at in came)

    @cached_property
    def left_out(self) -> Q:
        """All but what the reader is reading blindly: a row, or a filter that lets it through, would tell its end."""
        claims = read_blindly(self.reader)
        return ~Q(pk__in=claims) if claims else Q()

    @cached_property
    def missed_early(self) -> Q:
        """What was enforced as missed before its time has come; but for a trial run of the clock, nothing."""
        missed = Deadline.objects.owed().filter(breached_at__isnull=False)
        # The last of them says it in all but that case: one row of an index, and not all that was ever missed.
        last = missed.order_by("-due_at").values_list("due_at", flat=True).first()
        if last is None or last < self.now:
            return Q()
        early = missed.filter(due_at__gte=self.now).order_by("due_at")
        claims = list(early.values_list("claim_id", flat=True)[: MISSED_EARLY + 1])
        return Q(pk__in=early.order_by().values("claim") if len(claims) > MISSED_EARLY else claims)

    @cached_property
    def contested(self) -> Q:
        """What waits for a rival: few claims are named; of many each is asked along the order, until a page is full."""
        lines = ClaimLine.objects.filter(outcome=Outcome.CONTESTED).order_by()
        found = set(lines.values_list("claim_id", flat=True)[: NAMED_AT_MOST + 1])
        if len(found) <= NAMED_AT_MOST:
            return Q(pk__in=found or {0})
        # As a value and not as EXISTS, which PostgreSQL would turn round: it would gather and sort all there are.
        line = Subquery(lines.filter(claim=OuterRef("pk")).values("pk")[:1])
        return Q(IsNull(line, False))

    @cached_property
    def people(self) -> dict[str, int]:
        """Ids by e-mail address of all who may have a claim."""
        return dict(who_may_have_claims().values_list("email", "pk"))


def matching(look: Look, filters: Filters, *, are_many: bool = False) -> ClaimQuerySet:
    """The filed claims that the filters let through, in no order.

    `are_many` says that they are known to be many: then what a search finds is looked for along the order, and not
    gathered first.
    """
    claims = visible_claims(look.reader).filter(look.left_out, *conditions(look, filters))
    if not filters.q:
        return claims
    return search_along(claims, filters.q) if are_many else search(claims, filters.q)


def conditions(look: Look, filters: Filters) -> list[Q]:
    """What each filter that is set asks of a claim; the search text is another thing (`arbitration.searching`)."""
    found = [
        (filters.status not in (WAITING, ALL), Q(status=filters.status)),
        (filters.status == WAITING, _waiting(filters)),
        (bool(filters.area), Q(solution_area=filters.area)),
        (bool(filters.country), Q(customer_country=filters.country)),
        (filters.mine, Q(reviewer=look.reader)),
        (filters.unassigned, Q(reviewer__isnull=True)),
        (filters.resubmitted, Q(round__gt=1)),
        (filters.corrections, Q(correction_asked_at__isnull=False)),
        (filters.new, _came_since(look)),
    ]
    return [*(condition for is_set, condition in found if is_set), *_looked_up(look, filters)]


def _looked_up(look: Look, filters: Filters) -> Iterator[Q]:
    """The conditions for which something has to be looked up first."""
    if filters.contested:
        yield look.contested
    if filters.overdue:
        yield Q(due_at__lt=look.now) | look.missed_early
    if filters.reviewer:
        # By the id, of which the planner knows how many claims it has; nobody's address finds nothing.
        yield Q(reviewer=look.people.get(filters.reviewer, 0))


def _waiting(filters: Filters) -> Q:
    """Whoever has a correction to answer has the claim, so what nobody has waits for a review: index claims_to_take."""
    return UNDER_REVIEW if filters.unassigned else IS_WAITING


def _came_since(look: Look) -> Q:
    """Filed, handed in again or to be corrected since the reader's visit before; on the first visit, everything."""
    if look.since is None:
        return Q()
    came = ("submitted_at__gt", "resubmitted_at__gt", "correction_asked_at__gt")
    return Q(*((name, look.since) for name in came), _connector=Q.OR)
