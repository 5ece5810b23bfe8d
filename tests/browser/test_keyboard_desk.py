"""A reviewer's day without a mouse: claims are opened, checked, decided and left by the keyboard alone."""

from collections import Counter
from collections.abc import Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from arbitration.acts.notes import write_note
from arbitration.models import WorkingNote
from claims.models import Claim, Document, ProofCell
from claims.proof.words import CellVerdict, Column
from claims.words import Status
from cpor_portal.accounts.models import User
from cpor_portal.notifications.models import OutboxMail
from tests.claims.views.pages import signed_in
from tests.support.cells import make_filed
from tests.support.factories import make_staff, make_workload
from tests.support.stories import make_customer, make_side, make_submitted, make_under_review

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CLAIMS = 10
LOADS_PER_CLAIM = 4


@pytest.fixture
def reviewer() -> User:
    return make_staff(name="Rita Reviewer")


@pytest.fixture
def page(browser: Browser, live_server: LiveServer, reviewer: User) -> Iterator[Page]:
    """A page of the reviewer, who is signed in; what the Content-Security-Policy keeps out fails the test."""
    context = browser.new_context(locale="en-GB", base_url=live_server.url, viewport={"width": 1400, "height": 900})
    context.set_default_timeout(10_000)
    session = signed_in(reviewer).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    yield page
    context.close()
    assert faults == []


def _press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_a_comment_is_written_read_and_sent_by_the_keyboard_and_can_be_changed(page: Page, reviewer: User) -> None:
    claim = make_under_review(reviewer)
    page.goto(f"/review/{claim.reference}/")
    _press(page, "m")
    page.keyboard.type("Please add the date.")
    # The form that one is in, and not the decision.
    _press(page, "Tab", "Space", "Control+Enter")
    expect(page.get_by_role("heading", name="Read it before it goes out")).to_be_visible()
    expect(page.locator(".letter-text").first).to_contain_text("Please add the date.")
    _press(page, "b")
    expect(page.get_by_label("Comment", exact=True)).to_have_value("Please add the date.")
    page.get_by_label("Comment", exact=True).focus()
    _press(page, "Control+Enter")
    expect(page.get_by_role("heading", name="Read it before it goes out")).to_be_visible()
    assert not claim.comments.filter(author=reviewer).exists()
    _press(page, "Control+Enter")
    expect(page.get_by_text("The comment has been written.")).to_be_visible()
    assert claim.comments.filter(author=reviewer, audience="partner").count() == 1


def _check(page: Page, *, asks: bool) -> None:
    """Look at the pages of the proof and tick there what holds, or the first cell as missing; on to the decision."""
    expect(page.locator("[data-sheet]")).to_be_visible()
    expect(page.get_by_role("button", name="Store the ticks")).to_be_hidden()
    if asks:
        _press(page, "x", "Tab", "Space")
        expect(page.locator("[data-tick] input[name=missing]").first).to_be_checked()
    else:
        _press(page, "v")
        expect(page.locator("[data-tick] input[name=held]").first).to_be_checked()
    # Nobody has to wait for the ticks to be stored.
    _press(page, "d")
    page.wait_for_url(lambda url: url.endswith("#decide"))


def _decide(page: Page, *, asks: bool) -> None:
    """Decide the claim that is open, read the mail and send it; the next one is open after that."""
    expect(page.locator("[data-status=under_review]").first).to_be_visible()
    if asks:
        _press(page, "i")
        expect(page.locator("[data-decide-line] input[value=ask]")).to_be_checked()
        expect(page.locator("[data-decide-line] input[name=cells]").first).to_be_checked()
    else:
        _press(page, "a")
        expect(page.locator("[data-decide-line] input[value=approve]")).to_be_checked()
    _press(page, "Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Read it before it goes out")
    expect(page.locator(".reminders")).to_have_count(0)
    _press(page, "Control+Enter")


def _go_through(page: Page, seen: list[str], looking: str) -> None:
    """The claim that is open now, from its first page to the next claim; `looking` is the key to its proof."""
    page.wait_for_url(lambda url: "/review/C-" in url and "/decide/" not in url and url not in seen)
    seen.append(page.url)
    asks = len(seen) % 2 == 0
    _press(page, looking)
    _check(page, asks=asks)
    _decide(page, asks=asks)


def test_ten_claims_in_a_row_by_keyboard_alone_in_four_page_loads_each(page: Page) -> None:
    """Five from the rows of a filter, five that are taken; the pages of each are looked at, and ticked there."""
    claims = [make_filed(1) for _number in range(CLAIMS)]
    Document.objects.update(page_count=1)
    page.goto("/review/?status=submitted")
    loads: list[str] = []
    page.on("domcontentloaded", lambda loaded: loads.append(loaded.url))
    _press(page, "j", "Enter")
    seen: list[str] = []
    for _number in range(CLAIMS // 2):
        _go_through(page, seen, "l")
    page.wait_for_url(lambda url: "/review/C-" in url and "/decide/" not in url and url not in seen)
    _press(page, "q")
    page.wait_for_url("**/review/?status=submitted")
    _press(page, "t")
    for _number in range(CLAIMS // 2):
        _go_through(page, seen, "o")
    expect(page.get_by_text("No claim waits for a reviewer at the moment.")).to_be_visible()
    for claim in claims:
        own = [url for url in loads if claim.reference in url]
        assert len([url for url in own if "/proof/" in url]) > 0
        # The sixth was seen once more, when the filters led to it before it was taken.
        assert len(own) <= LOADS_PER_CLAIM + (claim.reference in seen[5])
    decided = sorted(Claim.objects.values_list("status", flat=True))
    assert decided == [Status.APPROVED] * 5 + [Status.PARTNER_ACTION_REQUIRED] * 5
    verdicts = Counter(ProofCell.objects.exclude(verdict="").values_list("verdict", flat=True))
    assert verdicts[CellVerdict.REFUSED] == 5
    assert verdicts[CellVerdict.HELD] >= 5 * len(Column)
    assert OutboxMail.objects.filter(kind__in=("approved", "information_requested")).count() == CLAIMS


def test_ctrl_enter_in_a_form_that_goes_nowhere_leaves_what_is_written(page: Page, reviewer: User) -> None:
    claim = make_under_review(reviewer)
    page.goto(f"/review/{claim.reference}/")
    _press(page, "f")
    page.keyboard.type("I know somebody there.")
    _press(page, "Control+Enter", "End")
    page.keyboard.type(" Ask Robin.")
    expect(page.locator("textarea:focus")).to_have_value("I know somebody there. Ask Robin.")
    assert page.url.endswith(f"/review/{claim.reference}/")


def test_whoever_approves_what_is_contested_is_told_why_not(page: Page, reviewer: User) -> None:
    product = make_workload()
    tenant = make_customer(product)
    make_submitted(make_side(), tenant, product)
    claim = make_under_review(reviewer, make_submitted(make_side(), tenant, product))
    page.goto(f"/review/{claim.reference}/")
    _press(page, "a")
    expect(page.locator("[data-why-not]:focus")).to_contain_text("Cannot be approved before arbitration")


def test_the_way_to_the_decision_stays_in_sight_until_one_is_there(page: Page, reviewer: User) -> None:
    claim = make_under_review(reviewer)
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"/review/{claim.reference}/")
    expect(page.locator(".at-hand")).to_have_css("position", "sticky")
    _press(page, "d")
    expect(page.locator(".at-hand")).to_have_css("position", "static")


def test_keys_never_act_in_fields_are_listed_and_can_be_turned_off(page: Page, reviewer: User) -> None:
    claim = make_under_review(reviewer)
    page.goto(f"/review/{claim.reference}/")
    _press(page, "w")
    note = page.locator("[name=body]").first
    expect(note).to_be_focused()
    page.keyboard.type("a?q")
    expect(note).to_have_value("a?q")
    expect(page.locator("[data-note-state]")).to_contain_text("Saved,")
    note.blur()
    _press(page, "?")
    keys = page.locator("[data-keys-list]")
    expect(keys).to_be_visible()
    expect(keys.get_by_text("Approve", exact=True)).to_be_visible()
    expect(keys.get_by_text("Take the next claim")).to_be_hidden()
    page.get_by_label("Single keys work on this device").uncheck()
    _press(page, "Escape", "a", "?")
    expect(keys).to_be_hidden()
    assert page.locator("input[value=approve]:checked").count() == 0
    page.reload()
    _press(page, "a")
    assert page.locator("input[value=approve]:checked").count() == 0
    page.get_by_role("button", name="Keys").click()
    page.get_by_label("Single keys work on this device").check()
    _press(page, "Escape", "a")
    expect(page.locator("input[value=approve]").first).to_be_checked()


def test_a_note_that_was_written_elsewhere_meanwhile_stands_beside_what_is_typed(page: Page, reviewer: User) -> None:
    claim = make_under_review(reviewer)
    page.goto(f"/review/{claim.reference}/")
    write_note(reference=claim.reference, by=reviewer, body="From the other machine.")
    _press(page, "w")
    page.keyboard.type("From here.")
    expect(page.locator("[data-note-other]")).to_have_text("From the other machine.")
    assert WorkingNote.objects.get().body == "From the other machine."
    page.get_by_role("button", name="Save what I have written here").click()
    expect(page.locator("[data-note-state]")).to_contain_text("Saved,")
    assert WorkingNote.objects.get().body == "From here."


def test_a_colleague_who_looks_and_a_change_are_told_while_the_page_stands_open(
    page: Page, browser: Browser, live_server: LiveServer, reviewer: User
) -> None:
    robin = make_staff(name="Robin Reviewer")
    claim = make_submitted()
    other = browser.new_context(base_url=live_server.url)
    session = signed_in(robin).cookies[settings.SESSION_COOKIE_NAME].value
    other.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    theirs = other.new_page()
    with theirs.expect_response(lambda answer: answer.url.endswith("/presence/")):
        theirs.goto(f"/review/{claim.reference}/")
    page.goto(f"/review/{claim.reference}/")
    expect(page.get_by_text("Robin Reviewer")).to_be_visible()
    expect(page.locator("[data-moved-on]")).to_be_hidden()
    # Written anew, the same names would be read out again every twenty seconds.
    page.evaluate("window.said = document.querySelector('[data-people]').firstChild")
    with page.expect_response(lambda answer: answer.url.endswith("/presence/")):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert page.evaluate("window.said === document.querySelector('[data-people]').firstChild")
    with theirs.expect_navigation():
        theirs.keyboard.press("s")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("[data-moved-on]")).to_be_visible()
    other.close()
