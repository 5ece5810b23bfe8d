"""The review queue: which claims wait, the most urgent first, page by page (docs/decisions/the-queue.md).

Rows are plain values and never model instances (design.md, "Measured").
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.urls import reverse

from arbitration.filtering import ALL, WAITING, WAITING_FOR_MICROSOFT, Filters, Look, matching
from arbitration.keyset import Key, in_order, keys_after, keys_of, read_cursor
from arbitration.positions import workspace_url
from arbitration.searching import names_one
from claims import due
from claims.models import Claim, ClaimLine, Deadline
from claims.permissions import visible_claims
from claims.words import Activity, Outcome
from cpor_portal.accounts.models import User

__all__ = ["ALL", "COUNT_CAP", "PAGE_SIZE", "WAITING", "WAITING_FOR_MICROSOFT", "Filters", "Page", "Row", "page_of"]

PAGE_SIZE = 25
COUNT_CAP = 1_000


@dataclass(frozen=True)
class Row:
    """One claim of the queue, as its row shows it. `url` is its workspace's, with its place in these filters.

    `reviewers_url` is the queue's, with what its reviewer has of the same filters.
    """

    reference: str
    url: str
    status: str
    customer: str
    domain: str
    country: str
    firm: str
    area: str
    activities: list[str]
    products: list[str]
    due_at: datetime | None
    due_zone: str | None
    due_words: str
    reviewer: str
    reviewers_url: str
    is_mine: bool
    is_contested: bool
    is_resubmitted: bool
    is_overdue: bool
    is_new: bool
    has_correction: bool

    @property
    def is_flagged(self) -> bool:
        """Whether something beside the status is told of it."""
        return self.is_overdue or self.is_contested or self.is_resubmitted or self.has_correction


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


def page_of(reader: User, filters: Filters, *, now: datetime, after: str = "", since: datetime | None = None) -> Page:
    """The page that follows the cursor `after`; an unreadable cursor means the first page.

    `reader` is a reviewer or arbiter, `now` an aware instant, `since` the end of the reader's visit before. The number
    of queries does not hang on the rows.
    """
    look, filters = Look(reader, now, since), as_applied(reader, filters)
    first = keys_of(in_order(matching(look, filters), by_due=filters.by_due), COUNT_CAP + 1, by_due=filters.by_due)
    found = _following(look, filters, first, read_cursor(after, by_due=filters.by_due))
    shown = found[:PAGE_SIZE]
    following = str(shown[-1]) if len(found) > PAGE_SIZE else ""
    return Page(_rows(shown, look, filters), filters, following, min(len(first), COUNT_CAP), len(first) > COUNT_CAP)


def as_applied(reader: User, filters: Filters) -> Filters:
    """Whoever enters a claim's own reference wants that claim, wherever it stands; closed ones have no deadline.

    Many a word could be a reference ("standard"), so it is one only where there is such a claim.
    """
    if filters.status == WAITING and names_one(visible_claims(reader), filters.q):
        return replace(filters, status=ALL)
    return filters


def _following(look: Look, filters: Filters, first: Sequence[Key], key: Key | None) -> Sequence[Key]:
    """One page of keys, and one more, after `key`. `first` are the first COUNT_CAP + 1 of all.

    Where these are all, nothing is asked again: a query for one page of the few that match could walk through the
    whole order to find them.
    """
    if key is None:
        return first[: PAGE_SIZE + 1]
    if len(first) <= COUNT_CAP:
        return [one for one in first if one.rank > key.rank][: PAGE_SIZE + 1]
    return keys_after(matching(look, filters, are_many=True), key, PAGE_SIZE + 1)


# --- Rows --------------------------------------------------------------------------------------------------

_FIELDS = (
    "id",
    "reference",
    "status",
    "customer_display_name",
    "domain",
    "customer_country",
    "firm__name",
    "solution_area",
    "activities",
    "due_at",
    "round",
    "submitted_at",
    "resubmitted_at",
    "correction_asked_at",
    "reviewer_id",
    "reviewer__name",
    "reviewer__email",
)


def _rows(keys: Sequence[Key], look: Look, filters: Filters) -> list[Row]:
    """The rows of these keys, in their order. Shown is what stands now, though a claim has moved since it was found."""
    claims = Claim.objects.filter(pk__in=[key.pk for key in keys]).order_by()
    found = {values["id"]: values for values in claims.values(*_FIELDS)}
    lines, owed, query = _lines_of(found), _owed_on(found), filters.query
    return [
        _row(
            found[key.pk],
            lines[key.pk],
            owed.get(key.pk, _NOTHING),
            look,
            filters,
            url=workspace_url(key.reference, query, str(key)),
        )
        for key in keys
        if key.pk in found
    ]


def _lines_of(claim_ids: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    """Product names and outcomes of these claims, in one query."""
    lines: dict[int, list[tuple[str, str]]] = defaultdict(list)
    rows = ClaimLine.objects.filter(claim__in=list(claim_ids)).exclude(submitted_at=None).order_by("id")
    for claim_id, product, outcome in rows.values_list("claim_id", "product__name", "outcome"):
        lines[claim_id].append((product, outcome))
    return lines


@dataclass(frozen=True)
class _Owed:
    """Of what is owed on a claim: whose time zone counts for what is due first, and whether any of it was missed."""

    zone: str | None
    is_missed: bool


_NOTHING = _Owed(None, is_missed=False)


def _owed_on(claim_ids: Iterable[int]) -> dict[int, _Owed]:
    """What is owed on these claims, in one query. Within the rows' own, all that was missed would be read."""
    owed: dict[int, _Owed] = {}
    running = Deadline.objects.owed().filter(claim__in=list(claim_ids)).order_by("due_at", "id")
    for claim_id, zone, missed_at in running.values_list("claim_id", "calendar_zone", "breached_at"):
        first = owed.get(claim_id, _Owed(zone, is_missed=False))
        owed[claim_id] = replace(first, is_missed=first.is_missed or missed_at is not None)
    return owed


def _reviewers_url(email: str | None, filters: Filters) -> str:
    """The same filters, but for those that speak of whose a claim is: this person's alone."""
    if not email:
        return ""
    theirs = replace(filters, reviewer=email, mine=False, unassigned=False)
    return f"{reverse('arbitration:queue')}?{theirs.query}"


def _row(
    values: dict[str, Any], lines: list[tuple[str, str]], owed: _Owed, look: Look, filters: Filters, *, url: str
) -> Row:
    due_at, missed = values["due_at"], owed.is_missed
    return Row(
        reference=values["reference"],
        url=url,
        status=values["status"],
        customer=values["customer_display_name"],
        domain=values["domain"],
        country=values["customer_country"],
        firm=values["firm__name"],
        area=values["solution_area"],
        activities=[str(Activity(code).label) for code in values["activities"]],
        products=[product for product, _outcome in lines],
        due_at=due_at,
        due_zone=owed.zone,
        due_words=due.in_words(due_at, look.now, owed.zone, breached=missed) if due_at else "",
        reviewer=values["reviewer__name"] or values["reviewer__email"] or "",
        reviewers_url=_reviewers_url(values["reviewer__email"], filters),
        is_mine=values["reviewer_id"] == look.reader.pk,
        is_contested=any(outcome == Outcome.CONTESTED for _product, outcome in lines),
        is_resubmitted=values["round"] > 1,
        is_overdue=missed or (due_at is not None and due_at < look.now),
        is_new=look.is_new(values["submitted_at"], values["resubmitted_at"], values["correction_asked_at"]),
        has_correction=values["correction_asked_at"] is not None,
    )
