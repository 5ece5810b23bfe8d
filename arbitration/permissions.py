"""Who may see and do what on Microsoft's side; every view and act of `arbitration` asks here."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from arbitration import absences
from arbitration.models import Bar, SecondReading
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
# A conflict of interest keeps nobody from reading and writing, nor an arbiter from finding somebody else.
FOR_THE_BARRED = frozenset({Act.COMMENT, Act.ASSIGN})
CONFLICT_OF_INTEREST = _(
    "A conflict of interest is noted for you and this claim, so you can read it but not take or decide it. A colleague"
    " or an arbiter decides it."
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


def present_reviewer(claim: Claim, at: datetime | None = None) -> User | None:
    """Whoever has the claim and can work on it `at` this instant (aware; now unless given).

    A colleague who left or changed roles has none; one who is away leaves theirs to the others for as long.
    """
    reviewer = reviewer_of(claim)
    return reviewer if reviewer and not absences.is_absent(reviewer, at or timezone.now()) else None


def has_a_reviewer(claim: Claim) -> bool:
    """Whether somebody who still reviews and is not away has the claim."""
    return present_reviewer(claim) is not None


def standing_bars() -> QuerySet[Bar]:
    """Every conflict of interest that has not been lifted."""
    return Bar.objects.filter(lifted_at=None)


def bars_on(claim: Claim) -> QuerySet[Bar]:
    """The conflicts of interest that stand on this claim: with its firm, or with it alone."""
    return standing_bars().filter(Q(claim=None) | Q(claim=claim), firm=claim.firm_id)


def is_barred(user: User, claim: Claim) -> bool:
    """Whether a conflict of interest keeps `user` from deciding this claim. One query."""
    return bars_on(claim).filter(person=user).exists()


def require_unbarred(user: User, claim: Claim) -> None:
    """Raises NotAllowed where a conflict of interest keeps `user` from taking, starting or deciding the claim.

    To be asked under the claim's lock: a bar that is declared meanwhile waits for it, and hands the claim back.
    """
    if is_barred(user, claim):
        raise NotAllowed("conflict_of_interest", CONFLICT_OF_INTEREST)


def has_in_hand(user: User, claim: Claim) -> bool:
    """Whether `user` is the one to decide this claim: whoever has it, or any arbiter."""
    return claim.reviewer_id == user.pk or people.is_arbiter(user)


def require_in_hand(user: User, claim: Claim) -> None:
    """Raises Conflict, naming the colleague who has the claim, unless `user` may decide it; NotAllowed if barred."""
    require_unbarred(user, claim)
    if not has_in_hand(user, claim):
        raise somebody_else_has_it(claim)


def require_free(user: User, claim: Claim) -> None:
    """Raises Conflict unless `user` may start this round: nobody has the claim, or `user` may decide it anyway.

    Raises NotAllowed for whoever is barred.
    """
    require_unbarred(user, claim)
    if has_a_reviewer(claim) and not has_in_hand(user, claim):
        raise somebody_else_has_it(claim)


def somebody_else_has_it(claim: Claim) -> Conflict:
    """The fault that names the colleague who has the claim."""
    text = _("%(name)s has this claim. An arbiter can decide it as well.") % {"name": claim.reviewer}
    return Conflict("somebody_else_has_it", text, claim=claim)


def may_decide(user: User, act: Act, claim: Claim, *, barred: bool | None = None) -> bool:
    """Whether the button for `act` is worth showing in the workspace.

    `barred` spares the question to a page that has asked `is_barred` for all of its buttons.
    """
    if not may(user, act, claim):
        return False
    if act in FOR_THE_BARRED:
        return True
    if act == Act.HAND_BACK:
        return claim.reviewer_id is not None and has_in_hand(user, claim)
    if is_barred(user, claim) if barred is None else barred:
        return False
    if act == Act.TAKE:
        return not has_a_reviewer(claim)
    if act == Act.START_REVIEW:
        return has_in_hand(user, claim) or not has_a_reviewer(claim)
    return has_in_hand(user, claim)


def who_may_rule(claim: Claim, arbiters: Iterable[User]) -> list[User]:
    """Those of the arbiters who decided nothing on this claim before (domain.md, "Competing claims" 4, 6).

    Whoever has a conflict of interest is passed over as well, and so is whoever has judged its proof of execution at
    a second reading.
    """
    decided = set(claim.events.filter(verb__in=DECISIONS).values_list("actor_id", flat=True))
    read_again = SecondReading.objects.filter(review__claim=claim, read_at__isnull=False)
    decided |= set(read_again.values_list("reader_id", flat=True))
    decided |= set(bars_on(claim).values_list("person_id", flat=True))
    return [arbiter for arbiter in arbiters if arbiter.pk not in decided]
