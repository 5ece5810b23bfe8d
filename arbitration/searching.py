"""The queue's search box: an exact key first, in any spelling that people paste; else the beginning of a name."""

import re
from contextlib import suppress

from django.db.models import Q

from claims.models import ClaimLine
from claims.models.claim import REFERENCE_LETTERS, ClaimQuerySet
from cpor_portal.accounts.models import MpnLocation, PartnerFirm
from cpor_portal.directory.identifiers import (
    Malformed,
    read_domain,
    read_mpn_id,
    read_subscription_id,
    read_tenant_id,
)

_REFERENCE = re.compile(rf"(?:C[\s-]*)?([{REFERENCE_LETTERS}]{{8}})")


def search(claims: ClaimQuerySet, text: str) -> ClaimQuerySet:
    """The claims that `text` names: a reference, tenant ID, subscription ID, MPN ID or domain.

    Where it names none of these, those whose customer or firm begins with it, in any case. One query more at
    the most, whatever is found.
    """
    key = exact_key(text)
    if key is not None:
        exact = claims.filter(key)
        if exact.exists():
            return exact
    return claims.filter(_beginning(text.strip()))


def names_one(claims: ClaimQuerySet, text: str) -> bool:
    """Whether `text` is the reference of one of `claims`. Asks only where it has the form of one."""
    key = _reference(text)
    return key is not None and claims.filter(key).exists()


def exact_key(text: str) -> Q | None:
    """The condition on a claim for the one key that `text` can be read as; None when it is no key."""
    return _reference(text) or _guid(text) or _mpn(text) or _domain(text)


def _reference(text: str) -> Q | None:
    match = _REFERENCE.fullmatch(text.strip().upper())
    return Q(reference=f"C-{match[1]}") if match else None


def _guid(text: str) -> Q | None:
    """A tenant's or a subscription's: a bare GUID does not tell which, so both are looked at."""
    found = Q()
    with suppress(Malformed):
        found |= Q(tenant_id=read_tenant_id(text))
    try:
        subscription_id = read_subscription_id(text)
    except Malformed:
        return found or None
    lines = ClaimLine.objects.filter(target__subscription_id=subscription_id)
    return found | Q(pk__in=lines.values("claim"))


def _mpn(text: str) -> Q | None:
    """A location's number, or the global one that names the whole firm."""
    try:
        mpn_id = read_mpn_id(text)
    except Malformed:
        return None
    locations = MpnLocation.objects.filter(mpn_id=mpn_id).values("pk")
    return Q(location__in=locations) | Q(firm__in=PartnerFirm.objects.filter(global_id=mpn_id).values("pk"))


def _domain(text: str) -> Q | None:
    """Any bare word could be the part before .onmicrosoft.com; it is a key only where it looks like a domain."""
    if not re.search(r"[.@/]", text):
        return None
    try:
        return Q(domain=read_domain(text).name)
    except Malformed:
        return None


def _beginning(text: str) -> Q:
    firms = PartnerFirm.objects.filter(name__istartswith=text).values("pk")
    found = Q(customer_display_name__istartswith=text) | Q(firm__in=firms)
    try:
        return found | Q(domain=read_domain(text).name)
    except Malformed:
        return found
