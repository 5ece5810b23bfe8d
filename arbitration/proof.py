"""What a claim's proof of execution must show, as a list that the reviewer reads beside the documents."""

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from claims.models import Claim, ClaimLine
from claims.proof.freshness import a_year_before
from claims.proof.rules import customer_must_acknowledge
from claims.words import Activity
from cpor_portal.working_days import local_day


def expectations(claim: Claim, lines: list[ClaimLine]) -> list[str]:
    """What the documents of this claim have to show, in the active language (domain.md, "Proof of execution")."""
    points = [
        _("The parties: %(firm)s and %(customer)s, with the domain %(domain)s and the tenant ID.")
        % {"firm": claim.firm.name, "customer": claim.customer_display_name, "domain": claim.domain},
        _acknowledgement(claim),
        _("What the partner did for the customer."),
    ]
    if Activity.USAGE in claim.activities:
        names = ", ".join(line.product.name for line in lines)
        points.append(_("The products claimed: %(products)s.") % {"products": names})
    if customer_must_acknowledge(claim):
        points.append(_("A public-sector customer also acknowledges that the partner will seek the association."))
    return points


def _acknowledgement(claim: Claim) -> str:
    if claim.submitted_at is None:
        return _("A customer's acknowledgement.")
    submitted = local_day(claim.submitted_at, settings.REVIEW_TIME_ZONE)
    return _(
        "A customer's acknowledgement that is dated, and not before %(earliest)s (12 months before submission)."
    ) % {"earliest": date_format(a_year_before(submitted), "DATE_FORMAT")}
