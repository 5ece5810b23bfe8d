"""Saving one step of the wizard: into the draft, or as an amendment of a claim that is already filed.

While Submitted or Partner action required, MPN, products, contacts and proof may still change, under the same
locks as at submission and as a new snapshot; the clock does not move (domain.md, "Statuses of a claim"). Once a
reviewer has started, every function here raises Conflict.

`seen` is the `fingerprint` of the step as it stood on the page that was filled in. Where a colleague has changed
the step since, the act raises Conflict instead of writing over it (design.md, "What always holds" 4); None, from a
client that does not send it, is not compared.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from claims import clock
from claims.acts import reading, snapshots
from claims.acts.corrections import require_settled_location
from claims.acts.ground import Doing, begin, conclude, lock_claim
from claims.acts.lines import replace_draft_lines, replace_filed_lines
from claims.acts.proof import remove, store
from claims.checks.activity import check_activities
from claims.checks.contacts import ALWAYS, REVENUE, TECHNICAL
from claims.checks.mpn import check_enrolment
from claims.checks.products import ProductsAnswer
from claims.checks.tenant import TenantAnswer
from claims.models import Claim
from claims.transitions import Act
from claims.written import what_stands, what_was_written
from cpor_portal.accounts import permissions as people
from cpor_portal.accounts.models import MpnLocation, User
from cpor_portal.faults import Conflict
from cpor_portal.review_site import review_day

STEP_FIELDS = {
    "tenant": ("tenant_entered", "domain_entered", "tenant_id"),
    "activity": ("solution_area", "activities"),
    "mpn": ("location_id",),
    "contacts": (*ALWAYS, *TECHNICAL, *REVENUE),
}


def fingerprint(claim: Claim, step: str) -> str:
    """What a step holds, in short: two are equal when the step's stored answers are. Documents only come and go."""
    held: list[Any] = [getattr(claim, field) for field in STEP_FIELDS.get(step, ())]
    if step == "products":
        held += sorted(claim.lines.values_list("product_id", "subscription_entered", "outcome"))
    return sha256(repr(held).encode()).hexdigest()[:16]


@contextmanager
def saving(
    reference: str,
    by: User,
    step: str,
    *,
    seen: str | None,
    amended_by: Act | None = None,
    told: dict[str, Any] | None = None,
    at: datetime | None = None,
) -> Iterator[Doing]:
    """For acts that change one step: lock the claim, check, and write what every such act writes at the end.

    Draft and filed claim differ in the act and in what is written at the end. `amended_by` is the act that changes
    this step on a filed claim; None where the step is closed by then.
    `told` are particulars for the history of a filed claim. `at` (aware) is when it happened, now unless it is told
    afterwards.
    """
    with transaction.atomic():
        is_draft = lock_claim(reference).is_draft or amended_by is None
        doing = begin(reference=reference, act=Act.EDIT if is_draft else amended_by or Act.EDIT, by=by, at=at)
        _refuse_stale(doing.claim, by, step, seen)
        yield doing
        if doing.claim.is_draft:
            _write(doing.claim, version=doing.claim.version + 1, edited_at=doing.at, edited_by=by)
            clock.keep_draft(doing.claim, doing.at)
        else:
            conclude(doing, data={"step": step, **(told or {})})
            snapshots.take(doing, by=by)


def _refuse_stale(claim: Claim, by: User, step: str, seen: str | None) -> None:
    # One's own earlier save is no conflict: people go back in the browser.
    if seen is None or claim.edited_by in (None, by) or seen == fingerprint(claim, step):
        return
    written = [*what_stands(claim, STEP_FIELDS.get(step, ())), *what_was_written(claim, reader=by)]
    if people.firm_of(claim.edited_by) != claim.firm:
        # The newest act was a reviewer's, whom a partner does not read by name (docs/decisions/who-is-named.md).
        text = _("This step has changed since you opened it. Look at what it says now, then enter yours again.")
        raise Conflict("step_has_changed", text, claim=claim, written=written)
    text = _("%(name)s has changed this step since you opened it. Look at what it says now, then enter yours again.")
    named = text % {"name": claim.edited_by}
    raise Conflict("step_has_changed", named, claim=claim, by=claim.edited_by, written=written)


def _write(claim: Claim, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(claim, name, value)
    claim.save(update_fields=list(fields))


def save_tenant(*, reference: str, by: User, answer: TenantAnswer, seen: str | None = None) -> Claim:
    """Keep the customer's tenant as verified. Drafts only. Another tenant than before drops the products."""
    with saving(reference, by, "tenant", seen=seen) as doing:
        claim, facts = doing.claim, answer.facts
        if claim.tenant_id != facts.tenant_id:
            claim.lines.all().delete()
        _write(
            claim,
            tenant_entered=answer.tenant_entered,
            domain_entered=answer.domain_entered,
            tenant_id=facts.tenant_id,
            domain=answer.domain,
            customer_display_name=facts.display_name,
            customer_country=facts.country,
            public_sector=facts.public_sector,
            tenant_verified_at=doing.at,
        )
        reading.look_again(claim)
    return claim


def keep_tenant_text(
    *, reference: str, by: User, tenant_entered: str, domain_entered: str, seen: str | None = None
) -> Claim:
    """Keep what was typed while the directory is silent; the step stays incomplete. Drafts only."""
    with saving(reference, by, "tenant", seen=seen) as doing:
        _write(
            doing.claim,
            tenant_entered=tenant_entered[:2000],
            domain_entered=domain_entered[:2000],
            tenant_verified_at=None,
        )
    return doing.claim


def save_activity(*, reference: str, by: User, area: str, activities: Sequence[str], seen: str | None = None) -> Claim:
    """Keep solution area and activities. Drafts only. Another area than before drops the products."""
    check_activities(area, activities)
    with saving(reference, by, "activity", seen=seen) as doing:
        claim = doing.claim
        if claim.solution_area != area:
            claim.lines.all().delete()
        _write(claim, solution_area=area, activities=list(activities))
        reading.look_again(claim)
    return claim


def save_mpn(*, reference: str, by: User, location: MpnLocation, seen: str | None = None) -> Claim:
    """Keep the MPN location. A draft may have one that is not enrolled; a filed claim may not (Refused)."""
    with saving(reference, by, "mpn", seen=seen, amended_by=Act.AMEND) as doing:
        claim = doing.claim
        if not claim.is_draft:
            require_settled_location(claim, location)
            check_enrolment(location, claim.solution_area, claim.activities, review_day())
        _write(claim, location=location)
    return claim


def save_products(*, reference: str, by: User, answer: ProductsAnswer, seen: str | None = None) -> Claim:
    """Keep the chosen products. On a filed claim undecided lines are replaced under the targets' locks.

    Raises Refused `already_claimed` when a colleague's claim took a target meanwhile.
    """
    with saving(reference, by, "products", seen=seen, amended_by=Act.AMEND) as doing:
        if doing.claim.is_draft:
            replace_draft_lines(doing.claim, answer)
        else:
            replace_filed_lines(doing, answer)
        reading.look_again(doing.claim)
    return doing.claim


def save_contacts(*, reference: str, by: User, values: Mapping[str, str], seen: str | None = None) -> Claim:
    """Keep the contacts, as `checks.contacts` returned them."""
    with saving(reference, by, "contacts", seen=seen, amended_by=Act.AMEND) as doing:
        _write(doing.claim, **values)
    return doing.claim


def add_documents(
    *, reference: str, by: User, files: Sequence[UploadedFile[bytes]], at: datetime | None = None
) -> Claim:
    """Add proof: all of the files or none. Raises Refused with the document codes of `checks.proof`.

    Files are typed by content, hashed and stored under random names before anything is locked; what was
    stored for an act that does not go through is removed again. `at` (aware) is when it happened, now unless it is
    told afterwards.
    """
    with store(reference, files) as stored:
        told = {"documents": [upload.name for upload in stored.uploads]}
        with saving(reference, by, "proof", seen=None, amended_by=Act.ADD_PROOF, told=told, at=at) as doing:
            stored.attach(doing)
    return doing.claim


def remove_document(*, reference: str, by: User, document_id: int) -> Claim:
    """Take a document off. From a filed claim only what was added since the last submission may go."""
    with saving(reference, by, "proof", seen=None, amended_by=Act.AMEND) as doing:
        remove(doing, document_id)
    return doing.claim
