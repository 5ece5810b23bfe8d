"""What portal admins may do in Django's admin (domain.md, "Who uses the portal")."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.models import AnonymousUser

from cpor_portal.accounts.models import User
from cpor_portal.accounts.permissions import is_portal_admin

_KEPT = (
    "accounts.{}_user",
    "accounts.{}_partnerfirm",
    "accounts.{}_mpnlocation",
    "accounts.{}_enrolment",
    "accounts.{}_membership",
    "directory.{}_tenant",
    "directory.{}_subscription",
    "directory.{}_product",
)
PORTAL_ADMIN_MAY = frozenset(
    {
        *(kept.format(verb) for kept in _KEPT for verb in ("view", "change")),
        *(f"accounts.{verb}_calendarexception" for verb in ("view", "add", "change", "delete")),
        "directory.view_tenantdomain",
        "admin.view_logentry",
    }
)
"""People and reference data can be seen and corrected, never made or deleted: they come by import. The calendars'
exceptions alone are kept by hand. The log of all that can be read."""


class PortalAdminBackend(BaseBackend):
    """Gives portal admins their permissions by role; it signs nobody in."""

    def get_user_permissions(self, user_obj: User | AnonymousUser, obj: Any | None = None) -> set[str]:
        """What the person's role carries; for everybody but portal admins nothing."""
        return set(PORTAL_ADMIN_MAY) if is_portal_admin(user_obj) else set()

    def has_module_perms(self, user_obj: User | AnonymousUser, app_label: str) -> bool:
        """Whether the person sees this part of the admin at all."""
        return any(name.startswith(f"{app_label}.") for name in self.get_all_permissions(user_obj))
