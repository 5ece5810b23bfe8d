"""The wizard's steps: one ordered list. How far a claim has come is computed from its row, never stored.

A step is *answered* when the draft has enough to go on; it is *complete* when it would also pass at
submission as far as the row tells. The two differ at one step: a draft may stand on an MPN location that is
not enrolled (domain.md, "Solution areas, activities, programmes").
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from claims.checks.activity import check_activities
from claims.checks.mpn import check_enrolment
from claims.checks.whole import contacts_again
from claims.models import Claim
from claims.permissions import actor_of
from claims.transitions import Act, permits
from cpor_portal.accounts.models import User
from cpor_portal.faults import Fault


def _tenant(claim: Claim, _today: date) -> bool:
    return claim.tenant_id is not None and claim.tenant_verified_at is not None


def _activity(claim: Claim, _today: date) -> bool:
    return _passes(check_activities, claim.solution_area, claim.activities)


def _mpn(claim: Claim, _today: date) -> bool:
    return claim.location is not None


def _enrolled(claim: Claim, today: date) -> bool:
    return claim.location is not None and _passes(
        check_enrolment, claim.location, claim.solution_area, claim.activities, today
    )


def _products(claim: Claim, _today: date) -> bool:
    return claim.lines.exists()


def _contacts(claim: Claim, _today: date) -> bool:
    return _passes(contacts_again, claim)


def _proof(claim: Claim, _today: date) -> bool:
    return claim.documents.counted().exists()


def _never(_claim: Claim, _today: date) -> bool:
    return False


def _passes(check: Callable[..., object], *facts: object) -> bool:
    try:
        check(*facts)
    except Fault:
        return False
    return True


Answered = Callable[[Claim, date], bool]


@dataclass(frozen=True)
class Step:
    """One step. `amended_by` is the act that changes it on a filed claim; None where it is closed by then.

    `is_complete` is what an answered step needs besides; None where nothing.
    """

    slug: str
    title: Promise
    is_answered: Answered
    amended_by: Act | None = None
    is_complete: Answered | None = None


STEPS: tuple[Step, ...] = (
    Step("tenant", pgettext_lazy("wizard step", "Customer's tenant"), _tenant),
    Step("activity", pgettext_lazy("wizard step", "Activity"), _activity),
    Step("mpn", pgettext_lazy("wizard step", "MPN location"), _mpn, Act.AMEND, _enrolled),
    Step("products", pgettext_lazy("wizard step", "Products"), _products, Act.AMEND),
    Step("contacts", pgettext_lazy("wizard step", "Contacts"), _contacts, Act.AMEND),
    Step("proof", pgettext_lazy("wizard step", "Proof of execution"), _proof, Act.ADD_PROOF),
    Step("check", pgettext_lazy("wizard step", "Check your answers"), _never),
)
BY_SLUG = {step.slug: step for step in STEPS}
CHECK = BY_SLUG["check"]


def step_of(slug: str) -> Step:
    """The step with this slug. Raises Http404."""
    if slug not in BY_SLUG:
        raise Http404
    return BY_SLUG[slug]


def after(step: Step) -> Step:
    """The step that follows; `check` is followed by nothing and stays."""
    return STEPS[min(STEPS.index(step) + 1, len(STEPS) - 1)]


def before(step: Step) -> Step | None:
    """The step in front of this one, if any."""
    place = STEPS.index(step)
    return STEPS[place - 1] if place else None


def may_edit(user: User, claim: Claim, step: Step) -> bool:
    """Whether role and status let the person save this step now; the transition table decides."""
    actor, act = actor_of(user), Act.EDIT if claim.is_draft else step.amended_by
    return actor is not None and act is not None and permits(act, actor=actor, status=claim.status)


@dataclass(frozen=True)
class Progress:
    """How far a claim has come on `today`."""

    answered: frozenset[str]
    complete: frozenset[str]

    def first_open(self) -> Step:
        """The first step that is not answered; `check` when all are."""
        return next(step for step in STEPS if step.slug not in self.answered)

    def is_locked(self, step: Step) -> bool:
        """Whether a step before this one is not answered yet."""
        return STEPS.index(step) > STEPS.index(self.first_open())


def progress_of(claim: Claim, today: date) -> Progress:
    """Looks at the row, its lines and documents; asks no directory."""
    answered = [step for step in STEPS if step.is_answered(claim, today)]
    complete = [step for step in answered if step.is_complete is None or step.is_complete(claim, today)]
    return Progress(frozenset(step.slug for step in answered), frozenset(step.slug for step in complete))
