"""A customer of a seeded claim: its tenant, domains and subscriptions, and the targets that firms claim of it."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from arbitration.seeding.tables import Sheets
from arbitration.seeding.words import FIRST_NAMES, LAST_NAMES, QUALITIES, THINGS, TRADES
from arbitration.seeding.world import COUNTRIES, SUITE, Ware
from cpor_portal.directory.models import Channel, SubscriptionStatus

SUITE_ID = "06ebc4ee1bb547dd8120" + "11324bc54e06"
CHANNELS = (Channel.VOLUME_LICENSING.value, Channel.WEB_DIRECT.value)
_QUALITY_AND_THING = [(quality, thing) for quality in QUALITIES for thing in THINGS]


@dataclass(slots=True)
class Claimable:
    """A target of the customer: a workload, or one subscription of a product."""

    ware: Ware
    target_id: int
    subscription_id: str | None


@dataclass(slots=True)
class Customer:
    """The tenant as a claim tells of it. UUIDs are 32 hexadecimal digits, which both databases take."""

    tenant_id: str
    name: str
    country: str
    is_public: bool
    domain: str
    contact: str
    claimable: list[Claimable] = field(default_factory=list)


class Register:
    """Makes customers; `first` keeps the names of their domains apart from those of earlier runs."""

    def __init__(self, sheets: Sheets, rng: random.Random, *, is_naive: bool) -> None:
        self._sheets, self._rng = sheets, rng
        self._no: str | int = 0 if is_naive else "f"
        self._yes: str | int = 1 if is_naive else "t"

    def new_id(self) -> str:
        """A random GUID."""
        return f"{self._rng.getrandbits(128):032x}"

    def customer(self, workloads: Sequence[Ware], applications: Sequence[Ware]) -> Customer:
        """A new customer that has these products, each in order to be claimed."""
        rng, sheets = self._rng, self._sheets
        quality, thing = rng.choice(_QUALITY_AND_THING)
        number = sheets.domains.last_id + sheets.domains.step  # the first domain's own
        customer = Customer(
            tenant_id=self.new_id(),
            name=f"{quality} {thing} {rng.choice(TRADES)}",
            country=rng.choice(COUNTRIES),
            is_public=rng.random() < 0.05,
            domain=f"{quality}{thing}{number}.example".lower(),
            contact=f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}",
        )
        is_public = self._yes if customer.is_public else self._no
        sheets.tenants.rows.append((customer.tenant_id, customer.name, customer.country, is_public))
        sheets.domains.add(customer.tenant_id, customer.domain)
        sheets.domains.add(customer.tenant_id, f"{quality}{thing}{number}.onmicrosoft.com".lower())
        self._license_workloads(customer, workloads)
        for ware in applications:
            subscription_id = self._subscribe(customer, ware.sku_id, ware.part_number, (ware,), rng.choice(CHANNELS))
            target_id = sheets.targets.add(customer.tenant_id, ware.id, subscription_id)
            customer.claimable.append(Claimable(ware, target_id, subscription_id))
        return customer

    def _license_workloads(self, customer: Customer, wares: Sequence[Ware]) -> None:
        """One suite for what it carries, a subscription of its own for each of the rest."""
        in_suite = tuple(ware for ware in wares if ware.part_number == SUITE)
        if in_suite:
            self._subscribe(customer, SUITE_ID, SUITE, in_suite, Channel.CSP.value)
        for ware in wares:
            if ware.part_number != SUITE:
                self._subscribe(customer, ware.sku_id, ware.part_number, (ware,), CHANNELS[0])
            target_id = self._sheets.targets.add(customer.tenant_id, ware.id, None)
            customer.claimable.append(Claimable(ware, target_id, None))

    def _subscribe(
        self, customer: Customer, sku_id: str, part_number: str, wares: tuple[Ware, ...], channel: str
    ) -> str:
        subscription_id = self.new_id()
        self._sheets.subscriptions.rows.append(
            (
                subscription_id,
                self.new_id(),
                customer.tenant_id,
                sku_id.replace("-", ""),
                part_number,
                channel,
                SubscriptionStatus.ENABLED.value,
                self._no,
                None,
                None,
                _service_status(wares),
            )
        )
        return subscription_id


@cache
def _service_status(wares: tuple[Ware, ...]) -> str:
    plans = dict.fromkeys(ware.plans[0] for ware in wares)
    return json.dumps([{"service_plan": plan, "provisioning_status": "Success"} for plan in plans])
