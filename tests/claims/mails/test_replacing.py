"""What newer news of a claim replaces: told by real acts, sent by the real outbox after an outage."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail as outgoing
from django.utils import timezone

from arbitration.acts.ask import request_information
from arbitration.acts.reject import reject
from arbitration.enforcement import enforce
from claims import mails
from claims.acts.resubmit import resubmit
from claims.acts.withdraw import withdraw
from claims.mails.kinds import KINDS
from claims.models import Claim, Deadline
from claims.models.history import DeadlineParty
from claims.words import DeadlineKind, Reason
from cpor_portal.accounts.models import MailPace, User
from cpor_portal.notifications.delivery import deliver_due
from cpor_portal.notifications.kinds import replacements
from cpor_portal.notifications.models import MailState, OutboxMail
from tests.claims.mails.reading import SUNDAY, running
from tests.support.factories import make_staff, make_workload
from tests.support.stories import make_asked, make_customer, make_side, make_submitted, make_under_review

pytestmark = pytest.mark.django_db
AN_OUTAGE = timedelta(hours=2)
DECISIONS = {"approved", "rejected", "decided"}


@pytest.fixture(autouse=True)
def _sunday(time_machine: Any) -> None:
    time_machine.move_to(SUNDAY, tick=False)


@pytest.fixture
def rita() -> User:
    return make_staff(name="Rita")


@pytest.fixture
def two_products(rita: User) -> Claim:
    """A claim of two products about which Rita has asked."""
    products = make_workload(name="Teams"), make_workload(name="Intune")
    return make_asked(rita, make_submitted(make_side(), make_customer(*products), *products))


def sent(*, now: datetime | None = None) -> list[str]:
    """The kinds of the mails that go, in the order in which they go."""
    before = len(outgoing.outbox)
    deliver_due(now or timezone.now() + AN_OUTAGE)
    ids = [message.extra_headers["Message-ID"] for message in outgoing.outbox[before:]]
    kinds = dict(OutboxMail.objects.values_list("message_id", "kind"))
    return [kinds[one] for one in ids]


def test_a_request_goes_though_a_part_of_the_claim_was_withdrawn_since(two_products: Claim) -> None:
    line = two_products.lines.first()
    withdraw(reference=two_products.reference, by=two_products.submitted_by, line_ids=[line.pk])
    assert sent() == ["information_requested", "withdrawn_in_part"]


def test_a_request_that_was_answered_is_not_sent_though_a_part_was_withdrawn_after_that(two_products: Claim) -> None:
    person, line = two_products.submitted_by, two_products.lines.first()
    resubmit(reference=two_products.reference, by=person)
    withdraw(reference=two_products.reference, by=person, line_ids=[line.pk])
    assert sent() == ["resubmitted", "resubmitted_review", "withdrawn_in_part"]


def test_a_request_is_replaced_when_the_whole_claim_was_withdrawn(two_products: Claim) -> None:
    withdraw(reference=two_products.reference, by=two_products.submitted_by)
    assert sent() == ["withdrawn"]


def test_what_ends_all_that_was_open_replaces_a_request_beside_an_earlier_decision(rita: User) -> None:
    products = make_workload(name="Teams"), make_workload(name="Intune")
    claim = make_under_review(rita, make_submitted(make_side(), make_customer(*products), *products))
    first, second = claim.lines.order_by("pk")
    facts: dict[str, Any] = {"reasons": [Reason.PROOF_MISSING], "text": "Please.", "by": rita}
    reject(reference=claim.reference, **facts, line_ids=[first.pk])
    request_information(reference=claim.reference, **facts, line_ids=[second.pk])
    withdraw(reference=claim.reference, by=claim.submitted_by)
    assert sent() == ["rejected", "withdrawn"]


def test_a_request_is_replaced_by_the_receipt_of_its_answer_only_if_that_comes_by_mail(rita: User) -> None:
    claim = make_asked(rita)
    User.objects.filter(pk=claim.submitted_by.pk).update(mail_pace=MailPace.DIGEST)
    resubmit(reference=claim.reference, by=User.objects.get(pk=claim.submitted_by.pk))
    assert OutboxMail.objects.get(kind="resubmitted").state == MailState.HELD
    assert "information_requested" in sent()


def test_a_reminder_of_an_answer_replaces_the_request_that_it_repeats(rita: User, time_machine: Any) -> None:
    claim = make_asked(rita)
    time_machine.move_to(running(claim, DeadlineKind.PARTNER_ANSWER).remind_at, tick=False)
    enforce(now=timezone.now())
    assert sent() == ["deadline_near_partner"]


@pytest.mark.parametrize("kind", [DeadlineKind.RULING, DeadlineKind.DISPUTE_RULING], ids=str)
def test_news_of_one_obligation_does_not_replace_that_of_another(rita: User, kind: DeadlineKind) -> None:
    claim = make_under_review(rita)
    review, people = running(claim, DeadlineKind.REVIEW), [rita]
    ruling = _another(claim, kind, DeadlineParty.MICROSOFT)
    mails.deadline_near(claim=claim, deadline=review, recipients=people)
    mails.deadline_missed(claim=claim, deadline=review, recipients=people)
    mails.deadline_near(claim=claim, deadline=ruling, recipients=people)
    mails.escalated(claim=claim, deadline=ruling, recipients=people)
    told = [one for one in sent() if one != "submitted"]
    assert told == ["deadline_missed", "ruling_near", "ruling_escalated"]


def test_a_reminder_of_the_time_for_evidence_leaves_a_request_as_it_is(rita: User) -> None:
    claim = make_asked(rita)
    evidence = _another(claim, DeadlineKind.EVIDENCE, DeadlineParty.PARTNER)
    mails.deadline_near(claim=claim, deadline=evidence, recipients=[claim.submitted_by])
    assert sent() == ["information_requested", "evidence_near"]


def _another(claim: Claim, kind: DeadlineKind, party: DeadlineParty) -> Deadline:
    deadline = claim.deadlines.latest("pk")
    deadline.pk, deadline.kind, deadline.party, deadline.about = None, kind, party, "a case"
    deadline.met_at = deadline.cancelled_at = None
    deadline.save(force_insert=True)
    return deadline


def test_news_that_a_busy_server_put_off_is_not_sent_after_its_successor(rita: User) -> None:
    claim = make_asked(rita)
    # Twenty minutes ago it was tried first; nothing here has waited for the hour.
    OutboxMail.objects.filter(kind="information_requested").update(next_attempt_at=SUNDAY + timedelta(minutes=21))
    resubmit(reference=claim.reference, by=claim.submitted_by)
    assert "resubmitted" in sent(now=SUNDAY + timedelta(minutes=10))
    assert sent(now=SUNDAY + timedelta(minutes=21)) == []
    assert OutboxMail.objects.get(kind="information_requested").state == MailState.SUPERSEDED


def test_in_ordinary_operation_every_mail_goes(rita: User) -> None:
    claim = make_asked(rita)
    resubmit(reference=claim.reference, by=claim.submitted_by)
    told = Counter(sent(now=SUNDAY + timedelta(minutes=59)))
    assert told == Counter(["submitted", "information_requested", "resubmitted", "resubmitted_review"])


# --- The table ------------------------------------------------------------------------------------------------


def pairs() -> set[tuple[str, str]]:
    codes = {kind.code for kind in KINDS}
    return {(older, newer) for older, newer in replacements() if newer in codes}


def test_each_kind_that_is_replaced_is_one() -> None:
    assert {older for older, _newer in pairs()} <= {kind.code for kind in KINDS}


def test_what_nothing_later_repeats_is_never_replaced() -> None:
    of_cases = {"contested", "ruling_near", "ruling_escalated"}
    of_proof = {"document_infected", "proof_ages"}
    of_corrections = {"correction_accepted", "correction_refused"}
    # Of many claims at once: later news of one of them does not tell of the others.
    of_many = {"absence_began", "assigned_many", "unassigned_many", "returned_many"}
    talk = {"withdrawn", "comment_posted", "comment_posted_review"}
    never = DECISIONS | of_cases | of_proof | of_corrections | of_many | talk
    assert {kind.code for kind in KINDS} - {older for older, _newer in pairs()} == never


def test_a_part_taken_back_replaces_nothing_that_asks_for_anything_of_a_filed_claim() -> None:
    asks = {kind.code for kind in KINDS if kind.never_silenced} - {"draft_expires"}
    assert not [older for older, newer in pairs() if newer == "withdrawn_in_part" and older in asks]


def test_what_replaces_a_mail_replaces_also_what_that_one_has_replaced() -> None:
    # Else a chain of three would lose the oldest, or bring it back, by the order in which they are looked at.
    table = pairs()
    missing = {(a, d) for a, b in table for c, d in table if b == c and (a, d) not in table}
    assert missing == set()
