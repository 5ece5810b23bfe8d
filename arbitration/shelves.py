"""The ways into the queue that stand above it: those that everybody has, and the reader's own, each with its count."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from arbitration.filtering import Filters, Look
from arbitration.forms.filters import read_filters
from arbitration.saved_filters import COUNTED, counts
from claims.words import Status

Words = str | Promise

EVERYBODYS: Sequence[tuple[Words, Filters]] = (
    (pgettext_lazy("queue filter", "Waiting for Microsoft"), Filters()),
    (pgettext_lazy("queue filter", "Mine"), Filters(mine=True)),
    (pgettext_lazy("queue filter", "Nobody has it"), Filters(unassigned=True)),
    (pgettext_lazy("queue filter", "Overdue"), Filters(overdue=True)),
    (pgettext_lazy("queue filter", "New since my last visit"), Filters(new=True)),
    (pgettext_lazy("queue filter", "Resubmitted"), Filters(resubmitted=True)),
    (pgettext_lazy("queue filter", "Contested"), Filters(contested=True)),
    (pgettext_lazy("queue filter", "With a correction"), Filters(corrections=True)),
    (pgettext_lazy("queue filter", "Waiting for the partner"), Filters(status=Status.PARTNER_ACTION_REQUIRED)),
)


@dataclass(frozen=True)
class Shelf:
    """Filters under a name. `kept` is the id of a saved filter, None for those that everybody has."""

    name: str
    query: str
    number: int
    is_current: bool
    kept: int | None = None

    @property
    def count(self) -> str:
        """The number as it is shown: exact as far as it is counted."""
        return _("%(number)d+") % {"number": COUNTED} if self.number > COUNTED else str(self.number)


def shelves(look: Look, shown: Filters) -> tuple[list[Shelf], list[Shelf]]:
    """Everybody's, and the reader's own; two queries, however many there are. `shown` is what the page shows."""
    kept = list(look.reader.saved_filters.all())
    filters = [read_filters(one.query) for one in kept]
    numbers = counts(look, [*(filters for _name, filters in EVERYBODYS), *filters])
    common = [
        Shelf(str(name), filters.query, number, filters == shown)
        for (name, filters), number in zip(EVERYBODYS, numbers, strict=False)
    ]
    own = [
        Shelf(one.name, filters.query, number, filters == shown, one.pk)
        for one, filters, number in zip(kept, filters, numbers[len(EVERYBODYS) :], strict=True)
    ]
    return common, own
