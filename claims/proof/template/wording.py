"""The fixed sentences of the letter. None holds a fact of a claim, so that a reader of proof can leave them out."""

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

TITLE = pgettext_lazy("proof template", "Proof of execution")
LEAD = (
    _("This letter shows what a partner did for a customer, and that the customer acknowledges it."),
    _("It is complete when section 3 is filled in and the customer has signed section 4."),
)
CLAIM = pgettext_lazy("proof template", "Claim")
PAGE_OF = pgettext_lazy("proof template", "Page %(page)s of %(pages)s")

PARTIES = pgettext_lazy("proof template", "The parties")
PARTNER = pgettext_lazy("proof template", "Partner firm")
MPN_ID = pgettext_lazy("proof template", "MPN ID")
CUSTOMER = pgettext_lazy("proof template", "Customer firm")
DOMAIN = pgettext_lazy("proof template", "Domain")
TENANT_ID = pgettext_lazy("proof template", "Tenant ID")

PRODUCTS = pgettext_lazy("proof template", "The products and the activity")
ENGAGEMENT = pgettext_lazy("proof template", "Name of the engagement")
SOLUTION_AREA = pgettext_lazy("proof template", "Solution area")
ACTIVITY = pgettext_lazy("proof template", "Activity")
SELLER = pgettext_lazy("proof template", "Dynamics solution seller")
ISV_SOLUTION = pgettext_lazy("proof template", "ISV product or solution")
PRODUCT = pgettext_lazy("proof template", "Product")
SUBSCRIPTION_ID = pgettext_lazy("proof template", "Subscription ID")

WORK = pgettext_lazy("proof template", "What the partner did")
WORK_INTRODUCTION = (
    _("Please describe the work in your own words; five or six sentences are enough."),
    _("Please name every product of section 2 where you write of the work on it."),
)
PROMPTS = (
    _("What was done: for example planning, setting up, moving data, training or advice."),
    _("When: from which month to which month."),
    _("For whom: which teams, and about how many people."),
    _("With what result: what the customer can do now that it could not do before."),
)
DESCRIPTION = pgettext_lazy("proof template", "Description of the work")

ACKNOWLEDGEMENT = pgettext_lazy("proof template", "The customer's acknowledgement")
CONFIRMED = _(
    "We, the customer named in section 1, confirm that the partner named there did the work described in section 3 "
    "for us, and that it concerns the products named in section 2."
)
PUBLIC_SECTOR_TITLE = pgettext_lazy("proof template", "For customers in the public sector")
PUBLIC_SECTOR = _(
    "We also acknowledge that the partner will ask Microsoft to be associated with us as our partner of record for "
    "these products."
)
NO_CONTRACT = _("This letter is not a contract: it orders nothing and costs nothing.")
NAME = pgettext_lazy("proof template", "Name")
JOB_TITLE = pgettext_lazy("proof template", "Title")
DATE = pgettext_lazy("proof template", "Date")
DATE_HINT = pgettext_lazy("proof template", "day, month in words, year")
SIGNATURE = pgettext_lazy("proof template", "Signature")
DATE_LIMIT = _("The partner must submit the claim within 12 months of the date below.")

LETTERS_MISSING = _("Some letters of the names cannot be printed in this file; the Word file shows them all.")

_ALL: tuple[Promise, ...] = (
    *(TITLE, *LEAD, CLAIM),
    *(PARTIES, PARTNER, MPN_ID, CUSTOMER, DOMAIN, TENANT_ID),
    *(PRODUCTS, ENGAGEMENT, SOLUTION_AREA, ACTIVITY, SELLER, ISV_SOLUTION, PRODUCT, SUBSCRIPTION_ID),
    *(WORK, *WORK_INTRODUCTION, *PROMPTS, DESCRIPTION),
    *(ACKNOWLEDGEMENT, CONFIRMED, PUBLIC_SECTOR_TITLE, PUBLIC_SECTOR, NO_CONTRACT),
    *(NAME, JOB_TITLE, DATE, DATE_HINT, SIGNATURE, DATE_LIMIT, LETTERS_MISSING),
)


def boilerplate(language: str) -> frozenset[str]:
    """Every fixed text of the template in `language` ("en", "hu"): headings, labels, prompts, the customer's words.

    For whoever reads a document: a prompt is no description of work, an empty signature block no signature.
    """
    with translation.override(language):
        return frozenset(str(text) for text in _ALL)
