"""Every step checked again from the stored row: what the check page shows and what submitting asks.

Nothing that an earlier step once found is believed: a subscription may have ended, an enrolment lapsed, since.
"""

from collections.abc import Callable
from datetime import date

from claims.checks.activity import check_activities
from claims.checks.contacts import ALWAYS, REVENUE, TECHNICAL, check_contacts
from claims.checks.faults import Step, StepFault, faults_in
from claims.checks.mpn import check_enrolment, check_mpn
from claims.checks.products import ProductsAnswer, check_products
from claims.checks.proof import check_proof
from claims.checks.tenant import TenantAnswer, check_tenant
from claims.models import Claim, ClaimLine
from claims.refusals import refused
from cpor_portal.directory.source import Directory
from cpor_portal.faults import Refused


def faults_of(claim: Claim, source: Directory, today: date) -> list[StepFault]:
    """Everything that keeps the claim from being submitted, in the order of the steps; empty when it is ready.

    `today` is a calendar day at the review site. A step that hangs on an earlier one is left out while that
    one is wrong, so that each cause is named once.
    """
    faults: list[StepFault] = []

    def holds(step: Step, check: Callable[[], object]) -> bool:
        try:
            check()
        except Refused as fault:
            faults.extend(StepFault(step, single) for single in faults_in(fault))
            return False
        return True

    tenant_holds = holds(Step.TENANT, lambda: tenant_again(claim, source))
    activity_holds = holds(Step.ACTIVITY, lambda: check_activities(claim.solution_area, claim.activities))
    holds(Step.MPN, lambda: mpn_again(claim, today if activity_holds else None))
    if tenant_holds and activity_holds:
        holds(Step.PRODUCTS, lambda: products_again(claim, source, today))
    if activity_holds:
        holds(Step.CONTACTS, lambda: contacts_again(claim))
    holds(Step.PROOF, lambda: check_proof(claim))
    return faults


def tenant_again(claim: Claim, source: Directory) -> TenantAnswer:
    """The tenant as the directory knows it now.

    Raises Refused; step_incomplete where the directory was silent when the step was saved, so that what was typed
    is not yet what the claim is about.
    """
    tenant_text = claim.tenant_entered or str(claim.tenant_id or "")
    answer = check_tenant(tenant_text, claim.domain_entered or claim.domain, source)
    if (answer.facts.tenant_id, answer.domain) != (claim.tenant_id, claim.domain):
        raise refused("step_incomplete", field="tenant_id")
    return answer


def mpn_again(claim: Claim, today: date | None) -> None:
    """Whether the location is still the firm's, and on `today` (None: do not ask) still enrolled. Raises Refused."""
    if claim.location is None:
        raise refused("mpn_required", field="mpn_id")
    location = check_mpn(claim.location.mpn_id, claim.firm)
    if today is not None:
        check_enrolment(location, claim.solution_area, claim.activities, today)


def products_again(claim: Claim, source: Directory, today: date) -> ProductsAnswer:
    """The claim's lines with the subscriptions that they have now.

    Raises Refused or ManyRefused as `check_products`, and step_incomplete where the portal would now match
    another subscription than the stored one. A draft is judged by what was typed; a filed claim keeps the
    subscription that it was filed for, even if the customer has bought another since.
    """
    if claim.tenant_id is None:
        raise refused("step_incomplete", field="products")
    wanted = claim.lines.all() if claim.is_draft else claim.lines.undecided()
    lines = list(wanted.select_related("product"))
    answer = check_products(
        codes=[line.product.code for line in lines],
        entered={line.product.code: _entered(claim, line) for line in lines},
        area=claim.solution_area,
        firm=claim.firm,
        tenant_id=claim.tenant_id,
        source=source,
        except_claim=claim,
        today=today,
    )
    if [line.subscription_id for line in lines] != [line.subscription_id for line in answer.lines]:
        raise refused("step_incomplete", field="products")
    return answer


def contacts_again(claim: Claim) -> dict[str, str]:
    """The contacts as stored. Raises Refused or ManyRefused as `check_contacts`."""
    values = {field: str(getattr(claim, field)) for field in (*ALWAYS, *TECHNICAL, *REVENUE)}
    return check_contacts(values, claim.solution_area, claim.activities, firm=claim.firm)


def _entered(claim: Claim, line: ClaimLine) -> str:
    if claim.is_draft or line.subscription_id is None:
        return line.subscription_entered
    return str(line.subscription_id)
