"""How long proof is good, and when the partner is reminded of newer."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from arbitration.acts.approve import approve
from claims.acts.cells import set_cells
from claims.acts.withdraw import withdraw
from claims.models import Claim, ProofCell
from claims.proof.freshness import a_year_before, freshness_of, good_until
from claims.proof.keys import cells_of
from claims.proof.reminders import remind_of_newer_proof
from claims.proof.words import Column
from cpor_portal.notifications.models import OutboxMail
from tests.support.factories import make_staff, make_workload
from tests.support.stories import make_customer, make_draft, make_side, make_submitted, make_under_review

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 4, 18, tzinfo=UTC)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_good_until_is_the_last_day_of_submission_that_twelve_months_allow(day: date) -> None:
    last = good_until(day)
    assert a_year_before(last) <= day < a_year_before(last + timedelta(days=1))


@pytest.mark.parametrize(
    ("signed", "last"),
    [("2026-03-01", "2027-03-01"), ("2024-02-29", "2025-02-28"), ("2023-02-28", "2024-02-29")],
)
def test_leap_days_count_for_the_partner(signed: str, last: str) -> None:
    assert good_until(date.fromisoformat(signed)) == date.fromisoformat(last)


def _dated(claim: Claim, day: date) -> Claim:
    key = next(key for key, (_product, column) in cells_of(claim).items() if column == Column.DATED)
    document = claim.documents.get()
    by = claim.created_by
    return set_cells(reference=claim.reference, by=by, document_id=document.pk, page=1, keys=[key], dated_on=day)


def _draft() -> Claim:
    product = make_workload()
    return make_draft(make_side(), make_customer(product), [product])


@time_machine.travel(NOON, tick=False)
def test_without_a_date_nothing_is_said_of_freshness() -> None:
    assert freshness_of(_draft(), NOON) is None


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize(
    ("signed", "is_old", "ends_before_review"),
    [
        ("2026-02-01", False, False),
        ("2025-03-12", False, False),  # good until the day after the review would be due
        ("2025-03-11", False, False),  # the review would be due on that very day
        ("2025-03-10", False, True),
        ("2025-03-04", False, True),  # twelve months to the day
        ("2025-03-03", True, False),
    ],
)
def test_a_draft_is_measured_as_if_it_were_submitted_now(signed: str, is_old: bool, ends_before_review: bool) -> None:
    fresh = freshness_of(_dated(_draft(), date.fromisoformat(signed)), NOON)
    assert fresh is not None
    assert (fresh.is_old, fresh.ends_before_review) == (is_old, ends_before_review)
    assert fresh.review_due_on == date(2026, 3, 11)


def test_the_newest_date_counts_and_the_day_of_submission_measures_it() -> None:
    with time_machine.travel(NOON, tick=False):
        claim = _dated(make_submitted(), date(2025, 3, 5))
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        fresh = freshness_of(claim, NOON + timedelta(days=1))
    assert fresh is not None
    assert not fresh.is_old  # twelve months were not over on the day of submission
    assert fresh.ends_before_review
    assert Claim.objects.get().proof_good_until == date(2026, 3, 5)


# --- The yearly reminder -----------------------------------------------------------------------------------


def _approved(signed: date | None) -> Claim:
    """Approved at NOON, its proof signed on that day."""
    with time_machine.travel(NOON, tick=False):
        claim = make_submitted()
        if signed:
            _dated(claim, signed)
        reviewer = make_staff()
        make_under_review(reviewer, claim)
        approve(reference=claim.reference, by=reviewer)
    return Claim.objects.get(pk=claim.pk)


def _told() -> int:
    return OutboxMail.objects.filter(kind="proof_ages").values("event_key").distinct().count()


def test_the_partner_is_reminded_thirty_days_before_the_proof_is_a_year_old_and_each_year_after() -> None:
    claim = _approved(date(2026, 2, 10))
    assert (claim.proof_good_until, claim.proof_reminder_on) == (date(2027, 2, 10), date(2027, 1, 11))
    day_before = datetime(2027, 1, 11, 7, tzinfo=UTC)  # still the 10th at the review site
    assert remind_of_newer_proof(day_before, limit=10) == 0
    assert remind_of_newer_proof(day_before + timedelta(hours=2), limit=10) == 1
    assert remind_of_newer_proof(day_before + timedelta(days=90), limit=10) == 0
    assert _told() == 1
    assert remind_of_newer_proof(day_before + timedelta(days=366), limit=10) == 1
    assert _told() == 2
    claim.refresh_from_db()
    assert claim.proof_reminder_on == date(2029, 1, 11)


def test_proof_that_is_old_at_approval_is_reminded_of_the_next_day() -> None:
    assert _approved(date(2025, 3, 20)).proof_reminder_on == date(2026, 3, 5)


def test_proof_without_a_known_date_is_reminded_of_a_year_after_submission() -> None:
    assert _approved(None).proof_reminder_on == date(2027, 2, 2)


def test_newer_proof_moves_the_reminder() -> None:
    claim = _approved(date(2026, 2, 10))
    with time_machine.travel(NOON + timedelta(days=200), tick=False):
        _dated(claim, date(2026, 9, 1))
    claim.refresh_from_db()
    assert claim.proof_reminder_on == date(2027, 8, 2)


def test_a_claim_that_is_not_approved_has_no_reminder() -> None:
    with time_machine.travel(NOON, tick=False):
        claim = _dated(make_submitted(), date(2026, 2, 10))
        assert Claim.objects.get(pk=claim.pk).proof_reminder_on is None
        withdraw(reference=claim.reference, by=claim.created_by, reason="A mistake.")
    Claim.objects.filter(pk=claim.pk).update(proof_reminder_on=NOON.date())  # as if it had been approved once
    assert remind_of_newer_proof(NOON, limit=10) == 0
    assert _told() == 0
    assert not Claim.objects.exclude(proof_reminder_on=None).exists()


def test_the_reminder_names_the_products_and_the_day() -> None:
    claim = _approved(date(2026, 2, 10))
    remind_of_newer_proof(datetime(2027, 1, 12, tzinfo=UTC) + timedelta(days=1), limit=10)
    mail = OutboxMail.objects.filter(kind="proof_ages").first()
    assert mail is not None
    assert mail.claim_reference == claim.reference
    assert "2027" in mail.text
    assert claim.lines.get().product.name in mail.text
    assert ProofCell.objects.filter(claim=claim, column=Column.DATED).exists()


def test_a_claim_is_as_fresh_as_its_oldest_product_and_that_one_is_named() -> None:
    with time_machine.travel(NOON, tick=False):
        products = [make_workload(), make_workload()]
        claim = make_draft(make_side(), make_customer(*products), products)
        first, second = [key for key, (_product, column) in cells_of(claim).items() if column == Column.DATED]
        for key, day in ((first, date(2025, 3, 1)), (second, date(2026, 2, 1))):
            set_cells(
                reference=claim.reference,
                by=claim.created_by,
                document_id=claim.documents.get().pk,
                page=1,
                keys=[key],
                offered=[key],
                dated_on=day,
            )
        fresh = freshness_of(claim, NOON)
    assert fresh is not None
    assert (fresh.acknowledged_on, fresh.is_old, fresh.products) == (date(2025, 3, 1), True, (products[0].name,))
