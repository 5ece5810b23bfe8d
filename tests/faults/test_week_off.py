"""The machine is off for a week, with mail waiting: the next start does everything in order, and floods nobody."""

from collections import Counter
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage

from arbitration.acts.ask import request_information
from claims.models import Claim, Deadline, Document
from claims.words import DeadlineKind, Reason, Status
from cpor_portal.notifications.models import MailState, OutboxMail
from tests.faults import checks, scenes
from tests.faults.processes import Machine, wait_until
from tests.faults.seeding import bring_to_due, copies, let_time_pass
from tests.support import always
from tests.support.factories import make_workload
from tests.support.smtp import MailServer
from tests.support.stories import make_customer, make_draft, make_under_review

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres_only]
A_WEEK = timedelta(days=7)


def test_a_week_off_is_made_good_with_one_mail_for_each_claim_and_person(machine: Machine, smtp: MailServer) -> None:
    people = scenes.People()
    silent, missed = _asked(people, due_in=timedelta(days=3)), _under_review(people, due_in=timedelta(days=3))
    near = _asked(people, due_in=A_WEEK + timedelta(hours=6))
    let_time_pass(A_WEEK)
    worker = machine.worker()
    checks.all_is_done(worker)
    checks.all_mail_is_sent(smtp, worker)
    always.everything(always.read())
    assert _statuses(silent) == {Status.REJECTED}
    assert _statuses(missed) == {Status.UNDER_REVIEW}
    assert _statuses(near) == {Status.PARTNER_ACTION_REQUIRED}
    # Of the request that waited when the machine went off, too: newer news has taken its place.
    assert _told(silent) == {("rejected", person.email) for person in people.admins}
    assert _told(near) == {("deadline_near_partner", person.email) for person in people.admins}
    escalated = {("escalated", arbiter.email) for arbiter in people.arbiters}
    assert _told(missed) == {("deadline_missed", people.reviewer.email), *escalated}
    past = Deadline.objects.filter(claim__in=[*silent, *missed], kind__in=_OWED)
    assert set(past.values_list("reminded_at", flat=True)) == {None}
    arrived = Counter((message["X-CPOR-Claim"], recipient) for recipient, message in smtp.received)
    assert set(arrived.values()) == {1}, "one mail for each claim and person"
    checks.every_mail_arrived(smtp, at_most_twice=0)


_OWED = [DeadlineKind.REVIEW, DeadlineKind.PARTNER_ANSWER]


def _asked(people: scenes.People, *, due_in: timedelta) -> list[Claim]:
    """Claims whose information request waits in the outbox: the machine went off a moment later."""
    claims = copies(make_under_review(people.reviewer, people.submitted()), 3)
    OutboxMail.objects.filter(kind="submitted").update(state=MailState.SENT)
    for claim in claims:
        request_information(
            reference=claim.reference, by=people.reviewer, reasons=[Reason.PROOF_MISSING], text="Please."
        )
    bring_to_due(claims, in_time=due_in)
    return claims


def _under_review(people: scenes.People, *, due_in: timedelta) -> list[Claim]:
    claims = copies(make_under_review(people.reviewer, people.submitted()), 3)
    OutboxMail.objects.filter(kind="submitted").update(state=MailState.SENT)
    bring_to_due(claims, in_time=due_in)
    return claims


def _statuses(claims: list[Claim]) -> set[str]:
    return set(Claim.objects.filter(pk__in=[claim.pk for claim in claims]).values_list("status", flat=True))


def _told(claims: list[Claim]) -> set[tuple[str, str]]:
    mails = OutboxMail.objects.filter(claim_reference__in=checks.references(claims), state=MailState.SENT)
    return set(mails.filter(attempts__gt=0).values_list("kind", "recipient"))


def test_no_draft_is_deleted_sooner_than_a_week_after_its_warning(machine: Machine, smtp: MailServer) -> None:
    people = scenes.People()
    unwarned, warned, young = (_draft(people) for _each in range(3))
    # 90 days are over in the outage for both of these; one was warned before.
    bring_to_due([unwarned, warned], in_time=timedelta(days=1))
    bring_to_due([young], in_time=A_WEEK + timedelta(days=30))
    Deadline.objects.filter(claim=warned).update(reminded_at=warned.edited_at - timedelta(days=6))
    names = list(Document.objects.filter(claim=warned).values_list("file", flat=True))
    let_time_pass(A_WEEK)
    worker = machine.worker()
    checks.all_is_done(worker)
    checks.all_mail_is_sent(smtp, worker)
    assert set(Claim.objects.values_list("pk", flat=True)) == {unwarned.pk, young.pk}
    assert not any(default_storage.exists(name) for name in names)
    assert sorted(smtp.recipients) == sorted(person.email for person in people.admins)
    deadline = Deadline.objects.running().get(claim=unwarned)
    assert deadline.due_at - deadline.reminded_at >= A_WEEK
    let_time_pass(A_WEEK + timedelta(days=1, minutes=1))  # to the end of a day, wherever that is
    wait_until(lambda: not Claim.objects.filter(pk=unwarned.pk).exists(), "its time is over", worker)
    assert Claim.objects.filter(pk=young.pk).exists()
    assert len(smtp.received) == len(people.admins)


def _draft(people: scenes.People) -> Claim:
    workload = make_workload()
    return make_draft(people.side, make_customer(workload), [workload])
