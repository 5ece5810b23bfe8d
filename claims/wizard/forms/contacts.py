"""Who speaks for the customer and who for the partner; which fields there are depends on the activity."""

from collections.abc import Mapping
from typing import Any, ClassVar

from crispy_forms.layout import HTML, Fieldset
from django import forms
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from claims.checks.contacts import EMAILS, REVENUE, TECHNICAL, required_fields
from claims.models import Claim
from claims.refusals import Explanation, explain
from claims.wizard.forms.base import StepForm, Words
from cpor_portal.faults import Refused

CUSTOMER = ("customer_name", "customer_title", "customer_email")
PARTNER = ("partner_name", "partner_email")

SECTIONS: tuple[tuple[Words, Words, tuple[str, ...]], ...] = (
    (_("The engagement"), "", ("name",)),
    (
        _("Customer contact"),
        _("A person at the customer who can speak for it. Reviewers may ask this person about your firm's work."),
        CUSTOMER,
    ),
    (
        _("Technical contact"),
        _("A person at the customer who knows the subscription, such as the administrator."),
        TECHNICAL,
    ),
    (_("Your firm's contact"), _("Whom reviewers and the customer see as your firm's contact."), PARTNER),
    (
        _("Revenue association"),
        _("Three more facts that revenue association needs. Nothing is paid for it."),
        REVENUE,
    ),
)

HELP: dict[str, Words] = {
    "name": _("A name by which your firm and the reviewer know this work, such as “Contoso: Teams roll-out 2026”."),
    "customer_email": _("An address at the customer, never one of your own firm."),
    "seller_name": _("The person at Microsoft or at a reseller who sold the Dynamics solution."),
    "revenue_customer_name": _("The customer's name as it stands in the order."),
    "isv_solution": _("The independent software vendor's product or solution that was chosen."),
}

LABELS: dict[str, Words] = {
    "customer_name": _("Name"),
    "customer_title": _("Job title"),
    "customer_email": _("E-mail address"),
    "technical_name": _("Name"),
    "technical_title": _("Job title"),
    "technical_email": _("E-mail address"),
    "partner_name": _("Name"),
    "partner_email": _("E-mail address"),
}


class ContactsForm(StepForm):
    """The fields that this claim needs and no others."""

    step: ClassVar = "contacts"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        needed = required_fields(self.claim.solution_area, self.claim.activities)
        for name in needed:
            self.fields[name] = _field(name)
        self.lay_out(*(_fieldset(*section) for section in SECTIONS if set(section[2]) <= set(needed)))

    def explanations(self) -> list[Explanation]:
        """A field that is empty or too long needs no box: what stands beside it is enough."""
        return [explanation for explanation in super().explanations() if explanation.message]

    def beside(self, fault: Refused) -> str:
        """The whole text where there is no box."""
        explanation = explain(fault, self.claim)
        return explanation.title if explanation.message else explanation.text

    def named(self, fault: Refused) -> str:
        """With the field's name: many can be wrong in the same way."""
        title = super().named(fault)
        if fault.field not in self.fields:
            return title
        return str(_("%(field)s: %(title)s") % {"field": label_of(fault.field), "title": title})


def label_of(name: str) -> str:
    """What a contact field is called where it stands alone."""
    column = next(column for column in Claim._meta.fields if column.name == name)
    return capfirst(str(column.verbose_name))


def _field(name: str) -> forms.CharField:
    label = str(LABELS.get(name) or label_of(name))
    widget = forms.EmailInput() if name in EMAILS else forms.TextInput()
    widget.attrs["autocomplete"] = "off"
    return forms.CharField(label=label, required=False, strip=False, help_text=str(HELP.get(name, "")), widget=widget)


def _fieldset(title: Words, text: Words, names: tuple[str, ...]) -> Fieldset:
    lead = [HTML(format_html('<p class="form-text">{}</p>', text))] if text else []
    return Fieldset(title, *lead, *names, css_class="contact-group")


def initial_of(claim: Claim) -> Mapping[str, str]:
    """The contacts that this claim needs as the row has them, in the order of the form."""
    needed = required_fields(claim.solution_area, claim.activities)
    return {name: getattr(claim, name) for _title, _text, names in SECTIONS for name in names if name in needed}
