"""The review queue: which claims wait, the most urgent first, page by page (design.md, "Measured").

Two orders, each with its own keyset: what is open stands in the order of its deadlines, (due_at, id); closed
claims owe nothing, so they stand newest first, by id. Rows are plain values and never model instances.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.tuple_lookups import TupleGreaterThan
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from arbitration.searching import names_one, search
from claims import due
from claims.models import ClaimLine, Deadline
from claims.models.claim import ClaimQuerySet
from claims.permissions import visible_claims
from claims.transitions import OWED
from claims.words import OPEN_STATUSES, Activity, DeadlineKind, Outcome, Status
from cpor_portal.accounts.models import User

PAGE_SIZE = 25
COUNT_CAP = 1_000
WAITING_FOR_MICROSOFT = frozenset(status for status, owed in OWED.items() if DeadlineKind.REVIEW in owed)
WAITING, ALL = "", "all"
STATUS_CHOICES: list[tuple[str, str | Promise]] = [
    (WAITING, pgettext_lazy("queue filter", "Waiting for Microsoft")),
    *((str(status.value), status.label) for status in Status if status != Status.EDITING),
    (ALL, pgettext_lazy("queue filter", "Every status")),
]
_CURSOR_TIME = "%Y%m%dT%H%M%S.%f"


@dataclass(frozen=True)
class Filters:
    """What the reader wants to see; the defaults are everything that waits for Microsoft."""

    status: str = WAITING
    area: str = ""
    contested: bool = False
    mine: bool = False
    overdue: bool = False
    q: str = ""

    @property
    def by_due(self) -> bool:
        """Whether every claim that these filters let through has a deadline, and so a place by its deadline."""
        return self.status == WAITING or self.status in OPEN_STATUSES or self.overdue


@dataclass(frozen=True)
class Row:
    """One claim of the queue, as its row shows it."""

    reference: str
    status: str
    customer: str
    domain: str
    firm: str
    area: str
    activities: list[str]
    products: list[str]
    due_at: datetime | None
    due_zone: str | None
    due_words: str
    reviewer: str
    is_mine: bool
    is_contested: bool
    is_resubmitted: bool
    is_overdue: bool


@dataclass(frozen=True)
class Page:
    """A page of the queue. `after` is the cursor of the next one, empty on the last; `filters` as they were applied.

    Beyond COUNT_CAP nothing is counted, because that would cost more than the page itself.
    """

    rows: list[Row]
    filters: Filters
    after: str
    count: int
    is_count_capped: bool


def page_of(reader: User, filters: Filters, *, now: datetime, after: str = "") -> Page:
    """The page that follows the cursor `after`; an unreadable cursor means the first page.

    `reader` is a reviewer or arbiter, `now` an aware instant. The number of queries does not hang on the rows.
    """
    filters = _widened(reader, filters)
    claims = matching(reader, filters, now=now)
    count = claims.order_by()[: COUNT_CAP + 1].count()
    keys = ("due_at", "id") if filters.by_due else ("-id",)
    found = list(
        _following(claims, filters, after)
        .annotate(due_zone=due.owners_zone(), is_breached=due.is_breached())
        .order_by(*keys)
        .values(*_FIELDS)[: PAGE_SIZE + 1]
    )
    shown = found[:PAGE_SIZE]
    following = _cursor(shown[-1], filters) if len(found) > PAGE_SIZE else ""
    return Page(_rows(shown, reader, now), filters, following, min(count, COUNT_CAP), count > COUNT_CAP)


def _widened(reader: User, filters: Filters) -> Filters:
    """Whoever enters a claim's own reference wants that claim, wherever it stands; closed ones have no deadline.

    Many a word could be a reference ("standard"), so it is one only where there is such a claim.
    """
    if filters.status == WAITING and names_one(visible_claims(reader), filters.q):
        return replace(filters, status=ALL)
    return filters


def matching(reader: User, filters: Filters, *, now: datetime) -> ClaimQuerySet:
    """The filed claims that the filters let through, in no order."""
    claims = visible_claims(reader).exclude(status=Status.EDITING)
    if filters.q:
        claims = search(claims, filters.q)
    if filters.status not in (WAITING, ALL):
        claims = claims.filter(status=filters.status)
    elif filters.status == WAITING:
        claims = claims.filter(status__in=sorted(WAITING_FOR_MICROSOFT))
    if filters.area:
        claims = claims.filter(solution_area=filters.area)
    if filters.mine:
        claims = claims.filter(reviewer=reader)
    if filters.overdue:
        claims = claims.filter(Q(due_at__lt=now) | Q(pk__in=_breached()))
    if filters.contested:
        claims = claims.filter(Exists(ClaimLine.objects.filter(claim=OuterRef("pk"), outcome=Outcome.CONTESTED)))
    return claims


def _breached() -> QuerySet[Deadline, int]:
    """The claims whose running deadline was enforced as missed: overdue, whatever the clock says."""
    return Deadline.objects.owed().filter(breached_at__isnull=False).values_list("claim_id", flat=True)


# --- The keyset --------------------------------------------------------------------------------------------


def _following(claims: ClaimQuerySet, filters: Filters, after: str) -> ClaimQuerySet:
    """Deadlines all tie at the end of a day, so the id is part of the key: nothing comes twice or gets lost."""
    if filters.by_due:
        key = _read_due_cursor(after)
        return claims.filter(TupleGreaterThan(("due_at", "id"), key)) if key else claims
    return claims.filter(pk__lt=int(after)) if _is_id(after) else claims


def _cursor(row: dict[str, Any], filters: Filters) -> str:
    if not filters.by_due:
        return str(row["id"])
    return f"{row['due_at'].astimezone(UTC).strftime(_CURSOR_TIME)}-{row['id']}"


def _read_due_cursor(text: str) -> tuple[datetime, int] | None:
    moment, _dash, number = text.partition("-")
    if not _is_id(number):
        return None
    try:
        return datetime.strptime(moment, _CURSOR_TIME).replace(tzinfo=UTC), int(number)
    except ValueError:
        return None


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


# --- Rows --------------------------------------------------------------------------------------------------

_FIELDS = (
    "id",
    "reference",
    "status",
    "customer_display_name",
    "domain",
    "firm__name",
    "solution_area",
    "activities",
    "due_at",
    "due_zone",
    "is_breached",
    "round",
    "reviewer_id",
    "reviewer__name",
    "reviewer__email",
)


def _rows(found: Sequence[dict[str, Any]], reader: User, now: datetime) -> list[Row]:
    lines = _lines_of(row["id"] for row in found)
    return [_row(values, lines[values["id"]], reader, now) for values in found]


def _lines_of(claim_ids: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    """Product names and outcomes of these claims, in one query."""
    lines: dict[int, list[tuple[str, str]]] = defaultdict(list)
    rows = ClaimLine.objects.filter(claim__in=list(claim_ids)).exclude(submitted_at=None).order_by("id")
    for claim_id, product, outcome in rows.values_list("claim_id", "product__name", "outcome"):
        lines[claim_id].append((product, outcome))
    return lines


def _row(values: dict[str, Any], lines: list[tuple[str, str]], reader: User, now: datetime) -> Row:
    due_at, breached = values["due_at"], values["is_breached"]
    return Row(
        reference=values["reference"],
        status=values["status"],
        customer=values["customer_display_name"],
        domain=values["domain"],
        firm=values["firm__name"],
        area=values["solution_area"],
        activities=[str(Activity(code).label) for code in values["activities"]],
        products=[product for product, _outcome in lines],
        due_at=due_at,
        due_zone=values["due_zone"],
        due_words=due.in_words(due_at, now, values["due_zone"], breached=breached) if due_at else "",
        reviewer=values["reviewer__name"] or values["reviewer__email"] or "",
        is_mine=values["reviewer_id"] == reader.pk,
        is_contested=any(outcome == Outcome.CONTESTED for _product, outcome in lines),
        is_resubmitted=values["round"] > 1,
        is_overdue=breached or (due_at is not None and due_at < now),
    )
