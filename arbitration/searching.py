"""The queue's search box: every key that a text can be read as, in any spelling that people paste, and the beginning
of a name.

A text is looked up by each of them at once, each by an index of its own, and what they find is put together before the
claims are looked at: neither a scan nor a walk through a whole order, however few there are.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from claims.models import Claim, ClaimLine
from claims.models.claim import REFERENCE_LETTERS, ClaimQuerySet
from cpor_portal.directory.identifiers import (
    Malformed,
    read_domain,
    read_mpn_id,
    read_subscription_id,
    read_tenant_id,
)
from cpor_portal.directory.models import Subscription, TenantDomain

_REFERENCE = re.compile(rf"(?:C[\s-]*)?([{REFERENCE_LETTERS}]{{8}})")
LONGEST_NAME = 200

Found = QuerySet[Any, Any]
"""The ids of claims."""


def search(claims: ClaimQuerySet, text: str) -> ClaimQuerySet:
    """Those of `claims` that `text` names: by reference, tenant ID, domain, subscription ID (either of its two) or MPN
    ID, or by how their customer's or firm's name begins, in any case. Asks nothing by itself.
    """
    first, *others = _ways(text)
    return claims.filter(pk__in=first.union(*others, all=True))


def search_along(claims: ClaimQuerySet, text: str) -> ClaimQuerySet:
    """The same claims, for where a text finds very many: each claim is asked, one after the other in their order."""
    found = Q(pk__in=[])
    for way in _ways(text):
        found |= Q(pk__in=way)
    return claims.filter(found)


def names_one(claims: ClaimQuerySet, text: str) -> bool:
    """Whether `text` is the reference of one of `claims`. Asks only where it has the form of one."""
    reference = reference_in(text)
    return reference is not None and claims.filter(reference=reference).exists()


def reference_in(text: str) -> str | None:
    """The reference that `text` can be read as, in its one spelling."""
    match = _REFERENCE.fullmatch(text.strip().upper())
    return f"C-{match[1]}" if match else None


def _ways(text: str) -> Iterator[Found]:
    """Each way to read the text, as the claims that it finds; at least one."""
    reference = reference_in(text)
    if reference:
        yield _claims(Q(reference=reference))
    with suppress(Malformed):
        yield _claims(Q(tenant_id=read_tenant_id(text)))
    with suppress(Malformed):
        yield from _by_subscription(read_subscription_id(text))
    with suppress(Malformed):
        mpn_id = read_mpn_id(text)
        yield _claims(Q(location__mpn_id=mpn_id))
        yield _claims(Q(firm__global_id=mpn_id))
    with suppress(Malformed):
        yield from _by_domain(read_domain(text).name)
    yield from _by_beginning(text.strip()[:LONGEST_NAME])


def _claims(condition: Q) -> Found:
    return Claim.objects.filter(condition).order_by().values("pk")


def _by_subscription(subscription_id: UUID) -> Iterator[Found]:
    """Claims carry the id; people also have the commerce id, which the directory knows."""
    lines = ClaimLine.objects.order_by()
    yield lines.filter(target__subscription_id=subscription_id).values("claim")
    known = Subscription.objects.filter(commerce_subscription_id=subscription_id).order_by().values("pk")
    yield lines.filter(target__subscription_id__in=known).values("claim")


def _by_domain(name: str) -> Iterator[Found]:
    """The domain that a claim was filed with, and every other one of its tenant (domain.md, "Identities")."""
    yield _claims(Q(domain=name))
    tenants = TenantDomain.objects.filter(name=name).order_by().values("tenant")
    yield _claims(Q(tenant_id__in=tenants))


def _by_beginning(name: str) -> Iterator[Found]:
    yield _claims(Q(customer_display_name__istartswith=name))
    yield _claims(Q(firm__name__istartswith=name))
