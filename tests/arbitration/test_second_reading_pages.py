"""The pages of second readings: blind until they are answered, for whoever may, and alike in cost."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from arbitration.acts.approve import approve
from arbitration.acts.ask import request_information
from arbitration.acts.check import check_cells
from arbitration.models import SecondReading
from arbitration.second_reading.acts import take_next
from claims.acts.comment import comment
from claims.acts.editing import add_documents
from claims.acts.resubmit import resubmit
from claims.models import Claim
from claims.words import Reason
from cpor_portal.accounts.models import PartnerRole, StaffRole, User
from tests.support.cells import key, lines_of, make_filed
from tests.support.factories import make_person, make_staff
from tests.support.papers import small_pdf
from tests.support.stories import make_under_review, pdf

pytestmark = pytest.mark.django_db

QUEUE = "/review/second/"


@pytest.fixture(autouse=True)
def _all_are_sampled(settings: Any) -> None:
    settings.SECOND_READING_SHARE = 100


@pytest.fixture
def first() -> User:
    return make_staff(name="Fanny First")


@pytest.fixture
def reader() -> User:
    return make_staff(name="Sandor Second")


@pytest.fixture
def desk(client: Client, reader: User) -> Client:
    client.force_login(reader)
    return client


def make_asked_about(first: User, count: int = 2) -> Claim:
    """A claim of which `first` asked for dates, with ticks, a word among colleagues, and a later answer."""
    claim = make_under_review(first, make_filed(count))
    lines = lines_of(claim)
    check_cells(reference=claim.reference, by=first, held=[key(lines[0], "named")], missing=[key(lines[0], "dated")])
    comment(reference=claim.reference, by=first, body="Between us: I doubt it.", audience="internal")
    return request_information(
        reference=claim.reference, by=first, reasons=[Reason.DATES_MISSING_OR_OLD], text="Please add the missing day."
    )


def take(reader: User) -> str:
    """The address of the blind page that `reader` gets."""
    reading = take_next(by=reader)
    assert reading is not None
    return f"{QUEUE}{reading.pk}/"


# --- Blind ---------------------------------------------------------------------------------------------------------


def test_the_blind_page_tells_what_was_handed_in_and_nothing_of_what_became_of_it(
    desk: Client, first: User, reader: User
) -> None:
    claim = make_asked_about(first)
    comment(reference=claim.reference, by=claim.submitted_by, body="We will send the day.", audience="partner")
    page = desk.get(take(reader)).content.decode()
    for told in (claim.customer_display_name, str(claim.tenant_id), claim.firm.name, "proof.pdf", "Casey Customer"):
        assert told in page
    main = page[page.index("<main") : page.index("</main>")]
    for hidden in ("Fanny First", "Please add the missing day", "I doubt it", "We will send the day", "data-status"):
        assert hidden not in main
    assert re.findall(r'data-verdict="(\w+)"', main) == []
    assert "data-outcome" not in main
    assert "checked" not in main


def test_what_came_after_the_round_was_judged_is_not_on_the_blind_page(desk: Client, first: User, reader: User) -> None:
    claim = make_asked_about(first, 1)
    late = [pdf("late-annex.pdf", small_pdf("Another page"))]
    add_documents(reference=claim.reference, by=claim.submitted_by, files=late)
    address = take(reader)
    assert "late-annex.pdf" not in desk.get(address).content.decode()
    annex = claim.documents.get(name="late-annex.pdf")
    assert desk.get(f"{address}proof/?document={annex.pk}").status_code == 404
    room = desk.get(f"{address}proof/").content.decode()
    assert "late-annex.pdf" not in room
    assert "proof.pdf" in room


def test_of_a_second_round_the_earlier_request_is_told_without_who_asked(
    desk: Client, first: User, reader: User
) -> None:
    claim = make_asked_about(first, 1)
    take(reader)
    resubmit(reference=claim.reference, by=claim.submitted_by, body="Here is the day.")
    make_under_review(first, claim)
    approve(reference=claim.reference, by=first)
    other = make_staff()
    desk.force_login(other)
    page = desk.get(take(other)).content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert "Round 2, as it was handed in" in main
    assert "Please add the missing day." in main
    assert "Here is the day." in main
    assert "Fanny First" not in main


def test_the_room_of_the_round_shows_the_pages_and_neither_ticks_nor_status(
    desk: Client, first: User, reader: User
) -> None:
    make_asked_about(first, 1)
    room = desk.get(f"{take(reader)}proof/").content.decode()
    main = room[room.index("<main") : room.index("</main>")]
    assert "data-sheet" in main or "data-text" in main or "room-page" in main
    assert "data-status" not in main
    assert 'name="held"' not in main
    assert re.findall(r'data-verdict="(\w+)"', main) == []


@pytest.mark.parametrize(
    "place", ["/review/{}/", "/review/{}/proof/", "/review/{}/rounds/1/", "/claims/{}/history/", "/claims/{}/"]
)
def test_while_it_is_read_blindly_every_page_of_the_claim_leads_to_the_blind_page(
    desk: Client, first: User, reader: User, place: str
) -> None:
    claim = make_asked_about(first, 1)
    path = place.format(claim.reference)
    assert desk.get(path, follow=True).status_code == 200
    address = take(reader)
    for path_now in (path, path.replace(claim.reference, claim.reference.lower())):
        answer = desk.get(path_now)
        assert (answer.status_code, answer["Location"]) == (302, address)
    desk.force_login(first)
    assert desk.get(path, follow=True).status_code == 200


@pytest.mark.parametrize(
    ("place", "sent"),
    [
        ("/review/{}/conflict/", {}),
        ("/review/{}/hand-back/", {"note": "Not for me."}),
        ("/review/{}/comment/", {"body": "Not for me."}),
        ("/review/{}/note/", {"body": "Not for me."}),
        ("/review/{}/decide/", {"edit": "1", "text": "Not for me."}),
        ("/review/{}/cells/", {}),
        ("/claims/{}/comments/", {"body": "Not for me."}),
        ("/review/assign/", {"claims": "{}", "reviewer": "", "note": "Not for me.", "back": "1"}),
    ],
)
def test_no_act_on_the_claim_tells_a_blind_reader_how_it_stands_or_changes_it(
    desk: Client, first: User, reader: User, place: str, sent: dict[str, str]
) -> None:
    claim = make_asked_about(first, 1)
    address = take(reader)
    before = Claim.objects.values().get(), claim.events.count(), claim.comments.count()
    answer = desk.post(
        place.format(claim.reference), {name: text.format(claim.reference) for name, text in sent.items()}
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert 'data-code="reading_blindly"' in page
    assert f'href="{address}"' in page
    assert ("Not for me." in page) == ("Not for me." in sent.values())
    for hidden in ("Fanny First", "I doubt it", "data-status", "Please add the missing day"):
        assert hidden not in page
    assert (Claim.objects.values().get(), claim.events.count(), claim.comments.count()) == before


@pytest.mark.parametrize("filters", ["", "status=all", "status=partner_action_required", "mine=1"])
def test_no_queue_and_no_count_tells_a_blind_reader_how_the_claim_stands(
    desk: Client, first: User, reader: User, filters: str
) -> None:
    claim, other = make_asked_about(first, 1), make_asked_about(first, 1)
    address = take(reader)
    for query in (filters, f"{filters}&q={claim.reference}"):
        page = desk.get(f"/review/?{query}").content.decode()
        assert "data-row" not in page or other.reference in page
        assert f'class="cell-more mono">{claim.reference}' not in page
    waits = re.search(r"status=partner_action_required.*?(\d+)", desk.get("/review/").content.decode(), re.DOTALL)
    assert waits
    assert waits[1] == "1"
    desk.post(f"{address}put-back/")
    assert f'class="cell-more mono">{claim.reference}' in desk.get("/review/?status=all").content.decode()


def test_the_neighbours_of_a_claim_leave_out_what_is_read_blindly(desk: Client, first: User, reader: User) -> None:
    read, other = make_asked_about(first, 1), make_asked_about(first, 1)
    address = re.search(rf'href="(/review/{other.reference}/[^"]+)"', desk.get("/review/?status=all").content.decode())
    assert address
    place = address[1].replace("&amp;", "&")
    neighbour = f'href="/review/{read.reference}/?in='
    assert neighbour in desk.get(place).content.decode()
    assert take(reader) == f"{QUEUE}{SecondReading.objects.get(review__claim=read).pk}/"
    assert neighbour not in desk.get(place).content.decode()


def test_the_documents_stay_open_to_a_blind_reader(desk: Client, first: User, reader: User) -> None:
    claim = make_asked_about(first, 1)
    take(reader)
    answer = desk.get(f"/claims/{claim.reference}/documents/{claim.documents.get().pk}/")
    assert answer.status_code == 200
    assert b"".join(answer).startswith(b"%PDF")


def test_another_claim_is_open_as_ever_and_so_is_this_one_once_it_is_answered(
    desk: Client, first: User, reader: User
) -> None:
    claim, other = make_asked_about(first, 1), make_under_review(first)
    address = take(reader)
    assert desk.get(f"/review/{other.reference}/").status_code == 200
    desk.post(address, {f"verdict_{claim.lines.get().pk}": "approve"})
    assert desk.get(f"/review/{claim.reference}/").status_code == 200


# --- Answering -----------------------------------------------------------------------------------------------------


def test_an_answer_shows_at_once_how_the_two_compare(desk: Client, first: User, reader: User) -> None:
    claim = make_asked_about(first)
    one, other = lines_of(claim)
    address = take(reader)
    sent = {
        f"verdict_{one.pk}": "ask",
        f"reasons_{one.pk}": ["dates_missing_or_old"],
        f"verdict_{other.pk}": "approve",
        "text": "The second <b>page</b> names it.",
    }
    answer = desk.post(address, sent)
    assert (answer.status_code, answer["Location"]) == (302, address)
    page = desk.get(address).content.decode()
    assert "The two differ on 1 product" in page
    assert re.findall(r'data-agrees="(\w+)"', page) == ["yes", "no"]
    assert "Fanny First" in page
    assert "&lt;b&gt;page" in page


def test_what_is_missing_is_said_of_every_product_at_once_and_nothing_typed_is_lost(
    desk: Client, first: User, reader: User
) -> None:
    claim = make_asked_about(first)
    one, other = lines_of(claim)
    answer = desk.post(take(reader), {f"verdict_{one.pk}": "reject", "text": "My note."})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'data-code="reasons_required"' in page
    assert 'data-code="verdict_required"' in page
    assert "My note.</textarea>" in page
    assert re.search(rf'name="verdict_{one.pk}"[^>]*value="reject"[^>]*checked|checked[^>]*value="reject"', page)
    assert f'name="verdict_{other.pk}"' in page
    assert SecondReading.objects.get().read_at is None


def test_a_note_that_cannot_be_kept_is_said_beside_it_and_the_judgement_stays(
    desk: Client, first: User, reader: User
) -> None:
    line = make_asked_about(first, 1).lines.get().pk
    answer = desk.post(take(reader), {f"verdict_{line}": "approve", "text": "Fine.\x00"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'data-code="null_characters_not_allowed"' in page
    assert "Fine." in page
    assert re.search(r'value="approve"[^>]*checked|checked[^>]*value="approve"', page)
    assert SecondReading.objects.get().read_at is None


@pytest.mark.parametrize("name", ["verdict", "reasons"])
def test_a_nul_in_a_verdict_or_a_reason_is_a_slip_and_no_breakdown(
    desk: Client, first: User, reader: User, name: str
) -> None:
    line = make_asked_about(first, 1).lines.get().pk
    answer = desk.post(take(reader), {f"verdict_{line}": "ask", f"{name}_{line}": "ask\x00", "text": "My note."})
    assert answer.status_code == 422
    assert "My note.</textarea>" in answer.content.decode()


def test_who_answers_twice_gets_the_page_that_says_so_with_what_was_typed(
    desk: Client, first: User, reader: User
) -> None:
    claim = make_asked_about(first, 1)
    address, line = take(reader), claim.lines.get().pk
    desk.post(address, {f"verdict_{line}": "approve"})
    answer = desk.post(address, {f"verdict_{line}": "reject", "text": "I changed my mind."})
    assert answer.status_code == 409
    assert "I changed my mind." in answer.content.decode()


def test_put_back_the_claim_can_be_opened_again(desk: Client, first: User, reader: User) -> None:
    claim = make_asked_about(first, 1)
    address = take(reader)
    assert desk.post(f"{address}put-back/").status_code == 302
    assert desk.get(address).status_code == 404
    assert desk.get(f"/review/{claim.reference}/").status_code == 200


# --- What waits, and who may ---------------------------------------------------------------------------------------


def test_the_list_says_what_waits_and_never_which_claim(desk: Client, first: User) -> None:
    claim = make_asked_about(first)
    page = desk.get(QUEUE).content.decode()
    assert 'data-waiting="1"' in page
    for hidden in (claim.reference, claim.customer_display_name, claim.firm.name):
        assert hidden not in page
    assert "Found in the last 90 days" not in page


def test_what_waits_longest_stands_on_top_and_is_handed_out_first(desk: Client, first: User, reader: User) -> None:
    claims = [make_asked_about(first, count) for count in (1, 2, 3)]
    # Rounds are not always written down in the order in which they were decided.
    for claim, age in zip(claims, (1, 3, 2), strict=True):
        sampled = timezone.now() - timedelta(days=age)
        SecondReading.objects.filter(review__claim=claim).update(sampled_at=sampled)
    products = re.findall(r'data-label="Products">(\d+)<', desk.get(QUEUE).content.decode())
    assert products == ["2", "3", "1"]
    assert take(reader) == f"{QUEUE}{SecondReading.objects.get(review__claim=claims[1]).pk}/"


def test_take_the_next_one_leads_to_the_blind_page_and_says_so_where_nothing_waits(
    desk: Client, first: User, reader: User
) -> None:
    answer = desk.post(f"{QUEUE}take/", follow=True)
    assert "Nothing waits for a second reading by you" in answer.content.decode()
    make_asked_about(first, 1)
    answer = desk.post(f"{QUEUE}take/")
    reading = SecondReading.objects.get()
    assert answer["Location"] == f"{QUEUE}{reading.pk}/"
    assert reading.reader == reader
    assert "You have a second reading in hand" in desk.get(QUEUE).content.decode()


def test_arbiters_read_what_was_found_and_who_reads_now(desk: Client, first: User, reader: User) -> None:
    claim, _other = make_asked_about(first, 1), make_asked_about(first, 1)
    desk.post(take(reader), {f"verdict_{claim.lines.get().pk}": "approve"})
    take(reader)
    desk.force_login(make_staff(StaffRole.ARBITER))
    page = desk.get(QUEUE).content.decode()
    assert 'data-disagreed="1"' in page
    assert claim.reference in page
    assert "Being read now" in page
    assert "Sandor Second" in page


def test_for_partners_and_portal_admins_there_are_no_second_readings(client: Client, first: User, reader: User) -> None:
    claim = make_asked_about(first, 1)
    address = take(reader)
    people = [make_staff(StaffRole.PORTAL_ADMIN), *(make_person(claim.firm, role) for role in PartnerRole)]
    for person in people:
        client.force_login(person)
        for path in (QUEUE, address, f"{address}proof/"):
            assert client.get(path).status_code == 404
        for path in (f"{QUEUE}take/", address, f"{address}put-back/"):
            assert client.post(path).status_code == 404


@pytest.mark.parametrize("role", [StaffRole.REVIEWER, StaffRole.ARBITER])
def test_thirty_waiting_rounds_cost_no_more_queries_than_one(client: Client, first: User, role: str) -> None:
    client.force_login(make_staff(role))
    reading = SecondReading.objects.get(review__claim=make_asked_about(first, 1))
    counts = []
    for more in (0, 29):
        for _number in range(more):
            _copy(reading)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(QUEUE).status_code == 200
        counts.append(len(queries))
    assert SecondReading.objects.count() == 30
    assert counts[0] == counts[1]


def _copy(reading: SecondReading) -> None:
    """One more sampled round of the same claim, written as rows."""
    review, decisions = reading.review, list(reading.review.decisions.all())
    number = review.claim.reviews.count() + 1
    made = type(review).objects.create(
        claim=review.claim, round=number, reviewer=review.reviewer, started_at=review.started_at
    )
    for decision in decisions:
        made.decisions.create(line=decision.line, decision=decision.decision, at=decision.at, by=decision.by)
    SecondReading.objects.create(review=made, sampled_at=reading.sampled_at)


def test_fifteen_products_cost_a_blind_page_no_more_queries_than_one(desk: Client, first: User, reader: User) -> None:
    counts = []
    for count in (1, 15):
        make_asked_about(first, count)
        address = take(reader)
        desk.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(address).status_code == 200
        counts.append(len(queries))
        SecondReading.objects.all().delete()
    assert counts[0] == counts[1]
