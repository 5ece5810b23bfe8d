"""The claim as submitted: kept per submission, so that a reviewer can see what changed between rounds."""

from typing import TYPE_CHECKING, Any

from claims.models import Claim, Snapshot
from cpor_portal.accounts.models import User

if TYPE_CHECKING:  # the ground tells what was written, which rounds are told from, which this module is read by
    from claims.acts.ground import Doing

TEXT_FIELDS = (
    "domain",
    "customer_display_name",
    "customer_country",
    "solution_area",
    "name",
    "customer_name",
    "customer_title",
    "customer_email",
    "technical_name",
    "technical_title",
    "technical_email",
    "partner_name",
    "partner_email",
    "seller_name",
    "revenue_customer_name",
    "isv_solution",
)


def facts_of(claim: Claim) -> dict[str, Any]:
    """Every answer, line, document and cell of the proof matrix of the claim as plain data."""
    return {
        "tenant_id": str(claim.tenant_id),
        "public_sector": claim.public_sector,
        "activities": list(claim.activities),
        "mpn_id": claim.location.mpn_id if claim.location else "",
        **{field: getattr(claim, field) for field in TEXT_FIELDS},
        "lines": [
            {
                "line": line.pk,
                "product": line.product.code,
                "subscription_id": str(line.subscription_id) if line.subscription_id else None,
                "outcome": line.outcome,
            }
            for line in claim.lines.select_related("product")
        ],
        "documents": [
            {"name": document.name, "sha256": document.sha256, "size": document.size}
            for document in claim.documents.order_by("id")
        ],
        "cells": [
            {
                "product": cell.product.code,
                "column": cell.column,
                "document": cell.document.sha256 if cell.document else None,
                "page": cell.page,
                "dated_on": cell.dated_on.isoformat() if cell.dated_on else None,
                "source": cell.source,
            }
            for cell in claim.cells.select_related("product", "document").order_by("id")
        ],
    }


def take(doing: "Doing", *, by: User) -> Snapshot:
    """Keep the claim as it stands now; called by the acts that submit, resubmit, amend and add proof."""
    claim = doing.claim
    return Snapshot.objects.create(
        claim=claim, round=claim.round, verb=doing.act, at=doing.at, by=by, facts=facts_of(claim)
    )
