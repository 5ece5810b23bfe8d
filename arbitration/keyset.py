"""The two orders of the queue and the cursors in them (design.md, "Measured": row values, and no offset).

What is open stands in the order of its deadlines, (due_at, id): they all tie at the end of a day, so the id is part of
the key. What owes nothing although it is open waits for its rival; it stands last. Closed claims owe nothing at all:
they stand newest first, by id.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import F, Q
from django.db.models.fields.tuple_lookups import TupleGreaterThan, TupleLessThan

from claims.models.claim import ClaimQuerySet

_TIME = "%Y%m%dT%H%M%S.%f"
_NOTHING_DUE = "none"


@dataclass(frozen=True)
class Key:
    """Where a claim stands in its order; `due_at` is left out where closed claims stand by their id."""

    pk: int
    due_at: datetime | None = None
    by_due: bool = True
    reference: str = ""

    def __str__(self) -> str:
        """The cursor, as an address has it."""
        if not self.by_due:
            return str(self.pk)
        return f"{self.due_at.astimezone(UTC).strftime(_TIME) if self.due_at else _NOTHING_DUE}-{self.pk}"

    @property
    def rank(self) -> tuple[Any, ...]:
        """What keys of one order are compared by: a smaller rank stands before a greater one."""
        if not self.by_due:
            return (-self.pk,)
        return (False, self.due_at, self.pk) if self.due_at else (True, self.pk)


def read_cursor(text: str, *, by_due: bool) -> Key | None:
    """The key that a cursor stands for; None for one that nobody gave out, and for one of the other order."""
    moment, _dash, number = text.partition("-") if by_due else ("", "", text)
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        return None
    if not by_due or moment == _NOTHING_DUE:
        return Key(int(number), None, by_due)
    try:
        return Key(int(number), datetime.strptime(moment, _TIME).replace(tzinfo=UTC))
    except ValueError:
        return None


def in_order(claims: ClaimQuerySet, *, by_due: bool) -> ClaimQuerySet:
    """The claims in their order."""
    return claims.order_by(F("due_at").asc(nulls_last=True), "id") if by_due else claims.order_by("-id")


def keys_of(claims: ClaimQuerySet, most: int, *, by_due: bool) -> list[Key]:
    """The first `most` keys of an ordered queryset."""
    found = claims.values_list("pk", "due_at", "reference")[:most]
    return [Key(pk, due_at, by_due, reference) for pk, due_at, reference in found]


def keys_after(claims: ClaimQuerySet, key: Key, most: int) -> list[Key]:
    """The first `most` keys after `key`, of claims in any order: one query, and one more where the dated ones end."""
    if not key.by_due:
        return keys_of(in_order(claims.filter(pk__lt=key.pk), by_due=False), most, by_due=False)
    undated = claims.filter(due_at__isnull=True)
    if key.due_at is None:
        return keys_of(undated.filter(pk__gt=key.pk).order_by("id"), most, by_due=True)
    dated = claims.filter(TupleGreaterThan(("due_at", "id"), (key.due_at, key.pk)))
    found = keys_of(in_order(dated, by_due=True), most, by_due=True)
    return found + keys_of(undated.order_by("id"), most - len(found), by_due=True) if len(found) < most else found


def key_before(claims: ClaimQuerySet, key: Key) -> Key | None:
    """The key right before `key`, of claims in any order: one query, and one more where no dated one precedes."""
    if not key.by_due:
        return _first(claims.filter(pk__gt=key.pk).order_by("id"), by_due=False)
    undated = Q(due_at__isnull=True)
    if key.due_at is None:
        found = _first(claims.filter(undated, pk__lt=key.pk).order_by("-id"))
        return found or _first(claims.exclude(undated).order_by("-due_at", "-id"))
    dated = claims.filter(TupleLessThan(("due_at", "id"), (key.due_at, key.pk)))
    return _first(dated.order_by("-due_at", "-id"))


def _first(claims: ClaimQuerySet, *, by_due: bool = True) -> Key | None:
    return next(iter(keys_of(claims, 1, by_due=by_due)), None)
