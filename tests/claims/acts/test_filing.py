"""From draft to submission, amendment, answer and withdrawal: what each act writes, and what it refuses."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction

from arbitration.acts.ask import request_information
from arbitration.acts.start import start_review
from claims.acts.comment import comment
from claims.acts.drafts import delete_draft, start_draft
from claims.acts.editing import (
    add_documents,
    fingerprint,
    remove_document,
    save_activity,
    save_contacts,
    save_mpn,
    save_products,
)
from claims.acts.resubmit import resubmit
from claims.acts.submit import NotComplete, submit
from claims.acts.withdraw import withdraw
from claims.checks.products import LineAnswer, ProductsAnswer, check_products, contested_products
from claims.models import Claim, Deadline, Event
from claims.permissions import visible_comments, visible_events
from claims.words import Audience, DeadlineKind, Outcome, Status
from cpor_portal.accounts.models import EnrolmentState, PartnerRole, Programme
from cpor_portal.directory.local import LocalDirectory
from cpor_portal.directory.models import SubscriptionStatus
from cpor_portal.faults import Conflict, NotAllowed, Refused
from cpor_portal.notifications.models import OutboxMail
from tests.support.factories import make_location, make_person, make_staff, make_workload
from tests.support.papers import small_pdf
from tests.support.stories import (
    Side,
    make_asked,
    make_customer,
    make_draft,
    make_side,
    make_submitted,
    make_under_review,
    pdf,
)

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_too]


@pytest.fixture
def side() -> Side:
    return make_side()


def _running(claim: Claim) -> list[str]:
    return [deadline.kind for deadline in claim.deadlines.running()]


def test_submitting_starts_the_review_clock_and_tells_the_firm_once(side: Side) -> None:
    workload = make_workload()
    draft = make_draft(side, make_customer(workload), [workload])
    with time_machine.travel(datetime(2026, 11, 22, 15, 0, tzinfo=UTC), tick=False):
        claim = submit(reference=draft.reference, by=side.person)
    deadline = claim.deadlines.get()
    assert (claim.status, claim.round) == (Status.SUBMITTED, 1)
    assert deadline.kind == DeadlineKind.REVIEW
    # A Sunday, Thanksgiving week: Monday 30 November (domain.md, "Clocks"), to the end of that day in Seattle.
    assert deadline.due_at == datetime(2026, 12, 1, 7, 59, 59, tzinfo=UTC)
    assert claim.due_at == deadline.due_at
    assert [event.verb for event in claim.events.all()] == ["submit"]
    assert claim.snapshots.get().verb == "submit"
    assert claim.snapshots.get().facts["lines"][0]["product"] == workload.code
    assert OutboxMail.objects.get().recipient == side.person.email


def test_a_draft_meets_nobody_and_leaves_no_trace(side: Side) -> None:
    workload = make_workload()
    tenant = make_customer(workload)
    draft = make_draft(side, tenant, [workload])
    assert make_submitted(make_side(), tenant, workload).lines.get().outcome == Outcome.PENDING
    assert not Event.objects.filter(claim=draft).exists()
    stored_name = draft.documents.get().file.name
    with transaction.atomic():
        delete_draft(reference=draft.reference, by=side.person)
    assert not Claim.objects.filter(pk=draft.pk).exists()
    assert stored_name


def test_nothing_is_left_in_the_storage_of_an_upload_that_was_refused(side: Side) -> None:
    claim = make_submitted(side)
    folder = default_storage.path(claim.reference)
    before = sorted(Path(folder).iterdir())
    start_review(reference=claim.reference, by=make_staff())
    with pytest.raises(Conflict):
        add_documents(reference=claim.reference, by=side.person, files=[pdf("late.pdf", small_pdf("late"))])
    full = make_submitted(side)
    with full.documents.get().file.open("rb") as file:
        copy = file.read()
    with pytest.raises(Refused, match="document_duplicate"):
        add_documents(
            reference=full.reference, by=side.person, files=[pdf("new.pdf", copy + b"%"), pdf("copy.pdf", copy)]
        )
    assert sorted(Path(folder).iterdir()) == before
    assert full.documents.count() == len(list(Path(default_storage.path(full.reference)).iterdir())) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres_only
def test_the_files_of_a_deleted_draft_go_with_it(side: Side) -> None:
    workload = make_workload()
    draft = make_draft(side, make_customer(workload), [workload])
    stored_name = draft.documents.get().file.name
    assert default_storage.exists(stored_name)
    delete_draft(reference=draft.reference, by=side.person)
    assert not default_storage.exists(stored_name)


def test_an_incentives_user_may_draft_and_comment_but_not_submit_or_withdraw(side: Side) -> None:
    user = make_person(side.firm, PartnerRole.INCENTIVES_USER)
    assert start_draft(by=user).firm == side.firm
    workload = make_workload()
    draft = make_draft(side, make_customer(workload), [workload])
    with pytest.raises(NotAllowed, match="role_may_not"):
        submit(reference=draft.reference, by=user)
    claim = submit(reference=draft.reference, by=side.person)
    assert comment(reference=claim.reference, by=user, body="We are on it.").body == "We are on it."
    with pytest.raises(NotAllowed):
        withdraw(reference=claim.reference, by=user)


def test_another_firms_admin_may_do_nothing(side: Side) -> None:
    claim = make_submitted(side)
    stranger = make_side().person
    for act in (
        lambda: withdraw(reference=claim.reference, by=stranger),
        lambda: comment(reference=claim.reference, by=stranger, body="Hello"),
        lambda: add_documents(reference=claim.reference, by=stranger, files=[pdf("more.pdf", small_pdf("more"))]),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_every_step_is_checked_again_at_submission(side: Side) -> None:
    workload = make_workload()
    tenant = make_customer(workload)
    draft = make_draft(side, tenant, [workload])
    tenant.subscriptions.update(status=SubscriptionStatus.SUSPENDED)
    side.location.enrolments.filter(programme=Programme.OSU_M365).update(state=EnrolmentState.INACTIVE)
    draft.documents.all().delete()
    with pytest.raises(NotComplete) as caught:
        submit(reference=draft.reference, by=side.person)
    assert {(found.step, found.fault.code) for found in caught.value.faults} == {
        ("mpn", "not_enrolled"),
        ("products", "not_active"),
        ("proof", "proof_required"),
    }
    assert Claim.objects.get(pk=draft.pk).status == Status.EDITING


def test_a_silent_directory_keeps_the_draft(side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    from cpor_portal.directory.source import DirectoryUnreachable

    workload = make_workload()
    draft = make_draft(side, make_customer(workload), [workload])

    def silent(*_arguments: object) -> None:
        raise DirectoryUnreachable

    for question in ("find_tenant", "tenant_of_domain", "subscriptions_of"):
        monkeypatch.setattr(LocalDirectory, question, silent)
    with pytest.raises(NotComplete) as caught:
        submit(reference=draft.reference, by=side.person)
    assert {found.fault.code for found in caught.value.faults} == {"directory_unreachable"}


def test_the_same_firm_can_not_claim_a_product_twice(side: Side) -> None:
    workload = make_workload()
    tenant = make_customer(workload)
    first = make_submitted(side, tenant, workload)
    second = make_draft(side, tenant, [workload])
    with pytest.raises(NotComplete) as caught:
        submit(reference=second.reference, by=side.person)
    fault = caught.value.faults[0].fault
    assert fault.code == "already_claimed"
    assert fault.facts["existing"] == first.reference


def test_the_second_firm_is_told_that_it_is_contested_and_the_first_is_not(side: Side) -> None:
    workload = make_workload()
    tenant = make_customer(workload)
    first = make_submitted(side, tenant, workload)
    second = make_submitted(make_side(), tenant, workload)
    first_line, second_line = first.lines.get(), second.lines.get()
    assert (first_line.outcome, second_line.outcome) == (Outcome.CONTESTED, Outcome.CONTESTED)
    assert first_line.outcome_for_partner == Outcome.PENDING
    assert second_line.outcome_for_partner == Outcome.CONTESTED
    assert [event.verb for event in visible_events(side.person, first)] == ["submit"]
    assert [event.verb for event in visible_events(make_staff(), first)] == ["submit", "became_contested"]
    assert [event.verb for event in visible_events(make_staff(), second)] == ["submit"]


def test_a_withdrawal_frees_the_product_for_the_rival(side: Side) -> None:
    workload = make_workload()
    tenant = make_customer(workload)
    first = make_submitted(side, tenant, workload)
    second = make_submitted(make_side(), tenant, workload)
    claim = withdraw(reference=first.reference, by=side.person, reason="We stopped working there.")
    assert claim.status == Status.WITHDRAWN
    assert _running(claim) == []
    assert claim.deadlines.get().cancelled_at is not None
    assert second.lines.get().outcome == Outcome.PENDING


def test_one_of_two_products_can_be_withdrawn(side: Side) -> None:
    kept, dropped = make_workload(), make_workload()
    claim = make_submitted(side, make_customer(kept, dropped), kept, dropped)
    line = claim.lines.get(product=dropped)
    claim = withdraw(reference=claim.reference, by=side.person, line_ids=[line.pk])
    assert claim.status == Status.SUBMITTED
    assert _running(claim) == [DeadlineKind.REVIEW]
    assert {line.product: line.outcome for line in claim.lines.all()} == {
        kept: Outcome.PENDING,
        dropped: Outcome.WITHDRAWN,
    }
    with pytest.raises(Conflict, match="line_has_moved_on"):
        withdraw(reference=claim.reference, by=side.person, line_ids=[line.pk])


def test_an_amendment_is_a_new_snapshot_and_does_not_move_the_clock(side: Side) -> None:
    claim = make_submitted(side)
    due_at = claim.due_at
    other_office = make_location(side.firm, *Programme)
    claim = save_mpn(reference=claim.reference, by=side.person, location=other_office)
    assert claim.due_at == due_at
    assert Deadline.objects.filter(claim=claim).count() == 1
    assert [snapshot.facts["mpn_id"] for snapshot in claim.snapshots.all()] == [
        side.location.mpn_id,
        other_office.mpn_id,
    ]
    with pytest.raises(Refused, match="not_enrolled"):
        save_mpn(reference=claim.reference, by=side.person, location=make_location(side.firm))


def test_products_can_be_changed_until_a_reviewer_starts(side: Side) -> None:
    first, second = make_workload(), make_workload()
    tenant = make_customer(first, second)
    claim = make_submitted(side, tenant, first)
    rival = make_submitted(make_side(), tenant, first)

    def answer() -> ProductsAnswer:
        return check_products(
            codes=[second.code],
            entered={},
            area=claim.solution_area,
            firm=side.firm,
            tenant_id=claim.tenant_id,
            source=LocalDirectory(),
            except_claim=claim,
            today=datetime.now(UTC).date(),
        )

    save_products(reference=claim.reference, by=side.person, answer=answer())
    outcomes = {line.product: line.outcome for line in claim.lines.all()}
    assert outcomes == {first: Outcome.REMOVED, second: Outcome.PENDING}
    assert rival.lines.get().outcome == Outcome.PENDING
    start_review(reference=claim.reference, by=make_staff())
    with pytest.raises(Conflict):
        save_products(reference=claim.reference, by=side.person, answer=answer())


def test_an_information_request_is_answered_by_resubmitting_and_not_by_taking_the_product_out(side: Side) -> None:
    asked_product, other = make_workload(), make_workload()
    reviewer = make_staff()
    tenant = make_customer(asked_product, other)
    claim = make_under_review(reviewer, make_submitted(side, tenant, asked_product, other))
    line = claim.lines.get(product=asked_product)
    request_information(
        reference=claim.reference, by=reviewer, reasons=["proof_missing"], text="Please.", line_ids=[line.pk]
    )
    due_at = Claim.objects.get(pk=claim.pk).due_at
    answer = ProductsAnswer([LineAnswer(other, "", None)])
    claim = save_products(reference=claim.reference, by=side.person, answer=answer)
    assert (claim.status, claim.due_at) == (Status.PARTNER_ACTION_REQUIRED, due_at)
    assert {line.product: line.outcome for line in claim.lines.all()} == {
        asked_product: Outcome.REMOVED,
        other: Outcome.ASKED,
    }
    claim = resubmit(reference=claim.reference, by=side.person)
    assert claim.lines.get(product=other).outcome == Outcome.PENDING


def test_a_left_over_draft_does_not_tell_of_a_rival_who_came_later(side: Side) -> None:
    workload = make_workload()
    tenant = make_customer(workload)
    make_submitted(side, tenant, workload)
    left_over = make_draft(side, tenant, [workload])

    def told() -> set[str]:
        return contested_products(side.firm, tenant.tenant_id, left_over.lines.select_related("product"))

    assert told() == set()
    make_submitted(make_side(), tenant, workload)
    assert told() == set()


def test_a_colleagues_change_of_a_step_is_not_written_over(side: Side) -> None:
    draft = make_draft(side, make_customer(workload := make_workload()), [workload])
    colleague = make_person(side.firm, PartnerRole.GLOBAL_ADMIN)
    seen = fingerprint(draft, "contacts")
    values = {"customer_email": "right@customer.example"}
    save_contacts(reference=draft.reference, by=colleague, values=values, seen=seen)
    with pytest.raises(Conflict, match="step_has_changed") as caught:
        save_contacts(reference=draft.reference, by=side.person, values={"name": "Mine"}, seen=seen)
    assert colleague.name in str(caught.value.text)
    # One's own older page (the browser's back button) and another step are no conflict.
    save_contacts(reference=draft.reference, by=colleague, values={"name": "Again"}, seen=seen)
    save_mpn(reference=draft.reference, by=side.person, location=side.location, seen=fingerprint(draft, "mpn"))
    assert Claim.objects.get(pk=draft.pk).customer_email == "right@customer.example"


def test_tenant_and_activity_are_closed_once_the_claim_is_filed(side: Side) -> None:
    claim = make_submitted(side)
    with pytest.raises(Conflict, match="claim_has_moved_on"):
        save_activity(reference=claim.reference, by=side.person, area="microsoft_365", activities=["usage"])


def test_what_a_reviewer_was_given_stays_and_newer_proof_comes_beside_it(side: Side) -> None:
    claim = make_submitted(side)
    submitted = claim.documents.get()
    add_documents(reference=claim.reference, by=side.person, files=[pdf("signed.pdf", small_pdf("signed"))])
    added = claim.documents.exclude(pk=submitted.pk).get()
    with pytest.raises(Refused, match="document_submitted"):
        remove_document(reference=claim.reference, by=side.person, document_id=submitted.pk)
    remove_document(reference=claim.reference, by=side.person, document_id=added.pk)
    assert list(claim.documents.all()) == [submitted]


def test_an_answer_starts_a_new_round_and_a_new_clock(side: Side) -> None:
    reviewer = make_staff()
    asked = make_asked(reviewer, make_submitted(side))
    assert _running(asked) == [DeadlineKind.PARTNER_ANSWER]
    claim = resubmit(reference=asked.reference, by=side.person, body="The date is on page 2.")
    assert (claim.status, claim.round, claim.reviewer) == (Status.SUBMITTED, 2, reviewer)
    assert _running(claim) == [DeadlineKind.REVIEW]
    assert claim.deadlines.filter(kind=DeadlineKind.REVIEW).count() == 2
    assert claim.deadlines.get(kind=DeadlineKind.PARTNER_ANSWER).met_at is not None
    assert [one.body for one in visible_comments(side.person, claim)][-1] == "The date is on page 2."


def test_a_partner_never_sees_an_internal_comment(side: Side) -> None:
    claim = make_under_review(make_staff(), make_submitted(side))
    comment(reference=claim.reference, by=claim.reviewer, body="Looks like a copy.", audience=Audience.INTERNAL)
    assert list(visible_comments(side.person, claim)) == []
    assert "comment" not in [event.verb for event in visible_events(side.person, claim)]
    assert len(visible_comments(claim.reviewer, claim)) == 1
    with pytest.raises(NotAllowed, match="internal_is_for_staff"):
        comment(reference=claim.reference, by=side.person, body="Psst", audience=Audience.INTERNAL)


@pytest.mark.parametrize("change", ["UPDATE claims_event SET verb = 'x'", "DELETE FROM claims_event"])
def test_history_can_be_neither_changed_nor_deleted(side: Side, change: str) -> None:
    from django.db import connection

    make_submitted(side)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
