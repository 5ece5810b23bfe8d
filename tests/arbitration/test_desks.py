"""The desks: absences that send work back, conflicts of interest and limits, and the pages on which they are noted."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from arbitration.acts import absence as absence_acts
from arbitration.acts.absence import begin_absences, declare_absence, end_absence
from arbitration.acts.hand_back import give_back_all
from arbitration.acts.start import start_review
from arbitration.acts.take import take_next
from arbitration.enforcement import enforce
from arbitration.models import Absence, Bar, Desk
from arbitration.tasks import send_back_work_of_absent
from claims.acts.resubmit import resubmit
from claims.away import reviewer_who_is_there
from claims.history import sentence
from claims.models import Claim
from claims.words import Audience
from cpor_portal.accounts.models import StaffRole, User
from cpor_portal.faults import Fault
from cpor_portal.notifications.models import OutboxMail
from tests.support.factories import make_location, make_person, make_staff, make_workload
from tests.support.stories import make_asked, make_customer, make_side, make_submitted, make_under_review

pytestmark = pytest.mark.django_db
# A Monday; in Los Angeles it is 9 in the morning.
NOON = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
TODAY = NOON.date()
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as moving:
        yield moving


@pytest.fixture
def arbiter() -> User:
    return make_staff(StaffRole.ARBITER, name="Ari Arbiter")


@pytest.fixture
def robin() -> User:
    return make_staff(name="Robin Reviewer")


def reviewer_of(claim: Claim) -> User | None:
    return Claim.objects.get(pk=claim.pk).reviewer


def browser_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def away(person: User, first: date, last: date, **more: Any) -> tuple[Absence, list[Claim]]:
    return declare_absence(by=more.pop("by", person), person=person, first_day=first, last_day=last, **more)


def code_of(act: Any, *given: Any, **arguments: Any) -> str:
    with pytest.raises(Fault) as excinfo:
        act(*given, **arguments)
    return excinfo.value.code


# --- Absence -----------------------------------------------------------------------------------------------


def test_an_absence_that_begins_today_sends_back_what_waits_for_microsoft_at_once(arbiter: User, robin: User) -> None:
    reviewed, asked = make_under_review(robin), make_asked(robin)
    absence, claims = away(robin, TODAY, TODAY + 4 * DAY)
    assert (claims, reviewer_of(reviewed), reviewer_of(asked)) == ([reviewed], None, robin)
    assert absence.begun_at == NOON
    event = reviewed.events.get(verb="hand_back")
    assert (event.actor, event.audience) == (robin, Audience.INTERNAL)
    assert sentence(event, reader=arbiter) == "Robin Reviewer is away, so the claim went back to the queue."
    mail = OutboxMail.objects.get(kind="absence_began")
    assert mail.recipient == arbiter.email
    assert mail.subject == "Robin Reviewer is away: 1 claim back in the queue"
    named = f"{reviewed.customer_display_name}, {reviewed.reference}"
    assert f"{named}: due Tuesday 1 December 2026, 23:59 (PST)" in mail.text


def test_whose_absence_an_arbiter_notes_is_told_what_of_theirs_went_back(arbiter: User, robin: User) -> None:
    held = [make_under_review(robin) for _claim in range(2)]
    away(robin, TODAY, TODAY + DAY, by=arbiter, note="Robin is ill.")
    mail = OutboxMail.objects.get(kind="returned_many")
    assert mail.recipient == robin.email
    assert all(claim.reference in mail.text for claim in held)
    assert "Robin is ill." in mail.text


def test_an_absence_that_cannot_begin_holds_up_no_other(
    robin: User, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    sam = make_staff()
    claims = [make_under_review(person) for person in (robin, sam)]
    for person in (robin, sam):
        away(person, TODAY + DAY, TODAY + 2 * DAY)
    clock.shift(DAY)

    def fail_for_robin(person: User, **given: Any) -> Any:
        if person == robin:
            raise RuntimeError("cannot be given back")
        return give_back_all(person, **given)

    monkeypatch.setattr(absence_acts, "give_back_all", fail_for_robin)
    assert begin_absences(now=NOON + DAY) == 1
    assert [reviewer_of(claim) for claim in claims] == [robin, None]
    monkeypatch.undo()
    assert begin_absences(now=NOON + DAY) == 1


def test_an_answer_for_a_reviewer_who_is_away_is_the_queues_and_no_mail(robin: User) -> None:
    claim = make_asked(robin)
    away(robin, TODAY, TODAY + DAY)
    resubmit(reference=claim.reference, by=claim.submitted_by)
    assert not OutboxMail.objects.filter(kind="resubmitted_review").exists()
    sam = make_staff()
    other = make_asked(sam)
    resubmit(reference=other.reference, by=other.submitted_by)
    assert OutboxMail.objects.get(kind="resubmitted_review").recipient == sam.email
    claim.refresh_from_db()
    assert reviewer_who_is_there(claim, NOON) is None
    assert reviewer_who_is_there(claim, NOON + 3 * DAY) == robin


def test_an_absence_to_come_begins_with_its_first_day_where_the_person_lives(
    robin: User, clock: time_machine.Traveller
) -> None:
    User.objects.filter(pk=robin.pk).update(time_zone="Asia/Tokyo")
    robin.refresh_from_db()
    claim = make_under_review(robin)
    # It is Tuesday in Tokyo already at two in the morning; Wednesday begins there at 15:00 UTC.
    absence, claims = away(robin, date(2026, 11, 25), date(2026, 11, 25))
    assert claims == []
    for moment, begun in (
        (datetime(2026, 11, 24, 14, 59, tzinfo=UTC), 0),
        (datetime(2026, 11, 24, 15, 0, tzinfo=UTC), 1),
    ):
        clock.move_to(moment)
        assert begin_absences(now=moment) == begun
    assert reviewer_of(claim) is None
    event = claim.events.get(verb="hand_back")
    assert (event.actor, event.actor_role) == (None, "portal")
    assert begin_absences(now=moment) == 0
    absence.refresh_from_db()
    assert absence.begun_at == moment


def test_the_minutely_job_begins_absences_and_what_was_over_meanwhile_sends_nothing_back(
    robin: User, clock: time_machine.Traveller
) -> None:
    claim = make_under_review(robin)
    away(robin, TODAY + DAY, TODAY + DAY)
    clock.shift(10 * DAY)
    send_back_work_of_absent()
    assert reviewer_of(claim) == robin
    assert not Absence.objects.filter(begun_at=None).exists()
    away(robin, TODAY + 11 * DAY, TODAY + 12 * DAY)
    clock.shift(DAY)
    send_back_work_of_absent()
    assert reviewer_of(claim) is None


def test_whoever_is_away_takes_and_starts_nothing_until_the_absence_is_ended(robin: User) -> None:
    claim = make_submitted()
    absence, _claims = away(robin, TODAY, TODAY + 2 * DAY)
    assert code_of(take_next, by=robin) == "reviewer_absent"
    assert code_of(start_review, reference=claim.reference, by=robin) == "reviewer_absent"
    end_absence(by=robin, absence_id=absence.pk)
    assert take_next(by=robin) == claim
    assert code_of(end_absence, by=robin, absence_id=absence.pk) == "absence_is_over"


def test_an_answer_that_comes_meanwhile_is_free_for_all_and_its_reminder_goes_to_the_arbiters(
    arbiter: User, robin: User, clock: time_machine.Traveller
) -> None:
    claim, sam = make_asked(robin), make_staff()
    away(robin, TODAY, TODAY + 20 * DAY)
    clock.shift(DAY)
    resubmit(reference=claim.reference, by=claim.submitted_by)
    clock.move_to(datetime(2026, 12, 1, 18, 0, tzinfo=UTC))
    enforce(now=datetime(2026, 12, 1, 18, 0, tzinfo=UTC))
    assert list(OutboxMail.objects.filter(kind="deadline_near_review").values_list("recipient", flat=True)) == [
        arbiter.email
    ]
    assert take_next(by=sam) == claim


def test_what_nobody_took_is_still_there_after_the_absence(robin: User, clock: time_machine.Traveller) -> None:
    claim = make_asked(robin)
    away(robin, TODAY, TODAY)
    resubmit(reference=claim.reference, by=claim.submitted_by)
    clock.shift(DAY)
    assert take_next(by=make_staff()) is None
    assert take_next(by=robin) == claim


@pytest.mark.parametrize(
    ("first", "last", "note", "code"),
    [
        (1, 0, "", "absence_backwards"),
        (-3, -1, "", "absence_is_over"),
        (0, 367, "", "absence_too_long"),
        (735, 740, "", "absence_too_far"),
        (0, 1, "x" * 1_001, "note_too_long"),
        (6, 9, "", "absence_overlaps"),
    ],
)
def test_days_that_make_no_sense_are_refused(robin: User, first: int, last: int, note: str, code: str) -> None:
    away(robin, TODAY + 5 * DAY, TODAY + 7 * DAY)
    assert code_of(away, robin, TODAY + first * DAY, TODAY + last * DAY, note=note) == code
    assert Absence.objects.count() == 1


def test_only_arbiters_plan_for_others(arbiter: User, robin: User) -> None:
    sam = make_staff()
    assert code_of(away, sam, TODAY, TODAY, by=robin) == "arbiters_only"
    absence, _claims = away(sam, TODAY, TODAY, by=arbiter)
    assert code_of(end_absence, by=robin, absence_id=absence.pk) == "arbiters_only"
    assert end_absence(by=arbiter, absence_id=absence.pk).ended_at == NOON
    assert code_of(away, make_person(), TODAY, TODAY, by=arbiter) == "reviewers_only"
    assert code_of(away, arbiter, TODAY, TODAY, by=make_person()) == "reviewers_only"


# --- One's own desk ----------------------------------------------------------------------------------------


def test_my_desk_shows_what_i_have_and_how_much_that_may_be(robin: User, settings: Settings) -> None:
    settings.REVIEWER_LOAD_LIMIT = 1
    reviewed, asked, others = make_under_review(robin), make_asked(make_staff()), make_submitted()
    page = browser_of(robin).get("/review/desk/").content.decode()
    assert 'data-waiting="1" data-limit="1"' in page
    assert "You have 1 claim that waits for Microsoft; you may have 1 at once." in page
    assert "ask an arbiter for a higher limit" in page
    shown = [claim for claim in (reviewed, asked, others) if f"/review/{claim.reference}/" in page]
    assert shown == [reviewed]
    assert "/review/desks/" not in page


def test_an_absence_is_noted_and_ended_on_ones_desk(robin: User) -> None:
    claim, browser = make_under_review(robin), browser_of(robin)
    data = {"first_day": "2026-11-23", "last_day": "2026-11-27", "note": "Hiking <far>."}
    page = browser.post("/review/desk/absence/", data, follow=True).content.decode()
    assert "1 claim went back to the queue." in page
    assert "You are noted as away until" in page
    assert "Hiking &lt;far&gt;." in page
    assert reviewer_of(claim) is None
    absence = Absence.objects.get()
    browser.post(f"/review/desk/absence/{absence.pk}/end/")
    assert "away until" not in browser.get("/review/desk/").content.decode()
    assert browser.post(f"/review/desk/absence/{absence.pk}/end/").status_code == 409
    assert browser.post("/review/desk/absence/999999/end/").status_code == 404
    assert browser_of(make_staff()).post(f"/review/desk/absence/{absence.pk}/end/").status_code == 404


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"first_day": "", "last_day": "2026-11-27"}, "required"),
        ({"first_day": "tomorrow", "last_day": "2026-11-27"}, "invalid"),
        ({"first_day": "2026-11-27", "last_day": "2026-11-26"}, "absence_backwards"),
    ],
)
def test_days_that_are_refused_come_back_with_what_was_typed(robin: User, data: dict[str, str], code: str) -> None:
    answer = browser_of(robin).post("/review/desk/absence/", {**data, "note": "Kept text."})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'data-code="{code}"' in page
    assert 'value="Kept text."' in page
    assert f'value="{data["last_day"]}"' in page


def test_a_firm_is_named_by_its_name_or_any_of_its_numbers(robin: User) -> None:
    firms = [make_side(name).firm for name in ("Fabrikam", "Fabrikam East", "Woodgrove")]
    location = make_location(firms[2])
    browser = browser_of(robin)
    for text, expected in (
        ("fabrikam", firms[0]),
        ("Fabrikam E", firms[1]),
        (location.mpn_id, firms[2]),
    ):
        assert browser.post("/review/desk/bars/", {"firm": text, "reason": "A friend."}).status_code == 302
        assert Bar.objects.latest("pk").firm == expected
    for text, code in (("", "firm_required"), ("Fab", "firm_ambiguous"), ("Nobody", "firm_unknown")):
        answer = browser.post("/review/desk/bars/", {"firm": text, "reason": "Kept text."})
        assert answer.status_code == 422
        assert f'data-code="{code}"' in answer.content.decode()
        assert "Kept text." in answer.content.decode()
    answer = browser.post("/review/desk/bars/", {"firm": firms[2].global_id, "reason": "Once more."})
    assert 'data-code="already_barred"' in answer.content.decode()
    assert Bar.objects.count() == 3


def test_my_desk_costs_the_same_with_one_row_and_with_thirty(robin: User, django_assert_max_num_queries: Any) -> None:
    side, workload, browser, counts = make_side(), make_workload(), browser_of(robin), []
    browser.get("/review/desk/")
    for number in (1, 30):
        while Claim.objects.filter(reviewer=robin).count() < number:
            make_under_review(robin, make_submitted(side, make_customer(workload), workload))
            firm = make_side().firm
            Bar.objects.create(person=robin, firm=firm, reason="A friend.", declared_by=robin)
            first = TODAY + (40 + 2 * number) * DAY
            Absence.objects.create(person=robin, first_day=first, last_day=first, declared_by=robin)
        with django_assert_max_num_queries(40) as asked:
            assert browser.get("/review/desk/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


# --- Everybody's desks -------------------------------------------------------------------------------------


def test_arbiters_see_what_everybody_has(arbiter: User, robin: User, settings: Settings) -> None:
    settings.REVIEWER_LOAD_LIMIT = 7
    make_under_review(robin)
    make_asked(robin)
    away(robin, TODAY, TODAY + DAY)
    page = browser_of(arbiter).get("/review/desks/").content.decode()
    row = page.partition(f'data-person="{robin.email}"')[2].partition("</tr>")[0]
    cells = [cell.partition(">")[2].partition("</td>")[0] for cell in row.split('<td class="number"')[1:]]
    numbers = [re.sub(r"<[^>]+>", " ", cell).split()[0] for cell in cells]
    assert (numbers[0], numbers[2], numbers[3]) == ("0", "1", "7")
    assert "away until" in row


def test_an_arbiter_sets_limits_absences_and_conflicts_for_others(arbiter: User, robin: User) -> None:
    claim, browser = make_under_review(robin), browser_of(arbiter)
    firm = claim.firm
    assert browser.post("/review/desks/limit/", {"reviewer": robin.email, "load_limit": "12"}).status_code == 302
    assert Desk.objects.get(person=robin).load_limit == 12
    data = {"reviewer": robin.email, "firm": firm.global_id, "reason": "Robin worked there."}
    page = browser.post("/review/desks/bars/", data, follow=True).content.decode()
    assert "1 claim went back to the queue." in page
    assert "Robin worked there." in page
    bar = Bar.objects.get()
    assert browser.post(f"/review/desks/bars/{bar.pk}/lift/").status_code == 302
    assert Bar.objects.get().lifted_by == arbiter
    assert browser.post(f"/review/desks/bars/{bar.pk}/lift/").status_code == 409
    days = {"reviewer": robin.email, "first_day": "2026-12-01", "last_day": "2026-12-02"}
    assert browser.post("/review/desks/absence/", days).status_code == 302
    assert Absence.objects.get().declared_by == arbiter
    for path, sent in (
        ("limit", {"load_limit": "-4"}),
        ("limit", {"load_limit": "many"}),
        ("bars", {}),
        ("absence", {}),
    ):
        assert browser.post(f"/review/desks/{path}/", {"reviewer": robin.email, **sent}).status_code == 422
    answer = browser.post("/review/desks/limit/", {"reviewer": "nobody@example.com", "load_limit": "3"})
    assert 'data-code="reviewer_unknown"' in answer.content.decode()


def test_everybodys_desks_belong_to_my_desk_and_each_name_leads_to_what_the_person_has(
    arbiter: User, robin: User
) -> None:
    make_under_review(robin)
    for address in ("/review/desk/", "/review/desks/"):
        page = browser_of(arbiter).get(address).content.decode()
        head = page.partition("</header>")[0]
        assert re.findall(r'aria-current="\w+">([^<]+)<', head) == ["My desk", "My desk"]
    assert f'<a href="/review/?reviewer={quote(robin.email, safe="")}">{robin}</a>' in page


def test_for_reviewers_and_partners_the_others_desks_do_not_exist(robin: User) -> None:
    for person in (robin, make_person(), make_staff(StaffRole.PORTAL_ADMIN)):
        browser = browser_of(person)
        assert browser.get("/review/desks/").status_code == 404
        for path in ("limit", "absence", "bars", "bars/1/lift"):
            assert browser.post(f"/review/desks/{path}/", {"reviewer": robin.email}).status_code == 404
    for person in (make_person(), make_staff(StaffRole.PORTAL_ADMIN)):
        assert browser_of(person).get("/review/desk/").status_code == 404


def test_the_desks_cost_the_same_with_one_person_and_with_thirty(
    arbiter: User, django_assert_max_num_queries: Any
) -> None:
    browser, counts = browser_of(arbiter), []
    browser.get("/review/desks/")
    for number in (1, 30):
        for _person in range(number):
            person, firm = make_staff(), make_side().firm
            Bar.objects.create(person=person, firm=firm, reason="A friend.", declared_by=arbiter)
            Absence.objects.create(person=person, first_day=TODAY, last_day=TODAY, declared_by=arbiter)
        with django_assert_max_num_queries(40) as asked:
            assert browser.get("/review/desks/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
