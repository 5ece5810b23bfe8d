"""Deadlines as calendar programs read them: parsed again with the library, never by their text alone."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from icalendar import Calendar

from arbitration.acts.start import start_review
from arbitration.enforcement import enforce
from claims import clock
from claims.acts.drafts import start_draft
from claims.acts.editing import save_activity
from claims.models import Claim, Deadline
from claims.words import Activity
from cpor_portal.accounts.models import Programme, StaffRole, User
from cpor_portal.directory.models import SolutionArea
from tests.claims.views.pages import signed_in
from tests.support.factories import make_firm, make_location, make_person, make_staff
from tests.support.stories import Side, make_asked, make_side, make_submitted

pytestmark = pytest.mark.django_db
MONDAY = datetime(2027, 2, 1, 20, tzinfo=UTC)


@pytest.fixture
def side() -> Side:
    return make_side()


def address(deadline: Deadline) -> str:
    return f"/claims/{deadline.claim.reference}/deadlines/{deadline.pk}.ics"


def event_in(content: bytes) -> Any:
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    return event


def taken(user: User, deadline: Deadline) -> Any:
    answer = signed_in(user).get(address(deadline))
    assert answer.status_code == 200
    return event_in(answer.content)


def test_a_deadline_fills_the_day_on_which_it_ends_where_its_owner_is() -> None:
    firm = make_firm(country="HU", time_zone="Europe/Budapest")
    side = Side(firm, make_person(firm), make_location(firm, Programme.OSU_M365))
    with time_machine.travel(MONDAY, tick=False):
        claim = make_asked(make_staff(), make_submitted(side))
        review = taken(side.person, claim.deadlines.get(kind="review"))
        answer = taken(side.person, claim.deadlines.get(kind="partner_answer"))
    # Both ends lie on another day for somebody: Monday's end in Seattle is Tuesday morning in Budapest.
    assert (review.decoded("DTSTART"), review.decoded("DTEND")) == (date(2027, 2, 8), date(2027, 2, 9))
    assert "By when: Monday 8 February 2027, 23:59 (America/Los_Angeles)" in review["DESCRIPTION"]
    assert answer.decoded("DTSTART") == date(2027, 2, 8)
    assert "By when: Monday 8 February 2027, 23:59 (Europe/Budapest)" in answer["DESCRIPTION"]
    assert "5 business days are counted after 1 February 2027, in your firm's calendar" in answer["DESCRIPTION"]


def test_a_deadline_names_the_claim_and_leads_to_it(side: Side, settings: Any) -> None:
    settings.PORTAL_URL = "https://portal.example:8443"
    claim = make_submitted(side)
    deadline = claim.deadlines.get()
    event = taken(side.person, deadline)
    assert event["SUMMARY"] == f"Review decision: {claim.customer_display_name} ({claim.reference})"
    assert event["URL"] == f"https://portal.example:8443/claims/{claim.reference}/"
    assert event["UID"] == f"deadline-{deadline.pk}@portal.example"
    assert event["TRANSP"] == "TRANSPARENT"
    assert event["STATUS"] == "CONFIRMED"


def test_names_with_the_formats_own_signs_come_through_whole(side: Side) -> None:
    claim = make_submitted(side)
    name = "Ács, Kő; \\Fa\n és Társa Zrt. " + "ő" * 80
    Claim.objects.filter(pk=claim.pk).update(customer_display_name=name)
    event = taken(side.person, claim.deadlines.get())
    assert name in event["SUMMARY"]


def test_one_that_has_ended_comes_as_cancelled_under_the_same_name_and_a_higher_number(side: Side) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock_:
        claim = make_submitted(side)
        before = taken(side.person, claim.deadlines.get())
        clock_.shift(timedelta(hours=1))
        make_asked(make_staff(), claim)
        after = taken(side.person, claim.deadlines.get(kind="review"))
    assert after["UID"] == before["UID"]
    assert after["STATUS"] == "CANCELLED"
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after.decoded("LAST-MODIFIED") > before.decoded("LAST-MODIFIED")


def test_one_that_was_missed_says_so_under_the_same_name_and_a_higher_number_each_time(side: Side) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock_:
        claim = make_submitted(side)
        deadline = claim.deadlines.get()
        before = taken(side.person, deadline)
        clock_.shift(timedelta(days=9))
        enforce(now=timezone.now())
        missed = taken(side.person, deadline)
        make_asked(make_staff(), claim)
        ended = taken(side.person, deadline)
    assert missed["SUMMARY"].startswith("Missed – Review decision: ")
    assert not before["SUMMARY"].startswith("Missed")
    assert before["UID"] == missed["UID"] == ended["UID"]
    assert (missed["STATUS"], ended["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert before["SEQUENCE"] < missed["SEQUENCE"] < ended["SEQUENCE"]


def test_a_drafts_date_moves_with_a_higher_number_each_time(side: Side) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock_:
        draft = start_draft(by=side.person)
        first = taken(side.person, draft.deadlines.get())
        clock_.shift(timedelta(days=3))
        save_activity(
            reference=draft.reference, by=side.person, area=SolutionArea.MICROSOFT_365, activities=[Activity.USAGE]
        )
        second = taken(side.person, draft.deadlines.get())
    assert second["UID"] == first["UID"]
    assert second["SEQUENCE"] > first["SEQUENCE"]
    assert second.decoded("DTSTART") - first.decoded("DTSTART") == timedelta(days=3)


def test_a_draft_that_was_warned_of_late_moves_with_a_higher_number_and_once_more_with_the_next_edit(
    side: Side,
) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock_:
        draft = start_draft(by=side.person)
        first = taken(side.person, draft.deadlines.get())
        clock_.shift(timedelta(days=88))  # five days after the warning was due
        enforce(now=timezone.now())
        warned = taken(side.person, draft.deadlines.get())
        clock_.shift(timedelta(minutes=1))
        save_activity(
            reference=draft.reference, by=side.person, area=SolutionArea.MICROSOFT_365, activities=[Activity.USAGE]
        )
        kept = taken(side.person, draft.deadlines.get())
    assert warned.decoded("DTSTART") - first.decoded("DTSTART") == timedelta(days=5)
    assert first["SEQUENCE"] < warned["SEQUENCE"] < kept["SEQUENCE"]
    assert first.decoded("LAST-MODIFIED") < warned.decoded("LAST-MODIFIED") < kept.decoded("LAST-MODIFIED")


def test_the_reader_is_told_in_their_own_words_and_language(side: Side) -> None:
    reviewer = make_staff()
    with time_machine.travel(MONDAY, tick=False):
        claim = make_asked(reviewer, make_submitted(side))
        deadline = claim.deadlines.get(kind="partner_answer")
        assert taken(side.person, deadline)["SUMMARY"].startswith("Your firm's answer:")
        assert taken(reviewer, deadline)["SUMMARY"].startswith("Partner's answer:")
        assert "Who acts: The partner" in taken(reviewer, deadline)["DESCRIPTION"]
        User.objects.filter(pk=side.person.pk).update(language="hu")
        assert "2027. február 8., hétfő 23:59" in taken(side.person, deadline)["DESCRIPTION"]


def test_a_file_is_kept_by_nobody_on_its_way(side: Side) -> None:
    deadline = make_submitted(side).deadlines.get()
    answer = signed_in(side.person).get(address(deadline))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Disposition"].startswith("attachment")


def test_another_firms_deadline_does_not_exist_neither_does_one_of_another_claim(side: Side) -> None:
    claim, other = make_submitted(side), make_submitted(side)
    rivals = make_submitted(make_side())
    client = signed_in(side.person)
    assert client.get(address(rivals.deadlines.get())).status_code == 404
    swapped = f"/claims/{claim.reference}/deadlines/{other.deadlines.get().pk}.ics"
    assert client.get(swapped).status_code == 404
    assert client.get(f"/claims/{claim.reference}/deadlines/{10**25}.ics").status_code == 404
    assert signed_in(make_staff(StaffRole.PORTAL_ADMIN)).get(address(claim.deadlines.get())).status_code == 404


def test_a_drafts_deadline_does_not_exist_for_microsoft(side: Side) -> None:
    deadline = start_draft(by=side.person).deadlines.get()
    assert signed_in(make_staff()).get(address(deadline)).status_code == 404
    assert signed_in(side.person).get(address(deadline)).status_code == 200


def test_every_kind_of_deadline_can_be_taken(side: Side) -> None:
    reviewer = make_staff()
    claim = start_review(reference=make_submitted(side).reference, by=reviewer)
    for kind in clock.RULES:
        row = clock.forecast(kind, claim, datetime.now(UTC), about=f"event:{kind}")
        row.save()
        assert taken(side.person, row).decoded("DTSTART") > date(2026, 1, 1)
