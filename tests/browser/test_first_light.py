"""The whole story in a real browser, on a portal that was started as a person starts it.

Import files → the partner's seven steps with the filled template, which fills the proof matrix by itself →
submission → the reviewer refuses one cell of it → the partner sees that cell, adds a page and answers → the reviewer
sees what changed and nothing else → approval → the mails in the mailbox, association and subscription ID on the page,
the history complete.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from fpdf import FPDF
from playwright.sync_api import Browser, Page, expect

from claims.proof.template.filling import answers_of, fill
from tests.support.portal import RunningPortal

pytestmark = pytest.mark.browser

TENANT = "11d0a3c5-9a52-4a5b-8f43-2b7f1d0c9e01"
SUBSCRIPTION = "22d0a3c5-9a52-4a5b-8f43-2b7f1d0c9e02"
SALES_SKU = "33d0a3c5-9a52-4a5b-8f43-2b7f1d0c9e03"
PASSWORD = "a-story-to-tell-1"
PARTNER, REVIEWER = "ines@fabrikam.example", "rita@microsoft.example"

DIRECTORY = {
    "products": [
        {
            "code": "d365_sales",
            "name": "Dynamics 365 Sales",
            "solution_area": "business_applications",
            "kind": "subscription",
            "sku_ids": [SALES_SKU],
            "sku_part_numbers": ["DYN365_SALES"],
            "service_plans": ["DYN365_SALES_PLAN"],
        }
    ],
    "tenants": [
        {
            "tenant_id": TENANT,
            "display_name": "Alpine Ski House",
            "country": "US",
            "public_sector": False,
            "domains": ["alpineskihouse.example"],
            "subscriptions": [
                {
                    "id": SUBSCRIPTION,
                    "commerce_subscription_id": "44d0a3c5-9a52-4a5b-8f43-2b7f1d0c9e04",
                    "sku_id": SALES_SKU,
                    "sku_part_number": "DYN365_SALES",
                    "channel": "web_direct",
                    "status": "Enabled",
                    "is_trial": False,
                    "owner_tenant_id": None,
                    "next_lifecycle_at": None,
                    "service_status": [{"service_plan": "DYN365_SALES_PLAN", "provisioning_status": "Success"}],
                }
            ],
        }
    ],
}
PARTNERS = {
    "firms": [
        {
            "name": "Fabrikam Consulting",
            "country": "US",
            "time_zone": "America/New_York",
            "global_id": "4100001",
            "locations": [
                {
                    "mpn_id": "4100011",
                    "name": "New York",
                    "enrolments": [{"programme": "OSU-BA", "state": "enrolled", "ends_on": "2099-06-30"}],
                }
            ],
            "people": [{"email": PARTNER, "name": "Ines", "password": PASSWORD, "role": "incentives_admin"}],
        }
    ],
    "staff": [{"email": REVIEWER, "name": "Rita", "password": PASSWORD, "role": "reviewer"}],
}


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[RunningPortal]:
    running = RunningPortal(tmp_path / "state", "--empty")
    for command, document in (("import_directory", DIRECTORY), ("import_partners", PARTNERS)):
        path = tmp_path / f"{command}.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        running.manage(command, str(path))
    yield running
    if running.process.poll() is None:
        running.stop()


WORK = (
    "We moved the sales team to Dynamics 365 Sales in three steps, trained forty people and measured every month how "
    "many of them use it. In the end all opportunities were kept there."
)


def _signed_on() -> date:
    return datetime.now(UTC).date() - timedelta(days=20)


def _filled(template: Path, path: Path) -> Path:
    """The template as it was downloaded, filled in and signed by the customer."""
    answers = answers_of("en", work=WORK, signer="Casey Customer", title="Head of IT", on=_signed_on())
    path.write_bytes(fill(template.read_bytes(), answers))
    return path


def _acceptance(path: Path) -> Path:
    """A page that the customer has signed again, on the same day."""
    text = (
        "Certificate of acceptance\n\nAlpine Ski House accepts the work of Fabrikam Consulting and confirms that it "
        "was done as described.\n\nSigned for Alpine Ski House\nName: Casey Customer\nTitle: Head of IT\n"
        f"Date: {_signed_on():%d %B %Y}\nSignature: /s/ Casey Customer"
    )
    document = FPDF()
    document.add_page()
    document.set_font("Helvetica", size=12)
    document.multi_cell(0, 10, text)
    document.output(str(path))
    return path


def _sign_in(browser: Browser, portal: RunningPortal, email: str) -> Page:
    context = browser.new_context(locale="en-GB", timezone_id="America/New_York")
    context.set_default_timeout(15_000)
    page = context.new_page()
    # A page that breaks in the browser breaks the story.
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(portal.address)
    page.fill("[name=login]", email.upper())
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    return page


def _save(page: Page) -> None:
    page.get_by_role("button", name="Save and go on").click()


def _status(page: Page) -> str:
    return page.locator("h1 [data-status], .page-head [data-status], main [data-status]").first.get_attribute(
        "data-status"
    )


def _file_the_claim(page: Page, folder: Path) -> str:
    """The seven steps; returns the claim's reference."""
    page.get_by_role("button", name="Start a claim").first.click()
    expect(page).to_have_url(re.compile("/edit/tenant/$"))
    page.fill("[name=tenant_id]", f"  {{{TENANT.upper()}}} ")
    page.fill("[name=domain]", "https://www.AlpineSkiHouse.example/about")
    _save(page)
    expect(page.get_by_text("Alpine Ski House").first).to_be_visible()
    page.check("[name=solution_area][value=business_applications]")
    page.check("[name=activities][value=usage] >> nth=0")
    _save(page)
    page.check("[name=mpn_id][value='4100011']")
    _save(page)
    page.check("[name=products][value=d365_sales]")
    _save(page)
    for name, value in {
        "name": "Adoption 2026",
        "customer_name": "Casey Customer",
        "customer_title": "Head of IT",
        "customer_email": "casey@alpineskihouse.example",
        "technical_name": "Toni Technical",
        "technical_title": "Administrator",
        "technical_email": "toni@alpineskihouse.example",
        "partner_name": "Ines",
        "partner_email": PARTNER,
    }.items():
        page.fill(f"[name={name}]", value)
    _save(page)
    with page.expect_download() as download:
        page.locator("[data-template=pdf-en]").first.click()
    page.set_input_files("[name=documents]", str(_filled(download.value.path(), folder / "proof.pdf")))
    # Nothing is typed: the document is sent when it is chosen, the worker reads it, and the page shows what came of it.
    expect(page.locator("table.matrix[data-full=yes]")).to_be_visible(timeout=30_000)
    _save(page)
    expect(page).to_have_url(re.compile("/edit/check/$"))
    expect(page.get_by_text("proof.pdf").first).to_be_visible()
    expect(page.locator(".matrix [data-state=empty]")).to_have_count(0)
    page.get_by_role("button", name="Submit the claim").click()
    expect(page).to_have_url(re.compile(r"/claims/C-\w{8}/$"))
    return page.url.rstrip("/").rpartition("/")[2]


def _ask(page: Page, reference: str) -> None:
    page.get_by_role("button", name="Take the next claim").first.click()
    expect(page).to_have_url(re.compile(f"/review/{reference}/$"))
    assert _status(page) == "under_review"
    # One cell is missing, the others hold: the request is made of that.
    page.get_by_role("button", name="Everything that is filled in holds").click()
    expect(page).to_have_url(re.compile(f"/review/{reference}/"))
    cell = page.locator("[data-tick$=':acknowledged']")
    cell.locator("[name=missing]").check()
    form = page.locator("form[action*='/decide/']")
    form.get_by_role("radio", name="Ask").check()
    expect(form.locator("[name=cells][value$=':acknowledged']")).to_be_checked()
    expect(form.locator("[name=ask_reasons][value=acknowledgement_missing]")).to_be_checked()
    text = form.locator("[name=ask_text_acknowledgement_missing]")
    expect(text).to_have_value(re.compile("Dynamics 365 Sales"))
    text.fill("We cannot tell who signed. Please add a page that shows it.")
    _send(page, "We cannot tell who signed. Please add a page that shows it.")
    expect(page.locator("main [data-status=partner_action_required]").first).to_be_visible()
    assert _status(page) == "partner_action_required"


def _send(page: Page, said: str) -> None:
    """On from the decision form to the page of the exact mail, and from there to the claim."""
    page.get_by_role("button", name="Go on: read the mail").click()
    expect(page.locator("pre").first).to_contain_text(said)
    page.get_by_role("button", name="Send, and stay with this claim").click()


def _answer(page: Page, portal: RunningPortal, reference: str, newer: Path) -> None:
    page.goto(f"{portal.address}claims/{reference}/")
    assert _status(page) == "partner_action_required"
    expect(page.locator("[data-code=acknowledgement_missing]").first).to_be_visible()
    expect(page.get_by_text("We cannot tell who signed.").first).to_be_visible()
    asked = page.locator(".matrix [data-asked]")
    expect(asked).to_have_count(1)
    expect(asked).to_have_attribute("data-cell", re.compile(":acknowledged$"))
    page.goto(f"{portal.address}claims/{reference}/edit/proof/")
    page.set_input_files("[name=documents]", str(newer))
    expect(page.locator(".matrix [data-changed]")).to_have_count(1, timeout=30_000)
    page.get_by_role("button", name="Save and go to the claim").click()
    expect(page.get_by_text("Your answer is not handed in yet")).to_be_visible()
    page.get_by_role("link", name="Answer and resubmit").click()
    page.fill("[name=body]", "The signed page is attached.")
    page.get_by_role("button", name="Answer and resubmit").click()
    expect(page).to_have_url(re.compile(f"/claims/{reference}/$"))
    assert _status(page) == "submitted"


def _approve(page: Page, portal: RunningPortal, reference: str) -> None:
    page.goto(f"{portal.address}review/")
    page.get_by_role("button", name="Take the next claim").first.click()
    expect(page).to_have_url(re.compile(f"/review/{reference}/$"))
    expect(page.get_by_text("The signed page is attached.").first).to_be_visible()
    front = page.locator("[data-front]")
    expect(front).to_have_count(1)  # what changed, and nothing else
    expect(front).to_have_attribute("data-front", re.compile(":acknowledged$"))
    expect(front.get_by_text("accepted.pdf")).to_be_visible()
    expect(page.locator(".unchanged .matrix")).not_to_be_visible()
    page.locator("form[action*='/decide/']").get_by_role("radio", name="Approve").check()
    _send(page, SUBSCRIPTION)
    expect(page.locator("h1 [data-status=approved]")).to_be_visible()
    assert _status(page) == "approved"


def test_a_claim_goes_from_a_partners_browser_to_partner_of_record(
    portal: RunningPortal, browser: Browser, tmp_path: Path
) -> None:
    partner, reviewer = _sign_in(browser, portal, PARTNER), _sign_in(browser, portal, REVIEWER)
    expect(partner).to_have_url(f"{portal.address}claims/")
    expect(reviewer).to_have_url(f"{portal.address}review/")

    reference = _file_the_claim(partner, tmp_path)
    assert _status(partner) == "submitted"
    reviewer.reload()
    _ask(reviewer, reference)
    _answer(partner, portal, reference, _acceptance(tmp_path / "accepted.pdf"))
    _approve(reviewer, portal, reference)

    partner.goto(f"{portal.address}claims/{reference}/")
    assert _status(partner) == "approved"
    expect(partner.get_by_text(SUBSCRIPTION).first).to_be_visible()
    partner.goto(f"{portal.address}associations/")
    expect(partner.get_by_text(SUBSCRIPTION).first).to_be_visible()
    expect(partner.get_by_text("Alpine Ski House").first).to_be_visible()

    partner.goto(f"{portal.address}claims/{reference}/history/")
    history = partner.locator("main").inner_text()
    told = [
        "submitted the claim",
        "Microsoft started the review",
        "Microsoft asked for more information",
        "added a document",
        "answered and resubmitted the claim",
        "Microsoft approved: Dynamics 365 Sales",
    ]
    assert [sentence for sentence in told if sentence not in history] == []
    assert "Rita" not in history

    _read_the_mails(partner, portal, reference)


def _read_the_mails(page: Page, portal: RunningPortal, reference: str) -> None:
    """Four mails to the partner, one to the reviewer, each once; the worker may still be at the last one."""
    files = portal.folder / "mail"
    page.wait_for_function("() => true")
    for _try in range(40):
        if len(list(files.glob("*.eml"))) >= 5:
            break
        page.wait_for_timeout(250)
    page.goto(f"{portal.address}mailbox/")
    listed = page.locator("main").inner_text()
    assert listed.count(reference) == 5, listed
    assert (listed.count(PARTNER), listed.count(REVIEWER)) == (4, 1), listed
    page.get_by_role("link", name=re.compile(reference)).first.click()
    expect(page.get_by_text(SUBSCRIPTION).first).to_be_visible()
