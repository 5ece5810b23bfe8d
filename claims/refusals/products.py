"""What to say when a subscription or workload is refused (domain.md, "Why a subscription is refused").

One cause, who must act, and a message ready to send. No text tells what else a tenant holds, nor whether an ID
belongs to somebody else.
"""

from django.utils.translation import gettext_lazy as _

from claims.refusals.advice import Advice, Cause, Letter, Who, with_texts
from cpor_portal.directory.identifiers import LooksLike

_FIND_SUBSCRIPTION_ID = (
    _("Sign in to the Microsoft 365 admin center, https://admin.microsoft.com, as a global or billing administrator."),
    _("Open Billing, then Your products, and choose %(product)s."),
    _(
        "Copy the subscription ID from the product's page. It can also be read from Microsoft Graph, under "
        "directory/subscriptions."
    ),
    _("Send us the ID as text."),
)

_ASK_FOR_ID = Letter(
    subject=_("The subscription ID of %(product)s"),
    text=_(
        "We would like Microsoft to recognise our work for you on %(product)s, and need the ID of the subscription "
        "in your tenant %(tenant_id)s. Your administrator can copy it like this; no password or access is needed."
    ),
    steps=_FIND_SUBSCRIPTION_ID,
)

_NOT_A_SUBSCRIPTION_ID = Advice(
    title=_("This is not a subscription ID"),
    text=_("A subscription ID is a GUID: 32 digits and letters from a to f. What was entered cannot be read as one."),
    who=Who.YOU,
    steps=(
        _("Leave the field empty if you do not know the ID: with one suitable subscription the portal finds it."),
        _("Otherwise ask your customer's administrator for the ID with the message below."),
    ),
    letter=_ASK_FOR_ID,
    topic="products",
)

_CSP = Advice(
    title=_("Bought through a Cloud Solution Provider (CSP)"),
    text=_(
        "This subscription of %(product)s was bought through a Cloud Solution Provider. Business Applications can "
        "only be claimed where the customer bought through Volume Licensing or Web-Direct: in CSP the provider is "
        "recognised already."
    ),
    who=Who.YOU,
    steps=(
        _("Ask your customer whether there is another subscription, bought through Volume Licensing or Web-Direct."),
        _("If there is, enter its ID. If there is not, take the product out of this claim."),
    ),
    letter=Letter(
        subject=_("How did you buy %(product)s?"),
        text=_(
            "We would like Microsoft to recognise our work for you on %(product)s. The subscription that Microsoft "
            "sees in your tenant %(tenant_id)s was not bought through a Volume Licensing agreement or directly on "
            "Microsoft's website, and cannot be used for this. Do you have another subscription of the product that "
            "was? If so, please send us its ID."
        ),
        steps=_FIND_SUBSCRIPTION_ID,
    ),
    topic="products",
)

# The way of a subscription to where it can be claimed, for the customer's administrator (domain.md, same section).
_PROVISIONING = (
    _("Buy %(product)s, if that has not happened yet."),
    _("Accept the offer or the agreement that belongs to it."),
    _(
        "In the Microsoft 365 admin center, https://admin.microsoft.com, assign the product to at least one person, "
        "or activate it where the page asks for that."
    ),
    _("Wait until the product's service plan says Success."),
    _("Tell your partner: the portal sees the change the next time it looks, and the claim can go on."),
)

_MUST_ACTIVATE = Advice(
    title=_("The product is not activated yet"),
    text=_(
        "%(product)s is on the tenant and waits for activation. Only your customer's administrator can activate "
        "it. Nothing in your entry is wrong."
    ),
    who=Who.CUSTOMER_ADMIN,
    steps=_PROVISIONING,
    letter=Letter(
        subject=_("Please activate %(product)s"),
        text=_(
            "We would like Microsoft to recognise our work for you on %(product)s. In your tenant %(tenant_id)s the "
            "product was bought, but it still waits to be activated by an administrator. Could you activate it? "
            "These are the steps; those that are done already can be skipped."
        ),
        steps=_PROVISIONING,
    ),
    topic="products",
)

_WAIT = Advice(
    title=_("The product is not provisioned yet"),
    text=_(
        "Microsoft has not finished setting up %(product)s on the tenant. Usually this ends by itself within a day. "
        "Nothing in your entry is wrong."
    ),
    who=Who.CUSTOMER_ADMIN,
    steps=_PROVISIONING,
    letter=Letter(
        subject=_("Is %(product)s set up completely?"),
        text=_(
            "We would like Microsoft to recognise our work for you on %(product)s. In your tenant %(tenant_id)s the "
            "product is not set up completely yet. Usually it only takes a little time. Could your administrator "
            "look whether a step is still open? Those that are done already can be skipped."
        ),
        steps=_PROVISIONING,
    ),
    topic="products",
)

_BROKEN_STEPS = (
    *_PROVISIONING,
    _(
        "If the service plan still says Error or Disabled after a day, open a support request in the admin center: "
        "Support, then Help & support."
    ),
)

_BROKEN = Advice(
    title=_("The product is not provisioned"),
    text=_(
        "The service plan of %(product)s is switched off on the tenant, or Microsoft could not set it up. Waiting "
        "alone will not cure this: your customer's administrator must look at it."
    ),
    who=Who.CUSTOMER_ADMIN,
    steps=_BROKEN_STEPS,
    letter=Letter(
        subject=_("%(product)s is switched off or was not set up"),
        text=_(
            "We would like Microsoft to recognise our work for you on %(product)s. In your tenant %(tenant_id)s the "
            "product's service plan is switched off, or Microsoft could not set it up. Could your administrator go "
            "through these steps? Those that are done already can be skipped."
        ),
        steps=_BROKEN_STEPS,
    ),
    topic="products",
)

_RENEWAL = (
    _("Sign in to the Microsoft 365 admin center, https://admin.microsoft.com, as a global or billing administrator."),
    _("Open Billing, then Your products, and choose %(product)s."),
    _("Renew or reactivate the subscription, or settle what is open on its invoice."),
    _("Tell your partner when the page says Active."),
)

ADVICE: dict[Cause, Advice] = {
    **with_texts(
        "not_a_subscription_id",
        _NOT_A_SUBSCRIPTION_ID,
        {
            LooksLike.TENANT_ID: _("This is a tenant ID. Enter the ID of the customer's subscription of %(product)s."),
            "sku_id": _(
                "This is a SKU ID: it names the kind of licence and is the same for every customer. Enter the ID of "
                "the customer's own subscription of %(product)s."
            ),
            LooksLike.SKU_PART_NUMBER: _(
                "This is a SKU part number: it names the kind of licence and is the same for every customer. Enter "
                "the ID of the customer's own subscription of %(product)s."
            ),
            LooksLike.EMAIL: _(
                "This is an e-mail address. Enter the ID of the customer's subscription of %(product)s."
            ),
            LooksLike.ORDER_NUMBER: _(
                "This looks like an order or invoice number. Enter the ID of the customer's subscription of "
                "%(product)s."
            ),
            LooksLike.DOMAIN: _("This is a domain. Enter the ID of the customer's subscription of %(product)s."),
            LooksLike.MPN_ID: _(
                "This looks like an MPN ID. Enter the ID of the customer's subscription of %(product)s."
            ),
            LooksLike.URL_WITHOUT_ID: _(
                "This link carries no subscription ID. Enter the ID of the customer's subscription of %(product)s."
            ),
            LooksLike.ALL_ZERO: _(
                "An ID of nothing but zeros belongs to nothing. Enter the ID of the customer's subscription of "
                "%(product)s."
            ),
            LooksLike.SEVERAL_IDS: _(
                "There are several IDs in this text and none of them is named as the subscription. Enter the "
                "subscription ID alone."
            ),
            LooksLike.OTHER_ID: _(
                "This ID is named as something other than a subscription, such as a user, an app or an order. Enter "
                "the ID of the customer's subscription of %(product)s."
            ),
        },
    ),
    ("product_not_on_tenant", ""): Advice(
        title=_("The product is not on your customer's tenant"),
        text=_("The directory shows no subscription of %(product)s on the tenant %(tenant_id)s."),
        who=Who.YOU_WITH_CUSTOMER,
        steps=(
            _("Make sure that the right product is chosen: names are often alike."),
            _("Make sure that it is the right tenant: large customers have several."),
            _("Ask your customer with the message below whether the product is in this tenant."),
        ),
        letter=Letter(
            subject=_("Is %(product)s in the tenant that we noted?"),
            text=_(
                "We would like Microsoft to recognise our work for you on %(product)s. Microsoft's directory shows no "
                "subscription of it in your tenant %(tenant_id)s. Is the product in another tenant of yours, or not "
                "bought yet? If it is in this tenant, could your administrator send us the subscription ID?"
            ),
            steps=_FIND_SUBSCRIPTION_ID,
        ),
        topic="products",
    ),
    ("product_not_on_tenant", "id"): Advice(
        title=_("This subscription is not on your customer's tenant"),
        text=_("The directory shows no subscription with this ID on the tenant %(tenant_id)s."),
        who=Who.YOU_WITH_CUSTOMER,
        steps=(
            _("Compare the ID with what your customer sent: one wrong digit is enough."),
            _("Make sure that it is the right tenant: large customers have several."),
            _("Ask your customer with the message below to copy the ID again."),
        ),
        letter=Letter(
            subject=_("The subscription ID of %(product)s"),
            text=_(
                "We would like Microsoft to recognise our work for you on %(product)s. Microsoft's directory shows no "
                "subscription with the ID %(entered)s in your tenant %(tenant_id)s. Could your administrator copy the "
                "ID again, and tell us if the product is in another tenant of yours?"
            ),
            steps=_FIND_SUBSCRIPTION_ID,
        ),
        topic="products",
    ),
    **with_texts(
        "not_dynamics",
        Advice(
            title=_("This subscription is not for the product that you chose"),
            text=_("The subscription exists on the tenant, but it is not a subscription of %(product)s."),
            who=Who.YOU,
            steps=(
                _("If you meant another product, choose that one instead of %(product)s."),
                _("If you meant %(product)s, ask your customer for the right ID with the message below."),
                _("Or leave the field empty: with one suitable subscription the portal finds it."),
            ),
            letter=_ASK_FOR_ID,
            topic="products",
        ),
        {
            "other_area": _(
                "The subscription exists on the tenant, but it is not one of a Business Applications product, and "
                "so not one of %(product)s."
            )
        },
    ),
    ("csp", ""): _CSP,
    ("csp", "other_channel"): Advice(
        title=_("Not bought through Volume Licensing or Web-Direct"),
        text=_(
            "This subscription of %(product)s was bought neither through Volume Licensing nor Web-Direct, and only "
            "those two can be claimed. If you are sure that it was one of them, write to support with the link below."
        ),
        who=Who.YOU,
        steps=_CSP.steps,
        letter=_CSP.letter,
        topic="products",
    ),
    ("trial", ""): Advice(
        title=_("This is a trial"),
        text=_("What the tenant has of %(product)s is a trial. It can be claimed once your customer has bought it."),
        who=Who.CUSTOMER_ADMIN,
        steps=(
            _("Your customer's administrator opens Billing, then Your products, in the Microsoft 365 admin center."),
            _("There the trial can be turned into a paid subscription."),
            _("Come back to this step afterwards; your draft is kept."),
        ),
        letter=Letter(
            subject=_("Your trial of %(product)s"),
            text=_(
                "We would like Microsoft to recognise our work for you on %(product)s. In your tenant %(tenant_id)s "
                "it is a trial, for which this is not possible. When you have decided to keep the product, could your "
                "administrator buy it and tell us?"
            ),
            steps=(
                _(
                    "Sign in to the Microsoft 365 admin center, https://admin.microsoft.com, as a global or billing "
                    "administrator."
                ),
                _("Open Billing, then Your products, and choose the trial of %(product)s."),
                _("Choose to buy it, and assign it to the people who use it."),
                _("Tell your partner when the page says Active."),
            ),
        ),
        topic="products",
    ),
    ("not_provisioned", ""): _WAIT,
    ("not_provisioned", "activate"): _MUST_ACTIVATE,
    ("not_provisioned", "wait"): _WAIT,
    ("not_provisioned", "broken"): _BROKEN,
    ("not_active", ""): Advice(
        title=_("The subscription is not active"),
        text=_(
            "The subscription of %(product)s is neither active nor in its grace period: its state is “%(state)s”. "
            "It can be claimed when your customer has renewed or reactivated it."
        ),
        who=Who.CUSTOMER_ADMIN,
        steps=(
            _("Your customer's administrator renews or reactivates the subscription in the admin center."),
            _("If your customer has bought a new subscription instead, enter the new one's ID."),
            _("Come back to this step afterwards; your draft is kept."),
        ),
        letter=Letter(
            subject=_("Your subscription of %(product)s is not active"),
            text=_(
                "We would like Microsoft to recognise our work for you on %(product)s. In your tenant %(tenant_id)s "
                "the subscription is not active: Microsoft shows it as “%(state)s”. Could your administrator "
                "reactivate it, or send us the ID of the subscription that has taken its place?"
            ),
            steps=_RENEWAL,
        ),
        topic="products",
    ),
    ("already_claimed", ""): Advice(
        title=_("Your firm has claimed this already"),
        text=_(
            "Your firm's claim %(existing)s is about %(product)s at this customer already, and is open or has made "
            "your firm the partner of record."
        ),
        who=Who.YOU,
        steps=(
            _(
                "Open the claim %(existing)s to see where it stands. A second claim for the same product is not "
                "possible."
            ),
            _("Take the product out of this draft, or enter the ID of another subscription if you meant that one."),
        ),
        letter=Letter(
            subject=_("Our claim for %(product)s"),
            text=_(
                "For your information: Microsoft has our claim %(existing)s for %(product)s in your tenant "
                "%(tenant_id)s on record. There is nothing that you need to do."
            ),
        ),
        topic="products",
    ),
    ("subscription_required", ""): Advice(
        title=_("Which subscription is it?"),
        text=_(
            "The tenant has more than one subscription of %(product)s that could be claimed. Enter the ID of the one "
            "that your work was about."
        ),
        who=Who.YOU_WITH_CUSTOMER,
        steps=(
            _("Ask your customer's administrator for the ID with the message below."),
            _("Enter it here. Either of a subscription's two IDs will do."),
        ),
        letter=_ASK_FOR_ID,
        topic="products",
    ),
    ("products_required", ""): Advice(
        title=_("Choose at least one product"),
        text=_("Choose the products or workloads that your work was about."),
        who=Who.YOU,
        topic="products",
    ),
    ("product_unknown", ""): Advice(
        title=_("This product is not in the catalogue"),
        text=_("The catalogue has no product “%(product)s”. Choose one from the list."),
        who=Who.YOU,
        topic="products",
    ),
    ("product_unknown", "expired"): Advice(
        title=_("This product can no longer be claimed"),
        text=_("%(product)s is in the catalogue, but not for claims that are filed today. Choose another product."),
        who=Who.YOU,
        steps=(_("Products are renamed and replaced: look for the name under which it is sold today."),),
        topic="products",
    ),
    ("product_wrong_area", ""): Advice(
        title=_("This product belongs to the other solution area"),
        text=_("%(product)s does not belong to the solution area of this claim."),
        who=Who.YOU,
        steps=(
            _("Take the product out, or change the solution area in the activity step."),
            _("Work in both areas needs two claims."),
        ),
        topic="products",
    ),
}
