"""Every step checked again from the stored row: what has changed since it was saved is found."""

from datetime import date

import pytest

from claims.checks.faults import Step
from claims.checks.whole import faults_of
from claims.models import Claim, Document
from claims.models.proof import DocumentType
from claims.words import Outcome, Status
from cpor_portal.accounts.models import Enrolment, Programme
from cpor_portal.directory.local import LocalDirectory
from cpor_portal.directory.models import Subscription, Tenant, TenantDomain
from cpor_portal.directory.source import DirectoryUnreachable
from tests.claims.checks.test_contacts import CONTACTS, TECHNICAL
from tests.support.claims import make_draft, make_filed_line
from tests.support.factories import (
    make_firm,
    make_location,
    make_product,
    make_subscription,
    make_tenant,
)

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)


@pytest.fixture
def ready(db: None) -> Claim:
    """A draft that can be submitted: presales of Sales."""
    firm, tenant, sales = make_firm(), make_tenant("contoso.com"), make_product("sales")
    subscription = make_subscription(tenant, sales)
    claim = make_draft(
        firm,
        tenant_entered=str(tenant.tenant_id),
        domain_entered="Contoso.com",
        tenant_id=tenant.tenant_id,
        domain="contoso.com",
        solution_area="business_applications",
        activities=["presales"],
        location=make_location(firm, Programme.OSA),
        **(CONTACTS | TECHNICAL),
    )
    claim.lines.create(firm=firm, product=sales, subscription_id=subscription.subscription_id)
    Document.objects.create(
        claim=claim,
        file="somewhere",
        name="proof.pdf",
        content_type=DocumentType.PDF,
        size=1,
        sha256="0" * 64,
        uploaded_by=claim.created_by,
    )
    return claim


def _faults(claim: Claim) -> list[tuple[str, str]]:
    stored = Claim.objects.get(pk=claim.pk)
    return [(fault.step, fault.fault.code) for fault in faults_of(stored, LocalDirectory(), TODAY)]


def _change(claim: Claim, **fields: object) -> Claim:
    Claim.objects.filter(pk=claim.pk).update(**fields)
    return claim


def test_a_whole_draft_has_no_fault(ready: Claim) -> None:
    assert _faults(ready) == []


def test_an_empty_draft_lacks_every_step_that_can_be_judged(db: None) -> None:
    assert _faults(make_draft()) == [
        (Step.TENANT, "tenant_id_malformed"),
        (Step.ACTIVITY, "area_required"),
        (Step.MPN, "mpn_required"),
        (Step.PROOF, "proof_required"),
    ]


def test_each_contact_that_is_missing_is_told(ready: Claim) -> None:
    assert _faults(_change(ready, name="", technical_title="")) == [(Step.CONTACTS, "contact_required")] * 2


def test_a_domain_that_moved_to_another_tenant_is_found(ready: Claim) -> None:
    TenantDomain.objects.filter(name="contoso.com").update(tenant=make_tenant())
    assert _faults(ready) == [(Step.TENANT, "domain_tenant_mismatch")]


def test_what_was_typed_while_the_directory_was_silent_must_be_saved_again(ready: Claim) -> None:
    other = make_tenant("fabrikam.com")
    _change(ready, tenant_entered=str(other.tenant_id), domain_entered="fabrikam.com")
    assert _faults(ready) == [(Step.TENANT, "step_incomplete")]


def test_a_silent_directory_is_told_once(ready: Claim, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*_asked: object) -> None:
        raise DirectoryUnreachable

    for method in ("find_tenant", "tenant_of_domain", "subscriptions_of"):
        monkeypatch.setattr(LocalDirectory, method, silent)
    assert _faults(ready) == [(Step.TENANT, "directory_unreachable")]


def test_an_enrolment_that_ended_is_found(ready: Claim) -> None:
    Enrolment.objects.update(ends_on=date(2026, 6, 30))
    assert _faults(ready) == [(Step.MPN, "not_enrolled")]


def test_a_location_that_went_to_another_firm_is_found(ready: Claim) -> None:
    assert _faults(_change(ready, location=make_location(make_firm(), Programme.OSA))) == [(Step.MPN, "not_your_mpn")]


def test_a_subscription_that_ended_is_found(ready: Claim) -> None:
    Subscription.objects.update(status="Deleted")
    assert _faults(ready) == [(Step.PRODUCTS, "not_active")]


def test_a_second_subscription_makes_the_silent_match_a_question(ready: Claim) -> None:
    line = ready.lines.get()
    make_subscription(_tenant_of(ready), line.product)
    assert _faults(ready) == [(Step.PRODUCTS, "subscription_required")]
    ready.lines.update(subscription_entered=str(line.subscription_id))
    assert _faults(ready) == []


def test_another_subscription_in_the_place_of_the_matched_one_must_be_saved_again(ready: Claim) -> None:
    Subscription.objects.update(status="Deleted")
    make_subscription(_tenant_of(ready), ready.lines.get().product)
    assert _faults(ready) == [(Step.PRODUCTS, "step_incomplete")]


def test_a_colleague_who_was_quicker_is_found(ready: Claim) -> None:
    line = ready.lines.get()
    make_filed_line(ready.firm, _tenant_of(ready), line.product, line.subscription_id)
    assert _faults(ready) == [(Step.PRODUCTS, "already_claimed")]


def test_a_filed_claim_keeps_its_subscription_and_asks_nothing_of_decided_lines(ready: Claim) -> None:
    line = ready.lines.get()
    filed = make_filed_line(ready.firm, _tenant_of(ready), line.product, line.subscription_id)
    fields = {field.name: getattr(ready, field.name) for field in Claim._meta.concrete_fields}
    kept = {
        name: fields[name] for name in ("tenant_entered", "domain_entered", "domain", "solution_area", "activities")
    }
    contacts = {name: fields[name] for name in CONTACTS | TECHNICAL}
    _change(filed.claim, status=Status.PARTNER_ACTION_REQUIRED, location=ready.location, **kept, **contacts)
    Document.objects.update(claim=filed.claim)
    make_subscription(_tenant_of(ready), line.product)
    filed.claim.lines.create(
        firm=ready.firm,
        product=make_product("gone"),
        target=filed.target,
        outcome=Outcome.REJECTED,
        submitted_at=filed.submitted_at,
    )
    assert _faults(filed.claim) == []


def test_an_activity_that_cannot_stand_is_told_before_what_hangs_on_it(ready: Claim) -> None:
    assert _faults(_change(ready, activities=["presales", "revenue_association"])) == [
        (Step.ACTIVITY, "revenue_association_stands_alone")
    ]


def _tenant_of(claim: Claim) -> Tenant:
    return Tenant.objects.get(tenant_id=str(claim.tenant_id))
