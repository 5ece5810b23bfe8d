"""What scripts add to the wizard; everything else in this folder runs without them."""

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from cpor_portal.accounts.models import Programme
from tests.claims.wizard.driving import Driver, sign_in
from tests.support.factories import make_location, make_product
from tests.support.stories import Side, make_customer, make_draft, make_side

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def side() -> Side:
    return make_side()


@pytest.fixture
def person(side: Side, page: Page, live_server: LiveServer) -> Driver:
    product = make_product("d365_sales", name="Dynamics 365 Sales", aliases=["értékesítés"])
    driver = sign_in(side.person, make_draft(side, make_customer(product), [product]))
    session = driver.client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    return driver


def test_the_other_areas_activities_fold_and_are_not_sent(page: Page, live_server: LiveServer, person: Driver) -> None:
    page.goto(live_server.url + person.url("activity"))
    expect(page.get_by_role("group", name="Activities for Microsoft 365")).to_be_hidden()
    page.get_by_role("checkbox", name="Presales").check()
    page.get_by_role("radio", name="Microsoft 365").check()
    expect(page.get_by_role("checkbox", name="Presales")).to_be_hidden()
    page.get_by_role("checkbox", name="Usage").check()
    page.get_by_role("button", name="Save and go on").click()
    page.wait_for_url("**/edit/mpn/")
    assert (person.claim.solution_area, person.claim.activities) == ("microsoft_365", ["usage"])


def test_typing_an_id_chooses_it_and_a_card_puts_it_aside(
    page: Page, live_server: LiveServer, side: Side, person: Driver
) -> None:
    other = make_location(side.firm, *Programme)
    page.goto(live_server.url + person.url("mpn"))
    page.get_by_role("textbox", name="MPN ID of another location of your firm").fill("7654321")
    expect(page.get_by_role("radio", name="Another MPN ID")).to_be_checked()
    page.get_by_role("radio", name=other.mpn_id).check()
    page.get_by_role("button", name="Save and go on").click()
    page.wait_for_url("**/edit/products/")
    assert person.claim.location == other


def test_the_list_of_products_is_searched_by_other_names_too(
    page: Page, live_server: LiveServer, person: Driver
) -> None:
    for number in range(10):
        make_product(f"d365_many_{number}", name=f"Many {number}")
    claim = person.claim
    claim.lines.all().delete()
    page.goto(live_server.url + person.url("products"))
    page.get_by_role("searchbox", name="Find in the list").fill("ERTEKES")
    expect(page.get_by_role("checkbox")).to_have_count(1)
    page.get_by_role("searchbox", name="Find in the list").fill("nothing of the kind")
    expect(page.get_by_text("Nothing in the list has this name.")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 320])
def test_every_product_can_be_read_where_no_script_runs(
    browser: Browser, live_server: LiveServer, person: Driver, width: int
) -> None:
    for number in range(10):
        make_product(f"d365_many_{number}", name=f"A product with a long name {number}")
    context = browser.new_context(java_script_enabled=False, viewport={"width": width, "height": 900})
    session = person.client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + person.url("products"))
    boxes = [label.bounding_box() for label in page.locator(".product-head label").all()]
    assert len(boxes) == 11
    assert all(box and box["width"] > 150 and box["x"] + box["width"] <= width for box in boxes)
    context.close()
