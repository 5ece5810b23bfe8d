"""People and firms in Django's admin, for portal admins (domain.md, "Who uses the portal")."""

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from cpor_portal.accounts import calendar_admin  # noqa: F401 - registers the calendars' exceptions
from cpor_portal.accounts.admin_base import KeptAdmin, PlacesForm
from cpor_portal.accounts.models import Enrolment, Membership, MpnLocation, PartnerFirm, User

# One sign-in for all: whoever is signed in and no portal admin meets the 403 page, not a second sign-in form.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
# Roles carry the permissions, and whoever imports people vouches for their addresses: neither is set by hand.
admin.site.unregister([Group, EmailAddress])


class PersonForm(PlacesForm[User]):
    """A person as portal admins may correct them."""

    def clean_staff_role(self) -> str:
        """Nobody works for a partner and for Microsoft at once."""
        role = str(self.cleaned_data["staff_role"])
        if role and Membership.objects.filter(user=self.instance.pk).exists():
            raise ValidationError(_("This person belongs to a partner firm."), code="belongs_to_firm")
        return role


@admin.register(User)
class UserAdmin(KeptAdmin[User]):
    """People: name, language, time zone, staff role, and whether they may sign in."""

    form = PersonForm
    fields = (
        "email",
        "name",
        "language",
        "time_zone",
        "staff_role",
        "firm",
        "is_active",
        "joined_at",
        "last_login",
    )
    list_display = ("email", "name", "firm", "staff_role", "is_active", "last_login")
    list_filter = ("staff_role", "membership__role", "is_active", "language")
    search_fields = ("email", "name", "membership__firm__name")
    ordering = ("email",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """With each person's firm."""
        return super().get_queryset(request).select_related("membership__firm")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """The address is the login and comes by import; nobody takes their own rights away by mistake."""
        kept = ("email", "firm", "joined_at", "last_login")
        return (*kept, "staff_role", "is_active") if obj == request.user else kept

    @admin.display(description=PartnerFirm._meta.verbose_name)
    def firm(self, person: User) -> str:
        """The firm that the person belongs to."""
        membership = getattr(person, "membership", None)
        return str(membership.firm) if membership else ""


@admin.register(PartnerFirm)
class PartnerFirmAdmin(KeptAdmin[PartnerFirm]):
    """Firms: their country and time zone give the calendar of their deadlines."""

    form = PlacesForm[PartnerFirm]
    fields = ("global_id", "name", "country", "time_zone")
    readonly_fields = ("global_id",)
    list_display = ("name", "global_id", "country", "time_zone")
    search_fields = ("name", "global_id")


@admin.register(MpnLocation)
class MpnLocationAdmin(KeptAdmin[MpnLocation]):
    """Locations: the ids stay, names can be corrected."""

    fields = ("mpn_id", "firm", "name", "own_label")
    readonly_fields = ("mpn_id", "firm")
    list_display = ("mpn_id", "name", "firm", "own_label")
    list_select_related = ("firm",)
    search_fields = ("mpn_id", "name", "firm__name")


@admin.register(Enrolment)
class EnrolmentAdmin(KeptAdmin[Enrolment]):
    """Enrolments: state and end can be corrected between two imports."""

    fields = ("location", "programme", "state", "ends_on")
    readonly_fields = ("location", "programme")
    list_display = ("location", "programme", "state", "ends_on")
    list_select_related = ("location",)
    list_filter = ("programme", "state")
    search_fields = ("location__mpn_id", "location__firm__name")
    ordering = ("location__mpn_id", "programme")


@admin.register(Membership)
class MembershipAdmin(KeptAdmin[Membership]):
    """Memberships: the role can be changed; a person stays in their firm."""

    fields = ("user", "firm", "role")
    readonly_fields = ("user", "firm")
    list_display = ("user", "firm", "role")
    list_select_related = ("user", "firm")
    list_filter = ("role",)
    search_fields = ("user__email", "user__name", "firm__name")
    ordering = ("firm__name", "user__name")
