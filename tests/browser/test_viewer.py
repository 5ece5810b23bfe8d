"""The proof room in a real browser: the keys, what stays without scripts, and the ticks that help each other."""

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from fpdf import FPDF
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from claims.models import Claim, Document, ProofCell
from tests.claims.views.pages import signed_in
from tests.support.factories import make_workload
from tests.support.stories import Side, make_customer, make_draft, make_side

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def _pdf(pages: int) -> bytes:
    pdf = FPDF()
    pdf.set_font("Helvetica", size=20)
    for number in range(1, pages + 1):
        pdf.add_page()
        pdf.cell(text=f"This is page {number}.")
    return bytes(pdf.output())


@pytest.fixture
def side() -> Side:
    return make_side()


@pytest.fixture
def claim(side: Side) -> Claim:
    """A draft of two products with a PDF of three pages."""
    products = [make_workload(), make_workload()]
    claim = make_draft(side, make_customer(*products), products, proof=_pdf(3))
    Document.objects.update(page_count=3)
    return claim


@pytest.fixture
def page(browser: Browser, live_server: LiveServer, side: Side) -> Iterator[Page]:
    """A page of the partner, who is signed in."""
    yield from _page(browser, live_server, side, scripts=True)


@pytest.fixture
def plain_page(browser: Browser, live_server: LiveServer, side: Side) -> Iterator[Page]:
    """The same without scripts."""
    yield from _page(browser, live_server, side, scripts=False)


def _page(browser: Browser, live_server: LiveServer, side: Side, *, scripts: bool) -> Iterator[Page]:
    context = browser.new_context(
        locale="en-GB", base_url=live_server.url, java_script_enabled=scripts, viewport={"width": 1400, "height": 900}
    )
    context.set_default_timeout(10_000)
    session = signed_in(side.person).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    kept_out: list[str] = []
    page.on("console", lambda said: kept_out.append(said.text) if "Content Security Policy" in said.text else None)
    yield page
    context.close()
    assert kept_out == []


def _at(seen: Page, **place: object) -> None:
    """The address names this page, zoom or document."""
    expect(seen).to_have_url(re.compile("".join(rf"(?=.*[?&]{name}={value}\b)" for name, value in place.items())))


def test_pages_and_zoom_obey_the_keys_and_fields_keep_theirs(page: Page, claim: Claim) -> None:
    page.goto(f"/claims/{claim.reference}/proof/")
    sheet = page.locator("[data-sheet]")
    assert sheet.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 1000
    expect(page.locator("[data-thumbnails] img")).to_have_count(3)
    for key, number in (("ArrowRight", 2), ("j", 3), ("k", 2), ("ArrowLeft", 1)):
        page.keyboard.press(key)
        _at(page, page=number)
    page.keyboard.press("ArrowLeft")
    _at(page, page=1)
    page.keyboard.press("+")
    _at(page, zoom=150)
    expect(sheet).to_have_class(re.compile("sheet-150"))
    page.keyboard.press("0")
    expect(page).not_to_have_url(re.compile("zoom"))
    page.keyboard.press("?")
    expect(page.get_by_text("Previous and next document")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("Previous and next document")).to_be_hidden()
    page.focus("[name=dated_on]")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("j")
    _at(page, page=1)


def test_single_keys_can_be_turned_off_in_the_list_of_the_keys(page: Page, claim: Claim) -> None:
    page.goto(f"/claims/{claim.reference}/proof/")
    page.keyboard.press("?")
    page.get_by_label("Single keys work on this device").uncheck()
    page.reload()
    page.locator("#page").focus()
    page.keyboard.press("j")
    page.keyboard.press("ArrowRight")
    expect(page).not_to_have_url(re.compile("page="))
    page.get_by_text("Keys", exact=True).click()
    page.get_by_label("Single keys work on this device").check()
    page.locator("#page").focus()
    page.keyboard.press("j")
    _at(page, page=2)


def test_all_products_and_single_ones_tick_each_other(page: Page, claim: Claim) -> None:
    page.goto(f"/claims/{claim.reference}/proof/?page=2")
    group = page.locator("[data-group=tied]")
    group.locator("[name=columns]").check()
    group.locator("summary").click()
    boxes = group.locator("[name=cells]")
    expect(boxes.nth(0)).to_be_checked()
    boxes.nth(1).uncheck()
    assert group.locator("[name=columns]").evaluate("box => box.indeterminate && !box.checked")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved: the matrix says what this page shows.")).to_be_visible()
    assert list(ProofCell.objects.filter(column="tied").values_list("page", flat=True)) == [2]


def test_a_page_that_cannot_be_drawn_is_replaced_by_words(page: Page, claim: Claim) -> None:
    page.route("**/pages/1/", lambda route: route.fulfill(status=404))
    page.goto(f"/claims/{claim.reference}/proof/")
    expect(page.get_by_text("No picture could be drawn of this page.")).to_be_visible()
    expect(page.locator("[data-sheet]")).to_be_hidden()


def test_without_scripts_links_do_it_all(plain_page: Page, claim: Claim) -> None:
    plain_page.goto(f"/claims/{claim.reference}/proof/")
    expect(plain_page.locator("noscript img").or_(plain_page.locator("[data-thumbnail] img"))).to_have_count(3)
    plain_page.get_by_role("link", name="Next page").click()
    _at(plain_page, page=2)
    plain_page.get_by_role("link", name="Larger").click()
    _at(plain_page, page=2, zoom=150)
    expect(plain_page.get_by_text("Keys", exact=True)).to_be_hidden()
    plain_page.locator("[name=columns][value=acknowledged]").check()
    plain_page.get_by_role("button", name="Save").click()
    _at(plain_page, page=2, zoom=150)
    assert ProofCell.objects.filter(column="acknowledged", page=2).count() == 2
