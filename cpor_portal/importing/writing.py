"""Writes what an import wants into the tables: what is new, what differs, and nothing else."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cpor_portal.faults import Text

M = TypeVar("M", bound=Model)
V = TypeVar("V")

BATCH = 500
"""Rows per statement: well under every database's limit of parameters."""


@dataclass
class Tally:
    """How many rows of one kind were made, changed, found as wanted, or taken away."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0

    @property
    def changed(self) -> int:
        """Rows that are not as they were."""
        return self.created + self.updated + self.removed


@dataclass
class ImportReport:
    """What an import did, kind by kind, in the order in which it was done."""

    tallies: dict[Text, Tally] = field(default_factory=dict)

    @property
    def changed(self) -> int:
        """Rows that are not as they were before the import."""
        return sum(tally.changed for tally in self.tallies.values())

    def sentences(self) -> list[str]:
        """The report for people: one line for each kind, and what it comes to."""
        lines = [_sentence(kind, tally) for kind, tally in self.tallies.items()]
        return [*lines, _conclusion(self.changed)]


def bring(
    model: type[M],
    wanted: Iterable[M],
    existing: Mapping[Hashable, M],
    *,
    key: Callable[[M], Hashable],
    fields: Sequence[str],
) -> Tally:
    """Makes the rows that do not exist, brings `fields` of the others into line; inside a transaction.

    `existing` holds the stored rows by `key`; those that differ are changed in place.
    """
    tally, new, differing = Tally(), [], []
    for row in wanted:
        old = existing.get(key(row))
        if old is None:
            new.append(row)
        elif _take_over(old, row, fields):
            differing.append(old)
        else:
            tally.unchanged += 1
    model._default_manager.bulk_create(new, batch_size=BATCH)
    if differing:
        model._default_manager.bulk_update(differing, fields, batch_size=BATCH)
    tally.created, tally.updated = len(new), len(differing)
    return tally


def stored(rows: QuerySet[M], field_name: str, values: Iterable[object]) -> Iterator[M]:
    """The rows whose field has one of the values, asked for in batches: databases limit their parameters."""
    for batch in batches(list(values)):
        yield from rows.filter(**{f"{field_name}__in": batch})


def batches(values: Sequence[V]) -> Iterator[Sequence[V]]:
    """The values in pieces of BATCH."""
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]


def _take_over(old: Model, new: Model, fields: Sequence[str]) -> bool:
    """Copies the fields onto the stored row; answers whether that changed anything."""
    differing = [name for name in fields if getattr(old, name) != getattr(new, name)]
    for name in differing:
        setattr(old, name, getattr(new, name))
    return bool(differing)


def _sentence(kind: Text, tally: Tally) -> str:
    facts = {"kind": kind, "created": tally.created, "updated": tally.updated}
    facts |= {"unchanged": tally.unchanged, "removed": tally.removed}
    if tally.removed:
        return (
            _("%(kind)s: %(created)d created, %(updated)d updated, %(unchanged)d unchanged, %(removed)d removed.")
            % facts
        )
    return _("%(kind)s: %(created)d created, %(updated)d updated, %(unchanged)d unchanged.") % facts


def _conclusion(changed: int) -> str:
    if not changed:
        return _("Nothing changed: everything in the file is in the portal already.")
    return ngettext("%(count)d row changed.", "%(count)d rows changed.", changed) % {"count": changed}
