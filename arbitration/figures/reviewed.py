"""What was decided in a span of time: how quickly, what, for which reasons, and what came too late."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.conf import settings
from django.db.models import Case, Count, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from arbitration.figures.current import KIND_TONES, OWED_BY_MICROSOFT, summed
from arbitration.figures.numbers import Counts, Spread, added, share, spread
from arbitration.figures.periods import Period, Span
from arbitration.figures.tables import Column, Kind, Row, Table
from arbitration.models import DecisionReason, LineDecision, Review, ReviewDecision
from claims.models import Deadline
from claims.models.history import DeadlineParty
from claims.words import REVIEWER_REASONS

DECISIONS = (ReviewDecision.APPROVED, ReviewDecision.ASKED, ReviewDecision.REJECTED, ReviewDecision.REMOVED)
DECISION_TONES = dict(zip(DECISIONS, ("good", "warn", "bad", "plain"), strict=True))
EXPLAINED = tuple(decision for decision in DECISIONS if decision != ReviewDecision.APPROVED)


# --- How quickly -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Timing:
    """How often a first decision took how many business days, by period, and whether it was of the first round."""

    first_rounds: Mapping[date, Counts]
    later_rounds: Mapping[date, Counts]

    def of(self, key: date) -> Counts:
        """Of one period, every round."""
        return added([self.first_rounds.get(key, {}), self.later_rounds.get(key, {})])


def timing(span: Span) -> Timing:
    """First decisions of rounds of review, in the period in which they were made. One query.

    A round without a known number of days (its clock is not known any more) is not counted.
    """
    is_first = Case(When(round=1, then=Value(True)), default=Value(False))
    decided = Review.objects.filter(**span.within("decided_at"), business_days__isnull=False).order_by()
    keyed = decided.annotate(key=span.key("decided_at"), is_first=is_first)
    rows = keyed.values_list("key", "is_first", "business_days").annotate(count=Count("*"))
    kept: dict[bool, dict[date, dict[int, int]]] = {True: defaultdict(dict), False: defaultdict(dict)}
    for key, first, days, count in rows:
        kept[first][key][days] = count
    return Timing(kept[True], kept[False])


def timing_table(span: Span, found: Timing) -> Table:
    """First decisions: how many, median and 90th percentile of their business days, and how many were in time."""
    limit = settings.REVIEW_BUSINESS_DAYS
    rows = [_timing_row(period.label, spread(found.of(period.key), limit=limit), period) for period in span.periods]
    sums = [
        (_("All first decisions"), [*found.first_rounds.values(), *found.later_rounds.values()]),
        (_("Of claims as first submitted"), list(found.first_rounds.values())),
        (_("Of claims that came back with an answer"), list(found.later_rounds.values())),
    ]
    return Table(
        "timing",
        _("Business days to the first decision"),
        _(
            "Counted for each round of review from the day on which the claim was submitted or resubmitted, in the"
            " calendar of the review site, and shown in the period of the decision. Nine of ten first decisions took no"
            " longer than the 90th percentile."
        ),
        [
            Column(_("Period"), Kind.TEXT),
            Column(_("First decisions"), tone=""),
            Column(_("Median"), Kind.DAYS, "accent"),
            Column(_("90th percentile"), Kind.DAYS, "busy"),
            Column(
                ngettext("Within %(days)d business day", "Within %(days)d business days", limit) % {"days": limit},
                Kind.SHARE,
                "",
            ),
            Column(_("Later than that"), tone=""),
        ],
        [*rows, *(_timing_row(label, spread(added(counts), limit=limit)) for label, counts in sums)],
        is_by_time=True,
    )


def _timing_row(label: str, spread: Spread, period: Period | None = None) -> Row:
    values = (spread.count, spread.median, spread.ninetieth, share(spread.within, spread.count), spread.beyond)
    return Row([label, *values], short=period.short_label if period else "", is_sum=period is None)


# --- What came too late ------------------------------------------------------------------------------------


def breaches(span: Span) -> Counter[tuple[date, str]]:
    """Microsoft's deadlines that were missed, by the period in which they were, and by kind. One query."""
    missed = Deadline.objects.filter(**span.within("breached_at"), party=DeadlineParty.MICROSOFT).order_by()
    rows = missed.annotate(key=span.key("breached_at")).values_list("key", "kind").annotate(count=Count("*"))
    return Counter({(key, kind): count for key, kind, count in rows})


def breaches_table(span: Span, counts: Counter[tuple[date, str]]) -> Table:
    """Missed deadlines: a row for each period, a column for each kind."""
    rows = []
    for period in span.periods:
        missed = [counts[period.key, kind] for kind in OWED_BY_MICROSOFT]
        rows.append(Row([period.label, *missed, sum(missed)], short=period.short_label))
    return Table(
        "breaches",
        _("Missed deadlines of Microsoft"),
        _("Every deadline that was not met in time counts once, in the period in which it was missed."),
        [
            Column(_("Period"), Kind.TEXT),
            *(Column(str(kind.label), tone=KIND_TONES[kind]) for kind in OWED_BY_MICROSOFT),
            Column(_("Together"), tone=""),
        ],
        [*rows, summed(rows, _("The whole time"))],
        is_by_time=True,
    )


# --- What was decided --------------------------------------------------------------------------------------


class Decided(NamedTuple):
    """What a product was decided to be, in which period, by whom."""

    key: date
    by: int
    decision: str


def decisions(span: Span) -> Counter[Decided]:
    """Products decided on, by period, person and decision. One query."""
    decided = LineDecision.objects.filter(**span.within("at")).order_by().annotate(key=span.key("at"))
    rows = decided.values_list("key", "by", "decision").annotate(count=Count("*"))
    return Counter({Decided(key, by, decision): count for key, by, decision, count in rows})


def by_period(decided: Counter[Decided]) -> Counter[tuple[date, str]]:
    """The same by period and decision."""
    counts: Counter[tuple[date, str]] = Counter()
    for one, count in decided.items():
        counts[one.key, one.decision] += count
    return counts


def decisions_table(span: Span, counts: Counter[tuple[date, str]]) -> Table:
    """Decisions on products: how many and which share of them, by period."""
    rows = [
        _decisions_row(period.label, [counts[period.key, decision] for decision in DECISIONS], period.short_label)
        for period in span.periods
    ]
    whole = [sum(counts[period.key, decision] for period in span.periods) for decision in DECISIONS]
    columns = [
        column
        for decision in DECISIONS
        for column in (
            Column(str(decision.label), tone=DECISION_TONES[decision]),
            Column(_("%(decision)s, share") % {"decision": decision.label}, Kind.SHARE, ""),
        )
    ]
    return Table(
        "decisions",
        _("Decisions on products"),
        _("One decision counts for each product and round of review: the last one, if it was decided again."),
        [Column(_("Period"), Kind.TEXT), Column(_("Products decided"), tone=""), *columns],
        [*rows, _decisions_row(_("The whole time"), whole, is_sum=True)],
        is_by_time=True,
    )


def _decisions_row(label: str, counts: list[int], short: str = "", *, is_sum: bool = False) -> Row:
    whole = sum(counts)
    pairs = [value for count in counts for value in (count, share(count, whole))]
    return Row([label, whole, *pairs], short=short, is_sum=is_sum)


def reasons(span: Span) -> Counter[tuple[str, str]]:
    """How often each reason was given with each decision on a product. One query."""
    given = DecisionReason.objects.filter(**span.within("decision__at")).order_by()
    rows = given.values_list("reason", "decision__decision").annotate(count=Count("*"))
    return Counter({(reason, decision): count for reason, decision, count in rows})


def reasons_table(counts: Counter[tuple[str, str]], decided: Counter[tuple[date, str]]) -> Table:
    """Reasons to ask, reject or remove: how often, and in which share of those decisions."""
    wholes = [sum(count for (_key, made), count in decided.items() if made == decision) for decision in EXPLAINED]
    rows = []
    for reason in REVIEWER_REASONS:
        given = [counts[reason, decision] for decision in EXPLAINED]
        shares = [share(count, whole) for count, whole in zip(given, wholes, strict=True)]
        pairs = [value for pair in zip(given, shares, strict=True) for value in pair]
        rows.append(Row([str(reason.label), *pairs], short=str(reason.label)))
    columns = [
        column
        for decision in EXPLAINED
        for column in (
            Column(str(decision.label), tone=DECISION_TONES[decision]),
            Column(_("%(decision)s, share") % {"decision": decision.label}, Kind.SHARE, ""),
        )
    ]
    return Table(
        "reasons",
        _("Reasons"),
        _("The share is that of the products decided so. As there can be several reasons, shares may add up to more."),
        [Column(_("Reason"), Kind.TEXT), *columns],
        rows,
    )
