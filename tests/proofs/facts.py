"""The claims that the papers of the corpus are meant to prove. All filed on 20 November 2026."""

import json
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from uuid import UUID

from django.conf import settings

from claims.proof.checker import Facts, ProductNames

SUBMITTED_ON = date(2026, 11, 20)

CLAIMS = {
    "contoso": Facts(
        customer="Contoso Ltd",
        domains=("contoso.com", "contoso.onmicrosoft.com"),
        tenant_id=UUID("7d3f1c52-9a04-4e6b-8c1d-2f5e60b7a913"),
        partner="Adventure Works Cloud Ltd",
        products=(),
        submitted_on=SUBMITTED_ON,
        public_sector=False,
    ),
    "malom": Facts(
        customer="Alföldi Malomipari Zrt.",
        domains=("alfoldimalom.hu", "alfoldimalom.onmicrosoft.com"),
        tenant_id=UUID("c0a81e4d-6b27-4f93-a5d8-91e3047bc26f"),
        partner="Tisza Felhő Kft.",
        products=(),
        submitted_on=SUBMITTED_ON,
        public_sector=False,
    ),
    "school": Facts(
        customer="Lake County School District",
        domains=("lakecountyschools.us", "lakecountysd.onmicrosoft.com"),
        tenant_id=UUID("58b2e9f0-13c7-47da-b6e4-0ad95c7f8e31"),
        partner="Northwind Cloud Services, Inc.",
        products=(),
        submitted_on=SUBMITTED_ON,
        public_sector=True,
    ),
    "importers": Facts(
        customer="Wide World Importers B.V.",
        domains=("wideworldimporters.nl", "wwimporters.onmicrosoft.com"),
        tenant_id=UUID("e4917a3b-c85d-4206-9f1e-7b60d2a3584c"),
        partner="Trey Research Limited",
        products=(),
        submitted_on=SUBMITTED_ON,
        public_sector=False,
    ),
}


@cache
def catalogue() -> dict[str, ProductNames]:
    """Every product of the portal's own catalogue with all its names."""
    path = Path(settings.BASE_DIR) / "cpor_portal/directory/data/catalogue.json"
    products = json.loads(path.read_text())["products"]
    return {known["code"]: ProductNames(known["code"], (known["name"], *known["aliases"])) for known in products}


def claim_of(name: str, products: str) -> Facts:
    """The claim of that name for these products, their codes parted by blanks."""
    return replace(CLAIMS[name], products=tuple(catalogue()[code] for code in products.split()))
