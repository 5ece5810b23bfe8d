"""What to say at the tenant step (domain.md, "Identities"): six causes, told apart."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from claims.refusals.advice import Advice, Cause, Letter, Who, with_texts
from cpor_portal.directory.identifiers import LooksLike

_ASK_FOR_BOTH = Letter(
    subject=_("Your Microsoft tenant ID and domain"),
    text=_(
        "We would like Microsoft to recognise our work for you, and need two facts about your Microsoft cloud "
        "account: its tenant ID and one of its verified domains. Your administrator finds both in a minute and "
        "can send them to us as text; no password or access is needed."
    ),
    steps=(
        _("Sign in at https://entra.microsoft.com as an administrator."),
        _("Open Overview and copy the value named “Tenant ID”."),
        _("On the same page, copy the value named “Primary domain”."),
        _("Send us both values."),
    ),
)

_FIND_TENANT_ID = (
    _("Ask your customer's administrator for the tenant ID; the message below says where it is shown."),
    _("Paste it here as you receive it. Braces, quotes, capital letters and whole links are fine."),
)

_TENANT_ID_MALFORMED = Advice(
    title=_("This is not a tenant ID"),
    text=_(
        "A tenant ID is a GUID: 32 digits and letters from a to f, such as "
        "3f2504e0-4f89-41d3-9a0c-0305e82c3301. What was entered cannot be read as one."
    ),
    who=Who.YOU,
    steps=_FIND_TENANT_ID,
    letter=_ASK_FOR_BOTH,
    topic="tenant",
)

_DOMAIN_MALFORMED = Advice(
    title=_("This is not a domain"),
    text=_(
        "Enter one of the customer's verified domains, such as contoso.com, or the part before "
        ".onmicrosoft.com, such as contoso. What was entered cannot be read as one."
    ),
    who=Who.YOU,
    steps=(
        _("Enter the part of the customer's e-mail addresses after the @, or the name before .onmicrosoft.com."),
        _("If you are not sure, ask your customer's administrator; the message below says where it is shown."),
    ),
    letter=_ASK_FOR_BOTH,
    topic="tenant",
)

ADVICE: dict[Cause, Advice] = {
    **with_texts(
        "tenant_id_malformed",
        _TENANT_ID_MALFORMED,
        {
            LooksLike.ALL_ZERO: _("An ID of nothing but zeros belongs to nobody. Enter the customer's own tenant ID."),
            LooksLike.DOMAIN: _("This is a domain. Enter the tenant ID here and the domain in the field below."),
            LooksLike.EMAIL: _("This is an e-mail address. Enter the customer's tenant ID, which is a GUID."),
            LooksLike.MPN_ID: _("This looks like an MPN ID. Enter the customer's tenant ID, which is a GUID."),
            LooksLike.ORDER_NUMBER: _(
                "This looks like an order number. Enter the customer's tenant ID, which is a GUID."
            ),
            LooksLike.SKU_PART_NUMBER: _(
                "This looks like a SKU part number. Enter the customer's tenant ID, which is a GUID."
            ),
            LooksLike.SUBSCRIPTION_ID: _(
                "This is a subscription ID. Enter the tenant ID here; subscriptions come in a later step."
            ),
            LooksLike.OTHER_ID: _(
                "This ID is named as something other than a tenant, such as a user, an app or an order. "
                "Enter the customer's tenant ID."
            ),
            LooksLike.SEVERAL_IDS: _(
                "There are several IDs in this text and none of them is named as the tenant. Enter the tenant ID alone."
            ),
            LooksLike.URL_WITHOUT_ID: _("This link carries no tenant ID. Enter the tenant ID itself."),
        },
    ),
    ("tenant_id_malformed", "missing"): replace(
        _TENANT_ID_MALFORMED,
        title=_("The tenant ID is missing"),
        text=_("Enter the customer's tenant ID."),
    ),
    ("domain_malformed", "missing"): replace(
        _DOMAIN_MALFORMED,
        title=_("The domain is missing"),
        text=_("Enter one of the customer's domains."),
    ),
    **with_texts(
        "domain_malformed",
        _DOMAIN_MALFORMED,
        {
            LooksLike.TENANT_ID: _("This is an ID. Enter a domain here, such as contoso.com."),
            LooksLike.SUBSCRIPTION_ID: _("This is a subscription ID. Enter a domain here, such as contoso.com."),
            LooksLike.MPN_ID: _("This looks like an MPN ID. Enter a domain here, such as contoso.com."),
            LooksLike.URL_WITHOUT_ID: _(
                "This link does not name the customer's own domain. Enter the domain itself, such as contoso.com."
            ),
        },
    ),
    ("directory_unreachable", ""): Advice(
        title=_("We could not reach the directory"),
        text=_(
            "The directory of customers did not answer, so nothing could be checked. This is no fault of yours, "
            "and what you entered is kept."
        ),
        who=Who.WE,
        steps=(
            _("Try again in a few minutes; your draft stays as it is."),
            _("If it still does not work after an hour, write to support with the link below."),
        ),
        topic="tenant",
    ),
    ("tenant_unknown", ""): Advice(
        title=_("No tenant has this ID"),
        text=_("The ID %(tenant_id)s is well formed, but Microsoft's directory knows no tenant by it."),
        who=Who.YOU_WITH_CUSTOMER,
        steps=(
            _("Compare the ID with what your customer sent: one wrong digit is enough."),
            _("Make sure that it is the tenant ID and not the ID of a subscription, a user or an order."),
            _("If it looks right, ask your customer's administrator to copy it again with the message below."),
        ),
        letter=_ASK_FOR_BOTH,
        topic="tenant",
    ),
    ("domain_unknown", ""): Advice(
        title=_("No tenant owns this domain"),
        text=_("Nobody has verified the domain %(domain)s with Microsoft, so it cannot name your customer."),
        who=Who.YOU_WITH_CUSTOMER,
        steps=(
            _("Check the spelling."),
            _("Try the name before .onmicrosoft.com: every tenant has one, even if its website uses another name."),
            _("If neither works, ask your customer's administrator with the message below."),
        ),
        letter=_ASK_FOR_BOTH,
        topic="tenant",
    ),
    ("domain_tenant_mismatch", ""): Advice(
        title=_("The tenant ID and the domain belong to different tenants"),
        text=_(
            "Both exist, but the domain %(domain)s does not belong to the tenant %(tenant_id)s. "
            "Large firms often have several tenants: the two must be of the same one."
        ),
        who=Who.YOU_WITH_CUSTOMER,
        steps=(
            _("Find out which of the two is right: the tenant is the one in which the product is used."),
            _("Ask your customer's administrator to copy both values from the same page with the message below."),
            _("Change the wrong one here."),
        ),
        letter=Letter(
            subject=_("Which of your Microsoft tenants do we work in?"),
            text=_(
                "The tenant ID and the domain that we noted for you belong to two different Microsoft tenants. "
                "Could your administrator copy both values from the same page, in the tenant in which we work for "
                "you? What we have now is the tenant ID %(tenant_id)s and the domain %(domain)s."
            ),
            steps=_ASK_FOR_BOTH.steps,
        ),
        topic="tenant",
    ),
}
