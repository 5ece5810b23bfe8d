"""The curated catalogue file keeps the rules of docs/catalogue.md; no database is needed."""

import json
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
CATALOGUE = ROOT / "cpor_portal" / "directory" / "data" / "catalogue.json"
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

# domain.md, "Products and subscriptions": every name there, with its stable code.
WORKLOADS = {
    "exchange": "Exchange",
    "sharepoint": "SharePoint",
    "teams": "Teams",
    "teams_phone": "Teams Phone",
    "teams_meetings": "Teams Meetings",
    "microsoft_365_apps": "Microsoft 365 Apps",
    "intune": "Intune",
    "entra_id_p1": "Entra ID P1",
    "entra_id_p2": "Entra ID P2",
    "information_protection": "Information Protection",
    "defender_for_endpoint": "Defender for Endpoint",
    "defender_for_identity": "Defender for Identity",
    "defender_for_office_365": "Defender for Office 365",
    "defender_for_cloud_apps": "Defender for Cloud Apps",
    "viva_engage": "Viva Engage",
}
SUBSCRIPTION_PRODUCTS = {
    "d365_sales": "Dynamics 365 Sales",
    "d365_customer_service": "Dynamics 365 Customer Service",
    "d365_field_service": "Dynamics 365 Field Service",
    "d365_customer_insights": "Dynamics 365 Customer Insights",
    "d365_marketing": "Dynamics 365 Marketing",
    "d365_finance": "Dynamics 365 Finance",
    "d365_supply_chain_management": "Dynamics 365 Supply Chain Management",
    "d365_commerce": "Dynamics 365 Commerce",
    "d365_project_operations": "Dynamics 365 Project Operations",
    "d365_human_resources": "Dynamics 365 Human Resources",
    "d365_business_central": "Dynamics 365 Business Central",
    "d365_customer_voice": "Dynamics 365 Customer Voice",
    "d365_guides": "Dynamics 365 Guides",
    "d365_remote_assist": "Dynamics 365 Remote Assist",
    "power_apps": "Power Apps",
    "power_automate": "Power Automate",
}

NOT_CLAIMABLE_NAME = re.compile(r"trial|viral|free|sandbox|exploratory|preview|developer|_test|_dev$", re.I)
# SKUs whose plans look like the real thing, though nobody bought the product with them.
NOT_CLAIMABLE_SKUS = {
    "29a2f828-8f39-4837-b8ff-c957e86abe3c": "Teams Commercial Cloud trial",
    "710779e8-3d4a-4c88-adb9-386c958d1fdf": "Teams Exploratory",
    "e0dfc8b9-9531-4ec8-94b4-9fec23b05fc8": "Teams Exploratory (department)",
    "74fbf1bb-47c6-4796-9623-77dc7371723b": "Teams trial",
    "16ddbbfc-09ea-4de2-b1d7-312db6112d70": "Teams (free)",
    "189a915c-fe4f-4ffa-bde4-85b9628d07a0": "Office 365 E3 Developer",
    "c42b9cae-ea4f-4ab7-9717-81576235ccac": "Microsoft 365 E5 Developer",
    "94a6fbd4-6a2f-4990-b356-dc7dd8bed08a": "Customer Service Enterprise admin trial",
    "494721b8-1f30-4315-aba6-70ca169358d9": "partner sandbox",
    "bf666882-9c9b-4b2e-aa2f-4789b0a52ba2": "Power Apps baseline access",
    "87bbbc60-4754-4998-8c88-227dca264858": "Power Apps and Logic Flows (free)",
    "dcb1a3ae-b33f-4487-846a-a640262fadf4": "Power Apps Plan 2 trial",
    "f30db892-07e9-47e9-837c-80727f46fd3d": "Power Automate free",
    "6a4a1628-9b9a-424d-bed5-4118f0ede3fd": "Business Central for IWs",
    "bc946dac-7877-4271-b2f7-99d2db13cd2c": "Customer Voice trial",
    "7ac9fe77-66b7-4e5e-9e46-10eed1cff547": "Dynamics 365 Team Members",
    "8e7a3d30-d97d-43ab-837c-d7701cef83dc": "Team Members, Enterprise Edition",
}
PLANS_THAT_PROVE_NOTHING = re.compile(
    r"EXCHANGE_S_FOUNDATION|EXCHANGE_S_ARCHIVE|SHAREPOINTWAC|INTUNE_O365|RMS_S_(ENTERPRISE|BASIC)|ADALLOM_S_(O365|DISCOVERY)"
    r"|(POWERAPPS|FLOW)_(O365|DYN)_|DYN365_CDS_|Flow_Per_APP|Flow_PowerApps|VIRAL|TRIAL"
)


def _products() -> list[dict[str, Any]]:
    content = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    assert set(content) == {"products"}
    rows: list[dict[str, Any]] = content["products"]
    return rows


PRODUCTS = _products()
BY_CODE = {row["code"]: row for row in PRODUCTS}
every_product = pytest.mark.parametrize("row", PRODUCTS, ids=[row["code"] for row in PRODUCTS])


def _skus_of_area(area: str) -> set[str]:
    return {sku for row in PRODUCTS if row["solution_area"] == area for sku in row["sku_ids"]}


def _repeated(values: list[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


def test_every_product_of_the_domain_is_there_exactly_once() -> None:
    names = [(row["code"], row["name"]) for row in PRODUCTS]

    assert sorted(names) == sorted((WORKLOADS | SUBSCRIPTION_PRODUCTS).items())


@every_product
def test_area_and_kind_follow_from_how_the_product_is_claimed(row: dict[str, Any]) -> None:
    expected = ("microsoft_365", "workload") if row["code"] in WORKLOADS else ("business_applications", "subscription")

    assert (row["solution_area"], row["kind"]) == expected


@every_product
def test_a_row_has_all_its_fields_and_no_others(row: dict[str, Any]) -> None:
    assert set(row) == {
        "code", "name", "solution_area", "kind", "sku_ids", "sku_part_numbers", "service_plans", "aliases",
        "valid_from", "valid_to", "source",
    }  # fmt: skip


@every_product
def test_sku_ids_are_lower_case_guids_and_none_repeats(row: dict[str, Any]) -> None:
    assert row["sku_ids"]
    assert [sku for sku in row["sku_ids"] if not GUID.fullmatch(sku)] == []
    assert _repeated(row["sku_ids"]) == []


@every_product
def test_part_numbers_stand_beside_their_sku_ids(row: dict[str, Any]) -> None:
    assert len(row["sku_part_numbers"]) == len(row["sku_ids"])
    assert _repeated(row["sku_part_numbers"]) == []
    assert all(part == part.strip() and "\u00a0" not in part for part in row["sku_part_numbers"])


def test_a_sku_id_has_the_same_part_number_everywhere() -> None:
    pairs = {pair for row in PRODUCTS for pair in zip(row["sku_ids"], row["sku_part_numbers"], strict=True)}

    assert _repeated([sku for sku, _ in pairs]) == []
    assert _repeated([part for _, part in pairs]) == []


@every_product
def test_a_row_names_the_plans_that_prove_it_and_no_plan_that_proves_nothing(row: dict[str, Any]) -> None:
    assert row["service_plans"]
    assert _repeated(row["service_plans"]) == []
    assert [plan for plan in row["service_plans"] if PLANS_THAT_PROVE_NOTHING.match(plan)] == []


@every_product
def test_no_trial_free_test_or_developer_sku_is_mapped(row: dict[str, Any]) -> None:
    assert [part for part in row["sku_part_numbers"] if NOT_CLAIMABLE_NAME.search(part)] == []
    assert sorted(set(row["sku_ids"]) & set(NOT_CLAIMABLE_SKUS)) == []


def test_no_plan_proves_products_of_both_areas() -> None:
    plans = {
        area: {plan for row in PRODUCTS if row["solution_area"] == area for plan in row["service_plans"]}
        for area in ("microsoft_365", "business_applications")
    }

    assert plans["microsoft_365"] & plans["business_applications"] == set()


def test_business_applications_share_no_sku_with_a_microsoft_365_suite() -> None:
    assert _skus_of_area("business_applications") & _skus_of_area("microsoft_365") == set()


@every_product
def test_a_row_names_its_source_or_says_that_it_is_open(row: dict[str, Any]) -> None:
    source = row["source"]

    assert set(source) == {"title", "address", "retrieved", "note"}
    assert source["title"]
    assert source["address"].startswith("https://learn.microsoft.com/")
    assert date.fromisoformat(source["retrieved"]) >= date(2026, 11, 22)  # the day of the first edition
    assert "copy" in source["note"] or "open" in source["note"]


@every_product
def test_validity_dates_are_dates_in_order(row: dict[str, Any]) -> None:
    first = date.fromisoformat(row["valid_from"]) if row["valid_from"] else date.min
    last = date.fromisoformat(row["valid_to"]) if row["valid_to"] else date.max

    assert first <= last


@every_product
def test_aliases_are_other_names_and_none_repeats(row: dict[str, Any]) -> None:
    assert row["name"] not in row["aliases"]
    assert _repeated([alias.casefold() for alias in row["aliases"]]) == []


@pytest.mark.parametrize(
    ("suite", "carried", "not_carried"),
    [
        ("SPE_E5", set(WORKLOADS), set()),
        (
            "SPE_E3",
            {"exchange", "teams", "intune", "entra_id_p1"},
            {"entra_id_p2", "teams_phone", "defender_for_identity"},
        ),
        (
            "SPB",
            {"exchange", "sharepoint", "intune", "defender_for_office_365"},
            {"teams_phone", "entra_id_p2"},
        ),
        ("SPE_F1", {"exchange", "sharepoint", "teams", "intune"}, {"microsoft_365_apps", "teams_phone"}),
        (
            "STANDARDPACK",
            {"exchange", "sharepoint", "teams"},
            {"microsoft_365_apps", "intune", "entra_id_p1"},
        ),
        ("EMS", {"intune", "entra_id_p1", "information_protection"}, {"exchange", "entra_id_p2"}),
        ("O365_w/o_Teams_Bundle_M5", {"exchange", "teams_phone"}, {"teams"}),
    ],
)
def test_a_suite_stands_in_the_workloads_that_it_carries(suite: str, carried: set[str], not_carried: set[str]) -> None:
    found = {row["code"] for row in PRODUCTS if suite in row["sku_part_numbers"]}

    assert carried <= found
    assert found & (not_carried | set(SUBSCRIPTION_PRODUCTS)) == set()


def test_a_shared_plan_names_every_application_that_it_brings() -> None:
    sales_and_service = "8edc2cf8-6438-4fa9-b6e3-aa1660c640cc"

    assert {row["code"] for row in PRODUCTS if sales_and_service in row["sku_ids"]} == {
        "d365_sales",
        "d365_customer_service",
    }


def test_marketing_and_customer_insights_stay_two_products() -> None:
    marketing, insights = BY_CODE["d365_marketing"], BY_CODE["d365_customer_insights"]

    assert set(marketing["sku_ids"]) & set(insights["sku_ids"]) == set()
    assert "Customer Insights - Journeys" in marketing["aliases"]
    assert "Customer Insights - Journeys" in insights["aliases"]


@every_product
def test_the_page_about_the_catalogue_shows_the_row_as_it_is(row: dict[str, Any]) -> None:
    page = (ROOT / "docs" / "catalogue.md").read_text(encoding="utf-8")
    lines = [line for line in page.splitlines() if line.startswith(f"| `{row['code']}` |")]

    assert len(lines) == 1
    assert lines[0].endswith(f"| {len(row['sku_ids'])} |")
    assert f"`{row['service_plans'][0]}`" in lines[0]
