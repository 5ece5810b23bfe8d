"""Rounds that were decided before decisions were kept product by product are worked out from history and deadlines."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from arbitration.acts.approve import approve
from arbitration.acts.ask import request_information
from arbitration.acts.reject import reject
from arbitration.models import DecisionReason, LineDecision, Review
from claims.acts.resubmit import resubmit
from claims.words import Reason
from tests.arbitration.figures.telling import approved, clock_at, started, submitted
from tests.support.factories import make_staff, make_workload
from tests.support.stories import make_customer, make_side, make_submitted

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_too]
migration = import_module("arbitration.migrations.0004_decisions_that_were_made")


def kept() -> tuple[list[Any], list[Any], list[Any]]:
    """What the acts, or the migration, have written."""
    return (
        list(Review.objects.order_by("id").values_list("id", "business_days")),
        sorted(LineDecision.objects.values_list("review", "line", "decision", "at", "by")),
        sorted(DecisionReason.objects.values_list("decision__review", "decision__line", "reason")),
    )


def forget() -> None:
    """As the tables were before."""
    DecisionReason.objects.all().delete()
    LineDecision.objects.all().delete()
    Review.objects.update(business_days=None)


def test_the_history_tells_what_the_acts_would_have_kept() -> None:
    rita, first, second = make_staff(), make_workload(), make_workload()
    with clock_at("2026-11-13 09:00"):
        claim = make_submitted(make_side(), make_customer(first, second), first, second)
    started(claim, rita, "2026-11-16 09:00")
    one, other = claim.lines.order_by("id")
    with clock_at("2026-11-23 09:00"):  # a day late: six business days
        reject(reference=claim.reference, by=rita, line_ids=[one.pk], reasons=[Reason.PROOF_MISSING], text="No.")
        reasons = [Reason.PRODUCT_MISSING, Reason.DATES_MISSING_OR_OLD]
        request_information(reference=claim.reference, by=rita, line_ids=[other.pk], reasons=reasons, text="When?")
    with clock_at("2026-11-25 09:00"):
        resubmit(reference=claim.reference, by=claim.submitted_by)
    started(claim, rita, "2026-11-27 09:00")
    with clock_at("2026-11-30 09:00"):  # Thanksgiving is none: two business days
        approve(reference=claim.reference, by=rita)
    approved(submitted("2026-11-16 09:00"), make_staff(), "2026-11-17 09:00")
    started(submitted("2026-11-16 09:00"), rita, "2026-11-17 09:00")
    by_acts = kept()
    assert [days for _review, days in by_acts[0]] == [6, 2, 1, None]
    forget()
    for _time in range(2):
        migration.fill(apps, None)
        assert kept() == by_acts
