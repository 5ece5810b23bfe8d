"""At 100,000 claims no page, filter or search of the queue reads a large table from end to end (PostgreSQL alone)."""

from collections.abc import Iterator
from functools import partial
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from arbitration.acts.take import take_next
from arbitration.filtering import Filters
from arbitration.models import Desk
from arbitration.queue import COUNT_CAP, page_of
from arbitration.seeding.run import seed
from claims.models import Claim, ClaimLine
from claims.words import Status
from cpor_portal.accounts.models import User
from cpor_portal.directory.models import Subscription
from tests.support.plans import large_tables, looked_at, nodes_of, reads_of, scanned

pytestmark = [pytest.mark.postgres_only, pytest.mark.django_db, pytest.mark.usefixtures("_many_claims")]

MANY = 100_000
FILTERS = (
    "",
    *(f"status={status.value}" for status in Status if status != Status.EDITING),
    "status=all",
    "area=microsoft_365",
    "contested=1",
    "mine=1",
    "unassigned=1",
    "overdue=1",
    "resubmitted=1",
    "corrections=1",
    "new=1",
    "reviewer=reviewer2@seed.example",
    "status=all&reviewer=reviewer2@seed.example",
    "overdue=1&reviewer=reviewer2@seed.example",
    "country=HU",
    "country=HU&area=business_applications&resubmitted=1",
    "contested=1&mine=1",
    "status=all&contested=1",
    "status=all&overdue=1",
    "status=approved&corrections=1",
    "status=approved&mine=1",
    "status=rejected&resubmitted=1&country=HU",
)


@pytest.fixture(scope="module")
def _many_claims(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database of its own, as empty as the tests', with MANY claims; for this module alone."""
    own = connection.settings_dict["NAME"]
    name = f"{own}_plans"
    with django_db_blocker.unblock():
        connection.close()
        _run_outside(f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}" TEMPLATE "{own}"')
        connection.settings_dict["NAME"] = name
        try:
            seed(MANY, say=lambda _told: None)
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = own
            _run_outside(f'DROP DATABASE "{name}"')


def _run_outside(*statements: str) -> None:
    with connection._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture
def large() -> set[str]:
    # People do not grow with the claims, and a reason is a short row of which a month's figures want a good part.
    tables = large_tables() - {"accounts_user", "arbitration_decisionreason"}
    assert {"claims_claim", "claims_claimline", "claims_event", "directory_subscription"} <= tables
    return tables


@pytest.fixture
def reviewer() -> User:
    return User.objects.get(email="reviewer1@seed.example")


@pytest.fixture
def client(reviewer: User) -> Client:
    client = Client()
    client.force_login(reviewer)
    return client


def _faults(client: Client, addresses: list[str], large: set[str]) -> dict[str, tuple[str, set[str]]]:
    """For each address whose queries read a large table from end to end: which query, and which tables."""
    found = {}
    for address in addresses:
        for query in reads_of(partial(client.get, address)):
            if tables := scanned(query, large):
                found[address] = (query, tables)
    return found


def test_no_filter_of_the_queue_reads_a_large_table_from_end_to_end(client: Client, large: set[str]) -> None:
    assert _faults(client, [f"/review/?{query}" for query in FILTERS], large) == {}


def test_neither_what_is_new_since_the_last_visit_nor_its_neighbours_do(
    client: Client, reviewer: User, large: set[str]
) -> None:
    """On a first visit everything would be new and nothing asked: here the visit before ended 200 claims ago."""
    since = Claim.objects.filter(status=Status.SUBMITTED).order_by("-submitted_at")[200].submitted_at
    now = timezone.now()
    visit = {"visited_at": now, "visit_began_at": now, "visit_before_at": since}
    Desk.objects.update_or_create(person=reviewer, defaults=visit)
    row = page_of(reviewer, Filters(new=True), now=now, since=since).rows[20]
    pages = [f"/review/?{query}" for query in ("new=1", "new=1&country=HU", "new=1&mine=1", "status=all&new=1")]
    for address in (*pages, row.url):
        asked = [query for query in reads_of(partial(client.get, address)) if '"submitted_at" > ' in query]
        assert asked, address
        assert [query for query in asked if scanned(query, large)] == []


def test_no_later_page_does(client: Client, reviewer: User, large: set[str]) -> None:
    deep = Claim.objects.filter(status=Status.SUBMITTED).order_by("-due_at", "-id")[100]
    assert deep.due_at is not None
    after = f"{deep.due_at:%Y%m%dT%H%M%S.%f}-{deep.pk}"
    pages = [urlencode({"after": after}), urlencode({"after": after, "country": "HU"}), "status=all&after=50000"]
    assert _faults(client, [f"/review/?{page}" for page in pages], large) == {}


def test_no_search_does_and_a_search_by_a_key_looks_at_a_handful_of_rows(client: Client, large: set[str]) -> None:
    # A location of the middle: the first firms file the most.
    claim = Claim.objects.filter(status=Status.UNDER_REVIEW).select_related("firm", "location").order_by("-firm")[5]
    line = ClaimLine.objects.filter(subscription_id__isnull=False, submitted_at__isnull=False).order_by("id")[500]
    subscription = Subscription.objects.get(pk=line.subscription_id)
    assert claim.location is not None
    keys = [
        claim.reference,
        str(claim.tenant_id),
        claim.domain,
        claim.location.mpn_id,
        claim.firm.global_id,
        str(subscription.pk),
        str(subscription.commerce_subscription_id),
        "C-22222222",
        "nothing.example",
    ]
    words = [claim.customer_display_name, claim.firm.name, claim.customer_display_name[:5], "zzzz", "s"]
    searches = {
        word: [f"/review/?{urlencode({'q': word, 'status': status})}" for status in ("", "all")]
        for word in (*keys, *words)
    }
    assert _faults(client, [address for found in searches.values() for address in found], large) == {}
    for key in keys:
        for query in reads_of(partial(client.get, searches[key][1])):
            if "UNION" in query:
                assert looked_at(query) < 500, (key, query)


def test_the_next_claim_the_workspace_and_its_neighbours_are_found_by_indexes(
    client: Client, reviewer: User, large: set[str]
) -> None:
    taking = reads_of(lambda: take_next(by=reviewer))
    assert any("SKIP LOCKED" in query for query in taking)
    assert [query for query in taking if scanned(query, large)] == []
    row = page_of(reviewer, Filters(country="HU"), now=timezone.now()).rows[20]
    pages = [row.url, f"/review/{row.reference}/proof/", "/review/second/"]
    assert _faults(client, pages, large) == {}


def test_the_desks_count_from_an_index_alone(client: Client, large: set[str]) -> None:
    client.force_login(User.objects.get(email="arbiter1@seed.example"))
    for address in ("/review/desk/", "/review/desks/"):
        queries = reads_of(partial(client.get, address))
        (counting,) = [query for query in queries if 'COUNT("claims_claim"."reviewer_id")' in query]
        scans = [node for node in nodes_of(counting) if "Scan" in node["Node Type"]]
        # Whether the rows are looked at besides is the planner's choice, by what VACUUM has seen last.
        assert {node["Node Type"] for node in scans} <= {"Index Only Scan", "Index Scan"}
        assert {node["Index Name"].startswith("claims_") for node in scans} == {True}
        assert [query for query in queries if scanned(query, large)] == []


def test_what_was_missed_long_ago_costs_a_page_nothing(client: Client) -> None:
    queries = reads_of(partial(client.get, "/review/?overdue=1"))
    (missed, *_again) = [query for query in queries if query.startswith('SELECT "claims_deadline"."due_at"')]
    assert looked_at(missed) == 1


@pytest.mark.parametrize("filters", ["contested=1", "status=approved&resubmitted=1"])
def test_a_filter_that_finds_many_stops_where_it_has_enough(client: Client, filters: str) -> None:
    for query in reads_of(partial(client.get, f"/review/?{filters}")):
        assert looked_at(query) < 10 * COUNT_CAP, query


def test_my_desk_everybodys_desks_and_the_second_readings_are_found_by_indexes(client: Client, large: set[str]) -> None:
    assert _faults(client, ["/review/desk/", "/review/second/"], large) == {}
    client.force_login(User.objects.get(email="arbiter1@seed.example"))
    assert _faults(client, ["/review/desks/"], large) == {}


def test_the_figures_of_a_month_read_no_large_table_from_end_to_end(client: Client, large: set[str]) -> None:
    client.force_login(User.objects.get(email="arbiter1@seed.example"))
    assert _faults(client, ["/review/figures/", "/review/figures/export.csv"], large) == {}
