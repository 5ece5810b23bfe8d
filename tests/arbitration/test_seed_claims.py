"""`seed_claims`: many claims, each as the portal's own acts would have left it."""

import re
from collections import Counter
from datetime import UTC, datetime
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.test import Client, override_settings
from django.urls import reverse

from arbitration.enforcement import enforce
from arbitration.facts import look_up
from arbitration.models import LineDecision, Review, SecondReading
from arbitration.seeding import run, writing
from arbitration.seeding.run import seed
from arbitration.seeding.tables import TABLES
from claims.acts.drafts import start_draft
from claims.acts.snapshots import facts_of
from claims.models import Claim, Correction, Deadline, Event
from claims.transitions import BY_ACT, Act
from claims.words import Status
from cpor_portal.accounts.models import User
from cpor_portal.directory.source import directory
from tests.support import always

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 19, 18, 30, tzinfo=UTC)
MANY = 400


def _run(count: int, *options: str) -> str:
    told = StringIO()
    call_command("seed_claims", count, *options, stdout=told)
    return told.getvalue()


@pytest.fixture(params=["told", pytest.param("copied", marks=pytest.mark.postgres_only)])
def seeded(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Each story told by itself; and 200 stories, each of them twice."""
    if request.param == "copied":
        monkeypatch.setattr(run, "PORTION", 200)
    with time_machine.travel(NOW, tick=False):
        return seed(MANY, say=lambda _told: None)


def test_what_always_holds_holds_for_what_was_seeded(seeded: dict[str, int]) -> None:
    rows = always.read()
    always.everything(rows)
    assert len(rows.claims) == MANY == seeded["claims_claim"]
    # What was due by then has been done: a sweep finds nothing.
    assert len(enforce(now=NOW)) == 0


def test_every_status_is_there_by_acts_that_the_table_permits_and_about_forty_percent_are_open(
    request: pytest.FixtureRequest, seeded: dict[str, int]
) -> None:
    by_status = Counter(Claim.objects.values_list("status", flat=True))
    assert set(by_status) == set(Status)
    assert 0.33 < Claim.objects.open().count() / MANY < 0.47
    late = Claim.objects.filter(status=Status.SUBMITTED, due_at__lt=NOW).count()
    assert 0 < late < by_status[Status.SUBMITTED] / 2
    acts = Event.objects.filter(verb__in=Act.values).order_by("id")
    seen: Counter[str] = Counter()
    for verb, role, before in acts.values_list("verb", "actor_role", "status_before"):
        row = BY_ACT[Act(verb)]
        assert role in row.actors, (verb, role)
        assert before in row.statuses, (verb, before)
        seen[verb] += 1
    assert {Act.SUBMIT, Act.RESUBMIT, Act.AMEND, Act.RELEASE, Act.CONFIRM} <= set(seen)
    rare = {Act.HAND_BACK, Act.REMOVE}
    assert rare <= set(seen) or "copied" in request.node.name  # half as many stories


def test_a_claim_says_what_its_last_snapshot_and_the_directory_say(seeded: dict[str, int]) -> None:
    for claim in Claim.objects.filter(status=Status.SUBMITTED).order_by("id")[:10]:
        now, then = facts_of(claim), claim.snapshots.order_by("id").last().facts
        for facts in (now, then):
            for line in facts["lines"]:
                del line["outcome"]  # a rival may have filed since
        assert then == now
    claims = Claim.objects.filter(status=Status.UNDER_REVIEW).select_related("location__firm").order_by("id")
    for claim in claims[:12]:
        lines = list(claim.lines.select_related("product"))
        checks = look_up(claim, lines, directory(), NOW)
        assert checks.differences == 0, (claim.reference, checks)


def test_decisions_and_corrections_are_told_as_the_acts_tell_them(seeded: dict[str, int]) -> None:
    decided = Review.objects.filter(decided_at__isnull=False)
    assert decided.count() > MANY / 3
    assert not decided.filter(business_days=None).exists()
    assert not decided.filter(decisions=None).exists()
    assert not Review.objects.filter(decided_at=None, decisions__isnull=False).exists()
    refused = LineDecision.objects.filter(decision__in=["asked", "rejected", "removed"])
    assert not refused.filter(reasons=None).exists()
    assert not SecondReading.objects.filter(reader_id=models.F("review__reviewer_id")).exists()
    waiting = set(Claim.objects.filter(correction_asked_at__isnull=False).values_list("pk", flat=True))
    assert waiting == set(Correction.objects.values_list("claim_id", flat=True))
    assert waiting == set(Deadline.objects.running().filter(kind="correction").values_list("claim_id", flat=True))


def test_more_can_be_seeded_and_people_stay_the_same() -> None:
    first = _run(30, "--yes")
    people = User.objects.count()
    assert "30 claims" in first
    assert "seed-only-1" in first
    _run(20, "--yes")
    assert Claim.objects.count() == 50
    assert User.objects.count() == people
    always.everything(always.read())


def test_seeded_people_can_sign_in() -> None:
    _run(12, "--yes")
    for who in ("reviewer8", "arbiter1", "partner1", "partner8"):
        login = {"login": f"{who}@seed.example", "password": "seed-only-1"}
        client = Client()
        assert client.post(reverse("account_login"), login).status_code == 302
        assert client.get("/", follow=True).status_code == 200


def test_it_is_refused_where_debug_is_off_unless_it_is_confirmed() -> None:
    with override_settings(DEBUG=False), pytest.raises(CommandError, match="--yes"):
        _run(5)
    assert Claim.objects.count() == 0


@pytest.mark.parametrize("count", [0, -1, 1_000_001])
def test_a_number_out_of_range_is_refused(count: int) -> None:
    with pytest.raises(CommandError, match="1 to 1,000,000"):
        _run(count, "--yes")


@pytest.mark.postgres_only
def test_indexes_and_foreign_keys_come_back_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "WORTH_BUILDING_ANEW", 10)
    before = _schema()
    _run(40, "--yes")
    assert _schema() == before
    always.everything(always.read())


def _schema() -> tuple[list[tuple[str, str]], list[tuple[str, ...]]]:
    with connection.cursor() as cursor:
        tables = list(TABLES)
        cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) ORDER BY 1", [tables])
        indexes = [(name, _without_casts(definition)) for name, definition in cursor.fetchall()]
        cursor.execute(
            "SELECT conname, conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid::regclass::text = ANY(%s) ORDER BY 1, 2",
            [tables],
        )
        return indexes, cursor.fetchall()


def _without_casts(definition: str) -> str:
    """PostgreSQL casts a list of texts as a whole at first, and each text of it when the index is built anew."""
    return re.sub(r"::[a-z ]+(\[\])?|[()]", "", definition)


def test_the_next_claim_after_a_seeding_gets_a_number_of_its_own() -> None:
    _run(12, "--yes")
    person = User.objects.get(email="partner1@seed.example")
    last = Claim.objects.order_by("-id").values_list("id", flat=True).first()
    assert start_draft(by=person).pk > last
