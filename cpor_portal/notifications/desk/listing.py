"""The list of outgoing mail: newest first, page by page, and never a look at the whole table.

One index leads through the mails, that of the narrowest filter; the other filters are held against at most LOOK_AT
mails a page, newest first. Where a page ends for that reason it says so, and the next one goes on from there.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.formats import number_format

from cpor_portal.notifications.models import ACCOUNT_MAIL, ErrorKind, MailState, OutboxMail
from cpor_portal.notifications.resending import is_repeated

PAGE_SIZE = 25
COUNT_CAP = 1_000
LOOK_AT = 20_000
RESEND_AT_MOST = 500
MOST_ADDRESSES = 10
NEWER_SHOWN = 5
ACCOUNT = "account"
"""All of allauth's mails in one choice of the filter."""
OUTAGE = frozenset({ErrorKind.SERVER_BUSY, ErrorKind.SERVER_GONE})
"""What an outage of the mail server leaves behind: it goes once the server is back, and whole lists of it can."""


@dataclass(frozen=True)
class Filters:
    """What the reader wants to see; the defaults are all mail."""

    state: str = ""
    error: str = ""
    kind: str = ""
    language: str = ""
    recipient: str = ""
    claim: str = ""


@dataclass(frozen=True)
class Page:
    """A page of the list. `after` is the next one's cursor, empty on the last.

    `is_cut`: the page ended because enough mails had been looked at, older ones may fit, too. `addresses` are the
    ones that begin with the recipient asked for, at most MOST_ADDRESSES; `has_more_addresses`: others are left out.
    """

    mails: list[OutboxMail]
    after: str
    is_cut: bool = False
    addresses: tuple[str, ...] = ()
    has_more_addresses: bool = False


@dataclass(frozen=True)
class Count:
    """How many, as far as was counted; `is_capped` where there are more."""

    number: int
    is_capped: bool

    @classmethod
    def of(cls, number: int, cap: int) -> "Count":
        """From a number that was counted up to `cap` + 1."""
        return cls(min(number, cap), number > cap)

    @property
    def words(self) -> str:
        """The number with its thousands set apart."""
        return number_format(self.number, force_grouping=True)


@dataclass(frozen=True)
class _Found:
    ids: list[int]
    floor: int  # everything below has not been looked at; 0: there is nothing below


def page_of(filters: Filters, *, after: str = "") -> Page:
    """The page that follows the cursor `after`; an unreadable cursor means the first page."""
    addresses = [] if filters.claim else _addresses(filters.recipient)
    leads = _leads(filters, addresses[:MOST_ADDRESSES])
    found = _found(leads, _narrowing(filters), below=_cursor(after), limit=PAGE_SIZE + 1)
    shown = found.ids[:PAGE_SIZE]
    has_more = len(found.ids) > PAGE_SIZE
    following = shown[-1] if has_more else found.floor
    return Page(
        mails=_rows(shown),
        after=str(following) if following else "",
        is_cut=not has_more and bool(found.floor),
        addresses=tuple(addresses[:MOST_ADDRESSES]),
        has_more_addresses=len(addresses) > MOST_ADDRESSES,
    )


def newer_to_its_person(mail: OutboxMail) -> QuerySet[OutboxMail]:
    """The newest NEWER_SHOWN mails about the same claim to the same person that tell of something later, newest first.

    What is sent again is as old as what it repeats. A mail that was not wanted counts: what it tells of happened.
    """
    about = OutboxMail.objects.exclude(claim_reference="").filter(claim_reference=mail.claim_reference)
    same = Q(recipient=mail.recipient) | Q(person__isnull=False, person=mail.person_id)
    later = about.alias(age=Coalesce("resends_id", "pk")).filter(same, age__gt=mail.resends_id or mail.pk)
    return later.filter(resends=None).select_related("person").defer("text", "html").order_by("-pk")[:NEWER_SHOWN]


def dead_letters() -> Count:
    """How many mails could not be delivered and were not sent again, among the newest LOOK_AT that were given up."""
    failed = OutboxMail.objects.filter(state=MailState.FAILED).order_by("-pk").values("pk")[:LOOK_AT]
    number = OutboxMail.objects.filter(~is_repeated(), pk__in=failed).order_by()[: COUNT_CAP + 1].count()
    return Count.of(number, COUNT_CAP)


def sendable_again(filters: Filters) -> list[int]:
    """The ids of the dead letters of an outage that these filters let through, oldest first.

    At most RESEND_AT_MOST + 1, so that more of them can be told. Mails about accounts are none: their text is gone;
    nor is what was sent again already.
    """
    wanted = replace(filters, state=MailState.FAILED)
    leads = _leads(wanted, _addresses(wanted.recipient)[:MOST_ADDRESSES])
    of_outage = Q(error_kind__in=sorted(OUTAGE)) & ~Q(kind__startswith=ACCOUNT_MAIL) & ~Q(is_repeated())
    return _found(leads, _narrowing(wanted) & of_outage, below=None, limit=RESEND_AT_MOST + 1).ids[::-1]


# --- Looking ------------------------------------------------------------------------------------------------


def _leads(filters: Filters, addresses: list[str]) -> list[QuerySet[OutboxMail]]:
    """Where to look: each of these is the range of one index, in the order of the ids."""
    mails = OutboxMail.objects.all()
    if filters.claim:
        return [mails.filter(claim_reference=filters.claim)]
    if filters.recipient:
        return [mails.filter(recipient=address) for address in addresses]
    return [mails.filter(state=filters.state)] if filters.state else [mails]


def _narrowing(filters: Filters) -> Q:
    """What the mails of the lead are held against; nothing where the lead is all that was asked for."""
    narrow = Q()
    if filters.claim and filters.recipient:
        narrow &= Q(recipient__startswith=filters.recipient)
    if filters.state and (filters.claim or filters.recipient):
        narrow &= Q(state=filters.state)
    if filters.error:
        narrow &= Q(error_kind=filters.error)
    if filters.language:
        narrow &= Q(language=filters.language)
    if filters.kind:
        narrow &= Q(kind__startswith=ACCOUNT_MAIL) if filters.kind == ACCOUNT else Q(kind=filters.kind)
    return narrow


def _found(leads: list[QuerySet[OutboxMail]], narrow: Q, *, below: int | None, limit: int) -> _Found:
    """The newest `limit` ids below `below`, of all leads together."""
    parts = [_in_one(lead if below is None else lead.filter(pk__lt=below), narrow, limit) for lead in leads]
    floor = max((part.floor for part in parts), default=0)
    ids = sorted((number for part in parts for number in part.ids if number >= floor), reverse=True)
    return _Found(ids[:limit], floor)


def _in_one(lead: QuerySet[OutboxMail], narrow: Q, limit: int) -> _Found:
    ids = lead.order_by("-pk").values_list("pk", flat=True)
    floor = ids[LOOK_AT - 1 : LOOK_AT].first() or 0 if narrow else 0
    return _Found(list(ids.filter(narrow, pk__gte=floor)[:limit]), floor)


def _rows(ids: Iterable[int]) -> list[OutboxMail]:
    """The mails of these ids, newest first, without their long texts."""
    mails = OutboxMail.objects.filter(pk__in=list(ids)).annotate(is_repeated=is_repeated())
    return list(mails.prefetch_related("person").defer("text", "html").order_by("-pk"))


def _cursor(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


# --- Addresses ----------------------------------------------------------------------------------------------


def _addresses(beginning: str) -> list[str]:
    """The addresses in the outbox that begin with this, at most MOST_ADDRESSES + 1, by alphabet.

    From one address straight to the next in the index: somebody who got a hundred thousand mails is one step.
    """
    if not beginning:
        return []
    table = connection.ops.quote_name(OutboxMail._meta.db_table)
    steps = f"""
        WITH RECURSIVE step(address, number) AS (
            SELECT MIN(recipient), 1 FROM {table} WHERE recipient >= %s
            UNION ALL
            SELECT (SELECT MIN(recipient) FROM {table} WHERE recipient > step.address), step.number + 1
            FROM step WHERE step.address IS NOT NULL AND step.number <= %s
        )
        SELECT address FROM step WHERE address IS NOT NULL
    """  # noqa: S608 (the name of the table alone)
    with connection.cursor() as cursor:
        cursor.execute(steps, [beginning, MOST_ADDRESSES])
        return [address for (address,) in cursor.fetchall() if address.startswith(beginning)]
