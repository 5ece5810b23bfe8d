"""Drafts: starting and deleting one. A draft occupies nothing, meets nobody and writes no history."""

from functools import partial

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from claims import clock
from claims.acts.ground import begin
from claims.models import Claim
from claims.permissions import may_start_draft
from claims.transitions import Act
from cpor_portal.accounts import permissions as people
from cpor_portal.accounts.models import User
from cpor_portal.documents.stored import delete_with_pictures
from cpor_portal.faults import NotAllowed
from cpor_portal.notifications.forgetting import forget


def start_draft(*, by: User) -> Claim:
    """A new draft of `by`'s firm, to be deleted when nobody edits it for 90 days (settings).

    Every partner role may; raises NotAllowed for others.
    """
    firm = people.firm_of(by)
    if firm is None or not may_start_draft(by):
        raise NotAllowed("not_a_partner", _("Only people of a partner firm can start a claim."))
    with transaction.atomic():
        claim = Claim.objects.create(firm=firm, created_by=by, partner_name=by.name, partner_email=by.email)
        clock.keep_draft(claim, claim.created_at)
    return claim


def delete_draft(*, reference: str, by: User | None, version: int | None = None) -> None:
    """Remove a draft with its lines and documents, without a trace (design.md, "What always holds" 2).

    Every partner role of the firm may, and the portal for drafts that expired (`expire_draft`). Files go after the
    commit, so that a rolled back deletion loses none. Raises Conflict once the claim has been submitted, is gone, or
    is not in the `version` that was on the page.
    """
    with transaction.atomic():
        claim = begin(reference=reference, act=Act.DELETE_DRAFT, by=by, version=version).claim
        # Locked, so that a job that is just writing down what it read has ended before the pages go.
        names = [document.file.name or "" for document in claim.documents.select_for_update()]
        claim.documents.all().delete()
        claim.delete()
        forget(reference)
        transaction.on_commit(partial(delete_with_pictures, names))
