"""Conflicts of interest: whoever has one reads the claim, and neither takes nor decides it."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from arbitration.acts.absence import require_may_plan_for
from arbitration.acts.desks import lock_desk
from arbitration.acts.hand_back import CONFLICT, give_back, give_back_all
from arbitration.models import Bar
from arbitration.permissions import is_barred, require_arbiter, require_role, standing_bars
from claims import mails
from claims.acts.ground import begin, lock_claim
from claims.models import Claim
from claims.transitions import Act
from claims.words import OPEN_STATUSES, Status
from cpor_portal.accounts.models import PartnerFirm, User
from cpor_portal.faults import Conflict, NotAllowed, Refused

LONGEST_REASON = 2_000


def declare_conflict(*, reference: str, by: User, reason: str, at: datetime | None = None) -> Bar:
    """Say that one must not decide this claim, and hand it back to the queue where one has it.

    Reviewers and arbiters, each for themselves. The firm's other claims stay free. Raises NotAllowed, Conflict for a
    draft, Refused (`reason_required`, `reason_too_long`, `already_barred`).
    """
    require_role(by)
    at = at or timezone.now()
    with transaction.atomic():
        lock_desk(by)
        claim = lock_claim(reference)
        if claim.status == Status.EDITING:
            raise NotAllowed("reviewers_only", _("This claim has not been submitted."))
        text = _checked(reason)
        if is_barred(by, claim):
            raise _already(by, field="reason")
        if claim.reviewer_id == by.pk and claim.status in OPEN_STATUSES:
            give_back(begin(reference=reference, act=Act.HAND_BACK, by=by, at=at), why=CONFLICT)
        return Bar.objects.create(person=by, firm=claim.firm, claim=claim, reason=text, declared_by=by, declared_at=at)


def declare_bar(
    *, by: User, person: User, firm: PartnerFirm, reason: str, at: datetime | None = None
) -> tuple[Bar, list[Claim]]:
    """Say that `person` must not decide any claim of `firm`; what they have of its open claims goes back to the queue.

    Reviewers and arbiters for themselves, arbiters for everybody who reviews; a person who is barred by somebody else
    is told in one mail. Raises NotAllowed, Refused (`reason_required`, `reason_too_long`, `already_barred`).
    """
    require_may_plan_for(by, person)
    at = at or timezone.now()
    with transaction.atomic():
        lock_desk(person)
        text = _checked(reason)
        if standing_bars().filter(person=person, firm=firm, claim=None).exists():
            raise _already(person, field="firm")
        # First the bar, then the claims: whoever decides one of them at this moment has its lock, and is before it.
        bar = Bar.objects.create(person=person, firm=firm, reason=text, declared_by=by, declared_at=at)
        statuses = sorted(OPEN_STATUSES)
        given = give_back_all(person, statuses=statuses, why=CONFLICT, by=by, at=at, firm_id=firm.pk)
        mails.all_returned(given, reviewer=person, by=by, note=text, is_conflict=True)
    return bar, [claim for claim, _event in given]


def lift_bar(*, by: User, bar_id: int, at: datetime | None = None) -> Bar:
    """The conflict of interest is over. Arbiters may, but nobody lifts their own: somebody else has to agree.

    Raises NotAllowed (`arbiters_only`, `own_bar`), Conflict `bar_is_lifted`.
    """
    require_arbiter(by)
    with transaction.atomic():
        bar = Bar.objects.select_for_update(of=("self",), no_key=True).select_related("person", "firm", "claim")
        found = bar.filter(pk=bar_id).first()
        if found is None or found.lifted_at is not None:
            raise Conflict("bar_is_lifted", _("This conflict of interest has been lifted already."))
        if found.person == by:
            raise NotAllowed("own_bar", _("Another arbiter has to lift a conflict of interest of yours."))
        found.lifted_by, found.lifted_at = by, at or timezone.now()
        found.save(update_fields=["lifted_by", "lifted_at"])
    return found


def _checked(reason: str) -> str:
    if not reason.strip():
        raise Refused("reason_required", _("Say what the conflict of interest is."), field="reason")
    if len(reason.strip()) > LONGEST_REASON:
        raise Refused("reason_too_long", _("The reason can have up to 2,000 characters."), field="reason")
    return reason.strip()


def _already(person: User, *, field: str) -> Refused:
    text = _("A conflict of interest of %(name)s is noted for this already.") % {"name": person}
    return Refused("already_barred", text, field=field)
