"""The live checks: what the directory says now, against what was submitted."""

from datetime import timedelta

import pytest
from django.utils import timezone

from arbitration.facts import LiveChecks, look_up
from arbitration.findings import TEXTS
from claims.checks.products import CODES_IN_ORDER
from claims.models import Claim
from cpor_portal.accounts.models import Enrolment, EnrolmentState
from cpor_portal.directory.local import LocalDirectory
from cpor_portal.directory.models import Channel, Subscription, SubscriptionStatus, Tenant, TenantDomain
from cpor_portal.directory.source import DirectoryUnreachable, SubscriptionFacts
from tests.support.factories import make_product, make_tenant, make_workload
from tests.support.stories import make_customer, make_side, make_submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim() -> Claim:
    """A claim for one Business Applications product."""
    product = make_product()
    return make_submitted(make_side(), make_customer(product), product)


def looked_up(claim: Claim) -> LiveChecks:
    lines = list(claim.lines.select_related("product"))
    return look_up(Claim.objects.get(pk=claim.pk), lines, LocalDirectory(), timezone.now())


def line_codes(checks: LiveChecks) -> list[str]:
    return [verdict.finding.code if verdict.finding else "" for verdict in checks.verdicts.values()]


def test_nothing_differs_right_after_submission(claim: Claim) -> None:
    checks = looked_up(claim)
    assert (checks.tenant, checks.enrolment, line_codes(checks)) == ((), (), [""])
    assert (checks.differences, checks.is_unreachable) == (0, False)


def test_a_workload_holds_while_one_of_its_subscriptions_does(claim: Claim) -> None:
    workload = make_workload()
    checks = looked_up(make_submitted(make_side(), make_customer(workload), workload))
    assert line_codes(checks) == [""]


def test_the_claims_own_line_does_not_count_as_claimed_already(claim: Claim) -> None:
    assert "already_claimed" not in line_codes(looked_up(claim))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"status": SubscriptionStatus.SUSPENDED}, "not_active"),
        ({"status": SubscriptionStatus.WARNING}, ""),
        ({"channel": Channel.CSP}, "csp"),
        ({"is_trial": True}, "trial"),
        ({"service_status": []}, "not_provisioned"),
        ({"sku_part_number": "SOMETHING_ELSE", "sku_id": "00000000-0000-4000-8000-000000000001"}, "not_dynamics"),
    ],
)
def test_a_line_that_no_longer_holds_is_marked_with_its_code(
    claim: Claim, change: dict[str, object], code: str
) -> None:
    Subscription.objects.update(**change)
    checks = looked_up(claim)
    assert line_codes(checks) == [code]
    assert checks.differences == (1 if code else 0)


def test_a_subscription_that_is_gone_is_not_on_the_tenant(claim: Claim) -> None:
    Subscription.objects.all().delete()
    assert line_codes(looked_up(claim)) == ["product_not_on_tenant"]


def test_a_second_subscription_of_the_product_changes_nothing_for_the_one_that_was_claimed(claim: Claim) -> None:
    other = Subscription.objects.get()
    other.pk, other.subscription_id, other.commerce_subscription_id = None, claim.tenant_id, make_tenant().tenant_id
    other.save(force_insert=True)
    assert line_codes(looked_up(claim)) == [""]


def test_a_tenant_that_is_called_differently_now_is_marked(claim: Claim) -> None:
    Tenant.objects.update(display_name="Contoso Renamed", country="HU", public_sector=True)
    checks = looked_up(claim)
    assert [one.code for one in checks.tenant] == [
        "tenant_name_changed",
        "tenant_country_changed",
        "tenant_is_public_sector",
    ]
    assert "Contoso Renamed" in checks.tenant[0].text
    assert claim.customer_display_name in checks.tenant[0].text


def test_a_domain_that_moved_to_another_tenant_is_marked(claim: Claim) -> None:
    TenantDomain.objects.filter(name=claim.domain).update(tenant=make_tenant())
    assert [one.code for one in looked_up(claim).tenant] == ["domain_tenant_mismatch"]


def test_a_domain_that_nobody_owns_any_longer_is_marked(claim: Claim) -> None:
    TenantDomain.objects.all().delete()
    assert [one.code for one in looked_up(claim).tenant] == ["domain_unknown"]


def test_a_tenant_that_is_gone_is_marked(claim: Claim) -> None:
    Tenant.objects.all().delete()
    assert [one.code for one in looked_up(claim).tenant] == ["tenant_unknown"]


def test_an_enrolment_that_lapsed_is_marked(claim: Claim) -> None:
    Enrolment.objects.update(state=EnrolmentState.INACTIVE)
    assert [one.code for one in looked_up(claim).enrolment] == ["not_enrolled"]


def test_an_enrolment_ends_with_its_last_day(claim: Claim) -> None:
    Enrolment.objects.update(ends_on=timezone.now().date() - timedelta(days=2))
    assert [one.code for one in looked_up(claim).enrolment] == ["not_enrolled"]


def test_a_directory_that_does_not_answer_is_no_difference(claim: Claim, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_args: object) -> None:
        raise DirectoryUnreachable

    for question in ("find_tenant", "tenant_of_domain", "subscriptions_of"):
        monkeypatch.setattr(LocalDirectory, question, unreachable)
    checks = looked_up(claim)
    assert checks.is_unreachable
    assert checks.differences == 0
    assert line_codes(checks) == ["directory_unreachable"]
    assert [one.code for one in checks.tenant] == ["directory_unreachable"]


def test_what_could_be_looked_up_is_shown_though_another_question_failed(
    claim: Claim, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(_self: LocalDirectory, _tenant_id: object) -> tuple[SubscriptionFacts, ...]:
        raise DirectoryUnreachable

    monkeypatch.setattr(LocalDirectory, "subscriptions_of", unreachable)
    Tenant.objects.update(display_name="Contoso Renamed")
    checks = looked_up(claim)
    assert [one.code for one in checks.tenant] == ["tenant_name_changed"]
    assert (checks.is_unreachable, checks.differences) == (True, 1)


@pytest.mark.parametrize("code", [*CODES_IN_ORDER, "subscription_required", "not_enrolled", "directory_unreachable"])
def test_every_refusal_of_the_domain_has_words_for_reviewers(code: str) -> None:
    assert str(TEXTS[code])
