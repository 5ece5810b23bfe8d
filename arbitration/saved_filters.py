"""Filters that a reviewer keeps under a name, and how many claims each lets through."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import IntegerField, QuerySet, Subquery
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from arbitration.acts.desks import lock_desk
from arbitration.filtering import Filters, Look, matching
from arbitration.keyset import in_order
from arbitration.models import SavedFilter
from arbitration.permissions import require_role
from claims.models import Claim
from cpor_portal.accounts.models import User
from cpor_portal.faults import Refused

MOST = 12
LONGEST = SavedFilter._meta.get_field("query").max_length or 0
# Up to here it is counted: what is more shows as "99+".
COUNTED = 99


class _Counted(Subquery):
    """How many rows a sliced query has."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def counts(look: Look, kept: Sequence[Filters]) -> list[int]:
    """How many claims each of `kept` lets through now, COUNTED + 1 at the most; one query for all of them.

    Each is read in an order that an index has, so that hardly more is looked at than is counted.
    """
    if not kept:
        return []
    numbers = {f"number_{place}": _Counted(_first(look, filters)) for place, filters in enumerate(kept)}
    return list(User.objects.filter(pk=look.reader.pk).annotate(**numbers).values_list(*numbers).get())


def _first(look: Look, filters: Filters) -> QuerySet[Claim, Any]:
    claims = matching(look, filters)
    # What came last is due last, so it is counted from that end.
    ordered = claims.order_by("-due_at", "-id") if filters.new else in_order(claims, by_due=filters.by_due)
    return ordered.values("pk")[: COUNTED + 1]


@transaction.atomic
def save(*, owner: User, name: str, filters: Filters) -> SavedFilter:
    """Keep filters under a name of one's own, at most MOST of them.

    For reviewers and arbiters (NotAllowed). Raises Refused `name_required`, `filters_required`,
    `filters_too_long`, `name_taken` or `too_many_filters`.
    """
    require_role(owner)
    name = " ".join(name.split())
    if not name:
        raise Refused("name_required", _("Give the filters a name."), field="name")
    if not filters.query:
        raise Refused("filters_required", _("Filter the queue first: there is nothing to keep yet."), field="query")
    if len(filters.query) > LONGEST:
        raise Refused("filters_too_long", _("The search text is too long to be kept. Shorten it."), field="query")
    # Two saves of one person at once, in two windows, go one after the other.
    lock_desk(owner)
    _check_room(owner, name)
    return SavedFilter.objects.create(owner=owner, name=name, query=filters.query)


def _check_room(owner: User, name: str) -> None:
    names = set(owner.saved_filters.values_list("name", flat=True))
    if name in names:
        text = _("You keep filters under this name already. Choose another name, or delete the others first.")
        raise Refused("name_taken", text, field="name")
    if len(names) >= MOST:
        text = _("You keep %(number)d sets of filters, which is as many as there is room for. Delete one first.")
        raise Refused("too_many_filters", text % {"number": MOST}, field="name")


def delete(*, owner: User, filter_id: int) -> str:
    """Let filters of one's own go; their name. Raises Http404 for anybody else's: they do not exist."""
    kept = SavedFilter.objects.filter(owner=owner, pk=filter_id).first()
    if kept is None:
        raise Http404
    kept.delete()
    return kept.name
