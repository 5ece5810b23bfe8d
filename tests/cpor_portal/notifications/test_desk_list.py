"""The list of outgoing mail: its order, pages and filters, and that it never looks at the whole table."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cpor_portal.accounts.models import User
from cpor_portal.notifications.desk import listing
from cpor_portal.notifications.desk.listing import ACCOUNT, PAGE_SIZE, Filters, page_of
from cpor_portal.notifications.models import ErrorKind, MailState, OutboxMail
from tests.cpor_portal.notifications.conftest import QueuedMail
from tests.support.factories import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita(client: Client) -> User:
    """A reviewer who has signed in."""
    rita = make_staff()
    client.force_login(rita)
    return rita


def ids(filters: Filters | None = None) -> list[int]:
    """The first page."""
    return [mail.pk for mail in page_of(filters or Filters()).mails]


def pages(filters: Filters) -> Iterator[list[int]]:
    """All pages, as somebody turns them."""
    after = ""
    while True:
        page = page_of(filters, after=after)
        yield [mail.pk for mail in page.mails]
        after = page.after
        if not after:
            return


# --- Order and pages ----------------------------------------------------------------------------------------


def test_the_newest_mail_stands_first_and_an_empty_outbox_says_so(client: Client, queued: QueuedMail) -> None:
    client.force_login(make_staff())
    assert "No mail yet" in client.get("/outbox/").content.decode()
    mails = [queued() for _number in range(3)]
    assert ids() == [mail.pk for mail in reversed(mails)]


@pytest.mark.parametrize(
    "filters", [Filters(), Filters(state="waiting"), Filters(recipient="anna"), Filters(kind="trial")]
)
def test_pages_hold_every_mail_once_though_new_ones_come_in_between(queued: QueuedMail, filters: Filters) -> None:
    made = [queued().pk for _number in range(2 * PAGE_SIZE + 3)]
    seen: list[int] = []
    sizes = []
    for page in pages(filters):
        seen += page
        sizes.append(len(page))
        queued()
    assert sizes == [PAGE_SIZE, PAGE_SIZE, 3]
    assert seen == made[::-1]


@pytest.mark.parametrize("after", ["nonsense", "-1", "²", "9" * 40, "1 OR 1", "\x00"])
def test_a_cursor_that_nobody_gave_out_means_the_first_page(queued: QueuedMail, after: str) -> None:
    mail = queued()
    assert [found.pk for found in page_of(Filters(), after=after).mails] == [mail.pk]


def test_the_link_to_the_next_page_keeps_the_filters(client: Client, rita: User, queued: QueuedMail) -> None:
    for _number in range(PAGE_SIZE + 1):
        queued()
    queued(state=MailState.SENT)
    first = client.get("/outbox/", {"state": "waiting"}).content.decode()
    link = re.search(r'rel="next" href="([^"]+)"', first)
    assert link is not None
    assert "state=waiting" in link[1]
    second = client.get("/outbox/" + unescape(link[1])).content.decode()
    assert 'rel="next"' not in second
    assert second.count('data-state="waiting"') == 1
    assert 'data-state="sent"' not in first + second


@pytest.mark.parametrize("address", ["/outbox/", "/outbox/?state=failed", "/outbox/?kind=approved&recipient=anna"])
def test_thirty_rows_cost_as_many_queries_as_one(client: Client, rita: User, queued: QueuedMail, address: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    def make() -> None:
        facts = {"kind": "approved", "person": make_staff(), "asked_by": rita}
        queued(state=MailState.FAILED, error_kind=ErrorKind.SERVER_BUSY, **facts)

    make()
    client.get(address)
    one = queries()
    for _number in range(29):
        make()
    assert queries() == one


def test_a_row_says_what_went_wrong_and_what_to_do(client: Client, rita: User, queued: QueuedMail) -> None:
    queued(state=MailState.FAILED, attempts=10, error_kind=ErrorKind.SERVER_BUSY, kind="submitted")
    page = client.get("/outbox/").content.decode()
    for words in ("Could not be delivered", "The mail server was busy", "Send it again once", "10 attempts"):
        assert words in page
    assert "Claim submitted" in page
    assert 'data-error="server_busy"' in page


def test_a_mail_that_left_after_all_no_longer_says_what_went_wrong(
    client: Client, rita: User, queued: QueuedMail
) -> None:
    queued(state=MailState.SENT, attempts=3, error_kind=ErrorKind.SERVER_BUSY, sent_at=timezone.now())
    table = client.get("/outbox/").content.decode().partition("<tbody>")[2]
    assert "The mail server was busy" not in table


# --- Dead letters -------------------------------------------------------------------------------------------


def test_dead_letters_are_counted_on_top_and_one_click_away(client: Client, rita: User, queued: QueuedMail) -> None:
    queued()
    assert "data-dead-letters" not in client.get("/outbox/").content.decode()
    dead = queued(state=MailState.FAILED, subject="Dead letter")
    page = client.get("/outbox/").content.decode()
    link = re.search(r'<a href="([^"]+)">1 mail could not be delivered</a>', page)
    assert link is not None
    table = client.get(unescape(link[1])).content.decode().partition("<tbody>")[2]
    assert re.findall(r'href="(/outbox/\d+/)"', table) == [reverse("outbox:mail", args=[dead.pk])]


def test_the_count_of_dead_letters_is_capped(
    client: Client, rita: User, queued: QueuedMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "COUNT_CAP", 2)
    for _number in range(3):
        queued(state=MailState.FAILED)
    assert "More than 2 mails could not be delivered" in client.get("/outbox/").content.decode()


# --- Filters ------------------------------------------------------------------------------------------------


def test_the_list_is_filtered_by_each_of_its_filters(client: Client, rita: User, queued: QueuedMail) -> None:
    odd = {
        "state": queued(state=MailState.HELD),
        "error": queued(error_kind=ErrorKind.SERVER_GONE),
        "kind": queued(kind="approved"),
        "language": queued(language="hu"),
        "recipient": queued("Bela.Nagy@tisza.example".lower()),
        "claim": queued(claim_reference="C-ABCDEFGH"),
    }
    asked = {
        "state": ["held"],
        "error": ["server_gone"],
        "kind": ["approved"],
        "language": ["hu"],
        "recipient": ["bela", "BELA.nagy@", " bela.nagy@tisza.example "],
        "claim": ["C-ABCDEFGH", "c-abcdefgh", "abcdefgh", " C-ABCD EFGH"],
    }
    for name, texts in asked.items():
        for text in texts:
            table = client.get("/outbox/", {name: text}).content.decode().partition("<tbody>")[2]
            found = re.findall(r'href="/outbox/(\d+)/"', table)
            assert found == [str(odd[name].pk)], (name, text)


@pytest.mark.parametrize("name", ["state", "error", "kind", "language"])
def test_a_filter_that_makes_no_sense_is_said_at_its_field_and_nothing_matches(
    client: Client, rita: User, queued: QueuedMail, name: str
) -> None:
    mail = queued(state=MailState.FAILED, error_kind=ErrorKind.SERVER_GONE)
    answer = client.get("/outbox/", {"state": "failed", name: "nonsense"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f"/outbox/{mail.pk}/" not in page
    assert "No mail matches" in page
    assert "nonsense is not one of the available choices" in page
    assert f'href="#filter_{name}"' in page
    assert "data-sendable" not in page
    # Whoever posts it all the same sends nothing.
    client.post(reverse("outbox:resend_many"), {"state": "failed", name: "nonsense"})
    assert OutboxMail.objects.count() == 1


def test_filters_that_are_seldom_used_are_folded_away_until_they_are(client: Client, rita: User) -> None:
    fold = re.compile(r'<details class="outbox-more"( open)?>(.*?)</details>', re.S)
    closed = fold.search(client.get("/outbox/", {"recipient": "anna"}).content.decode())
    opened = fold.search(client.get("/outbox/", {"language": "hu"}).content.decode())
    assert closed is not None
    assert opened is not None
    assert (closed[1], opened[1]) == (None, " open")
    assert re.findall(r'<select name="(\w+)"', closed[2]) == ["error", "kind", "language"]


def test_languages_are_written_alike_in_the_filter_and_in_the_rows(client: Client, queued: QueuedMail) -> None:
    client.force_login(make_staff(language="hu"))
    queued(language="en")
    page = client.get("/outbox/").content.decode()
    assert page.count("Angol") == 2
    assert "angol" not in page


def test_a_dead_letter_says_when_it_was_given_up(client: Client, queued: QueuedMail) -> None:
    client.force_login(make_staff(time_zone="UTC"))
    at = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    queued(state=MailState.FAILED, next_attempt_at=at, attempts=2)
    table = client.get("/outbox/").content.decode().partition("<tbody>")[2]
    assert re.search(r"Given up <time[^>]*>23 Nov 2026, 09:30 UTC</time>", table)


def test_a_reference_is_not_torn_apart_in_its_subject(client: Client, rita: User, queued: QueuedMail) -> None:
    queued(subject="A & B · C-7K3M9Q2X: approved")
    page = client.get("/outbox/").content.decode()
    assert 'A &amp; B · <span class="nowrap">C-7K3M9Q2X</span>: approved' in page


def test_filters_hold_together(queued: QueuedMail) -> None:
    wanted = queued(state=MailState.SENT, language="hu", kind="approved", claim_reference="C-ABCDEFGH")
    for changed in ({"state": "waiting"}, {"language": "en"}, {"kind": "trial"}, {"claim_reference": "C-OTHEROTH"}):
        queued(**({"state": "sent", "language": "hu", "kind": "approved", "claim_reference": "C-ABCDEFGH"} | changed))
    queued("berta@x.example", state=MailState.SENT, language="hu", kind="approved", claim_reference="C-ABCDEFGH")
    filters = Filters("sent", "", "approved", "hu", "anna", "C-ABCDEFGH")
    assert ids(filters) == [wanted.pk]


def test_mails_about_accounts_are_one_kind(queued: QueuedMail) -> None:
    queued()
    accounts = [queued(kind="account_password_reset_key").pk, queued(kind="account_email_confirmation").pk]
    assert ids(Filters(kind=ACCOUNT)) == accounts[::-1]


def test_nothing_that_matches_says_so_and_offers_the_way_back(client: Client, rita: User, queued: QueuedMail) -> None:
    queued()
    for filters in ({"recipient": "nobody"}, {"recipient": "%"}, {"recipient": "ann_"}, {"claim": "C-NONESUCH"}):
        page = client.get("/outbox/", filters).content.decode()
        assert "No mail matches" in page
        assert '<a class="btn btn-quiet" href="/outbox/">' in page


def test_an_address_that_begins_like_many_shows_the_first_of_them_and_says_so(
    client: Client, rita: User, queued: QueuedMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "MOST_ADDRESSES", 3)
    made = [queued(f"anna{number}@x.example") for number in (3, 1, 2)]
    queued("anmut@x.example")
    queued("annz")
    assert ids(Filters(recipient="anna")) == [mail.pk for mail in reversed(made)]
    assert "Many addresses" not in client.get("/outbox/", {"recipient": "anna"}).content.decode()
    queued("anna9@x.example")
    assert ids(Filters(recipient="anna")) == [mail.pk for mail in reversed(made)]
    page = client.get("/outbox/", {"recipient": "anna"}).content.decode()
    assert "anna1@x.example to anna3@x.example" in page


# --- A million rows -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("lead", [{}, {"state": "waiting"}, {"recipient": "anna"}])
def test_a_rare_kind_is_looked_for_in_bounded_steps_and_still_found(
    queued: QueuedMail, monkeypatch: pytest.MonkeyPatch, lead: dict[str, str]
) -> None:
    monkeypatch.setattr(listing, "LOOK_AT", 10)
    rare = [queued(kind="approved").pk for _number in range(2)]
    for _number in range(25):
        queued()
    first = page_of(Filters(kind="approved", **lead))
    assert (first.mails, first.is_cut) == ([], True)
    assert [mails for mails in pages(Filters(kind="approved", **lead)) if mails] == [rare[::-1]]


def test_several_addresses_are_looked_through_to_the_same_depth(
    queued: QueuedMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "LOOK_AT", 5)
    made = []
    for number in range(40):
        mail = queued(f"anna{number % 3 if number > 9 else 0}@x.example", kind="approved" if number % 4 else "trial")
        made += [mail.pk] if mail.kind == "approved" else []
    seen = [number for page in pages(Filters(kind="approved", recipient="anna")) for number in page]
    assert seen == made[::-1]


def test_a_page_that_was_cut_offers_to_look_further_back(
    client: Client, rita: User, queued: QueuedMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "LOOK_AT", 3)
    for _number in range(5):
        queued()
    page = client.get("/outbox/", {"language": "hu"}).content.decode()
    assert "there are older ones" in page
    assert "Look further back" in page
    assert "No mail matches" not in page


@pytest.mark.postgres_only
def test_no_filter_scans_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    fill(20_000)
    monkeypatch.setattr(listing, "LOOK_AT", 500)
    for filters in (
        Filters(),
        Filters(state="failed"),
        Filters(state="failed", error="server_busy"),
        Filters(kind="approved"),
        Filters(language="hu", kind="approved"),
        Filters(recipient="person77"),
        Filters(recipient="person77", state="failed"),
        Filters(claim="C-00000077"),
    ):
        with CaptureQueriesContext(connection) as captured:
            page_of(filters)
            listing.dead_letters()
            listing.sendable_again(filters)
        for query in captured.captured_queries:
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN {query['sql']}")
                plan = "\n".join(row[0] for row in cursor.fetchall())
            assert "Seq Scan" not in plan, (filters, plan)


def fill(number: int) -> None:
    """So many mails, nearly all of them sent, to a tenth as many people."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO notifications_outboxmail (event_key, recipient, kind, language, subject, text, html,
                claim_reference, message_id, state, queued_at, next_attempt_at, attempts, error_kind, last_error)
            SELECT 'e' || n, 'person' || n %% 2000 || '@partner.example', 'submitted', 'en', 'Subject', 'Text', '',
                'C-' || lpad((n %% 5000)::text, 8, '0'), '<' || n || '@x>',
                CASE WHEN n %% 1000 = 0 THEN 'failed' ELSE 'sent' END, now(), now(), 1, '', ''
            FROM generate_series(1, %s) AS n
            """,
            [number],
        )
        cursor.execute("ANALYZE notifications_outboxmail")
    assert OutboxMail.objects.count() >= number
