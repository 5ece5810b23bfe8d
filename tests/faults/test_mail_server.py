"""A mail server that makes trouble, each kind of it: nothing is lost, and nobody is flooded afterwards."""

from datetime import timedelta

import pytest
from django.db.models import Max

from arbitration.acts.ask import request_information
from arbitration.acts.start import start_review
from claims.acts.resubmit import resubmit
from claims.models import Claim
from claims.words import Reason
from cpor_portal.notifications.models import ErrorKind, MailState, OutboxMail
from tests.faults import checks, scenes
from tests.faults.processes import Machine, Process, wait_until
from tests.faults.seeding import let_time_pass, no_mail_waits, waiting_mails
from tests.support.smtp import MailServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres_only]
A_DAY = timedelta(days=1)


def test_refused_busy_dropping_and_slow_each_cost_their_own_mail_nothing_but_time(
    machine: Machine, smtp: MailServer
) -> None:
    mails = waiting_mails(12)
    refused, busy, dropped, slow, *others = [mail.recipient for mail in mails]
    smtp.refuse, smtp.busy, smtp.drop_after_data = {refused}, {busy}, {dropped}
    smtp.slow = {slow}
    machine.environment["TEST_MAIL_PATIENCE"] = "4"
    worker = machine.worker()
    wait_until(lambda: set(others) <= set(smtp.recipients), "the others have their mail", worker)
    wait_until(lambda: _kinds_of_errors().keys() >= {refused, busy, dropped, slow}, "each has its error", worker)
    assert _kinds_of_errors() == {
        refused: ErrorKind.ADDRESS_REFUSED,
        busy: ErrorKind.SERVER_BUSY,
        dropped: ErrorKind.SERVER_GONE,
        slow: ErrorKind.SERVER_GONE,
    }
    smtp.busy, smtp.drop_after_data, smtp.slow = set(), set(), set()
    _after(A_DAY, smtp, worker)
    checks.all_mail_is_sent(smtp, worker)
    dead = OutboxMail.objects.get(state=MailState.FAILED)
    assert (dead.recipient, dead.attempts) == (refused, 1)
    assert sorted(smtp.recipients) == sorted([*others, busy, dropped, dropped, slow, slow])
    assert max(smtp.copies.values()) == 2, "a copy has the Message-ID of the first, so that it can be told as one"
    assert len(smtp.copies) == len(mails) - 1


def test_after_an_outage_everybody_gets_the_newest_state_of_each_claim_once(machine: Machine, smtp: MailServer) -> None:
    smtp.go()
    people = scenes.People()
    claims = [people.submitted() for _each in range(2)]
    no_mail_waits(claims)
    for one in claims:
        _ask_and_answer(people, one)
    worker = machine.worker()
    wait_until(lambda: OutboxMail.objects.filter(error_kind=ErrorKind.SERVER_GONE).exists(), "it was tried", worker)
    _after(A_DAY, smtp, worker)
    wait_until(lambda: _most_attempts() > 1, "it was tried again", worker)
    smtp.come()
    _after(A_DAY, smtp, worker)
    checks.all_mail_is_sent(smtp, worker)
    sent = OutboxMail.objects.filter(state=MailState.SENT, attempts__gt=0)
    expected = scenes.told("resubmitted", people.admins) | scenes.told("resubmitted_review", [people.reviewer])
    assert sorted(sent.values_list("claim_reference", "kind", "recipient")) == sorted(
        (one.reference, kind, to) for one in claims for kind, to in expected
    )
    checks.every_mail_arrived(smtp, at_most_twice=0)


def _ask_and_answer(people: scenes.People, claim: Claim) -> None:
    """Twice in the outage: four mails to each admin of the firm."""
    for _each in range(2):
        start_review(reference=claim.reference, by=people.reviewer)
        request_information(
            reference=claim.reference, by=people.reviewer, reasons=[Reason.DATES_MISSING_OR_OLD], text="Please."
        )
        resubmit(reference=claim.reference, by=people.side.person)


def _kinds_of_errors() -> dict[str, str]:
    return dict(OutboxMail.objects.exclude(error_kind="").values_list("recipient", "error_kind"))


def _most_attempts() -> int:
    return int(OutboxMail.objects.aggregate(most=Max("attempts"))["most"] or 0)


def _after(span: timedelta, smtp: MailServer, worker: Process) -> None:
    """When nobody has a mail in hand, the clock goes on."""
    wait_until(checks.InHand(smtp).nobody_has_any, "no mail is in hand", worker)
    let_time_pass(span)
