"""What every page of Django's admin has in common here: data that came by import is seen and corrected.

Nothing is made or deleted by hand; every change is kept with the values before and after it (`admin_log`).
"""

from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _

from cpor_portal.accounts.admin_log import LoggedAdmin
from cpor_portal.importing.places import countries, time_zones

M = TypeVar("M", bound=Model)


class KeptAdmin(LoggedAdmin[M]):
    """Reference data: who may see and correct it says `accounts.backends`; nobody adds or deletes here."""

    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """New rows come by import."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        """Claims and their history point at these rows."""
        return False


class PlacesForm(forms.ModelForm[M]):
    """Holds countries and time zones to what the calendars know; a wrong one would stop deadlines."""

    def clean_country(self) -> str:
        """An ISO 3166-1 code, in capitals."""
        return _known(self.cleaned_data["country"].upper(), countries(), _("This is not a country code."))

    def clean_time_zone(self) -> str:
        """An IANA time zone."""
        return _known(self.cleaned_data["time_zone"], time_zones(), _("This is not a time zone."))


def _known(value: Any, known: frozenset[str], text: str) -> str:
    if value not in known:
        raise ValidationError(text, code="unknown")
    return str(value)
