"""The products step: silent matching, every refusal at its product, and arbitration told beforehand."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from claims.words import Outcome
from cpor_portal.directory.local import LocalDirectory
from cpor_portal.directory.models import Channel, Product, Tenant
from cpor_portal.directory.source import DirectoryUnreachable
from tests.claims.wizard.driving import Driver, codes, sign_in, text_of
from tests.support.claims import make_filed_line
from tests.support.factories import make_firm, make_product, make_subscription, make_workload
from tests.support.stories import Side, make_customer, make_draft, make_side

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_too]


@pytest.fixture
def side() -> Side:
    return make_side()


@pytest.fixture
def sales() -> Product:
    return make_product("d365_sales", name="Dynamics 365 Sales")


@pytest.fixture
def tenant(sales: Product) -> Tenant:
    return make_customer(sales)


@pytest.fixture
def person(side: Side, tenant: Tenant, sales: Product) -> Driver:
    claim = make_draft(side, tenant, [sales])
    claim.lines.all().delete()
    return sign_in(side.person, claim)


def test_the_single_eligible_subscription_is_matched_silently(person: Driver, tenant: Tenant, sales: Product) -> None:
    response = person.save("products", {"products": ["d365_sales"]})
    assert response.status_code == 302
    assert response.headers["Location"] == person.url("contacts")
    line = person.claim.lines.get()
    subscription_id = tenant.subscriptions.get().subscription_id
    assert line.subscription_id == subscription_id
    for step in ("products", "check"):
        assert str(subscription_id) not in person.open(step).content.decode()


def test_of_several_subscriptions_the_partner_names_one(person: Driver, tenant: Tenant, sales: Product) -> None:
    second = make_subscription(tenant, sales)
    asked = person.save("products", {"products": ["d365_sales"]})
    assert asked.status_code == 422
    assert codes(asked) == {"subscription_required"}
    assert str(second.subscription_id) not in asked.content.decode()
    named = {"products": ["d365_sales"], "subscription_d365_sales": str(second.commerce_subscription_id).upper()}
    assert person.save("products", named).status_code == 302
    assert person.claim.lines.get().subscription_id == second.subscription_id
    assert named["subscription_d365_sales"] in person.open("products").content.decode()


def test_all_refusals_stand_at_once_each_at_its_product_and_the_ticks_stay(
    person: Driver, tenant: Tenant, sales: Product
) -> None:
    field = make_product("d365_field_service", name="Dynamics 365 Field Service")
    make_subscription(tenant, field, channel=Channel.CSP)
    voice = make_product("d365_customer_voice", name="Dynamics 365 Customer Voice")
    make_subscription(tenant, voice, is_trial=True)
    guides = make_product("d365_guides", name="Dynamics 365 Guides")
    chosen = [sales.code, field.code, voice.code, guides.code]
    response = person.save("products", {"products": chosen, "subscription_d365_sales": "<an order>"})
    page = response.content.decode()
    assert response.status_code == 422
    assert codes(response) == {"not_a_subscription_id", "csp", "trial", "product_not_on_tenant"}
    for code in chosen:
        box = page[page.index(f'value="{code}"') :]
        assert "checked" in box[: box.index(">")]
    assert f'value="{escape("<an order>")}"' in page
    card = page[page.index(f'value="{field.code}"') :]
    assert 'data-code="csp"' in card[: card.index("</li>\n      \n") if "</li>\n      \n" in card else len(card)]
    assert not person.claim.lines.exists()


def test_the_summary_leads_to_the_card_of_the_product(person: Driver, tenant: Tenant) -> None:
    make_product("d365_aardvark", name="Aardvark")
    page = person.save("products", {"products": ["d365_aardvark"]}).content.decode()
    card = page[: page.index('value="d365_aardvark"') + 60]
    number = page[page.index('value="d365_aardvark"') :].split('id="')[1].split('"')[0]
    assert f'href="#{number}"' in card


@pytest.mark.parametrize(
    ("chosen", "code"),
    [([], "products_required"), (["beam"], "product_unknown"), (["teams"], "product_wrong_area")],
)
def test_what_is_not_on_the_list_is_refused(person: Driver, chosen: list[str], code: str) -> None:
    make_workload("teams")
    response = person.save("products", {"products": chosen})
    assert response.status_code == 422
    assert codes(response) == {code}


def test_a_product_that_is_no_longer_sold_is_not_on_the_list(person: Driver) -> None:
    make_product("d365_old", name="Dynamics 365 Retired", valid_to=date(2020, 1, 1))
    assert "Retired" not in text_of(person.open("products"))


def test_what_another_firm_claims_goes_to_arbitration_and_nobody_is_named(
    person: Driver, tenant: Tenant, sales: Product
) -> None:
    rival = make_firm("Rival Kft.")
    taken = tenant.subscriptions.get().subscription_id
    make_filed_line(rival, tenant, sales, taken, Outcome.ASSOCIATED)
    response = person.client.post(person.url("products"), {"products": ["d365_sales"]}, follow=True)
    assert response.redirect_chain[-1][0] == person.url("contacts")
    assert "it will go to arbitration" in text_of(response)
    for step in ("products", "check"):
        page = person.open(step)
        assert 'data-notice="contested"' in page.content.decode()
        assert rival.name not in text_of(page)


def test_beside_a_refusal_the_contested_product_is_told_too(person: Driver, tenant: Tenant, sales: Product) -> None:
    make_filed_line(make_firm(), tenant, sales, tenant.subscriptions.get().subscription_id)
    make_product("d365_guides")
    response = person.save("products", {"products": ["d365_sales", "d365_guides"]})
    assert response.status_code == 422
    assert codes(response) == {"product_not_on_tenant"}
    assert 'data-notice="contested"' in response.content.decode()


def test_what_the_own_firm_claims_already_is_refused_with_a_link(
    side: Side, person: Driver, tenant: Tenant, sales: Product
) -> None:
    line = make_filed_line(side.firm, tenant, sales, tenant.subscriptions.get().subscription_id)
    response = person.save("products", {"products": ["d365_sales"]})
    assert codes(response) == {"already_claimed"}
    assert f"/claims/{line.claim.reference}/" in response.content.decode()


def test_a_silent_directory_is_said_and_the_choice_stays(person: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*_args: object) -> None:
        raise DirectoryUnreachable

    monkeypatch.setattr(LocalDirectory, "subscriptions_of", silent)
    response = person.save("products", {"products": ["d365_sales"], "subscription_d365_sales": str(uuid4())})
    assert response.status_code == 422
    assert codes(response) == {"directory_unreachable"}
    page = response.content.decode()
    box = page[page.index('value="d365_sales"') :]
    assert "checked" in box[: box.index(">")]


def test_the_list_of_products_takes_the_same_number_of_queries_whatever_its_length(person: Driver) -> None:
    person.open("products")
    with CaptureQueriesContext(connection) as one:
        person.open("products")
    for number in range(30):
        make_product(f"d365_many_{number}")
    with CaptureQueriesContext(connection) as thirty:
        person.open("products")
    assert len(thirty) == len(one)
