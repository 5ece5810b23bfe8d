"""The firm's own labels on its MPN locations (domain.md, "Identities")."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cpor_portal.accounts.models import MpnLocation, User
from cpor_portal.accounts.permissions import firm_of, may_label_locations
from cpor_portal.faults import NotAllowed


def set_own_label(*, mpn_id: str, by: User, label: str) -> None:
    """Writes the firm's own label on one of its locations; an empty label takes it away.

    Global and Incentives admins may (domain.md, "Who uses the portal"). Raises NotAllowed, and
    MpnLocation.DoesNotExist for a location of another firm: other firms do not exist for a partner.
    """
    with transaction.atomic():
        location = MpnLocation.objects.select_for_update().get(mpn_id=mpn_id, firm=firm_of(by))
        if not may_label_locations(by):
            raise NotAllowed(
                "label_not_allowed", _("Only your firm's Global and Incentives admins can label its locations.")
            )
        location.own_label = label
        location.save(update_fields=["own_label"])
