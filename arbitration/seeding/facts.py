"""What a seeded claim says about itself: its own columns, and the same as its snapshots keep it."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from arbitration.seeding.customers import Claimable, Customer
from arbitration.seeding.words import ENGAGEMENTS, FIRST_NAMES, LAST_NAMES, TITLES
from arbitration.seeding.world import Firm, Person
from claims.words import Activity
from cpor_portal.directory.models import SolutionArea

ACTIVITIES = ((Activity.USAGE,), (Activity.PRESALES,), (Activity.PRESALES, Activity.USAGE))
REVENUE_SHARE = 0.1


@dataclass(slots=True)
class Facts:
    """The answers of the wizard. A location is its number, its MPN ID and its name."""

    area: str
    activities: list[str]
    location: tuple[int, str, str]
    name: str
    customer_title: str
    technical_name: str
    technical_title: str
    technical_email: str
    partner: Person
    seller: str = ""
    revenue_customer: str = ""
    isv_solution: str = ""


def new_facts(rng: random.Random, customer: Customer, firm: Firm, wanted: Sequence[Claimable]) -> Facts:
    """Answers for a claim of `firm` about these products, every step complete."""
    first, is_m365 = wanted[0].ware, wanted[0].ware.is_workload
    is_revenue = not is_m365 and rng.random() < REVENUE_SHARE
    technical = f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}"
    facts = Facts(
        area=SolutionArea.MICROSOFT_365 if is_m365 else SolutionArea.BUSINESS_APPLICATIONS,
        activities=[Activity.USAGE] if is_m365 else list(rng.choice(ACTIVITIES)),
        location=firm.locations[0] if rng.random() < 0.7 else firm.locations[-1],
        name=rng.choice(ENGAGEMENTS).format(product=first.name),
        customer_title=rng.choice(TITLES),
        technical_name="" if is_m365 else technical,
        technical_title="" if is_m365 else rng.choice(TITLES),
        technical_email="" if is_m365 else _address(technical, customer.domain),
        partner=rng.choice(firm.admins),
    )
    if is_revenue:
        facts.activities = [Activity.REVENUE_ASSOCIATION]
        facts.seller, facts.revenue_customer, facts.isv_solution = technical, customer.name, f"{first.name} add-on"
    return facts


def _address(name: str, domain: str) -> str:
    return f"{name.replace(' ', '.').lower()}@{domain}"


def contacts_of(facts: Facts, customer: Customer) -> dict[str, str]:
    """The columns of the step "contacts", in the order of the table."""
    return {
        "name": facts.name,
        "customer_name": customer.contact,
        "customer_title": facts.customer_title,
        "customer_email": _address(customer.contact, customer.domain),
        "technical_name": facts.technical_name,
        "technical_title": facts.technical_title,
        "technical_email": facts.technical_email,
        "partner_name": facts.partner.name,
        "partner_email": facts.partner.email,
        "seller_name": facts.seller,
        "revenue_customer_name": facts.revenue_customer,
        "isv_solution": facts.isv_solution,
    }


def snapshot_of(facts: Facts, customer: Customer, lines: Sequence[tuple[int, Claimable, str]]) -> str:
    """What `claims.acts.snapshots.facts_of` would keep, as JSON. Seeded claims have no documents and no cells."""
    return json.dumps(
        {
            "tenant_id": hyphenated(customer.tenant_id),
            "public_sector": customer.is_public,
            "activities": facts.activities,
            "mpn_id": facts.location[1],
            "domain": customer.domain,
            "customer_display_name": customer.name,
            "customer_country": customer.country,
            "solution_area": facts.area,
            **contacts_of(facts, customer),
            "lines": [_line(*line) for line in lines],
            "documents": [],
            "cells": [],
        }
    )


def _line(number: int, what: Claimable, outcome: str) -> dict[str, Any]:
    subscription_id = hyphenated(what.subscription_id) if what.subscription_id else None
    return {"line": number, "product": what.ware.code, "subscription_id": subscription_id, "outcome": outcome}


def standing_of(facts: Facts) -> str:
    """What a correction found on the claim, as JSON (`claims.corrections.as_it_stands`)."""
    _number, mpn_id, name = facts.location
    return json.dumps(
        {
            "mpn_id": mpn_id,
            "location": f"{mpn_id} {name}",
            "activities": facts.activities,
            "seller_name": facts.seller,
            "revenue_customer_name": facts.revenue_customer,
            "isv_solution": facts.isv_solution,
        }
    )


def hyphenated(digits: str) -> str:
    """A GUID as it is written."""
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
