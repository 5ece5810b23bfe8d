"""Who may see and do what on Microsoft's side; every view and act of `arbitration` asks here."""

from collections.abc import Iterable

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from claims.models import Claim
from claims.permissions import may, reviewer_of
from claims.transitions import Act
from cpor_portal.accounts import permissions as people
from cpor_portal.accounts.models import StaffRole, User
from cpor_portal.faults import Conflict, NotAllowed

# Whoever did one of these on a claim has an opinion of its proof.
DECISIONS = (
    Act.REQUEST_INFORMATION,
    Act.VERIFY,
    Act.APPROVE,
    Act.REJECT,
    Act.RULE_FOR,
    Act.RULE_AGAINST,
    Act.LOSE_LATER,
)


def require_reviewer(user: User) -> User:
    """The person, when a reviewer or arbiter. Raises Http404: for everybody else these pages do not exist."""
    if not people.is_reviewer(user):
        raise Http404
    return user


def require_role(user: User) -> None:
    """Raises NotAllowed unless `user` is a reviewer or an arbiter; for acts, which know no pages."""
    if not people.is_reviewer(user):
        raise NotAllowed("reviewers_only", _("Only reviewers and arbiters can do this."))


def require_arbiter(user: User) -> None:
    """Raises NotAllowed unless `user` is an arbiter."""
    if not people.is_arbiter(user):
        raise NotAllowed("arbiters_only", _("Only arbiters can do this."))


def reviewers() -> list[User]:
    """Everybody who reviews: reviewers and arbiters who may sign in, by name."""
    roles = [StaffRole.REVIEWER, StaffRole.ARBITER]
    return list(User.objects.filter(staff_role__in=roles, is_active=True).order_by("name", "email"))


def has_a_reviewer(claim: Claim) -> bool:
    """Whether somebody who still reviews has the claim; a colleague who left or changed roles has none."""
    return reviewer_of(claim) is not None


def has_in_hand(user: User, claim: Claim) -> bool:
    """Whether `user` is the one to decide this claim: whoever has it, or any arbiter."""
    return claim.reviewer_id == user.pk or people.is_arbiter(user)


def require_in_hand(user: User, claim: Claim) -> None:
    """Raises Conflict, naming the colleague who has the claim, unless `user` may decide it."""
    if not has_in_hand(user, claim):
        raise somebody_else_has_it(claim)


def require_free(user: User, claim: Claim) -> None:
    """Raises Conflict unless `user` may start this round: nobody has the claim, or `user` may decide it anyway."""
    if has_a_reviewer(claim) and not has_in_hand(user, claim):
        raise somebody_else_has_it(claim)


def somebody_else_has_it(claim: Claim) -> Conflict:
    """The fault that names the colleague who has the claim."""
    text = _("%(name)s has this claim. An arbiter can decide it as well.") % {"name": claim.reviewer}
    return Conflict("somebody_else_has_it", text, claim=claim)


def may_decide(user: User, act: Act, claim: Claim) -> bool:
    """Whether the button for `act` is worth showing in the workspace."""
    if not may(user, act, claim):
        return False
    if act == Act.START_REVIEW:
        return has_in_hand(user, claim) or not has_a_reviewer(claim)
    return act == Act.COMMENT or has_in_hand(user, claim)


def who_may_rule(claim: Claim, arbiters: Iterable[User]) -> list[User]:
    """Those of the arbiters who decided nothing on this claim before (domain.md, "Competing claims" 4, 6)."""
    decided = set(claim.events.filter(verb__in=DECISIONS).values_list("actor_id", flat=True))
    return [arbiter for arbiter in arbiters if arbiter.pk not in decided]
