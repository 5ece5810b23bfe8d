"""The contacts step: who speaks for the customer and who for the partner (docs/decisions/customer-contact.md)."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import CharField

from claims.checks.faults import raise_all
from claims.models import Claim
from claims.refusals import refused
from claims.words import Activity
from cpor_portal.accounts.models import PartnerFirm, User
from cpor_portal.directory.models import SolutionArea
from cpor_portal.faults import Refused

ALWAYS = ("name", "customer_name", "customer_title", "customer_email", "partner_name", "partner_email")
TECHNICAL = ("technical_name", "technical_title", "technical_email")
REVENUE = ("seller_name", "revenue_customer_name", "isv_solution")
EMAILS = frozenset({"customer_email", "technical_email", "partner_email"})


def required_fields(area: str, activities: Sequence[str]) -> tuple[str, ...]:
    """The fields that this claim needs, in the order of the form (design.md, "Contract that others rely on")."""
    technical = TECHNICAL if area == SolutionArea.BUSINESS_APPLICATIONS else ()
    revenue = REVENUE if Activity.REVENUE_ASSOCIATION in activities else ()
    return (*ALWAYS, *technical, *revenue)


def check_contacts(
    values: Mapping[str, str],
    area: str,
    activities: Sequence[str],
    *,
    firm: PartnerFirm | None = None,
) -> dict[str, str]:
    """The contacts, tidied; fields that this claim does not need come back empty.

    `firm` lets the customer's address be compared with those of the firm's people. Raises Refused or ManyRefused,
    each fault naming its field: contact_required, contact_too_long, email_malformed, contact_is_partner.
    """
    needed = required_fields(area, activities)
    tidied = {field: _tidy(values.get(field, "")) for field in needed}
    faults = [fault for field in needed if (fault := _fault_of(field, tidied[field]))]
    if not any(fault.field == "customer_email" for fault in faults):
        faults += _partner_as_customer(tidied, firm)
    raise_all(faults)
    return dict.fromkeys((*ALWAYS, *TECHNICAL, *REVENUE), "") | tidied


def check_revenue(values: Mapping[str, str]) -> dict[str, str]:
    """The three facts of a revenue association alone, tidied. Raises Refused or ManyRefused as `check_contacts`."""
    tidied = {field: _tidy(values.get(field, "")) for field in REVENUE}
    raise_all([fault for field, text in tidied.items() if (fault := _fault_of(field, text))])
    return tidied


def _tidy(text: str) -> str:
    """One line without invisible characters, as people copy such things from mails and sheets."""
    kept = (" " if char.isspace() else char for char in unicodedata.normalize("NFC", text))
    return " ".join("".join(char for char in kept if unicodedata.category(char) not in {"Cc", "Cf"}).split())


def _fault_of(field: str, value: str) -> Refused | None:
    column = cast("CharField[str, str]", Claim._meta.get_field(field))
    limit, label = column.max_length or 0, str(column.verbose_name)
    if not value:
        return refused("contact_required", field=field, label=label)
    if len(value) > limit:
        return refused("contact_too_long", field=field, label=label, limit=limit)
    if field in EMAILS and not _is_email(value):
        return refused("email_malformed", field=field, label=label)
    return None


def _is_email(value: str) -> bool:
    try:
        validate_email(value)
    except ValidationError:
        return False
    return True


def _partner_as_customer(contacts: Mapping[str, str], firm: PartnerFirm | None) -> list[Refused]:
    """The customer's link must not go to the partner's own people (docs/decisions/customer-contact.md)."""
    address = contacts["customer_email"].lower()
    if address not in {contacts["partner_email"].lower(), *_addresses_of(firm)}:
        return []
    return [refused("contact_is_partner", field="customer_email", email=contacts["customer_email"])]


def _addresses_of(firm: PartnerFirm | None) -> Iterable[str]:
    if firm is None:
        return ()
    return User.objects.filter(membership__firm=firm).values_list("email", flat=True)
