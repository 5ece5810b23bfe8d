"""Step "contacts"."""

from typing import Any

from claims.acts import editing
from claims.checks.contacts import check_contacts
from claims.wizard.forms.contacts import ContactsForm, initial_of
from claims.wizard.pages.base import Data, StepPage, Visit


class ContactsPage(StepPage):
    """Who speaks for the customer and who for the partner."""

    template_name = "claims/wizard/contacts.html"

    def form(self, visit: Visit, data: Data = None, files: Data = None) -> ContactsForm:
        """The contacts as the row has them."""
        return ContactsForm(data, initial=initial_of(visit.claim), claim=visit.claim)

    def save(self, visit: Visit, form: Any) -> list[str]:
        """Keep the contacts, tidied; what this claim does not need is emptied."""
        claim = visit.claim
        values = check_contacts(
            form.cleaned_data,
            claim.solution_area,
            claim.activities,
            firm=claim.firm,
        )
        editing.save_contacts(**visit.key, values=values, seen=form.as_seen())
        return []
