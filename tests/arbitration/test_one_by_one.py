"""No page and no act of the desk asks the database again for each of its rows: django-zeal raises where one does."""

import pytest
from django.test import Client
from zeal import zeal_context
from zeal.errors import NPlusOneError

from arbitration.acts.assign import assign_many
from arbitration.acts.decide import decide
from arbitration.acts.hand_back import hand_back
from arbitration.acts.take import take_next
from arbitration.verdicts import Part, Verdict
from claims.acts.comment import comment
from claims.acts.resubmit import resubmit
from claims.models import Claim, ClaimLine
from claims.words import Audience, Reason
from cpor_portal.accounts.models import StaffRole, User
from tests.support.factories import make_staff, make_workload
from tests.support.queues import make_claims
from tests.support.stories import make_asked, make_customer, make_side, make_submitted, make_under_review

pytestmark = pytest.mark.django_db
MANY = 30


@pytest.fixture
def arbiter() -> User:
    return make_staff(StaffRole.ARBITER)


@pytest.fixture
def desk(arbiter: User) -> Client:
    client = Client()
    client.force_login(arbiter)
    return client


def make_busy(reviewer: User) -> Claim:
    """A claim of many products, with a conversation."""
    products = [make_workload() for _product in range(MANY)]
    claim = make_submitted(make_side(), make_customer(*products), *products)
    for number in range(MANY):
        comment(reference=claim.reference, by=reviewer, body=f"Comment {number}", audience=Audience.INTERNAL)
    return claim


def test_the_watch_finds_what_it_is_for(arbiter: User) -> None:
    claim = make_busy(arbiter)
    with zeal_context(), pytest.raises(NPlusOneError):
        [line.product.name for line in ClaimLine.objects.filter(claim=claim)]


@pytest.mark.parametrize("path", ["", "?status=all", "?q=C", "?overdue=1&contested=1", "?status=all&unassigned=1"])
def test_the_queue_does_not(desk: Client, path: str) -> None:
    make_claims(MANY)
    with zeal_context():
        assert desk.get(f"/review/{path}").status_code == 200


@pytest.mark.parametrize("path", ["desk/", "desks/", "second/", "figures/"])
def test_the_desks_and_the_figures_do_not(desk: Client, arbiter: User, path: str) -> None:
    for _reviewer in range(3):
        for _claim in range(3):
            claim = make_under_review(make_staff())
            decide(reference=claim.reference, by=arbiter, parts=[Part(Verdict.APPROVE)])
    with zeal_context():
        assert desk.get(f"/review/{path}").status_code == 200


@pytest.mark.parametrize("path", ["", "proof/"])
def test_the_workspace_and_the_proof_room_do_not(desk: Client, arbiter: User, path: str) -> None:
    claim = make_under_review(arbiter, make_busy(arbiter))
    with zeal_context():
        assert desk.get(f"/review/{claim.reference}/{path}").status_code == 200


def test_what_changed_since_the_last_round_does_not(desk: Client, arbiter: User) -> None:
    claim = make_asked(arbiter, make_busy(arbiter))
    assert claim.submitted_by is not None
    resubmit(reference=claim.reference, by=claim.submitted_by, body="Here it is.")
    for path in ("", "rounds/1/"):
        with zeal_context():
            assert desk.get(f"/review/{claim.reference}/{path}").status_code == 200


def test_a_decision_on_every_product_does_not_and_neither_does_its_preview(desk: Client, arbiter: User) -> None:
    claim = make_under_review(arbiter, make_busy(arbiter))
    lines = list(claim.lines.order_by("id"))
    sent = {f"decision_{line.pk}": ("approve", "reject", "ask")[number % 3] for number, line in enumerate(lines)}
    reason = str(Reason.DATES_MISSING_OR_OLD.value)
    sent |= {"reject_reasons": reason, "ask_reasons": reason, "version": str(claim.version)}
    sent |= {f"{verdict}_text_{reason}": "Which day?" for verdict in ("reject", "ask")}
    with zeal_context():
        assert desk.post(f"/review/{claim.reference}/decide/", sent).status_code == 200
    with zeal_context():
        assert desk.post(f"/review/{claim.reference}/decide/", {**sent, "confirmed": "1"}).status_code == 302


def test_taking_handing_back_and_assigning_many_do_not(arbiter: User) -> None:
    robin, sam = make_staff(), make_staff()
    claims = make_claims(MANY)
    with zeal_context():
        taken = take_next(by=robin)
    assert taken is not None
    with zeal_context():
        hand_back(reference=taken.reference, by=robin, note="For somebody else.")
    with zeal_context():
        assign_many(references=[claim.reference for claim in claims], by=arbiter, reviewer_email=sam.email)
