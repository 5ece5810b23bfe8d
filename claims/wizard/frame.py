"""What stands around every step: the list of steps, what is known of the claim so far, the way back and on."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from claims.permissions import actor_of, may
from claims.transitions import BY_ACT, Act
from claims.wizard import steps
from claims.wizard.pages.base import Visit
from claims.wizard.steps import CHECK, STEPS, Step


@dataclass(frozen=True)
class StepLink:
    """A step in the list beside the form (templates/look/steps.html)."""

    label: str | Promise
    url: str
    state: str


def url_of(visit: Visit, step: Step) -> str:
    """The address of a step of this claim."""
    return reverse("claims:edit", args=[visit.claim.reference, step.slug])


def context(visit: Visit, here: Step) -> dict[str, Any]:
    """What every page of the wizard is given."""
    claim = visit.claim
    readable = [step for step in STEPS if is_readable(visit, step)]
    earlier = steps.before(here)
    return {
        "claim": claim,
        "step": here,
        "steps": [_link(visit, step, here) for step in readable],
        "number": readable.index(here) + 1 if here in readable else 1,
        "back_url": url_of(visit, earlier) if earlier in readable and earlier else "",
        "next_step": steps.after(here),
        "next_url": url_of(visit, steps.after(here)),
        "is_last_form": steps.after(here) is CHECK,
        "knows_customer": claim.tenant_verified_at is not None,
        "may_delete": may(visit.user, Act.DELETE_DRAFT, claim),
        "area_label": claim.get_solution_area_display(),
    }


def _link(visit: Visit, step: Step, here: Step) -> StepLink:
    if step is here:
        return StepLink(step.title, url_of(visit, step), "current")
    if visit.claim.is_draft and visit.progress.is_locked(step):
        return StepLink(step.title, "", "locked")
    return StepLink(step.title, url_of(visit, step), "done" if step.slug in visit.progress.complete else "todo")


def is_readable(visit: Visit, step: Step) -> bool:
    """Whether the step can be opened: in a draft always, later where it or what it belongs to can be amended."""
    if visit.claim.is_draft or steps.may_edit(visit.user, visit.claim, step):
        return True
    return step.amended_by is None and may(visit.user, Act.AMEND, visit.claim)


def role_may(visit: Visit, step: Step) -> bool:
    """Whether the person's role carries the step at all, whatever the claim's status."""
    act = Act.EDIT if visit.claim.is_draft else step.amended_by
    return act is None or actor_of(visit.user) in BY_ACT[act].actors


def why_closed(visit: Visit) -> str:
    """Why the steps of a filed claim cannot be opened, for the person who tried."""
    if any(not role_may(visit, step) for step in _amendable()):
        return _("Your role does not allow changes to a claim that has been submitted. Ask an admin of your firm.")
    return _("This claim can no longer be changed here: its status is “%(status)s”.") % {
        "status": visit.claim.get_status_display()
    }


def _amendable() -> Iterable[Step]:
    return (step for step in STEPS if step.amended_by is not None)
