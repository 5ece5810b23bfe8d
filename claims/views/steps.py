"""Links from a claim's pages into the wizard: how far a draft has come, and where a filed claim can be put right."""

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from claims.cures import CORRECT
from claims.models import Claim
from claims.permissions import may
from claims.shown import ShownComment, ShownReason
from claims.transitions import Act
from claims.wizard.steps import BY_SLUG, CHECK, STEPS, may_edit, progress_of
from cpor_portal.accounts.models import User


@dataclass(frozen=True)
class StepLink:
    """A step of the wizard that can be opened from here. `state`: done, todo or locked; empty on a filed claim."""

    slug: str
    label: str | Promise
    state: str = ""


@dataclass(frozen=True)
class Cure:
    """A reason, and where this reader can put it right: in steps, or by asking for a correction."""

    reason: ShownReason
    links: list[StepLink]


def editable_steps(claim: Claim, reader: User) -> dict[str, StepLink]:
    """The steps that the reader can change now, by slug; and `CORRECT` where a correction can be asked for."""
    steps = [step for step in STEPS if step != CHECK and may_edit(reader, claim, step)]
    links = {step.slug: StepLink(step.slug, step.title) for step in steps}
    if may(reader, Act.ASK_CORRECTION, claim):
        links[CORRECT] = StepLink(CORRECT, _("Correct MPN or activity"))
    return links


def cures_of(word: ShownComment | None, editable: dict[str, StepLink]) -> list[Cure]:
    """What Microsoft asks for, reason by reason, with the way to put it right."""
    reasons = word.reasons if word else ()
    return [Cure(reason, [editable[slug] for slug in reason.steps if slug in editable]) for reason in reasons]


def progress_links(claim: Claim, today: date) -> tuple[list[StepLink], str]:
    """A draft's steps with their states, and the slug of the step at which it goes on."""
    progress = progress_of(claim, today)
    links = []
    for step in BY_SLUG.values():
        state = "done" if step.slug in progress.answered else "locked" if progress.is_locked(step) else "todo"
        links.append(StepLink(step.slug, step.title, state))
    return links, progress.first_open().slug
