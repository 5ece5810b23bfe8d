"""What to say at the contacts step (docs/decisions/customer-contact.md)."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from claims.refusals.advice import Advice, Cause, Letter, Who

ADVICE: dict[Cause, Advice] = {
    ("contact_required", ""): Advice(
        title=_("Something is missing"),
        text=_("This field is needed: %(label)s."),
        who=Who.YOU,
        topic="contacts",
    ),
    ("contact_too_long", ""): Advice(
        title=_("This is too long"),
        text=ngettext_lazy(
            "“%(label)s” can have at most %(limit)d character.",
            "“%(label)s” can have at most %(limit)d characters.",
            "limit",
        ),
        who=Who.YOU,
        topic="contacts",
    ),
    ("email_malformed", ""): Advice(
        title=_("This is not an e-mail address"),
        text=_("Enter one complete e-mail address, such as anna.kovacs@contoso.com."),
        who=Who.YOU,
        topic="contacts",
    ),
    ("contact_is_partner", ""): Advice(
        title=_("This address is your own firm's"),
        text=_(
            "%(email)s belongs to your firm. The customer contact is a person at the customer, whom reviewers may ask."
        ),
        who=Who.YOU_WITH_CUSTOMER,
        steps=(
            _("Ask your customer who can speak for it about your firm's work."),
            _("Enter that person's own business address."),
        ),
        letter=Letter(
            subject=_("Who can speak for your firm about our work?"),
            text=_(
                "We would like Microsoft to recognise our work for you. Our claim names one person at your "
                "firm whom Microsoft's reviewers may ask about it. Could you send us that person's name, title and "
                "business e-mail address?"
            ),
        ),
        topic="contacts",
    ),
}
