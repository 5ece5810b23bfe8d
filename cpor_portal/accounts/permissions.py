"""Who a person is to the portal: firm, role, home, and who is written to (domain.md, "Who uses the portal").

What may be done on a claim is decided in `claims.permissions` and `arbitration.permissions`, which ask here.
"""

from typing import cast

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from cpor_portal.accounts.models import Membership, PartnerFirm, PartnerRole, StaffRole, User

Person = AbstractBaseUser | AnonymousUser
"""What `request.user` may be."""

LABEL_ROLES = frozenset({PartnerRole.GLOBAL_ADMIN, PartnerRole.INCENTIVES_ADMIN})
"""Who manages MPN enrolment, and so the firm's own labels (domain.md, "Who uses the portal")."""


def firm_of(user: Person) -> PartnerFirm | None:
    """The firm that the person belongs to; None for staff and for whoever is not signed in."""
    membership = _membership_of(user)
    return membership.firm if membership else None


def partner_role(user: Person) -> PartnerRole | None:
    """The person's role in their firm; None for staff and for whoever is not signed in."""
    membership = _membership_of(user)
    return PartnerRole(membership.role) if membership else None


def is_reviewer(user: Person) -> bool:
    """Whether the person works in the review queue: reviewers, and arbiters, who may do all that they may."""
    return _staff_role_of(user) in (StaffRole.REVIEWER, StaffRole.ARBITER)


def is_arbiter(user: Person) -> bool:
    """Whether the person is a review lead."""
    return _staff_role_of(user) == StaffRole.ARBITER


def is_portal_admin(user: Person) -> bool:
    """Whether the person keeps reference data and people in /admin/."""
    return _staff_role_of(user) == StaffRole.PORTAL_ADMIN


def is_staff_of_microsoft(user: Person) -> bool:
    """Whether the person works for Microsoft, in whatever role: who may look after the outgoing mail."""
    return _staff_role_of(user) in StaffRole.values


def may_label_locations(user: Person) -> bool:
    """Whether the person may label the firm's MPN locations: Global and Incentives admins."""
    return partner_role(user) in LABEL_ROLES


def home_of(user: Person) -> str:
    """The name of the URL where this person starts; without a role that is an empty list of claims."""
    if is_reviewer(user):
        return "arbitration:queue"
    return "admin:index" if is_portal_admin(user) else "claims:list"


def firm_recipients(firm: PartnerFirm, submitter: User | None) -> list[User]:
    """Who is written to when a claim of `firm` moves: its submitter first, then the firm's admins.

    Incentives admins, or Global admins where the firm has none (domain.md, "After approval"). Left out:
    people who may no longer sign in, and a submitter who has left the firm. Nobody stands in it twice.
    """
    admins = people_of(firm, PartnerRole.INCENTIVES_ADMIN) or global_admins(firm)
    if submitter is None or not submitter.is_active or firm_of(submitter) != firm:
        return admins
    return [submitter, *(person for person in admins if person != submitter)]


def global_admins(firm: PartnerFirm) -> list[User]:
    """The firm's Global admins who may sign in, by name."""
    return people_of(firm, PartnerRole.GLOBAL_ADMIN)


def people_of(firm: PartnerFirm, role: PartnerRole) -> list[User]:
    """The firm's people with this role who may sign in, by name."""
    return _active(Q(membership__firm=firm, membership__role=role))


def arbiters() -> list[User]:
    """The arbiters who may sign in, by name."""
    return _active(Q(staff_role=StaffRole.ARBITER))


def portal_admins() -> list[User]:
    """The portal admins who may sign in, by name."""
    return _active(Q(staff_role=StaffRole.PORTAL_ADMIN))


def _active(wanted: Q) -> list[User]:
    return list(User.objects.filter(wanted, is_active=True).order_by("name", "pk"))


def _staff_role_of(user: Person) -> str:
    return user.staff_role if isinstance(user, User) and user.is_active else ""


def _membership_of(user: Person) -> Membership | None:
    """Asked many times in one request: read once, firm included, then kept on the person."""
    if not isinstance(user, User) or not user.is_active:
        return None
    relation = User._meta.get_field("membership")
    if not relation.is_cached(user):
        found = Membership.objects.select_related("firm").filter(user=user).first()
        relation.set_cached_value(user, found)
    return cast(Membership | None, relation.get_cached_value(user))
