"""The directory as the portal asks it: one small protocol, several sources (design.md, "Directory sources").

Sources answer facts. What a fact means for a claim is decided in `claims`, never here.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

SOURCES = {"local": "cpor_portal.directory.local.LocalDirectory"}


class DirectoryUnreachable(Exception):
    """The source did not answer. Never blamed on whoever asked; nothing is concluded from it."""


@dataclass(frozen=True)
class TenantFacts:
    """What the directory says about a tenant. `domains` are lower-case ASCII names."""

    tenant_id: UUID
    display_name: str
    country: str
    public_sector: bool
    domains: tuple[str, ...] = ()


@dataclass(frozen=True)
class SubscriptionFacts:
    """What the directory says about one subscription. `plans` maps a service plan's name to its provisioning status."""

    subscription_id: UUID
    commerce_subscription_id: UUID
    sku_id: UUID
    sku_part_number: str
    channel: str
    status: str
    is_trial: bool
    owner_tenant_id: UUID | None
    next_lifecycle_at: datetime | None
    plans: dict[str, str] = field(default_factory=dict)

    def has_id(self, wanted: UUID) -> bool:
        """Whether `wanted` is either of the subscription's two ids."""
        return wanted in (self.subscription_id, self.commerce_subscription_id)


class Directory(Protocol):
    """Where facts about customers come from. Every method may raise DirectoryUnreachable."""

    def find_tenant(self, tenant_id: UUID) -> TenantFacts | None:
        """The tenant, or None when the directory knows that there is none."""

    def tenant_of_domain(self, domain: str) -> UUID | None:
        """The id of the tenant that owns `domain` (lower-case ASCII), or None when nobody does."""

    def subscriptions_of(self, tenant_id: UUID) -> tuple[SubscriptionFacts, ...]:
        """Every subscription of the tenant, deleted ones included."""


def directory() -> Directory:
    """The source that the setting DIRECTORY names."""
    source: Directory = import_string(SOURCES[settings.DIRECTORY])()
    return source
