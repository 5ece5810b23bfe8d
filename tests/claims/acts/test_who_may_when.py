"""Every act in every status by every role, really called, against the decision table."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from arbitration.acts.approve import approve
from arbitration.acts.ask import request_information
from arbitration.acts.assign import assign
from arbitration.acts.reject import reject
from arbitration.acts.start import start_review
from claims.acts.comment import comment
from claims.acts.drafts import delete_draft
from claims.acts.editing import add_documents, save_activity, save_mpn
from claims.acts.resubmit import resubmit
from claims.acts.submit import submit
from claims.acts.withdraw import withdraw
from claims.models import Claim, ClaimLine
from claims.transitions import Act
from claims.words import Outcome, Status
from cpor_portal.accounts.models import PartnerRole, StaffRole, User
from cpor_portal.faults import Conflict, NotAllowed
from tests.support.factories import make_person, make_staff, make_workload
from tests.support.papers import small_pdf
from tests.support.stories import (
    make_asked,
    make_customer,
    make_draft,
    make_side,
    make_submitted,
    make_under_review,
    pdf,
)

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).parent.parent.parent / "decision_tables" / "transitions.csv"
WORDS: dict[str, Any] = {"reasons": ["proof_missing"], "text": "Please send a signed page."}
MORE = small_pdf("something newer")

CALLS: dict[Act, Callable[[Claim, User], object]] = {
    Act.EDIT: lambda claim, by: save_activity(
        reference=claim.reference, by=by, area="microsoft_365", activities=["usage"]
    ),
    Act.DELETE_DRAFT: lambda claim, by: delete_draft(reference=claim.reference, by=by),
    Act.SUBMIT: lambda claim, by: submit(reference=claim.reference, by=by),
    Act.COMMENT: lambda claim, by: comment(reference=claim.reference, by=by, body="Hello"),
    Act.ASSIGN: lambda claim, by: assign(reference=claim.reference, by=by, reviewer_email=make_staff().email),
    Act.START_REVIEW: lambda claim, by: start_review(reference=claim.reference, by=by),
    Act.REQUEST_INFORMATION: lambda claim, by: request_information(reference=claim.reference, by=by, **WORDS),
    Act.RESUBMIT: lambda claim, by: resubmit(reference=claim.reference, by=by),
    Act.APPROVE: lambda claim, by: approve(reference=claim.reference, by=by),
    Act.REJECT: lambda claim, by: reject(reference=claim.reference, by=by, **WORDS),
    Act.WITHDRAW: lambda claim, by: withdraw(reference=claim.reference, by=by),
}
# While a draft, these two are edits of it: the wizard's steps serve both.
FILED_CALLS: dict[Act, Callable[[Claim, User], object]] = {
    Act.AMEND: lambda claim, by: save_mpn(reference=claim.reference, by=by, location=claim.location),
    Act.ADD_PROOF: lambda claim, by: add_documents(reference=claim.reference, by=by, files=[pdf("newer.pdf", MORE)]),
}


def _claim_in(status: Status, reviewer: User) -> Claim:
    match status:
        case Status.EDITING:
            workload = make_workload()
            return make_draft(make_side(), make_customer(workload), [workload])
        case Status.SUBMITTED:
            return make_submitted()
        case Status.UNDER_REVIEW:
            return make_under_review(reviewer)
        case Status.PARTNER_ACTION_REQUIRED:
            return make_asked(reviewer)
        case Status.APPROVED:
            return approve(reference=make_under_review(reviewer).reference, by=reviewer)
        case Status.REJECTED:
            return reject(reference=make_under_review(reviewer).reference, by=reviewer, **WORDS)
        case Status.WITHDRAWN:
            claim = make_submitted()
            return withdraw(reference=claim.reference, by=claim.submitted_by)
        case Status.ENDED:
            # Nothing ends an association yet; the row stands as such an act would leave it.
            claim = approve(reference=make_under_review(reviewer).reference, by=reviewer)
            ClaimLine.objects.filter(claim=claim).update(outcome=Outcome.ENDED)
            Claim.objects.filter(pk=claim.pk).update(status=Status.ENDED)
            return Claim.objects.get(pk=claim.pk)


def _people(claim: Claim, reviewer: User) -> Iterator[tuple[str, User]]:
    for role in PartnerRole:
        yield role.value, make_person(claim.firm, role)
    yield "reviewer", reviewer
    yield "arbiter", make_staff(StaffRole.ARBITER)
    yield "portal_admin", make_staff(StaffRole.PORTAL_ADMIN)


def _permitted() -> dict[tuple[str, str, str], bool]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {
            (row["act"], row["role"], status): row[status] == "yes"
            for row in csv.DictReader(file)
            for status in Status.values
        }


def _goes_through(call: Callable[[Claim, User], object], claim: Claim, by: User) -> bool:
    """Whether the act went through; it is undone again."""
    sid = transaction.savepoint()
    try:
        call(Claim.objects.get(pk=claim.pk), by)
    except (Conflict, NotAllowed):
        return False
    else:
        return True
    finally:
        transaction.savepoint_rollback(sid)


@pytest.mark.parametrize("status", Status)
def test_every_act_by_every_role(status: Status) -> None:
    reviewer, permitted = make_staff(), _permitted()
    claim = _claim_in(status, reviewer)
    calls = CALLS if status == Status.EDITING else CALLS | FILED_CALLS
    wrong = [
        (act.value, role)
        for role, person in _people(claim, reviewer)
        for act, call in calls.items()
        if _goes_through(call, claim, person) != permitted[act, role, status]
    ]
    # Pressing "start" twice is harmless for whoever has the claim: nothing is written, see test_decisions.
    harmless = [("start_review", "reviewer")] if status == Status.UNDER_REVIEW else []
    assert wrong == harmless


@pytest.mark.parametrize("status", [status for status in Status if status != Status.EDITING])
def test_nobody_of_another_firm_can_do_anything(status: Status) -> None:
    claim, stranger = _claim_in(status, make_staff()), make_side().person
    partner_acts = {**CALLS, **FILED_CALLS}
    went_through = [act.value for act, call in partner_acts.items() if _goes_through(call, claim, stranger)]
    assert went_through == []
