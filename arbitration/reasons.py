"""For each reason a ready sentence: what would make the claim acceptable. Reviewers edit it; then it is frozen.

It fits a request as well as a rejection: it names what is needed, and not the button that the partner presses.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from claims.words import Reason

READY_SENTENCES: dict[Reason, str | Promise] = {
    Reason.PROOF_MISSING: _(
        "We can accept the claim with a proof of execution that is about it: one that names your firm, the customer,"
        " the customer's domain and tenant ID, and what you did."
    ),
    Reason.ACKNOWLEDGEMENT_MISSING: _(
        "We can accept the claim when somebody of the customer has signed and dated the proof of execution."
    ),
    Reason.DATES_MISSING_OR_OLD: _(
        "We can accept the claim with a customer's acknowledgement that is dated, and not older than 12 months before"
        " the claim is submitted."
    ),
    Reason.WORK_DESCRIPTION_MISSING: _(
        "We can accept the claim when the proof of execution describes what you did for the customer: the work, when"
        " it was done, and what it was for."
    ),
    Reason.PRODUCT_MISSING: _(
        "We can accept the products that the proof of execution names; the others need a proof that names them."
    ),
    Reason.FACTS_DO_NOT_VERIFY: _(
        "We can accept the claim when the directory confirms the tenant and the subscription, and the enrolment of your"
        " MPN location is in force."
    ),
    Reason.PARTNER_REQUEST: _(
        "You asked us for this. We can accept the claim when it names the right MPN location and activity, and you"
        " still work with the customer."
    ),
}
