"""Step "proof": adding and removing documents, and what the portal found in them."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from claims.acts import editing
from claims.acts.proof import may_remove
from claims.checks.proof import check_proof, room_for
from claims.models import Document
from claims.permissions import may
from claims.proof.documents import documents_context, shown_documents
from claims.proof.freshness import freshness_of
from claims.proof.matrix import matrix_of
from claims.proof.report import report
from claims.proof.rules import customer_must_acknowledge
from claims.transitions import Act
from claims.wizard import steps
from claims.wizard.forms.proof import ProofForm
from claims.wizard.pages.base import Data, StepPage, Visit

LONGEST_ID = 18
"""Digits of the greatest number that a document can have."""


class ProofPage(StepPage):
    """What shows that the work was done."""

    template_name = "claims/wizard/proof.html"

    def form(self, visit: Visit, data: Data = None, files: Data = None) -> ProofForm:
        """An empty form: what is on the claim is listed beside it."""
        return ProofForm(data, files, claim=visit.claim)

    def save(self, visit: Visit, form: Any) -> list[str]:
        """Add what was chosen; without a file, go on if there is proof already."""
        files = form.cleaned_data["documents"]
        if files:
            editing.add_documents(**visit.key, files=files)
        else:
            check_proof(visit.claim)
        return []

    def press(self, visit: Visit, request: HttpRequest) -> bool:
        """The button "remove" of one document."""
        number = request.POST.get("remove", "")
        if not (number.isascii() and number.isdigit() and len(number) <= LONGEST_ID):
            return False
        editing.remove_document(**visit.key, document_id=int(number))
        return True

    def facts(self, visit: Visit, form: Any) -> dict[str, Any]:
        """The documents with their states, what was found in them, the limits, and what the proof must show."""
        claim, documents = visit.claim, visit.documents
        removable = _removable(visit, documents)
        return {
            **documents_context(shown_documents(documents, removable=removable)),
            **_found(visit, documents),
            "removable": removable,
            "none_of": _none_of(form),
            "size_limit": filesizeformat(settings.DOCUMENT_MAX_BYTES),
            "size_limit_bytes": settings.DOCUMENT_MAX_BYTES,
            "count_limit": settings.DOCUMENTS_PER_CLAIM,
            "room": room_for(claim),
            "customer_must_acknowledge": customer_must_acknowledge(claim),
        }


def _none_of(form: ProofForm) -> int:
    """How many files were sent at once of which none was added, because some cannot be taken; 0 for a single one."""
    sent = len(form.files.getlist("documents")) if form.errors and form.files else 0
    return sent if sent > 1 else 0


def _removable(visit: Visit, documents: Iterable[Document]) -> set[int]:
    claim = visit.claim
    may_change = may(visit.user, Act.EDIT if claim.is_draft else Act.AMEND, claim)
    return {one.pk for one in documents if may_change and may_remove(one, claim)}


def _found(visit: Visit, documents: Sequence[Document]) -> dict[str, Any]:
    """What was found and where, once there is a document to find it in."""
    if not documents:
        return {}
    return {
        "report": report(visit.claim, visit.user, documents),
        "matrix": matrix_of(visit.claim, visit.user),
        "freshness": freshness_of(visit.claim, timezone.now()),
        "may_fill_in": steps.may_edit(visit.user, visit.claim, steps.BY_SLUG["proof"]),
    }
