"""Earlier rounds of a claim, opened by a reviewer; and what changed from one to the next."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from arbitration.acts.approve import approve
from arbitration.acts.ask import request_information
from arbitration.acts.check import check_cells
from claims.acts.editing import add_documents, save_contacts
from claims.acts.resubmit import resubmit
from claims.models import Claim
from claims.rounds import changes_in, rounds_of
from claims.words import Reason
from cpor_portal.accounts.models import User
from tests.support.cells import fill, key, lines_of, make_filed
from tests.support.factories import make_staff
from tests.support.papers import small_pdf
from tests.support.stories import make_side, make_under_review, pdf

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
CONTACTS = {"customer_name": "Casey Customer", "customer_title": "Chief of IT", "customer_email": "casey@new.example"}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY, tick=False) as frozen:
        yield frozen


@pytest.fixture
def reviewer() -> User:
    return make_staff(name="Rita Reviewer")


@pytest.fixture
def desk(client: Client, reviewer: User) -> Client:
    client.force_login(reviewer)
    return client


def make_answered(reviewer: User, clock: time_machine.Traveller, count: int = 2) -> Claim:
    """Asked about dates on Tuesday; on Wednesday the partner added a document, filled a cell and changed a contact."""
    claim = make_filed(count)
    clock.shift(timedelta(days=1))
    make_under_review(reviewer, claim)
    lines = lines_of(claim)
    check_cells(reference=claim.reference, by=reviewer, held=[key(lines[0], "named")])
    request_information(
        reference=claim.reference,
        by=reviewer,
        reasons=[Reason.DATES_MISSING_OR_OLD],
        text="Please add the day.",
        cells=[key(lines[0], "dated")],
    )
    clock.shift(timedelta(days=1))
    partner = claim.submitted_by
    add_documents(reference=claim.reference, by=partner, files=[pdf("annex.pdf", small_pdf("An annex of one page"))])
    fill(claim, [key(lines[0], "dated")])
    save_contacts(reference=claim.reference, by=partner, values=CONTACTS)
    return resubmit(reference=claim.reference, by=partner, body="Here is the day.")


# --- What changed --------------------------------------------------------------------------------------------------


def test_what_the_partner_changed_after_the_request_belongs_to_the_next_round(
    reviewer: User, clock: time_machine.Traveller
) -> None:
    claim = make_answered(reviewer, clock)
    changes = changes_in(claim, reviewer)
    assert changes is not None
    assert {change.what: change.now for change in changes.fields} == {
        "Customer contact's title": "Chief of IT",
        "Customer contact's e-mail": "casey@new.example",
    }
    assert [change.what for change in changes.documents] == ["annex.pdf"]
    assert [change.what for change in changes.cells] == [f"{lines_of(claim)[0].product.name}: Dated"]
    assert changes.cells[0].now.startswith("annex.pdf, page 1")
    assert changes.products == ()


def test_the_first_round_has_nothing_to_compare_with(reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed(1))
    assert changes_in(claim, reviewer) is None


def test_a_round_that_waits_for_the_partner_stays_as_it_was_judged(
    reviewer: User, clock: time_machine.Traveller
) -> None:
    claim = make_under_review(reviewer, make_filed(1))
    request_information(reference=claim.reference, by=reviewer, reasons=[Reason.PROOF_MISSING], text="Send it.")
    clock.shift(timedelta(hours=1))
    save_contacts(reference=claim.reference, by=claim.submitted_by, values=CONTACTS)
    (only,) = rounds_of(Claim.objects.get())
    assert only.facts["customer_title"] == "Head of IT"


def test_what_is_changed_before_a_review_starts_belongs_to_its_round(
    reviewer: User, clock: time_machine.Traveller
) -> None:
    claim = make_filed(1)
    clock.shift(timedelta(hours=1))
    save_contacts(reference=claim.reference, by=claim.submitted_by, values=CONTACTS)
    make_under_review(reviewer, claim)
    clock.shift(timedelta(hours=1))
    request_information(reference=claim.reference, by=reviewer, reasons=[Reason.PROOF_MISSING], text="Send it.")
    clock.shift(timedelta(hours=1))
    claim = resubmit(reference=claim.reference, by=claim.submitted_by)
    assert rounds_of(claim)[0].facts["customer_title"] == "Chief of IT"
    changes = changes_in(claim, reviewer)
    assert changes is not None
    assert len(changes) == 0


# --- The page ------------------------------------------------------------------------------------------------------


def test_an_earlier_round_shows_what_was_decided_and_what_the_partner_was_told(
    desk: Client, reviewer: User, clock: time_machine.Traveller
) -> None:
    claim = make_answered(reviewer, clock)
    page = desk.get(f"/review/{claim.reference}/rounds/1/").content.decode()
    assert "Round 1 of 2" in page
    assert page.count('data-decision="asked"') == 2
    assert 'data-code="dates_missing_or_old"' in page
    assert "Please add the day." in page
    assert "Here is the day." not in page
    assert "Head of IT" in page
    assert "Chief of IT" not in page
    assert "annex.pdf" not in page
    assert "1 business day after it was handed in" in page
    assert f'href="/review/{claim.reference}/rounds/2/"' in page


def test_the_matrix_of_an_earlier_round_says_what_was_accepted_and_refused_then(
    desk: Client, reviewer: User, clock: time_machine.Traveller
) -> None:
    claim = make_answered(reviewer, clock)
    first = lines_of(claim)[0]
    page = desk.get(f"/review/{claim.reference}/rounds/1/").content.decode()
    cells = dict(re.findall(r'data-cell="([^"]+)" data-state="\w+" data-verdict="(\w*)"', page))
    assert (cells[key(first, "named")], cells[key(first, "dated")], cells[key(first, "tied")]) == (
        "held",
        "refused",
        "",
    )
    assert "Changed since" not in page


def test_the_current_round_shows_what_changed_and_what_is_not_decided(
    desk: Client, reviewer: User, clock: time_machine.Traveller
) -> None:
    claim = make_answered(reviewer, clock)
    page = desk.get(f"/review/{claim.reference}/rounds/2/").content.decode()
    assert "What changed since round 1" in page
    assert 'data-changes="4"' in page
    assert page.count('data-change="changed"') == 3
    assert page.count('data-change="added"') == 1
    assert page.count("Not decided in this round") == 2
    assert "This is how the claim stood then" not in page
    make_under_review(reviewer, claim)
    approve(reference=claim.reference, by=reviewer)
    assert desk.get(f"/review/{claim.reference}/rounds/2/").content.decode().count('data-decision="approved"') == 2


@pytest.mark.parametrize("number", [0, 3, 99])
def test_a_round_that_there_was_not_does_not_exist(
    desk: Client, reviewer: User, clock: time_machine.Traveller, number: int
) -> None:
    claim = make_answered(reviewer, clock, 1)
    assert desk.get(f"/review/{claim.reference}/rounds/{number}/").status_code == 404


def test_for_partners_there_are_no_rounds_at_the_desk(
    client: Client, reviewer: User, clock: time_machine.Traveller
) -> None:
    claim = make_answered(reviewer, clock, 1)
    for person in (claim.submitted_by, make_side().person):
        client.force_login(person)
        assert client.get(f"/review/{claim.reference}/rounds/1/").status_code == 404


def test_fifteen_products_cost_a_round_no_more_queries_than_one(
    desk: Client, reviewer: User, clock: time_machine.Traveller
) -> None:
    counts = []
    for count in (1, 15):
        claim = make_answered(reviewer, clock, count)
        clock.move_to(MONDAY)
        desk.get(f"/review/{claim.reference}/rounds/2/")
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(f"/review/{claim.reference}/rounds/2/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- The workspace -------------------------------------------------------------------------------------------------


def test_after_an_answer_the_workspace_says_what_changed_and_leads_to_the_earlier_round(
    desk: Client, reviewer: User, clock: time_machine.Traveller
) -> None:
    claim = make_answered(reviewer, clock)
    for _started in (False, True):
        page = desk.get(f"/review/{claim.reference}/").content.decode()
        assert page.count('data-changes="4"') == 1
        assert "What changed since round 1" in page
        assert f'href="/review/{claim.reference}/rounds/1/"' in page
        assert "casey@new.example" in page
        make_under_review(reviewer, claim)


def test_in_the_first_round_the_workspace_speaks_of_no_changes(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed(1))
    page = desk.get(f"/review/{claim.reference}/").content.decode()
    assert "data-changes" not in page
    assert "/rounds/" not in page


# --- The firm's side -----------------------------------------------------------------------------------------------


def test_the_firm_reads_in_its_history_what_each_change_was(
    client: Client, reviewer: User, clock: time_machine.Traveller
) -> None:
    claim = make_answered(reviewer, clock)
    client.force_login(claim.submitted_by)
    page = client.get(f"/claims/{claim.reference}/history/").content.decode()
    assert "annex.pdf" in page
    assert re.findall(r'data-group="(\w+)"', page).count("documents") == 1
    assert "Chief of IT" in page
    assert "Rita Reviewer" not in page
