"""Two people at one correction at the same moment, on real PostgreSQL: one is first, the other hears of it."""

from functools import partial

import pytest

from arbitration.acts.approve import approve
from arbitration.acts.corrections import accept_correction, refuse_correction
from claims.acts.corrections import ask_correction, withdraw_correction
from claims.acts.withdraw import withdraw
from claims.models import Claim, Correction, Event
from claims.transitions import Act
from claims.words import DeadlineKind
from cpor_portal.accounts.models import PartnerRole, Programme, StaffRole
from cpor_portal.faults import Conflict
from cpor_portal.notifications.models import OutboxMail
from tests.support.factories import make_location, make_person, make_staff, make_workload
from tests.support.stories import Side, make_customer, make_side, make_submitted, make_under_review
from tests.support.together import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres_only]
ANSWERS = [Act.CORRECT, Act.REFUSE_CORRECTION, Act.WITHDRAW_CORRECTION]


@pytest.fixture
def times(pytestconfig: pytest.Config) -> range:
    """A few times day by day, and fifty with `--long`."""
    return range(50 if pytestconfig.getoption("--long") else 6)


def waiting(side: Side) -> Claim:
    """A claim under review of which a correction waits."""
    workload = make_workload()
    claim = make_under_review(make_staff(), make_submitted(side, make_customer(workload), workload))
    other = make_location(side.firm, *Programme)
    return ask_correction(reference=claim.reference, by=side.person, mpn_id=other.mpn_id, reason="Wrong office.")


def answers(claim: Claim) -> list[str]:
    return list(Event.objects.filter(claim=claim, verb__in=ANSWERS).values_list("verb", flat=True))


def one_was_first(results: list[object]) -> None:
    assert sorted(type(result).__name__ for result in results) == [Claim.__name__, Conflict.__name__], results


def test_of_two_who_answer_at_once_one_is_first(times: range) -> None:
    side, arbiter = make_side(), make_staff(StaffRole.ARBITER)
    for _time in times:
        claim = waiting(side)
        assert claim.reviewer is not None
        accept = partial(accept_correction, reference=claim.reference, by=claim.reviewer, version=claim.version)
        refuse = partial(refuse_correction, reference=claim.reference, by=arbiter, text="No.", version=claim.version)
        one_was_first(at_once(accept, refuse))
        assert len(answers(claim)) == 1
        told = OutboxMail.objects.filter(
            claim_reference=claim.reference, kind__in=("correction_accepted", "correction_refused")
        )
        assert told.count() == 1


def test_a_partner_who_takes_it_back_and_a_reviewer_who_accepts_do_not_both_win(times: range) -> None:
    side = make_side()
    for _time in times:
        claim = waiting(side)
        assert claim.reviewer is not None
        before = claim.location
        back = partial(withdraw_correction, reference=claim.reference, by=side.person)
        accept = partial(accept_correction, reference=claim.reference, by=claim.reviewer)
        one_was_first(at_once(back, accept))
        correction, after = Correction.objects.get(claim=claim), Claim.objects.get(pk=claim.pk)
        assert after.location == (correction.location if correction.state == "accepted" else before)
        assert not after.deadlines.running().filter(kind=DeadlineKind.CORRECTION).exists()


def test_of_two_colleagues_who_ask_at_once_one_has_asked(times: range) -> None:
    side = make_side()
    colleague, other = make_person(side.firm, PartnerRole.GLOBAL_ADMIN), make_location(side.firm, *Programme)
    for _time in times:
        claim = make_under_review(make_staff(), make_submitted(side))
        asked = partial(ask_correction, reference=claim.reference, mpn_id=other.mpn_id, reason="Wrong office.")
        one_was_first(at_once(partial(asked, by=side.person), partial(asked, by=colleague)))
        assert Correction.objects.filter(claim=claim).count() == 1


def test_a_decision_and_a_correction_at_once_leave_both_or_tell_of_one(times: range) -> None:
    side, other = make_side(), None
    for _time in times:
        claim = make_under_review(make_staff(), make_submitted(side))
        assert claim.reviewer is not None
        other = other or make_location(side.firm, *Programme)
        ask = partial(
            ask_correction, reference=claim.reference, by=side.person, mpn_id=other.mpn_id, reason="Wrong office."
        )
        decide = partial(approve, reference=claim.reference, by=claim.reviewer, version=claim.version)
        asked, approved = at_once(ask, decide)
        assert isinstance(asked, Claim)
        # A reviewer whose page did not show the correction is told of it first.
        assert isinstance(approved, Claim | Conflict)
        assert Claim.objects.get(pk=claim.pk).correction_asked_at is not None


def test_a_claim_that_is_withdrawn_while_its_correction_is_accepted_owes_nothing(times: range) -> None:
    side = make_side()
    for _time in times:
        claim = waiting(side)
        assert claim.reviewer is not None
        gone = partial(withdraw, reference=claim.reference, by=side.person)
        accept = partial(accept_correction, reference=claim.reference, by=claim.reviewer)
        withdrawn, _accepted = at_once(gone, accept)
        assert isinstance(withdrawn, Claim)
        after = Claim.objects.get(pk=claim.pk)
        assert (after.correction_asked_at, after.due_at) == (None, None)
        assert Correction.objects.get(claim=claim).state in ("accepted", "lapsed")
