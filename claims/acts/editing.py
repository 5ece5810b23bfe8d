"""Saving one step of the wizard: into the draft, or as an amendment of a claim that is already filed.

While Submitted or Partner action required, MPN, products, contacts and proof may still change, under the same
locks as at submission and as a new snapshot; the clock does not move (domain.md, "Statuses of a claim"). Once a
reviewer has started, every function here raises Conflict.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from claims.acts import snapshots
from claims.acts.ground import Doing, begin, conclude
from claims.acts.lines import replace_draft_lines, replace_filed_lines
from claims.acts.proof import remove, store
from claims.checks.activity import check_activities
from claims.checks.mpn import check_enrolment
from claims.checks.products import ProductsAnswer
from claims.checks.tenant import TenantAnswer
from claims.clock import review_day
from claims.models import Claim
from claims.transitions import Act
from claims.words import Status
from cpor_portal.accounts.models import MpnLocation, User


@contextmanager
def _saving(
    reference: str, by: User, step: str, *, amended_by: Act | None = None, told: dict[str, Any] | None = None
) -> Iterator[Doing]:
    """Lock the claim for one step; draft and filed claim differ in the act and in what is written at the end.

    `amended_by` is the act that changes this step on a filed claim; None where the step is closed by then.
    `told` are particulars for the history of a filed claim; it is read when the step has been saved.
    """
    with transaction.atomic():
        status = (
            Claim.objects.select_for_update(of=("self",), no_key=True)
            .values_list("status", flat=True)
            .get(reference=reference)
        )
        is_draft = status == Status.EDITING or amended_by is None
        doing = begin(reference=reference, act=Act.EDIT if is_draft else amended_by or Act.EDIT, by=by)
        yield doing
        if doing.claim.is_draft:
            _touch(doing)
        else:
            conclude(doing, data={"step": step, **(told or {})})
            snapshots.take(doing.claim, by=by, at=doing.at)


def _touch(doing: Doing) -> None:
    _write(doing.claim, version=doing.claim.version + 1, edited_at=doing.at)


def _write(claim: Claim, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(claim, name, value)
    claim.save(update_fields=list(fields))


def save_tenant(*, reference: str, by: User, answer: TenantAnswer) -> Claim:
    """Keep the customer's tenant as verified. Drafts only. Another tenant than before drops the products."""
    with _saving(reference, by, "tenant") as doing:
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
    return claim


def keep_tenant_text(*, reference: str, by: User, tenant_entered: str, domain_entered: str) -> Claim:
    """Keep what was typed while the directory is silent; the step stays incomplete. Drafts only."""
    with _saving(reference, by, "tenant") as doing:
        _write(
            doing.claim,
            tenant_entered=tenant_entered[:2000],
            domain_entered=domain_entered[:2000],
            tenant_verified_at=None,
        )
    return doing.claim


def save_activity(*, reference: str, by: User, area: str, activities: Sequence[str]) -> Claim:
    """Keep solution area and activities. Drafts only. Another area than before drops the products."""
    check_activities(area, activities)
    with _saving(reference, by, "activity") as doing:
        claim = doing.claim
        if claim.solution_area != area:
            claim.lines.all().delete()
        _write(claim, solution_area=area, activities=list(activities))
    return claim


def save_mpn(*, reference: str, by: User, location: MpnLocation) -> Claim:
    """Keep the MPN location. A draft may have one that is not enrolled; a filed claim may not (Refused)."""
    with _saving(reference, by, "mpn", amended_by=Act.AMEND) as doing:
        claim = doing.claim
        if not claim.is_draft:
            check_enrolment(location, claim.solution_area, claim.activities, review_day())
        _write(claim, location=location)
    return claim


def save_products(*, reference: str, by: User, answer: ProductsAnswer) -> Claim:
    """Keep the chosen products. On a filed claim undecided lines are replaced under the targets' locks.

    Raises Refused `already_claimed` when a colleague's claim took a target meanwhile.
    """
    with _saving(reference, by, "products", amended_by=Act.AMEND) as doing:
        if doing.claim.is_draft:
            replace_draft_lines(doing.claim, answer)
        else:
            replace_filed_lines(doing, answer)
    return doing.claim


def save_contacts(*, reference: str, by: User, values: Mapping[str, str]) -> Claim:
    """Keep the contacts, as `checks.contacts` returned them."""
    with _saving(reference, by, "contacts", amended_by=Act.AMEND) as doing:
        _write(doing.claim, **values)
    return doing.claim


def add_documents(*, reference: str, by: User, files: Sequence[UploadedFile[bytes]]) -> Claim:
    """Add proof: all of the files or none. Raises Refused with the document codes of `checks.proof`.

    Files are typed by content, hashed and stored under random names before the claim is locked for long;
    what was stored for a transaction that fails is removed again.
    """
    told = {"documents": [file.name for file in files]}
    with store(files) as stored, _saving(reference, by, "proof", amended_by=Act.ADD_PROOF, told=told) as doing:
        stored.attach(doing)
    return doing.claim


def remove_document(*, reference: str, by: User, document_id: int) -> Claim:
    """Take a document off. From a filed claim only what was added since the last submission may go."""
    with _saving(reference, by, "proof", amended_by=Act.AMEND) as doing:
        remove(doing, document_id)
    return doing.claim
