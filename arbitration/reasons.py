"""For each reason a ready sentence: what would make the claim acceptable. Reviewers edit it; then it is frozen."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from claims.words import Reason

READY_SENTENCES: dict[Reason, str | Promise] = {
    Reason.PROOF_MISSING: _(
        "Please add a proof of execution that is about this claim: it has to name your firm, the customer, the"
        " customer's domain and tenant ID, and what you did."
    ),
    Reason.ACKNOWLEDGEMENT_MISSING: _(
        "Please have somebody of the customer sign and date the proof of execution, and add the signed document."
    ),
    Reason.DATES_MISSING_OR_OLD: _(
        "Please add a proof of execution whose customer's acknowledgement is dated, and is not older than 12 months"
        " before you submitted the claim."
    ),
    Reason.WORK_DESCRIPTION_MISSING: _(
        "Please add a description of what you did for the customer: the work, when it was done, and what it was for."
    ),
    Reason.PRODUCT_MISSING: _(
        "Please add a proof of execution that names each product you claim, or withdraw the products that it is not"
        " about."
    ),
    Reason.FACTS_DO_NOT_VERIFY: _(
        "The directory does not confirm a fact of the claim at present. Please see to it with the customer, or"
        " correct the claim, and resubmit it."
    ),
    Reason.PARTNER_REQUEST: _(
        "As you asked us, the claim comes back to you. Please correct what you wanted to change and resubmit it, or"
        " withdraw it."
    ),
}
