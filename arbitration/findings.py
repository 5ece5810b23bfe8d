"""What a live check found to differ from the submission, in words for reviewers.

The codes are those of domain.md, "Why a subscription is refused" and "Identities", and a few of our own for
facts that have merely changed. The partner's words for the same codes stand in `claims.refusals`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: Mapping[str, str | Promise] = {
    "directory_unreachable": _(
        "The directory does not answer at the moment, so this could not be looked up again. Nothing is concluded from"
        " that, and you can decide all the same."
    ),
    "tenant_unknown": _("The directory no longer knows this tenant."),
    "domain_unknown": _("The directory knows no tenant that owns this domain."),
    "domain_tenant_mismatch": _("The domain now belongs to another tenant."),
    "tenant_name_changed": _("The tenant is now called “%(now)s”; at submission it was “%(then)s”."),
    "tenant_country_changed": _("The tenant's country is now %(now)s; at submission it was %(then)s."),
    "tenant_is_public_sector": _("The tenant is now marked as public sector; at submission it was not."),
    "tenant_is_not_public_sector": _("The tenant is no longer marked as public sector, as it was at submission."),
    "not_enrolled": _("The location's enrolment is not in force: %(programmes)s."),
    "not_a_subscription_id": _("What the claim names is not a subscription ID."),
    "product_not_on_tenant": _("The tenant has no such subscription any longer."),
    "not_dynamics": _("The subscription is not one of this product."),
    "csp": _("Bought neither through Volume Licensing nor Web-Direct."),
    "trial": _("This is a trial."),
    "not_provisioned": _("The product's service plan is not provisioned."),
    "not_active": _("Neither active nor in grace: %(state)s."),
    "already_claimed": _("The same firm has it in another claim: %(existing)s."),
    "subscription_required": _("The tenant has several subscriptions that would do, and the claim names none."),
}

# How it was when the claim was handed in, where the text does not say so itself: none of these could be submitted.
_CLAIMABLE = _("At submission it was there and could be claimed.")
THEN: Mapping[str, str | Promise] = {
    "tenant_unknown": _("At submission the directory knew it."),
    "domain_unknown": _("At submission it belonged to this tenant."),
    "domain_tenant_mismatch": _("At submission it belonged to this tenant."),
    "not_enrolled": _("At submission it was in force."),
    "product_not_on_tenant": _CLAIMABLE,
    "not_dynamics": _CLAIMABLE,
    "csp": _CLAIMABLE,
    "trial": _CLAIMABLE,
    "not_provisioned": _("At submission it was provisioned."),
    "not_active": _("At submission it was active or in grace."),
    "subscription_required": _("At submission there was one that would do."),
}


@dataclass(frozen=True)
class Finding:
    """One difference: its code, what a reviewer reads, and how it was at submission where that is not said in it."""

    code: str
    text: str
    then: str = ""


def finding(code: str, facts: Mapping[str, Any] | None = None) -> Finding:
    """The finding for `code`, in the active language; `facts` fill the text's places."""
    return Finding(code, str(TEXTS[code]) % dict(facts or {}), str(THEN.get(code, "")))
