"""Who else looks at a claim: told to colleagues for a minute, to nobody else, and never by looking alone."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from arbitration.models import Presence
from arbitration.presence import here, leave, look
from claims.acts.comment import comment
from claims.models import Claim
from claims.words import Audience
from cpor_portal.accounts.models import StaffRole, User
from tests.support.factories import make_staff
from tests.support.stories import make_submitted, make_under_review

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
JSON = {"Accept": "application/json"}


@pytest.fixture
def rita() -> User:
    return make_staff(name="Rita Reviewer")


@pytest.fixture
def robin() -> User:
    return make_staff(name="Robin Reviewer")


@pytest.fixture
def claim() -> Claim:
    return make_submitted()


def _ask(person: User, claim: Claim, **data: str) -> dict[str, object]:
    client = Client()
    client.force_login(person)
    answer = client.post(f"/review/{claim.reference}/presence/", data, headers=JSON)
    assert answer.status_code == 200
    return dict(answer.json())


def test_somebody_counts_for_a_minute_after_the_page_last_said_so(claim: Claim, rita: User, robin: User) -> None:
    look(claim, robin, NOW)
    assert here(claim, rita, NOW + timedelta(seconds=60)) == [robin]
    assert here(claim, rita, NOW + timedelta(seconds=61)) == []
    look(claim, robin, NOW + timedelta(seconds=61))
    assert here(claim, rita, NOW + timedelta(seconds=62)) == [robin]
    assert Presence.objects.count() == 1


def test_nobody_is_told_of_themselves_or_of_another_claim(claim: Claim, rita: User, robin: User) -> None:
    look(claim, rita, NOW)
    look(make_submitted(), robin, NOW)
    assert here(claim, rita, NOW) == []


def test_what_is_no_longer_looked_at_is_forgotten(claim: Claim, rita: User) -> None:
    look(claim, rita, NOW)
    look(make_submitted(), rita, NOW + timedelta(minutes=5))
    assert not Presence.objects.filter(claim=claim).exists()
    leave(claim, rita)
    assert Presence.objects.count() == 1


def test_the_page_hears_who_else_looks_until_they_leave(claim: Claim, rita: User, robin: User) -> None:
    assert _ask(robin, claim)["people"] == []
    assert _ask(rita, claim) == {"people": ["Robin Reviewer"], "version": claim.version}
    _ask(robin, claim, leaving="1")
    assert _ask(rita, claim)["people"] == []


def test_the_page_hears_that_the_claim_has_changed(claim: Claim, rita: User, robin: User) -> None:
    comment(reference=claim.reference, by=robin, body="Hello.", audience=Audience.INTERNAL)
    assert _ask(rita, claim)["version"] == claim.version
    assert _ask(rita, make_under_review(robin, claim))["version"] == claim.version + 1


def test_looking_alone_writes_nothing_and_shows_who_is_there(claim: Claim, rita: User, robin: User) -> None:
    with time_machine.travel(NOW, tick=False):
        look(claim, robin, NOW)
        client = Client()
        client.force_login(rita)
        page = client.get(f"/review/{claim.reference}/").content.decode()
    assert "<strong data-people>Robin Reviewer</strong>" in page
    assert list(Presence.objects.values_list("person", flat=True)) == [robin.pk]


def test_without_a_script_it_leads_back_to_the_claim(claim: Claim, rita: User) -> None:
    client = Client()
    client.force_login(rita)
    answer = client.post(f"/review/{claim.reference}/presence/?at=4")
    assert (answer.status_code, answer["Location"]) == (302, f"/review/{claim.reference}/?at=4")


def test_partners_and_portal_admins_are_not_told_and_do_not_appear(claim: Claim, robin: User) -> None:
    look(claim, robin, NOW)
    for person in (claim.submitted_by, make_staff(StaffRole.PORTAL_ADMIN)):
        assert person is not None
        client = Client()
        client.force_login(person)
        assert client.post(f"/review/{claim.reference}/presence/", headers=JSON).status_code == 404
    assert Presence.objects.count() == 1
    assert claim.submitted_by is not None
    client.force_login(claim.submitted_by)
    with time_machine.travel(NOW, tick=False):
        assert "Robin Reviewer" not in client.get(f"/claims/{claim.reference}/").content.decode()
