"""`seed_claims` with copies: every copy is a claim of its own, and nothing in it speaks of another one."""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import models

from arbitration.models import LineDecision, SecondReading
from arbitration.seeding import run, world
from arbitration.seeding.copies import Copies
from arbitration.seeding.run import seed
from arbitration.seeding.turning import TURNS, turned_firms, turned_staff
from claims.models import Claim, ClaimLine, Comment, Correction, Deadline, Event, Snapshot
from claims.models.claim import REFERENCE_LETTERS
from cpor_portal.accounts.models import MpnLocation, User
from cpor_portal.directory.models import Subscription, Tenant, TenantDomain
from tests.support import always

pytestmark = [pytest.mark.postgres_only, pytest.mark.django_db]

NOW = datetime(2026, 11, 19, 18, 30, tzinfo=UTC)
COPIES, STORIES = 6, 200


@pytest.fixture
def _copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "PORTION", STORIES)
    monkeypatch.setattr(world, "CLAIMS_PER_FIRM", 4)  # so that each firm has others that are like it
    with time_machine.travel(NOW, tick=False):
        seed(COPIES * STORIES, say=lambda _told: None)


@pytest.mark.usefixtures("_copied")
def test_each_copy_has_keys_of_its_own_and_names_only_what_is_its_own() -> None:
    _the_claims_are_told_apart()
    _lines_stand_on_their_own_claims_targets_and_subscriptions()
    _the_history_names_its_own_rows()
    _people_and_places_belong_to_the_firm()
    _snapshots_tell_the_claim()
    _no_story_is_one_firms_or_one_persons()


def _the_claims_are_told_apart() -> None:
    claims = list(Claim.objects.order_by("id"))
    form = re.compile(f"C-[{REFERENCE_LETTERS}]{{8}}")
    assert len({claim.reference for claim in claims}) == len(claims) == COPIES * STORIES
    assert all(form.fullmatch(claim.reference) for claim in claims)
    assert [claim.pk for claim in claims] == list(range(claims[0].pk, claims[0].pk + len(claims)))
    tenants = {tenant.pk: tenant for tenant in Tenant.objects.all()}
    domains = dict(TenantDomain.objects.values_list("name", "tenant_id"))
    for claim in claims:
        assert claim.tenant_id is not None
        assert claim.tenant_entered == str(claim.tenant_id)
        assert claim.customer_display_name == tenants[claim.tenant_id].display_name
        assert domains[claim.domain] == claim.tenant_id
        assert claim.domain_entered == claim.domain == claim.customer_email.split("@")[1]
        assert claim.revenue_customer_name in ("", claim.customer_display_name)
        assert claim.technical_email.endswith(f"@{claim.domain}") or not claim.technical_email
    assert len({tenant.display_name for tenant in tenants.values()}) > len(tenants) * 0.9


def _lines_stand_on_their_own_claims_targets_and_subscriptions() -> None:
    ids = Subscription.objects.values_list("pk", "commerce_subscription_id", "tenant_id")
    tenants = {number: tenant for number, _commerce, tenant in ids}
    assert len({commerce for _number, commerce, _tenant in ids}) == len(tenants)
    for line in ClaimLine.objects.select_related("claim", "target"):
        assert line.firm_id == line.claim.firm_id
        assert line.subscription_entered == str(line.subscription_id or "")
        assert line.subscription_id is None or tenants[line.subscription_id] == line.claim.tenant_id
        if line.target is not None:
            assert (line.target.tenant_id, line.target.product_id) == (line.claim.tenant_id, line.product_id)
            assert line.target.subscription_id == line.subscription_id


def _the_history_names_its_own_rows() -> None:
    own = {
        "lines": _claims_of(ClaimLine),
        "line": _claims_of(ClaimLine),
        "deadline": _claims_of(Deadline),
        "comment": _claims_of(Comment),
        "correction": _claims_of(Correction),
        "decision": _claims_of(Event),
        "about": _claims_of(Event),
    }
    names = dict(User.objects.values_list("pk", "name"))
    seen = set()
    for event in Event.objects.all():
        for key in own.keys() & event.data.keys():
            seen.add(key)
            for number in _numbers(event.data[key]):
                assert own[key][number] == event.claim_id, (event.verb, key, event.data)
        if "reviewer" in event.data:
            assert event.data["reviewer_name"] == names[event.data["reviewer"]]
            seen.add("reviewer")
    assert seen == {*own, "reviewer"}
    for deadline in Deadline.objects.exclude(about=""):
        assert own["about"][int(deadline.about.removeprefix("event:"))] == deadline.claim_id
    for reading in SecondReading.objects.select_related("review"):
        lines = {str(pk) for pk in LineDecision.objects.filter(review=reading.review).values_list("line_id", flat=True)}
        assert set(reading.first) == lines
        assert set(reading.verdicts) | set(reading.reasons) <= lines


def _claims_of(model: type[models.Model]) -> dict[int, int]:
    return dict(model._default_manager.values_list("pk", "claim_id"))


def _numbers(told: int | str | list[int]) -> Iterator[int]:
    for one in told if isinstance(told, list) else [told]:
        yield int(str(one).removeprefix("event:"))


def _people_and_places_belong_to_the_firm() -> None:
    staff = set(User.objects.exclude(staff_role="").values_list("pk", flat=True))
    firms: dict[int, set[int]] = defaultdict(set)
    for person, firm in User.objects.filter(staff_role="").values_list("pk", "membership__firm"):
        firms[firm].add(person)
    for claim in Claim.objects.select_related("location", "created_by").prefetch_related("corrections__location"):
        assert claim.location is not None
        assert claim.location.firm_id == claim.firm_id
        assert claim.created_by_id in firms[claim.firm_id]
        assert (claim.partner_name, claim.partner_email) == (claim.created_by.name, claim.created_by.email)
        assert claim.submitted_by_id in (None, claim.created_by_id)
        assert claim.reviewer_id is None or claim.reviewer_id in staff
        for correction in claim.corrections.all():
            assert correction.location.firm_id == claim.firm_id
            before = MpnLocation.objects.get(mpn_id=correction.before["mpn_id"])
            assert before == claim.location != correction.location
            assert correction.before["location"] == f"{before.mpn_id} {before.name}"
            assert correction.before["revenue_customer_name"] == claim.revenue_customer_name
    for event in Event.objects.filter(actor__isnull=False).select_related("claim"):
        assert event.actor_id in (staff if event.actor_role in ("reviewer", "arbiter") else firms[event.claim.firm_id])
    for comment in Comment.objects.filter(author__isnull=False).select_related("claim"):
        assert comment.author_id in (staff if comment.author_is_staff else firms[comment.claim.firm_id])


def _snapshots_tell_the_claim() -> None:
    for snapshot in Snapshot.objects.select_related("claim__location").prefetch_related("claim__lines"):
        claim, facts = snapshot.claim, snapshot.facts
        assert claim.location is not None
        assert snapshot.by_id == claim.created_by_id
        assert (facts["tenant_id"], facts["mpn_id"]) == (str(claim.tenant_id), claim.location.mpn_id)
        for key in ("domain", "customer_display_name", "customer_email", "technical_email", "revenue_customer_name"):
            assert facts[key] == getattr(claim, key)
        assert (facts["partner_name"], facts["partner_email"]) == (claim.partner_name, claim.partner_email)
        subscriptions = {line.pk: str(line.subscription_id or "") for line in claim.lines.all()}
        assert {line["line"]: line["subscription_id"] or "" for line in facts["lines"]} == subscriptions


def _no_story_is_one_firms_or_one_persons() -> None:
    """Copies of one story have neighbouring numbers."""
    claims = list(Claim.objects.order_by("id").values_list("firm_id", "reviewer_id", "created_by_id", "created_at"))
    for first in range(0, len(claims), COPIES):
        firms, reviewers, partners, instants = (
            set(found) for found in zip(*claims[first : first + COPIES], strict=True)
        )
        assert len(partners) >= len(firms) > 1
        assert len(reviewers) > 1 or reviewers == {None}
        assert len(instants) == COPIES


def test_two_firms_that_can_meet_and_two_people_never_become_one() -> None:
    there = world.bring_world(4_000, NOW.date())
    firms: dict[tuple[int, int], set[int]] = defaultdict(set)
    for turn, old, new in turned_firms(there, TURNS):
        assert (old.half, old.country, len(old.admins)) == (new.half, new.country, len(new.admins))
        firms[turn, old.half].add(new.id)
        assert turn or old == new
    for turn in range(TURNS):
        assert not firms[turn, 0] & firms[turn, 1]
    people: dict[int, set[int]] = defaultdict(set)
    for turn, _old, person in turned_staff(there, TURNS):
        people[turn].add(person.id)
    assert {len(found) for found in people.values()} == {len(there.reviewers) + len(there.arbiters)}


def test_what_goes_wrong_half_way_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "PORTION", 20)
    monkeypatch.setattr(Copies, "write", _fail)
    with pytest.raises(ArithmeticError):
        seed(60, say=lambda _told: None)
    assert not Claim.objects.exists()
    assert not User.objects.exists()


def _fail(self: Copies) -> None:
    raise ArithmeticError


def test_more_can_be_copied_beside_what_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "PORTION", 20)
    for _time in range(2):
        seed(65, say=lambda _told: None, now=NOW)
    assert Claim.objects.count() == 2 * 65
    always.everything(always.read())
