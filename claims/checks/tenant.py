"""The tenant step: an ID and a domain that belong together (domain.md, "Identities")."""

from dataclasses import dataclass
from uuid import UUID

from claims.refusals import refused
from cpor_portal.directory.identifiers import Domain, Malformed, read_domain, read_tenant_id
from cpor_portal.directory.source import Directory, DirectoryUnreachable, TenantFacts


@dataclass(frozen=True)
class TenantAnswer:
    """What the directory says, with the domain that was checked and both entries as they were typed."""

    facts: TenantFacts
    domain: str
    tenant_entered: str
    domain_entered: str


def check_tenant(tenant_text: str, domain_text: str, source: Directory) -> TenantAnswer:
    """The customer's tenant, once ID and domain agree.

    Raises Refused with the first code that applies: tenant_id_malformed, domain_malformed,
    directory_unreachable, tenant_unknown, domain_unknown, domain_tenant_mismatch. The domain is resolved to
    a tenant ID and the IDs are compared, never names; no text tells whose the domain is.
    """
    tenant_id, domain = _read_tenant_id(tenant_text), _read_domain(domain_text)
    try:
        facts, owner = source.find_tenant(tenant_id), source.tenant_of_domain(domain.name)
    except DirectoryUnreachable as down:
        raise refused("directory_unreachable") from down
    if facts is None:
        raise refused("tenant_unknown", field="tenant_id", tenant_id=tenant_id)
    if owner is None:
        raise refused("domain_unknown", field="domain", domain=domain.display)
    if owner != facts.tenant_id:
        raise refused("domain_tenant_mismatch", field="domain", tenant_id=tenant_id, domain=domain.display)
    return TenantAnswer(facts, domain.name, tenant_text, domain_text)


def _read_tenant_id(text: str) -> UUID:
    try:
        return read_tenant_id(text)
    except Malformed as malformed:
        raise refused("tenant_id_malformed", field="tenant_id", variant=_variant(text, malformed)) from malformed


def _read_domain(text: str) -> Domain:
    try:
        return read_domain(text)
    except Malformed as malformed:
        raise refused("domain_malformed", field="domain", variant=_variant(text, malformed)) from malformed


def _variant(text: str, malformed: Malformed) -> str:
    return malformed.looks_like if text.strip() else "missing"
