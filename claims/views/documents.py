"""Handing out a document of proof (design.md, "What always holds" 8)."""

import structlog
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from claims.models import Claim, Document
from claims.permissions import claim_for, visible_documents
from claims.views.reader import reader_of

log = structlog.get_logger(__name__)

# Whatever a browser makes of the file, it gets no script, no origin and no copy that outlives the visit.
HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}
BLOCK = 64 * 1024
RETRY_AFTER = "60"
"""Seconds: a waiting scan and a storage that is away are looked after each minute."""


@require_safe
def download(request: HttpRequest, reference: str, document_id: int) -> HttpResponseBase:
    """The file, streamed by the portal itself and always as an attachment.

    For the claim's firm and for reviewers; 404 for everybody else, for what is in quarantine, and for a file that the
    storage has lost. A page in words instead: 409 while it waits for its virus scan, 503 while the storage is away.
    """
    reader = reader_of(request)
    claim = claim_for(reader, reference)
    document = visible_documents(reader, claim).showable().filter(pk=document_id).first()
    if document is not None:
        return _streamed(request, claim, document)
    if claim.documents.to_scan().filter(pk=document_id).exists():
        return _not_now(request, claim, 409)
    raise Http404


def _streamed(request: HttpRequest, claim: Claim, document: Document) -> HttpResponseBase:
    try:
        file = document.file.open("rb")
    except FileNotFoundError as lost:
        log.error("document_lost", document=document.pk, claim=claim.reference)
        raise Http404 from lost
    except OSError as fault:
        log.error("storage_unreachable", document=document.pk, fault=str(fault))
        return _not_now(request, claim, 503)
    response = FileResponse(
        file, as_attachment=True, filename=document.name, content_type=document.content_type, headers=HEADERS
    )
    response.block_size = BLOCK
    return response


def _not_now(request: HttpRequest, claim: Claim, status: int) -> HttpResponse:
    """The document's name stands nowhere: a reviewer does not learn it before the scan."""
    context = {"claim": claim, "waits_for_scan": status == 409}
    response = render(request, "claims/document_not_now.html", context, status=status)
    response["Retry-After"] = RETRY_AFTER
    return response
