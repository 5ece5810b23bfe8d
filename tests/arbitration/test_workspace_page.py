"""The workspace as one page: its keys, the way on in the queue, what was then and is now, and how much it asks for."""

import re
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from arbitration.acts.notes import write_note
from arbitration.acts.reject import reject
from arbitration.keys import KEYS, Page, keys_on
from arbitration.presence import look
from arbitration.templatetags.keys import key
from claims.acts.comment import comment
from claims.acts.resubmit import resubmit
from claims.models import Claim
from claims.words import Audience, Reason, Status
from cpor_portal.accounts.models import Enrolment, EnrolmentState, StaffRole, User
from cpor_portal.directory.models import Subscription, SubscriptionStatus
from tests.support.cells import make_filed
from tests.support.factories import make_product, make_staff, make_workload
from tests.support.stories import make_asked, make_customer, make_side, make_submitted, make_under_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer() -> User:
    return make_staff(name="Rita Reviewer")


@pytest.fixture
def desk(client: Client, reviewer: User) -> Client:
    client.force_login(reviewer)
    return client


def _page(desk: Client, claim: Claim, query: str = "") -> str:
    answer = desk.get(f"/review/{claim.reference}/{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


# --- Keys --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", Page)
def test_no_key_does_two_things_on_one_page(page: Page) -> None:
    presses = [press for one in keys_on(page) for press in one.presses]
    assert len(presses) == len(set(presses)) > 0


def test_keys_without_a_modifier_are_one_character_or_named(desk: Client) -> None:
    named = {"ArrowDown", "ArrowUp", "Enter", "Ctrl+Enter"}
    presses = {press for one in KEYS.values() for press in one.presses}
    assert {press for press in presses if len(press) > 1} == named


def test_a_key_that_is_not_in_the_table_is_a_mistake_of_the_template() -> None:
    assert str(key("go_on")) == 'data-key="Ctrl+Enter" aria-keyshortcuts="Control+Enter"'
    with pytest.raises(KeyError):
        key("nonsense")


def test_every_key_on_the_page_stands_in_its_list(desk: Client, reviewer: User) -> None:
    for claim in (make_submitted(), make_under_review(reviewer)):
        page = _page(desk, claim, "?in=&at=x")
        listed = set(" ".join(re.findall(r'data-keys-row="([^"]+)"', page)).split())
        pressed = set(" ".join(re.findall(r'data-key="([^"]+)"', page)).split())
        assert pressed - listed == set()
        assert {"1", "2", "3", "w", "m", "q", "?"} <= pressed


def test_what_decides_has_its_keys(desk: Client, reviewer: User) -> None:
    pressed = re.findall(r'data-key="([^"]+)"', _page(desk, make_under_review(reviewer)))
    assert {KEYS[name].presses[0] for name in ("approve", "ask", "reject", "remove", "go_on", "hand_back")} <= {
        *pressed
    }
    assert KEYS["start"].presses[0] in re.findall(r'data-key="([^"]+)"', _page(desk, make_submitted()))


def test_every_key_of_the_table_stands_in_a_template_or_is_bound_by_a_script() -> None:
    pages = "".join(path.read_text() for path in Path("templates").rglob("*.html"))
    forms = "".join(path.read_text() for path in Path("arbitration/forms").glob("*.py"))
    scripts = Path("static/js/queue.js").read_text()
    for name, one in KEYS.items():
        ways = [f'{{% key "{name}" %}}', f'data-key="{one.presses[0]}"', f'KEYS["{name}"]']
        # The parts in which claims change hands carry the keys of their forms.
        ways += [f'key = "{name}"', f'path = "{name}"']
        stands = any(way in pages + forms for way in ways)
        assert stands or f'"{one.presses[0]}"' in scripts, name


def test_what_changed_is_reached_by_its_key_and_the_parts_are_named_in_their_order(
    desk: Client, reviewer: User
) -> None:
    claim = make_asked(reviewer)
    assert claim.submitted_by is not None
    resubmit(reference=claim.reference, by=claim.submitted_by, body="Here it is.")
    page = _page(desk, make_under_review(reviewer, claim))
    assert re.search(r'<section class="section" id="changes"[^>]* tabindex="-1" data-key="c"', page)
    named = re.findall(r'<a href="#(changes|facts|proof)"', page.partition('<nav class="in-page"')[2])
    assert named == re.findall(r'<section class="section" id="(changes|facts|proof)"', page)


def test_the_room_lists_its_keys_and_leads_to_the_decision(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed(1))
    room = desk.get(f"/review/{claim.reference}/proof/?in=&at=12").content.decode()
    for name in ("hold_all", "tick", "decide"):
        assert f'data-key="{KEYS[name].presses[0]}"' in room
        assert f"<dd>{KEYS[name].does}</dd>" in room
    assert f'href="/review/{claim.reference}/?at=12#decide" data-after-ticks' in room
    other = desk.get(f"/review/{make_submitted().reference}/proof/").content.decode()
    assert "#decide" not in other


def test_a_review_can_be_started_with_the_pages_of_the_proof(desk: Client) -> None:
    claim = make_filed(1)
    page = _page(desk, claim, "?at=12")
    assert re.search(r'<button[^>]* form="form-start" name="then" value="pages" data-key="l"', page)
    assert re.search(r'<form[^>]*id="form-start"', page)
    started = desk.post(f"/review/{claim.reference}/start/?at=12", {"version": claim.version, "then": "pages"})
    assert started["Location"] == f"/review/{claim.reference}/proof/?at=12"
    claim.refresh_from_db()
    assert claim.status == Status.UNDER_REVIEW


def test_rivals_are_opened_in_the_same_place_of_the_queue(desk: Client, reviewer: User) -> None:
    product = make_workload()
    tenant = make_customer(product)
    rival = make_submitted(make_side(), tenant, product)
    claim = make_under_review(reviewer, make_submitted(make_side(), tenant, product))
    page = _page(desk, claim, "?in=mine%3D1&at=12").replace("&amp;", "&")
    assert f'href="/review/{rival.reference}/?in=mine%3D1&at=12"' in page


def test_whoever_has_handed_a_claim_back_is_offered_the_next_one_and_the_key_of_this_one(
    desk: Client, reviewer: User
) -> None:
    claim = make_under_review(reviewer)
    assert 'action="/review/take-next/"' not in _page(desk, claim)
    back = desk.post(f"/review/{claim.reference}/hand-back/", {"note": "Not my language."}, follow=True)
    page = back.content.decode()
    assert 'action="/review/take-next/"' in page
    assert re.search(r'data-key="s"[^>]*>\s*Take the claim over', page)


def test_the_list_of_keys_is_hidden_until_a_script_shows_it(desk: Client) -> None:
    page = _page(desk, make_submitted())
    assert re.search(r"<button[^>]*data-keys-open[^>]* hidden>", page)
    assert re.search(r'<dialog class="keys" data-keys-list aria-labelledby="keys-title">', page)


# --- The way on --------------------------------------------------------------------------------------------


def test_the_page_leads_to_the_claims_before_and_after_and_back_to_the_filters(desk: Client) -> None:
    for _number in range(3):
        make_submitted()
    rows = re.findall(r'href="(/review/C-[^"]+)"', desk.get("/review/?status=submitted").content.decode())
    places = list(dict.fromkeys(row.replace("&amp;", "&") for row in rows))
    assert len(places) == 3
    page = desk.get(places[1]).content.decode().replace("&amp;", "&")
    assert f'rel="prev" href="{places[0]}"' in page
    assert f'rel="next" href="{places[2]}"' in page
    assert 'href="/review/?status=submitted"' in page
    assert "This is the last claim of your filters." in desk.get(places[2]).content.decode()


def test_whoever_opens_a_claim_by_itself_has_no_neighbours(desk: Client) -> None:
    page = _page(desk, make_submitted())
    assert 'rel="next"' not in page
    assert 'rel="prev"' not in page
    assert "last claim of your filters" not in page


def test_acts_come_back_to_the_same_place_in_the_queue(desk: Client) -> None:
    claim = make_submitted()
    place = f"?{urlencode({'in': 'mine=on&q=a b', 'at': '12'})}"
    assert f'action="/review/{claim.reference}/start/{place}"' in _page(desk, claim, place).replace("&amp;", "&")
    started = desk.post(f"/review/{claim.reference}/start/{place}", {"version": claim.version})
    assert started["Location"] == f"/review/{claim.reference}/{place}"
    said = desk.post(f"/review/{claim.reference}/comment/{place}", {"body": "Hello.", "audience": "internal"})
    assert said["Location"] == f"/review/{claim.reference}/{place}"
    ticked = desk.post(f"/review/{claim.reference}/cells/{place}", {"all": "1"})
    assert ticked["Location"] == f"/review/{claim.reference}/{place}#proof"


def test_the_proof_room_keeps_the_place_in_the_queue(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed(1))
    place = urlencode({"in": "mine=on&q=a b", "at": "12"})
    page = _page(desk, claim, f"?{place}").replace("&amp;", "&")
    assert f'href="/review/{claim.reference}/proof/?{place}"' in page
    room = desk.get(f"/review/{claim.reference}/proof/?{place}").content.decode().replace("&amp;", "&")
    assert f'href="/review/{claim.reference}/?{place}"' in room
    assert f'action="/review/{claim.reference}/cells/?{place}"' in room
    links = re.findall(r'href="((?:\?|[^"]*/proof/\?)document=[^"]*)"', page + room)
    assert len(links) > 2
    assert [link for link in links if place not in link] == []
    document = claim.documents.first()
    assert document is not None
    sent = {"all": "1", "document": str(document.pk), "page": "1", "zoom": "150"}
    ticked = desk.post(f"/review/{claim.reference}/cells/?{place}", sent)
    assert ticked["Location"] == f"/review/{claim.reference}/proof/?document={document.pk}&page=1&zoom=150&{place}"


@pytest.mark.parametrize("place", ["?at=%00", "?in=nonsense%3D1&at=17", "?at=" + "9" * 3000, "?in=%ff&at=2026-1"])
def test_a_place_without_sense_does_no_harm(desk: Client, place: str) -> None:
    assert 'rel="next"' not in _page(desk, make_submitted(), place)


# --- Then and now ------------------------------------------------------------------------------------------


def test_a_difference_says_how_it_was_at_submission(desk: Client) -> None:
    product = make_product()
    claim = make_submitted(make_side(), make_customer(product), product)
    assert "data-then" not in _page(desk, claim)
    Subscription.objects.update(status=SubscriptionStatus.LOCKED_OUT)
    Enrolment.objects.update(state=EnrolmentState.INACTIVE)
    page = _page(desk, claim)
    assert "At submission it was active or in grace." in page
    assert "At submission it was in force." in page
    assert page.count("data-then") == 2


# --- Somebody was first ------------------------------------------------------------------------------------


def test_a_stale_decision_shows_what_the_other_wrote_beside_what_was_typed(desk: Client, reviewer: User) -> None:
    products = make_workload(), make_workload()
    claim = make_under_review(reviewer, make_submitted(make_side(), make_customer(*products), *products))
    one, two = claim.lines.all()
    ari = make_staff(StaffRole.ARBITER, name="Ari Arbiter")
    comment(reference=claim.reference, by=reviewer, body="Said before.", audience=Audience.INTERNAL)
    text = "The <proof> is about somebody else."
    reject(reference=claim.reference, by=ari, reasons=[Reason.PROOF_MISSING], text=text, line_ids=[one.pk])
    mine = {f"decision_{two.pk}": "ask", "ask_reasons": "dates_missing_or_old", "ask_text": "Please date <it>."}
    answer = desk.post(f"/review/{claim.reference}/decide/", {**mine, "version": claim.version, "confirmed": "1"})
    page = answer.content.decode()
    assert answer.status_code == 409
    written, typed = page.partition('id="written-title"')[2].split('id="typed-title"')
    assert "Ari Arbiter, " in written
    assert "The &lt;proof&gt; is about somebody else.</pre>" in written
    assert 'data-code="proof_missing"' in written
    assert "Said before." not in written
    assert "Please date &lt;it&gt;." in typed


def test_a_partner_reads_on_the_conflict_page_what_microsoft_wrote_and_no_name(client: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer)
    assert claim.submitted_by is not None
    comment(reference=claim.reference, by=reviewer, body="Among us.", audience=Audience.INTERNAL)
    reject(reference=claim.reference, by=reviewer, reasons=[Reason.PROOF_MISSING], text="Nothing is shown.")
    client.force_login(claim.submitted_by)
    sent = {"reason": "We no longer work there.", "version": claim.version}
    answer = client.post(reverse("claims:withdraw", args=[claim.reference]), sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Nothing is shown.</pre>" in page
    assert "We no longer work there.</pre>" in page
    assert "Microsoft, " in page
    assert "Rita Reviewer" not in page
    assert "Among us." not in page


# --- How much it asks for ----------------------------------------------------------------------------------


def _queries(desk: Client, claim: Claim) -> int:
    with CaptureQueriesContext(connection) as asked:
        _page(desk, claim)
    return len(asked)


def _busy(reviewer: User, count: int) -> Claim:
    """A claim with as many products, comments, notes and people who look at it."""
    products = [make_workload() for _number in range(count)]
    claim = make_under_review(reviewer, make_submitted(make_side(), make_customer(*products), *products))
    for number in range(count):
        colleague = make_staff()
        comment(reference=claim.reference, by=colleague, body=f"Comment {number}", audience=Audience.INTERNAL)
        write_note(reference=claim.reference, by=colleague, body=f"Note {number}")
        look(claim, colleague, datetime.now(UTC))
    return claim


def test_one_row_and_thirty_take_the_same_number_of_queries(desk: Client, reviewer: User) -> None:
    small, large = _busy(reviewer, 1), _busy(reviewer, 30)
    _queries(desk, small)
    assert _queries(desk, small) == _queries(desk, large)
