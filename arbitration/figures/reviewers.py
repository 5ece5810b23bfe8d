"""The reviewers' load now, and what each of them decided in a span of time."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence

from django.conf import settings
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from arbitration.figures.current import OpenClaims, summed
from arbitration.figures.numbers import Counts, added, share, spread
from arbitration.figures.periods import Span
from arbitration.figures.reviewed import DECISION_TONES, DECISIONS, Decided
from arbitration.figures.second import Readings
from arbitration.figures.tables import Column, Kind, Row, Table
from arbitration.models import Desk, Review
from arbitration.permissions import reviewers
from claims.words import Status
from cpor_portal.accounts.models import User
from cpor_portal.accounts.permissions import is_reviewer

Loads = Counter[tuple[int | None, str]]
"""How many claims somebody has (None: nobody), by what they wait for."""

IN_HAND, OVERDUE, AT_PARTNER = "in_hand", "overdue", "at_partner"
NOBODY = None


def loads(claims: Sequence[OpenClaims]) -> Loads:
    """By person: claims that wait for Microsoft, those of them past their time, and those at the partner."""
    counts: Loads = Counter()
    for claim in claims:
        at_partner = claim.status == Status.PARTNER_ACTION_REQUIRED
        counts[claim.reviewer, AT_PARTNER if at_partner else IN_HAND] += claim.number
        if claim.is_late and not at_partner:
            counts[claim.reviewer, OVERDUE] += claim.number
    return counts


def limits() -> dict[int, int | None]:
    """The load limits that are set for a person alone. One query."""
    return dict(Desk.objects.filter(load_limit__isnull=False).values_list("person_id", "load_limit"))


def paces(span: Span) -> Mapping[int, Counts]:
    """By reviewer of the round, how often a first decision took how many business days. One query."""
    decided = Review.objects.filter(**span.within("decided_at"), business_days__isnull=False).order_by()
    kept: dict[int, dict[int, int]] = defaultdict(dict)
    for person, days, count in decided.values_list("reviewer", "business_days").annotate(count=Count("*")):
        kept[person][days] = count
    return kept


def verdicts(decided: Counter[Decided]) -> Counter[tuple[int, str]]:
    """By whoever decided, how many products were decided how."""
    counts: Counter[tuple[int, str]] = Counter()
    for one, count in decided.items():
        counts[one.by, one.decision] += count
    return counts


def people(known: Collection[int]) -> list[User]:
    """Everybody who reviews now, by name, and after them whoever else has figures. Two queries."""
    working = reviewers()
    # Nobody has the id 0: with nobody to look for, too, it is one question to the database.
    others = {0, *known} - {person.pk for person in working}
    return [*working, *User.objects.filter(pk__in=others).order_by("name", "email")]


def load_table(persons: Collection[User], counts: Loads, own: Mapping[int, int | None]) -> Table:
    """Who has how many claims now."""
    rows = [
        Row([_name(person), *_load(counts, person.pk), _limit(own, person.pk)], short=_name(person))
        for person in persons
        if is_reviewer(person) or any(_load(counts, person.pk))
    ]
    free = Row([pgettext("who has a claim", "Nobody"), *_load(counts, NOBODY), None], short=_("Nobody"))
    total = Row([*summed([_without_limit(row) for row in (*rows, free)], _("Together")).values, None], is_sum=True)
    return Table(
        "load",
        _("Who has how much now"),
        _(
            "What waits for Microsoft is submitted or under review. Whoever has as many of these as the limit says can"
            " take no more."
        ),
        [
            Column(_("Reviewer"), Kind.TEXT),
            Column(_("Waiting for Microsoft"), tone="accent"),
            Column(_("Of these past their time"), tone=""),
            Column(_("Waiting for the partner"), tone="warn"),
            Column(_("Limit"), tone=""),
        ],
        [*rows, free, total],
    )


def _load(counts: Loads, person: int | None) -> list[int]:
    return [counts[person, IN_HAND], counts[person, OVERDUE], counts[person, AT_PARTNER]]


def _limit(own: Mapping[int, int | None], person: int) -> int | None:
    return own.get(person, settings.REVIEWER_LOAD_LIMIT) or None


def _without_limit(row: Row) -> Row:
    return Row(row.values[:-1])


def rate_table(
    persons: Collection[User],
    pace: Mapping[int, Counts],
    decided: Counter[tuple[int, str]],
    readings: Readings,
    business_days: int,
) -> Table:
    """What each reviewer decided in the span, how quickly, and how often a second reader disagreed."""
    rows = []
    for person in persons:
        made = [decided[person.pk, decision] for decision in DECISIONS]
        again = (readings.read_of(person.pk), readings.disagreed_of(person.pk))
        if is_reviewer(person) or any(made) or pace.get(person.pk) or any(again):
            rows.append(_rate_row(_name(person), pace.get(person.pk, {}), made, again, business_days))
    return Table(
        "reviewers",
        _("What reviewers decided"),
        _rate_note(),
        _rate_columns(),
        [*rows, _rate_sum(pace, decided, readings, business_days)],
    )


def _rate_note() -> str:
    return _(
        "First decisions count for the reviewer of the round, products for whoever decided on them, disagreements for"
        " the reviewer whose round was read a second time."
    )


def _rate_columns() -> list[Column]:
    return [
        Column(_("Reviewer"), Kind.TEXT),
        Column(_("First decisions"), tone=""),
        Column(_("For each business day"), Kind.RATE, ""),
        Column(_("Median, business days"), Kind.DAYS, ""),
        Column(_("90th percentile, business days"), Kind.DAYS, ""),
        Column(_("In time"), Kind.SHARE, ""),
        *(Column(str(decision.label), tone=DECISION_TONES[decision]) for decision in DECISIONS),
        Column(_("Read a second time"), tone=""),
        Column(_("Disagreements"), tone=""),
    ]


def _rate_row(
    label: str, pace: Counts, made: list[int], again: tuple[int, int], business_days: int, *, is_sum: bool = False
) -> Row:
    lies = spread(pace, limit=settings.REVIEW_BUSINESS_DAYS)
    timed = (lies.count, share(lies.count, business_days), lies.median, lies.ninetieth, share(lies.within, lies.count))
    return Row([label, *timed, *made, *again], short=label, is_sum=is_sum)


def _rate_sum(
    pace: Mapping[int, Counts], decided: Counter[tuple[int, str]], readings: Readings, business_days: int
) -> Row:
    made = [sum(count for (_by, kind), count in decided.items() if kind == decision) for decision in DECISIONS]
    again = (readings.read, readings.disagreed)
    return _rate_row(_("Together"), added(pace.values()), made, again, business_days, is_sum=True)


def _name(person: User) -> str:
    return person.name or person.email
