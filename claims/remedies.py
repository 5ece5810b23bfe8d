"""What would cure each reason of a request or a rejection (domain.md, "Statuses of a claim", "Proof of execution")."""

from django.utils.translation import gettext_lazy as _

from claims.words import Reason
from cpor_portal.faults import Text

REMEDIES: dict[Reason, Text] = {
    Reason.PROOF_MISSING: _(
        "Add a document that is about this customer and this work. It names your firm, the customer, the customer's "
        "domain and tenant ID, what you did, and the products."
    ),
    Reason.ACKNOWLEDGEMENT_MISSING: _(
        "Add a document in which the customer acknowledges your work: signed by somebody of the customer, with name "
        "and date."
    ),
    Reason.DATES_MISSING_OR_OLD: _(
        "Add a customer's acknowledgement that carries a date, no older than 12 months before you submitted the claim."
    ),
    Reason.WORK_DESCRIPTION_MISSING: _(
        "Add a document that says what your firm did for the customer, in a way that fits the activity of the claim."
    ),
    Reason.PRODUCT_MISSING: _(
        "Add a document that names each product of the claim, or withdraw the products that the document does not name."
    ),
    Reason.FACTS_DO_NOT_VERIFY: _(
        "Compare the tenant ID, the subscription ID and your enrolment with what the customer and the Incentives page "
        "say, and correct the claim, or explain the difference in a comment."
    ),
    Reason.PARTNER_REQUEST: _(
        "This was asked for by your own firm. If it is not what you meant, say so in a comment on the claim."
    ),
    Reason.NO_PARTNER_RESPONSE: _(
        "The reviewer's request was not answered by its deadline. An answer with what was asked for is missing."
    ),
    Reason.CUSTOMER_DECLINED: _("The customer does not want the association. Speak with the customer first."),
    Reason.LOST_ARBITRATION: _("Another claim for the product showed the stronger proof of execution."),
    Reason.SUBSCRIPTION_ENDED: _("The subscription has ended. A subscription that follows it needs its own claim."),
}
