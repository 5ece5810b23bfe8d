"""What a refused partner reads: the cause, who must act, the way on, and a message ready to send."""

import re
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from django.urls import resolve
from django.utils.formats import date_format

from claims.checks.judging import CODES_IN_ORDER, HeldByFirm, judge
from claims.checks.mpn import check_enrolment, check_mpn
from claims.checks.tenant import check_tenant
from claims.models import Claim
from claims.refusals import ADVICE, Explanation, Who, explain, refused
from cpor_portal.accounts.models import EnrolmentState, Programme
from cpor_portal.directory.local import LocalDirectory
from cpor_portal.directory.source import SubscriptionFacts
from cpor_portal.faults import Conflict, Fault, Refused
from tests.claims.checks.tables import read
from tests.support.claims import make_draft
from tests.support.factories import (
    make_enrolment,
    make_firm,
    make_location,
    make_person,
    make_tenant,
    product_row,
    subscription_facts,
)

TENANT = UUID("11111111-1111-4111-8111-111111111111")
SALES = product_row("sales", name="Dynamics 365 Sales")
PLAN = SALES.service_plans[0]

# The table "Why a subscription is refused" of domain.md, column "who acts".
WHO_ACTS = {
    "not_a_subscription_id": Who.YOU,
    "product_not_on_tenant": Who.YOU_WITH_CUSTOMER,
    "not_dynamics": Who.YOU,
    "csp": Who.YOU,
    "trial": Who.CUSTOMER_ADMIN,
    "not_provisioned": Who.CUSTOMER_ADMIN,
    "not_active": Who.CUSTOMER_ADMIN,
    "already_claimed": Who.YOU,
}
FACTS: dict[str, Any] = {
    "tenant_id": TENANT,
    "domain": "contoso.com",
    "mpn_id": "1234567",
    "programmes": "OSA",
    "missing": (("OSA", "inactive", None),),
    "product": "Dynamics 365 Sales",
    "entered": "33333333-3333-4333-8333-333333333333",
    "state": "disabled",
    "existing": "C-7K3M9Q2X",
    "label": "name",
    "limit": 10,
    "total": 11,
    "email": "anna@partner.example",
    "name": "proof.pdf",
    "existing_name": "older.pdf",
    "size": "21 MB",
}


def _refusal(*subscriptions: SubscriptionFacts, entered: str = "", held: HeldByFirm | None = None) -> Refused:
    with pytest.raises(Refused) as refusal:
        judge(SALES, entered, held or HeldByFirm(), subscriptions, TENANT, [SALES])
    return refusal.value


def _of_every_cause() -> dict[str, Refused]:
    """A real refusal for each of the eight codes."""
    mine = subscription_facts(SALES)
    other = subscription_facts(product_row("service"))
    return {
        "not_a_subscription_id": _refusal(mine, entered="anna@contoso.com"),
        "product_not_on_tenant": _refusal(other),
        "not_dynamics": _refusal(other, entered=str(other.subscription_id)),
        "csp": _refusal(subscription_facts(SALES, channel="csp")),
        "trial": _refusal(subscription_facts(SALES, is_trial=True)),
        "not_provisioned": _refusal(subscription_facts(SALES, plans={PLAN: "PendingActivation"})),
        "not_active": _refusal(subscription_facts(SALES, status="Suspended")),
        "already_claimed": _refusal(mine, held=HeldByFirm({("sales", mine.subscription_id): "C-7K3M9Q2X"})),
    }


@pytest.mark.parametrize("code", CODES_IN_ORDER)
def test_every_refusal_says_who_acts_and_has_a_message_ready(code: str) -> None:
    explanation = explain(_of_every_cause()[code])
    assert explanation.code == code
    assert explanation.who == WHO_ACTS[code]
    assert explanation.steps
    assert "Dynamics 365 Sales" in explanation.customer_subject + explanation.customer_message
    assert str(TENANT) in explanation.customer_message
    assert not explanation.colleague_message


@pytest.mark.parametrize("cause", list(ADVICE), ids=".".join)
def test_no_text_is_left_with_an_open_place(cause: tuple[str, str]) -> None:
    code, variant = cause
    explanation = explain(refused(code, variant=variant, **FACTS))
    message = explanation.message
    said = [explanation.title, explanation.text, *explanation.steps, *(link.text for link in explanation.links)]
    said += [message.subject, message.body] if message else []
    assert all(said)
    assert not [text for text in said if re.search(r"–|%\(|None", text)]


@pytest.mark.parametrize(
    "row", [row for row in read("refusals") if not row["answer"].startswith("match")], ids=lambda row: row["what"]
)
def test_every_answer_of_the_decision_table_has_words_of_its_own_or_the_codes_plain_ones(row: dict[str, str]) -> None:
    own = ADVICE.get((row["answer"], row["message"]))
    assert own or (row["answer"] == "not_a_subscription_id" and row["message"] == "text")


def test_support_is_told_the_reference_and_the_code(db: None) -> None:
    claim = make_draft()
    for code, fault in _of_every_cause().items():
        support = explain(fault, claim).links[-1]
        assert support.rel == "support"
        subject = parse_qs(urlsplit(support.url).query)["subject"][0]
        assert claim.reference in subject
        assert code in subject


def test_links_lead_to_pages_of_the_portal(db: None) -> None:
    for code, variant in ADVICE:
        for link in explain(refused(code, variant=variant, **FACTS)).links:
            assert link.url.startswith("mailto:") or resolve(link.url)


def test_the_own_claim_is_linked() -> None:
    links = explain(_of_every_cause()["already_claimed"]).links
    assert [link.url for link in links if link.rel == "claim"] == ["/claims/C-7K3M9Q2X/"]


def test_the_message_can_be_opened_in_a_mail_program_as_it_is_shown() -> None:
    explanation = explain(_of_every_cause()["trial"])
    (link,) = (link for link in explanation.links if link.rel == "message")
    query = parse_qs(urlsplit(link.url).query)
    assert query["subject"] == [explanation.customer_subject]
    assert query["body"][0].replace("\r\n", "\n") == explanation.customer_message


def test_a_claim_lends_its_names_to_the_message(db: None) -> None:
    claim = make_draft(make_firm("Fabrikam Partners"), customer_display_name="Contoso Ltd", domain="contoso.com")
    message = explain(_of_every_cause()["trial"], claim).customer_message
    assert "Customer: Contoso Ltd" in message
    assert "Domain: contoso.com" in message
    assert message.endswith("Fabrikam Partners")


def _provisioning(state: str) -> Explanation:
    return explain(_refusal(subscription_facts(SALES, plans={PLAN: state})))


def test_what_is_not_provisioned_lists_the_way_to_a_claimable_subscription() -> None:
    waiting, activating = _provisioning("PendingInput"), _provisioning("PendingActivation")
    assert waiting.title != activating.title
    for explanation in (waiting, activating):
        words = ("Buy", "Accept", "assign", "Success", "the next time it looks")
        assert all(word in step for word, step in zip(words, explanation.steps, strict=True))
        assert "\n1. Buy Dynamics 365 Sales" in explanation.customer_message
        assert "\n5. " in explanation.customer_message


def test_a_broken_plan_leads_to_microsofts_own_support() -> None:
    for state in ("Disabled", "Error"):
        assert "support request" in _provisioning(state).steps[-1]


def test_an_unknown_channel_is_not_called_csp() -> None:
    explanation = explain(_refusal(subscription_facts(SALES, channel="education")))
    assert explanation.code == "csp"
    assert "CSP" not in explanation.title + explanation.text


def test_a_missing_enrolment_is_explained_with_names_and_places(db: None) -> None:
    firm = make_firm()
    location = make_location(firm, mpn_id="1234567")
    make_enrolment(location, Programme.OSA, EnrolmentState.ACTION_REQUIRED)
    make_enrolment(location, Programme.OSU_BA, ends_on=date(2026, 6, 30))
    make_person(firm, name="Anna Kovács")
    other = make_location(firm, Programme.OSA, Programme.OSU_BA)
    with pytest.raises(Refused) as refusal:
        check_enrolment(location, "business_applications", ["presales", "usage"], date(2026, 11, 22))
    explanation = explain(refusal.value)
    steps = "\n".join(explanation.steps)
    assert "“Action required”" in steps
    assert date_format(date(2026, 6, 30)) in steps
    assert str(other) in steps
    assert "Anna Kovács" in steps
    assert "incentives" in [link.rel for link in explanation.links]
    assert "1234567" in explanation.colleague_message
    assert not explanation.customer_message


def test_a_global_id_is_explained_and_not_just_refused(db: None) -> None:
    with pytest.raises(Refused) as refusal:
        check_mpn("9999999", make_firm(global_id="9999999"))
    explanation = explain(refusal.value)
    assert "PGA" in explanation.text
    assert explanation.links[0].url == "/incentives/"


def test_the_tenant_step_asks_the_customer_for_both_facts(db: None) -> None:
    tenant = make_tenant("contoso.com")
    with pytest.raises(Refused) as refusal:
        check_tenant(str(tenant.tenant_id), "nobody.example", LocalDirectory())
    explanation = explain(refusal.value)
    assert explanation.who == Who.YOU_WITH_CUSTOMER
    assert "Tenant ID" in explanation.customer_message
    assert "Primary domain" in explanation.customer_message


def test_a_silent_directory_is_ours_to_cure() -> None:
    explanation = explain(refused("directory_unreachable"))
    assert explanation.who_acts == "We"
    assert not explanation.customer_message


def test_a_fault_that_has_no_page_of_advice_is_shown_with_its_own_text() -> None:
    fault: Fault = Conflict("somebody_was_first", "Somebody was first.", by="Anna")
    explanation = explain(fault)
    assert (explanation.title, explanation.code) == ("Somebody was first.", "somebody_was_first")
    assert [link.rel for link in explanation.links] == ["support"]


def test_a_percent_sign_in_a_strangers_text_does_no_harm() -> None:
    assert explain(Conflict("odd", "100% certain", by="Anna")).title == "100% certain"


def test_what_the_partner_typed_stays_text(db: None) -> None:
    claim = Claim(reference="C-1", customer_display_name="100%(x)s <b>", firm=make_firm())
    assert "100%(x)s <b>" in explain(_of_every_cause()["trial"], claim).customer_message
