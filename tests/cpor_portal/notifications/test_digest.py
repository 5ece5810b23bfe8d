"""The daily digest: at 08:00 of the reader's own morning, on their working days, everything once."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st

from cpor_portal.accounts.models import CalendarException, DayKind, MailPace, PartnerFirm, StaffRole, User
from cpor_portal.notifications.digest import send_digests
from cpor_portal.notifications.models import MailState, OutboxMail
from cpor_portal.notifications.tasks import send_digests as task
from cpor_portal.working_days import WorkCalendar, is_working_day
from tests.cpor_portal.notifications.conftest import QueuedMail
from tests.support.factories import make_firm, make_person, make_staff
from tests.support.together import at_once

pytestmark = pytest.mark.django_db
BUDAPEST = ZoneInfo("Europe/Budapest")
MONDAY = date(2026, 11, 23)
TUESDAY = date(2026, 11, 24)
KEY = "digest:%d:2026-11-24"


def there(day: date, hour: int, minute: int = 0) -> datetime:
    """An instant by the clock in Budapest."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BUDAPEST)


@pytest.fixture
def firm() -> PartnerFirm:
    return make_firm("Árvíztűrő Kft.", country="HU", time_zone="Europe/Budapest")


@pytest.fixture
def anna(firm: PartnerFirm) -> User:
    return reader(firm)


def reader(firm: PartnerFirm | None, **fields: Any) -> User:
    return make_person(firm, **({"time_zone": "Europe/Budapest", "mail_pace": MailPace.DIGEST} | fields))


@pytest.fixture
def held(queued: QueuedMail, make_kind: Callable[..., object]) -> Callable[..., OutboxMail]:
    """Makes a mail that was kept for the person, on Monday afternoon."""
    make_kind("state", replaces=frozenset({"state"}))
    make_kind("comment")

    def make(person: User, **fields: Any) -> OutboxMail:
        facts = {"state": MailState.HELD, "person": person, "queued_at": there(MONDAY, 15), "kind": "comment"}
        facts |= fields
        return queued(person.email, **({"next_attempt_at": facts["queued_at"]} | facts))

    return make


def digest() -> OutboxMail:
    return OutboxMail.objects.get(kind="digest")


@pytest.mark.sqlite_too
def test_what_was_kept_is_told_in_one_mail_at_eight_the_next_morning(
    anna: User, held: Callable[..., OutboxMail]
) -> None:
    mails = [held(anna, subject=f"Contoso · C-7K3M9Q2X: comment {number}") for number in range(3)]
    other = held(anna, subject="Fabrikam · C-2HD8WN4R: submitted", claim_reference="C-2HD8WN4R", kind="state")
    assert send_digests(there(TUESDAY, 7, 59)) == 0
    assert send_digests(there(TUESDAY, 8)) == 1
    told = digest()
    assert (told.state, told.recipient, told.event_key) == ("waiting", anna.email, KEY % anna.pk)
    assert told.subject == "Your daily digest: news about 2 claims"
    for mail in (*mails, other):
        mail.refresh_from_db()
        assert (mail.state, mail.digest) == (MailState.DIGESTED, told)
        assert mail.subject in told.text
        assert mail.subject in told.html
    for reference in ("C-7K3M9Q2X", "C-2HD8WN4R"):
        assert told.text.count(f"http://127.0.0.1:8000/claims/{reference}/") == 1


def test_a_digest_says_of_each_mail_what_happened_and_never_that_there_is_nothing_to_do(
    anna: User, held: Callable[..., OutboxMail]
) -> None:
    said = "Microsoft has written: “Is <this> the right tenant?”"
    held(anna, summary=said), held(anna)
    assert send_digests(there(TUESDAY, 8)) == 1
    assert said in digest().text
    assert "Is &lt;this&gt; the right tenant?”" in digest().html
    assert "There is nothing you have to do" not in digest().text
    assert "Where a comment asks you something, answer with a comment on the claim." in digest().text


def test_whoever_reviews_no_longer_gets_no_digest_of_what_reviewers_read(held: Callable[..., OutboxMail]) -> None:
    paul = make_staff(StaffRole.REVIEWER, mail_pace=MailPace.DIGEST, time_zone="Europe/Budapest")
    mail = held(paul, summary="An internal comment: “Look at the dates.”")
    User.objects.filter(pk=paul.pk).update(staff_role=StaffRole.PORTAL_ADMIN)
    assert send_digests(there(TUESDAY, 8)) == 0
    mail.refresh_from_db()
    assert mail.state == MailState.SILENCED


def test_a_second_round_on_the_same_day_tells_nothing_more(anna: User, held: Callable[..., OutboxMail]) -> None:
    held(anna)
    send_digests(there(TUESDAY, 8))
    late = held(anna, queued_at=there(TUESDAY, 7, 59))
    assert send_digests(there(TUESDAY, 8, 1)) == 0
    assert send_digests(there(TUESDAY + timedelta(days=1), 8)) == 1
    late.refresh_from_db()
    assert late.state == MailState.DIGESTED


def test_where_nothing_was_kept_there_is_no_digest(anna: User, held: Callable[..., OutboxMail]) -> None:
    held(anna, state=MailState.SENT)
    assert send_digests(there(TUESDAY, 8)) == 0


def test_what_comes_after_eight_waits_for_the_next_morning(anna: User, held: Callable[..., OutboxMail]) -> None:
    held(anna, queued_at=there(TUESDAY, 8))
    assert send_digests(there(TUESDAY, 17)) == 0


def test_after_an_outage_the_digest_comes_later_on_the_same_day(anna: User, held: Callable[..., OutboxMail]) -> None:
    held(anna)
    held(anna, queued_at=there(TUESDAY, 14))
    assert send_digests(there(TUESDAY, 16, 30)) == 1
    assert digest().told.count() == 2


def test_after_a_week_off_there_is_one_digest(anna: User, held: Callable[..., OutboxMail]) -> None:
    for day in range(5):
        held(anna, queued_at=there(MONDAY + timedelta(days=day), 15))
    assert send_digests(there(MONDAY + timedelta(days=7), 9)) == 1
    assert send_digests(there(MONDAY + timedelta(days=7), 10)) == 0
    assert digest().told.count() == 5


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Tokyo", "Asia/Kolkata"])
def test_eight_is_the_readers_own_eight(firm: PartnerFirm, held: Callable[..., OutboxMail], zone: str) -> None:
    person = reader(firm, time_zone=zone)
    held(person, queued_at=there(MONDAY, 8))
    eight = datetime(2026, 11, 24, 8, tzinfo=ZoneInfo(zone))
    assert send_digests(eight - timedelta(seconds=1)) == 0
    assert send_digests(eight) == 1


def test_a_firms_holiday_and_weekend_pass_without_a_digest(anna: User, held: Callable[..., OutboxMail]) -> None:
    held(anna, queued_at=there(date(2026, 10, 22), 15))
    # 23 October is a public holiday in Hungary, a Friday in 2026.
    days = [date(2026, 10, 23) + timedelta(days=number) for number in range(4)]
    assert [send_digests(there(day, 9)) for day in days] == [0, 0, 0, 1]


def test_a_firms_own_closure_passes_without_a_digest(
    anna: User, firm: PartnerFirm, held: Callable[..., OutboxMail]
) -> None:
    CalendarException.objects.create(firm=firm, day=TUESDAY, kind=DayKind.CLOSED, reason="Stocktaking")
    held(anna)
    assert send_digests(there(TUESDAY, 9)) == 0
    assert send_digests(there(TUESDAY + timedelta(days=1), 9)) == 1


def test_staff_follow_the_review_sites_calendar_and_are_led_to_the_workspace(held: Callable[..., OutboxMail]) -> None:
    rita = make_staff(StaffRole.REVIEWER, mail_pace=MailPace.DIGEST, time_zone="America/Los_Angeles")
    held(rita, queued_at=datetime(2026, 11, 25, 20, tzinfo=UTC))
    pacific = ZoneInfo("America/Los_Angeles")
    # Thanksgiving
    assert send_digests(datetime(2026, 11, 26, 9, tzinfo=pacific)) == 0
    assert send_digests(datetime(2026, 11, 27, 9, tzinfo=pacific)) == 1
    assert "http://127.0.0.1:8000/review/C-7K3M9Q2X/" in digest().text


def test_a_calendar_that_cannot_be_kept_holds_no_news_back(held: Callable[..., OutboxMail]) -> None:
    person = reader(make_firm(country="XX"))
    held(person)
    assert send_digests(there(TUESDAY, 8)) == 1


def test_of_each_claim_the_newest_state_is_told_and_every_comment(anna: User, held: Callable[..., OutboxMail]) -> None:
    old, new = held(anna, kind="state", subject="submitted"), held(anna, kind="state", subject="withdrawn")
    comments = [held(anna, subject=f"comment {number}") for number in range(2)]
    send_digests(there(TUESDAY, 8))
    old.refresh_from_db()
    assert (old.state, old.digest) == (MailState.SUPERSEDED, None)
    assert list(digest().told.order_by("pk")) == [new, *comments]
    assert "submitted" not in digest().text


def test_old_news_is_not_told_after_a_decision_that_came_at_once(anna: User, held: Callable[..., OutboxMail]) -> None:
    old = held(anna, kind="state")
    held(anna, kind="state", state=MailState.SENT)
    assert send_digests(there(TUESDAY, 8)) == 0
    old.refresh_from_db()
    assert old.state == MailState.SUPERSEDED


def left_the_firm(person: User) -> None:
    person.membership.delete()


def may_not_sign_in(person: User) -> None:
    User.objects.filter(pk=person.pk).update(is_active=False)


def wants_only_what_needs_action(person: User) -> None:
    User.objects.filter(pk=person.pk).update(mail_pace=MailPace.NEEDS_ACTION)


def is_gone(person: User) -> None:
    person.delete()


@pytest.mark.parametrize("change", [left_the_firm, may_not_sign_in, wants_only_what_needs_action, is_gone])
def test_whoever_left_or_wants_nothing_any_more_gets_no_digest(
    anna: User, held: Callable[..., OutboxMail], change: Callable[[User], None]
) -> None:
    mail = held(anna)
    change(anna)
    assert send_digests(there(TUESDAY, 8)) == 0
    mail.refresh_from_db()
    assert mail.state == MailState.SILENCED


def test_whoever_wants_each_mail_at_once_now_gets_what_was_kept_with_a_last_digest(
    anna: User, held: Callable[..., OutboxMail]
) -> None:
    held(anna)
    User.objects.filter(pk=anna.pk).update(mail_pace=MailPace.AT_ONCE)
    assert send_digests(there(TUESDAY, 8)) == 1


def test_a_digest_speaks_the_readers_language_and_keeps_their_time(
    firm: PartnerFirm, held: Callable[..., OutboxMail]
) -> None:
    held(reader(firm, language="hu"))
    send_digests(there(TUESDAY, 8))
    assert digest().language == "hu"
    assert "2026. november 23., hétfő 15:00 (CET)" in digest().text


@pytest.mark.postgres_only
def test_one_failing_digest_holds_up_nobody_and_stays_due(
    anna: User, firm: PartnerFirm, held: Callable[..., OutboxMail]
) -> None:
    held(anna), held(reader(firm))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            f"ALTER TABLE notifications_outboxmail ADD CONSTRAINT broken CHECK (event_key <> '{KEY % anna.pk}')"
        )
    assert send_digests(there(TUESDAY, 8)) == 1
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE notifications_outboxmail DROP CONSTRAINT broken")
    assert send_digests(there(TUESDAY, 8, 1)) == 1
    assert OutboxMail.objects.filter(kind="digest").count() == 2


def test_news_that_cannot_be_put_into_words_holds_up_nobody_and_is_logged(
    anna: User, firm: PartnerFirm, held: Callable[..., OutboxMail], caplog: pytest.LogCaptureFixture
) -> None:
    mail = held(anna, claim_reference="no/claim")
    held(reader(firm))
    assert send_digests(there(TUESDAY, 8)) == 1
    assert "digest_not_sent" in caplog.text
    mail.refresh_from_db()
    assert mail.state == MailState.HELD
    OutboxMail.objects.filter(pk=mail.pk).update(claim_reference="")
    assert send_digests(there(TUESDAY, 8, 1)) == 1


def test_a_reader_who_moved_east_gets_the_digest_when_it_would_have_come_before(
    anna: User, held: Callable[..., OutboxMail]
) -> None:
    held(anna)
    assert send_digests(there(MONDAY, 16)) == 0
    User.objects.filter(pk=anna.pk).update(time_zone="Asia/Tokyo")
    assert send_digests(there(TUESDAY, 8)) == 1


def test_a_reader_who_moved_west_gets_the_digest_at_their_new_eight(
    anna: User, held: Callable[..., OutboxMail]
) -> None:
    held(anna)
    assert send_digests(there(MONDAY, 16)) == 0
    User.objects.filter(pk=anna.pk).update(time_zone="America/New_York")
    assert [send_digests(there(TUESDAY, hour)) for hour in (8, 13, 14)] == [0, 0, 1]


HELD_MAILS = 100_000
READERS = 5_000


@pytest.mark.postgres_only
def test_a_minute_without_a_digest_costs_next_to_nothing_however_much_is_kept(
    firm: PartnerFirm, held: Callable[..., OutboxMail], record_property: Callable[[str, object], None]
) -> None:
    sample = held(reader(firm), queued_at=there(MONDAY, 9))
    assert send_digests(there(MONDAY, 9, 1)) == 0
    _keep_many(sample)
    costs = [_cost_of(there(MONDAY, 10, minute)) for minute in range(10)]
    record_property("figures", f"{min(costs):.2f} ms with {HELD_MAILS} mails kept for {READERS} people")
    assert min(costs) < 5


def test_on_a_day_without_digests_nobody_is_looked_at_twice(anna: User, held: Callable[..., OutboxMail]) -> None:
    mail = held(anna, queued_at=there(date(2026, 11, 20), 15))
    assert send_digests(there(date(2026, 11, 21), 8)) == 0
    mail.refresh_from_db()
    assert mail.next_attempt_at == there(date(2026, 11, 22), 8)
    with CaptureQueriesContext(connection) as captured:
        send_digests(there(date(2026, 11, 21), 8, 1))
    assert len(captured) == 2


def _keep_many(sample: OutboxMail) -> None:
    """Copies of one kept mail, spread over many people, as they lie there when they have been put off once."""
    people = [User(email=f"reader{number}@partner.example", mail_pace=MailPace.DIGEST) for number in range(READERS)]
    first = User.objects.bulk_create(people)[0].pk
    names = [str(field.column) for field in OutboxMail._meta.concrete_fields if not field.primary_key]
    own = {
        "event_key": "p.event_key || i",
        "message_id": "p.message_id || i",
        "person_id": f"{first} + i % {READERS}",
    }
    values = ", ".join(own.get(name, f"p.{name}") for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO notifications_outboxmail ({', '.join(names)}) SELECT {values}"  # noqa: S608
            f" FROM generate_series(1, {HELD_MAILS}) i, notifications_outboxmail p WHERE p.id = {sample.pk}"
        )
        cursor.execute("ANALYZE notifications_outboxmail")


def _cost_of(now: datetime) -> float:
    """Milliseconds that the statements of one idle round take, with the way to the database and back."""
    cost = 0.0

    def measured(execute: Callable[..., Any], *given: Any) -> Any:
        nonlocal cost
        began = perf_counter()
        answer = execute(*given)
        cost += perf_counter() - began
        return answer

    with connection.execute_wrapper(measured):
        assert send_digests(now) == 0
    return cost * 1000


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_everything_once(firm: PartnerFirm, held: Callable[..., OutboxMail]) -> None:
    for person in [reader(firm) for _number in range(8)]:
        for _number in range(3):
            held(person)
    told = at_once(*[partial(send_digests, there(TUESDAY, 8))] * 3)
    assert sum(told) == 8
    assert OutboxMail.objects.filter(kind="digest").count() == 8
    for one in OutboxMail.objects.filter(kind="digest"):
        assert one.told.count() == one.text.count("Contoso · ") == 3
    assert not OutboxMail.objects.filter(state=MailState.HELD).exists()


def test_the_task_that_beat_calls_looks_at_the_clock(
    anna: User, held: Callable[..., OutboxMail], time_machine: Any
) -> None:
    held(anna)
    time_machine.move_to(there(TUESDAY, 8))
    task.apply(throw=True)
    assert digest().recipient == anna.email


@trials(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["Europe/Budapest", "America/Los_Angeles", "Pacific/Kiritimati", "America/Sao_Paulo"]),
    st.integers(0, 365 * 24 * 60).map(lambda passed: datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=passed)),
    st.integers(0, 14 * 24 * 60),
)
def test_a_digest_is_queued_on_a_working_day_after_eight_as_soon_as_that_can_be(
    held: Callable[..., OutboxMail], zone: str, queued_at: datetime, minutes: int
) -> None:
    person = reader(make_firm(country="HU"), time_zone=zone)
    held(person, queued_at=queued_at)
    now = queued_at + timedelta(minutes=minutes)
    here = now.astimezone(ZoneInfo(zone))
    eight = here.replace(hour=8, minute=0, second=0, microsecond=0)
    is_due = queued_at < eight <= here and is_working_day(here.date(), WorkCalendar("HU", zone))
    assert send_digests(now) == is_due
    OutboxMail.objects.filter(digest__isnull=False).delete()
    OutboxMail.objects.all().delete()
