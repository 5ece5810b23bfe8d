"""How many claims somebody may have at once."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from arbitration.acts.absence import require_may_plan_for
from arbitration.acts.desks import lock_desk
from arbitration.models import Desk
from arbitration.permissions import require_arbiter
from cpor_portal.accounts.models import User
from cpor_portal.faults import Refused

HIGHEST = 1_000


def set_load_limit(*, by: User, person: User, load_limit: int | None) -> Desk:
    """How many claims that wait for Microsoft the person may have; 0: any number, None: settings.REVIEWER_LOAD_LIMIT.

    Arbiters may. What somebody has beyond a lower limit stays theirs; they take nothing new. Raises NotAllowed,
    Refused `load_limit_impossible`.
    """
    require_arbiter(by)
    require_may_plan_for(by, person)
    if load_limit is not None and not 0 <= load_limit <= HIGHEST:
        text = _("Enter a number from 0 to %(highest)d; 0 means that there is no limit.") % {"highest": HIGHEST}
        raise Refused("load_limit_impossible", text, field="load_limit")
    with transaction.atomic():
        desk = lock_desk(person)
        desk.load_limit = load_limit
        desk.save(update_fields=["load_limit"])
    return desk
