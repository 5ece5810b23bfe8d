"""Many reviewers who take their next claim at the same moment, on real PostgreSQL: no claim twice, and none skipped.

With `--long` as the day of a large desk: 20 reviewers who take 200 claims each. Day by day the same with fewer.
"""

from collections import Counter
from collections.abc import Callable
from copy import copy
from functools import partial
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from django.db.models import Model

from arbitration.acts.assign import assign
from arbitration.acts.bars import declare_bar
from arbitration.acts.hand_back import hand_back
from arbitration.acts.limits import set_load_limit
from arbitration.acts.start import start_review
from arbitration.acts.take import take_next
from arbitration.models import Review
from claims.models import Claim, ClaimLine, Deadline, Event, Target
from claims.models.claim import new_reference
from claims.words import Status
from cpor_portal.accounts.models import StaffRole, User
from cpor_portal.faults import Fault, Refused
from tests.support.factories import make_staff, make_workload
from tests.support.stories import make_customer, make_side, make_submitted
from tests.support.together import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres_only]
REVIEWERS = 20
Row = TypeVar("Row", bound=Model)


def many_submitted(count: int) -> list[Claim]:
    """So many submitted claims, each with its own customer: one real one, and its rows again."""
    claim = make_submitted()
    line, deadline = claim.lines.get(), claim.deadlines.get()
    claims = [_again(claim, reference=new_reference(), tenant_id=uuid4()) for _copy in range(count - 1)]
    Claim.objects.bulk_create(claims)
    assert line.target is not None
    targets = [_again(line.target, tenant_id=one.tenant_id) for one in claims]
    Target.objects.bulk_create(targets)
    rows = zip(claims, targets, strict=True)
    ClaimLine.objects.bulk_create(_again(line, claim=one, target=target) for one, target in rows)
    Deadline.objects.bulk_create(_again(deadline, claim=one) for one in claims)
    return [claim, *claims]


def _again(row: Row, **changed: Any) -> Row:
    made = copy(row)
    made._state = copy(row._state)
    made._state.fields_cache = {}
    made.pk, made._state.adding = None, True
    for name, value in changed.items():
        setattr(made, name, value)
    return made


def take_all(reviewer: User, count: int) -> list[str]:
    """The references of the claims that one reviewer gets, one after the other."""
    taken = [take_next(by=reviewer) for _time in range(count)]
    return [claim.reference for claim in taken if claim is not None]


def test_no_claim_is_taken_twice_and_none_is_skipped(pytestconfig: pytest.Config) -> None:
    each = 200 if pytestconfig.getoption("--long") else 10
    claims = many_submitted(REVIEWERS * each)
    reviewers = [make_staff() for _reviewer in range(REVIEWERS)]
    acts: list[Callable[[], Any]] = [partial(take_all, reviewer, each) for reviewer in reviewers]
    taken = Counter(reference for references in at_once(*acts, seconds=1_500) for reference in references)
    assert set(taken) == {claim.reference for claim in claims}
    assert set(taken.values()) == {1}
    assert set(Claim.objects.values_list("status", flat=True)) == {Status.UNDER_REVIEW}
    assert Review.objects.count() == len(claims)
    assert Event.objects.filter(verb="start_review").count() == len(claims)
    held = Counter(Claim.objects.values_list("reviewer", flat=True))
    assert held == {reviewer.pk: each for reviewer in reviewers}


def test_at_the_limit_one_of_two_presses_of_the_button_takes_a_claim() -> None:
    arbiter, robin = make_staff(StaffRole.ARBITER), make_staff()
    for limit in range(1, 6):
        many_submitted(3)
        set_load_limit(by=arbiter, person=robin, load_limit=limit)
        results = at_once(partial(take_next, by=robin), partial(take_next, by=robin))
        assert sorted(isinstance(result, Refused) for result in results) == [False, True], results
        assert Claim.objects.filter(reviewer=robin).count() == limit


def test_starting_and_being_given_a_claim_at_once_never_fills_a_desk_beyond_its_limit() -> None:
    arbiter, robin = make_staff(StaffRole.ARBITER), make_staff()
    for limit in range(1, 6):
        one, other = many_submitted(2)
        set_load_limit(by=arbiter, person=robin, load_limit=limit)
        results = at_once(
            partial(start_review, reference=one.reference, by=robin),
            partial(assign, reference=other.reference, by=arbiter, reviewer_email=robin.email),
        )
        assert [result.code for result in results if isinstance(result, Fault)] == ["load_limit_reached"], results
        assert Claim.objects.filter(reviewer=robin).count() == limit


def test_a_claim_that_is_handed_back_twice_is_handed_back_once_and_taken_once() -> None:
    robin, arbiter, sam = make_staff(), make_staff(StaffRole.ARBITER), make_staff()
    for _time in range(6):
        claim = start_review(reference=many_submitted(1)[0].reference, by=robin)
        back = partial(hand_back, reference=claim.reference, note="Somebody else, please.", version=claim.version)
        results = at_once(partial(back, by=robin), partial(back, by=arbiter), partial(take_next, by=sam))
        assert sum(isinstance(result, Fault) for result in results[:2]) == 1, results
        assert claim.events.filter(verb="hand_back").count() == 1
        now = Claim.objects.get(pk=claim.pk).reviewer
        assert now == (sam if isinstance(results[2], Claim) else None)
        take_next(by=sam)


def test_whoever_is_barred_while_they_take_ends_up_without_the_firms_claims() -> None:
    robin, side, workload = make_staff(), make_side(), make_workload()
    for time in range(6):
        claim = make_submitted(make_side() if time else side, make_customer(workload), workload)
        taken, barred = at_once(
            partial(take_next, by=robin),
            partial(declare_bar, by=robin, person=robin, firm=claim.firm, reason="A cousin."),
        )
        assert not isinstance(barred, Fault), barred
        assert taken is None or taken == claim
        assert Claim.objects.get(pk=claim.pk).reviewer is None
