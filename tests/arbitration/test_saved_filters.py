"""The ways into the queue: those that everybody has and those that a reviewer keeps, each with its count."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from arbitration.filtering import Filters, Look
from arbitration.models import SavedFilter
from arbitration.saved_filters import COUNTED, MOST, counts, save
from arbitration.shelves import EVERYBODYS
from claims.models import Claim
from cpor_portal.accounts.models import StaffRole, User
from cpor_portal.faults import NotAllowed, Refused
from tests.support.factories import make_staff
from tests.support.queues import copy_of, make_claims
from tests.support.stories import make_asked, make_side, make_submitted, make_under_review

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_too]

HUNGARY = Filters(country="HU")


@pytest.fixture
def reviewer() -> User:
    return make_staff()


def shelves_of(client: Client, address: str = "/review/") -> dict[str, str]:
    """The count of each way into the queue, by its name."""
    page = client.get(address).content.decode()
    found = re.findall(r'class="shelf"[^>]*>([^<]+) <span class="shelf-count">([^<]+)<', page)
    return {name.strip(): count for name, count in found}


def test_filters_that_are_kept_stand_above_the_queue_with_their_count(client: Client, reviewer: User) -> None:
    claims = make_claims(3)
    Claim.objects.filter(pk__in=[claim.pk for claim in claims[:2]]).update(customer_country="HU")
    client.force_login(reviewer)
    answer = client.post("/review/filters/", {"name": "  From  Hungary ", "query": "country=hu&status=&x=1"})
    assert (answer.status_code, answer["Location"]) == (302, "/review/?country=HU")
    page = client.get(answer["Location"]).content.decode()
    assert 'aria-current="page">From Hungary <span class="shelf-count">2</span>' in page
    assert shelves_of(client)["From Hungary"] == "2"


def test_filters_are_their_owners_own(client: Client, reviewer: User) -> None:
    kept = save(owner=reviewer, name="Mine alone", filters=HUNGARY)
    client.force_login(make_staff())
    assert "Mine alone" not in client.get("/review/").content.decode()
    assert client.post(f"/review/filters/{kept.pk}/delete/").status_code == 404
    assert SavedFilter.objects.get() == kept


def test_filters_can_be_let_go(client: Client, reviewer: User) -> None:
    kept = save(owner=reviewer, name="From Hungary", filters=HUNGARY)
    client.force_login(reviewer)
    assert client.post(f"/review/filters/{kept.pk}/delete/").status_code == 302
    assert not SavedFilter.objects.exists()
    assert client.post(f"/review/filters/{kept.pk}/delete/").status_code == 404


@pytest.mark.parametrize(
    ("name", "query", "code"),
    [
        ("", "country=HU", "name_required"),
        (" \n ", "country=HU", "name_required"),
        ("Taken", "country=HU", "name_taken"),
        ("All", "", "filters_required"),
        ("All", "status=nonsense", "filters_required"),
        ("Long", "q=" + "é" * 1_000, "filters_too_long"),
    ],
)
def test_what_cannot_be_kept_comes_back_with_its_cause(
    client: Client, reviewer: User, name: str, query: str, code: str
) -> None:
    save(owner=reviewer, name="Taken", filters=Filters(mine=True))
    client.force_login(reviewer)
    answer = client.post("/review/filters/", {"name": name, "query": query})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'data-code="{code}"' in page
    assert name.strip() in page
    assert SavedFilter.objects.count() == 1


def test_a_name_that_is_too_long_is_refused_and_kept_in_the_form(client: Client, reviewer: User) -> None:
    client.force_login(reviewer)
    answer = client.post("/review/filters/", {"name": "x" * 61, "query": "mine=1"})
    assert answer.status_code == 422
    assert "x" * 61 in answer.content.decode()


def test_there_is_room_for_a_dozen(reviewer: User) -> None:
    for number in range(MOST):
        save(owner=reviewer, name=f"Filters {number}", filters=HUNGARY)
    with pytest.raises(Refused) as refused:
        save(owner=reviewer, name="One more", filters=HUNGARY)
    assert refused.value.code == "too_many_filters"
    save(owner=make_staff(), name="Somebody else's", filters=HUNGARY)


@pytest.mark.parametrize("role", [None, StaffRole.PORTAL_ADMIN])
def test_only_those_who_review_keep_filters(client: Client, role: StaffRole | None) -> None:
    person = make_staff(role) if role else make_side().person
    with pytest.raises(NotAllowed):
        save(owner=person, name="Mine", filters=HUNGARY)
    client.force_login(person)
    assert client.post("/review/filters/", {"name": "Mine", "query": "mine=1"}).status_code == 404


def test_everybodys_ways_into_the_queue_say_how_much_waits_there(client: Client, reviewer: User) -> None:
    make_submitted()
    make_under_review(reviewer)
    make_asked(reviewer)
    client.force_login(reviewer)
    found = shelves_of(client)
    assert found == {
        "Waiting for Microsoft": "2",
        "Mine": "1",
        "Nobody has it": "1",
        "Overdue": "0",
        "New since my last visit": "2",
        "Resubmitted": "0",
        "Contested": "0",
        "With a correction": "0",
        "Waiting for the partner": "1",
    }


def test_counts_end_at_a_hundred(client: Client, reviewer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("arbitration.saved_filters.COUNTED", 2)
    monkeypatch.setattr("arbitration.shelves.COUNTED", 2)
    claims = make_claims(2)
    client.force_login(reviewer)
    assert shelves_of(client)["Waiting for Microsoft"] == "2"
    copy_of(claims[0])
    assert shelves_of(client)["Waiting for Microsoft"] == "2+"
    copy_of(claims[0])
    assert shelves_of(client)["Waiting for Microsoft"] == "2+"
    assert COUNTED == 99


def test_all_are_counted_in_one_query(reviewer: User) -> None:
    claim = make_claims(3)[0]
    look = Look(reviewer, timezone.now(), timezone.now())
    kept = [*(filters for _name, filters in EVERYBODYS), Filters(reviewer=reviewer.email)]
    kept += [Filters(q=text) for text in (claim.reference, claim.domain, str(claim.tenant_id), "Partner", "nothing")]
    # What a look has to look up first, it looks up once.
    counts(look, kept)
    with CaptureQueriesContext(connection) as captured:
        numbers = counts(look, kept)
    assert len(captured) == 1
    assert numbers[-5:] == [1, 3, 1, 3, 0]
    assert counts(look, []) == []


def test_many_filters_cost_the_page_as_many_queries_as_one(client: Client, reviewer: User) -> None:
    make_submitted()
    client.force_login(reviewer)
    save(owner=reviewer, name="One", filters=HUNGARY)
    client.get("/review/")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get("/review/")
        return len(captured)

    one = queries()
    for number in range(MOST - 1):
        save(owner=reviewer, name=f"More {number}", filters=Filters(q=f"{number}", mine=bool(number % 2)))
    assert queries() == one
