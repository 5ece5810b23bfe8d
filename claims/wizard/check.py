"""The last step: every answer with the way to change it, what is wrong, and what happens after submitting."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from claims import clock, due
from claims.checks import StepFault
from claims.models import Claim, ClaimLine, Deadline, Document
from claims.panels import Panel
from claims.permissions import may
from claims.proof.documents import in_work
from claims.proof.freshness import freshness_of
from claims.proof.gaps import gaps_in
from claims.proof.matrix import matrix_of
from claims.proof.report import report
from claims.refusals import Explanation, explain
from claims.transitions import ADMINS, Act
from claims.wizard import frame, steps
from claims.wizard.forms.contacts import initial_of as contacts_of
from claims.wizard.forms.contacts import label_of
from claims.wizard.pages.base import Visit
from claims.wizard.pages.products import contested_of
from claims.wizard.steps import CHECK, STEPS, Step
from claims.words import DeadlineKind, Outcome
from cpor_portal.accounts.models import PartnerRole
from cpor_portal.accounts.permissions import people_of
from cpor_portal.directory.models import ProductKind

Words = str | Promise


@dataclass(frozen=True)
class Answer:
    """One row of the list: what was asked, what was answered; `outcome` for the line of a filed claim."""

    label: Words
    values: tuple[Words, ...] = ()
    is_contested: bool = False
    outcome: str = ""


@dataclass(frozen=True)
class Section:
    """A step's answers, and the faults that the checks found in it now. `change_url` is empty where it is closed."""

    step: Step
    answers: tuple[Answer, ...]
    change_url: str = ""
    refusals: list[Explanation] = field(default_factory=list)


def facts(visit: Visit, faults: Sequence[StepFault]) -> dict[str, Any]:
    """What the check page shows."""
    claim = visit.claim
    sections = [_section(visit, step, faults) for step in STEPS if step is not CHECK]
    return {
        "sections": sections,
        "faults": [_fault_entry(visit, fault) for fault in faults],
        "contested": [answer.label for section in sections for answer in section.answers if answer.is_contested],
        "panel": _after_submitting(claim) if claim.is_draft else None,
        **_proof_facts(visit),
        "may_submit": may(visit.user, Act.SUBMIT, claim),
        "admins": [] if may(visit.user, Act.SUBMIT, claim) else _admins(claim),
    }


def _proof_facts(visit: Visit) -> dict[str, Any]:
    """What the portal knows of the proof: warnings, none of which keeps the claim from being submitted."""
    claim = visit.claim
    documents = [one for one in visit.documents if not one.is_quarantined]
    if not documents:
        return {}
    matrix = matrix_of(claim, visit.user)
    return {
        "matrix": matrix,
        "gaps": gaps_in(matrix.empty),
        "other_gaps": report(claim, visit.user, visit.documents).gaps_without_column,
        "freshness": freshness_of(claim, timezone.now()),
        "documents_in_work": sum(in_work(one) for one in documents),
        "may_fill_in": steps.may_edit(visit.user, claim, steps.BY_SLUG["proof"]),
    }


def facts_of_step(visit: Visit, step: Step) -> dict[str, Any]:
    """What a page shows of a step that can only be read."""
    return {"section": _section(visit, step, ())}


@dataclass(frozen=True)
class FaultEntry:
    """A line of the error summary on the check page; it leads to the step where it is cured."""

    text: str
    code: str
    step: Words
    target: str


def _fault_entry(visit: Visit, found: StepFault) -> FaultEntry:
    step = steps.BY_SLUG[found.step]
    return FaultEntry(str(found.fault.text), found.fault.code, step.title, f"step-{step.slug}")


def _section(visit: Visit, step: Step, faults: Iterable[StepFault]) -> Section:
    return Section(
        step=step,
        answers=tuple(ANSWERS[step.slug](visit)),
        change_url=frame.url_of(visit, step) if steps.may_edit(visit.user, visit.claim, step) else "",
        refusals=[explain(one.fault, visit.claim) for one in faults if one.step == step.slug],
    )


# --- The answers, step by step -----------------------------------------------------------------------------


def _one(label: Words, value: object) -> Answer:
    return Answer(label, (str(value),) if value else ())


def _tenant(visit: Visit) -> list[Answer]:
    claim = visit.claim
    return [
        _one(_("Customer"), claim.customer_display_name),
        _one(_("Tenant ID"), claim.tenant_id or claim.tenant_entered),
        _one(_("Domain"), claim.domain or claim.domain_entered),
    ]


def _activity(visit: Visit) -> list[Answer]:
    claim = visit.claim
    return [
        _one(_("Solution area"), claim.get_solution_area_display()),
        Answer(_("Activities"), tuple(claim.activity_labels)),
    ]


def _mpn(visit: Visit) -> list[Answer]:
    location = visit.claim.location
    if location is None:
        return [Answer(_("MPN location"))]
    return [
        Answer(_("MPN location"), tuple(text for text in (str(location), location.own_label) if text)),
    ]


def _products(visit: Visit) -> list[Answer]:
    lines = list(visit.claim.lines.select_related("product").exclude(outcome=Outcome.REMOVED))
    if not lines:
        return [Answer(_("Products"))]
    contested = contested_of(visit, lines)
    return [
        Answer(
            line.product.name,
            (_which(line),),
            is_contested=line.product.code in contested,
            outcome="" if visit.claim.is_draft else line.outcome_for_partner,
        )
        for line in lines
    ]


def _which(line: ClaimLine) -> Words:
    if line.product.kind == ProductKind.WORKLOAD:
        return _("For the customer's whole tenant")
    if line.subscription_entered:
        return _("Subscription ID as entered: %(entered)s") % {"entered": line.subscription_entered}
    return _("The portal found the one subscription that can be claimed")


def _contacts(visit: Visit) -> list[Answer]:
    return [_one(label_of(name), value) for name, value in contacts_of(visit.claim).items()]


def _proof(visit: Visit) -> list[Answer]:
    return [Answer(_("Documents"), tuple(_named(document) for document in visit.documents))]


def _named(document: Document) -> str:
    if not document.is_quarantined:
        return document.name
    return _("%(name)s (quarantined: it does not count)") % {"name": document.name}


ANSWERS = {
    "tenant": _tenant,
    "activity": _activity,
    "mpn": _mpn,
    "products": _products,
    "contacts": _contacts,
    "proof": _proof,
}

# --- After submitting --------------------------------------------------------------------------------------


def _after_submitting(claim: Claim) -> Panel:
    """The review's deadline as it would be set now; the real one is set by `submit`."""
    deadline = _review_deadline(claim)
    return Panel(
        title=ngettext(
            "A reviewer decides within %(days)d business day",
            "A reviewer decides within %(days)d business days",
            deadline.days,
        )
        % {"days": deadline.days},
        text=_(
            "If you submit now, Microsoft's reviewers check the facts and the proof of execution. Then they approve, "
            "reject, or ask your firm for more."
        ),
        who=_("Microsoft's reviewers"),
        due=deadline.due_at,
        zone=deadline.calendar_zone,
        why=due.why(deadline, is_partner=True),
    )


def _review_deadline(claim: Claim) -> Deadline:
    return clock.forecast(DeadlineKind.REVIEW, claim, timezone.now())


def _admins(claim: Claim) -> list[str]:
    """Who of the firm may submit, by name."""
    roles = [role for role in PartnerRole if role.value in ADMINS]
    return sorted({person.name for role in roles for person in people_of(claim.firm, role)})
