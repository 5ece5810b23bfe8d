"""Dropping and choosing documents where scripts run; without them the form of the step does the same."""

from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, Route, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from claims.models import Document
from claims.proof.words import ReadState
from tests.claims.wizard.driving import Driver, sign_in
from tests.support.factories import make_workload
from tests.support.papers import small_pdf
from tests.support.stories import make_customer, make_draft, make_side

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def person(page: Page, live_server: LiveServer) -> Driver:
    side, workload = make_side(), make_workload()
    driver = sign_in(side.person, make_draft(side, make_customer(workload), [workload]))
    Document.objects.update(read_state=ReadState.READ, judged_at=timezone.now())
    session = driver.client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    return driver


def _files(folder: Path, *named: tuple[str, bytes]) -> list[Path]:
    paths = [folder / name for name, _content in named]
    for path, (_name, content) in zip(paths, named, strict=True):
        path.write_bytes(content)
    return paths


def test_chosen_files_are_sent_one_by_one_and_each_that_cannot_be_taken_says_why(
    page: Page, live_server: LiveServer, person: Driver, tmp_path: Path, settings: Settings
) -> None:
    settings.DOCUMENT_MAX_BYTES = 50_000
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.goto(live_server.url + person.url("proof"))
    good, large, wrong, other = ("good.pdf", "large.pdf", "wrong.pdf", "other.pdf")
    files = _files(
        tmp_path, (good, small_pdf("a")), (large, b"0" * 60_000), (wrong, b"GIF89a"), (other, small_pdf("b"))
    )
    page.get_by_label("Add documents").set_input_files(files)
    documents = page.locator("[data-live=documents]")
    expect(documents.get_by_role("link", name=other, exact=True)).to_be_visible()
    expect(documents.get_by_role("link", name=good, exact=True)).to_be_visible()
    uploads = page.locator("[data-uploads]")
    expect(uploads.get_by_text("“large.pdf” was not sent")).to_be_visible()
    expect(uploads.get_by_text("“wrong.pdf” was not added.")).to_be_visible()
    expect(uploads.locator("[data-code=document_type]")).to_be_visible()
    expect(page.get_by_text("There is room for 7 more.")).to_be_visible()
    assert len(sent) == 3
    page.get_by_role("button", name="Dismiss the message about wrong.pdf").click()
    expect(uploads.get_by_text("“wrong.pdf” was not added.")).to_be_hidden()
    every = page.get_by_role("button", name="Dismiss all messages")
    expect(every).to_be_hidden()
    page.get_by_label("Add documents").set_input_files(files[1:3])
    expect(uploads.get_by_text("“wrong.pdf” was not added.")).to_be_visible()
    every.click()
    expect(uploads.get_by_role("listitem")).to_have_count(0)
    expect(every).to_be_hidden()
    page.get_by_role("button", name="Save and go on").click()
    page.wait_for_url("**/edit/check/")
    assert person.claim.documents.count() == 3


DROP = """(zone) => {
  const dropped = new DataTransfer();
  dropped.items.add(new File(["%PDF-1.4 first"], "first.pdf"));
  dropped.items.add(new File(["%PDF-1.4 second"], "second.pdf"));
  zone.dispatchEvent(new DragEvent("drop", { dataTransfer: dropped, bubbles: true, cancelable: true }));
}"""


def test_dropped_files_can_be_cancelled_and_the_button_waits_for_them(
    page: Page, live_server: LiveServer, person: Driver
) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.method == "POST" and not held:
            held.append(route)
        else:
            route.continue_()

    page.goto(live_server.url + person.url("proof"))
    page.route("**/edit/proof/", hold)
    page.locator("[data-drop-zone]").evaluate(DROP)
    uploads = page.locator("[data-uploads]")
    expect(page.get_by_role("progressbar", name="first.pdf")).to_be_visible()
    page.get_by_role("button", name="Save and go on").click()
    expect(page.locator("[data-upload-wait]")).to_be_visible()
    page.get_by_role("button", name="Cancel second.pdf").click()
    expect(uploads.get_by_text("“second.pdf” was not added: you cancelled it.")).to_be_visible()
    page.get_by_role("button", name="Cancel first.pdf").click()
    expect(uploads.get_by_text("“first.pdf” was not added: you cancelled it.")).to_be_visible()
    expect(page.locator("[data-upload-wait]")).to_be_hidden()
    page.get_by_role("button", name="Save and go on").click()
    page.wait_for_url("**/edit/check/")
    assert person.claim.documents.count() == 1


def test_what_the_portal_makes_of_a_document_appears_by_itself(
    page: Page, live_server: LiveServer, person: Driver
) -> None:
    Document.objects.update(read_state=ReadState.WAITING)
    page.clock.install()
    page.goto(live_server.url + person.url("proof"))
    expect(page.get_by_text("Being read…")).to_be_visible()
    Document.objects.update(read_state=ReadState.READ, judged_at=timezone.now(), page_count=3)
    page.clock.run_for(2500)
    expect(page.get_by_text("Read: 3 pages")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="has looked at the documents")).to_have_count(1)
    expect(page.get_by_text("Look again")).to_have_count(0)


def test_the_first_document_takes_with_it_what_the_page_said_without_one(
    page: Page, live_server: LiveServer, person: Driver, tmp_path: Path
) -> None:
    person.claim.documents.all().delete()
    page.goto(live_server.url + person.url("proof"))
    begin = page.get_by_role("heading", name="Nothing signed yet? Begin with the template")
    again = page.get_by_text("Get the template, filled in with this claim's facts")
    steps = page.get_by_role("navigation", name="Steps of the claim")
    page.get_by_role("button", name="Save and go on").click()
    faults = page.locator("main [data-code=proof_required]")
    expect(faults).not_to_have_count(0)
    expect(steps.get_by_role("link", name="Check your answers")).to_have_count(0)
    expect(begin).to_be_visible()
    expect(again).to_have_count(0)
    page.get_by_label("Add documents").set_input_files(_files(tmp_path, ("good.pdf", small_pdf("a"))))
    expect(again).to_be_visible()
    expect(begin).to_have_count(0)
    expect(faults).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)
    steps.get_by_role("link", name="Check your answers").click()
    page.wait_for_url("**/edit/check/")
