"""The review queue: what stands in it, in which order, and how it is turned page by page."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from arbitration import filtering
from arbitration.acts.approve import approve
from arbitration.enforcement import enforce
from arbitration.queue import ALL, COUNT_CAP, PAGE_SIZE, Filters, page_of
from claims.acts.resubmit import resubmit
from claims.models import Claim, ClaimLine, Correction
from claims.words import Outcome, Status
from cpor_portal.accounts.models import StaffRole, User
from tests.support.factories import make_product, make_staff, make_workload
from tests.support.queues import make_claims
from tests.support.stories import (
    make_asked,
    make_customer,
    make_draft,
    make_side,
    make_submitted,
    make_under_review,
)

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 2, 10, tzinfo=UTC)


@pytest.fixture
def reviewer() -> User:
    return make_staff()


def at(moment: datetime, make: Callable[[], Claim]) -> Claim:
    """What `make` makes at `moment`."""
    with time_machine.travel(moment, tick=False):
        return make()


def references(reader: User, filters: Filters | None = None, now: datetime | None = None) -> list[str]:
    """The first page."""
    return [row.reference for row in page_of(reader, filters or Filters(), now=now or timezone.now()).rows]


# --- Order and pages ---------------------------------------------------------------------------------------


def test_what_is_due_first_stands_on_top_and_missed_deadlines_before_all(reviewer: User) -> None:
    late = at(MONDAY + timedelta(days=2), make_submitted)
    breached = at(MONDAY - timedelta(days=30), make_submitted)
    soon = at(MONDAY, make_submitted)
    now = MONDAY + timedelta(days=3)
    page = page_of(reviewer, Filters(), now=now)
    assert [row.reference for row in page.rows] == [breached.reference, soon.reference, late.reference]
    assert [row.is_overdue for row in page.rows] == [True, False, False]


def test_pages_hold_every_claim_once_though_all_deadlines_tie(reviewer: User) -> None:
    with time_machine.travel(MONDAY, tick=False):
        made = {claim.reference for claim in make_claims(2 * PAGE_SIZE + 3)}
    assert Claim.objects.values("due_at").distinct().count() == 1
    seen: list[str] = []
    after = ""
    for expected in (PAGE_SIZE, PAGE_SIZE, 3):
        page = page_of(reviewer, Filters(), now=MONDAY, after=after)
        assert len(page.rows) == expected
        seen += [row.reference for row in page.rows]
        after = page.after
    assert after == ""
    assert len(seen) == len(set(seen))
    assert set(seen) == made


def test_a_page_goes_on_where_the_last_one_ended_though_its_last_claim_has_been_decided(reviewer: User) -> None:
    with time_machine.travel(MONDAY, tick=False):
        claims = make_claims(PAGE_SIZE + 2)
        page = page_of(reviewer, Filters(), now=MONDAY)
        Claim.objects.filter(reference=page.rows[-1].reference).update(status=Status.APPROVED, due_at=None)
        following = page_of(reviewer, Filters(), now=MONDAY, after=page.after)
    assert [row.reference for row in following.rows] == [claim.reference for claim in claims[PAGE_SIZE:]]


def test_closed_claims_stand_newest_first_and_have_pages_too(reviewer: User) -> None:
    claims = make_claims(PAGE_SIZE + 1)
    Claim.objects.update(status=Status.WITHDRAWN, due_at=None)
    filters = Filters(status=Status.WITHDRAWN)
    page = page_of(reviewer, filters, now=MONDAY)
    assert [row.reference for row in page.rows] == [claim.reference for claim in reversed(claims[1:])]
    rest = page_of(reviewer, filters, now=MONDAY, after=page.after)
    assert [row.reference for row in rest.rows] == [claims[0].reference]


@pytest.mark.parametrize(
    "after", ["nonsense", "-", "20261102T100000.000000-", "99999999T-1", "1-1", "\x00", "²", "9" * 40]
)
def test_a_cursor_that_nobody_gave_out_means_the_first_page(reviewer: User, after: str) -> None:
    claim = make_submitted()
    for status in ("", ALL):
        page = page_of(reviewer, Filters(status=status), now=MONDAY, after=after)
        assert [row.reference for row in page.rows] == [claim.reference]


def test_the_link_to_the_next_page_keeps_the_filters(client: Client, reviewer: User) -> None:
    made = {claim.reference for claim in make_claims(PAGE_SIZE + 1)}
    client.force_login(reviewer)
    first = client.get("/review/", {"area": "microsoft_365"}).content.decode()
    link = re.search(r'rel="next" href="([^"]+)"', first)
    assert link is not None
    assert "area=microsoft_365" in link[1]
    second = client.get(unescape(link[1])).content.decode()
    assert 'rel="next"' not in second
    assert {reference for reference in made if reference in first + second} == made


def test_a_count_is_capped(reviewer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("arbitration.queue.COUNT_CAP", 2)
    make_claims(2)
    page = page_of(reviewer, Filters(), now=MONDAY)
    assert (page.count, page.is_count_capped) == (2, False)
    make_submitted()
    page = page_of(reviewer, Filters(), now=MONDAY)
    assert (page.count, page.is_count_capped) == (2, True)
    assert COUNT_CAP == 1_000


@pytest.mark.parametrize("address", ["/review/", "/review/?status=all", "/review/?q=Partner"])
def test_thirty_rows_cost_as_many_queries_as_one(client: Client, reviewer: User, address: str) -> None:
    client.force_login(reviewer)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    make_submitted()
    client.get(address)
    one = queries()
    make_claims(29)
    assert queries() == one


# --- Filters -----------------------------------------------------------------------------------------------


def test_unless_asked_otherwise_the_queue_holds_what_waits_for_microsoft(reviewer: User) -> None:
    submitted, under_review = make_submitted(), make_under_review(reviewer)
    asked = make_asked(reviewer)
    approved = approve(reference=make_under_review(reviewer).reference, by=reviewer)
    workload = make_workload()
    draft = make_draft(make_side(), make_customer(workload), [workload])
    waiting = {submitted.reference, under_review.reference}
    assert set(references(reviewer)) == waiting
    assert references(reviewer, Filters(status=Status.PARTNER_ACTION_REQUIRED)) == [asked.reference]
    assert references(reviewer, Filters(status=Status.APPROVED)) == [approved.reference]
    everything = set(references(reviewer, Filters(status=ALL)))
    assert everything == waiting | {asked.reference, approved.reference}
    assert draft.reference not in everything


@pytest.mark.parametrize("status", ["editing", "nonsense"])
def test_a_status_that_the_queue_does_not_have_filters_nothing(client: Client, reviewer: User, status: str) -> None:
    workload = make_workload()
    draft = make_draft(make_side(), make_customer(workload), [workload])
    submitted = make_submitted()
    client.force_login(reviewer)
    page = client.get("/review/", {"status": status}).content.decode()
    assert submitted.reference in page
    assert draft.reference not in page


def test_the_queue_is_filtered_by_solution_area(reviewer: User) -> None:
    make_submitted()
    product = make_product()
    business = make_submitted(make_side(), make_customer(product), product)
    assert references(reviewer, Filters(area="business_applications")) == [business.reference]


def test_the_queue_is_filtered_by_who_has_the_claim(reviewer: User) -> None:
    mine = make_under_review(reviewer)
    make_under_review(make_staff())
    make_submitted()
    assert references(reviewer, Filters(mine=True)) == [mine.reference]


def test_the_queue_is_filtered_by_missed_deadlines(reviewer: User) -> None:
    breached = at(MONDAY, make_submitted)
    now = MONDAY + timedelta(days=20)
    at(now, make_submitted)
    assert references(reviewer, Filters(overdue=True), now) == [breached.reference]
    assert references(reviewer, Filters(overdue=True, status=ALL), now) == [breached.reference]


def test_what_was_enforced_as_missed_is_overdue_before_its_time(reviewer: User) -> None:
    missed = make_submitted()
    assert missed.due_at
    enforce(now=missed.due_at + timedelta(minutes=1))
    make_submitted()
    page = page_of(reviewer, Filters(overdue=True), now=timezone.now())
    assert [(row.reference, row.is_overdue, row.due_words) for row in page.rows] == [
        (missed.reference, True, "overdue")
    ]


def test_the_queue_is_filtered_by_contested_products(reviewer: User) -> None:
    workload = make_workload()
    tenant = make_customer(workload)
    rivals = {make_submitted(make_side(), tenant, workload).reference for _firm in range(2)}
    make_submitted()
    assert set(references(reviewer, Filters(contested=True))) == rivals
    assert all(row.is_contested for row in page_of(reviewer, Filters(contested=True), now=MONDAY).rows)


@pytest.mark.parametrize(("sent", "shown"), [("1", 1), ("on", 1), ("0", 2), ("", 2), ("false", 2)])
def test_a_switch_in_the_address_can_be_off(client: Client, reviewer: User, sent: str, shown: int) -> None:
    make_submitted()
    make_under_review(reviewer)
    client.force_login(reviewer)
    page = client.get("/review/", {"mine": sent}).content.decode()
    assert page.count("data-status=") == shown


def test_the_queue_is_filtered_by_what_nobody_has(reviewer: User) -> None:
    free = make_submitted()
    make_under_review(reviewer)
    assert references(reviewer, Filters(unassigned=True)) == [free.reference]


def test_the_queue_is_filtered_by_what_has_come_back(reviewer: User) -> None:
    asked = make_asked(reviewer)
    make_submitted()
    resubmit(reference=asked.reference, by=asked.submitted_by)
    assert references(reviewer, Filters(resubmitted=True)) == [asked.reference]


def test_the_queue_is_filtered_by_the_customers_country(client: Client, reviewer: User) -> None:
    here, there = make_submitted(), make_submitted()
    Claim.objects.filter(pk=there.pk).update(customer_country="HU")
    client.force_login(reviewer)
    for country, shown, hidden in (("HU", there, here), ("hu", there, here), ("US", here, there)):
        page = client.get("/review/", {"country": country}).content.decode()
        assert shown.reference in page
        assert hidden.reference not in page


@pytest.mark.parametrize("country", ["XX", "EU", "Hungary", "1", "\x00"])
def test_what_is_no_country_filters_nothing(client: Client, reviewer: User, country: str) -> None:
    claim = make_submitted()
    client.force_login(reviewer)
    assert claim.reference in client.get("/review/", {"country": country}).content.decode()


def with_correction(claim: Claim, **fields: object) -> Claim:
    """A claim for which a correction waits for an answer, as the act of asking for one leaves it."""
    now = timezone.now()
    Correction.objects.create(claim=claim, asked_by=claim.submitted_by, asked_at=now, location=claim.location)
    Claim.objects.filter(pk=claim.pk).update(correction_asked_at=now, due_at=now + timedelta(days=7), **fields)
    return Claim.objects.get(pk=claim.pk)


def test_an_approved_claim_waits_for_microsoft_while_a_correction_does(reviewer: User) -> None:
    approved = approve(reference=make_under_review(reviewer).reference, by=reviewer)
    assert references(reviewer) == []
    with_correction(approved)
    for filters in (Filters(), Filters(corrections=True), Filters(corrections=True, status=ALL)):
        page = page_of(reviewer, filters, now=timezone.now())
        assert [(row.reference, row.has_correction) for row in page.rows] == [(approved.reference, True)]


def test_only_claims_with_a_correction_are_shown_where_these_are_asked_for(reviewer: User) -> None:
    make_submitted()
    corrected = with_correction(make_under_review(reviewer))
    assert references(reviewer, Filters(corrections=True)) == [corrected.reference]


def test_every_filter_finds_its_claims_together_with_any_other(client: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer)
    client.force_login(reviewer)
    fitting = {"area": claim.solution_area, "country": claim.customer_country, "mine": "1", "q": claim.domain}
    assert claim.reference in client.get("/review/", fitting).content.decode()
    for one in ("unassigned", "overdue", "resubmitted", "contested", "corrections"):
        page = client.get("/review/", {**fitting, one: "1"})
        assert page.status_code == 200
        assert claim.reference not in page.content.decode(), one


def test_the_queue_is_filtered_by_who_has_it_and_every_name_leads_there(client: Client, reviewer: User) -> None:
    colleague = make_staff(name="Béla Keller", email="bela+desk@microsoft.example")
    theirs, own = make_under_review(colleague), make_under_review(reviewer)
    asked = make_asked(colleague)
    assert references(reviewer, Filters(reviewer=colleague.email)) == [theirs.reference]
    assert references(reviewer, Filters(reviewer=colleague.email, status=Status.PARTNER_ACTION_REQUIRED)) == [
        asked.reference
    ]
    assert references(reviewer, Filters(reviewer="nobody@microsoft.example")) == []
    client.force_login(reviewer)
    page = client.get("/review/?reviewer=bela%2Bdesk@microsoft.example").content.decode()
    assert (theirs.reference in page, own.reference in page) == (True, False)
    assert re.search(r'value="bela\+desk@microsoft\.example"\s+selected\s*>\s*Béla Keller', page)
    assert theirs.reference in client.get("/review/?reviewer=BELA%2Bdesk@Microsoft.example").content.decode()
    assert theirs.reference in client.get("/review/?reviewer=nonsense").content.decode()
    row = next(row for row in page_of(reviewer, Filters(unassigned=False), now=timezone.now()).rows if not row.is_mine)
    assert row.reviewers_url == "/review/?reviewer=bela%2Bdesk%40microsoft.example"
    assert f'<a href="{row.reviewers_url}">Béla Keller</a>' in client.get("/review/").content.decode()


def test_what_somebody_who_left_still_has_is_found_by_their_address(client: Client, reviewer: User) -> None:
    leaver = make_staff()
    claim = make_under_review(leaver)
    User.objects.filter(pk=leaver.pk).update(is_active=False, staff_role="")
    assert references(reviewer, Filters(reviewer=leaver.email)) == [claim.reference]
    client.force_login(reviewer)
    page = client.get("/review/", {"reviewer": leaver.email}).content.decode()
    assert re.search(rf'value="{re.escape(leaver.email)}"\s+selected\s*>\s*{re.escape(leaver.email)}', page)


def test_contested_claims_are_found_however_many_there_are(reviewer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    claims = make_claims(4)
    ClaimLine.objects.filter(claim__in=claims[:3]).update(outcome=Outcome.CONTESTED)
    wanted = [claim.reference for claim in claims[:3]]
    assert references(reviewer, Filters(contested=True)) == wanted
    monkeypatch.setattr(filtering, "NAMED_AT_MOST", 1)
    assert references(reviewer, Filters(contested=True)) == wanted
    assert references(reviewer, Filters(contested=True, overdue=True)) == []


# --- Visits ------------------------------------------------------------------------------------------------


def marked_new(client: Client, moment: datetime, address: str = "/review/") -> set[str]:
    """What stands in the queue as new for whoever looks at `moment`."""
    with time_machine.travel(moment, tick=False):
        page = client.get(address).content.decode()
    return {row[1] for row in re.finditer(r'data-flag="new".*?(C-\w{8})', page, re.S)}


def test_what_came_since_the_last_visit_is_new_until_the_next(client: Client, reviewer: User) -> None:
    at(MONDAY, make_submitted)
    client.force_login(reviewer)
    assert marked_new(client, MONDAY + timedelta(minutes=1)) == set()
    later = at(MONDAY + timedelta(hours=2), make_submitted)
    assert marked_new(client, MONDAY + timedelta(hours=3)) == {later.reference}
    # A visit goes on while its reader looks, and ends half an hour after the last look.
    for minutes in (20, 40, 60):
        assert marked_new(client, MONDAY + timedelta(hours=3, minutes=minutes)) == {later.reference}
    assert marked_new(client, MONDAY + timedelta(hours=5)) == set()


def test_only_what_is_new_is_shown_where_that_is_asked_for(client: Client, reviewer: User) -> None:
    old = at(MONDAY, make_submitted)
    client.force_login(reviewer)
    marked_new(client, MONDAY)
    new = at(MONDAY + timedelta(hours=2), make_submitted)
    with time_machine.travel(MONDAY + timedelta(hours=3), tick=False):
        page = client.get("/review/?new=1").content.decode()
    assert new.reference in page
    assert old.reference not in page


def test_what_comes_back_from_the_partner_is_new_again(client: Client, reviewer: User) -> None:
    claim = at(MONDAY, lambda: make_asked(reviewer))
    client.force_login(reviewer)
    assert marked_new(client, MONDAY + timedelta(hours=1)) == set()
    at(MONDAY + timedelta(hours=2), lambda: resubmit(reference=claim.reference, by=claim.submitted_by))
    assert marked_new(client, MONDAY + timedelta(hours=3)) == {claim.reference}


# --- What owes nothing although it is open -----------------------------------------------------------------


def test_what_waits_for_its_rival_stands_last_and_has_pages_too(
    reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("arbitration.queue.PAGE_SIZE", 2)
    claims = make_claims(5)
    for undated in (claims[0], claims[2]):
        Claim.objects.filter(pk=undated.pk).update(due_at=None)
    wanted = [claims[place].reference for place in (1, 3, 4, 0, 2)]
    for cap in (COUNT_CAP, 2):
        monkeypatch.setattr("arbitration.queue.COUNT_CAP", cap)
        seen, after = [], ""
        for _page in range(3):
            page = page_of(reviewer, Filters(), now=MONDAY, after=after)
            seen += [row.reference for row in page.rows]
            after = page.after
        assert (seen, after) == (wanted, ""), cap


def test_pages_go_on_beyond_what_is_counted(reviewer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("arbitration.queue.COUNT_CAP", 3)
    monkeypatch.setattr("arbitration.queue.PAGE_SIZE", 2)
    made = [claim.reference for claim in make_claims(5)]
    for filters, wanted in ((Filters(), made), (Filters(status=ALL), made[::-1])):
        seen, after = [], ""
        for _page in range(3):
            page = page_of(reviewer, filters, now=MONDAY, after=after)
            seen += [row.reference for row in page.rows]
            after = page.after
        assert (seen, after) == (wanted, "")


# --- Who and what is shown ---------------------------------------------------------------------------------


def test_a_row_says_what_a_reviewer_wants_to_know(client: Client, reviewer: User) -> None:
    claim = make_asked(reviewer)
    resubmit(reference=claim.reference, by=claim.submitted_by)
    client.force_login(reviewer)
    page = client.get("/review/").content.decode()
    for text in (
        claim.reference,
        claim.customer_display_name,
        claim.lines.get().product.name,
        claim.firm.name,
        "Usage",
        'data-status="submitted"',
        'data-flag="resubmitted"',
        "due in",
        "<strong>You</strong>",
    ):
        assert text in page, text


def test_an_empty_queue_says_so(client: Client, reviewer: User) -> None:
    client.force_login(reviewer)
    assert "Nothing waits" in client.get("/review/").content.decode()
    assert "No claim matches" in client.get("/review/?mine=1").content.decode()


def test_a_search_among_what_waits_offers_every_status(client: Client, reviewer: User) -> None:
    claim = make_asked(reviewer)
    client.force_login(reviewer)
    page = client.get("/review/", {"q": claim.domain}).content.decode()
    assert claim.reference not in page
    link = re.search(r'href="([^"]*\?[^"]*status=all[^"]*)"', page)
    assert link is not None
    assert claim.reference in client.get(unescape(link[1])).content.decode()


@pytest.mark.parametrize("role", [StaffRole.REVIEWER, StaffRole.ARBITER])
def test_reviewers_and_arbiters_have_the_queue(client: Client, role: StaffRole) -> None:
    client.force_login(make_staff(role))
    assert client.get("/review/").status_code == 200


def test_for_everybody_else_there_is_no_queue(client: Client) -> None:
    for person in (make_side().person, make_staff(StaffRole.PORTAL_ADMIN)):
        client.force_login(person)
        assert client.get("/review/").status_code == 404
        assert client.post("/review/take-next/").status_code == 404
    client.logout()
    assert client.get("/review/").status_code == 302
