"""Tenant IDs and domains in running text (domain.md, "Identities").

`cpor_portal.directory.identifiers` reads what was typed into one field; here an id stands anywhere among other words.
"""

import re
from collections.abc import Iterator, Sequence
from uuid import UUID

from claims.proof.found import Facts, Found
from claims.proof.texts import Page, Plain, alternatives, behind_none
from claims.proof.words import Element, Verdict
from cpor_portal.directory.domain_names import display_form

# Hyphens may be gone or doubled, and a line may end anywhere inside.
_GAP = r"[-\s]{0,4}"
_GUID = re.compile(
    r"[0-9a-f](?<![0-9a-z].)[0-9a-f]{7}-?\n?-?[0-9a-f]{4}-?\n?-?[0-9a-f]{4}-?\n?-?[0-9a-f]{4}-?\n?-?[0-9a-f]{12}(?![0-9a-z])"
)
# English, then Hungarian. What a GUID is called right before it.
_TENANT = alternatives(
    """tenant, tenantid, tenant_id, tid, directory id, directory (tenant) id, customer id, organization id,
    organisation id, bérlő, bérlőazonosító, bérlői azonosító, címtár, címtárazonosító, címtár azonosító"""
)
_NOT_TENANT = alternatives(
    """subscription, order, object id, application, app id, client id, sku, product id, invoice, user id, group id,
    correlation, request id, session, environment, offer, resource, device, agreement, commerce, envelope, document id,
    partner tenant, partner's tenant, our tenant, our own tenant, signature id, transaction,
    előfizetés, rendelés, megrendelés, objektum, alkalmazás, ügyfélalkalmazás, számla, környezet, eszköz, szerződés,
    partner bérlő, partner bérlője, saját bérlő, saját bérlőnk, boríték, tranzakció"""
)
_NAMED = re.compile(rf"(?P<other>\b(?:{_NOT_TENANT}))|(?P<tenant>\b(?:{_TENANT}))|(?P<guid>{_GUID.pattern})")
_FARTHEST_LABEL = 200
_SITES = {".onmicrosoft.com": ".sharepoint.com", ".onmicrosoft.us": ".sharepoint.us"}


def tenants_in(pages: Sequence[Page], facts: Facts) -> Iterator[Found]:
    """The claim's tenant ID in any form, and other GUIDs that are called a tenant's."""
    own = re.compile(behind_none("[0-9a-z]", _GAP.join(facts.tenant_id.hex)) + r"(?![0-9a-z])")
    for page in pages:
        view = page.first
        if match := own.search(view.plain):
            yield Found(Element.TENANT, Verdict.HOLDS, page.number, view.quoted(*match.span()))
        if span := _other_tenant(view, facts.tenant_id):
            yield Found(Element.TENANT, Verdict.OTHER, page.number, view.quoted(*span))


def _other_tenant(view: Plain, own: UUID) -> tuple[int, int] | None:
    """Where the first GUID stands that is called a tenant's and is not the claim's."""
    if not _GUID.search(view.plain):
        return None
    for match, label in _labelled_guids(view.plain):
        digits = re.sub(r"[-\n]", "", match[0])
        if label == "tenant" and digits != own.hex and UUID(digits).int:
            return match.span()
    return None


def _labelled_guids(plain: str) -> Iterator[tuple[re.Match[str], str]]:
    """Each GUID with the kind of its label.

    The nearest label before it counts; where as many labels stand in a row as GUIDs after them, a table's head and its
    line, they belong together in their order.
    """
    labels: list[re.Match[str]] = []
    guids: list[re.Match[str]] = []
    for match in _NAMED.finditer(plain):
        if match.lastgroup == "guid":
            guids.append(match)
            continue
        if guids:
            yield from _paired(labels, guids)
            labels, guids = [], []
        if labels and match.start() - labels[-1].end() > _FARTHEST_LABEL:
            labels = []
        labels.append(match)
    yield from _paired(labels, guids)


def _paired(labels: list[re.Match[str]], guids: list[re.Match[str]]) -> Iterator[tuple[re.Match[str], str]]:
    in_order = 1 < len(labels) == len(guids)
    for index, guid in enumerate(guids):
        near = labels[index : index + 1] if in_order else labels[-1:] if index == 0 else []
        if near and guid.start() - near[0].end() <= _FARTHEST_LABEL:
            yield guid, str(near[0].lastgroup)


def domains_in(pages: Sequence[Page], facts: Facts) -> Iterator[Found]:
    """One of the tenant's domains: alone, in an address, in a URL, as a subdomain; in Unicode or in ASCII."""
    names = {spelling for name in facts.domains for spelling in _spellings(name)}
    if not names:
        return
    each = "|".join(behind_none(r"[\w-]", _over_lines(name)) for name in sorted(names))
    one_of = re.compile(rf"(?:{each})(?![\w-]|\.[a-z0-9])")
    for page in pages:
        if match := one_of.search(page.first.plain):
            yield Found(Element.DOMAIN, Verdict.HOLDS, page.number, page.first.quoted(*match.span()))


def _spellings(name: str) -> set[str]:
    """`name` in ASCII and in Unicode, and the SharePoint site of a tenant's initial domain."""
    lower = name.casefold()
    sites = {lower.removesuffix(end) + site for end, site in _SITES.items() if lower.endswith(end)}
    return {lower, display_form(lower).casefold()} | sites


def _over_lines(name: str) -> str:
    """The pattern of a domain that may be broken behind a dot or a hyphen."""
    folded = alternatives(name)
    return folded.replace(r"\.", r"\.\n?").replace("-", r"-\n?")
