"""The list of a firm's claims: filters, counts by status, and lean rows in four queries whatever their number."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, Value, When
from django.utils import timezone
from django.utils.functional import cached_property

from claims import due
from claims.clock import RULES
from claims.models import ClaimLine
from claims.models.claim import ClaimQuerySet
from claims.models.history import DeadlineParty
from claims.permissions import visible_claims
from claims.transitions import OWED
from claims.words import OPEN_STATUSES, Outcome, Status
from cpor_portal.accounts.models import User
from cpor_portal.directory.domain_names import display_form
from cpor_portal.directory.identifiers import Malformed, read_domain, read_subscription_id, read_tenant_id

PAGE_SIZE = 25
PRODUCTS_SHOWN = 3


@dataclass(frozen=True)
class Wanted:
    """What the reader filters by; empty strings filter nothing."""

    status: str = ""
    q: str = ""
    mpn: str = ""

    @property
    def is_everything(self) -> bool:
        """Whether nothing is filtered."""
        return not (self.status or self.q or self.mpn)


@dataclass(frozen=True)
class Row:
    """One claim in the list."""

    reference: str
    status: str
    customer: str
    domain: str
    engagement: str
    products: tuple[str, ...]
    more_products: int
    mpn_id: str
    own_label: str
    due_at: datetime | None
    due_zone: str | None
    due_words: str
    is_overdue: bool
    edited_at: datetime

    @property
    def is_draft(self) -> bool:
        """Not filed yet."""
        return self.status == Status.EDITING

    @property
    def firm_acts(self) -> bool:
        """Whether the firm itself must do the next thing."""
        return self.is_draft or self._owing == {DeadlineParty.PARTNER}

    @property
    def microsoft_acts(self) -> bool:
        """Whether the next thing is Microsoft's."""
        return self._owing == {DeadlineParty.MICROSOFT}

    @property
    def _owing(self) -> set[DeadlineParty]:
        return {RULES[kind].party for kind in OWED.get(Status(self.status), frozenset())}


@dataclass(frozen=True)
class Listing:
    """One page of the list, and how many claims there are by status under the other filters."""

    page: Page[Row]
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """Claims of every status."""
        return sum(self.counts.values())


class _Counted(Paginator[Any]):
    """A paginator that has been told the count, which the list needs by status anyway."""

    def __init__(self, claims: ClaimQuerySet, count: int) -> None:
        super().__init__(claims, PAGE_SIZE)
        self._known = count

    @cached_property
    def count(self) -> int:
        """How many rows there are on all pages."""
        return self._known


def listing(user: User, wanted: Wanted, number: str) -> Listing:
    """The page with this number (the nearest one when there is none such) of the claims that `user` may see."""
    claims = visible_claims(user).filter(_search(wanted.q))
    if wanted.mpn:
        claims = claims.filter(location__mpn_id=wanted.mpn)
    counts = {row["status"]: row["n"] for row in claims.order_by().values("status").annotate(n=Count("pk"))}
    count = counts.get(wanted.status, 0) if wanted.status else sum(counts.values())
    if wanted.status:
        claims = claims.filter(status=wanted.status)
    page = _Counted(_in_order(claims), count).get_page(number)
    page.object_list = _rows(page.object_list)
    return Listing(page=page, counts=counts)


def _in_order(claims: ClaimQuerySet) -> ClaimQuerySet:
    """What the partner must act on first, then drafts, then what Microsoft has, then the rest; soonest due first."""
    rank = Case(
        When(status=Status.PARTNER_ACTION_REQUIRED, then=Value(0)),
        When(status=Status.EDITING, then=Value(1)),
        When(status__in=OPEN_STATUSES, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    return claims.order_by(rank, F("due_at").asc(nulls_last=True), "-edited_at", "-pk")


FIELDS = (
    "pk",
    "reference",
    "status",
    "customer_display_name",
    "domain",
    "name",
    "location__mpn_id",
    "location__own_label",
    "edited_at",
)
ANNOTATED = ("due_next", "due_zone", "is_breached")


def _rows(claims: Any) -> list[Row]:
    values = list(
        claims.annotate(
            due_next=due.next_due(), due_zone=due.zone_of_next_due(), is_breached=due.is_next_breached()
        ).values(*FIELDS, *ANNOTATED)
    )
    products = _products_of([row["pk"] for row in values])
    now = timezone.now()
    return [_row(row, products.get(row["pk"], []), now) for row in values]


def _row(value: Mapping[str, Any], products: list[str], now: datetime) -> Row:
    due_at, breached = value["due_next"], bool(value["is_breached"])
    return Row(
        reference=value["reference"],
        status=value["status"],
        customer=value["customer_display_name"],
        domain=display_form(value["domain"]) if value["domain"] else "",
        engagement=value["name"],
        products=tuple(products[:PRODUCTS_SHOWN]),
        more_products=max(0, len(products) - PRODUCTS_SHOWN),
        mpn_id=value["location__mpn_id"] or "",
        own_label=value["location__own_label"] or "",
        due_at=due_at,
        due_zone=value["due_zone"],
        due_words=due.in_words(due_at, now, value["due_zone"], breached=breached) if due_at else "",
        is_overdue=breached or (due_at is not None and now > due_at),
        edited_at=value["edited_at"],
    )


def _products_of(claim_ids: Collection[int]) -> dict[int, list[str]]:
    """The names of each claim's products, each once; what was removed before a decision is left out."""
    found: dict[int, list[str]] = {}
    lines = ClaimLine.objects.filter(claim_id__in=claim_ids).exclude(outcome=Outcome.REMOVED).order_by("pk")
    for claim_id, name in lines.values_list("claim_id", "product__name"):
        names = found.setdefault(claim_id, [])
        if name not in names:
            names.append(name)
    return found


def _search(text: str) -> Q:
    """Reference, tenant or subscription id in any spelling, domain, or a part of the customer's or own name."""
    text = text.strip()
    if not text:
        return Q()
    if guids := _guids_in(text):
        lines = ClaimLine.objects.filter(claim=OuterRef("pk"), subscription_id__in=guids)
        return Q(tenant_id__in=guids) | Q(Exists(lines))
    found = Q(customer_display_name__icontains=text) | Q(name__icontains=text) | Q(domain__icontains=text.lower())
    found |= _by_reference(text)
    try:
        return found | Q(domain=read_domain(text).name)
    except Malformed:
        return found


def _by_reference(text: str) -> Q:
    """A reference or its beginning, however it was read out: in small letters, with blanks, without "C-"."""
    bare = "".join(text.upper().split())
    whole = bare if bare.startswith("C-") else f"C-{bare}"
    return Q(reference__startswith=whole) | Q(reference=f"C-{bare.removeprefix('C')}")


def _guids_in(text: str) -> list[UUID]:
    """What the text may mean as an id: as a tenant's and as a subscription's."""
    found = []
    for read in (read_tenant_id, read_subscription_id):
        try:
            found.append(read(text))
        except Malformed:
            continue
    return found
